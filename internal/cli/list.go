package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"firstline/internal/triage"
	"firstline/internal/triage/filter"
	"firstline/internal/wording"
)

// listFlags are those of list.
type listFlags struct {
	filter, columns, sort, format string
	asJSON, changes, slos, watch  bool
}

// listOutput is how list prints groups.
type listOutput struct {
	order   listOrder
	columns []column
	// format is nil where no template is given.
	format *groupFormat
}

func (a *app) listCommand() *cobra.Command {
	var f listFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Print the alert groups",
		Long: `Prints every alert group once: an incident and the alerts that belong to it, or
alerts that nobody was notified of.

--columns chooses columns:
  ` + strings.Join(columnNames()[:8], ", ") + `,
  ` + strings.Join(columnNames()[8:], ", ") + `,
  and label:NAME for a label of the alerts.

--format prints each group by a template of Go's text/template, whose fields are those
of a group of --json: {{.title}}, {{.incident.number}}. What is null is empty. Texts are on
one line and safe to print; --json has them exactly. \t and \n outside of {{ }} are a tab
and a line break. Besides the functions of Go's there are:
` + formatFunctionsHelp() + `
--watch reads the sources as the screen does, and prints the list again whenever it has
changed. Values of alerts and times of reading are no change. "firstline watch" prints
what changed instead.

Exit status: 0 when all sources answered wholly, 3 when some did or something of
them is not read, 1 when none did, 2 wrong usage; with --watch 1 when it can't go on, 130
after ctrl-c, 143 after SIGTERM.`,
		Example: `  firstline list
  firstline list --filter 'service=checkout severity!=info'
  firstline list --filter '@night team=payments'
  firstline list --columns id,age,label:namespace,title --sort=-age
  firstline list --format '{{.id}}\t{{age .since}}\t{{join ", " .alert_names}}'
  firstline list --format '{{with .incident}}#{{.number}} {{end}}{{default "-" .service}}: {{.title}}'
  firstline list --watch --json | jq -r '.groups | length'
  firstline list --json | jq -r '.groups[] | select(.incident == null) | .title'
  firstline list --json --changes --slo --filter service=checkout | jq '.groups[].changes'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			output, err := f.output(cmd.Flags().Changed)
			if err != nil {
				return err
			}
			return a.withSettled(cmd.Context(), func(ctx context.Context, s *setup) error {
				shown, err := filter.Parse(f.filter, s.config.SavedFilters())
				if err != nil {
					return usagef("--filter: %w", err)
				}
				if f.watch {
					return a.watchList(ctx, s, shown, f, output)
				}
				return a.list(ctx, s, shown, f, output)
			})
		},
	}
	cmd.Flags().StringVar(&f.filter, "filter", "", "only groups that match `FILTER`, as the screen's / takes it (docs/filters.md)")
	cmd.Flags().StringVar(&f.columns, "columns", usualColumns, "print the columns `NAMES`, in that order")
	cmd.Flags().StringVar(&f.sort, "sort", string(triage.ByRank), "in the `ORDER` "+string(triage.ByRank)+" or of a column; with - before it turned round, as in --sort=-age")
	cmd.Flags().StringVar(&f.format, "format", "", "print each group by a Go `TEMPLATE`")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print JSON (docs/json.md)")
	cmd.Flags().BoolVar(&f.changes, "changes", false, "with --json: also what changed around each problem, which needs further requests")
	cmd.Flags().BoolVar(&f.slos, "slo", false, "with --json: also the SLOs of each group, which needs further requests")
	cmd.Flags().BoolVar(&f.watch, "watch", false, "print the list again whenever it has changed, until it is ended; with --json each on one line")
	return cmd
}

// output reads the flags that say how groups are printed.
func (f *listFlags) output(given func(flag string) bool) (listOutput, error) {
	var out listOutput
	switch {
	case f.changes && !f.asJSON:
		return out, usagef("--changes needs --json: the screen lists changes in the details")
	case f.slos && !f.asJSON:
		return out, usagef("--slo needs --json: the screen shows SLOs in the details")
	case f.watch && (f.changes || f.slos):
		return out, usagef("--watch takes neither --changes nor --slo: they need further requests each time")
	case f.asJSON && given("format"), f.asJSON && given("columns"), given("format") && given("columns"):
		return out, usagef("--json, --format and --columns each say what is printed: give one of them")
	}
	var err error
	if out.order, err = parseOrder(f.sort); err != nil {
		return out, usagef("--sort: %w", err)
	}
	if out.columns, err = parseColumns(f.columns); err != nil {
		return out, usagef("--columns: %w", err)
	}
	if given("format") {
		if out.format, err = parseFormat(f.format); err != nil {
			return out, usagef("--format: %w", err)
		}
	}
	return out, nil
}

func (a *app) list(ctx context.Context, s *setup, shown filter.Filter, f listFlags, output listOutput) error {
	if err := s.needSource(); err != nil {
		return err
	}
	l := s.readBriefly(ctx)
	a.sayFailed(l)
	a.sayMissing(l)
	groups := output.choose(&l, shown)
	switch {
	case f.asJSON:
		out := listOf(l, groups, s.library, s.settings)
		if f.changes {
			s.addChanges(ctx, l, &out)
		}
		if f.slos {
			s.addSLOs(ctx, l, &out)
		}
		if err := writeJSON(a.out, out); err != nil {
			return err
		}
	default:
		if err := a.print(s, l, groups, output); err != nil {
			return err
		}
	}
	if len(groups) == 0 {
		a.sayf("%s", l.nothing(shown))
	}
	return exit(l.status())
}

// choose sorts the groups, and returns those to print.
func (o *listOutput) choose(l *reading, shown filter.Filter) []triage.Group {
	o.order.sort(l.groups, tableOf(*l, o.columns))
	var groups []triage.Group
	for _, g := range l.groups {
		if shown.Match(g, l.at) {
			groups = append(groups, g)
		}
	}
	return groups
}

// print prints groups as a table or by a template.
func (a *app) print(s *setup, l reading, groups []triage.Group, o listOutput) error {
	if o.format == nil {
		if err := a.writeTable(groups, tableOf(l, o.columns)); err != nil {
			return fmt.Errorf("writing the list: %w", err)
		}
		return nil
	}
	text, err := o.format.lines(listOf(l, groups, s.library, s.settings).Groups, l.at)
	if err != nil {
		return usagef("--format: %w", err)
	}
	if _, err := io.WriteString(a.out, text); err != nil {
		return fmt.Errorf("writing the list: %w", err)
	}
	return nil
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
