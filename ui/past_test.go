package ui

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/earlier"
	"firstline/internal/history"
	"firstline/internal/record"
	"firstline/sources"
	"firstline/ui/past"
)

// before is what happened before to every alert.
type before struct {
	found, opened []string
	fails         error
	names         []string
}

func (b *before) options() past.Options {
	at := func(days, minutes int) time.Time {
		return noon.AddDate(0, 0, -days).Add(time.Duration(minutes) * time.Minute)
	}
	return past.Options{
		Find: func(_ context.Context, q earlier.Question, _ earlier.Found) earlier.Found {
			b.found = append(b.found, q.Group.ID)
			b.names = q.Names
			return earlier.Found{Question: q, Times: []earlier.Time{
				{From: "pagerduty", Incident: earlier.Incident{ID: "QOLD", Number: 41}, Began: at(2, 0), Ended: at(2, 35), Title: "[FIRING:1] HighErrorRate checkout", EndedBy: "Ann Okafor"},
				{From: "prom-eu", Began: at(9, 60), Ended: at(9, 70), Within: 5 * time.Minute, Title: "HighErrorRate"},
				{From: "pagerduty", Incident: earlier.Incident{ID: "QALIKE"}, Began: at(60, 0), Title: "Checkout fails", Similar: true},
			}, Parts: []earlier.Part{{Name: "pagerduty", AsOf: noon, Since: at(30, 0), Missing: []string{"PagerDuty's plan of this account has no past incidents"}}, {Name: "ALERTS", AsOf: noon}}}
		},
		Open: func(_ context.Context, t earlier.Time, _ []sources.User) past.Opened {
			b.opened = append(b.opened, t.Incident.ID)
			return past.Opened{Err: b.fails, History: history.History{Events: []history.Event{
				{At: at(2, 0), Kind: history.Triggered, Text: "Triggered by the API."},
				{At: at(2, 5), Kind: history.Acknowledged, By: "Ann Okafor", Person: true, Text: "Acknowledged by Ann Okafor."},
				{At: at(2, 20), Kind: history.Noted, By: "Ann Okafor", Person: true, Text: "Rolled back to v2.3.\nIt was the cache."},
				{At: at(2, 35), Kind: history.Resolved, By: "Ann Okafor", Person: true, Text: "Resolved by Ann Okafor."},
			}}, Ticks: []record.Tick{{Text: "Check the deploy", By: "Ann", At: at(2, 8)}}, Runs: []record.Run{{Command: "kubectl rollout undo", By: "Ann", At: at(2, 9)}}}
		},
	}
}

func withPast(t *testing.T, b *before) *harness {
	h := withStory(t, 140, 50, func(o *Options) { o.Past = b.options() })
	h.put("Q1CHECKOUT")
	return h
}

func TestPastTab(t *testing.T) {
	b := &before{}
	h := withPast(t, b)
	h.press("2", "3", "j", "k")
	if len(b.found) != 0 {
		t.Errorf("%v were asked about while the tab is hidden", b.found)
	}
	h.press("5")
	h.reads("HighErrorRate: 3 times before", "Hours", "Weeks", "Sun 8 Mar 12:00   35m      Ann Okafor      #41 HighErrorRate checkout", "~10m", "only in prom-eu:", "similar, says PagerDuty", "has no past incidents")
	if !slices.Equal(b.found, []string{"Q1CHECKOUT"}) || !slices.Equal(b.names, []string{"HighErrorRate"}) || len(b.opened) != 0 {
		t.Errorf("asked about %v, names %v, opened %v", b.found, b.names, b.opened)
	}
	h.press("enter", "j")
	h.reads("▌Sun 1 Mar 13:00")
	h.press("c") // it had no incident
	h.sees("it had no incident, and so no notes")
	h.press("k", "c")
	h.sees("enter reads its notes first")
	h.press("enter")
	h.reads("Acted       Ann Okafor", "Ended by    Resolved by Ann Okafor.", "[x] Check the deploy · Ann", "$ kubectl rollout undo [exit 0]", "│ It was the cache.", "Acknowledged by Ann Okafor.")
	if !slices.Equal(b.opened, []string{"QOLD"}) {
		t.Errorf("opened %v", b.opened)
	}
	h.press("esc")
	h.reads("▌Sun 8 Mar 12:00")
	// What was opened and what was found is read once.
	h.press("enter", "esc", "1", "5")
	if len(b.opened) != 1 || len(b.found) != 1 {
		t.Errorf("read %v and %v again", b.opened, b.found)
	}
	h.press("esc", "j", "k", "enter")
	h.reads("3 times before") // another group closes what was open
}

// TestPastNotesIntoADraft: what was typed before stays.
func TestPastNotesIntoADraft(t *testing.T) {
	b := &before{}
	h := withPast(t, b)
	h.press("n")
	h.write("typed before")
	h.press("esc", "5", "enter", "enter", "c")
	h.dialog("typed before", "From #41, Ann Okafor, 2026-03-08 12:20 UTC:", "Rolled back to v2.3.", "It was the cache.")
}

func TestPastThatCanNotBeRead(t *testing.T) {
	b := &before{fails: &sources.Error{Sentence: "PagerDuty does not answer"}}
	h := withPast(t, b)
	h.press("5", "enter", "enter")
	h.reads("! PagerDuty does not answer", "Resolved by Ann Okafor.")
	h.press("ctrl+r")
	h.reads("! PagerDuty does not answer")
	none := withStory(t, 120, 30, nil)
	none.press("5")
	none.reads("No source with a past is configured")
	none.press("enter", "j", "k", "c", "enter")
	none.sees("no source with a past is configured")
}

// TestPastThatWasNotRead: why comes first, and nothing denies that it fired before.
func TestPastThatWasNotRead(t *testing.T) {
	for name, parts := range map[string][]earlier.Part{
		"refused": {{Name: "pagerduty", AsOf: noon, Since: noon.AddDate(0, 0, -30), Missing: []string{"PagerDuty's plan of this account has no past incidents"}}},
		"failed":  {{Name: "pagerduty", Failed: true, Missing: []string{"PagerDuty's plan of this account has no past incidents"}}},
	} {
		t.Run(name, func(t *testing.T) {
			h := withStory(t, 140, 50, func(o *Options) {
				o.Past.Find = func(_ context.Context, q earlier.Question, _ earlier.Found) earlier.Found {
					return earlier.Found{Question: q, Parts: parts}
				}
			})
			h.put("Q1CHECKOUT")
			h.press("5")
			h.reads("Whether HighErrorRate was there before is not known:", "! PagerDuty's plan of this account has no past incidents")
			h.paneHasNot("no earlier time")
		})
	}
}

// TestPastOfGroupsThatArePassed: rows that the cursor passes are not asked about,
// and late answers belong to their own group.
func TestPastOfGroupsThatArePassed(t *testing.T) {
	b := &before{}
	h := withPast(t, b)
	h.press("5")
	b.found = nil
	h.hold = true
	for range 20 {
		h.now = h.now.Add(100 * ms)
		h.send(keyPress(map[bool]string{true: "j", false: "k"}[len(h.held)%2 == 0]))
	}
	h.hold = false
	h.held = nil
	if len(b.found) != 0 {
		t.Errorf("%s were asked about", strings.Join(b.found, ", "))
	}
}

func TestPastOfEachGroup(t *testing.T) {
	asked := map[string]int{}
	h := withStory(t, 120, 30, func(o *Options) {
		o.Past.Find = func(_ context.Context, q earlier.Question, _ earlier.Found) earlier.Found {
			asked[q.Group.ID]++
			return earlier.Found{Question: q}
		}
	})
	h.press("5")
	for range 8 {
		h.press("j")
	}
	for id, n := range asked {
		if n != 1 {
			t.Errorf("%s was asked about %d times", id, n)
		}
	}
	h.reads("no earlier time was found")
}
