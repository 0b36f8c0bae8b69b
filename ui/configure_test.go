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

// TestChangesOfSourcesThatStay: what changed in sources that a changed configuration leaves
// as they are is still said, and what another source or other rules make of the rows is
// none.
func TestChangesOfSourcesThatStay(t *testing.T) {
	other := sources.Source{Kind: sources.Prometheus, Name: "prom-us"}
	match, err := matcher.Parse(`service="checkout"`)
	if err != nil {
		t.Fatal(err)
	}
	without := func(kind sources.Kind) func(*Options) {
		return func(o *Options) {
			o.Initial = slices.DeleteFunc(slices.Clone(o.Initial), func(s sources.Source) bool { return s.Kind == kind })
		}
	}
	for name, c := range map[string]struct {
		change func(*Options)
		unread []string
		// want is said once more has changed, and courier is marked.
		want    string
		courier bool
	}{
		"another source":         {func(o *Options) { o.Initial = append(slices.Clone(o.Initial), other) }, []string{"prom-us"}, "1 new, 1 went to Ann Okafor, 1 acked by Ann Okafor, 1 ended", true},
		"other rules":            {func(o *Options) { o.Triage.Services = []triage.ServiceRule{{Name: "till", Match: match}} }, nil, "1 new, 1 went to Ann Okafor, 1 acked by Ann Okafor, 1 ended", true},
		"a source less":          {without(sources.Alertmanager), nil, "1 new, 1 went to Ann Okafor, 1 acked by Ann Okafor, 1 ended", true},
		"without what had a row": {without(sources.Prometheus), nil, "1 went to Ann Okafor, 1 acked by Ann Okafor, 1 ended", false},
		"colours":                {func(o *Options) { o.Theme.Name = "none" }, nil, "1 new, 1 went to Ann Okafor, 1 acked by Ann Okafor, 1 ended", true},
	} {
		t.Run(name, func(t *testing.T) {
			at := map[string]func(h *harness){
				"before it is away": func(h *harness) {
					h.send(snapshotsMsg{list: changedStory(noon, 10*time.Second)})
					h.offer(c.change, c.unread...)
					h.tick(2 * time.Minute)
				},
				"while it is away": func(h *harness) {
					h.tick(2 * time.Minute)
					h.send(snapshotsMsg{list: changedStory(noon, 2*time.Minute)})
					h.offer(c.change, c.unread...)
				},
				"while it is away, and again": func(h *harness) {
					h.tick(2 * time.Minute)
					h.send(snapshotsMsg{list: changedStory(noon, 2*time.Minute)})
					h.offer(c.change, c.unread...)
					h.offer(func(o *Options) { o.Triage.TeamLabels = []string{"squad"} })
				},
				"after it was": func(h *harness) {
					h.tick(2 * time.Minute)
					h.send(snapshotsMsg{list: changedStory(noon, 2*time.Minute)})
					h.press("j")
					h.offer(c.change, c.unread...)
				},
			}
			for when, does := range at {
				t.Run(when, func(t *testing.T) {
					h := withStory(t, 120, 30, nil)
					does(h)
					h.tick(20 * time.Second) // what is said of the configuration
					line := h.m.Messages.Default
					if _, text, _ := strings.Cut(line, ": "); !strings.HasPrefix(text, c.want+" (") {
						t.Fatalf("it says %q, want %q", line, c.want)
					}
					for _, r := range h.m.list.Rows {
						if mark := h.m.away.Mark(r.ID); r.Service == "courier" && (mark == "+") != c.courier || r.Service == "search" && mark != "" {
							t.Errorf("%s of %s is marked %q", r.Title, r.Service, mark)
						}
					}
					// An incident that opens while the other source is asked is new.
					h.tick(2 * time.Minute)
					later := changedStory(noon, 6*time.Minute)
					later[0].Data.Incidents = append(slices.Clone(later[0].Data.Incidents), later[0].Data.Incidents[0])
					last := &later[0].Data.Incidents[len(later[0].Data.Incidents)-1]
					last.ID, last.Number, last.Title, last.Status, last.CreatedAt = "QLATER", 4799, "Later", sources.Triggered, noon.Add(6*time.Minute)
					last.Acknowledgers = nil
					h.send(snapshotsMsg{list: later[:1]})
					if mark := h.m.away.Mark("QLATER"); mark != "+" {
						t.Errorf("the later incident is marked %q", mark)
					}
					h.press("esc")
					h.unmarked()
				})
			}
		})
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

// TestWhatIsSaidOfAConfiguration: good news has the mark of good news, and a fault that of a
// warning. A fault leaves what waits to be used.
func TestWhatIsSaidOfAConfiguration(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	h.press("?")
	h.offer(func(o *Options) { o.Respond.Role = "first-line" })
	h.m.listening.offer(Configuration{Refused: "the changed configuration is not used: config.toml:3:1: \x1b[31mfault; the one before stays"})
	h.press("esc")
	h.header("first line")
	h.m.listening.offer(Configuration{AsItWas: true})
	var said []string
	for _, m := range h.m.Messages.History {
		if mark, _ := m.Level.Mark(); strings.Contains(m.Text, "configuration") {
			said = append(said, mark+" "+m.Text)
		}
	}
	if want := []string{
		"· The configuration was changed. It is used as soon as this is closed and nothing is being sent.",
		"! The changed configuration is not used: config.toml:3:1: fault; the one before stays.",
		"✓ The configuration was changed and is used now: [[service]], [list]",
		"✓ The configuration can be read again, and is as it was.",
	}; !slices.Equal(said, want) {
		t.Errorf("it says %q", said)
	}
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
