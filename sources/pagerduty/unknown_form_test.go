package pagerduty

import (
	"net/http"
	"strings"
	"testing"

	"firstline/sources"
)

// TestAnOddListIsNoEmptyList: a value that is null, not a list, missing, or
// empty though there is more proves nothing, in any list.
func TestAnOddListIsNoEmptyList(t *testing.T) {
	type read struct {
		path, field string
		extent      func(t *testing.T, c *Client) (sources.Extent, error)
	}
	of := func(pick func(sources.Extents) sources.Extent) func(*testing.T, *Client) (sources.Extent, error) {
		return func(t *testing.T, c *Client) (sources.Extent, error) {
			d, err := c.Read(t.Context(), nil)
			return pick(d.Extents), err
		}
	}
	lists := map[string]read{
		"services":   {"/services", "services", of(func(e sources.Extents) sources.Extent { return e.Services })},
		"policies":   {"/escalation_policies", "escalation_policies", of(func(e sources.Extents) sources.Extent { return e.Policies })},
		"users":      {"/users", "users", of(func(e sources.Extents) sources.Extent { return e.Users })},
		"teams":      {"/teams", "teams", of(func(e sources.Extents) sources.Extent { return e.Teams })},
		"priorities": {"/priorities", "priorities", of(func(e sources.Extents) sources.Extent { return e.Priorities })},
		"incidents":  {"/incidents", "incidents", of(func(e sources.Extents) sources.Extent { return e.Incidents })},
		"on-calls":   {"/oncalls", "oncalls", of(func(e sources.Extents) sources.Extent { return e.OnCalls["PPOLICY"] })},
		"on-calls by name": {"/oncalls", "oncalls", func(t *testing.T, c *Client) (sources.Extent, error) {
			_, e, err := c.OnCalls(t.Context(), "PPOLICY")
			return e, err
		}},
		"on-calls to come": {"/oncalls", "oncalls", func(t *testing.T, c *Client) (sources.Extent, error) {
			_, e, err := c.OnCallsUntil(t.Context(), c.now(), "PPOLICY")
			return e, err
		}},
		"turns": {"/oncalls", "oncalls", func(t *testing.T, c *Client) (sources.Extent, error) {
			_, e, err := c.Upcoming(t.Context(), "PSCHEDULE")
			return e, err
		}},
		"found users": {"/users", "users", func(t *testing.T, c *Client) (sources.Extent, error) {
			_, e, err := c.FindUsers(t.Context(), "ann")
			return e, err
		}},
		"alerts": {"/incidents/P000001/alerts", "alerts", func(t *testing.T, c *Client) (sources.Extent, error) {
			_, e, err := c.readIncidentAlerts(t.Context(), "P000001")
			return e, err
		}},
		"history": {"/incidents/P000001/log_entries", "log_entries", func(t *testing.T, c *Client) (sources.Extent, error) {
			_, e, err := c.LogEntries(t.Context(), "P000001")
			return e, err
		}},
		"log": {"/log_entries", "log_entries", func(t *testing.T, c *Client) (sources.Extent, error) {
			_, e, err := c.Log(t.Context(), c.now(), c.now())
			return e, err
		}},
		"notes": {"/incidents/P000001/notes", "notes", func(t *testing.T, c *Client) (sources.Extent, error) {
			_, err := c.Notes(t.Context(), "P000001")
			return sources.Whole, err
		}},
		"by key": {"/incidents", "incidents", func(t *testing.T, c *Client) (sources.Extent, error) {
			_, err := c.IncidentsByKey(t.Context(), "key")
			return sources.Whole, err
		}},
	}
	answers := map[string]struct {
		body string
		why  string
	}{
		"null":                   {`{"FIELD":null,"more":false}`, "of a form that is not known"},
		"an object":              {`{"FIELD":{},"more":false}`, "of a form that is not known"},
		"text":                   {`{"FIELD":"none","more":false}`, "of a form that is not known"},
		"missing":                {`{"more":false}`, "has no FIELD"},
		"empty, and more":        {`{"FIELD":[],"more":true}`, ""},
		"empty, and more quoted": {`{"FIELD":[],"more":"true"}`, ""},
		"of null":                {`{"FIELD":[null],"more":false}`, ""},
		"of nothing":             {`{"FIELD":[{}],"more":false}`, ""},
	}
	for list, r := range lists {
		for name, answer := range answers {
			t.Run(list+" "+name, func(t *testing.T) {
				c, _, f := newFakeClient(t, 1, nil)
				f.before = func(w http.ResponseWriter, req *http.Request) bool {
					if req.URL.Path != r.path || req.URL.Query().Get("query") == "ann@example.com" {
						return false
					}
					w.Header().Set("Content-Type", "application/json")
					_, _ = w.Write([]byte(strings.ReplaceAll(answer.body, "FIELD", r.field)))
					return true
				}
				extent, err := r.extent(t, c)
				switch {
				case err != nil && !strings.Contains(sources.Sentence(err), strings.ReplaceAll(answer.why, "FIELD", r.field)):
					t.Errorf("it fails with %q", sources.Sentence(err))
				case err == nil && extent.Whole():
					t.Error("it is taken for the whole list")
				case err == nil && !strings.Contains(extent.Why(), strings.ReplaceAll(answer.why, "FIELD", r.field)):
					t.Errorf("it is said to be missing because %q", extent.Why())
				}
			})
		}
	}
}

// TestAPageThatIsCutShort: what was read before it stays, and is not whole.
func TestAPageThatIsCutShort(t *testing.T) {
	c, _, f := newFakeClient(t, 1, nil)
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/services" {
			return false
		}
		items := []any{}
		if r.URL.Query().Get("offset") == "" {
			items = append(items, map[string]any{"id": "PS", "name": "a"})
		}
		writeJSON(w, 200, map[string]any{"services": items, "more": true})
		return true
	}
	d := readNow(t, c)
	if e := d.Extents.Services; e.Whole() || !e.Read || !strings.Contains(e.Missing, "incomplete") || len(d.Services) != 1 {
		t.Errorf("%d services, %+v", len(d.Services), e)
	}
}

// TestPageWithoutMore: after a full page the next is read, a short page is the
// last.
func TestPageWithoutMore(t *testing.T) {
	for name, n := range map[string]int{"a full page": 100, "more than a page": 130, "a few": 3, "none": 0} {
		t.Run(name, func(t *testing.T) {
			c, _, f := newFakeClient(t, 1, nil)
			all := many(f, "/services", "services", n)
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != "/services" {
					return false
				}
				return all(withoutMore{w}, r)
			}
			if d := readNow(t, c); len(d.Services) != n || !d.Extents.Services.Whole() {
				t.Errorf("%d services of %d, %+v", len(d.Services), n, d.Extents.Services)
			}
		})
	}
}

// withoutMore removes "more" from an answer.
type withoutMore struct{ http.ResponseWriter }

func (w withoutMore) Write(b []byte) (int, error) {
	_, err := w.ResponseWriter.Write([]byte(strings.ReplaceAll(strings.ReplaceAll(string(b), `"more":true`, `"more":null`), `"more":false`, `"more":null`)))
	return len(b), err
}

// TestIncompleteOnCallEntries: an entry without a level makes it unknown who is
// on call for its policy, and affects no other policy.
func TestIncompleteOnCallEntries(t *testing.T) {
	for name, tc := range map[string]struct {
		level any
		whole bool
	}{
		"a level":          {1, true},
		"a quoted one":     {"2", true},
		"null":             {nil, false},
		"zero":             {0, false},
		"a negative one":   {-1, false},
		"another word":     {"first", false},
		"a list of levels": {[]any{1}, false},
	} {
		t.Run(name, func(t *testing.T) {
			c, _, f := newFakeClient(t, 2, nil)
			f.incidents[0].policy = "POTHER"
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path != "/oncalls" {
					return false
				}
				var entries []any
				for _, id := range r.URL.Query()["escalation_policy_ids[]"] {
					entry := onCallJSON(id, 0).(map[string]any)
					if id == "PPOLICY" {
						entry["escalation_level"] = tc.level
					}
					entries = append(entries, entry)
				}
				f.page(w, r, "oncalls", entries)
				return true
			}
			d := readNow(t, c)
			if e := d.Extents.OnCalls["PPOLICY"]; e.Whole() != tc.whole || !e.Read {
				t.Errorf("its policy is %+v", e)
			}
			if e := d.Extents.OnCalls["POTHER"]; !e.Whole() {
				t.Errorf("the other policy is %+v", e)
			}
			_, e, err := c.OnCallsUntil(t.Context(), c.now(), "PPOLICY")
			if err != nil || e.Whole() != tc.whole {
				t.Errorf("asked for by name it is %+v, %v", e, err)
			}
		})
	}
}

// TestThePlanIsNotGuessed: only a list of abilities without it means that
// others cannot be asked to join.
func TestThePlanIsNotGuessed(t *testing.T) {
	for body, lacks := range map[string]bool{
		`{"abilities":[]}`:                                 true,
		`{"abilities":["teams"]}`:                          true,
		`{"abilities":["teams","coordinated_responding"]}`: false,
		`{"abilities":null}`:                               false,
		`{"abilities":{}}`:                                 false,
		`{"abilities":"teams"}`:                            false,
		`{"abilities":[null]}`:                             false,
		`{}`:                                               false,
	} {
		c, _, f := newFakeClient(t, 1, nil)
		f.before = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/abilities" {
				return false
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body))
			return true
		}
		r, err := c.Check(t.Context())
		if says := strings.Contains(strings.Join(r.Missing, " "), "does not include asking"); err != nil || says != lacks {
			t.Errorf("%s: %q, %v", body, r.Missing, err)
		}
	}
}

// Each incident's log has an entry of how it began, so one without it is not
// whole, and proves nothing.
func TestALogWithoutItsBeginning(t *testing.T) {
	const trigger, odd = `{"id":"R1","type":"trigger_log_entry"}`, `{"id":"R2","type":null,"created_at":null}`
	for body, whole := range map[string]bool{
		"": false, odd: false, trigger: true, trigger + "," + odd: true, `{"id":"R3","type":"assign_log_entry"}`: false,
	} {
		c, _, f := newFakeClient(t, 1, nil)
		f.before = func(w http.ResponseWriter, req *http.Request) bool {
			if req.URL.Path != "/incidents/P000001/log_entries" {
				return false
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"log_entries":[` + body + `],"more":false}`))
			return true
		}
		_, extent, err := c.LogEntries(t.Context(), "P000001")
		if err != nil || extent.Whole() != whole {
			t.Errorf("%s: whole: %v, %v", body, extent.Whole(), err)
		}
	}
}
