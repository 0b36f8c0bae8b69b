package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"firstline/internal/crash"
	"firstline/internal/naming"
	"firstline/internal/readiness"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// readinessFormats are the formats of readiness.
var readinessFormats = []string{"text", "markdown", "json"}

func (a *app) readinessCommand() *cobra.Command {
	var format string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "readiness [SERVICE]",
		Short: "Say what a service lacks before first line can take it",
		Long: `Measures each criterion of a service: its owner and who is on call for it, its alerting
rules and runbooks, what its incidents cost, its SLO, and says what to do about those
that are not met. Without SERVICE it says so of each service in short. A service that
first line has, and that was beyond a limit on each of the last days, is named: it
should go back to its owner.

Incidents are counted in the history that ` + "`firstline sync`" + ` has stored, the rest is read
now. The limits are under [readiness] in the configuration. docs/readiness.md has the
criteria.

Exit status: 0 ready, 4 a criterion is not met, 3 none of these, and one could not be
measured, 1 failed, 2 wrong usage.`,
		Example: `  firstline readiness
  firstline readiness checkout
  firstline readiness checkout --format markdown`,
		Args: oneName("SERVICE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if asJSON {
				format = "json"
			}
			if !slices.Contains(readinessFormats, format) {
				return usagef("there is no --format %q: use %s", oneLine(format), strings.Join(readinessFormats, ", "))
			}
			return a.withSettled(cmd.Context(), func(ctx context.Context, s *setup) error {
				return a.readiness(ctx, s, strings.Join(args, ""), format)
			})
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().StringVar(&format, "format", "text", "`FORMAT`: "+strings.Join(readinessFormats, ", "))
	cmd.Flags().BoolVar(&asJSON, "json", false, "the same as --format json (docs/json.md)")
	return cmd
}

func (a *app) readiness(ctx context.Context, s *setup, typed, format string) error {
	if err := s.needSource(); err != nil {
		return err
	}
	m := s.measuring(s.slos())
	var past crash.Group // it is read while the sources are
	if err := s.openPast(ctx, m.long()); err != nil {
		m.loadUnread = oneLine(err.Error())
	} else {
		past.Go(func() { m.takeLoads(ctx, nil) })
	}
	l := s.read(ctx)
	past.Wait()
	a.sayFailed(l)
	if len(l.failed()) == len(l.snapshots) {
		return exit(exitFailed)
	}
	m.take(ctx, l, nil)
	services := m.services
	if typed != "" {
		one, err := naming.Find("service", typed, services, m.extent(), (*ownedService).names, func(o *ownedService) string { return o.name })
		if err != nil {
			return err
		}
		services = []*ownedService{one}
	}
	if len(services) == 0 {
		return fmt.Errorf("there is no service: PagerDuty and the alerting rules name none, and [[service]] in %s neither", s.config.WantedPath)
	}
	all := m.reports(ctx, services)
	if typed == "" {
		for _, note := range m.notes {
			a.sayf("%s", oneLine(note))
		}
	}
	if err := a.printReadiness(s, all, typed != "", format); err != nil {
		return err
	}
	switch readiness.Worst(all) {
	case readiness.NotReady:
		return exit(exitWanting)
	case readiness.Unknown:
		return exit(exitPartly)
	}
	return nil
}

func (a *app) printReadiness(s *setup, all []readiness.Report, one bool, format string) error {
	clock, width := wallclock.Of(s.now()), max(a.terminalWidth(), 78)
	text := ""
	switch {
	case format == "json":
		return writeJSON(a.out, readinessJSONOf(all))
	case format == "markdown":
		text = readiness.Markdown(all, clock, s.config.Readiness)
	case one:
		text = all[0].Text(clock, width)
	default:
		text = readiness.Overview(all, clock, width)
	}
	if _, err := fmt.Fprint(a.text(), text); err != nil {
		return fmt.Errorf("printing the readiness: %w", err)
	}
	return nil
}

// extent says whether there may be other services.
func (m *measuring) extent() sources.Extent {
	if m.ownersUnread != "" {
		return sources.Extent{Read: true, Missing: m.ownersUnread}
	}
	return m.owners.Services
}
