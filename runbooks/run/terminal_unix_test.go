//go:build unix

package run

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/creack/pty"

	"firstline/runbooks/session"
)

// person is who has the terminal: what is shown to them, and what they answer.
type person struct {
	mu    sync.Mutex
	shown strings.Builder
	// answers are what to type once a text is shown.
	answers map[string]func()
}

func (p *person) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.shown.Write(b)
	for text, answer := range p.answers {
		if strings.Contains(p.shown.String(), text) {
			delete(p.answers, text)
			answer()
		}
	}
	return len(b), nil
}

// An interactive step has a terminal, is in the session, and its output is recorded. A
// key such as ctrl-c is the step's.
func TestAStepHasATerminalOfItsOwn(t *testing.T) {
	outer, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = tty.Close(), outer.Close() }()
	if err := pty.Setsize(outer, &pty.Winsize{Rows: 33, Cols: 77}); err != nil {
		t.Fatal(err)
	}
	types := func(keys string) func() {
		return func() {
			if _, err := io.WriteString(outer, keys); err != nil {
				t.Error(err)
			}
		}
	}
	of := &session.Session{}
	step := Step{Session: of, Name: "step 1", Text: `A=1; tty >/dev/null && stty size; printf 'name? '; read NAME; trap 'stop=1' INT; printf 'wait '; while [ -z "$stop" ]; do sleep 0.01; done; echo interrupted; echo "hello $NAME"`}
	who := &person{answers: map[string]func(){"name? ": types("Ann\r"), "wait ": types("\x03")}}
	r := InTerminal(t.Context(), step, tty, who, who)
	if want := "33 77\nname? Ann\nwait ^Cinterrupted\nhello Ann\n"; r.Output != want || r.ExitCode != 0 {
		t.Errorf("result = %+v", r)
	}
	if name, _ := of.State().Of("NAME"); name.Value != "Ann" || r.NotTaken != nil {
		t.Errorf("the session has %+v, %v", of.State(), r.NotTaken)
	}
	// The program's end ends it, with what it began.
	ctx, cancel := context.WithCancel(t.Context())
	step.Text = "sleep 600 & echo pid $!; wait"
	r = InTerminal(ctx, step, tty, &person{answers: map[string]func(){"pid ": cancel}}, io.Discard)
	if !r.Stopped || r.ExitCode != -1 {
		t.Errorf("result = %+v", r)
	}
	waitUntilGone(t, strings.TrimSpace(strings.TrimPrefix(r.Output, "pid ")))
}
