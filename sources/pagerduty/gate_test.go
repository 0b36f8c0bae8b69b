package pagerduty

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"firstline/sources"
)

// leaveRoom sets the headers that say how many requests of the minute are left.
func leaveRoom(w http.ResponseWriter, n int) {
	w.Header().Set("ratelimit-remaining", strconv.Itoa(n))
	w.Header().Set("ratelimit-reset", "30")
}

// crowd counts the requests that a server has at once.
type crowd struct {
	under http.Handler
	// left is what the headers say; -1: nothing.
	left int
	// full: an answer waits until two requests are there, the first one aside.
	full bool

	mu        sync.Mutex
	now, most int
	total     int
	two       chan struct{} // closed when two are there
	// alone: a write was beside another request.
	beside bool
	writes int
}

func (c *crowd) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	write := r.Method != http.MethodGet
	c.mu.Lock()
	c.now++
	c.total++
	first := c.total == 1
	c.most = max(c.most, c.now)
	if write {
		c.writes++
	}
	c.beside = c.beside || c.writes > 0 && c.now > 1
	if c.now == 2 && c.full {
		c.full = false
		close(c.two)
	}
	waits := c.full && !first && !write
	c.mu.Unlock()
	if waits {
		select {
		case <-c.two:
		case <-r.Context().Done():
		}
	}
	if c.left >= 0 {
		leaveRoom(w, c.left)
	}
	c.under.ServeHTTP(w, r)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now--
	if write {
		c.writes--
	}
}

// Two reads go together only in a brief read, and only while the rate limit leaves
// room.
func TestAtMostTwoAtOnce(t *testing.T) {
	for name, tc := range map[string]struct {
		left  int
		brief bool
		most  int
	}{
		"a brief read with room":           {900, true, 2},
		"a brief read with just room":      {leaveSpare + 1, true, 2},
		"a brief read with little left":    {leaveSpare, true, 1},
		"a brief read, nothing known":      {-1, true, 1},
		"the screen's, with all the room":  {900, false, 1},
		"the screen's, with nothing known": {-1, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			crowd := &crowd{left: tc.left, full: tc.most == 2, two: make(chan struct{})}
			k := newClock()
			f := newFake(k, 450)
			f.channel = withDetails
			crowd.under = f
			c, _ := newTestClient(t, crowd, nil)
			reader := sources.Reader(c)
			if tc.brief {
				reader = c.Brief()
			}
			d, err := reader.Read(t.Context(), nil)
			if err != nil || len(d.Incidents) != 450 || !d.Extents.Incidents.Whole() {
				t.Fatalf("%d incidents, %+v, %v", len(d.Incidents), d.Extents.Incidents, err)
			}
			if crowd.most != tc.most {
				t.Errorf("%d requests at once, want %d", crowd.most, tc.most)
			}
		})
	}
}

// A write is never beside another request, and is not overtaken by all others.
func TestWritesGoAlone(t *testing.T) {
	crowd := &crowd{left: 900}
	f := newFake(newClock(), 450)
	crowd.under = f
	c, _ := newTestClient(t, crowd, nil)
	c.transport.learn(&http.Response{Header: http.Header{"Ratelimit-Remaining": {"900"}, "Ratelimit-Reset": {"30"}}})
	ctx := inPairs(t.Context())
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			if i%4 == 0 {
				_ = c.call(ctx, "writing", http.MethodPut, "/incidents/X", nil, map[string]any{}, nil)
				return
			}
			_ = c.get(ctx, "reading", "/users/me", nil, nil)
		})
	}
	all.Wait()
	if crowd.beside || crowd.total < 40 {
		t.Errorf("a write was beside another request, of %d", crowd.total)
	}
}

func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		enter := func(alone bool) func() {
			leave, err := g.enter(t.Context(), alone, nil)
			if err != nil {
				t.Fatal(err)
			}
			return leave
		}
		first, second := enter(false), enter(false)
		var order []string
		var mu sync.Mutex
		wait := func(name string, alone bool) {
			go func() {
				leave := enter(alone)
				mu.Lock()
				order = append(order, name)
				mu.Unlock()
				leave()
			}()
			synctest.Wait()
		}
		wait("alone", true)
		wait("beside", false)
		first()
		synctest.Wait()
		if len(order) != 0 {
			t.Errorf("%v began beside another that goes alone", order)
		}
		second()
		synctest.Wait()
		if strings.Join(order, " ") != "alone beside" {
			t.Errorf("the order is %v", order)
		}
		// Who gives up takes nothing along.
		leave := enter(false)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		waited := 0
		if _, err := g.enter(ctx, true, func() { waited++ }); err == nil || waited != 1 {
			t.Errorf("%v after %d waits", err, waited)
		}
		enter(false)()
		leave()
		enter(true)()
	})
}
