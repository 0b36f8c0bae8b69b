// Package ui is what the responder sees and presses: the list of alert groups,
// the runbook beside it, the dialogs of the actions, the keys and the colours.
//
// It knows no HTTP, no file and no configuration. Snapshots come in by a
// channel, actions go out through internal/execute, and everything that waits
// or computes for long runs in a tea.Cmd. Update and View only move state and
// draw it, so a key is answered at once whatever the network does.
//
// All text from outside passes internal/clean where it becomes part of a row,
// a line or the clipboard.
package ui

import (
	"context"
	"errors"
	"io"
	"os"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"

	"firstline/internal/change"
	"firstline/internal/crash"
	"firstline/internal/execute"
	"firstline/internal/graph"
	"firstline/internal/history"
	"firstline/internal/keys"
	"firstline/internal/readiness"
	"firstline/internal/respond"
	"firstline/internal/slo/measure"
	"firstline/internal/theme"
	"firstline/internal/triage"
	"firstline/runbooks"
	"firstline/sources"
	"firstline/ui/draft"
	"firstline/ui/frame"
	"firstline/ui/handover"
	"firstline/ui/keyboard"
	"firstline/ui/keymap"
	"firstline/ui/list"
	"firstline/ui/load"
	"firstline/ui/pane"
	"firstline/ui/past"
	"firstline/ui/plain"
	"firstline/ui/signal"
	"firstline/ui/terminal"
	"firstline/ui/tips"
)

// Options are what the screen is made of.
type Options struct {
	// Snapshots brings every new state of every source; it may be closed.
	Snapshots <-chan sources.Snapshot
	// Initial are the configured sources, in the order they are shown. None
	// means that nothing is configured, and the screen says how to begin.
	Initial []sources.Source
	// First are the rows to begin with, until the sources are read.
	First list.First
	// StoreFirst stores what a later screen can begin with. It is called off the
	// loop, now and then; nil: nothing is stored.
	StoreFirst func(list.First)
	// Open opens what the screen works with. It is called once, off the loop, when
	// the first frame is drawn, and what it returns takes the place of these options.
	// It ends with ctx; nil: these are all.
	Open func(ctx context.Context) Options
	// Refresh asks all sources to read now. It must not block; nil: no key.
	Refresh func()
	Triage  triage.Options
	Respond respond.Settings
	// Doer carries actions out; nil: no action is possible.
	Doer *execute.Doer
	// Library finds the runbooks; nil: there are none.
	Library *runbooks.Library
	// RunbookDirectories are the configured ones, to say where a missing
	// runbook belongs.
	RunbookDirectories []string
	// ConfigPath is the configuration file in use, or where one would be read.
	ConfigPath string
	// Keys are the keys of the commands.
	Keys keys.Bindings
	// Filter is the filter to begin with. A wrong one is reported and left out.
	Filter string
	// Filters are the saved ones, in the order in which they are offered.
	Filters []SavedFilter
	// Settle finds out the outcome of actions whose outcome is unknown, of this
	// run and of earlier ones. It returns what it found, and when another try is
	// worth it, zero where nothing is left. It is called off the loop, never twice
	// at a time; nil: there is nothing to find out.
	Settle func(ctx context.Context) (found []respond.Result, next time.Time)
	// OpenURL opens a checked http or https URL in a browser. It is called off
	// the loop; nil: the key says why it does nothing.
	OpenURL func(url string) error
	// Editor is the responder's own editor; it may be nil.
	Editor terminal.Editor
	// Drafts stores what was typed and not sent; if nil, it is lost with the
	// screen.
	Drafts draft.Store
	// Memory stores ticks, runs and reading positions; if nil, they are lost with
	// the screen.
	Memory pane.Memory
	// MayRun: steps of runbooks may be run, each after it was confirmed.
	MayRun bool
	// Installed reports whether a program is on this machine.
	Installed func(program string) bool
	// Fill are values for variables in runbooks that no label fills.
	Fill map[string]string
	// Clipboard takes what is copied; nil: the terminal alone is asked.
	Clipboard terminal.Clipboard
	// History reads what happened to a group, with what could be read when it
	// fails; users give names. It is called off the loop; nil: nothing is
	// known.
	History func(ctx context.Context, g triage.Group, users []sources.User) (history.History, error)
	// ReadAlerts reads the alerts of an incident by itself, so that the next
	// snapshot has them. It is called off the loop; nil: nothing can.
	ReadAlerts func(ctx context.Context, incidentID string) error
	// OnCallsUntil reads the turns of an escalation policy from now until a time. It
	// is called off the loop; nil: nothing can.
	OnCallsUntil func(ctx context.Context, until time.Time, policyID string) ([]sources.OnCall, sources.Extent, error)
	// Overrides reads the overrides of a schedule from now until a time. It is called
	// off the loop; nil: nothing can.
	Overrides func(ctx context.Context, until time.Time, scheduleID string) ([]sources.Override, sources.Extent, error)
	// Changes reads what changed around the problem of a group. It is called off the
	// loop; nil: nothing can.
	Changes func(ctx context.Context, g triage.Group) change.Found
	// Past finds when an alert fired before, and what was done then.
	Past past.Options
	// Pause waits, off the loop; nil: a timer.
	Pause func(context.Context, time.Duration) bool
	// Metrics are the Prometheuses that answer queries, for graphs. They are asked off
	// the loop.
	Metrics []sources.Metrics
	// Graphs are the further graphs of services, by the service.
	Graphs map[string][]graph.Configured
	// Columns are those of the list; none: all.
	Columns []triage.Column
	// Sparklines: the list has a column with them.
	Sparklines bool
	// Theme are the colours that the person chose.
	Theme theme.Choice
	// ASCII: the terminal has no other characters.
	ASCII bool
	// SLOs reads the SLOs of a group. It is called off the loop; nil: nothing can.
	SLOs func(ctx context.Context, g triage.Group, snapshots []sources.Snapshot) measure.Found
	// Readiness measures the readiness of a group's service. It is called off the loop;
	// nil: nothing can.
	Readiness func(ctx context.Context, g triage.Group, snapshots []sources.Snapshot) (r readiness.Report, failed bool)
	// Load computes the report of a time up to now from the stored history. It is called
	// off the loop; nil: nothing is stored.
	Load load.Reader
	// Night counts the interruptions of the last night in the stored history. It is
	// called off the loop; nil: nothing is stored.
	Night frame.NightReader
	// Handover makes the text for the end of a shift; it may be nil.
	Handover handover.Maker
	// Attention is what reaches a responder who does not look at the screen.
	Attention signal.Options
	// Lend is called before another program gets the terminal, and what it gives
	// once the screen has it again; nil: nobody minds.
	Lend func() (back func())
	// Configurations brings those that take the place of the one in use; nil: none.
	Configurations <-chan Configuration
	// Tips are for somebody new.
	Tips tips.Options
	// Notices brings sentences to show, such as what is waited for; nil: none.
	Notices <-chan string
	// Plain: the screen is written as lines, for screen readers.
	Plain bool
	// Mouse: the mouse acts from the start. Split is the list's share of the screen, in
	// percent, 0 by itself. StoreSplit stores it where the person changed it. It is
	// called off the loop; it may be nil.
	Mouse      bool
	Split      int
	StoreSplit func(percent int)
	// Demo and NoColor are the flags; Warnings are sentences to show at start.
	Demo, NoColor bool
	Warnings      []string
	// Now is the clock; nil: sources.Now.
	Now func() time.Time
	// Location is the time zone that times are shown in; nil: that of Now, which may
	// change. Machine is the zone of this machine's clock; nil: the usual one.
	Location, Machine *time.Location
	// Environment is what the terminal is recognised by; nil: os.Environ().
	Environment []string
}

// What Run returns when no source is configured and the person wants to make a first
// configuration, or to see the demo.
var (
	ErrConfigure = errors.New("a first configuration is to be made")
	ErrDemo      = errors.New("the demo is to be shown")
)

// SavedFilter is a filter with a name; @name refers to it.
type SavedFilter = list.SavedFilter

// Run shows the screen until the responder quits or ctx ends. Neither is an
// error, but leaving by ctrl-c is ErrInterrupted, and for something else ErrConfigure
// or ErrDemo. A fault of its own is a
// *crash.Fault. What it started ends with it, as soon as the Doer's context has
// ended whatever it waits for.
func Run(ctx context.Context, o Options, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m := New(o)
	m.Context = ctx
	bound := &atomic.Pointer[keymap.Table]{}
	m.bound = bound
	m.publishKeys()
	keys := keyboard.New(in, terminalName(o.Environment), m.options.Now, func(msg tea.KeyPressMsg) bool { return mayBegin(*bound.Load(), msg) })
	m.terminal.ReleaseKeys = keys.Release
	g := &guarded{Model: m}
	if o.Open != nil {
		first := &opening{open: o.Open}
		defer first.end()
		g.opening = first
	}
	if o.Attention.Title { // the title that was there comes back, where a terminal remembers it
		_, _ = io.WriteString(out, ansi.WindowOp(22, 2))
		defer func() { _, _ = io.WriteString(out, ansi.WindowOp(23, 2)) }()
	}
	if o.Plain {
		writer := plain.NewWriter(out)
		defer writer.Close()
		g.spoken = &spoken{write: writer.Write}
		out = plain.Silent(out)
	}
	program := tea.NewProgram(g, programOptions(ctx, o, keys.ForProgram(), out)...)
	g.quit = program.Quit
	g.frames = newFrames(program)
	defer g.frames.stop()
	keys.Start(program.Send, func(value any) tea.Msg { return faultMsg{crash.Caught(value)} })
	_, err := program.Run()
	stopped := ctx.Err() != nil
	keys.Close()
	cancel()
	m = g.Model
	m.steps.Wait() // no command outlives the screen
	m.storing.end()
	again := guardedly(func() {
		m.terminal.TakeUndelivered()
		m.steps.RecordCutOff()
		m.drafts.Flush(ctx)
		m.pane.Flush(ctx)
	})
	if g.fault == nil {
		g.fault = again
	}
	if g.fault != nil {
		return g.fault
	}
	switch {
	case err == nil && m.next != nil:
		return m.next
	case err == nil, errors.Is(err, tea.ErrProgramKilled) && stopped:
		return nil
	case errors.Is(err, tea.ErrInterrupted):
		return list.ErrInterrupted
	}
	return err
}

// terminalName is the name of the terminal in an environment; nil: the
// process's own.
func terminalName(environment []string) string {
	if environment == nil {
		environment = os.Environ()
	}
	return uv.Environ(environment).Getenv("TERM")
}

func programOptions(ctx context.Context, o Options, in io.Reader, out io.Writer) []tea.ProgramOption {
	// Signals are the caller's, who ends ctx: Bubble Tea would take an interrupt
	// that was meant for the responder's editor for one of its own where it
	// reads it only after the editor has ended.
	options := []tea.ProgramOption{tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithoutSignalHandler(), tea.WithFPS(framesPerSecond)}
	if o.Environment != nil {
		options = append(options, tea.WithEnvironment(o.Environment))
	}
	if o.NoColor {
		options = append(options, tea.WithColorProfile(colorprofile.ASCII))
	}
	return options
}
