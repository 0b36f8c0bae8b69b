package ui

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/crash"
	"firstline/internal/respond"
)

const canary = "c4n4ry-s3cr3t"

// run runs a command and all that it brings, as Bubble Tea does, and gives the
// messages.
func runAll(cmd tea.Cmd) []tea.Msg {
	if cmd == nil {
		return nil
	}
	if batch, ok := cmd().(tea.BatchMsg); ok {
		var all []tea.Msg
		for _, c := range batch {
			all = append(all, runAll(c)...)
		}
		return all
	}
	return []tea.Msg{cmd()}
}

func TestPanicsOfCommandsAreMessages(t *testing.T) {
	fine := func() tea.Msg { return tickMsg(noon) }
	bad := func() tea.Msg { panic("token=" + canary) }
	var none *Model
	for _, c := range []struct {
		name   string
		cmd    tea.Cmd
		faults int
		others int
	}{
		{"none", nil, 0, 0},
		{"a fine one", fine, 0, 1},
		{"one that panics", bad, 1, 0},
		{"one of two", tea.Batch(fine, bad), 1, 1},
		{"both", tea.Batch(bad, bad), 2, 0},
		{"one within others", tea.Batch(fine, tea.Batch(fine, tea.Batch(bad, fine))), 1, 3},
		{"one with an error", func() tea.Msg { panic(errors.New(canary)) }, 1, 0},
		{"an index", func() tea.Msg { return []tea.Msg{}[len(canary)] }, 1, 0},
		{"nil", func() tea.Msg { return none.Width }, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			faults, others := 0, 0
			for _, msg := range runAll(guard(c.cmd)) {
				f, ok := msg.(faultMsg)
				if !ok {
					others++
					continue
				}
				faults++
				if strings.Contains(f.fault.Kind+f.fault.Error()+string(f.fault.Stack), canary) || !strings.Contains(string(f.fault.Stack), "guard_test.go") {
					t.Errorf("the fault is %s\n%s", f.fault.Kind, f.fault.Stack)
				}
			}
			if faults != c.faults || others != c.others {
				t.Errorf("%d faults and %d other messages, want %d and %d", faults, others, c.faults, c.others)
			}
		})
	}
}

func TestPanicsOfTheModelEndIt(t *testing.T) {
	quits := func(cmd tea.Cmd) bool {
		for _, msg := range runAll(cmd) {
			if _, ok := msg.(tea.QuitMsg); ok {
				return true
			}
		}
		return false
	}
	g := &guarded{} // without a model each call is a fault
	if _, cmd := g.Update(tickMsg(noon)); !quits(cmd) || g.fault == nil {
		t.Error("a panic in Update does not end the program")
	}
	g = &guarded{}
	if msgs := runAll(g.Init()); len(msgs) != 1 {
		t.Errorf("a panic in Init gives %v", msgs)
	} else if _, cmd := g.Update(msgs[0]); !quits(cmd) || g.fault == nil {
		t.Error("a panic in Init does not end the program")
	}
	quit := make(chan int)
	g = &guarded{quit: func() { close(quit) }}
	if g.View(); g.fault == nil {
		t.Error("a panic in View is not known")
	}
	<-quit
	first := g.fault
	if _, cmd := g.Update(tickMsg(noon)); !quits(cmd) || g.fault != first {
		t.Error("after a fault the program goes on")
	}
	g.View()
}

// A screen that panics ends as one that is left: the terminal is brought back,
// what was typed is saved, and nothing of what the panic says is written.
func TestRunThatPanics(t *testing.T) {
	for name, change := range map[string]func(*Options, *atomic.Bool){
		"in a command of the start": func(o *Options, _ *atomic.Bool) {
			o.Settle = func(context.Context) ([]respond.Result, time.Time) { panic(canary) }
		},
		"in an update": func(o *Options, due *atomic.Bool) {
			now := o.Now
			o.Now = func() time.Time {
				if due.Load() {
					panic(canary)
				}
				return now()
			}
			o.Settle = func(context.Context) ([]respond.Result, time.Time) {
				due.Store(true)
				return []respond.Result{{Sentence: "x"}}, time.Time{}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			o, snapshots := wholeProgram(newAccount())
			defer close(snapshots)
			var due atomic.Bool
			change(&o, &due)
			in, keys := io.Pipe()
			defer keys.Close()
			out := &output{}
			err := Run(t.Context(), o, in, out)
			var fault *crash.Fault
			if !errors.As(err, &fault) {
				t.Fatalf("Run gave %v", err)
			}
			out.mu.Lock()
			defer out.mu.Unlock()
			if text := out.text.String(); strings.Contains(text, canary) || strings.Contains(text, "\x1b[?1049h") && !strings.Contains(text, "\x1b[?1049l") {
				t.Errorf("the terminal got %q", text[max(0, len(text)-500):])
			}
		})
	}
}
