package sources

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// script is a Reader that acts as each entry says, repeating the last one, and
// records when it was asked.
type script struct {
	mu    sync.Mutex
	steps []func(ctx context.Context, partial func(Data)) (Data, error)
	asked []time.Time
}

func (s *script) Source() Source { return Source{Prometheus, "prom"} }

func (s *script) Read(ctx context.Context, partial func(Data)) (Data, error) {
	s.mu.Lock()
	step := s.steps[min(len(s.asked), len(s.steps)-1)]
	s.asked = append(s.asked, time.Now())
	s.mu.Unlock()
	return step(ctx, partial)
}

func (s *script) times() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]time.Time(nil), s.asked...)
}

func named(names ...string) Data {
	var d Data
	for _, n := range names {
		d.Alerts = append(d.Alerts, &Alert{Labels: map[string]string{"alertname": n}})
	}
	return d
}

func names(d Data) string {
	var list []string
	for _, a := range d.Alerts {
		list = append(list, a.Name())
	}
	return strings.Join(list, " ")
}

type step = func(context.Context, func(Data)) (Data, error)

func gives(d Data) step {
	return func(context.Context, func(Data)) (Data, error) { return d, nil }
}

func fails(err error) step {
	return func(context.Context, func(Data)) (Data, error) { return Data{}, err }
}

// poll runs a poller in a bubble until the function returns, and returns what
// it published.
func poll(t *testing.T, r Reader, interval time.Duration, previous Snapshot, while func(p *Poller, published func() []Snapshot)) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	var list []Snapshot
	p := NewPoller(r, interval)
	done := make(chan struct{})
	go func() {
		defer close(done)
		p.Run(ctx, previous, func(s Snapshot) {
			mu.Lock()
			defer mu.Unlock()
			list = append(list, s)
		})
	}()
	while(p, func() []Snapshot {
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		return append([]Snapshot(nil), list...)
	})
	cancel()
	<-done
}

// about reports whether d is want, within the jitter.
func about(d, want time.Duration) bool {
	return float64(d) >= 0.9*float64(want) && float64(d) <= 1.1*float64(want)
}

func TestPollerInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &script{steps: []step{gives(named("A"))}}
		start := time.Now()
		poll(t, r, 10*time.Second, Snapshot{}, func(_ *Poller, published func() []Snapshot) {
			time.Sleep(5 * time.Minute)
			synctest.Wait()
			asked := r.times()
			if !asked[0].Equal(start) {
				t.Errorf("the first read came after %v", asked[0].Sub(start))
			}
			different := false
			for i := 1; i < len(asked); i++ {
				gap := asked[i].Sub(asked[i-1])
				if !about(gap, 10*time.Second) {
					t.Errorf("pause %d is %v", i, gap)
				}
				different = different || gap != asked[1].Sub(asked[0])
			}
			if !different {
				t.Error("all pauses are the same: there is no jitter")
			}
			all := published()
			if last := all[len(all)-1]; len(all) != len(asked) || !last.OK() || !last.AsOf.Equal(asked[len(asked)-1]) || names(last.Data) != "A" {
				t.Errorf("%d reads, %d published, the last %+v", len(asked), len(all), last)
			}
		})
	})
}

// TestPollerGoesOn: the poller reads again at once while a source has more to
// read, but not after a failure.
func TestPollerGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		more := named("A")
		more.More = true
		r := &script{steps: []step{gives(more), gives(more), fails(errors.New("no")), gives(more), gives(named("B"))}}
		poll(t, r, 20*time.Second, Snapshot{}, func(_ *Poller, published func() []Snapshot) {
			time.Sleep(2 * time.Minute)
			published()
			asked := r.times()
			for i, want := range []time.Duration{1, 1, 20, 1, 20} {
				if gap := asked[i+1].Sub(asked[i]); !about(gap, want*time.Second) {
					t.Errorf("pause %d is %v, want about %d s", i, gap, want)
				}
			}
		})
	})
}

func TestPollerLongIntervalIsNotShortened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &script{steps: []step{fails(errors.New("no"))}}
		poll(t, r, 5*time.Minute, Snapshot{}, func(_ *Poller, published func() []Snapshot) {
			time.Sleep(16 * time.Minute)
			published()
			asked := r.times()
			for i := 1; i < len(asked); i++ {
				if gap := asked[i].Sub(asked[i-1]); !about(gap, 5*time.Minute) {
					t.Errorf("pause %d is %v", i, gap)
				}
			}
		})
	})
}

func TestPollerWithoutInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &script{steps: []step{gives(named("A"))}}
		poll(t, r, -time.Second, Snapshot{}, func(_ *Poller, published func() []Snapshot) {
			time.Sleep(10 * time.Second)
			if n := len(published()); n < 9 || n > 13 {
				t.Errorf("%d reads in 10 s, want about 11", n)
			}
		})
	})
}

func TestPollerPrevious(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		yesterday := time.Now().Add(-24 * time.Hour)
		r := &script{steps: []step{fails(errors.New("no"))}}
		previous := Snapshot{Source: Source{Name: "other"}, Data: named("old"), AsOf: yesterday, Partial: true}
		poll(t, r, time.Minute, previous, func(_ *Poller, published func() []Snapshot) {
			s := published()[0]
			if s.Source.Name != "prom" || names(s.Data) != "old" || !s.AsOf.Equal(yesterday) || s.Partial || s.Err == nil {
				t.Errorf("%+v", s)
			}
		})
	})
}

func TestPollerRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &script{steps: []step{gives(named("A"))}}
		poll(t, r, time.Hour, Snapshot{}, func(p *Poller, published func() []Snapshot) {
			published()
			time.Sleep(10 * time.Second)
			p.Refresh()
			if n := len(published()); n != 2 {
				t.Fatalf("%d reads after Refresh, want 2", n)
			}
			// A key held down causes at most one read a second.
			for range 100 {
				p.Refresh()
				time.Sleep(100 * time.Millisecond)
			}
			if n := len(published()); n < 11 || n > 13 {
				t.Errorf("%d reads after 10 s of asking, want about 12", n)
			}
		})
	})
}

func TestPollerRefreshWhileReading(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(context.Context, func(Data)) (Data, error) {
			time.Sleep(5 * time.Second)
			return named("before"), nil
		}
		r := &script{steps: []step{slow, gives(named("after"))}}
		poll(t, r, time.Hour, Snapshot{}, func(p *Poller, published func() []Snapshot) {
			time.Sleep(time.Second)
			p.Refresh() // this read's result may be older than the request
			time.Sleep(5 * time.Second)
			if all := published(); len(all) != 2 || names(all[1].Data) != "after" {
				t.Errorf("%+v", all)
			}
		})
	})
}

func TestPollerPartial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inParts := func(result step) step {
			return func(ctx context.Context, partial func(Data)) (Data, error) {
				partial(named("first"))
				time.Sleep(time.Second)
				return result(ctx, partial)
			}
		}
		broken := errors.New("no")
		r := &script{steps: []step{inParts(fails(broken)), inParts(gives(named("first", "second"))), inParts(fails(broken))}}
		poll(t, r, 10*time.Second, Snapshot{}, func(_ *Poller, published func() []Snapshot) {
			time.Sleep(25 * time.Second)
			all := published()
			type seen struct {
				names           string
				partial, failed bool
			}
			want := []seen{
				{"first", true, false},
				{"first", true, true}, // never complete: the rest is still missing
				{"first", true, true},
				{"first second", false, false},
				{"first", true, false},
				{"first", false, true}, // the reader promises that it is complete in itself
			}
			if len(all) != len(want) {
				t.Fatalf("%d published, want %d", len(all), len(want))
			}
			for i, s := range all {
				if got := (seen{names(s.Data), s.Partial, s.Err != nil}); got != want[i] {
					t.Errorf("published %d: %+v, want %+v", i, got, want[i])
				}
			}
		})
	})
}

func TestReadOnce(t *testing.T) {
	own := &Error{Reason: Forbidden, Sentence: "you may not"}
	late := func(ctx context.Context, partial func(Data)) (Data, error) {
		partial(named("part"))
		return named("A"), nil
	}
	for _, c := range []struct {
		name   string
		step   step
		reason Reason
		names  string
	}{
		{"works", late, "", "A"},
		{"classified", fails(own), Forbidden, ""},
		{"not classified", fails(errors.New("odd")), BadAnswer, ""},
		{"panics", func(context.Context, func(Data)) (Data, error) { panic("oh") }, BadAnswer, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := ReadOnce(t.Context(), &script{steps: []step{c.step}})
			if ReasonOf(s.Err) != c.reason || names(s.Data) != c.names || s.OK() != (c.reason == "") || s.Source.Name != "prom" {
				t.Errorf("%+v", s)
			}
		})
	}
	t.Run("stopped", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s := ReadOnce(ctx, &script{steps: []step{func(ctx context.Context, _ func(Data)) (Data, error) { return Data{}, ctx.Err() }}})
		if ReasonOf(s.Err) != Canceled {
			t.Errorf("%v", s.Err)
		}
	})
}

func TestPollerCountsChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		same := named("A", "B")
		moved := same
		moved.Moved++
		r := &script{steps: []step{gives(same), gives(same), gives(moved), gives(named("A", "C"))}}
		poll(t, r, time.Minute, Snapshot{}, func(_ *Poller, published func() []Snapshot) {
			time.Sleep(4 * time.Minute)
			synctest.Wait()
			list := published()
			if len(list) < 4 {
				t.Fatalf("%d snapshots", len(list))
			}
			if !list[1].AsOf.After(list[0].AsOf) {
				t.Error("the second read is not newer")
			}
			if list[0].Revision != list[1].Revision || list[1].Revision != list[2].Revision || list[2].Revision == list[3].Revision {
				t.Errorf("the revisions are %d, %d, %d and %d", list[0].Revision, list[1].Revision, list[2].Revision, list[3].Revision)
			}
			if list[2].Data.Moved != 1 || names(list[3].Data) != "A C" {
				t.Errorf("the third read has moved %d times, the fourth has %s", list[2].Data.Moved, names(list[3].Data))
			}
		})
	})
}

// After a suspension of the machine, its timers continue where they stopped,
// but the data on the screen is older.
func TestPollerReadsAtOnceAfterASuspension(t *testing.T) {
	const minute = time.Minute
	limited := func(after time.Duration) step {
		return func(context.Context, func(Data)) (Data, error) {
			return Data{}, &Error{Reason: RateLimited, RetryAfter: after}
		}
	}
	for _, c := range []struct {
		name  string
		first step
		slept time.Duration
		// atOnce: the next read comes within seconds after the suspension.
		atOnce bool
	}{
		{"a night", gives(named("a")), 8 * time.Hour, true},
		{"a little more than an interval", gives(named("a")), minute + 2*time.Second, true},
		{"less than an interval", gives(named("a")), minute - time.Second, false},
		{"not at all", gives(named("a")), 0, false},
		{"the clock was set back", gives(named("a")), -time.Hour, true},
		{"after a failure", fails(errors.New("x")), time.Hour, true},
		{"longer than a rate limit", limited(10 * minute), time.Hour, true},
		{"shorter than a rate limit", limited(10 * minute), 3 * minute, false},
		{"the clock was set back within a rate limit", limited(10 * minute), -time.Hour, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{steps: []step{c.first, gives(named("b"))}}
				p := NewPoller(s, minute)
				var mu sync.Mutex
				var slept time.Duration
				p.suspended = func() time.Duration { mu.Lock(); defer mu.Unlock(); return slept }
				ctx, cancel := context.WithCancel(t.Context())
				var running sync.WaitGroup
				running.Go(func() { p.Run(ctx, Snapshot{}, func(Snapshot) {}) })
				defer running.Wait()
				defer cancel()
				time.Sleep(10 * time.Second)
				mu.Lock()
				slept = c.slept
				mu.Unlock()
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if got := len(s.times()) > 1; got != c.atOnce {
					t.Errorf("read at once: %v, want %v", got, c.atOnce)
				}
			})
		})
	}
}
