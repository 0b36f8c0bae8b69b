package attention

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/internal/triage/changes"
	"firstline/internal/weekhours"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// group is one that is the person's own, with high urgency.
func group(id string, change func(*triage.Group)) triage.Group {
	g := triage.Group{ID: id, State: triage.Triggered, Mine: true, Urgency: "high", Service: "checkout", Severity: triage.Critical}
	if change != nil {
		change(&g)
	}
	return g
}

func change(id string, kind changes.Kind, who string) changes.Change {
	return changes.Change{ID: id, Kind: kind, Name: "#" + id + " Errors", Who: who}
}

func TestFind(t *testing.T) {
	type groups = []triage.Group
	others := func(g *triage.Group) { g.Mine = false }
	low := func(g *triage.Group) { g.Urgency = "low" }
	acked := func(g *triage.Group) { g.State = triage.Acknowledged }
	for name, c := range map[string]struct {
		change        changes.Change
		before, after groups
		reading       string
		want          string
	}{
		"new and mine":                 {change("1", changes.New, ""), nil, groups{group("1", nil)}, "", "New: #1 Errors (checkout, critical)"},
		"new of others":                {change("1", changes.New, ""), nil, groups{group("1", others)}, "", ""},
		"new with low urgency":         {change("1", changes.New, ""), nil, groups{group("1", low)}, "", ""},
		"new and acknowledged already": {change("1", changes.New, ""), nil, groups{group("1", acked)}, "", ""},
		"an incident for alerts":       {change("1", changes.Opened, ""), groups{group("a", others)}, groups{group("1", nil)}, "", "An incident was opened: #1 Errors (checkout, critical)"},
		"it went to the person":        {change("1", changes.Went, "you"), groups{group("1", others)}, groups{group("1", nil)}, "", "Went to you: #1 Errors (checkout, critical)"},
		"it went to another besides":   {change("1", changes.Went, "Ann"), groups{group("1", nil)}, groups{group("1", nil)}, "", ""},
		"it went to another":           {change("1", changes.Went, "Ann"), groups{group("1", nil)}, groups{group("1", others)}, "", ""},
		"escalated to the person":      {change("1", changes.Escalated, "you"), groups{group("1", others)}, groups{group("1", nil)}, "", "Escalated to you by PagerDuty: #1 Errors (checkout, critical)"},
		"urgency rose":                 {change("1", changes.Graver, "high urgency"), groups{group("1", low)}, groups{group("1", nil)}, "", "Now high urgency: #1 Errors (checkout, critical)"},
		"severity rose":                {change("1", changes.Graver, "critical"), groups{group("1", nil)}, groups{group("1", nil)}, "", ""},
		"an acknowledgement ended":     {change("1", changes.TriggeredAgain, ""), groups{group("1", acked)}, groups{group("1", nil)}, "", "Triggered again: #1 Errors (checkout, critical)"},
		"acknowledged by another":      {change("1", changes.Acknowledged, "Ann"), groups{group("1", nil)}, groups{group("1", acked)}, "", ""},
		"ended":                        {change("1", changes.Ended, ""), groups{group("1", nil)}, nil, "", ""},
		"asked to join what is acknowledged": {
			change("1", changes.Asked, "Ann"),
			groups{group("1", others)},
			groups{group("1", func(g *triage.Group) { g.State, g.Asked = triage.Acknowledged, &triage.Asked{By: "Ann"} })},
			"",
			"You were asked to join by Ann: #1 Errors (checkout, critical)",
		},
		"read: acknowledged by another":  {change("1", changes.Acknowledged, "Ann"), groups{group("1", nil)}, groups{group("1", acked)}, "1", "reading: Acknowledged by Ann: #1 Errors (checkout, critical)"},
		"read: acknowledged by oneself":  {change("1", changes.Acknowledged, "you"), groups{group("1", nil)}, groups{group("1", acked)}, "1", ""},
		"read: ended":                    {change("1", changes.Ended, ""), groups{group("1", nil)}, nil, "1", "reading: Ended: #1 Errors"},
		"read: got an incident":          {changes.Change{ID: "1", Kind: changes.Opened, Name: "#1 Errors", From: []string{"a"}}, groups{group("a", others)}, groups{group("1", others)}, "a", "reading: An incident was opened: #1 Errors (checkout, critical)"},
		"read: low urgency went to one":  {change("1", changes.Went, "you"), groups{group("1", others)}, groups{group("1", low)}, "1", "reading: Went to you: #1 Errors (checkout, critical)"},
		"another one is read":            {change("1", changes.Ended, ""), groups{group("1", nil)}, nil, "2", ""},
		"what fires without an incident": {change("1", changes.New, ""), nil, groups{group("1", func(g *triage.Group) { g.State = triage.Firing })}, "", "New: #1 Errors (checkout, critical)"},
		"what is pending":                {change("1", changes.New, ""), nil, groups{group("1", func(g *triage.Group) { g.State = triage.Pending })}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := Finder{Reading: c.reading, Matches: func(g *triage.Group) bool { return g.Mine && g.Urgency == "high" }}
			var got []string
			for _, e := range f.Find([]changes.Change{c.change}, c.before, c.after) {
				line := messageOf([]Event{e}).Line()
				if e.Reading {
					line = "reading: " + line
				}
				got = append(got, line)
			}
			if got := strings.Join(got, "; "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// step is what a queue gets, and what it says then.
type step struct {
	after time.Duration // since the step before
	there bool
	// pressed: a key was just pressed.
	pressed bool
	// events are ids of new groups, "~1" of a change of the one that is read; ended
	// are groups that wait no more.
	events, ended string
	want          string
}

func TestQueue(t *testing.T) {
	night, err := weekhours.Parse("daily 22:00-07:00 UTC")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		quiet weekhours.Hours
		steps []step
	}{
		"one": {weekhours.Hours{}, []step{{0, false, false, "1", "", "New: #1 Errors (checkout)"}, {time.Hour, false, false, "", "", ""}}},
		"a burst": {weekhours.Hours{}, []step{
			{0, false, false, "1 2 3 4 5", "", "5 new (#1 Errors; #2 Errors; #3 Errors and 2 more)"},
			{time.Second, false, false, "6", "", ""},
			{10 * time.Second, false, false, "7", "", ""},
			{9 * time.Second, false, false, "", "", "2 new (#6 Errors; #7 Errors)"},
			{30 * time.Second, false, false, "", "", ""},
		}},
		"over before it was said": {weekhours.Hours{}, []step{
			{0, false, false, "1", "", "New: #1 Errors (checkout)"},
			{time.Second, false, false, "2 3", "", ""},
			{time.Second, false, false, "", "2", ""},
			{time.Minute, false, false, "", "", "New: #3 Errors (checkout)"},
		}},
		"it comes and goes": {weekhours.Hours{}, []step{
			{0, false, false, "1", "", "New: #1 Errors (checkout)"},
			{time.Minute, false, false, "1", "", ""},
			{13 * time.Minute, false, false, "1", "", ""},
			{2 * time.Minute, false, false, "1", "", "New: #1 Errors (checkout)"},
		}},
		"there": {weekhours.Hours{}, []step{
			{0, true, false, "1 ~1", "", "New: #1 Errors (checkout)"},
			{time.Second, true, false, "2", "", "New: #2 Errors (checkout)"},
			{time.Second, true, true, "", "", ""},
			{time.Minute, false, false, "", "", ""},
			{time.Second, false, false, "3", "", "New: #3 Errors (checkout)"},
		}},
		"there, as it seemed": {weekhours.Hours{}, []step{
			{0, true, false, "1 2 ~1", "", "2 new (#1 Errors; #2 Errors)"},
			{30 * time.Second, true, false, "", "1", ""},
			{30 * time.Second, false, false, "3", "", "2 new (#2 Errors; #3 Errors)"},
			{time.Minute, false, false, "", "", ""},
		}},
		"what is read": {weekhours.Hours{}, []step{
			{0, false, false, "~1", "", "Ended: #1 Errors (checkout)"}, {time.Minute, false, false, "~1 ~1", "", "2 ended (#1 Errors)"}, {time.Minute, true, false, "~1", "", ""},
		}},
		"quiet hours": {night, []step{
			{11 * time.Hour, false, false, "1 2 ~1", "", ""},
			{time.Hour, false, false, "3", "1", ""},
			{time.Hour, true, false, "4", "", "3 new (#2 Errors; #3 Errors; #4 Errors)"},
			{time.Second, true, true, "", "", ""},
			{time.Hour, false, false, "5", "", ""},
			{5 * time.Hour, false, false, "", "", "New: #5 Errors (checkout)"},
		}},
		"the clock was set back": {weekhours.Hours{}, []step{{0, false, false, "1", "", "New: #1 Errors (checkout)"}, {-time.Hour, false, false, "2", "", "New: #2 Errors (checkout)"}}},
	} {
		t.Run(name, func(t *testing.T) {
			q := Queue{Quiet: c.quiet}
			now, pressed := noon, noon.Add(-time.Second)
			var groups []triage.Group
			for i := range 9 {
				groups = append(groups, group(fmt.Sprint(i), nil))
			}
			for i, s := range c.steps {
				now = now.Add(s.after)
				for _, id := range strings.Fields(s.ended) {
					find(groups, id).State = triage.Resolved
				}
				var events []Event
				for _, id := range strings.Fields(s.events) {
					e := Event{Change: change(id, changes.New, ""), Detail: "checkout"}
					if rest, reading := strings.CutPrefix(id, "~"); reading {
						e = Event{Change: change(rest, changes.Ended, ""), Detail: "checkout", Reading: true}
					}
					events = append(events, e)
				}
				q.Add(events, groups, now)
				if s.pressed {
					pressed = now
				}
				m, due := q.Next(now, s.there, pressed)
				if got := m.Line(); got != s.want || due != (s.want != "") {
					t.Errorf("step %d: %q (%v), want %q", i, got, due, s.want)
				}
			}
		})
	}
}

// A message is bounded, whatever the groups are called.
func TestMessagesAreBounded(t *testing.T) {
	var events []Event
	for i := range 40 {
		c := change(fmt.Sprint(i), changes.Kind(i%int(changes.Unread)), strings.Repeat("Ann ", 50))
		c.Name = strings.Repeat("ü", 300)
		events = append(events, Event{Change: c, Detail: strings.Repeat("d", 500)})
	}
	for _, list := range [][]Event{events[:1], events[:3], events} {
		if m := messageOf(list); len(m.Title) > longestTitle || len(m.Body) > longestBody {
			t.Errorf("%d and %d bytes", len(m.Title), len(m.Body))
		}
	}
}
