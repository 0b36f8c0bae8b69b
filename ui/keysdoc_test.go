package ui

import (
	"cmp"
	"context"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/keys"
	"firstline/internal/report"
	"firstline/ui/keymap"
)

const keysDocument = "../docs/keys.md"

// modes are the headings of docs/keys.md, in its order.
var modes = []struct {
	mode    keymap.Mode
	heading string
}{
	{keymap.InNormal, "The list"},
	{keymap.InBeginning, "The list, while no source is configured"},
	{keymap.InReading, "The pane, while it is read"},
	{keymap.InRunbook, "The runbook, while it is read"},
	{keymap.InGraph, "The graph, while it is read"},
	{keymap.InPast, "The times before, while they are read"},
	{keymap.InPastOne, "One of the times before"},
	{keymap.InFilter, "The filter"},
	{keymap.InPicker, "A list of filters or orders"},
	{keymap.InCommands, "The search for a command"},
	{keymap.InDialog, "A dialog"},
	{keymap.InSearch, "The search in a runbook"},
	{keymap.InChoice, "A list in the pane"},
	{keymap.InForm, "The values of a step"},
	{keymap.InRun, "A step that runs"},
	{keymap.InSteps, "Steps in the background"},
	{keymap.InHandover, "A shift handover"},
	{keymap.InHandoverText, "The text of a shift handover"},
	{keymap.InHandoverName, "The file of a shift handover"},
	{keymap.InLoad, "The load of on-call"},
	{keymap.InReader, "The help and the messages"},
	{keymap.InHelpSearch, "The search in the help"},
}

const keysIntroduction = `# Keys

All keys, from the table that the screen uses. ` + "`?` shows those of the list and the pane, `:` finds a\ncommand by its name" + `, and the line at the bottom names the most important ones of where one is.

## Other keys

The table ` + "`[keys]`" + ` of the configuration gives commands other keys, by the names in the second column:

    [keys]
    preset = "emacs"
    help = ["f1", "?"]
    next_level = "alt-e"
    resolve = []

A list has several keys, and ` + "`[]`" + ` none: ` + "`:`" + ` still finds the command. A key is a character, or a name such
as ` + "`ctrl-d`, `alt-enter`, `shift-tab`, `space`, `pgdn`, `home`, `backspace` or `f1`" + `. The keys hold wherever
the command acts. Where text is typed, a character is typed and asks for nothing, so that such a command
has its usual key there. A key that asks for two commands at once, or for one that hides another
while the pane is read, is a fault of the configuration, unless they share a key by default. ` + "`ctrl-c`" + ` leaves
wherever nothing else has it, and the key that opened something closes it too. A key is pressed once: there are
no sequences such as ` + "`gg`, `ZZ` or `ctrl-x ctrl-c`" + `.

## Presets

Keys that differ from ` + "`vim`" + `, which is the default:

`

// writePresets writes the keys of the presets where they differ.
func writePresets(b *strings.Builder) {
	var presets []keys.Bindings
	head, rule := "| name |", "|---|"
	for _, name := range keys.Presets() {
		one, _ := keys.Settings{Preset: name}.Resolve()
		presets = append(presets, one)
		head, rule = head+" `"+name+"` |", rule+"---|"
	}
	b.WriteString(head + "\n" + rule + "\n")
	for _, command := range keys.Commands() {
		mode := keys.ModeOf(command)
		line, differs := "| "+command+" |", false
		for _, one := range presets {
			own := one.Of(mode, command)
			differs = differs || !slices.Equal(own, presets[0].Of(mode, command))
			line += " "
			for _, k := range own {
				line += "`" + keys.Show(k) + "` "
			}
			line += "|"
		}
		if differs {
			b.WriteString(line + "\n")
		}
	}
}

// Each command and mode of the keymap has its name in package keys, and each name there
// is of an entry.
func TestEachCommandHasItsName(t *testing.T) {
	type use struct{ mode, command string }
	entries := map[use]bool{}
	for _, e := range New(Options{}).Keys {
		u := use{e.Mode.Name(), e.Command.Name()}
		if !keys.Acts(u.mode, u.command) {
			t.Errorf("%q (%s in the %s) is not in the table of internal/keys", e.Text(), u.command, u.mode)
		}
		if entries[u] {
			t.Errorf("%s is in the %s twice", u.command, u.mode)
		}
		entries[u] = true
	}
	for _, one := range modes {
		for _, command := range keys.Commands() {
			if u := (use{one.mode.Name(), command}); keys.Acts(u.mode, u.command) && !entries[u] {
				t.Errorf("%s does nothing in the %s", u.command, u.mode)
			}
		}
	}
}

// TestKeysDocument: docs/keys.md has each key of the keymap. `go test ./ui -run
// KeysDocument -update` writes it again.
func TestKeysDocument(t *testing.T) {
	h := newHarness(t, 120, 40, func(o *Options) {
		newAccount().with(o)
		o.Load = func(context.Context, time.Duration) (report.Report, error) { return report.Report{}, nil }
	})
	var b strings.Builder
	b.WriteString(keysIntroduction)
	writePresets(&b)
	b.WriteString("\n## Commands with an argument\n\n`:` takes these with an argument, such as `:snooze 2h`, and `tab` completes it. They open the same dialogs\nwith the same previews as the keys, with the argument typed already: nothing is sent at once.\n\n| command | argument |\n|---|---|\n")
	for _, v := range slices.Concat(h.m.actions.Verbs(), h.m.list.Verbs(), h.m.pane.Verbs()) {
		b.WriteString("| `:" + strings.Join(v.Words, "`, `:") + "` | " + v.Takes + " |\n")
	}
	written := 0
	for _, one := range modes {
		var entries []keymap.Entry
		for _, e := range h.m.Keys {
			if e.Mode == one.mode && e.Binding.Help().Key != "" {
				entries = append(entries, e)
			}
		}
		if len(entries) == 0 {
			t.Errorf("%s has no key", one.heading)
			continue
		}
		written += len(entries)
		groups := []string{"", keymap.GroupMove, keymap.GroupAct, keymap.GroupFind, keymap.GroupRunbook, keymap.GroupGraph, keymap.GroupRest}
		slices.SortStableFunc(entries, func(a, b keymap.Entry) int {
			return cmp.Compare(slices.Index(groups, a.Group), slices.Index(groups, b.Group))
		})
		b.WriteString("\n## " + one.heading + "\n\n| key | name | |\n|---|---|---|\n")
		for _, e := range entries {
			b.WriteString("| `" + strings.ReplaceAll(e.Binding.Help().Key, "|", `\|`) + "` | " + e.Command.Name() + " | " + e.Binding.Help().Desc + " |\n")
		}
	}
	for _, e := range h.m.Keys {
		if e.Binding.Help().Key == "" {
			written++
		}
	}
	if written != len(h.m.Keys) {
		t.Errorf("%d of %d keys are written: a mode is missing", written, len(h.m.Keys))
	}
	if update := flag.Lookup("update"); update != nil && update.Value.String() == "true" {
		if err := os.WriteFile(keysDocument, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	text, err := os.ReadFile(keysDocument)
	if err != nil || string(text) != b.String() {
		t.Errorf("docs/keys.md is not of these keys: run `go test ./ui -run KeysDocument -update` (%v)", err)
	}
}
