package ui

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/attention"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/roomtest"
	"firstline/ui/signal"
)

// withSignals is the story for a responder who wants news of what is high urgency and
// theirs; desktop is what the desktop shows.
func withSignals(t *testing.T, change func(*signal.Options)) (h *harness, desktop *[]string) {
	t.Helper()
	desktop = new([]string)
	h = withStory(t, 120, 30, func(o *Options) {
		o.Attention = signal.Options{
			Matches: func(g triage.Group, _ time.Time) bool { return g.Mine && g.Urgency == "high" },
			Reading: true, Title: true, Bell: true, Terminal: attention.Terminal{Method: attention.OSC9},
			Desktop: func(_ context.Context, m attention.Message) error {
				*desktop = append(*desktop, m.Line())
				return nil
			},
		}
		if change != nil {
			change(&o.Attention)
		}
	})
	return h, desktop
}

// withIncidents is the story with new incidents of Dana's.
func withIncidents(at time.Time, by time.Duration, numbers ...int) []sources.Snapshot {
	snapshots := story(at)
	for i := range snapshots {
		snapshots[i].AsOf = at.Add(by)
	}
	incidents := slices.Clone(snapshots[0].Data.Incidents)
	for _, n := range numbers {
		in := incidents[0]
		in.ID, in.Number, in.Title, in.CreatedAt, in.Alerts = "PNEW"+string(rune('A'+n)), 4800+n, "Cart is slow", at.Add(by/2), nil
		in.Status, in.Acknowledgers, in.Urgency = sources.Triggered, []sources.Assignment{}, "high"
		in.Assignments = []sources.Assignment{{User: roomtest.UserReference(roomtest.Dana), At: at.Add(by / 2)}}
		incidents = append(incidents, in)
	}
	snapshots[0].Data.Incidents = incidents
	return snapshots
}

func TestTheTerminalIsAsked(t *testing.T) {
	h, desktop := withSignals(t, nil)
	h.tick(2 * time.Minute)
	if len(h.asked)+len(*desktop) > 0 {
		t.Fatalf("what was there is said: %q %q", h.asked, *desktop)
	}
	h.send(snapshotsMsg{list: withIncidents(noon, 2*time.Minute, 1)})
	if len(h.asked) != 1 || !strings.HasSuffix(h.asked[0], "\a\a") || !strings.HasPrefix(h.asked[0], "\x1b]9;firstline: New: #4801 ") {
		t.Errorf("the terminal is asked %q", h.asked)
	}
	if len(*desktop) != 1 || !strings.HasPrefix((*desktop)[0], "New: #4801 ") {
		t.Errorf("the desktop shows %q", *desktop)
	}
	h.send(snapshotsMsg{list: withIncidents(noon, 2*time.Minute, 1, 2, 3)})
	h.tick(5 * time.Second)
	if len(h.asked) != 1 {
		t.Errorf("a burst is several messages: %q", h.asked)
	}
	h.tick(attention.Pause)
	if len(h.asked) != 2 || !strings.Contains(h.asked[1], "firstline: 2 new (#4802 ") || !strings.Contains(h.asked[1], "; #4803 ") {
		t.Errorf("the burst is %q", h.asked[1:])
	}
}

// Who looks at the screen has it there, and nowhere else.
func TestWhoIsThereHearsNothing(t *testing.T) {
	h, desktop := withSignals(t, nil)
	h.press("j")
	h.send(snapshotsMsg{list: withIncidents(noon, 30*time.Second, 1)})
	h.status("New: #4801 ")
	if len(h.asked)+len(*desktop) > 0 {
		t.Errorf("%q %q", h.asked, *desktop)
	}
	h.tick(time.Second)
	h.send(tea.BlurMsg{}) // who turns away has read it
	if len(h.asked) > 0 {
		t.Errorf("what was read is said: %q", h.asked)
	}
	h.send(snapshotsMsg{list: withIncidents(noon, 40*time.Second, 1, 2)})
	if len(h.asked) != 1 {
		t.Errorf("without the focus the terminal is asked %q", h.asked)
	}
	h.tick(attention.Pause)
	h.send(tea.FocusMsg{})
	h.send(snapshotsMsg{list: withIncidents(noon, time.Minute, 1, 2, 3)})
	if len(h.asked) != 1 {
		t.Errorf("with the focus again it is asked %q", h.asked[1:])
	}
}

// Who was there a moment ago, and no longer is, hears of it later.
func TestWhoSeemedToBeThereHearsOfItLater(t *testing.T) {
	h, _ := withSignals(t, nil)
	h.press("j")
	h.send(snapshotsMsg{list: withIncidents(noon, 30*time.Second, 1)})
	h.tick(50 * time.Second)
	if len(h.asked) > 0 {
		t.Errorf("after less than a minute the terminal is asked %q", h.asked)
	}
	h.tick(20 * time.Second)
	if len(h.asked) != 1 || !strings.Contains(h.asked[0], "New: #4801 ") {
		t.Errorf("after a minute it is asked %q", h.asked)
	}
}

// What others change on the group that is being read is said too.
func TestWhatChangesOnTheGroupBeingRead(t *testing.T) {
	h, _ := withSignals(t, nil)
	h.press("g", "enter")
	id := h.m.list.Current().ID
	number := h.m.list.Current().Incident.Number
	h.send(tea.BlurMsg{})
	changed := story(noon)
	incidents := slices.Clone(changed[0].Data.Incidents)
	i := slices.IndexFunc(incidents, func(in sources.Incident) bool { return in.ID == id })
	ann := []sources.Assignment{{User: roomtest.UserReference(roomtest.Ann), At: noon.Add(time.Second)}}
	incidents[i].Status, incidents[i].Acknowledgers = sources.Acknowledged, ann
	changed[0].Data.Incidents = incidents
	h.send(snapshotsMsg{list: changed})
	if len(h.asked) != 1 || !strings.Contains(h.asked[0], "Acknowledged by Ann Okafor: "+h.m.list.Current().Incident.Short()) {
		t.Errorf("of #%d is said %q", number, h.asked)
	}
}

func TestEachSignalCanBeTurnedOff(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*signal.Options)
		want   string // what the terminal is asked
	}{
		"no bell":     {func(o *signal.Options) { o.Bell = false }, "\x1b]9;firstline: New: #4801 "},
		"no messages": {func(o *signal.Options) { o.Terminal.Method = attention.Off }, "\a"},
		"neither":     {func(o *signal.Options) { o.Terminal.Method, o.Bell = attention.Off, false }, ""},
		"nobody's":    {func(o *signal.Options) { o.Matches = nil }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			h, _ := withSignals(t, c.change)
			h.tick(2 * time.Minute)
			h.send(snapshotsMsg{list: withIncidents(noon, 2*time.Minute, 1)})
			got := strings.Join(h.asked, "|")
			if (c.want == "") != (got == "") || !strings.HasPrefix(got, c.want) {
				t.Errorf("the terminal is asked %q, want %q", got, c.want)
			}
		})
	}
}

func TestADesktopThatFailsIsSaidOnce(t *testing.T) {
	h, _ := withSignals(t, func(o *signal.Options) {
		o.Desktop = func(context.Context, attention.Message) error { return errors.New("notify-send is not installed") }
	})
	for _, numbers := range [][]int{{1}, {1, 2}, {1, 2, 3}} {
		h.tick(2 * time.Minute)
		h.send(snapshotsMsg{list: withIncidents(noon, 2*time.Minute, numbers...)})
	}
	h.press("m")
	if n := strings.Count(h.screen(), "Notify-send is not installed"); n != 1 {
		t.Errorf("it is said %d times", n)
	}
}

func TestTitleCounts(t *testing.T) {
	h, _ := withSignals(t, nil)
	if got, want := h.m.View().WindowTitle, "firstline: 1 yours, 2 triggered, alertmanager not read"; got != want {
		t.Errorf("the title is %q, want %q", got, want)
	}
	failing := story(noon)
	failing[0].Err = &sources.Error{Reason: sources.Unreachable, Sentence: "it can't be reached"}
	h.send(snapshotsMsg{list: failing})
	if got := h.m.View().WindowTitle; !strings.Contains(got, ", pagerduty not read") {
		t.Errorf("the title is %q", got)
	}
	h = newHarness(t, 80, 24, nil)
	if got := h.m.View().WindowTitle; got != "" {
		t.Errorf("turned off it is %q", got)
	}
}
