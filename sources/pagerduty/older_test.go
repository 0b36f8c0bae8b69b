package pagerduty

import (
	"encoding/json"
	"testing"
	"time"
)

// An older answer never takes back what a newer one showed, in any order of
// arrival: a page of a list that was requested before a write and arrives after
// it, or an entry of the feed.
func TestAnOlderAnswerNeverOverwritesWhatAWriteShowed(t *testing.T) {
	answer := func(status, title, updated string) *incidentAnswer {
		var a incidentAnswer
		text := `{"id":"P1","status":"` + status + `","title":"` + title + `","alert_counts":{"all":0}`
		if updated != "" {
			text += `,"updated_at":"` + updated + `"`
		}
		if err := json.Unmarshal([]byte(text+"}"), &a); err != nil {
			t.Fatal(err)
		}
		return &a
	}
	const before, wrote, after = "2026-03-04T05:00:00Z", "2026-03-04T05:01:00Z", "2026-03-04T05:02:00Z"
	for name, tc := range map[string]struct {
		first, second *incidentAnswer
		want          string // the title that is shown; empty: the incident is not on the list
	}{
		"an older page after an acknowledgement": {answer("acknowledged", "written", wrote), answer("triggered", "page", before), "written"},
		"an older page after a resolve":          {answer("resolved", "written", wrote), answer("triggered", "page", before), ""},
		"a newer page after a write":             {answer("acknowledged", "written", wrote), answer("triggered", "page", after), "page"},
		"the same moment":                        {answer("acknowledged", "written", wrote), answer("acknowledged", "page", wrote), "page"},
		"a page without a time":                  {answer("acknowledged", "written", wrote), answer("triggered", "page", ""), "page"},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := newTestClient(t, newFake(newClock(), 0), nil)
			c.state.beginFull() // the list is requested
			c.remember(tc.first)
			c.remember(tc.second) // a page of it arrives
			shown := func() string {
				for _, i := range c.state.list(names{}) {
					return i.Title
				}
				return ""
			}
			if got := shown(); got != tc.want {
				t.Errorf("shows %q, want %q", got, tc.want)
			}
			c.state.finishFull(time.Now(), 1, c.state.extent, nil)
			if got := shown(); got != tc.want {
				t.Errorf("after the whole list shows %q, want %q", got, tc.want)
			}
		})
	}
}

// What a write brought while a list was read stays, although no page of that
// list had it.
func TestWhatAWriteBroughtOutlivesTheListThatMissedIt(t *testing.T) {
	c, _ := newTestClient(t, newFake(newClock(), 0), nil)
	c.state.beginFull()
	var a incidentAnswer
	if err := json.Unmarshal([]byte(`{"id":"P1","status":"triggered","updated_at":"2026-03-04T05:00:00Z"}`), &a); err != nil {
		t.Fatal(err)
	}
	c.remember(&a)
	c.state.finishFull(time.Now(), 1, c.state.extent, nil)
	if n := len(c.state.list(names{})); n != 1 {
		t.Errorf("%d incidents are shown, want the one that was opened", n)
	}
	c.state.beginFull()
	c.state.finishFull(time.Now(), 1, c.state.extent, nil)
	if n := len(c.state.list(names{})); n != 0 {
		t.Errorf("%d incidents are shown after a list that does not have it", n)
	}
}
