package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/keyboard"
	"firstline/ui/keymap"
	"firstline/ui/list"
)

// storedBy is what a screen of the story stores for a later one.
func storedBy(t testing.TB, width, height int, change func(*Options)) list.First {
	t.Helper()
	var all []list.First
	withStory(t, width, height, func(o *Options) {
		o.StoreFirst = func(f list.First) { all = append(all, f) }
		if change != nil {
			change(o)
		}
	})
	if len(all) != 1 {
		t.Fatalf("%d screens are stored", len(all))
	}
	return all[0]
}

func withFirst(first list.First) func(*Options) { return func(o *Options) { o.First = first } }

// The screen begins with the rows of an earlier one and says when they were read, at
// any size and whatever the size was before.
func TestScreenBeginsWithEarlierRows(t *testing.T) {
	first := storedBy(t, 120, 30, nil)
	for _, size := range sizes {
		h := newHarness(t, size[0], size[1], withFirst(first))
		h.now = noon.Add(3 * time.Hour)
		h.send(tickMsg(h.now))
		h.list("read 3h ago", "checkout", "of 8")
		h.header("2 triggered", "! 3h")
		if size[0] > 60 {
			h.header("Dana Diaz")
		}
		live := story(noon.Add(3 * time.Hour))
		live[2].Err = nil
		h.send(snapshotsMsg{list: live})
		if text := h.text(h.m.Layout.List); strings.Contains(text, "ago") {
			t.Errorf("the list still says when it was read:\n%s", text)
		}
	}
}

// What was read in part is shown so.
func TestEarlierRowsOfAPart(t *testing.T) {
	var stored list.First
	h := newHarness(t, 120, 30, func(o *Options) { o.StoreFirst = func(f list.First) { stored = f } })
	part := story(noon)
	part[0].Data.Extents.Incidents.Missing = "there are more than were read"
	h.send(snapshotsMsg{list: part})
	h = newHarness(t, 120, 30, withFirst(stored))
	h.header("pagerduty 4s in part")
}

// No key acts on rows that were not read by this screen; each that would says why.
func TestNoKeyActsOnEarlierRows(t *testing.T) {
	first := storedBy(t, 120, 30, nil)
	for _, e := range newHarness(t, 120, 30, withFirst(first)).m.Keys {
		if e.Mode != keymap.InNormal || e.Group != keymap.GroupAct && e.Command != keymap.SelectGroup || len(e.Binding.Keys()) == 0 {
			continue
		}
		d := newAccount()
		h := newHarness(t, 120, 30, func(o *Options) {
			o.First = first
			o.Doer.Incidents = d
		})
		h.press(e.Binding.Keys()[0])
		if h.m.overlay != nil || len(h.m.list.Selected) > 0 || len(d.acts()) > 0 {
			t.Errorf("%s acts:\n%s", e.Text(), h.screen())
		}
		status := h.text(draw.Rectangle{Y: h.m.Height - 2, Width: h.m.Width, Height: 1})
		about := slices.Contains([]keymap.Command{keymap.Acknowledge, keymap.Escalate, keymap.HandOff, keymap.SelectGroup}, e.Command)
		if about && !strings.Contains(status, "being read again") || strings.TrimSpace(status) == "" {
			t.Errorf("%s says %q", e.Text(), status)
		}
	}
}

// A screen stores what a later one begins with at most twice a minute, and only news.
func TestRowsAreStoredNowAndThen(t *testing.T) {
	n := 0
	h := withStory(t, 120, 30, func(o *Options) { o.StoreFirst = func(list.First) { n++ } })
	for second := range 90 {
		h.tick(time.Second)
		if want := 1 + (second+1)/30; n != want {
			t.Fatalf("after %d s it was stored %d times, want %d", second+1, n, want)
		}
	}
}

// opened is a screen that is being opened.
type opened struct {
	*guarded
	t       *testing.T
	options Options
	quit    bool
}

func openingScreen(t *testing.T) *opened {
	t.Helper()
	o, snapshots := wholeProgram(newAccount())
	close(snapshots)
	first := o
	first.Snapshots, first.First = nil, storedBy(t, 120, 30, nil)
	g := &guarded{Model: New(first), opening: &opening{}}
	g.Context = t.Context()
	o.First = first.First
	return &opened{guarded: g, t: t, options: o}
}

// send delivers a message and runs the commands that end by themselves.
func (o *opened) send(msg tea.Msg) {
	_, cmd := o.Update(msg)
	o.run(cmd)
}

func (o *opened) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case tea.BatchMsg:
		for _, c := range msg {
			o.run(c)
		}
	case tea.QuitMsg, tea.InterruptMsg:
		o.quit = true
	case nil, tickMsg:
	case openedMsg:
		o.t.Error("it is open already")
	default:
		o.send(msg)
	}
}

func (o *opened) key(name string) {
	o.send(keyboard.Typed{Msg: keyPress(name), At: o.options.Now()})
}

// What is typed before the screen is whole is answered then, in its order; nothing
// of it is lost, and nothing acts before.
func TestWhatIsTypedWaitsForTheScreen(t *testing.T) {
	o := openingScreen(t)
	o.opening.begun = true // open is this test
	o.send(tea.WindowSizeMsg{Width: 120, Height: 30})
	o.send(tea.ModeReportMsg{Mode: ansi.ModeUnicodeCore, Value: ansi.ModeReset})
	for _, k := range []string{"/", "c", "h", "e"} {
		o.key(k)
	}
	if o.overlay != nil {
		t.Error("a key acted while the screen was being opened")
	}
	if view := o.Bare(o.View().Content); !strings.Contains(view, "HighErrorRate") || !strings.Contains(view, "ago") {
		t.Errorf("the first frame is\n%s", view)
	}
	before := o.Model
	o.ticker.off = true
	_, _ = o.Update(openedMsg{o.options})
	if o.Model == before || o.opening != nil {
		t.Fatal("the screen is not whole")
	}
	if view := o.Bare(o.View().Content); !strings.Contains(view, "/ che") || o.Width != 120 || o.Method != before.Method {
		t.Errorf("the whole screen is\n%s", view)
	}
}

// A key that leaves does so although the state can't be opened.
func TestLeavingWhileOpening(t *testing.T) {
	for _, key := range []string{"q", "ctrl+c"} {
		o := openingScreen(t)
		o.opening.begun = true
		o.send(tea.WindowSizeMsg{Width: 120, Height: 30})
		if o.key(key); !o.quit {
			t.Errorf("%s does not leave", key)
		}
	}
}

// An answer that an earlier terminal stored comes after the source has answered: what
// changed meanwhile is said all the same, and the rows stay those of now.
func TestWhatWasStoredComesLate(t *testing.T) {
	h := newHarness(t, 120, 30, nil)
	h.send(snapshotsMsg{list: changedStory(noon.Add(-20*time.Minute), 20*time.Minute)})
	before := h.text(h.m.Layout.List)
	var earlier []sources.Snapshot
	for _, s := range story(noon.Add(-20 * time.Minute)) {
		s.Earlier, s.Err, s.AsOf = true, nil, noon.Add(-20*time.Minute)
		earlier = append(earlier, s)
	}
	for i := range earlier {
		h.send(snapshotsMsg{list: earlier[i : i+1]})
	}
	h.tick(20 * time.Second)
	h.status("away 20m: 1 new")
	if after := h.text(h.m.Layout.List); strings.Contains(before, "courier") && !strings.Contains(after, "courier") {
		t.Errorf("the list went back to\n%s", after)
	}
}
