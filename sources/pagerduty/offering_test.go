package pagerduty

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"firstline/sources"
)

// askPast asks each offering once, about an object.
var askPast = map[offering]func(ctx context.Context, c *Client, id string) error{
	changesOfService: func(ctx context.Context, c *Client, id string) error {
		_, _, err := c.ChangeEvents(ctx, id, c.now().Add(-time.Hour), c.now())
		return err
	},
	relatedChanges: func(ctx context.Context, c *Client, id string) error {
		_, _, err := c.RelatedChangeEvents(ctx, id)
		return err
	},
	pastIncidents: func(ctx context.Context, c *Client, id string) error {
		_, _, err := c.PastIncidents(ctx, id)
		return err
	},
}

// TestAnalyticsThatIsRefused: the sentence says what the plan or the token lacks.
func TestAnalyticsThatIsRefused(t *testing.T) {
	for status, want := range map[int]string{
		402: "PagerDuty's plan of this account has no Analytics", 403: "PagerDuty refuses the Analytics", 404: "PagerDuty knows no Analytics here (404)",
	} {
		f := newFake(newClock(), 0)
		f.before = func(w http.ResponseWriter, _ *http.Request) bool {
			writeJSON(w, status, map[string]any{"error": map[string]any{"code": map[int]int{402: 2014, 403: 2010, 404: 2100}[status], "message": "No"}})
			return true
		}
		c, _ := newTestClient(t, f, nil)
		_, _, err := c.AnalyzedIncidents(t.Context(), sources.Span{}, []string{"P1"})
		if !strings.Contains(sources.Sentence(err), want) || strings.Contains(sources.Sentence(err), "it is not known whether") {
			t.Errorf("%d says %q, want %q", status, sources.Sentence(err), want)
		}
	}
}

// TestWhatIsRefusedIsNotAskedForAnHour: a refusal by plan or rights is for all
// objects, one of an unknown object is for that one until there are two.
func TestWhatIsRefusedIsNotAskedForAnHour(t *testing.T) {
	for o, ask := range askPast {
		for name, tc := range map[string]struct {
			status int
			body   any
			says   string
			// another: a request about another object is sent within the hour.
			another bool
		}{
			"no plan":     {402, map[string]any{"error": map[string]any{"code": 2014, "message": "Missing ability"}}, "PagerDuty's plan of this account has no " + string(o), false},
			"no right":    {403, map[string]any{"error": map[string]any{"code": 2010, "message": "Access Denied"}}, "may not read them", false},
			"no such one": {404, map[string]any{"error": map[string]any{"code": 2100, "message": "Not Found"}}, "(404)", true},
		} {
			t.Run(string(o)+", "+name, func(t *testing.T) {
				f := newFake(newClock(), 0)
				f.before = func(w http.ResponseWriter, _ *http.Request) bool {
					writeJSON(w, tc.status, tc.body)
					return true
				}
				c, k := newTestClient(t, f, nil)
				first := ask(t.Context(), c, "P1")
				if !strings.Contains(sources.Sentence(first), tc.says) {
					t.Errorf("it says %q, want %q", sources.Sentence(first), tc.says)
				}
				k.Add(59 * time.Minute)
				//nolint:errorlint // the identical error
				if again := ask(t.Context(), c, "P1"); again != first {
					t.Errorf("it was told again: %v", again)
				}
				if n := len(f.took()); n != 1 {
					t.Errorf("%d requests within the hour, want 1", n)
				}
				if err := ask(t.Context(), c, "P2"); err == nil {
					t.Error("another object was not refused")
				}
				if n := len(f.took()); (n == 1) != tc.another {
					t.Errorf("%d requests about another object", n)
				}
				if err := ask(t.Context(), c, "P3"); err == nil {
					t.Error("a third object was not refused")
				}
				if n := len(f.took()); n != 0 {
					t.Errorf("%d requests about a third object, want none", n)
				}
				k.Add(61 * time.Minute)
				if err := ask(t.Context(), c, "P1"); err == nil {
					t.Error("it was not refused after the hour")
				}
				if n := len(f.took()); n != 1 {
					t.Errorf("%d requests after the hour, want 1", n)
				}
				k.Add(-2 * time.Hour) // the clock was set back
				if err := ask(t.Context(), c, "P1"); err == nil || len(f.took()) != 1 {
					t.Error("a clock that was set back made it last")
				}
			})
		}
	}
}

// TestOtherFailuresAreAskedAgain: what is no refusal is not remembered.
func TestOtherFailuresAreAskedAgain(t *testing.T) {
	for o, ask := range askPast {
		f := newFake(newClock(), 0)
		f.before = func(w http.ResponseWriter, _ *http.Request) bool {
			writeJSON(w, 400, map[string]any{"error": map[string]any{"code": 2001, "message": "Invalid"}})
			return true
		}
		c, _ := newTestClient(t, f, nil)
		for range 2 {
			if err := ask(t.Context(), c, "P1"); err == nil {
				t.Errorf("%s: no error", o)
			}
		}
		if n := len(f.took()); n != 2 {
			t.Errorf("%s: %d requests, want 2", o, n)
		}
	}
}

// TestPastAnswersOfAnyForm: what is not understood is counted, and what was capped
// says so.
func TestPastAnswersOfAnyForm(t *testing.T) {
	const change = `{"id":"C1","timestamp":"2026-03-04T05:00:00Z","summary":"deploy 1.2","source":"ci","services":[{"id":"PS","summary":"checkout"}],"links":[null,{"href":"https://x","text":"y"}],"correlation_reason":{"reason":"most_recent"}}`
	const past = `{"incident":{"id":"P9","created_at":"2026-01-01T00:00:00Z","title":"before"},"score":"46.8"}`
	for name, tc := range map[string]struct {
		path, body string
		n          int
		missing    string
		fails      bool
	}{
		"a change":                 {"changes", `{"change_events":[` + change + `],"more":false}`, 1, "", false},
		"null among changes":       {"changes", `{"change_events":[null,` + change + `,7,{"id":"C2"},{"timestamp":"soon"}],"more":false}`, 1, "4 of its entries could not be understood", false},
		"odd fields of a change":   {"changes", `{"change_events":[{"timestamp":"2026-03-04T05:00:00Z","summary":{"a":1},"links":"x","services":{},"source":7,"correlation_reason":"x"}]}`, 1, "", false},
		"no change":                {"changes", `{"change_events":[],"more":false}`, 0, "", false},
		"more changes":             {"changes", `{"change_events":[` + change + `],"more":true}`, 1, "only the newest 1 were read", false},
		"no list of changes":       {"changes", `{"change_events":null}`, 0, "", true},
		"another program":          {"changes", `{}`, 0, "", true},
		"more, but none":           {"changes", `{"change_events":[],"more":true}`, 0, "", true},
		"a past incident":          {"past", `{"past_incidents":[` + past + `],"limit":5}`, 1, "", false},
		"odd past incidents":       {"past", `{"past_incidents":[` + past + `,{"incident":"P1","score":1},{"incident":{"id":"../x"}},{"score":3},null]}`, 1, "4 of its entries could not be understood", false},
		"no past incident":         {"past", `{"past_incidents":[]}`, 0, "", false},
		"past incidents no list":   {"past", `{"past_incidents":{}}`, 0, "", true},
		"a resolved incident":      {"resolved", `{"incidents":[{"id":"P1","status":"resolved","service":{"id":"PS"}}],"more":false}`, 1, "", false},
		"what was not asked for":   {"resolved", `{"incidents":[{"id":"P1","status":"triggered","service":{"id":"PS"}},{"id":"P2","status":"resolved","service":{"id":"PX"}},{"id":"P3","type":"incident_reference"}],"more":false}`, 0, "3 of its entries could not be understood", false},
		"more resolved than pages": {"resolved", `{"incidents":[{"id":"P1","status":"resolved","service":{"id":"PS"}}],"more":true}`, 2, "only the newest 2 were read", false},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(newClock(), 0)
			f.before = func(w http.ResponseWriter, _ *http.Request) bool {
				writeJSON(w, 200, json.RawMessage(tc.body))
				return true
			}
			c, _ := newTestClient(t, f, nil)
			var (
				n      int
				extent sources.Extent
				err    error
			)
			switch tc.path {
			case "changes":
				var all []sources.ChangeEvent
				all, extent, err = c.ChangeEvents(t.Context(), "PS", time.Time{}, c.now())
				n = len(all)
			case "past":
				var all []sources.PastIncident
				all, extent, err = c.PastIncidents(t.Context(), "P1")
				n = len(all)
			case "resolved":
				var all []sources.Incident
				all, extent, err = c.ResolvedIncidents(t.Context(), "PS", time.Time{})
				n = len(all)
			}
			if (err != nil) != tc.fails || n != tc.n || extent.Missing != tc.missing || extent.Read == tc.fails {
				t.Errorf("%d entries, %+v, error %v", n, extent, err)
			}
			if most := 2; len(f.took()) > most {
				t.Errorf("more than %d requests", most)
			}
		})
	}
}

func FuzzChangeEvent(f *testing.F) {
	f.Add([]byte(`{"id":"C1","timestamp":"2026-03-04T05:00:00Z","summary":"x","links":[{"href":"a"}],"correlation_reason":{"reason":"r"}}`))
	f.Add([]byte(`{"timestamp":"2026-03-04T05:00:00Z","services":[null],"links":[1]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var a changeAnswer
		if json.Unmarshal(b, &a) != nil {
			return
		}
		if string(b) != "null" && a.event().At.IsZero() {
			t.Error("a change without a time")
		}
	})
}

func FuzzPastIncident(f *testing.F) {
	f.Add([]byte(`{"incident":{"id":"P9","created_at":"2026-01-01T00:00:00Z","title":"before"},"score":46.8}`))
	f.Add([]byte(`{"incident":{"id":1,"created_at":1},"score":"NaN"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var a pastAnswer
		if json.Unmarshal(b, &a) != nil || string(b) == "null" {
			return
		}
		if p := a.past(); !plainID.MatchString(p.ID) || !(p.Score >= 0 && p.Score <= 1e15) {
			t.Errorf("id %q, score %v", p.ID, p.Score)
		}
	})
}
