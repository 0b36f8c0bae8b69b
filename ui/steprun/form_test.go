package steprun_test

import (
	"fmt"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/runbooks"
	"firstline/ui/room"
	"firstline/ui/roomtest"
	"firstline/ui/steprun"
)

// form is a form with what came of it.
type form struct {
	*testing.T
	*room.Screen
	host *roomtest.Host
	room *steprun.Form
	got  map[string]string
}

func newForm(t *testing.T, width, height int, command string, names ...string) *form {
	f := &form{T: t}
	f.Screen, f.host = roomtest.Screen(width, height, steprun.FormKeys())
	var missing []runbooks.Placeholder
	for _, name := range names {
		missing = append(missing, runbooks.Placeholder{Text: "<" + name + ">", Name: name})
	}
	missing[0].Proposal = "api-0"
	f.room = steprun.NewForm(f.Screen, steprun.FormOptions{
		Command: command, Missing: missing, Not: "run it",
		Check: func(values map[string]string) string {
			if values["node"] == "wrong" {
				return "wrong is wrong."
			}
			return ""
		},
		Done: func(values map[string]string) tea.Cmd { f.got = values; return nil },
	})
	return f
}

func (f *form) sees(wanted ...string) {
	f.Helper()
	shown := roomtest.Shows(f.Screen, f.room)
	for _, w := range wanted {
		if !strings.Contains(shown, w) {
			f.Fatalf("the form does not show %q:\n%s", w, shown)
		}
	}
}

func TestValuesAreAskedFor(t *testing.T) {
	f := newForm(t, 80, 24, "kubectl logs <pod>\nkubectl drain <node> <pod>", "pod", "node", "pod")
	f.sees("Values", "$ kubectl logs <pod>", "▌ <pod>  api-0", "  <node>", "esc does not run it")
	roomtest.Press(f.room, "enter")
	f.sees("▌ <node>")
	roomtest.Press(f.room, "enter")
	f.sees("<node> needs a value.")
	roomtest.Write(f.room, "wrong")
	roomtest.Press(f.room, "enter")
	f.sees("wrong is wrong.")
	roomtest.Press(f.room, "shift+tab", "tab", "tab")
	roomtest.Write(f.room, "x")
	roomtest.Press(f.room, "up", "backspace", "backspace")
	f.room.Paste(tea.PasteMsg{Content: "\x1b[31mn\nm"})
	roomtest.Press(f.room, "enter")
	if len(f.got) != 2 || f.got["pod"] != "api-0x" || f.got["node"] != "wron m" && f.got["node"] != "wron"+"n m" || !f.host.Closed {
		t.Errorf("got %q, closed %v", f.got, f.host.Closed)
	}
}

func TestEscTakesNoValue(t *testing.T) {
	f := newForm(t, 80, 24, "kubectl logs <pod>", "pod")
	roomtest.Press(f.room, "esc")
	if f.got != nil || !f.host.Closed {
		t.Errorf("got %q, closed %v", f.got, f.host.Closed)
	}
}

// The field that is typed in and what the keys do are on the screen at any size, however
// long the command is and however many values it needs.
func TestTheFieldIsAlwaysShown(t *testing.T) {
	var names []string
	for i := range 30 {
		names = append(names, fmt.Sprintf("name-%02d", i))
	}
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 30}} {
		for _, lines := range []int{1, 40} {
			for _, fields := range []int{1, 3, 30} {
				f := newForm(t, size[0], size[1], strings.Repeat("echo <name-00>\n", lines)+"true", names[:fields]...)
				for i := range fields {
					f.sees("▌ <"+names[i]+">", "enter goes on", "$ echo")
					shown, area, cursor := f.room.View()
					if cursor == nil || !strings.Contains(f.Bare(shown[cursor.Y-area.Y]), "<"+names[i]+">") || len(shown) != area.Height || area.Y+area.Height > f.Layout.Body.Y+f.Layout.Body.Height {
						t.Fatalf("%v, %d lines, field %d of %d: the cursor is elsewhere: %+v in %+v", size, lines, i, fields, cursor, area)
					}
					roomtest.Press(f.room, "tab")
				}
			}
		}
	}
}
