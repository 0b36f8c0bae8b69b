package ui

import (
	"context"
	"errors"
	"io/fs"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/history"
	"firstline/internal/race"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/runbooks"
	"firstline/sources"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// evil is appended to every text from outside: what steers a terminal, what
// nobody sees, and marks over the lines around.
var evil = "\x1b]0;x\x07\x1b[2J\x1b]8;;unfinished \u202e\u200b\u00ad\u034f\u115f\u3164\u2060\ufe0f\U000e0041\u0085\r" + strings.Repeat("\u0301", 40)

// poison puts evil behind every text in v, which is addressable, but those by
// which things are found: ids, the names of sources, words of a protocol.
func poison(v reflect.Value, name string) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.CanSet() && !slices.Contains([]string{"ID", "Source", "Kind", "Type", "Urgency", "Role", "State", "Fingerprint", "Key"}, name) {
			v.SetString(v.String() + evil)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				poison(v.Field(i), f.Name)
			}
		}
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && !v.IsNil() { // the fixtures share theirs
			own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			reflect.Copy(own, v)
			v.Set(own)
		}
		for i := range v.Len() {
			poison(v.Index(i), name)
		}
	case reflect.Pointer:
		if !v.IsNil() {
			poison(v.Elem(), name)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			value := reflect.New(v.Type().Elem()).Elem()
			value.Set(v.MapIndex(k))
			if value.Kind() == reflect.Interface {
				if text, ok := value.Interface().(string); ok {
					value.Set(reflect.ValueOf(text + evil))
				}
			} else if k.Kind() == reflect.String && !slices.Contains([]string{"alertname", "service", "severity"}, k.String()) {
				poison(value, name)
			}
			v.SetMapIndex(k, value)
		}
		if v.Type() == reflect.TypeFor[map[string]string]() && !v.IsNil() {
			v.SetMapIndex(reflect.ValueOf("odd"+evil), reflect.ValueOf("value"+evil))
		}
	}
}

// evilDesk answers with evil in everything.
type evilAccount struct{ *account }

func (d evilAccount) Notes(context.Context, string) ([]sources.Note, error) {
	return []sources.Note{{ID: "N" + evil, Content: "note" + evil, User: reference("PX", "Xi"+evil), CreatedAt: noon}}, nil
}

func (d evilAccount) FindUsers(context.Context, string) ([]sources.User, sources.Extent, error) {
	return []sources.User{{ID: "PX", Name: "Xi" + evil, Email: "xi@example.com" + evil, TimeZone: "UTC"}}, sources.Extent{Read: true, Missing: "of" + evil}, nil
}

// evilWorld is a screen on which every value from outside is evil.
func evilSources(t *testing.T, width, height int) *harness {
	t.Helper()
	d := evilAccount{newAccount()}
	d.fail = &sources.Error{Source: storySources()[0], Doing: "writing" + evil, Reason: sources.Rejected, Sentence: "it says" + evil, Err: errors.New("x" + evil)}
	account := newShiftMaker()
	account.text = "# Shift" + evil + "\n\n- line" + evil
	events := []history.Event{
		{At: noon, Kind: history.Noted, By: "Dana" + evil, Text: "note" + evil, Source: history.FromPagerDuty},
		{At: noon, Kind: history.Silenced, By: "Dana" + evil, Text: "silenced" + evil, Source: history.FromJournal, Outcome: respond.Failed},
	}
	h := newHarness(t, width, height, func(o *Options) {
		o.Doer.Incidents = d
		o.Drafts, o.Handover = account.shelf, account
		o.MayRun, o.Warnings, o.ConfigPath = true, []string{"warned" + evil}, "config"+evil
		o.Library = runbooks.Open(runbooks.Options{FS: map[string]fs.FS{"books": fstest.MapFS{
			"checkout.md": {Data: []byte(strings.ReplaceAll(checkoutRunbook, "checkout", "checkout"+strings.NewReplacer("\r", "", ";;", ";").Replace(evil)) + // commands still
				"\n\n1. End: `true <pod-\u202ename" + strings.Repeat("\u0301", 40) + ">`\n")},
		}}})
		o.Filters = []SavedFilter{{Name: "night", Expression: "severity=critical"}}
		o.History = func(context.Context, triage.Group, []sources.User) (history.History, error) {
			return history.History{Events: events}, errors.New("not all" + evil)
		}
		notices := make(chan string, 1)
		notices <- "waiting" + evil
		close(notices)
		o.Notices = notices
		o.OpenURL = func(string) error { return errors.New("no browser" + evil) }
		o.Clipboard = &failingClipboard{}
		withLoad(evil)(o)
	})
	snapshots := story(noon)
	for i := range snapshots {
		poison(reflect.ValueOf(&snapshots[i].Data).Elem(), "")
		snapshots[i].Data.Warnings = []string{"warning" + evil}
	}
	snapshots[2].Err = &sources.Error{Source: snapshots[2].Source, Reason: sources.Unreachable, Sentence: "it says" + evil}
	h.send(snapshotsMsg{list: snapshots})
	return h
}

// failingClipboard takes nothing, and remembers what it got.
type failingClipboard struct{ text string }

func (c *failingClipboard) Sequence(text string) string {
	c.text = text
	return "\x1b]52;c;\a"
}
func (*failingClipboard) Others() bool { return true }
func (*failingClipboard) Copy(context.Context, string) ([]string, error) {
	return nil, errors.New("no clipboard" + evil)
}

// harmless checks the whole of what is sent to the terminal.
func (h *harness) harmless(where string) {
	h.t.Helper()
	frame, _ := h.m.frame()
	hostile(h.t.(*testing.T), frame)
	for line := range strings.SplitSeq(h.m.Bare(frame), "\n") {
		bad := strings.ContainsAny(line, "\u202e\u200b\u00ad\u034f\u115f\u3164\u2060\ufe0f\U000e0041\u0085") || strings.Contains(line, strings.Repeat("\u0301", clean.MaxMarks+1))
		if bad || clean.Text(line) != line {
			h.t.Fatalf("%s: the screen shows %+q", where, line)
		}
	}
	if title := h.m.View().WindowTitle; clean.Line(title) != title {
		h.t.Fatalf("%s: the window's title is %+q", where, title)
	}
	if clip, is := h.m.options.Clipboard.(*failingClipboard); is {
		h.clipboard = clip.text
	}
	if clean.Text(h.clipboard) != h.clipboard {
		h.t.Fatalf("%s: the clipboard holds %+q", where, h.clipboard)
	}
}

// The walk presses every key of the keymap in every place, so that each widget
// that takes a value from outside has been on the screen with one that is evil.
func TestEveryWidgetIsHarmless(t *testing.T) {
	race.Skip(t)
	keysOf := func(h *harness, at keymap.Mode) []string {
		var keys []string
		for _, e := range h.m.Keys {
			if e.Mode == at && e.Command != keymap.Quit && e.Command != keymap.Suspend && len(e.Binding.Keys()) > 0 {
				keys = append(keys, e.Binding.Keys()[0])
			}
		}
		return keys
	}
	seen := map[keymap.Mode]bool{}
	try := func(h *harness, where, k string) bool {
		h.t.Helper()
		if h.quit {
			return false
		}
		h.send(keyPress(k))
		h.now = h.now.Add(room.LeastSeen)
		seen[h.m.mode()] = true
		h.harmless(where + " " + k)
		return true
	}
	first := evilSources(t, 120, 40)
	first.harmless("the list")
	for i, k := range slices.Concat(keysOf(first, keymap.InNormal), []string{"2", "3", "4"}) {
		group := []string{"Q1CHECKOUT", "LatencyP99", "Q2REPLICA", "NodeDown"}[i%4]
		h := evilSources(t, []int{120, 80}[i%2], 40)
		h.put(group)
		if !try(h, group, k) {
			continue
		}
		if h.m.mode() == keymap.InNormal {
			h.press("enter") // the runbook, with its own keys
			for _, second := range keysOf(h, keymap.InRunbook) {
				try(h, group+" "+k+" page", second)
				h.press("esc", "enter")
			}
			continue
		}
		for _, second := range []string{"down", "tab", "enter", "tab", "x", "enter", "enter", "j", "G", "ctrl+j"} {
			try(h, group+" "+k, second)
		}
	}
	// The step with a placeholder is the last.
	h := evilSources(t, 80, 24)
	h.put("Q1CHECKOUT")
	h.press("enter")
	try(h, "the whole runbook", "W")
	for range 20 {
		try(h, "steps", "J")
	}
	try(h, "a placeholder", "x")
	h.send(tea.PasteMsg{Content: "echo" + evil})
	h.harmless("a form with what was pasted")
	try(h, "the form", "enter")
	for range 2 { // two in the background
		for range 5 {
			if h.m.mode() == keymap.InNormal {
				break
			}
			try(h, "the question", "b")
		}
		try(h, "the same step", "x")
	}
	for _, k := range []string{"esc", "b", "j", "enter", "esc"} {
		try(h, "steps in the background", k)
	}
	for _, m := range []keymap.Mode{
		keymap.InForm, keymap.InSteps, keymap.InLoad, keymap.InFilter, keymap.InDialog, keymap.InReader, keymap.InCommands, keymap.InHandover, keymap.InSearch, keymap.InChoice, keymap.InPicker, keymap.InRun,
	} {
		if !seen[m] {
			t.Errorf("place %d was never on the screen", m)
		}
	}
}
