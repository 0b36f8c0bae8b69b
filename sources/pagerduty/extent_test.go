package pagerduty

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"firstline/internal/race"
	"firstline/sources"
)

// many answers with a list of n entries at a path.
func many(f *fake, path, field string, n int) func(http.ResponseWriter, *http.Request) bool {
	all := make([]any, n)
	for i := range all {
		all[i] = map[string]any{"id": fmt.Sprintf("PL%05d", i), "escalation_rules": []any{}, "name": fmt.Sprintf("Entry %d", i), "summary": fmt.Sprintf("Entry %d", i), "email": fmt.Sprintf("u%d@example.com", i)}
	}
	return func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != path {
			return false
		}
		f.page(w, r, field, all)
		return true
	}
}

// TestListsSayHowMuchOfThemWasRead covers lists that are capped, long, refused,
// of an unknown form, or whole.
func TestListsSayHowMuchOfThemWasRead(t *testing.T) {
	race.Skip(t)
	services := func(e sources.Extents) sources.Extent { return e.Services }
	users := func(e sources.Extents) sources.Extent { return e.Users }
	refused := func(path string, status int) func(*fake) func(http.ResponseWriter, *http.Request) bool {
		return func(*fake) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == path {
					writeJSON(w, status, map[string]any{})
				}
				return r.URL.Path == path
			}
		}
	}
	list := func(path, field string, n int) func(*fake) func(http.ResponseWriter, *http.Request) bool {
		return func(f *fake) func(http.ResponseWriter, *http.Request) bool { return many(f, path, field, n) }
	}
	for name, tc := range map[string]struct {
		answer  func(*fake) func(http.ResponseWriter, *http.Request) bool
		of      func(sources.Extents) sources.Extent
		read    bool
		missing string // a part of why it is not whole; empty: whole
		most    int    // requests
	}{
		"services whole":      {list("/services", "services", 100), services, true, "", 20},
		"services, two pages": {list("/services", "services", 101), services, true, "", 20},
		"services, none":      {list("/services", "services", 0), services, true, "", 20},
		"services at the cap": {list("/services", "services", 10_000), services, true, "", 120},
		"services past it":    {list("/services", "services", 10_001), services, true, "no more than 10,000", 120},
		"services refused":    {refused("/services", 403), services, false, "could not be read", 20},
		"services gone":       {refused("/services", 404), services, false, "could not be read", 20},
		"policies past it":    {list("/escalation_policies", "escalation_policies", 10_050), func(e sources.Extents) sources.Extent { return e.Policies }, true, "no more than 10,000", 120},
		"teams past it":       {list("/teams", "teams", 10_050), func(e sources.Extents) sources.Extent { return e.Teams }, true, "no more than 10,000", 120},
		"priorities refused":  {refused("/priorities", 402), func(e sources.Extents) sources.Extent { return e.Priorities }, true, "", 20},
		"users, three pages":  {list("/users", "users", 300), users, true, "", 20},
		"users, more":         {list("/users", "users", 301), users, true, "more users than the 300", 20},
		"users, very many":    {list("/users", "users", 25_000), users, true, "more users than the 300", 20},
		"users refused":       {refused("/users", 403), users, false, "could not be read", 20},
		"an entry is a number": {func(*fake) func(http.ResponseWriter, *http.Request) bool {
			return func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == "/services" {
					writeJSON(w, 200, map[string]any{"services": []any{map[string]any{"id": "PS", "name": "a"}, 7}, "more": false})
				}
				return r.URL.Path == "/services"
			}
		}, services, true, "1 of its entries could not be understood", 20},
	} {
		t.Run(name, func(t *testing.T) {
			c, _, f := newFakeClient(t, 2, nil)
			f.before = tc.answer(f)
			d := readNow(t, c)
			e := tc.of(d.Extents)
			if e.Read != tc.read || e.Whole() != (tc.missing == "") || !strings.Contains(e.Missing, tc.missing) {
				t.Errorf("the extent is %+v, want read %v, missing %q", e, tc.read, tc.missing)
			}
			if n := len(f.took()); n > tc.most {
				t.Errorf("it took %d requests", n)
			}
			if !d.Extents.Incidents.Whole() {
				t.Errorf("the incidents are %+v", d.Extents.Incidents)
			}
		})
	}
}

func TestIncidentsThatCantBeUnderstoodAreMissed(t *testing.T) {
	for name, tc := range map[string]struct {
		item  any
		whole bool
	}{
		"an incident":         {map[string]any{"id": "P1", "status": "triggered"}, true},
		"without a service":   {map[string]any{"id": "P1", "status": "acknowledged", "service": nil}, true},
		"null":                {nil, false},
		"a number":            {7, false},
		"a list":              {[]any{1}, false},
		"an unheard-of state": {map[string]any{"id": "P1", "status": "frozen"}, false},
		"without a status":    {map[string]any{"id": "P1"}, false},
		"without an id":       {map[string]any{"status": "triggered"}, false},
		"a reference":         {map[string]any{"id": "P1", "type": "incident_reference", "status": "triggered"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			c, _, f := newFakeClient(t, 2, nil)
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == "/incidents" {
					writeJSON(w, 200, map[string]any{"incidents": []any{f.incidents[0].json(), tc.item}, "more": false})
				}
				return r.URL.Path == "/incidents"
			}
			d := readNow(t, c)
			if d.Extents.Incidents.Whole() != tc.whole || (len(d.Incidents) == 2) != tc.whole || (len(d.Warnings) > 0) == tc.whole {
				t.Errorf("%d incidents, %+v, warnings %q", len(d.Incidents), d.Extents.Incidents, d.Warnings)
			}
		})
	}
}

func TestBeforeTheLastPageTheIncidentsAreNotWhole(t *testing.T) {
	c, _, _ := newFakeClient(t, 250, nil)
	n := 0
	if _, err := c.Read(t.Context(), func(d sources.Data) {
		if n++; n < 3 && d.Extents.Incidents.Whole() {
			t.Errorf("page %d is taken for the whole", n)
		}
	}); err != nil || n < 3 {
		t.Errorf("%d partial answers, %v", n, err)
	}
}

// TestOnCallsAreAskedByPolicy: they are never read as a whole, and each policy
// has its own Extent.
func TestOnCallsAreAskedByPolicy(t *testing.T) {
	c, k, f := newFakeClient(t, 120, func(o *Options) { o.Policies = []string{"PFIRST", "Entry 7"} })
	f.before = many(f, "/escalation_policies", "escalation_policies", 60) // too many to ask about all
	for i, incident := range f.incidents {
		incident.policy = fmt.Sprintf("PINC%02d", i%40)
	}
	f.incidents[0].policy = "PGONE"
	inner := f.before
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/oncalls" && len(r.URL.Query()["escalation_policy_ids[]"]) == 0 && len(r.URL.Query()["user_ids[]"]) == 0 {
			t.Error("the whole account's on-calls were asked for")
		}
		if strings.Contains(r.URL.RawQuery, "PGONE") && r.URL.Path == "/oncalls" {
			writeJSON(w, 404, map[string]any{"error": map[string]any{"code": 2100}})
			return true
		}
		return inner(w, r)
	}
	d := readNow(t, c)
	for _, id := range []string{"PL00007", "PINC01", "PINC39"} { // by name, of incidents
		if !d.Extents.OnCalls[id].Whole() {
			t.Errorf("%s is %+v", id, d.Extents.OnCalls[id])
		}
	}
	if e := d.Extents.OnCalls["PGONE"]; e.Whole() || !strings.Contains(e.Missing, "does not know it") {
		t.Errorf("a policy that is gone is %+v", e)
	}
	for _, id := range []string{"PL00008", "PFIRST"} {
		if _, asked := d.Extents.OnCalls[id]; asked {
			t.Errorf("%s was asked about", id) // not needed, or it does not exist
		}
	}
	if n := paths(f.took())["/oncalls"]; n > 16 {
		t.Errorf("%d requests for on-calls", n)
	}
	k.Add(time.Minute)
	readNow(t, c)
	if n := paths(f.took())["/oncalls"]; n != 0 {
		t.Errorf("%d requests for on-calls a minute later", n)
	}
	if _, extent, err := c.OnCalls(t.Context(), "PL00008"); err != nil || !extent.Whole() {
		t.Errorf("asked by name: %+v, %v", extent, err)
	}
	if d := c.data(); !d.Extents.OnCalls["PL00008"].Whole() {
		t.Error("what somebody asked for is not kept")
	}
	if _, _, err := c.OnCalls(t.Context(), "PGONE"); sources.ReasonOf(err) != sources.NotFound {
		t.Errorf("a policy that is gone: %v", err)
	}
}

// TestOnCallsThatAreTooMany: a policy with more entries than are read is not
// whole, and does not affect the others.
func TestOnCallsThatAreTooMany(t *testing.T) {
	c, _, f := newFakeClient(t, 2, nil)
	f.onCalls = 1200
	d := readNow(t, c)
	for id, e := range d.Extents.OnCalls {
		if e.Whole() || !e.Read || e.Missing == "" {
			t.Errorf("%s is %+v", id, e)
		}
	}
	if len(d.Extents.OnCalls) != 2 || len(d.OnCalls) == 0 {
		t.Errorf("%d policies, %d entries", len(d.Extents.OnCalls), len(d.OnCalls))
	}
	if n := paths(f.took())["/oncalls"]; n > 40 {
		t.Errorf("%d requests", n)
	}
}

// TestOnCallsAreReadAgainWhenATurnEnds and not before.
func TestOnCallsAreReadAgainWhenATurnEnds(t *testing.T) {
	c, k, f := newFakeClient(t, 1, nil)
	end := k.Now().Add(2 * time.Minute)
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/oncalls" {
			return false
		}
		var entries []any
		for _, id := range r.URL.Query()["escalation_policy_ids[]"] {
			entry := onCallJSON(id, 0).(map[string]any)
			entry["start"], entry["end"] = k.Now().Add(-time.Hour).Format(time.RFC3339), end.Format(time.RFC3339)
			entries = append(entries, entry)
		}
		f.page(w, r, "oncalls", entries)
		return true
	}
	readNow(t, c)
	f.took()
	for minute, want := range []int{0, 0, 1} {
		k.Add(time.Minute + time.Second)
		if minute == 1 {
			end = end.Add(time.Hour)
			k.Add(-3 * time.Second)
		}
		readNow(t, c)
		if n := paths(f.took())["/oncalls"]; n != want {
			t.Errorf("minute %d: %d requests, want %d", minute+1, n, want)
		}
	}
}

func TestTeamsBeyondTheCap(t *testing.T) {
	race.Skip(t)
	for name, tc := range map[string]struct {
		team    string
		refused string
	}{
		"by id, listed":       {"PL00003", ""},
		"by name, listed":     {"entry 3", ""},
		"by id, not listed":   {"PBEYOND", ""},
		"by name, not listed": {"Beyond", "is not among those that could be read, because PagerDuty lists no more than 10,000"},
	} {
		t.Run(name, func(t *testing.T) {
			c, _, f := newFakeClient(t, 1, func(o *Options) { o.Teams = []string{tc.team} })
			f.before = many(f, "/teams", "teams", 10_050)
			err := c.findTeams(t.Context())
			if tc.refused == "" {
				if err != nil || len(c.teams()) != 1 {
					t.Errorf("%v, teams %v", err, c.teams())
				}
				return
			}
			wantError(t, err, sources.NotFound, tc.refused)
		})
	}
}
