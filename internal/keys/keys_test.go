package keys_test

import (
	"slices"
	"strings"
	"testing"

	"firstline/internal/keys"
)

func TestTheDefaultKeys(t *testing.T) {
	var b keys.Bindings
	for _, c := range []struct{ mode, command, want string }{
		{"list", "down", "j down"},
		{"list", "quit", "q ctrl+c"},
		{"reader", "quit", "ctrl+c"},
		{"reader", "close", "esc q ? m enter"},
		{"picker", "down", "j down tab"},
		{"pane", "half_down", "space"},
		{"load", "close", "esc q L"},
		{"steps", "close", "esc q b"},
		{"choice", "close", "esc q O"},
		{"past", "next_past", "j down"},
		{"handover", "half_down", "ctrl+d pgdown space"},
		{"list", "merge", ""},
	} {
		if got := strings.Join(b.Of(c.mode, c.command), " "); got != c.want {
			t.Errorf("%s of the %s is %q, want %q", c.command, c.mode, got, c.want)
		}
	}
}

func TestEachPresetHasNoClash(t *testing.T) {
	if got := keys.Presets(); !slices.Equal(got, []string{"vim", "arrows", "emacs"}) {
		t.Errorf("the presets are %q", got)
	}
	for _, name := range keys.Presets() {
		b, faults := keys.Settings{Preset: name}.Resolve()
		if len(faults) > 0 {
			t.Errorf("%s: %v", name, faults)
		}
		for mode, command := range map[string]string{"list": "quit", "dialog": "confirm", "reader": "close", "handover_text": "close"} {
			if len(b.Of(mode, command)) == 0 {
				t.Errorf("%s: %s has no key in the %s", name, command, mode)
			}
		}
	}
}

// Only arrows and other keys with a name move in the preset of arrows.
func TestTheArrowsNeedNoLetters(t *testing.T) {
	b, _ := keys.Settings{Preset: "arrows"}.Resolve()
	for _, mode := range []string{"list", "reader", "choice", "picker", "past", "runbook"} {
		for _, command := range []string{"down", "up", "half_down", "half_up", "first", "last", "next_step", "previous_step", "next_past"} {
			for _, k := range b.Of(mode, command) {
				if len(k) == 1 {
					t.Errorf("%s moves by %q in the %s", command, k, mode)
				}
			}
		}
	}
}

func TestKeysAreReplaced(t *testing.T) {
	b, faults := keys.Settings{Keys: map[string][]string{
		"quit": {"Q"}, "help": {"f1"}, "down": {"alt+j", "down"}, "note": {"N"}, "undo": {}, "close": {"x", "ctrl+b"}, "merge": {"alt+m"}, "run": {"X"},
	}}.Resolve()
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	for _, c := range []struct{ mode, command, want string }{
		{"list", "quit", "Q ctrl+c"},
		{"reader", "quit", "ctrl+c"},
		{"list", "down", "alt+j down"},
		{"picker", "down", "alt+j down tab"},
		{"past", "next_past", "alt+j down"},
		{"list", "undo", ""},
		{"list", "merge", "alt+m"},
		{"reader", "close", "x ctrl+b Q f1 m enter"},
		{"dialog", "close", "ctrl+b"}, // where one types, x is typed
		{"filter", "close", "ctrl+b"},
		{"runbook", "run", "X"},
	} {
		if got := strings.Join(b.Of(c.mode, c.command), " "); got != c.want {
			t.Errorf("%s of the %s is %q, want %q", c.command, c.mode, got, c.want)
		}
	}
}

// A key that would be typed leaves the default there; one that stays goes to what
// asks for it by name.
func TestWhatIsTypedIsNoKey(t *testing.T) {
	b, faults := keys.Settings{Keys: map[string][]string{"confirm": {"x"}, "run": {"X"}, "select": {"v"}, "group_by": {}, "escalate": {"space"}, "copy": {"ctrl+c"}}}.Resolve()
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	for _, c := range []struct{ mode, command, want string }{
		{"search", "confirm", "enter"},
		{"dialog", "confirm", "enter"},
		{"picker", "confirm", "x"},
		{"pane", "half_down", ""},
		{"reader", "half_down", "ctrl+d pgdown space"},
		{"list", "quit", "q"},
		{"dialog", "quit", ""},
		{"filter", "quit", "ctrl+c"},
	} {
		if got := strings.Join(b.Of(c.mode, c.command), " "); got != c.want {
			t.Errorf("%s of the %s is %q, want %q", c.command, c.mode, got, c.want)
		}
	}
}

func TestFaultsOfSettings(t *testing.T) {
	for _, c := range []struct {
		name     string
		settings keys.Settings
		want     []string
	}{
		{"preset", keys.Settings{Preset: "nano"}, []string{`there is no preset of that name: write "vim", "arrows", "emacs"`}},
		{"none", keys.Settings{Keys: map[string][]string{"close": {}}}, []string{"close: close needs a key"}},
		{"two", keys.Settings{Keys: map[string][]string{"note": {"a"}}}, []string{`note: "a" asks for both note and acknowledge: give acknowledge another key, or none by acknowledge = []`}},
		{"in another mode", keys.Settings{Keys: map[string][]string{"toggle_join": {"ctrl+g"}}}, []string{`toggle_join: "ctrl-g" asks for both toggle_join and all_incidents`}},
		{"hidden", keys.Settings{Keys: map[string][]string{"next_step": {"e"}}}, []string{`next_step: "e" asks for both next_step and escalate`}},
		{"hides", keys.Settings{Keys: map[string][]string{"escalate": {"J"}}}, []string{`escalate: "J" asks for both escalate and`, `escalate: "J" asks for both escalate and`}},
		{"hidden by default", keys.Settings{Keys: map[string][]string{"copy": {"ctrl+x"}, "copy_command": {"ctrl+x"}}}, nil},
		{"swapped", keys.Settings{Keys: map[string][]string{"note": {"h"}, "hand_off": {"n"}}}, nil},
		{"in the preset", keys.Settings{Preset: "emacs", Keys: map[string][]string{"note": {"ctrl+n"}}}, []string{`note: "ctrl-n" asks for both note and down`}},
	} {
		_, faults := c.settings.Resolve()
		var got []string
		for _, f := range faults {
			text := f.Sentence
			if f.Command != "" {
				text = f.Command + ": " + text
			}
			got = append(got, text)
		}
		if !slices.EqualFunc(got, c.want, strings.HasPrefix) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"a": "a", "A": "A", "?": "?", "é": "é", " ": "space", "space": "space", "Enter": "enter", "return": "enter", "ctrl-d": "ctrl+d", "Ctrl+D": "ctrl+d",
		"alt-ctrl-x": "ctrl+alt+x", "alt+>": "alt+>", "alt-V": "alt+shift+v", "ctrl--": "ctrl+-", "alt++": "alt++", "-": "-", "+": "+", "shift-tab": "shift+tab",
		"pgdn": "pgdown", "F3": "f3", "shift-f3": "shift+f3", "⌫": "backspace", "alt-→": "alt+right", "super-k": "super+k",
	} {
		if got, err := keys.Parse(text); got != want || err != nil {
			t.Errorf("%q is %q (%v), want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"": "this is no key", "ab": "this is no key", "C-d": "this is no key", "f0": "this is no key", "f64": "this is no key", "shift-a": "write what shift makes of it",
		"ctrl-i": "a terminal sends ctrl-i as tab", "ctrl-ctrl-a": "this has ctrl twice", "\x1b": "this is no key", "ctrl-": "this is no key", "a\u202e": "this is no key",
	} {
		if got, err := keys.Parse(text); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q is %q (%v), want %q", text, got, err, want)
		}
	}
}

// What is parsed is parsed to itself again, also as it is shown.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a", "ctrl-d", "alt++", "shift-f3", "⌫", "ctrl-alt-shift-Ä", "--", "+-+"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		key, err := keys.Parse(text)
		if err != nil {
			return
		}
		if again, err := keys.Parse(key); again != key || err != nil {
			t.Errorf("%q is %q and then %q (%v)", text, key, again, err)
		}
		if again, err := keys.Parse(keys.Show(key)); again != key || err != nil {
			t.Errorf("%q is shown as %q, which is %q (%v)", key, keys.Show(key), again, err)
		}
	})
}

// Resolving settings of any keys ends, and finds no key for two things.
func FuzzResolve(f *testing.F) {
	f.Add("emacs", "note", "n", "down", "j")
	f.Add("", "half_down", "space", "select", "space")
	f.Fuzz(func(t *testing.T, preset, one, key, other, second string) {
		s := keys.Settings{Preset: preset, Keys: map[string][]string{one: {key}, other: {second}}}
		b, faults := s.Resolve()
		if len(faults) > 0 {
			return
		}
		for _, mode := range []string{"list", "dialog", "reader", "step"} {
			seen := map[string]string{}
			for _, c := range keys.Commands() {
				for _, k := range b.Of(mode, c) {
					if before := seen[k]; before != "" {
						t.Errorf("%q asks for %s and %s in the %s", k, before, c, mode)
					}
					seen[k] = c
				}
			}
		}
	})
}

func BenchmarkResolve(b *testing.B) {
	for b.Loop() {
		if _, faults := (keys.Settings{Preset: "emacs"}).Resolve(); faults != nil {
			b.Fatal(faults)
		}
	}
}
