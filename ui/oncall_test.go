package ui

import (
	"context"
	"errors"
	"slices"
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
	ofOthers := func(o sources.OnCall) bool { return o.Policy.ID != policyID }
	return slices.DeleteFunc(slices.Clone(r.list), ofOthers), r.extent, r.err
}

func withRota(r *rota) func(*Options) { return func(o *Options) { o.OnCallsUntil = r.read } }

// payments are the turns of the policy of checkout: Dana's, and then Ben's.
func payments() *rota {
	owners, primary := reference("PPAY", "Payments on call"), reference("SCHPAY", "Payments primary")
	firstLine := reference("POPS", "Ops first line")
	return &rota{extent: sources.Whole, list: []sources.OnCall{
		{User: userReference(dana), Policy: owners, Level: 1, Schedule: primary, Start: noon.Add(-3 * time.Hour), End: noon.Add(6 * time.Hour)},
		{User: userReference(ben), Policy: owners, Level: 1, Schedule: primary, Start: noon.Add(6 * time.Hour), End: noon.Add(14 * time.Hour)},
		{User: userReference(ben), Policy: firstLine, Level: 1, Schedule: reference("SCHOPS", "Ops primary"), Start: noon.Add(-3 * time.Hour), End: noon.Add(500 * time.Hour)},
		{User: userReference(cho), Policy: firstLine, Level: 2},
	}}
}

// flat is the pane's text in one line.
func (h *harness) flat() string {
	text := h.text(h.m.Layout.Pane)
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "│", " ")), " ")
}

// onSchedules has the policy of checkout notify a schedule, and no user.
func onSchedules(snapshots []sources.Snapshot) []sources.Snapshot {
	levels := snapshots[0].Data.Policies[1].Levels
	levels[0].Targets = []sources.Reference{{ID: "SCHPAY", Name: "Payments primary", Type: "schedule_reference", URL: "https://acme.pagerduty.com/schedules/SCHPAY"}}
	return snapshots
}

// withOnCall has the fixtures' sources answered, and shows who is on call for checkout.
func withOnCall(t *testing.T, width, height int, change func(*Options)) *harness {
	h := newHarness(t, width, height, change)
	h.send(snapshotsMsg{list: onSchedules(story(noon))})
	h.put("Q1CHECKOUT")
	h.who()
	return h
}

// who shows who is on call.
func (h *harness) who() {
	h.press(":")
	h.write("who")
	h.press("enter")
	for range 4 { // one thing is read at a time
		h.tick(time.Second)
	}
}

// The tab shows who is on call, who is next, and when nobody is, with local times. It
// is read once, and only while it is shown.
func TestTheTabShowsWhoIsOnCall(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 30}, {200, 50}} {
		r := payments()
		h := newHarness(t, size[0], size[1], withRota(r))
		h.send(snapshotsMsg{list: onSchedules(story(noon))})
		h.put("Q1CHECKOUT")
		h.press("2")
		h.tick(time.Minute)
		if len(r.asked) > 0 {
			t.Errorf("it was read although nobody looks: %q", r.asked)
		}
		h.who()
		if h.m.overlay != nil {
			t.Errorf("%v: a room is open:\n%s", size, h.screen())
		}
		text := h.tabText()
		for _, want := range []string{
			"Payments on call, of the incident", "Level 1 Dana Diaz (13:01 in Europe/Berlin) until 18:00 (in 5h58m)", "then Ben Ortiz (20:01 in Asia/Singapore)",
			"Gaps level 1: nobody from Wed 11 Mar 02:00 on, at least until Tue 24 Mar 12:01", "Ops first line, of first line", "Level 2 Cho", "Gaps none until Tue 24 Mar 12:01", "22:00-08:00 where a person is",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%v: %q is missing:\n%s", size, want, text)
			}
		}
		h.press("1")
		h.who()
		if want := []string{"PPAY", "POPS"}; !slices.Equal(r.asked, want) {
			t.Errorf("it was read for %q", r.asked)
		}
		h.tick(5 * time.Minute)
		h.tick(time.Second)
		if len(r.asked) != 4 {
			t.Errorf("after six minutes it was read %d times", len(r.asked))
		}
		h.press("ctrl+r")
		h.tick(time.Second)
		h.tick(time.Second)
		if len(r.asked) != 6 {
			t.Errorf("after ctrl-r it was read %d times", len(r.asked))
		}
	}
}

// tabText is all of the pane's text in one line, however far it scrolls.
func (h *harness) tabText() string {
	h.t.Helper()
	h.press("Z", "g")
	var text []string
	for range 30 {
		before := h.screen()
		text = append(text, h.flat())
		h.press("ctrl+d")
		if h.screen() == before {
			break
		}
	}
	h.press("Z")
	return strings.Join(text, " ")
}

// However quickly the cursor moves, one request at most begins in 300 ms, and none
// while the tab is hidden.
func TestSwitchingRowsAsksSlowly(t *testing.T) {
	r := payments()
	h := withOnCall(t, 200, 50, func(o *Options) {
		o.OnCallsUntil = r.read
		o.Overrides = func(_ context.Context, _ time.Time, id string) ([]sources.Override, sources.Extent, error) {
			r.asked = append(r.asked, id)
			return nil, sources.Whole, nil
		}
	})
	var at []time.Time // of each request
	ask := func(key string) {
		before := len(r.asked)
		h.press(key)
		for range len(r.asked) - before {
			at = append(at, h.now)
		}
	}
	h.tick(10 * time.Minute) // all is due again
	for n := range 100 {
		ask([]string{"j", "k"}[n%2])
		h.now = h.now.Add(20 * ms)
	}
	if len(at) < 2 || len(at) > 7 {
		t.Errorf("within 2 s it was asked %d times", len(at))
	}
	for n := 1; n < len(at); n++ {
		if gap := at[n].Sub(at[n-1]); gap < 300*ms {
			t.Errorf("request %d came %v after the one before", n, gap)
		}
	}
	h.press("1")
	h.tick(time.Hour)
	r.asked = nil
	for range 20 {
		h.press("j")
		h.tick(time.Second)
	}
	if len(r.asked) > 0 {
		t.Errorf("while the tab was hidden it asked for %q", r.asked)
	}
}

// What the plan or the rights refuse is said once, and not asked again for an hour,
// nor by ctrl-r.
func TestARefusalIsSaidOnce(t *testing.T) {
	for _, reason := range []sources.Reason{sources.MissingAbility, sources.Forbidden, sources.NotFound} {
		r, asked := payments(), 0
		h := withOnCall(t, 200, 50, func(o *Options) {
			o.OnCallsUntil = r.read
			o.Overrides = func(context.Context, time.Time, string) ([]sources.Override, sources.Extent, error) {
				asked++
				return nil, sources.Extent{}, &sources.Error{Reason: reason, Sentence: "the token may not read overrides."}
			}
		})
		if n := strings.Count(h.tabText(), "not known: the token may not read overrides"); n != 1 || asked != 2 {
			t.Errorf("%s: said %d times, asked %d times:\n%s", reason, n, asked, h.screen())
		}
		h.press("ctrl+r")
		for range 8 {
			h.tick(7 * time.Minute)
		}
		if asked != 2 {
			t.Errorf("%s: within an hour it was asked %d times", reason, asked)
		}
		h.tick(8 * time.Minute)
		h.tick(time.Second)
		h.tick(time.Second)
		h.tick(time.Second)
		if asked != 4 {
			t.Errorf("%s: after an hour it was asked %d times", reason, asked)
		}
	}
}

func TestTheTabShowsOverrides(t *testing.T) {
	r := payments()
	var opened []string
	h := withOnCall(t, 120, 30, func(o *Options) {
		o.OnCallsUntil = r.read
		o.OpenURL = func(url string) error { opened = append(opened, url); return nil }
		o.Overrides = func(_ context.Context, _ time.Time, id string) ([]sources.Override, sources.Extent, error) {
			if id != "SCHPAY" {
				return nil, sources.Whole, nil
			}
			return []sources.Override{
				{User: userReference(cho), Start: noon.Add(-2 * time.Hour), End: noon.Add(-time.Hour)},
				{User: userReference(ben), Start: noon.Add(-time.Hour), End: noon.Add(time.Hour)},
				{User: userReference(ann), Start: noon.Add(24 * time.Hour), End: noon.Add(26 * time.Hour)},
			}, sources.Extent{Read: true, Missing: "one could not be understood"}, nil
		}
	})
	text := h.tabText()
	for _, want := range []string{
		"Overrides Ben Ortiz (20:00 in Asia/Singapore) on Payments primary, until Tue 10 Mar 13:00",
		"Ann Okafor (05:00 in America/Los_Angeles, night there) on Payments primary, from Wed 11 Mar 12:00 until Wed 11 Mar 14:00", "perhaps others on Payments primary, because one could not be understood", "Overrides none",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing:\n%s", want, text)
		}
	}
	if strings.Contains(text, "Cho") && strings.Contains(text, "until Tue 10 Mar 11:00") {
		t.Errorf("an override that is over is shown:\n%s", text)
	}
	h.press("o")
	if want := []string{"https://acme.pagerduty.com/schedules/SCHPAY"}; !slices.Equal(opened, want) {
		t.Errorf("o opened %q", opened)
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
		h.who()
		text := h.flat()
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: %q is missing:\n%s", name, want, h.screen())
			}
		}
		for _, not := range c.not {
			if _, after, _ := strings.Cut(text, "Payments on call, of"); strings.Contains(after, not) {
				t.Errorf("%s: it shows %q:\n%s", name, not, h.screen())
			}
		}
	}
}
