package ui

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"firstline/sources"
)

// rota reads turns, and counts how often it was asked.
type rota struct {
	list   []sources.OnCall
	extent sources.Extent
	err    error
	asked  []string
}

func (r *rota) read(_ context.Context, _ time.Time, policyID string) ([]sources.OnCall, sources.Extent, error) {
	r.asked = append(r.asked, policyID)
	return r.list, r.extent, r.err
}

func withRota(r *rota) func(*Options) { return func(o *Options) { o.OnCallsUntil = r.read } }

// payments are the turns of the policy of checkout: Dana's, and then Ben's.
func payments() *rota {
	owners, primary := reference("PPAY", "Payments on call"), reference("SCHPAY", "Payments primary")
	return &rota{extent: sources.Whole, list: []sources.OnCall{
		{User: userReference(dana), Policy: owners, Level: 1, Schedule: primary, Start: noon.Add(-3 * time.Hour), End: noon.Add(6 * time.Hour)},
		{User: userReference(ben), Policy: owners, Level: 1, Schedule: primary, Start: noon.Add(6 * time.Hour), End: noon.Add(14 * time.Hour)},
	}}
}

// flat is the pane's text in one line.
func (h *harness) flat() string {
	text := h.text(h.m.Layout.Pane)
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "│", " ")), " ")
}

// One key shows who is on call and who is next, with their local times. It is read
// once, and only while it is shown.
func TestDetailsShowWhoIsOnCall(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 30}, {200, 50}} {
		r := payments()
		h := withStory(t, size[0], size[1], withRota(r))
		h.put("Q1CHECKOUT")
		if len(r.asked) > 0 {
			t.Errorf("it was read although nobody looks: %q", r.asked)
		}
		h.press("2")
		for _, want := range []string{"On call: Payments on call", "Level 1 Dana Diaz (13:00 in Europe/Berlin) until 18:00 (in 6h)", "then Ben Ortiz (20:00 in Asia/Singapore)"} {
			if !strings.Contains(h.flat(), want) {
				t.Errorf("%v: %q is missing:\n%s", size, want, h.screen())
			}
		}
		h.press("1", "2")
		h.tick(time.Minute)
		if len(r.asked) != 1 || r.asked[0] != "PPAY" {
			t.Errorf("it was read for %q", r.asked)
		}
		h.tick(5 * time.Minute)
		if len(r.asked) != 2 {
			t.Errorf("after six minutes it was read %d times", len(r.asked))
		}
		h.press("ctrl+r")
		if len(r.asked) != 3 {
			t.Errorf("after ctrl-r it was read %d times", len(r.asked))
		}
	}
}

// :who finds it from anywhere, and opens no dialog.
func TestWhoFindsWhoIsOnCall(t *testing.T) {
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 30}} {
		h := withStory(t, size[0], size[1], withRota(payments()))
		h.put("Q1CHECKOUT")
		h.press(":")
		h.write("who")
		h.press("enter")
		h.reads("On call: Payments on call", "Dana Diaz")
		if h.m.overlay != nil {
			t.Errorf("%v: a room is open:\n%s", size, h.screen())
		}
	}
}

// What is unknown, capped or partly read is said as such, and never taken for nobody.
func TestWhoIsOnCallMayBeUnknown(t *testing.T) {
	refused := &sources.Error{Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, Reason: sources.RateLimited, Sentence: "Too many requests."}
	for name, c := range map[string]struct {
		change    func(*rota, []sources.Snapshot)
		want, not []string
	}{
		"partial": {
			func(r *rota, _ []sources.Snapshot) { r.extent.Missing = "PagerDuty ends its list at 10,000" },
			[]string{"Level 1 Dana Diaz (13:00 in Europe/Berlin), perhaps others, because", "PagerDuty ends its list at 10,000"},
			nil,
		},
		"partial, and nobody": {
			func(r *rota, _ []sources.Snapshot) {
				r.list, r.extent.Missing = nil, "PagerDuty ends its list at 10,000"
			},
			[]string{"Level 1 not known, because not all of those on call for Payments on call could be read"},
			[]string{"nobody"},
		},
		"proven": {
			func(r *rota, _ []sources.Snapshot) { r.list = nil },
			[]string{"Level 1 nobody"},
			[]string{"not known"},
		},
		"the read fails": {
			func(r *rota, _ []sources.Snapshot) { r.err = refused },
			[]string{"Dana Diaz (13:00 in Europe/Berlin) until 18:00", "who is next could not be read: PagerDuty takes no more requests", "then not known, because it has not been read"},
			[]string{"nobody"},
		},
		"neither was read": {
			func(r *rota, s []sources.Snapshot) {
				r.err = errors.New("x")
				s[0].Data.OnCalls, s[0].Data.Extents.OnCalls = nil, map[string]sources.Extent{}
			},
			[]string{"Level 1 not known, because who is on call for Payments on call has not been read"},
			[]string{"nobody"},
		},
		"the policy was not read": {
			func(r *rota, s []sources.Snapshot) {
				s[0].Data.Policies, s[0].Data.Extents.Policies = nil, sources.Extent{Read: true, Missing: "too many"}
			},
			[]string{"Level 1 Dana Diaz", "whether there are further levels is not known, because the levels of Payments on call have not been read"},
			nil,
		},
		"whose zone is not known": {
			func(_ *rota, s []sources.Snapshot) { s[0].Data.Users = nil },
			[]string{"Dana Diaz (local time not known)"},
			nil,
		},
		"whose name is not known": {
			func(r *rota, s []sources.Snapshot) { s[0].Data.Users, r.list[0].User.Name = nil, "" },
			[]string{"an unnamed user"},
			[]string{"PDANA"},
		},
	} {
		r, snapshots := payments(), story(noon)
		c.change(r, snapshots)
		h := newHarness(t, 200, 50, withRota(r))
		h.send(snapshotsMsg{list: snapshots})
		h.put("Q1CHECKOUT")
		h.press("2")
		text := h.flat()
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing:\n%s", name, want, h.screen())
			}
		}
		for _, not := range c.not {
			if _, after, _ := strings.Cut(text, "On call:"); strings.Contains(after, not) {
				t.Errorf("%s: it shows %q:\n%s", name, not, h.screen())
			}
		}
	}
}
