package steprun

import (
	"context"
	"io"
	"strings"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/record"
	"firstline/internal/wording"
	"firstline/runbooks/run"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// execution is a command of a step that runs or has run.
type execution struct {
	*room.Screen
	options Options
	began   time.Time
	// stop ends the command; stopping: it was asked to.
	stop     context.CancelFunc
	stopping bool
	stream   *outputStream
	// running is the command, watching its output.
	running, watching reply.Loader
	output            output
	// background: other things are done while it runs, and what it sets does not
	// come back.
	background atomic.Bool
	// terminal: it has the terminal.
	terminal bool
	// open: it is on the screen.
	open   bool
	ended  bool
	result run.Result
}

func (r *Room) newExecution() *execution {
	x := &execution{Screen: r.Screen, options: r.options, began: r.TimeNow(), stop: func() {}, open: true}
	x.output.wrap = func(line string) []string { return x.Wrap(line, x.Layout.Body.Width-4) }
	return x
}

func (x *execution) step() run.Step {
	o := x.options
	return run.Step{Text: o.Command, Language: o.Language, Session: o.Session, Name: o.Name, Copy: x.background.Load}
}

// start runs the command, off the loop. It ends with the program at the latest.
func (x *execution) start() tea.Cmd {
	ctx, stop := context.WithCancel(x.Context)
	x.stop = stop
	x.stream = &outputStream{ready: make(chan struct{}, 1)}
	steps := x.options.Steps
	steps.add(x)
	do := reply.Start(&x.running, func() run.Result {
		defer steps.running.Done()
		defer stop()
		result := run.Run(ctx, x.step(), x.stream.add)
		x.stream.end(result)
		return result
	}, x.end)
	return tea.Batch(do, reply.Listen(&x.watching, x.stream.next, reply.Nothing(x.output.add)))
}

// startInTerminal gives the command the terminal until it ends, for what asks
// or draws.
func (x *execution) startInTerminal() tea.Cmd {
	ctx, step := x.Context, x.step()
	x.terminal = true
	var result run.Result
	return x.Terminal.Exec(func(in io.Reader, out, errout io.Writer) error {
		result = run.InTerminal(ctx, step, in, out, errout)
		return nil // the result has it
	}, func(err error) tea.Cmd {
		if result.Err == nil {
			result.Err = err
		}
		return x.end(result)
	})
}

// end ends a run: how it ended is shown and recorded.
func (x *execution) end(result run.Result) tea.Cmd {
	x.watching.Drop() // the result has all the output
	x.ended, x.result = true, result
	x.output = output{wrap: x.output.wrap}
	if text := strings.TrimRight(result.Output, "\n"); text != "" {
		x.output.add(strings.Split(text, "\n"))
	}
	if x.background.Load() && !x.open {
		level := room.OK
		if result.ExitCode != 0 {
			level = room.Caution
		}
		how, _ := x.how()
		x.Say(level, wording.Sentence(x.name())+" has ended: "+how+"; "+x.Keys.KeyOf(keymap.BackgroundSteps, keymap.InNormal)+" shows it")
	}
	x.options.Steps.ended(x)
	return x.record()
}

// cutOff records a run that the program's end has stopped, since no reply comes
// any more.
func (x *execution) cutOff() {
	if x.ended || x.stream == nil {
		return
	}
	x.stream.mu.Lock()
	defer x.stream.mu.Unlock()
	if x.stream.result != nil {
		x.ended, x.result = true, *x.stream.result
		x.record()
	}
}

func (x *execution) record() tea.Cmd {
	o := x.options
	return o.Record(record.Run{
		GroupID: o.GroupID, Runbook: o.Runbook, Step: o.Step, Command: o.Command,
		ExitCode: x.result.ExitCode, Stopped: x.result.Stopped, By: o.By, At: x.began, Took: x.result.Took,
	})
}

// name is the step with what it is for.
func (x *execution) name() string {
	name := clean.Line(x.options.Name)
	if about := clean.Line(x.options.About); about != "" {
		name += " of " + about
	}
	return name
}

// how says how the command goes or ended.
func (x *execution) how() (string, draw.Role) {
	switch r := x.result; {
	case !x.ended && x.stopping:
		return "stopping …", draw.Warning
	case !x.ended:
		return "running, " + draw.Age(x.Now.Sub(x.began)), draw.Accent
	case r.Stopped:
		return "stopped", draw.Warning
	case r.ExitCode < 0:
		return "did not run", draw.Critical
	case r.ExitCode > 0:
		return (record.Run{ExitCode: r.ExitCode}).Result(), draw.Critical
	}
	return "exit 0", draw.Good
}
