package pagerduty

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/race"
	"firstline/sources"
)

// newFakeClient returns a client of a fake with n open incidents.
func newFakeClient(t *testing.T, n int, change func(*Options)) (*Client, *clock, *fake) {
	t.Helper()
	f := &fake{}
	c, k := newTestClient(t, f, change)
	f.clock, f.incidents = k, newFake(k, n).incidents
	return c, k, f
}

func readNow(t *testing.T, c *Client) sources.Data {
	t.Helper()
	d, err := c.Read(t.Context(), func(sources.Data) {})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func statusOf(d sources.Data, id string) string {
	for _, i := range d.Incidents {
		if i.ID == id {
			return string(i.Status)
		}
	}
	return "gone"
}

// paths counts requests by path, with the alerts of all incidents together.
func paths(requests []asked) map[string]int {
	m := map[string]int{}
	for _, r := range requests {
		if strings.HasSuffix(r.path, "/alerts") {
			m["alerts"]++
		} else {
			m[r.path]++
		}
	}
	return m
}

func TestReadGivesRowsAfterTheFirstPage(t *testing.T) {
	c, _, f := newFakeClient(t, 250, nil)
	var sizes []int
	var firstAt int
	d, err := c.Read(t.Context(), func(d sources.Data) {
		if sizes = append(sizes, len(d.Incidents)); len(sizes) == 1 {
			f.mu.Lock()
			firstAt = len(f.requests)
			f.mu.Unlock()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if firstAt != 1 || sizes[0] != 100 || sizes[1] != 199 || sizes[2] != 250 {
		t.Errorf("first rows after %d requests, sizes %v", firstAt, sizes)
	}
	if len(d.Incidents) != 250 || len(d.Warnings) != 0 {
		t.Fatalf("%d incidents, warnings %q", len(d.Incidents), d.Warnings)
	}
	if !slices.IsSortedFunc(d.Incidents, newestFirst) {
		t.Error("not newest first")
	}
	if d.Me == nil || d.Me.ID != "PANN" || d.Me.TimeZone != "Europe/Berlin" {
		t.Errorf("me is %+v", d.Me)
	}
	if len(d.OnCalls) != 2 || d.OnCalls[0].Policy.ID != "PPOLICY" || d.OnCalls[1].Policy.ID != "PX" {
		t.Errorf("on call are %+v", d.OnCalls)
	}
	for _, n := range []int{len(d.Services), len(d.Policies), len(d.Users), len(d.Teams)} {
		if n != 1 {
			t.Errorf("a list has %d", n)
		}
	}
	q := f.requests[0].query
	for _, want := range []string{"date_range=all", "statuses%5B%5D=triggered", "statuses%5B%5D=acknowledged", "limit=100", "sort_by=created_at%3Adesc"} {
		if !strings.Contains(q, want) {
			t.Errorf("the first request lacks %s: %s", want, q)
		}
	}
}

func TestAlertsComeProgressively(t *testing.T) {
	c, k, f := newFakeClient(t, maxAlertReads+30, nil)
	d := readNow(t, c)
	read := func(d sources.Data) (n int) {
		for _, i := range d.Incidents {
			if i.AlertsRead {
				n++
			}
		}
		return n
	}
	if n := read(d); n != maxAlertReads {
		t.Errorf("alerts of %d incidents after one Read, want %d", n, maxAlertReads)
	}
	if !d.Incidents[0].AlertsRead || d.Incidents[0].Alerts[0].Key != "key-"+d.Incidents[0].ID {
		t.Errorf("the newest has no alerts: %+v", d.Incidents[0])
	}
	if details, ok := d.Incidents[0].Alerts[0].Details.(map[string]any); !ok || details["firing"] == nil {
		t.Errorf("details are %v", d.Incidents[0].Alerts[0].Details)
	}
	f.took()
	k.Add(15 * time.Second)
	if n := read(readNow(t, c)); n != maxAlertReads+30 {
		t.Errorf("alerts of %d incidents after two", n)
	}
	if n := paths(f.took())["alerts"]; n != 30 {
		t.Errorf("%d alert requests in the second Read, want 30", n)
	}
}

func TestAlertsLeaveRoomInTheRateLimit(t *testing.T) {
	c, k, f := newFakeClient(t, 20, nil)
	left := 201 + 8 // the incidents, me and five lists come first
	f.before = func(w http.ResponseWriter, _ *http.Request) bool {
		left--
		w.Header().Set("Ratelimit-Remaining", fmt.Sprint(left))
		w.Header().Set("Ratelimit-Reset", "30")
		return false
	}
	d := readNow(t, c)
	if n := paths(f.took())["alerts"]; n == 0 || n > 3 {
		t.Errorf("%d alert requests with little left", n)
	}
	if d.Incidents[19].AlertsRead {
		t.Error("all alerts were read")
	}
	k.Add(31 * time.Second)
	left = 960
	if d = readNow(t, c); !d.Incidents[19].AlertsRead {
		t.Error("alerts are not read after the reset")
	}
}

func TestChangesComeByTheFeed(t *testing.T) {
	for _, bare := range []bool{false, true} {
		c, k, f := newFakeClient(t, 250, nil)
		f.bare = bare
		readNow(t, c)
		readNow(t, c) // the rest of the alerts
		f.took()

		k.Add(15 * time.Second)
		f.set("P000010", "acknowledged")
		f.set("P000020", "resolved")
		f.add("PNEW")
		d := readNow(t, c)
		if a, r, n := statusOf(d, "P000010"), statusOf(d, "P000020"), statusOf(d, "PNEW"); a != "acknowledged" || r != "gone" || n != "triggered" {
			t.Errorf("bare %v: acknowledged %s, resolved %s, new %s", bare, a, r, n)
		}
		if len(d.Incidents) != 250 || d.Incidents[0].ID != "PNEW" || !d.Incidents[0].AlertsRead {
			t.Errorf("bare %v: %d incidents, first %s", bare, len(d.Incidents), d.Incidents[0].ID)
		}
		got := paths(f.took())
		if got["/incidents"] != 0 || got["/log_entries"] != 1 || got["alerts"] != 1 {
			t.Errorf("bare %v: asked %v", bare, got)
		}
		k.Add(15 * time.Second)
		readNow(t, c)
		if got := paths(f.took()); len(got) != 1 || got["/log_entries"] != 1 {
			t.Errorf("bare %v: asked %v though nothing changed", bare, got)
		}
	}
}

func TestFeedMissesNothingAcrossTime(t *testing.T) {
	c, k, f := newFakeClient(t, 5, nil)
	readNow(t, c)
	for i := range 200 { // 50 minutes, over several full refreshes
		k.Add(15 * time.Second)
		id := fmt.Sprintf("Q%06d", i)
		f.add(id)
		if got := statusOf(readNow(t, c), id); got != "triggered" {
			t.Fatalf("step %d: %s", i, got)
		}
		k.Add(time.Second)
		f.set(id, "resolved")
		if got := statusOf(readNow(t, c), id); got != "gone" {
			t.Fatalf("step %d: %s after it was resolved", i, got)
		}
	}
}

func TestFullRefreshFindsWhatTheFeedOmits(t *testing.T) {
	c, k, f := newFakeClient(t, 3, nil)
	readNow(t, c)
	f.mu.Lock()
	f.incidents[0].title, f.incidents[0].updated = "renamed", k.Now()
	f.incidents = f.incidents[:2]
	f.mu.Unlock()
	k.Add(fullEvery)
	d := readNow(t, c)
	if len(d.Incidents) != 2 || d.Incidents[0].Title != "renamed" {
		t.Errorf("got %+v", d.Incidents)
	}
}

func TestNothingIsLostWhenPagesMove(t *testing.T) {
	c, _, f := newFakeClient(t, 300, nil)
	n := 0
	f.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/incidents" {
			if n++; n == 2 { // between the first page and the second
				for _, i := range f.incidents[:30] {
					i.status = "resolved"
				}
			}
		}
		return false
	}
	d := readNow(t, c)
	for _, i := range f.incidents[30:] {
		if statusOf(d, i.id) == "gone" {
			t.Fatalf("%s is missing", i.id)
		}
	}
}

func TestMoreThanTenThousandIncidents(t *testing.T) {
	race.Skip(t)
	c, _, f := newFakeClient(t, 10_150, nil)
	err := c.readAll(t.Context(), false, func() {}, func() {})
	if err != nil {
		t.Fatal(err)
	}
	d := c.data()
	if len(d.Incidents) != 10_150 {
		t.Errorf("%d incidents", len(d.Incidents))
	}
	if len(d.Warnings) != 1 || !strings.Contains(d.Warnings[0], "older ones may be missing") {
		t.Errorf("warnings %q", d.Warnings)
	}
	last := f.requests[len(f.requests)-1].query
	if !strings.Contains(last, "until=") || !strings.Contains(last, "since=") || strings.Contains(last, "date_range") {
		t.Errorf("the last request was %s", last)
	}
}

func TestFeedThatIsRefused(t *testing.T) {
	c, k, f := newFakeClient(t, 3, nil)
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/log_entries" {
			return false
		}
		writeJSON(w, 403, map[string]any{"error": map[string]any{"code": 2010}})
		return true
	}
	readNow(t, c)
	for range 3 {
		k.Add(15 * time.Second)
		f.set("P000002", "acknowledged")
		d := readNow(t, c)
		if statusOf(d, "P000002") != "acknowledged" || len(d.Warnings) != 1 || !strings.Contains(d.Warnings[0], "log") {
			t.Errorf("%s, warnings %q", statusOf(d, "P000002"), d.Warnings)
		}
	}
	if n := paths(f.took())["/log_entries"]; n != 1 {
		t.Errorf("the feed was asked %d times", n)
	}
}

func TestFailuresOfTheRestAreWarnings(t *testing.T) {
	c, k, f := newFakeClient(t, 3, nil)
	broken := true
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if !broken || (r.URL.Path != "/oncalls" && r.URL.Path != "/incidents/P000002/alerts") {
			return false
		}
		if r.URL.Path == "/oncalls" {
			writeJSON(w, 403, map[string]any{})
			return true
		}
		writeJSON(w, 404, map[string]any{"error": map[string]any{"code": 2100}})
		return true
	}
	d := readNow(t, c)
	if len(d.Incidents) != 3 || len(d.Services) != 1 || len(d.Warnings) != 2 {
		t.Errorf("%d incidents, warnings %q", len(d.Incidents), d.Warnings)
	}
	if d.Incidents[1].AlertsRead || !d.Incidents[2].AlertsRead {
		t.Error("the others' alerts are not read")
	}
	broken = false
	k.Add(11 * time.Minute)
	if d = readNow(t, c); len(d.Warnings) != 0 || len(d.OnCalls) != 2 || !d.Incidents[1].AlertsRead {
		t.Errorf("warnings %q stay", d.Warnings)
	}
}

func TestIncidentsThatFailAreAnError(t *testing.T) {
	c, _, f := newFakeClient(t, 3, nil)
	f.before = func(w http.ResponseWriter, _ *http.Request) bool {
		writeJSON(w, 401, map[string]any{})
		return true
	}
	_, err := c.Read(t.Context(), nil)
	wantError(t, err, sources.Unauthorized, "PAGERDUTY_TOKEN")
	f.before = func(w http.ResponseWriter, _ *http.Request) bool {
		writeJSON(w, 200, map[string]any{"hello": "world"})
		return true
	}
	_, err = c.Read(t.Context(), nil)
	wantError(t, err, sources.BadAnswer, "not PagerDuty's API")
}

func TestBusyFeedBringsOneFullRefresh(t *testing.T) {
	c, k, f := newFakeClient(t, 3, nil)
	readNow(t, c)
	for i := range 400 {
		f.add(fmt.Sprintf("Q%06d", i))
	}
	k.Add(15 * time.Second)
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/incidents" {
			writeJSON(w, 403, map[string]any{})
			return true
		}
		return false
	}
	_, err := c.Read(t.Context(), nil)
	wantError(t, err, sources.Forbidden, "")
	f.before = nil
	f.took()
	if d := readNow(t, c); len(d.Incidents) != 403 {
		t.Errorf("%d incidents", len(d.Incidents))
	}
	if got := paths(f.took()); got["/log_entries"] != 0 || got["/incidents"] != 5 {
		t.Errorf("asked %v", got)
	}
	for range 3 {
		k.Add(time.Minute)
		readNow(t, c)
	}
	if got := paths(f.took()); got["/log_entries"] > 6 || got["/incidents"] != 0 {
		t.Errorf("asked %v afterwards", got)
	}
}

func TestClocksThatDisagree(t *testing.T) {
	for _, off := range []time.Duration{-1000 * time.Hour, -time.Hour, time.Hour, 1000 * time.Hour} {
		c, k, f := newFakeClient(t, 3, nil)
		readNow(t, c)
		c.now = func() time.Time { return k.Now().Add(off) }
		c.transport.now = c.now
		c.state = state{}
		readNow(t, c)
		for n := range 3 {
			k.Add(15 * time.Second)
			id := fmt.Sprintf("PNEW%d", n)
			f.add(id)
			if got := statusOf(readNow(t, c), id); got != "triggered" {
				t.Errorf("clock off by %v: %s", off, got)
			}
		}
		if got := paths(f.took())["/incidents"]; got != 2 {
			t.Errorf("clock off by %v: %d full refreshes", off, got)
		}
	}
}

func TestReadAfterItsTimeReturnsTheIncidents(t *testing.T) {
	c, _, f := newFakeClient(t, 3, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	f.before = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/services" {
			<-ctx.Done()
		}
		return false
	}
	d, err := c.Read(ctx, nil)
	if err != nil || len(d.Incidents) != 3 {
		t.Errorf("%d incidents, %v", len(d.Incidents), err)
	}
}

func TestTeams(t *testing.T) {
	c, k, f := newFakeClient(t, 3, func(o *Options) { o.Teams = []string{"checkout", "PTEAM2", "Checkout"} })
	teams := []any{map[string]any{"id": "PTEAM1", "name": "Checkout"}, map[string]any{"id": "PTEAM2", "name": "Search"}}
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/teams" {
			f.page(w, r, "teams", teams)
			return true
		}
		return false
	}
	for _, i := range f.incidents {
		i.team = "PTEAM1"
	}
	readNow(t, c)
	k.Add(15 * time.Second)
	f.incidents[0].team = "PTEAM9"
	f.set(f.incidents[0].id, "triggered")
	d := readNow(t, c)
	if len(d.Incidents) != 2 {
		t.Errorf("%d incidents after one moved to another team", len(d.Incidents))
	}
	for _, r := range f.took() {
		if (r.path == "/incidents" || r.path == "/log_entries") && !strings.Contains(r.query, "team_ids%5B%5D=PTEAM1&team_ids%5B%5D=PTEAM2") {
			t.Errorf("%s without the teams: %s", r.path, r.query)
		}
	}
	c2, _ := newTestClient(t, f, func(o *Options) { o.Teams = []string{"Chekout"} })
	_, err := c2.Read(t.Context(), nil)
	wantError(t, err, sources.NotFound, `no team "Chekout"`)
}

func TestAccountTokenIsFoundByEmail(t *testing.T) {
	account := func(w http.ResponseWriter, r *http.Request) bool {
		switch r.URL.Path {
		case "/users/me":
			writeJSON(w, 400, map[string]any{"error": map[string]any{"code": 2001, "message": "user token only"}})
			return true
		case "/users":
			writeJSON(w, 200, map[string]any{"users": []any{
				map[string]any{"id": "POTHER", "email": "joann@example.com"}, map[string]any{"id": "PANN", "email": "ANN@example.com"},
			}})
			return true
		}
		return false
	}
	c, _, f := newFakeClient(t, 1, nil)
	f.before = account
	if d := readNow(t, c); d.Me == nil || d.Me.ID != "PANN" || len(d.Warnings) != 0 {
		t.Errorf("me is %+v, warnings %q", d.Me, d.Warnings)
	}
	r, err := c.Check(t.Context())
	if err != nil || r.Token != AccountToken || r.Me == nil {
		t.Errorf("%+v %v", r, err)
	}
	c, _, f = newFakeClient(t, 1, func(o *Options) { o.Email = "" })
	f.before = account
	if d := readNow(t, c); d.Me != nil || len(d.Warnings) != 1 || !strings.Contains(d.Warnings[0], "set [me] email") {
		t.Errorf("me is %+v, warnings %q", d.Me, d.Warnings)
	}
	wantError(t, c.AskResponders(t.Context(), "P1", "m", []string{"P2"}, nil), sources.UnknownRequester, "set [me] email")
}

func TestAWriteIsSeenByTheNextRead(t *testing.T) {
	c, _, f := newFakeClient(t, 2, nil)
	readNow(t, c)
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut {
			i := *f.incidents[0]
			i.status, i.updated = "acknowledged", i.updated.Add(time.Hour)
			writeJSON(w, 200, map[string]any{"incidents": []any{i.json()}})
			return true
		}
		return false
	}
	if err := c.Acknowledge(t.Context(), "P000002"); err != nil {
		t.Fatal(err)
	}
	// The feed and the list still have the old state, as a replica that lags
	// would.
	if got := statusOf(readNow(t, c), "P000002"); got != "acknowledged" {
		t.Errorf("it is %s", got)
	}
}

func TestPartialsAreComplete(t *testing.T) {
	c, k, f := newFakeClient(t, 250, nil)
	readNow(t, c)
	k.Add(time.Hour)
	f.took()
	_, err := c.Read(t.Context(), func(d sources.Data) {
		if len(d.Incidents) != 250 {
			t.Errorf("a refresh shows %d of 250 incidents on the way", len(d.Incidents))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// One connection that breaks says nothing of the next request: the rest of the
// catalog is read, whichever request met it. Two in a row end the reading.
func TestTheCatalogAfterOneBrokenConnection(t *testing.T) {
	broken := func(times int, path string) (paths map[string]bool) {
		paths = map[string]bool{}
		c, _, f := newFakeClient(t, 1, nil)
		f.before = func(w http.ResponseWriter, r *http.Request) bool {
			paths[r.URL.Path] = true
			if times == 0 || path != "" && r.URL.Path != path || path == "" && r.URL.Path == "/incidents" {
				return false
			}
			times--
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				_ = conn.Close()
			}
			return true
		}
		readNow(t, c)
		f.mu.Lock()
		defer f.mu.Unlock()
		return maps.Clone(paths)
	}
	all := broken(0, "")
	for path := range all {
		if path == "/incidents" {
			continue
		}
		if got := broken(9, path); len(got) < len(all) {
			t.Errorf("%s: only %v is asked for, want %v", path, got, all)
		}
	}
	if got := broken(1000, ""); len(got) >= len(all) {
		t.Errorf("%v is asked of a PagerDuty that can't be reached", got)
	}
}
