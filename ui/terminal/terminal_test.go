package terminal_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/reply"
	"firstline/ui/roomtest"
	"firstline/ui/terminal"
)

// appender is an editor that adds a line.
type appender struct {
	fault error
	file  string
	line  int
}

func (a *appender) Text(_ context.Context, text string, _ io.Reader, _, _ io.Writer) (string, error) {
	return text + "\nfrom the editor\x1b]0;x\x07", a.fault
}

func (a *appender) File(_ context.Context, path string, line int, _ io.Reader, _, _ io.Writer) error {
	a.file, a.line = path, line
	return a.fault
}

// started is a terminal whose programs run at once; happened is what was done, in
// order.
func started(o terminal.Options, happened *[]string) (*terminal.Terminal, func() string) {
	s, _ := roomtest.Screen(80, 24, nil)
	note := func(what string) { *happened = append(*happened, what) }
	o.Save = func() []tea.Cmd {
		return []tea.Cmd{
			nil,
			reply.Start(new(reply.Loader), func() struct{} { note("saved"); return struct{}{} }, func(struct{}) tea.Cmd { note("reply"); return nil }),
		}
	}
	o.Lend = func() func() {
		note("lent")
		return func() { note("back") }
	}
	term := terminal.New(s, o)
	term.ReleaseKeys = func() { note("released") }
	term.Start = func(c tea.ExecCommand, done tea.ExecCallback) tea.Cmd {
		return func() tea.Msg {
			note("run")
			return done(c.Run())
		}
	}
	return term, func() string { return strings.TrimSpace(s.Bare(s.StatusText(80))) }
}

func TestEditedTextIsCleaned(t *testing.T) {
	var happened []string
	editor := &appender{}
	term, status := started(terminal.Options{Editor: editor}, &happened)
	got := ""
	take := func(text string) tea.Cmd { got = text; return nil }
	roomtest.Run(term.Edit("begun", take))
	if got != "begun\nfrom the editor" {
		t.Errorf("the text is %q", got)
	}
	if want := []string{"released", "saved", "reply", "lent", "run", "back"}; !slices.Equal(happened, want) {
		t.Errorf("%q happened, want %q", happened, want)
	}
	editor.fault, got = errors.New("it broke"), ""
	roomtest.Run(term.Edit("begun", take))
	if got != "" || status() != "✗ It broke." {
		t.Errorf("after a failure the text is %q, the status %q", got, status())
	}
}

func TestAFileIsEdited(t *testing.T) {
	var happened []string
	editor := &appender{}
	term, _ := started(terminal.Options{Editor: editor}, &happened)
	done := false
	roomtest.Run(term.EditFile("a.md", 7, func(err error) tea.Cmd { done = err == nil; return nil }))
	if editor.file != "a.md" || editor.line != 7 || !done {
		t.Errorf("edited %q at %d, done %v", editor.file, editor.line, done)
	}
}

func TestWithoutAnEditorNothingIsEdited(t *testing.T) {
	var happened []string
	term, _ := started(terminal.Options{}, &happened)
	if term.NoEditor() == "" {
		t.Error("there is an editor")
	}
	term, _ = started(terminal.Options{Editor: &appender{}}, &happened)
	if why := term.NoEditor(); why != "" {
		t.Errorf("there is none: %s", why)
	}
}

// What comes of a program that ends together with the screen is taken all the same,
// and only once.
func TestTheResultOfTheLastProgramIsTaken(t *testing.T) {
	var happened []string
	term, _ := started(terminal.Options{}, &happened)
	var result tea.Msg
	term.Start = func(_ tea.ExecCommand, done tea.ExecCallback) tea.Cmd {
		return func() tea.Msg {
			result = done(nil)
			return nil // the screen has ended
		}
	}
	taken := 0
	roomtest.Run(term.Exec(nil, func(error) tea.Cmd { taken++; return nil }))
	if taken != 0 {
		t.Fatal("the result was delivered")
	}
	term.TakeUndelivered()
	term.TakeUndelivered()
	roomtest.Run(result.(reply.Message).Deliver())
	if taken != 1 {
		t.Errorf("the result was taken %d times", taken)
	}
}
