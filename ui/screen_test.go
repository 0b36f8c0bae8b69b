package ui

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"firstline/internal/race"
	"firstline/internal/respond"
	"firstline/sources"
	"firstline/ui/away"
	"firstline/ui/keymap"
)

// Every frame is exactly as large as the screen, whatever is open.
func TestFramesFillTheScreenAtEverySize(t *testing.T) {
	race.Skip(t)
	opened := map[string][]string{
		"list": nil, "pane": {"enter"}, "details": {"2"}, "filter": {"/"}, "acknowledge": {"a"}, "escalate": {"e"},
		"hand off": {"h"}, "note": {"n"}, "help": {"?"}, "messages": {"m"},
	}
	for name, keys := range opened {
		h := withStory(t, 100, 30, func(o *Options) { newAccount().with(o); withRunbooks(o) })
		h.press(keys...)
		for width := 60; width <= 220; width += 16 {
			for height := 15; height <= 60; height += 9 {
				h.send(tea.WindowSizeMsg{Width: width, Height: height})
				h.checkFrame(name)
			}
		}
	}
}

func (h *harness) checkFrame(name string) {
	h.t.Helper()
	text, cursor := h.m.frame()
	lines := strings.Split(text, "\n")
	if len(lines) != h.m.Height {
		h.t.Fatalf("%s at %dx%d: the frame has %d lines", name, h.m.Width, h.m.Height, len(lines))
	}
	for i, l := range lines {
		if w := h.m.Method.StringWidth(l); w != h.m.Width {
			h.t.Fatalf("%s at %dx%d: line %d is %d cells wide: %q", name, h.m.Width, h.m.Height, i, w, l)
		}
	}
	if cursor != nil && (cursor.X < 0 || cursor.Y < 0 || cursor.X >= h.m.Width || cursor.Y >= h.m.Height) {
		h.t.Fatalf("%s at %dx%d: the text cursor stands outside, at %d,%d", name, h.m.Width, h.m.Height, cursor.X, cursor.Y)
	}
}

func TestATooSmallScreenSaysSoAndTakesNoKey(t *testing.T) {
	d := newAccount()
	h := withStory(t, 50, 40, d.with)
	h.sees("Too narrow for firstline.", "60x15", "50x40")
	h.press("a", "enter", "j", "/", "?")
	if h.m.mode() != keymap.InNormal || h.m.list.Cursor != 0 || len(d.acts()) != 0 {
		t.Error("a key acted on what is not drawn")
	}
	h.send(tea.WindowSizeMsg{Width: 90, Height: 9})
	h.sees("Too low for firstline.", "✗ alertmanager 76s")
	h.press("q")
	if !h.quit {
		t.Error("q does not leave a screen that is too small")
	}
}

func TestEmptyStatesSayWhatToDo(t *testing.T) {
	nothing := func(o *Options) { o.Initial = nil }
	h := newHarness(t, 80, 24, nothing)
	h.list("No source is configured", "firstline --demo", "~/.config/firstline/config.toml")

	h = newHarness(t, 80, 24, nil)
	h.list("Reading pagerduty, prom-eu, alertmanager")

	quiet := story(noon)
	for i := range quiet {
		quiet[i].Data, quiet[i].Err = sources.Data{Extents: quiet[i].Data.Extents}, nil
	}
	h.send(snapshotsMsg{list: quiet})
	h.list("Nothing is wrong that firstline can see", "as of 11:58:44")
	h.press("a")
	h.status("there is no group in the list")

	for i := range quiet {
		for _, spoil := range []func(*sources.Snapshot){
			func(s *sources.Snapshot) { s.Err, s.FailingSince = errors.New("no route to host"), noon },
			func(s *sources.Snapshot) { s.Data.Extents = sources.Extents{} },
			func(s *sources.Snapshot) {
				part := sources.Extent{Read: true, Missing: "the answer has no list"}
				s.Data.Extents.Alerts, s.Data.Extents.Incidents = part, part
			},
		} {
			partly := slices.Clone(quiet)
			spoil(&partly[i])
			h.send(snapshotsMsg{list: partly})
			h.list("! Nothing is wrong as far as was read", "! "+quiet[i].Source.Name)
			h.seesNot("✓ Nothing")
		}
		partly := slices.Clone(quiet)
		partly[i].Partial = true
		h.send(snapshotsMsg{list: partly})
		h.list("Reading " + quiet[i].Source.Name)
		h.seesNot("Nothing is wrong")
	}

	broken := story(noon)
	for i := range broken {
		broken[i].Data, broken[i].AsOf, broken[i].Err = sources.Data{}, time.Time{}, errors.New("no route to host")
	}
	h.send(snapshotsMsg{list: broken})
	h.list("No source can be read")
	h.status("no route to host")
	h.seesNot("Nothing is wrong")

	h = newHarness(t, 80, 24, func(o *Options) { // the list has seven lines
		o.Initial = []sources.Source{broken[0].Source, broken[1].Source}
	})
	for i := range broken {
		broken[i].Err = fmt.Errorf("refused by host %d", i)
	}
	h.send(snapshotsMsg{list: broken[:2]})
	list := strings.Join(strings.Split(h.screen(), "\n")[:11], "\n") // the status line has one of them below
	for i := range 2 {
		if why := fmt.Sprintf("refused by host %d", i); !strings.Contains(list, broken[i].Source.Name) || !strings.Contains(list, why) {
			t.Errorf("the list does not tell %q:\n%s", why, list)
		}
	}
}

func TestThePaneShowsTheRunbookAtTheAlertsHeading(t *testing.T) {
	h := withStory(t, 120, 30, withRunbooks)
	h.put("Q1CHECKOUT")
	h.reads("checkout / HighErrorRate", "matched by", "More than 5% of requests fail.")
	h.seesNot("The checkout takes orders")
	h.press("enter", "g")
	h.reads("The checkout takes orders")
	h.press("]")
	h.seesNot("The checkout takes orders")
	h.press("esc", "2")
	h.reads("Incident", "#4711", "escalates 12:04 (in 4m)")
	h.press("enter", "ctrl+d")
	h.reads("pod=checkout-1  firing since 11:48")
	h.press("g")
	for range 4 {
		h.press("]")
	}
	h.reads("All of them have", "namespace=prod")
	h.press("esc", "1")
	h.put("QueueBacklog")
	h.reads("No runbook yet", "a file or heading named QueueBacklog", "QueueBacklog.md", "runbooks")
}

func TestEachGroupRemembersItsScroll(t *testing.T) {
	h := withStory(t, 120, 20, withRunbooks)
	h.put("Q1CHECKOUT")
	h.press("enter", "G", "esc")
	at := h.m.pane.Offset()
	h.press("j", "k")
	if h.m.pane.Offset() != at || at == 0 {
		t.Errorf("the runbook is at line %d, was left at %d", h.m.pane.Offset(), at)
	}
}

func TestNarrowScreensShowListOrPane(t *testing.T) {
	h := withStory(t, 60, 15, withRunbooks)
	h.list("Alert groups")
	h.seesNot("Runbook")
	h.press("enter")
	h.reads("Runbook")
	h.seesNot("Alert groups")
	h.press("esc")
	h.list("Alert groups")
}

func TestMessagesOfSources(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	h.status("alertmanager: No answer within 5 s")
	fine := story(noon)[2]
	fine.Err = nil
	h.send(snapshotsMsg{list: []sources.Snapshot{fine}})
	h.status("alertmanager answers again")
	h.tick(time.Minute)
	h.seesNot("answers again")
	h.press("m")
	h.dialog("Sources and messages", "answers again", "read at 11:59:56")
}

func TestHelpComesFromTheKeymapAndSaysWhyNot(t *testing.T) {
	h := withStory(t, 120, 150, func(o *Options) { o.Respond.ReadOnly = true })
	h.header("read-only")
	h.press("?")
	h.dialog("acknowledge: firstline runs read-only", "escalate to Ops first line", "half a screen down", "Filter")
	for _, e := range h.m.Keys {
		if e.Group != "" {
			h.dialog(e.Binding.Help().Desc)
		}
	}
	h.press("esc", "e")
	h.status("firstline runs read-only")
	if h.m.mode() != keymap.InNormal {
		t.Error("a disabled key opened a dialog")
	}
}

func TestEscalateIsNamedByRole(t *testing.T) {
	h := withStory(t, 120, 30, func(o *Options) { o.Respond.Role = respond.FirstLine })
	h.hints("escalate to the owner")
	h.header("first line")
}

// No two keys of one mode ask for different things.
func TestKeymapHasNoDoubles(t *testing.T) {
	type at struct {
		mode keymap.Mode
		key  string
	}
	seen := map[at]keymap.Command{}
	for _, e := range New(Options{}).Keys {
		for _, k := range e.Binding.Keys() {
			if c, double := seen[at{e.Mode, k}]; double {
				t.Errorf("%s asks for %d and for %d", k, c, e.Command)
			}
			seen[at{e.Mode, k}] = e.Command
		}
	}
}

// TestBeginning: without a source i and d leave the screen for a first configuration
// and for the demo, and with one they do not.
func TestBeginning(t *testing.T) {
	for key, want := range map[string]error{"i": ErrConfigure, "d": ErrDemo} {
		h := newHarness(t, 80, 24, func(o *Options) { o.Initial = nil })
		h.hints("i configure", "d demo", "? help")
		h.press(key)
		if !h.quit || !errors.Is(h.m.next, want) {
			t.Errorf("%s leaves: %v, for %v", key, h.quit, h.m.next)
		}
		h = withStory(t, 80, 24, nil)
		h.press(key)
		if h.quit || h.m.next != nil {
			t.Errorf("%s leaves a screen with sources for %v", key, h.m.next)
		}
	}
}

func TestCopy(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	h.put("Q1CHECKOUT")
	h.press("y")
	if h.clipboard != "https://example.pagerduty.com/incidents/Q1CHECKOUT" {
		t.Errorf("y copied %q", h.clipboard)
	}
	h.press("Y")
	if h.clipboard != "Q1CHECKOUT" {
		t.Errorf("Y copied %q", h.clipboard)
	}
	h.press("o")
	h.status("no browser can be started here")
}

func TestOpenGoesThroughTheOption(t *testing.T) {
	var opened string
	h := withStory(t, 120, 30, func(o *Options) {
		o.OpenURL = func(url string) error { opened = url; return nil }
	})
	h.put("Q1CHECKOUT")
	h.press("o")
	h.reads("Open in the browser", "incident", "graph")
	h.press("enter")
	if opened != "https://example.pagerduty.com/incidents/Q1CHECKOUT" {
		t.Errorf("o opened %q", opened)
	}
}

func TestWithoutColourNothingIsSaidByColourAlone(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	h.send(tea.ColorProfileMsg{Profile: colorprofile.ASCII})
	text, _ := h.m.frame()
	for _, colour := range []string{"\x1b[38;", "\x1b[48;", ";38;", ";48;"} {
		if strings.Contains(text, colour) {
			t.Fatalf("a colour is sent under NO_COLOR: %q", colour)
		}
	}
	row := strings.Split(text, "\n")[h.cursorRow()]
	if !strings.Contains(row, "\x1b[7m") && !strings.Contains(row, ";7m") {
		t.Errorf("the selected row is not reversed: %q", row)
	}
}

// linkForm is how a frame contains a link to a web page.
var linkForm = regexp.MustCompile(`^\x1b\]8;(id=[0-9]+)?;(https?://[!-~]+)?(\x07|\x1b\\)$`)

// hostile checks that a frame holds only text, colours and links to web pages.
func hostile(t *testing.T, text string) {
	t.Helper()
	var state byte
	parser := ansi.NewParser()
	for rest := text; len(rest) > 0; {
		seq, _, n, next := ansi.DecodeSequence(rest, state, parser)
		if len(seq) > 0 && (seq[0] < 0x20 || seq[0] == 0x7f) && seq != "\n" {
			colour := strings.HasPrefix(seq, "\x1b[") && strings.HasSuffix(seq, "m")
			if !colour && !linkForm.MatchString(seq) {
				t.Fatalf("the frame holds %q", seq)
			}
		}
		state, rest = next, rest[n:]
	}
}

func FuzzFrame(f *testing.F) {
	f.Add("checkout fails", "checkout", "12% of requests fail")
	f.Add("\x1b]0;owned\x07\x1b[2J\x1b[31mred", "a\r\nb\tc", "\x9b31m\u202eevil\u200b")
	f.Add("宽字符🧑‍🚒👩‍👩‍👧", "\xff\xfe", strings.Repeat("x", 300))
	f.Fuzz(func(t *testing.T, title, service, text string) {
		h := newHarness(t, 120, 30, newAccount().with)
		data := pagerDutyData(noon)
		i := data.Incidents[0]
		i.Title, i.Service.Name, i.Policy.Name = title, service, text
		i.Assignments[0].User = reference("PX", text)
		i.Alerts[0].Details = map[string]any{title: []any{text, map[string]any{service: title}}}
		data.Incidents = data.Incidents[:1]
		data.Incidents[0] = i
		data.Users = append(data.Users, sources.User{ID: "PY", Name: text, Email: title, TimeZone: service})
		data.Warnings = []string{text}
		alert := firing(title, service, text, title, noon.Add(-time.Minute))
		alert.Annotations["summary"], alert.Annotations["runbook_url"], alert.GeneratorURL = text, title, service
		h.send(snapshotsMsg{list: []sources.Snapshot{
			{Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, AsOf: noon, Data: data},
			{Source: sources.Source{Kind: sources.Prometheus, Name: title}, AsOf: noon, Data: sources.Data{Alerts: []*sources.Alert{alert}}, Err: errors.New(text)},
		}})
		for _, keys := range [][]string{{"2"}, {"j"}, {"a"}, {"esc", "e"}, {"esc", "h"}, {"esc", "m"}, {"esc", ":"}, {"esc", "1"}} {
			h.press(keys...)
			h.checkFrame(strings.Join(keys, " "))
			frame, _ := h.m.frame()
			hostile(t, frame)
		}
		if h.press("esc", "y"); strings.ContainsAny(h.clipboard, "\x1b\x07\n") {
			t.Fatalf("the clipboard holds %q", h.clipboard)
		}
	})
}

// The text cursor is after what was typed.
func TestTheTextCursorFollowsWhatIsTyped(t *testing.T) {
	for name, keys := range map[string][]string{"filter": {"/"}, "reason": {"e"}, "note": {"n"}, "target": {"h"}, "command": {":"}} {
		h := withStory(t, 80, 24, newAccount().with)
		h.put("Q1CHECKOUT")
		h.press(keys...)
		h.write("benX")
		_, cursor := h.m.frame()
		if cursor == nil {
			t.Fatalf("%s: there is no text cursor", name)
		}
		line := strings.Split(h.screen(), "\n")[cursor.Y]
		if got := h.m.Slice(line, cursor.X-1, cursor.X); got != "X" {
			t.Errorf("%s: left of the cursor stands %q, in %q", name, got, line)
		}
	}
}

func TestARecoveryIsReportedAlsoWhenPartOfAnAnswerCameFirst(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	part := story(noon)[2]
	part.Err, part.Partial = nil, true
	h.send(snapshotsMsg{list: []sources.Snapshot{part}})
	h.seesNot("answers again")
	part.Partial = false
	h.send(snapshotsMsg{list: []sources.Snapshot{part}})
	h.status("alertmanager answers again")
}

func TestAnOldAnswerIsMarkedAlsoWithoutAFailure(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	h.tick(6 * time.Minute)
	h.header("pagerduty ! 6m")
}

// An idle screen draws half as often.
func TestTicks(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	for _, c := range []struct {
		later time.Duration
		key   string
		want  time.Duration
	}{{0, "", time.Second}, {away.After, "", time.Second}, {time.Second, "", 2 * time.Second}, {0, "j", time.Second}} {
		h.now = h.now.Add(c.later)
		if c.key != "" {
			h.press(c.key)
		}
		if got := h.m.ticker.every(); got != c.want {
			t.Errorf("%v later, key %q: a tick every %v, want %v", c.later, c.key, got, c.want)
		}
	}
}
