package ui

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/matcher"
	"firstline/internal/triage"
	"firstline/sources"
)

// offer offers a configuration in which change changed something.
func (h *harness) offer(change func(*Options), unread ...string) {
	h.t.Helper()
	h.m.listening.offer(Configuration{Tables: []string{"[[service]]", "[list]"}, Take: func() (Options, []string) {
		o := h.m.options
		o.First.Rows = nil
		change(&o)
		return o, unread
	}})
	h.send(nil)
}

func TestConfigurationIsUsed(t *testing.T) {
	h := withStory(t, 120, 30, func(o *Options) { o.Filters = []SavedFilter{{Name: "mine", Expression: "service=nothing"}} })
	h.m.list.StartWith("@mine or service=checkout")
	h.send(nil)
	h.list("checkout")
	match, err := matcher.Parse(`service="checkout"`)
	if err != nil {
		t.Fatal(err)
	}
	h.offer(func(o *Options) {
		o.Triage.Services = []triage.ServiceRule{{Name: "till", Match: match}}
		o.Filters = []SavedFilter{{Name: "mine", Expression: "service=till"}}
		o.Respond.Role = "first-line"
	})
	h.list("till")
	h.status("The configuration was changed and is used now: [[service]], [list]")
	h.header("first line")
}

// TestConfigurationForgetsSources: what another server or account has said is not shown
// as what the one in its place says.
func TestConfigurationForgetsSources(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	before := len(h.m.list.Rows)
	h.offer(func(o *Options) {
		o.Initial = slices.DeleteFunc(slices.Clone(o.Initial), func(s sources.Source) bool { return s.Kind == sources.Alertmanager })
	}, "pagerduty")
	for _, g := range h.m.list.Groups {
		if g.Incident != nil || len(g.Silences) > 0 {
			t.Errorf("%s is still shown", g.Name())
		}
	}
	if got := len(h.m.list.Rows); got == 0 || got >= before {
		t.Errorf("%d of %d rows are shown", got, before)
	}
	h.seesNot("alertmanager")
	h.header("pagerduty …")
	h.status("is used now")
	for _, g := range h.m.list.Groups {
		if mark := h.m.away.Mark(g.ID); mark != "" {
			t.Errorf("%s is marked %q", g.Name(), mark)
		}
	}
}

// TestNoRowIsHeldWithoutItsSource: the row under the cursor does not stay as gone when the
// sources that had it are not asked any more.
func TestNoRowIsHeldWithoutItsSource(t *testing.T) {
	for _, at := range []int{0, 1, 2} {
		h := withStory(t, 120, 30, nil)
		for range at {
			h.press("j")
		}
		if h.m.list.Current() == nil {
			t.Fatal("no row is under the cursor")
		}
		h.offer(func(o *Options) { o.Initial = nil })
		h.list("No source is configured yet")
		if len(h.m.list.Rows) != 0 {
			t.Errorf("at %d: %d rows are left", at, len(h.m.list.Rows))
		}
	}
}

// TestConfigurationWaits: while a person reads a preview nothing changes under it.
func TestConfigurationWaits(t *testing.T) {
	d := newAccount()
	h := withStory(t, 120, 30, d.with)
	h.put("Q1CHECKOUT")
	h.press("e")
	h.dialog("Ops first line")
	h.offer(func(o *Options) { o.Respond.FirstLineName, o.Respond.FirstLinePolicy = "Others", "POTHERS" })
	h.dialog("Ops first line")
	if h.m.options.Respond.FirstLinePolicy != "POPS" {
		t.Error("the configuration is used under an open dialog")
	}
	if last := h.m.Messages.History[len(h.m.Messages.History)-1].Text; !strings.Contains(last, "as soon as this is closed") {
		t.Errorf("what is said is %q", last)
	}
	h.press("esc")
	h.status("is used now")
	if got := h.m.options.Respond.FirstLinePolicy; got != "POTHERS" {
		t.Errorf("first line's policy is %s", got)
	}
	h.m.listening.offer(Configuration{}) // taken back
	h.tick(time.Minute)
}

// TestConfigureHasAllOptions: a new option is handed on by configure, or is one of those
// that stay as they were at the start.
func TestConfigureHasAllOptions(t *testing.T) {
	handedOn := []string{
		"Snapshots", "Initial", "StoreFirst", "Refresh", "Triage", "Respond", "Doer", "Library", "RunbookDirectories", "ConfigPath", "Keys",
		"Filters", "Settle", "MayRun", "Installed", "Fill", "History", "ReadAlerts", "OnCallsUntil", "Overrides", "Changes", "Past", "Metrics", "Graphs",
		"Sparklines", "Columns", "Theme", "ASCII", "SLOs", "Readiness", "Load", "Night", "Handover", "Attention", "Mouse", "Split", "StoreSplit", "Demo", "Warnings", "Now",
		"Machine", "Pause", "OpenURL", "Memory",
	}
	ofTheStart := []string{
		"First", "Open", "Filter", "Editor", "Drafts", "Clipboard", "Lend", "Notices", "Configurations", "NoColor", "Location", "Environment",
		"Tips", "Plain",
	}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[Options]()) {
		if !slices.Contains(handedOn, f.Name) && !slices.Contains(ofTheStart, f.Name) {
			t.Errorf("hand %s on in configure, and name it here", f.Name)
		}
	}
}
