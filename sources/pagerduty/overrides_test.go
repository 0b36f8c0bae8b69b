package pagerduty

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"firstline/sources"
)

// overridesAnswer answers requests for overrides, and counts them.
func overridesAnswer(status int, body string, asked *int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		*asked++
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func TestOverrides(t *testing.T) {
	for name, tc := range map[string]struct {
		body    string
		want    string // the users
		missing string
	}{
		"none": {`{"overrides":[]}`, "", ""},
		"two": {`{"overrides":[
			{"id":"Q2","start":"2026-03-06T00:00:00-05:00","end":"2026-03-07T00:00:00-05:00","user":{"id":"PBEN","type":"user_reference","summary":"Ben"}},
			{"id":"Q1","start":"2026-03-05T00:00:00Z","end":"2026-03-05T06:00:00Z","user":{"id":"PANN","summary":null}}]}`, "PANN PBEN", ""},
		"one of an unknown form": {`{"overrides":[{"id":"Q1","start":"soon","end":"2026-03-05T06:00:00Z","user":{"id":"PANN"}},{"id":"Q2","start":"2026-03-05T00:00:00Z","end":"2026-03-05T06:00:00Z","user":{"id":"PBEN"}}]}`, "PBEN", "1 of its entries could not be understood"},
		"one without an end":     {`{"overrides":[{"id":"Q1","start":"2026-03-05T00:00:00Z","end":null,"user":{"id":"PANN"}}]}`, "", "1 of its entries could not be understood"},
		"a part":                 {`{"overrides":[],"more":true}`, "", "only some"},
	} {
		asked := 0
		c, k := newTestClient(t, overridesAnswer(200, tc.body, &asked), nil)
		list, extent, err := c.Overrides(t.Context(), "PS1", k.Now().Add(time.Hour))
		var users []string
		for _, o := range list {
			users = append(users, o.User.ID)
		}
		if err != nil || strings.Join(users, " ") != tc.want || !strings.Contains(extent.Missing, tc.missing) || (tc.missing == "") != extent.Whole() {
			t.Errorf("%s: %q, %+v, %v", name, users, extent, err)
		}
	}
	asked := 0
	c, k := newTestClient(t, overridesAnswer(200, `{"overrides":null}`, &asked), nil)
	_, _, err := c.Overrides(t.Context(), "PS1", k.Now())
	wantError(t, err, sources.BadAnswer, "is no list")
}

// What the plan or the rights refuse is not asked again for an hour.
func TestRefusedOverridesAreNotAskedAgain(t *testing.T) {
	for status, reason := range map[int]sources.Reason{402: sources.MissingAbility, 403: sources.Forbidden, 404: sources.NotFound} {
		asked := 0
		c, k := newTestClient(t, overridesAnswer(status, `{"error":{"code":2010,"message":"no"}}`, &asked), nil)
		read := func() error {
			_, _, err := c.Overrides(t.Context(), "PS1", k.Now().Add(time.Hour))
			return err
		}
		first := wantError(t, read(), reason, "overrides of schedules")
		k.Add(59 * time.Minute)
		if again := wantError(t, read(), reason, ""); asked != 1 || again.Sentence != first.Sentence {
			t.Errorf("%d: asked %d times, %q", status, asked, again.Sentence)
		}
		k.Add(2 * time.Minute)
		if wantError(t, read(), reason, ""); asked != 2 {
			t.Errorf("%d: after an hour it was asked %d times", status, asked)
		}
	}
}
