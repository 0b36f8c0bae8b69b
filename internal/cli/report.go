package cli

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"firstline/internal/history/past"
	"firstline/internal/report"
	"firstline/internal/respond"
	"firstline/internal/rollout"
	"firstline/internal/weekhours"
	"firstline/sources"
	"firstline/sources/demo"
)

type reportFlags struct {
	since, month          string
	team, service, person string
	by, format            string
	explain, compare      bool
	list, table           string
	shiftLimit            int
}

// reportFormats are the formats of a report.
var reportFormats = []string{"table", "markdown", "html", "csv", "json"}

func (a *app) reportCommand() *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Say what on-call cost: interruptions, nights, times, escalations",
		Long: `Computes the load of on-call from the history that ` + "`firstline sync`" + ` has stored, and
compares it with the same time before. Only for SLOs it asks Prometheus, and with
--compare PagerDuty's Analytics.

--explain says exactly what each figure is, and --list shows the incidents behind one.
What is not known is "?", and a sentence below says why.

Exit status: 0 done, 1 failed, 2 wrong usage, 3 a part of the history was not read (it
says which).`,
		Example: `  firstline report --since 30d
  firstline report --since 30d --by person --team payments
  firstline report --list sleep --person "Ann Schmidt"
  firstline report --month 2026-10 --table compensation --format csv
  firstline report --explain
  firstline report --since 90d --by week --format csv
  firstline report --since 30d --by team --format html > on-call.html`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			back, err := f.check()
			if err != nil {
				return err
			}
			if f.month != "" && cmd.Flags().Changed("since") {
				return usagef("--month is a time of its own: leave out --since")
			}
			f.compare = f.compare || f.table == report.CompareTable
			if f.explain {
				return a.printDefinitions()
			}
			return a.withSettled(cmd.Context(), func(ctx context.Context, s *setup) error { return a.reportLoad(ctx, s, f, back) })
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.since, "since", "30d", "how far back, as `DURATION` such as 7d, 30d or 12w")
	flags.StringVar(&f.month, "month", "", "the calendar month `YYYY-MM` instead, in your time zone")
	flags.StringVar(&f.team, "team", "", "only incidents of the team `NAME`, or id")
	flags.StringVar(&f.service, "service", "", "only incidents of the service `NAME`, or id")
	flags.StringVar(&f.person, "person", "", "only what is about the person `NAME`, or id")
	flags.StringVar(&f.by, "by", "", "a row for each `GROUP`: person, team, service, stage, week or hour")
	flags.StringVar(&f.format, "format", "table", "`FORMAT`: "+strings.Join(reportFormats, ", "))
	flags.StringVar(&f.list, "list", "", "the incidents behind the figure `ID`, as --explain names it")
	flags.StringVar(&f.table, "table", "", "only the table `ID`: "+strings.Join(report.TableIDs(), ", "))
	flags.BoolVar(&f.explain, "explain", false, "say what each figure and table is")
	flags.BoolVar(&f.compare, "compare", false, "set the figures of PagerDuty's Analytics beside these; asks PagerDuty")
	flags.IntVar(&f.shiftLimit, "shift-limit", 2, "how many interruptions a shift of 12 hours may have, `N`")
	return cmd
}

func (f *reportFlags) check() (time.Duration, error) {
	back, err := parsePast(f.since)
	switch {
	case err != nil:
		return 0, err
	case !slices.Contains(reportFormats, f.format):
		return 0, usagef("there is no --format %q: use %s", f.format, strings.Join(reportFormats, ", "))
	case f.by != "" && !slices.Contains(report.Groupings(), report.Grouping(f.by)):
		return 0, usagef("there is no --by %q: use person, team, service, stage, week or hour", f.by)
	case f.list != "" && figureAt(f.list) < 0:
		return 0, usagef("--list %q is no figure: firstline report --explain names them", f.list)
	case f.list != "" && (f.by != "" || f.format != "table"):
		return 0, usagef("--list prints the incidents of one figure: leave out --by and --format")
	case f.table != "" && !slices.Contains(report.TableIDs(), f.table):
		return 0, usagef("there is no --table %q: use %s", f.table, strings.Join(report.TableIDs(), ", "))
	case f.table != "" && (f.list != "" || f.by != ""):
		return 0, usagef("--table prints one table of the report: leave out --list and --by")
	case f.table != "" && f.format == "html":
		return 0, usagef("--format html is for the whole report: leave out --table")
	case f.table != "" && f.person != "":
		return 0, usagef("the tables are about all people: leave out --person")
	case f.compare && (f.list != "" || f.person != "" || f.format == "csv" && f.table == ""):
		return 0, usagef("--compare is a table of the report: leave out --list and --person, and use --table compare with --format csv")
	case f.month != "" && !isMonth(f.month):
		return 0, usagef("--month %q is no month: write it like 2026-10", f.month)
	case f.shiftLimit < 1:
		return 0, usagef("--shift-limit is 1 at least")
	}
	return back, nil
}

func isMonth(s string) bool {
	_, err := time.Parse("2006-01", s)
	return err == nil
}

// span returns the time to report on.
func (f *reportFlags) span(now time.Time, back time.Duration) (sources.Span, error) {
	if f.month == "" {
		return sources.Span{Since: now.Add(-back), Until: now}, nil
	}
	first, err := time.ParseInLocation("2006-01", f.month, now.Location())
	if err != nil || first.After(now) {
		return sources.Span{}, usagef("--month %s has not begun", f.month)
	}
	span := sources.Span{Since: first, Until: first.AddDate(0, 1, 0)}
	if span.Until.After(now) {
		span.Until = now
	}
	return span, nil
}

// before returns the month before a whole month: months are not of the same length. It is
// zero for another time.
func (f *reportFlags) before(span sources.Span) sources.Span {
	if f.month == "" || !span.Since.AddDate(0, 1, 0).Equal(span.Until) {
		return sources.Span{}
	}
	return sources.Span{Since: span.Since.AddDate(0, -1, 0), Until: span.Since}
}

func figureAt(id string) int {
	return slices.IndexFunc(report.Figures(), func(f report.Figure) bool { return f.ID == id })
}

func (a *app) reportLoad(ctx context.Context, s *setup, f reportFlags, back time.Duration) error {
	span, err := f.span(s.now(), back)
	if err != nil {
		return err
	}
	if err := s.openPast(ctx, s.now().Sub(span.Since)+24*time.Hour); err != nil { // the month of another zone begins up to a day earlier
		return err
	}
	s.readDirectory(ctx)
	now := s.now() // in the person's zone, which is stored
	if span, err = f.span(now, back); err != nil {
		return err
	}
	o := s.reportOptions(now, span)
	o.Before = f.before(span)
	o.Team, o.Service, o.Person, o.By, o.ShiftLimit = f.team, f.service, f.person, report.Grouping(f.by), f.shiftLimit
	var comparison []report.Table
	r, err := s.makeReport(ctx, o, f.month == "", func(h *past.History, o *report.Options) error {
		if f.compare {
			comparison = []report.Table{s.compareReport(ctx, *h, *o)}
		}
		return s.addToReport(ctx, h, o, f)
	})
	if err != nil {
		return err
	}
	if f.person == "" {
		r.Tables = append(r.Tables, s.followUpsTable())
	}
	r.Tables = append(r.Tables, comparison...)
	if f.table != "" {
		r.Tables = slices.DeleteFunc(r.Tables, func(t report.Table) bool { return t.ID != f.table })
	}
	if err := a.printReport(&r, f, now); err != nil {
		return err
	}
	if len(r.Missing) > 0 || f.compare && (comparison[0].Unknown != "" || comparison[0].Doubt != "") {
		return exit(exitPartly)
	}
	return nil
}

// pastFor reads the stored history since a time ago.
func (s *setup) pastFor(ctx context.Context, o report.Options, back time.Duration) (past.History, error) {
	h, err := s.state.Past(ctx, "", sources.Span{Since: o.Span.Until.Add(-back), Until: o.Span.Until})
	if err != nil {
		return past.History{}, err
	}
	scopes, err := s.state.PastScopes(ctx)
	if err != nil || slices.Contains(scopes, "") || len(scopes) == 0 {
		return h, err
	}
	scope := ""
	for _, one := range scopes {
		if len(scopes) == 1 || o.Team != "" && slices.Contains(strings.Split(one, ","), teamIn(h, o.Team)) {
			scope = one
		}
	}
	if scope == "" {
		return past.History{}, errors.New("the history of several teams is stored, and not the account's: name one with --team, or run `firstline sync` without --team")
	}
	h.Log, h.OnCalls, h.ReadAt, err = s.state.PastSpans(ctx, scope)
	return h, err
}

// teamIn returns the id of a team of the incidents, or what was typed.
func teamIn(h past.History, typed string) string {
	for i := range h.Incidents {
		for _, t := range h.Incidents[i].Teams {
			if t.ID == typed || strings.EqualFold(t.Name, typed) {
				return t.ID
			}
		}
	}
	return typed
}

// stages returns the stages of services in the configuration, or nil where all are in
// full.
func (s *setup) stages() func(past.Name) rollout.Stage {
	for _, acting := range s.config.Acting {
		if acting.Stage.OrFull() != rollout.Full {
			settings := respond.Settings{Services: s.config.Acting}
			return func(service past.Name) rollout.Stage {
				return settings.StageOfService(sources.Reference{ID: service.ID, Name: service.Name})
			}
		}
	}
	return nil
}

// developerHours returns the hours of services in the configuration, or nil where none
// has any.
func (s *setup) developerHours() func(past.Name) (weekhours.Hours, bool) {
	hours := map[string]weekhours.Hours{}
	for name, acting := range s.config.Acting {
		if !acting.Hours.IsZero() {
			hours[strings.ToLower(cmp.Or(acting.PagerDuty, name))] = acting.Hours
		}
	}
	if len(hours) == 0 {
		return nil
	}
	return func(service past.Name) (weekhours.Hours, bool) {
		for _, key := range []string{service.ID, service.Name} {
			if h, found := hours[strings.ToLower(key)]; found {
				return h, true
			}
		}
		return weekhours.Hours{}, false
	}
}

// historyBegins is when the history begins that can be read, or zero where that is not
// known.
func (s *setup) historyBegins() time.Time {
	if s.demo {
		return demo.PastBegins(s.now()).Truncate(time.Second)
	}
	return time.Time{}
}

// notBeforeHistory moves a time to the beginning of what can be read: a time without
// a history is not a quiet one.
func (s *setup) notBeforeHistory(t time.Time) time.Time {
	if begins := s.historyBegins(); begins.After(t) {
		return begins
	}
	return t
}
