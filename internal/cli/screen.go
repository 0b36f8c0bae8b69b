package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"
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
	collect := func() {}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(-1) // the first frame comes before there is much
		collect = func() { debug.SetGCPercent(garbage) }
	}
	notices := make(chan string, 8)
	s.say = func(sentence string) { // before anything runs that may wait
		select {
		case notices <- sentence:
		default: // as many wait to be shown
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	s.identity = s.identify(a.version)
	first := s.lastScreen()
	s.own.Learn(first.Zone)
	feed := s.startPolling(ctx, func(fault *crash.Fault) { cancel(fault) })
	defer feed.stop()
	options := s.firstOptions(first, !a.colour())
	a.plainly(s, &options)
	options.Open = func(ctx context.Context) ui.Options {
		collect()
		warning := s.openState(ctx)
		close(feed.opened)
		options := s.screenOptions(feed, options)
		options.Notices, options.Lend = notices, a.interrupts.lend
		if !s.demo {
			offers := make(chan ui.Configuration)
			options.Configurations = offers
			r := &reloader{app: a, feed: feed, give: a.offering(feed, options, offers)}
			feed.run(func() { r.run(feed.ctx, s.config.WantedPath) })
		}
		if warning != "" {
			options.Warnings = append(options.Warnings, warning)
		}
		options.Warnings = append(options.Warnings, slices.Concat(s.warnings, a.earlier)...)
		return options
	}
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

// plainly has the screen written as lines where that is wanted, or the terminal can do
// nothing else.
func (a *app) plainly(s *setup, o *ui.Options) {
	if o.Plain = a.flags.plain || s.config.Screen.Plain || os.Getenv("TERM") == "dumb"; o.Plain {
		o.Mouse = false
	}
}

// firstOptions are those of the screen while nothing is open yet.
func (s *setup) firstOptions(first list.First, noColor bool) ui.Options {
	o := ui.Options{
		First: first, Triage: s.triage, Respond: s.settings, Library: s.library,
		RunbookDirectories: s.config.Runbooks.Directories, ConfigPath: s.config.WantedPath,
		Mouse: s.config.Screen.Mouse, Split: s.split(), StoreSplit: s.storeSplit, Tips: s.tips(),
		OpenURL: openURL, Clipboard: clipboards(), Keys: s.config.Keys, Editor: editor.New(os.Getenv), Demo: s.demo, NoColor: noColor, Theme: s.config.Theme, Now: s.now,
		Attention: s.attention(os.Getenv),
	}
	o.ASCII = s.onlyASCII()
	o.Columns = s.config.Columns
	for _, r := range s.readers {
		o.Initial = append(o.Initial, r.Source())
	}
	return o
}

// screenOptions are those of the whole screen, made of the first ones.
func (s *setup) screenOptions(feed *feed, o ui.Options) ui.Options {
	o.Open, o.Snapshots, o.Refresh = nil, feed.channel(), feed.refresh
	if !s.demo && s.identity != "" {
		o.StoreFirst = s.storeLastScreen
	}
	o.MayRun, o.Fill, o.Installed = s.config.Runbooks.MayRun, s.config.Runbooks.Fill, (&child.Programs{Now: s.now}).Installed
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
	o.SLOs, o.Readiness = s.readSLOs(), s.readReadiness()
	o.Metrics, o.Graphs, o.Sparklines = s.metrics, s.config.Graphs, s.config.Sparklines && !o.Plain
	o.History = s.history().Of
	if changes := s.changes(); changes.Reads() {
		o.Changes = changes.Of
	}
	o.Past = s.past()
	if s.account != nil {
		o.ReadAlerts = func(ctx context.Context, id string) error {
			_, err := s.account.Incident(ctx, id)
			return err
		}
		o.OnCallsUntil = func(ctx context.Context, until time.Time, id string) ([]sources.OnCall, sources.Extent, error) {
			return s.account.OnCallsUntil(ctx, until, id)
		}
		o.Overrides = func(ctx context.Context, until time.Time, id string) ([]sources.Override, sources.Extent, error) {
			return s.account.Overrides(ctx, id, until)
		}
	}
	if s.state != nil {
		o.Drafts = s.state
		o.Memory = s.state
		load := &screenLoad{s: s}
		o.Load, o.Night = load.report, load.night
	}
	for _, p := range s.library.Problems() {
		o.Warnings = append(o.Warnings, p.Sentence)
	}
	return o
}

// onlyASCII reports whether the screen has no other characters: what the configuration
// says, else the terminal.
func (s *setup) onlyASCII() bool {
	if ascii := s.config.ASCII; ascii != nil {
		return *ascii
	}
	return onlyASCII(os.Getenv)
}

// onlyASCII reports whether the terminal draws no other characters, according to its
// type and its locale: Linux's console has no dots for graphs.
func onlyASCII(environment func(string) string) bool {
	return environment("TERM") == "linux" || localeOfASCII(environment)
}

// localeOfASCII reports whether the locale has no other characters.
func localeOfASCII(environment func(string) string) bool {
	locale := strings.ToLower(cmp.Or(environment("LC_ALL"), environment("LC_CTYPE"), environment("LANG")))
	return locale == "c" || locale == "posix" || locale != "" && strings.Contains(locale, ".") && !strings.Contains(locale, "utf")
}
