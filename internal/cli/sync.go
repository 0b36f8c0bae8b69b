package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"firstline/internal/alive"
	"firstline/internal/config"
	"firstline/internal/history/syncing"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/sources"
)

// longestPast is how far back the history reaches, and how long it is stored.
const longestPast = 400 * 24 * time.Hour

func (a *app) syncCommand() *cobra.Command {
	var since string
	var teams []string
	var again bool
	cmd := &cobra.Command{
		Use:   "sync",
		Short: "Read PagerDuty's history into the state file",
		Long: `Reads the incidents and log entries of the last days, who was on call, and the
people with their time zones into the state file, for ` + "`firstline report`" + ` and
` + "`firstline history`" + `. Later runs read only what is new, and what became of the
incidents that were open.

It takes a third of the requests that PagerDuty allows a minute: about 30,000 log
entries a minute. It can be stopped with ctrl-c, or killed, at any time: the same
command goes on where it was.

Without --team it reads the teams of the configuration, or the whole account.

Exit status: 0 done, 1 failed, 2 wrong usage, 3 something could not be read (it says
what).`,
		Example: `  firstline sync --since 90d
  firstline sync --since 30d --team payments --team search`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			back, err := parsePast(since)
			if err != nil {
				return err
			}
			return a.withSettled(cmd.Context(), func(ctx context.Context, s *setup) error { return a.sync(ctx, s, back, teams, again) })
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&since, "since", "90d", "how far back, as `DURATION` such as 12h, 30d or 4w")
	flags.StringArrayVar(&teams, "team", nil, "only incidents of the team `NAME`, or id; may be repeated")
	flags.BoolVar(&again, "again", false, "read everything again, to find incidents that were deleted")
	return cmd
}

// parsePast reads how far back something reaches: 12h, 30d, 4w.
func parsePast(s string) (time.Duration, error) {
	d, err := model.ParseDuration(s)
	back := time.Duration(d)
	switch {
	case err != nil:
		return 0, usagef("--since %q is no time: write it like 12h, 30d or 4w", s)
	case back <= 0:
		return 0, usagef("--since says how far back, such as 30d")
	case back > longestPast:
		return 0, usagef("--since reaches back 400 days at most")
	}
	return back, nil
}

func (a *app) sync(ctx context.Context, s *setup, back time.Duration, teams []string, again bool) error {
	if s.account == nil {
		return usagef("only PagerDuty has a history to read: set PAGERDUTY_TOKEN, or try --demo")
	}
	if warning := s.openState(ctx); s.state == nil {
		return errors.New(warning)
	} else if warning != "" {
		a.sayf("%s", oneLine(warning))
	}
	lock := s.state.Path() + ".sync"
	if alive.Held(lock) {
		return errors.New("another firstline is reading the history: wait until it is done, or stop it")
	}
	held, err := alive.Hold(lock)
	if err != nil {
		return err
	}
	defer held.Release() //nolint:errcheck // the end of the process releases it too
	if again {
		if err := s.state.ForgetPastWindows(ctx); err != nil {
			return err
		}
	}
	ids, err := s.teamIDs(ctx, teams)
	if err != nil {
		return s.syncFault(err)
	}
	s.learnStoredZone(ctx)
	shown := &syncProgress{a: a, clock: func() wallclock.Clock { return wallclock.Of(s.now()) }}
	syncer := &syncing.Syncer{
		Past: learning{s.account, s.learnZoneOf}, Store: s.state, Now: s.serverNow, References: s.config.Runbooks.References, Report: shown.report,
	}
	if first := s.config.FirstLine.EscalationPolicy; first != "" {
		syncer.Policies = []string{first}
	}
	plan := syncing.Plan{Since: s.notBeforeHistory(s.now().Add(-back)), TeamIDs: ids}
	result, err := syncer.Sync(ctx, plan)
	shown.end()
	if err != nil {
		if ctx.Err() != nil {
			a.sayf("stopped. What came is stored%s: the same command goes on from there", shown.reached())
		}
		return s.syncFault(err)
	}
	if err := s.state.ForgetPast(ctx, s.now().Add(-longestPast)); err != nil {
		return err
	}
	a.printSynced(result, plan, shown.clock())
	if len(result.Missing) > 0 {
		return exit(exitPartly)
	}
	return nil
}

// learning is a past of whose users the person's time zone is taken.
type learning struct {
	sources.Past
	from func([]sources.User)
}

// AllUsers implements sources.Past.
func (l learning) AllUsers(ctx context.Context) ([]sources.User, sources.Extent, error) {
	users, extent, err := l.Past.AllUsers(ctx)
	l.from(users)
	return users, extent, err
}

// syncFault gives the sentence of a failure, with its account where there are several.
func (s *setup) syncFault(err error) error {
	var e *sources.Error
	if errors.As(err, &e) {
		return fmt.Errorf("%s%s: %s", e.Doing, s.inAccount(e.Source), sources.Sentence(err))
	}
	return err
}

// serverNow is the time of PagerDuty's clock, as far as that was read.
func (s *setup) serverNow() time.Time {
	now, found := s.account.ServerTime(s.now())
	if !found {
		return s.now()
	}
	return now
}

// teamIDs finds the teams that are named, or those of the configuration: where one of
// several accounts is read whole, all are.
func (s *setup) teamIDs(ctx context.Context, names []string) ([]string, error) {
	if len(names) == 0 && !slices.ContainsFunc(s.config.PagerDuty, func(p config.PagerDuty) bool { return len(p.Teams) == 0 }) {
		for _, p := range s.config.PagerDuty {
			names = append(names, p.Teams...)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	teams, err := s.account.TeamsNamed(ctx, names)
	ids := make([]string, len(teams))
	for n, t := range teams {
		ids[n] = t.ID
	}
	return ids, err
}

func (a *app) printSynced(r syncing.Result, p syncing.Plan, clock wallclock.Clock) {
	say := func(format string, v ...any) { fmt.Fprintf(a.text(), format+"\n", v...) } //nolint:errcheck // as elsewhere
	say("The history since %s is stored. This run read %s, %s and %s.", clock.Whole(p.Since),
		wording.Count(r.Incidents, "incident"), wording.Count(r.Entries, "log entry"), wording.Count(r.Turns, "on-call entry"))
	if r.Again > 0 {
		say("Read again: %s that had changed or were open.", wording.Count(r.Again, "incident"))
	}
	if r.Deleted > 0 {
		say("PagerDuty no longer has %s.", wording.Count(r.Deleted, "incident"))
	}
	for _, sentence := range r.Missing {
		say("Not read: %s.", oneLine(sentence))
	}
}

// syncProgress shows how far a sync is: a bar on a terminal, else a line now and then.
type syncProgress struct {
	a *app
	// clock is in the person's zone, which the first answer may have.
	clock func() wallclock.Clock
	last  syncing.Progress
	// lined is when the last line was written.
	lined time.Time
	bar   bool
}

// lineEvery is the least time between two lines.
const lineEvery = 10 * time.Second

func (p *syncProgress) report(now syncing.Progress) {
	step := now.Step != p.last.Step
	p.last = now
	if p.a.isTerminal(p.a.errOut) {
		p.bar = true
		fmt.Fprint(p.a.textTo(p.a.errOut), "\r\x1b[K"+p.barOf()) //nolint:errcheck // as elsewhere
		return
	}
	if at := p.a.now(); step || at.Sub(p.lined) >= lineEvery {
		p.lined = at
		p.a.sayf("%s", p.sentence())
	}
}

// sentence is the progress in words.
func (p *syncProgress) sentence() string {
	parts := []string{"reading " + p.last.Step}
	if p.last.Done > 0 {
		parts = append(parts, fmt.Sprintf("%.0f %% of the time", 100*p.last.Done))
	}
	if p.last.Entries > 0 {
		parts = append(parts, wording.Count(p.last.Entries, "log entry"))
	}
	if left := p.last.Left; left > 0 {
		parts = append(parts, "about "+roundly(left)+" left")
	}
	return strings.Join(parts, ", ")
}

// barOf is the progress as a bar that fits in 80 columns.
func (p *syncProgress) barOf() string {
	const width = 20
	full := int(p.last.Done * width)
	return "[" + strings.Repeat("#", full) + strings.Repeat(".", width-full) + "] " + p.sentence()
}

// roundly is a duration as short as one says it.
func roundly(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 90*time.Minute:
		return fmt.Sprintf("%.0f min", d.Minutes())
	}
	return fmt.Sprintf("%.1f h", d.Hours())
}

// reached says how far back the history is now read.
func (p *syncProgress) reached() string {
	if p.last.Back.IsZero() {
		return ""
	}
	return " back to " + p.clock().Whole(p.last.Back)
}

// end leaves the line of the bar.
func (p *syncProgress) end() {
	if p.bar {
		fmt.Fprintln(p.a.errOut) //nolint:errcheck // as elsewhere
	}
}
