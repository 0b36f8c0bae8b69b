package syncing

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/race"
	"firstline/internal/store"
	"firstline/sources"
	"firstline/sources/demo"
	"firstline/sources/pagerduty"
)

var start = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// account is a stand-in PagerDuty with a clock that moves when somebody waits.
type account struct {
	*demo.PagerDuty
	t      testing.TB
	client *pagerduty.Client
	store  *store.Store
	path   string

	mu       sync.Mutex
	now      time.Time
	requests []string
	// stopAfter ends the context of a sync after that many requests.
	stopAfter int
	stop      context.CancelFunc
}

func (a *account) Now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.now
}

func (a *account) sleep(ctx context.Context, d time.Duration) error {
	a.advance(d)
	return ctx.Err()
}

func (a *account) advance(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now = a.now.Add(d)
}

// RoundTrip asks the stand-in.
func (a *account) RoundTrip(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	a.requests = append(a.requests, r.Method+" "+r.URL.Path)
	if a.stopAfter > 0 && len(a.requests) >= a.stopAfter {
		a.stop()
	}
	a.mu.Unlock()
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w.Result(), nil
}

func newAccount(t testing.TB, d demo.Directory) *account {
	t.Helper()
	a := &account{t: t, now: start, path: filepath.Join(t.TempDir(), "state.sqlite")}
	a.PagerDuty = demo.NewPagerDuty(demo.PagerDutyOptions{Directory: d, Now: a.Now})
	c, err := pagerduty.New(pagerduty.Options{Token: demo.Token, Transport: a, Now: a.Now, Sleep: a.sleep})
	if err != nil {
		t.Fatal(err)
	}
	a.client = c
	a.open()
	t.Cleanup(func() { _ = a.store.Close() })
	return a
}

func (a *account) open() {
	a.t.Helper()
	s, err := store.Open(context.Background(), a.path)
	if err != nil {
		a.t.Fatal(err)
	}
	a.store = s
}

// sync reads the last days, and returns the number of requests.
func (a *account) sync(days int, teams ...string) (Result, int) {
	a.t.Helper()
	a.requests = nil
	r, err := a.try(context.Background(), days, teams...)
	if err != nil {
		a.t.Fatal(err)
	}
	return r, len(a.requests)
}

func (a *account) try(ctx context.Context, days int, teams ...string) (Result, error) {
	s := &Syncer{Past: a.client, Store: a.store, Now: a.Now}
	return s.Sync(ctx, Plan{Since: a.Now().AddDate(0, 0, -days), TeamIDs: teams})
}

func (a *account) history(days int, scope string) past.History {
	a.t.Helper()
	h, err := a.store.Past(context.Background(), scope, sources.Span{Since: a.Now().AddDate(0, 0, -days), Until: a.Now().Add(time.Second)})
	if err != nil {
		a.t.Fatal(err)
	}
	return h
}

func (a *account) incident(id string) past.Incident {
	a.t.Helper()
	for _, i := range a.history(400, "").Incidents {
		if i.ID == id {
			return i
		}
	}
	a.t.Fatalf("there is no incident %s", id)
	return past.Incident{}
}

func small() demo.Directory {
	d := demo.Large(demo.Size{Users: 4, Services: 3, Policies: 2, Teams: 2, Levels: 2, Schedules: 1}, start)
	for n := range d.Services {
		d.Services[n].TeamIDs = []string{d.Teams[n%2].ID}
	}
	return d
}

func entries(h past.History) (n int) {
	for i := range h.Incidents {
		n += len(h.Incidents[i].Entries)
	}
	return n
}

func TestSyncReadsTheWholePast(t *testing.T) {
	a := newAccount(t, small())
	a.AddPast(demo.Past{From: start.AddDate(0, 0, -30), Until: start.Add(-4 * time.Hour), Incidents: 300, EntriesEach: 10})
	r, requests := a.sync(31)
	h := a.history(31, "")
	if r.Incidents != 300 || len(h.Incidents) != 300 || entries(h) < 300*9 || r.Entries < entries(h) || len(r.Missing) != 0 {
		t.Errorf("it brought %+v; stored are %d incidents with %d entries", r, len(h.Incidents), entries(h))
	}
	for i := range h.Incidents {
		one := &h.Incidents[i]
		if !one.Read() || one.Open() || one.Title == "" || one.Entries[0].Kind != past.Trigger || one.Entries[len(one.Entries)-1].Kind != past.Resolve {
			t.Fatalf("an incident is %+v", one)
		}
		if want := one.Alert != ""; want != (one.Runbook != "") || !one.DetailsRead {
			t.Fatalf("the details of %+v", one)
		}
	}
	if len(h.People) != 4 || h.People["PULARGE1"].Zone != "Europe/Berlin" || len(h.Turns) == 0 || len(h.Log) != 1 || len(h.OnCalls) != 1 {
		t.Errorf("%d people, %d turns, log %v, on-calls %v", len(h.People), len(h.Turns), h.Log, h.OnCalls)
	}
	if requests > 60 {
		t.Errorf("%d requests for 300 incidents and %d entries", requests, entries(h))
	}
	// Later runs read only what is new.
	a.advance(time.Hour)
	if r, requests = a.sync(31); requests > 6 || r.Incidents > 5 {
		t.Errorf("with nothing new it took %d requests and brought %+v", requests, r)
	}
}

// A sync that is stopped or killed anywhere goes on where it was, and brings the same.
func TestSyncGoesOn(t *testing.T) {
	d := small()
	whole := newAccount(t, d)
	p := demo.Past{From: start.AddDate(0, 0, -20), Until: start.Add(-4 * time.Hour), Incidents: 80, EntriesEach: 10}
	whole.AddPast(p)
	_, most := whole.sync(21)
	want := whole.history(21, "")

	a := newAccount(t, d)
	a.AddPast(p)
	total := 0
	for tries := 0; ; tries++ {
		if tries > 100 {
			t.Fatal("it does not end")
		}
		a.requests = nil
		var ctx context.Context
		ctx, a.stop = context.WithCancel(context.Background())
		a.stopAfter = 9 + tries%3
		_, err := a.try(ctx, 21)
		a.stop()
		total += len(a.requests)
		if err == nil {
			break
		}
		if !errors.Is(ctx.Err(), context.Canceled) {
			t.Fatal(err)
		}
		// What kill -9 leaves: a file that was not closed.
		a.open()
	}
	got := a.history(21, "")
	if len(got.Incidents) != len(want.Incidents) || entries(got) != entries(want) {
		t.Errorf("it has %d incidents and %d entries, want %d and %d", len(got.Incidents), entries(got), len(want.Incidents), entries(want))
	}
	for n := range got.Incidents {
		g, w := got.Incidents[n], want.Incidents[n]
		if g.ID != w.ID || len(g.Entries) != len(w.Entries) || g.Status != w.Status || !g.Read() {
			t.Fatalf("incident %d is %+v, want %+v", n, g, w)
		}
	}
	t.Logf("%d requests at once, %d when stopped all the time", most, total)
}

// What happens to incidents after they were read is followed.
func TestSyncFollowsIncidents(t *testing.T) {
	a := newAccount(t, small())
	a.SetAccount(demo.Account{Reopens: true})
	a.AddPast(demo.Past{From: start.AddDate(0, 0, -10), Until: start.AddDate(0, 0, -2), Incidents: 20, EntriesEach: 9})
	open := func(key string) string { return a.OpenIncident("PVLARGE1", demo.Event{DedupKey: key}) }
	reassigned, merged, into, deleted, deletedOpen, closed := open("a"), open("b"), open("c"), open("d"), open("e"), open("f")
	do := func(method, path, body string) {
		t.Helper()
		if status := a.Do("PULARGE1", method, path, body); status > 299 {
			t.Fatalf("%s %s is %d", method, path, status)
		}
	}
	put := func(id, fields string) {
		t.Helper()
		do("PUT", "/incidents", fmt.Sprintf(`{"incidents":[{"id":%q,"type":"incident",%s}]}`, id, fields))
	}
	put(deleted, `"status":"resolved"`)
	a.advance(20 * time.Minute)
	a.sync(11)
	if i := a.incident(merged); !i.Open() {
		t.Fatalf("it is %+v", i)
	}
	a.advance(26 * time.Hour)
	old := a.history(11, "").Incidents[3].ID
	put(old, `"status":"acknowledged"`) // which opens it again
	put(reassigned, `"assignments":[{"assignee":{"id":"PULARGE3","type":"user_reference"}}]`)
	do("PUT", "/incidents/"+into+"/merge", fmt.Sprintf(`{"source_incidents":[{"id":%q,"type":"incident_reference"}]}`, merged))
	put(closed, `"status":"resolved"`)
	a.Forget(deletedOpen)
	a.Forget(deleted)
	a.advance(time.Minute)
	r, _ := a.sync(11)

	if i := a.incident(old); !i.Open() {
		t.Errorf("a reopened one is %v", i.Status)
	}
	if i := a.incident(merged); i.MergedInto != into || i.Open() {
		t.Errorf("a merged one is %+v", i)
	}
	if i := a.incident(closed); i.Open() || i.Entries[len(i.Entries)-1].Kind != past.Resolve {
		t.Errorf("a resolved one is %+v", i)
	}
	if i := a.incident(deletedOpen); !i.Deleted || i.Title == "" || r.Deleted != 1 {
		t.Errorf("a deleted one is %+v, result %+v", i, r)
	}
	to := ""
	for _, e := range a.incident(reassigned).Entries {
		if e.Kind == past.Assign {
			to = strings.Join(e.To, " ")
		}
	}
	if to != "PULARGE3" {
		t.Errorf("the reassigned one went to %q", to)
	}
	// One that was resolved and is deleted is found when all is read again.
	if i := a.incident(deleted); i.Deleted {
		t.Error("it is marked without proof")
	}
	if err := a.store.ForgetPastWindows(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.sync(11)
	if i := a.incident(deleted); !i.Deleted {
		t.Error("a deleted one is not marked")
	}
}

// An incident that began before the time that is read, and was acted on in it, is
// read whole.
func TestSyncReadsOlderIncidents(t *testing.T) {
	a := newAccount(t, small())
	id := a.OpenIncident("PVLARGE1", demo.Event{DedupKey: "a"})
	a.advance(72 * time.Hour)
	a.Do("PULARGE1", "PUT", "/incidents", fmt.Sprintf(`{"incidents":[{"id":%q,"type":"incident","status":"acknowledged"}]}`, id))
	a.advance(time.Hour)
	a.sync(1)
	if i := a.incident(id); !i.Read() || i.CreatedAt.After(start.Add(time.Minute)) {
		t.Errorf("it is %+v", i)
	}
}

func TestSyncOfTeams(t *testing.T) {
	a := newAccount(t, small())
	a.AddPast(demo.Past{From: start.AddDate(0, 0, -10), Until: start.Add(-4 * time.Hour), Incidents: 60, EntriesEach: 9})
	a.sync(11, "PTLARGE1")
	h := a.history(11, "PTLARGE1")
	if len(h.Incidents) != 40 || len(h.Log) != 1 {
		t.Errorf("%d incidents, log %v", len(h.Incidents), h.Log)
	}
	if h := a.history(11, ""); len(h.Log) != 0 {
		t.Error("a team's past counts as the account's")
	}
	a.sync(11)
	if h := a.history(11, "PTLARGE2"); len(h.Incidents) != 60 || len(h.Log) != 1 {
		t.Errorf("the account's past is not a team's: %d incidents, log %v", len(h.Incidents), h.Log)
	}
}

// A time with more entries than PagerDuty lists is read in parts.
func TestSyncSplitsWhatIsCapped(t *testing.T) {
	race.Skip(t)
	a := newAccount(t, small())
	// 10,500 entries in two hours.
	a.AddPast(demo.Past{From: start.Add(-30 * time.Hour), Until: start.Add(-28 * time.Hour), Incidents: 700, EntriesEach: 15})
	r, requests := a.sync(10)
	if h := a.history(10, ""); len(h.Incidents) != 700 || entries(h) != 10_500 || r.Entries < 10_500 || len(r.Missing) > 0 {
		t.Errorf("%d incidents with %d entries, result %+v", len(h.Incidents), entries(h), r)
	}
	t.Logf("%d requests for %d entries", requests, r.Entries)
}

// The sync takes at most a third of the requests of a minute, and waits while others
// left few.
func TestSyncTakesAShare(t *testing.T) {
	a := newAccount(t, small())
	a.AddPast(demo.Past{From: start.AddDate(0, 0, -10), Until: start.Add(-4 * time.Hour), Incidents: 500, EntriesEach: 15})
	_, requests := a.sync(11)
	spent := a.Now().Sub(start)
	if least := time.Duration(requests-2) * time.Minute / 320; spent < least || spent > 2*least {
		t.Errorf("%d requests took %v: want %v at least", requests, spent, least)
	}
}

func TestSyncRefusesAnotherAccount(t *testing.T) {
	a := newAccount(t, small())
	if err := a.store.SetPastAccount(t.Context(), "other.pagerduty.com"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.try(t.Context(), 1); err == nil || !strings.Contains(err.Error(), "has the history of other.pagerduty.com") {
		t.Errorf("it gives %v", err)
	}
}

func TestNextLength(t *testing.T) {
	for _, tc := range []struct {
		length  time.Duration
		entries int
		want    time.Duration
	}{
		{24 * time.Hour, 0, 96 * time.Hour},
		{24 * time.Hour, 2000, 24 * time.Hour},
		{24 * time.Hour, 20_000, 144 * time.Minute},
		{24 * time.Hour, 10, 96 * time.Hour},
		{20 * 24 * time.Hour, 10, longestWindow},
		{2 * time.Second, 1 << 30, time.Second},
	} {
		if got := nextLength(tc.length, tc.entries); got != tc.want {
			t.Errorf("after %v with %d entries: %v, want %v", tc.length, tc.entries, got, tc.want)
		}
	}
}
