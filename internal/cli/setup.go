package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"reflect"
	"sync"
	"time"

	"firstline/internal/accounts"
	"firstline/internal/config"
	"firstline/internal/credentials"
	"firstline/internal/execute"
	"firstline/internal/respond"
	"firstline/internal/store"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/runbooks"
	"firstline/sources"
	"firstline/sources/pagerduty"
)

// setup is what a command works with: the configuration and all that is made
// of it.
type setup struct {
	config config.Config
	demo   bool
	// syncing is locked while the demo's history is read.
	syncing *sync.Mutex
	// tokenOf finds the token of a PagerDuty account.
	tokenOf func(config.PagerDuty) func(context.Context) (string, error)
	// say reports a wait to the person.
	say     func(sentence string)
	readers []reader
	// directory are PagerDuty's services and teams, for the report.
	directory sources.Data
	// account is PagerDuty, which may be several accounts; nil without one, or when
	// none could be made. clients are those that could be.
	account   accounts.Account
	clients   []*pagerduty.Client
	silencers []sources.Silencer
	// metrics are the Prometheuses that answer queries.
	metrics  []sources.Metrics
	settings respond.Settings
	triage   triage.Options
	library  *runbooks.Library
	// state is what outlives the terminal; nil when it can't be opened.
	state *store.Store
	// identity is a digest of all that decides whose rows the screen shows, empty where
	// not all tokens were found; tokenDigests are those of the tokens, by account.
	identity     string
	tokenDigests map[string]string
	// warnings are what the person is to know of the configuration.
	warnings []string
	// stateDirectory is where it is.
	stateDirectory string
	log            *slog.Logger
	// own says what time it is, in the person's zone; now is its Now.
	own *wallclock.Own
	now func() time.Time
	// wait waits before something is looked at or sent again; nil: a timer.
	wait func(context.Context, time.Duration) error

	// made are the clients with what they were made of, by source. continued are the
	// sources that have another client than before for the same data.
	made      map[sources.Source]made
	continued []string

	closers []func()
}

// made is a client with what it was made of.
type made struct {
	of     any
	client sources.Reader
}

// reader is a source and how often it is read.
type reader struct {
	sources.Reader
	interval time.Duration
}

func (s *setup) close() {
	s.closeUnused(&setup{})
	for i := len(s.closers) - 1; i >= 0; i-- {
		s.closers[i]()
	}
}

func (s *setup) atEnd(f func()) { s.closers = append(s.closers, f) }

// newSetup reads the configuration and makes everything from it. A source that
// can't be made becomes one that fails with the reason: the others still work.
func (a *app) newSetup(ctx context.Context) (s *setup, err error) {
	s = &setup{stateDirectory: a.stateDirectory(), wait: a.wait, say: func(sentence string) { a.sayf("%s", oneLine(sentence)) }}
	s.own = wallclock.NewOwn(a.now, nil)
	s.now = s.own.Now
	defer func() {
		if err != nil {
			s.close()
			s = nil
		}
	}()
	if s.log, err = a.openLog(s); err != nil {
		return s, err
	}
	options := runbooks.Options{}
	if a.flags.demo != "" {
		if err := s.startDemo(&options, a.flags.demo, a.flags.role); err != nil {
			return s, err
		}
		if a.flags.config != "" {
			if err := s.dressDemo(a.flags.config); err != nil {
				return s, err
			}
		}
	} else {
		if s.config, err = config.Load(a.flags.config); err != nil {
			return s, err
		}
		a.ascii = s.config.ASCII
		if a.flags.role != "" {
			if s.config.Me.Role, err = respond.ParseRole(a.flags.role); err != nil {
				return s, usagef("--role: %v", err)
			}
		}
		s.own = wallclock.NewOwn(a.now, s.config.Me.Zone)
		s.now = s.own.Now
	}
	a.equip(ctx, s, &setup{}, options)
	s.log.Info("started", "version", a.version, "configuration", s.config.Path, "sources", len(s.readers), "demo", s.demo)
	return s, nil
}

// equip makes everything of the configuration. What the setup before it made in the same
// way is used again.
func (a *app) equip(ctx context.Context, s, before *setup, options runbooks.Options) {
	if !s.demo {
		s.tokenOf = func(p config.PagerDuty) func(context.Context) (string, error) {
			if a.completing && !p.AsksNobody() {
				return func(context.Context) (string, error) { return "", config.ErrNoToken }
			}
			return s.telling(p.Token)
		}
		options.Directories = s.config.Runbooks.Directories
	}
	a.hide(s.config.TokenVariables()...)
	s.config.AddSecrets(ctx)
	s.makeSources(ctx, a.version, before)
	s.triage = s.config.Triage()
	s.settings = respond.Settings{
		Role:             s.config.Me.Role,
		Email:            s.config.Me.Email,
		FirstLineName:    s.config.FirstLine.Name,
		FirstLinePolicy:  s.config.FirstLine.EscalationPolicy,
		FirstLineService: s.config.FirstLine.Service,
		Services:         s.config.Acting,
		ReadOnly:         a.flags.readOnly,
		HasPagerDuty:     len(s.config.PagerDuty) > 0,
		Triage:           s.triage,
	}
	for _, p := range s.config.PagerDuty {
		if p.Email != s.config.Me.Email {
			if s.settings.Emails == nil {
				s.settings.Emails = map[string]string{}
			}
			s.settings.Emails[p.Name] = p.Email
		}
	}
	for _, silencer := range s.silencers {
		s.settings.Silencers = append(s.settings.Silencers, silencer.Source().Name)
	}
	if s.library = before.library; s.library == nil || !reflect.DeepEqual(s.config.Runbooks, before.config.Runbooks) {
		options.Fetcher = s.newFetcher(a.version)
		s.library = runbooks.Open(options)
	}
}

// learnZone takes the person's time zone from what PagerDuty says; of several accounts the
// first one, so that times do not go back and forth.
func (s *setup) learnZone(snapshots ...sources.Snapshot) {
	first := s.config.Account().Name
	for _, snap := range snapshots {
		if me := snap.Data.Me; me != nil && snap.Source.Name == first {
			s.own.Learn(me.TimeZone)
		}
	}
}

// telling makes a token source report what it waits for.
func (s *setup) telling(find func(context.Context) (string, error)) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		return find(sources.ReportWaits(ctx, func(sentence string) { s.say(sentence) }))
	}
}

// doer carries actions out.
func (s *setup) doer() *execute.Doer {
	d := &execute.Doer{Silencers: s.silencers, ReadOnly: s.settings.ReadOnly, Now: s.now, Email: s.settings.Email, Wait: s.wait}
	if s.account != nil {
		d.Incidents = s.account
	}
	d.Journal = new(execute.Memory)
	if s.state != nil {
		d.Journal = journal{s.state}
	}
	return d
}

// openLog opens the log file; without one nothing is logged anywhere.
func (a *app) openLog(s *setup) (*slog.Logger, error) {
	if a.flags.logFile == "" {
		return slog.New(slog.DiscardHandler), nil
	}
	f, err := os.OpenFile(a.flags.logFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the log file: %w", err)
	}
	s.atEnd(func() { f.Close() }) //nolint:errcheck // nothing can be done about a log that does not close
	return newLog(f), nil
}

func newLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(discreet{w}, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// discreet hides our secrets in what is written. Each Write is one line.
type discreet struct{ w io.Writer }

func (d discreet) Write(p []byte) (int, error) {
	if _, err := io.WriteString(d.w, credentials.HideAny(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}
