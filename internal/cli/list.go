package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"firstline/internal/triage"
	"firstline/internal/triage/filter"
	"firstline/internal/wording"
)

func (a *app) listCommand() *cobra.Command {
	var text string
	var asJSON, changes, slos bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Print the alert groups once",
		Long: `Prints every alert group once: an incident and the alerts that belong to it, or
alerts that nobody was notified of.

Exit status: 0 when all sources answered wholly, 3 when some did or something of
them is not read, 1 when none did.`,
		Example: `  firstline list
  firstline list --filter 'service=checkout severity!=info'
  firstline list --filter '@night team=payments'
  firstline list --json | jq -r '.groups[] | select(.incident == null) | .title'
  firstline list --json --changes --slo --filter service=checkout | jq '.groups[].changes'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withSettled(cmd.Context(), func(ctx context.Context, s *setup) error {
				f, err := filter.Parse(text, s.config.SavedFilters())
				if err != nil {
					return usagef("--filter: %w", err)
				}
				if changes && !asJSON {
					return usagef("--changes needs --json: the screen lists changes in the details")
				}
				if slos && !asJSON {
					return usagef("--slo needs --json: the screen shows SLOs in the details")
				}
				return a.list(ctx, s, f, asJSON, changes, slos)
			})
		},
	}
	cmd.Flags().StringVar(&text, "filter", "", "only groups that match `FILTER`, as the screen's / takes it (docs/filters.md)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (docs/json.md)")
	cmd.Flags().BoolVar(&changes, "changes", false, "with --json: also what changed around each problem, which needs further requests")
	cmd.Flags().BoolVar(&slos, "slo", false, "with --json: also the SLOs of each group, which needs further requests")
	return cmd
}

func (a *app) list(ctx context.Context, s *setup, shown filter.Filter, asJSON, changes, slos bool) error {
	if err := s.needSource(); err != nil {
		return err
	}
	l := s.readBriefly(ctx)
	a.sayFailed(l)
	a.sayMissing(l)
	var groups []triage.Group
	for _, g := range l.groups {
		if shown.Match(g, l.at) {
			groups = append(groups, g)
		}
	}
	if asJSON {
		out := listOf(l, groups, s.library, s.settings)
		if changes {
			s.addChanges(ctx, l, &out)
		}
		if slos {
			s.addSLOs(ctx, l, &out)
		}
		if err := writeJSON(a.out, out); err != nil {
			return err
		}
	} else if err := a.writeTable(groups, l.at); err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	if len(groups) == 0 {
		a.sayf("%s", l.nothing(shown))
	}
	return exit(l.status())
}

// nothing says why the list is empty. It is said aside, so that a script gets
// no line, and never claims to know what a source that failed would know.
func (l reading) nothing(shown filter.Filter) string {
	failed := len(l.failed())
	switch {
	case failed == len(l.snapshots):
		return "nothing is known: no source could be read"
	case len(l.groups) > 0 && !shown.Empty():
		return fmt.Sprintf("none of %s matches the filter", wording.Count(len(l.groups), "group"))
	case failed > 0:
		return "nothing is wrong as far as the sources that answered know"
	case l.status() != exitDone:
		return "nothing is wrong as far as was read, but not all of " + strings.Join(l.partly(), ", ") + " was"
	}
	return "nothing is wrong"
}
