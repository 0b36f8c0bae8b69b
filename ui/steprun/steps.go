package steprun

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// Steps are the commands that run, and those that ran in the background and were
// not read yet.
type Steps struct {
	*room.Screen
	open    func(room.Overlay)
	all     []*execution
	running sync.WaitGroup
}

// NewSteps has no commands. open opens a room over the screen.
func NewSteps(s *room.Screen, open func(room.Overlay)) *Steps {
	return &Steps{Screen: s, open: open}
}

// add adds a command that is started.
func (s *Steps) add(x *execution) {
	s.running.Add(1)
	s.all = append(s.all, x)
}

// ended drops a command that has ended, unless it was in the background and nobody
// saw how it ended.
func (s *Steps) ended(x *execution) {
	if !x.background.Load() || x.open {
		s.forget(x)
	}
}

func (s *Steps) forget(x *execution) {
	s.all = slices.DeleteFunc(s.all, func(other *execution) bool { return other == x })
}

// Running returns how many commands run in the background.
func (s *Steps) Running() int {
	n := 0
	for _, x := range s.inBackground() {
		if !x.ended {
			n++
		}
	}
	return n
}

func (s *Steps) inBackground() []*execution {
	var all []*execution
	for _, x := range s.all {
		if x.background.Load() {
			all = append(all, x)
		}
	}
	return all
}

// Wait waits until no command runs.
func (s *Steps) Wait() { s.running.Wait() }

// RecordCutOff records the runs that the program's end has stopped, since no
// reply comes any more.
func (s *Steps) RecordCutOff() {
	for _, x := range s.all {
		x.cutOff()
	}
}

// WhyNone says why there are no commands in the background to show.
func (s *Steps) WhyNone() string {
	if len(s.inBackground()) == 0 {
		return "no step runs in the background; " + s.Keys.KeyOf(keymap.RunTheCode, keymap.InNormal) + " asks about a step, and " + s.Keys.KeyOf(keymap.BackgroundSteps, keymap.InRun) + " runs it there"
	}
	return ""
}

// Beside puts a sign for what is in the background at the end of a line.
func (s *Steps) Beside(line string) string {
	all := s.inBackground()
	if len(all) == 0 {
		return line
	}
	var parts []string
	runs := s.Running()
	if runs > 0 {
		parts = append(parts, fmt.Sprintf("%d in the background", runs))
	}
	if ended := len(all) - runs; ended > 0 {
		parts = append(parts, fmt.Sprintf("%d ended", ended))
	}
	sign := "  ▸ " + strings.Join(parts, ", ") + " (" + s.Keys.KeyOf(keymap.BackgroundSteps, keymap.InNormal) + ") "
	width := s.WidthOf(sign)
	if width*2 > s.Width {
		return line
	}
	return s.Fit(s.Slice(line, 0, s.Width-width), s.Width-width) + s.Theme.Of(draw.Accent).On(sign)
}

// Open shows the command in the background, or lists them where there are several.
func (s *Steps) Open() {
	if all := s.inBackground(); len(all) == 1 {
		s.open(roomOf(all[0]))
		return
	}
	s.open(&list{Steps: s})
}

// Table is the key that shows what runs in the background.
func (s *Steps) Table() keymap.Table {
	return keymap.Table{
		keymap.Key(keymap.InNormal, keymap.BackgroundSteps, "steps that run in the background").In(keymap.GroupRunbook).Unless(s.WhyNone),
	}
}

// list is where one of several commands is chosen.
type list struct {
	*Steps
	chosen int
}

// ListKeys are the keys of the list of commands.
func ListKeys() keymap.Table {
	const at = keymap.InSteps
	return keymap.Table{
		keymap.Key(at, keymap.Confirm, "show it").Hinted("*"),
		keymap.Key(at, keymap.MoveDown, "down").Hinted("*"),
		keymap.Key(at, keymap.MoveUp, "up").Hinted("*"),
		keymap.Key(at, keymap.CloseDialog, "close").Hinted("*"),
		keymap.Key(at, keymap.Quit, "quit"),
	}
}

// Mode is where its keys act.
func (l *list) Mode() keymap.Mode { return keymap.InSteps }

// Paste takes nothing: there is nothing to type.
func (l *list) Paste(tea.PasteMsg) tea.Cmd { return nil }

// Resize has nothing to fit: View does.
func (l *list) Resize() {}

// Key takes a key press.
func (l *list) Key(msg tea.KeyPressMsg) tea.Cmd {
	all := l.inBackground()
	switch c, _ := l.Keys.Command(msg, keymap.InSteps); c {
	case keymap.Quit:
		return l.Host.Quit()
	case keymap.CloseDialog:
		l.Host.Close()
	case keymap.MoveDown:
		l.chosen = min(l.chosen+1, len(all)-1)
	case keymap.MoveUp:
		l.chosen = max(l.chosen-1, 0)
	case keymap.Confirm:
		if l.chosen < len(all) {
			l.open(roomOf(all[l.chosen]))
		}
	}
	return nil
}

// View draws the commands, the first one first.
func (l *list) View() ([]string, draw.Rectangle, *tea.Cursor) {
	all, body := l.inBackground(), l.Layout.Body
	width := l.Layout.Middle(104) - 4
	height := min(len(all)*2+2, body.Height)
	area := draw.Rectangle{X: body.X + (body.Width-width-4)/2, Y: body.Y + (body.Height-height)/2, Width: width + 4, Height: height}
	from, to := draw.Window(len(all), l.chosen-max(height/2-2, 0), max((height-2)/2, 1))
	var lines []string
	for i := from; i < to; i++ {
		x, mark := all[i], "  "
		if i == l.chosen {
			mark = l.Theme.Of(draw.Accent).On("▌ ")
		}
		how, role := x.how()
		first, _, _ := strings.Cut(x.options.Command, "\n")
		lines = append(lines,
			mark+l.Cut(wording.Sentence(x.name()), width-2-l.WidthOf(how)-2)+"  "+l.Theme.Of(role).On(how),
			"  "+l.Theme.Of(draw.Dim).On("$ "+l.Cut(clean.Line(first), width-4)))
	}
	for i := range lines {
		lines[i] = " " + l.Fit(lines[i], width) + " "
	}
	return l.Box(area, l.Theme.Of(draw.Strong).On("Steps in the background"), "", true, lines[:min(len(lines), max(area.Height-2, 0))]), area, nil
}
