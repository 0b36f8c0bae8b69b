package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"firstline/internal/child"
	"firstline/internal/crash"
	"firstline/internal/editor"
	"firstline/sources"
	"firstline/ui"
	"firstline/ui/list"
)

// screenCommand shows the screen, which needs a terminal.
func (a *app) screenCommand(ctx context.Context, s *setup) error {
	if !a.isTerminal(a.in) || !a.isTerminal(a.out) {
		return usagef("the screen needs a terminal: use `firstline list` here")
	}
	return a.screen(ctx, s)
}

// garbage is how much memory may be used besides what is needed, in percent of
// it. It is half of Go's own choice: the program stays open for weeks beside
// others, and has little to do between two polls.
const garbage = 50

// runScreen polls all sources and shows the screen until it is left.
func (a *app) runScreen(ctx context.Context, s *setup) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbage)
	}
	warning := s.openState(ctx)
	notices := make(chan string, 8)
	s.say = func(sentence string) { // before anything runs that may wait
		select {
		case notices <- sentence:
		default: // as many wait to be shown
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	feed := s.startPolling(ctx, func(fault *crash.Fault) { cancel(fault) })
	defer feed.stop()
	options := s.screenOptions(feed, !a.colour())
	options.Notices, options.Lend = notices, a.interrupts.lend
	if warning != "" {
		options.Warnings = append(options.Warnings, warning)
	}
	options.Warnings = append(options.Warnings, a.earlier...)
	defer a.holdTerminal()()
	err := ui.Run(ctx, options, a.in, a.out)
	var fault *crash.Fault
	if errors.As(context.Cause(ctx), &fault) {
		return fault
	}
	switch {
	case errors.Is(err, list.ErrInterrupted):
		return exit(exitSignal + int(syscall.SIGINT))
	case err != nil:
		return fmt.Errorf("showing the screen: %w", err)
	}
	return nil
}

func (s *setup) screenOptions(feed *feed, noColor bool) ui.Options {
	o := ui.Options{
		Snapshots: feed.snapshots, Refresh: feed.refresh,
		Triage: s.triage, Respond: s.settings, Library: s.library,
		RunbookDirectories: s.config.Runbooks.Directories, ConfigPath: s.config.WantedPath,
		OpenURL: openURL, Copy: copyNatively, Editor: editor.New(os.Getenv), Demo: s.demo, NoColor: noColor, Now: s.now,
	}
	o.MayRun, o.Fill, o.Installed = s.config.Runbooks.MayRun, s.config.Runbooks.Fill, child.Installed
	if len(s.readers) > 0 {
		o.Doer = s.doer()
		if s.state != nil {
			o.Settle = s.newSettler().settle
		}
		o.Handover = handovers{s}
	}
	for _, f := range s.config.Filters {
		o.Filters = append(o.Filters, ui.SavedFilter(f))
	}
	o.History = s.history().Of
	if s.account != nil {
		o.ReadAlerts = func(ctx context.Context, id string) error {
			_, err := s.account.Incident(ctx, id)
			return err
		}
		o.OnCallsUntil = func(ctx context.Context, until time.Time, id string) ([]sources.OnCall, sources.Extent, error) {
			return s.account.OnCallsUntil(ctx, until, id)
		}
	}
	if s.state != nil {
		o.Drafts = s.state
		o.Memory = s.state
	}
	for _, r := range s.readers {
		o.Initial = append(o.Initial, r.Source())
	}
	for _, p := range s.library.Problems() {
		o.Warnings = append(o.Warnings, p.Sentence)
	}
	return o
}

// feed is the running pollers. It owns their goroutines and the channel that
// they fill.
type feed struct {
	snapshots chan sources.Snapshot
	pollers   []*sources.Poller
	cancel    context.CancelFunc
	running   sync.WaitGroup
}

// startPolling polls all sources until ctx ends. A fault in what is done with
// an answer is given to ended.
func (s *setup) startPolling(ctx context.Context, ended func(*crash.Fault)) *feed {
	ctx, cancel := context.WithCancel(ctx)
	f := &feed{snapshots: make(chan sources.Snapshot), cancel: cancel}
	publish := func(snap sources.Snapshot) {
		s.learnZone(snap)
		if snap.Err != nil {
			s.log.Warn("a source could not be read", "source", snap.Source.Name, "why", sources.Sentence(snap.Err))
		}
		select {
		case f.snapshots <- snap:
		case <-ctx.Done():
		}
	}
	for _, r := range s.readers {
		p := sources.NewPoller(r.Reader, r.interval)
		f.pollers = append(f.pollers, p)
		f.running.Go(func() {
			defer func() {
				if value := recover(); value != nil {
					ended(crash.Caught(value))
				}
			}()
			last := s.lastStored(ctx, r.Source())
			if !last.AsOf.IsZero() {
				publish(last) // at once, marked by its age
			}
			store := s.storer(ctx, last)
			endAcks := s.ackEnder(ctx)
			p.Run(ctx, last, func(snap sources.Snapshot) {
				publish(snap)
				store(snap)
				endAcks(snap)
			})
		})
	}
	return f
}

// refresh asks all sources to be read now.
func (f *feed) refresh() {
	for _, p := range f.pollers {
		p.Refresh()
	}
}

// stop ends the pollers, waits for them, and closes the channel.
func (f *feed) stop() {
	f.cancel()
	f.running.Wait()
	close(f.snapshots)
}
