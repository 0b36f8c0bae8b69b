package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"firstline/internal/report"
	"firstline/internal/respond"
	"firstline/internal/triage/filter"
	"firstline/runbooks"
	"firstline/sources/demo"
)

// addCompletions gives each command and flag below cmd what completes it, by their
// names. What takes neither a name nor a file completes to nothing.
func (a *app) addCompletions(cmd *cobra.Command) {
	// Shells show what a flag is as it is written, and a help shows it without the marks
	// around the name of its value.
	for _, flags := range []*pflag.FlagSet{cmd.Flags(), cmd.PersistentFlags()} {
		flags.VisitAll(func(f *pflag.Flag) { _, f.Usage = pflag.UnquoteUsage(f) })
	}
	for _, below := range cmd.Commands() {
		a.addCompletions(below)
	}
	if cmd.ValidArgsFunction == nil && cmd.RunE != nil {
		cmd.ValidArgsFunction = a.argumentsOf(cmd)
	}
	for name, complete := range a.flagCompletions(cmd.Name()) {
		if cmd.Flags().Lookup(name) != nil || cmd.PersistentFlags().Lookup(name) != nil {
			if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
				panic(err) // registered twice
			}
		}
	}
}

// argumentsOf completes the arguments of a command.
func (a *app) argumentsOf(cmd *cobra.Command) cobra.CompletionFunc {
	ranked := cobra.ShellCompDirectiveKeepOrder
	targets := a.completes(targetWords, ranked)
	first := func(of, then cobra.CompletionFunc) cobra.CompletionFunc {
		return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) == 0 {
				return of(cmd, args, typed)
			}
			return then(cmd, args, typed)
		}
	}
	switch cmd.Name() {
	case "oncall":
		return first(a.completes(onCallWords, 0), cobra.NoFileCompletions)
	case "readiness":
		return first(a.completes(serviceWords, 0), cobra.NoFileCompletions)
	case "runbook":
		return first(targets, cobra.NoFileCompletions)
	case "postmortem":
		return first(a.completes(incidentWords, ranked), cobra.NoFileCompletions)
	case "urgency":
		return first(fixed("high", "low"), a.completes(incidentWords, ranked))
	case "priority":
		return first(a.completes(priorityWords, ranked), a.completes(incidentWords, ranked))
	case "lint":
		return nil // directories
	}
	if cmd.Flags().Lookup("dry-run") != nil {
		return targets
	}
	return cobra.NoFileCompletions
}

// flagCompletions complete the values of flags of a command.
func (a *app) flagCompletions(command string) map[string]cobra.CompletionFunc {
	filters := a.completes(filterWords, cobra.ShellCompDirectiveNoSpace)
	groups := a.completes(targetWords, cobra.ShellCompDirectiveKeepOrder)
	until := fixed("30m", "1h", "2h", "4h", "1d", "tomorrow 09:00")
	since := fixed("24h", "7d", "30d", "90d")
	all := map[string]cobra.CompletionFunc{
		"by": fixed(texts(report.Groupings())...), "columns": columnWords, "demo": fixed(demo.Stories()...), "exec": cobra.NoFileCompletions,
		"filter": filters, "id": a.completes(silenceWords, 0), "ignore": fixed(texts(runbooks.FindingKinds())...), "instead": fixed(string(respond.BySilence), string(respond.ByIncident)),
		"into": groups, "list": fixed(figureIDs()...), "match": cobra.NoFileCompletions, "month": cobra.NoFileCompletions, "person": a.completes(userWords, 0), "post": first("all", groups),
		"reason": cobra.NoFileCompletions, "role": fixed(string(respond.Developer), string(respond.FirstLine)), "section": cobra.NoFileCompletions,
		"service": a.completes(serviceWords, 0), "set": cobra.NoFileCompletions, "since": since, "sort": fixed(orders()...),
		"table": fixed(report.TableIDs()...), "team": a.completes(teamWords, 0), "to": a.completes(whomWords, 0), "until": until, "width": cobra.NoFileCompletions,
	}
	for _, name := range []string{"alertmanager", "email", "prometheus", "shift-limit", "token-command", "token-env", "token-keyring"} {
		all[name] = cobra.NoFileCompletions
	}
	all["first-line"], all["region"] = a.completes(policyWords, 0), fixed("us", "eu")
	all["runbooks"] = cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	switch command {
	case "list":
		all["format"] = cobra.NoFileCompletions
	case "readiness":
		all["format"] = fixed(readinessFormats...)
	case "report":
		all["format"] = fixed(reportFormats...)
	case "lint":
		all["format"] = fixed("text", "github", "json")
	}
	return all
}

// fixed completes to one of some words.
func fixed(words ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder)
}

// first completes to a word, or to others.
func first(word string, others cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		found, directive := others(cmd, args, typed)
		if strings.HasPrefix(word, typed) {
			found = slices.Insert(found, 0, word)
		}
		return found, directive
	}
}

func texts[T ~string](all []T) []string {
	var texts []string
	for _, one := range all {
		if one != "" {
			texts = append(texts, string(one))
		}
	}
	return texts
}

func figureIDs() []string {
	var ids []string
	for _, f := range report.Figures() {
		ids = append(ids, f.ID)
	}
	return ids
}

// orders are the orders of the list, each also turned round.
func orders() []string {
	names := orderNames()
	for _, name := range slices.Clone(names) {
		names = append(names, "-"+name)
	}
	return names
}

// columnWords completes the last of the columns between commas.
func columnWords(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndex(typed, ",")+1]
	var found []cobra.Completion
	for _, name := range append(columnNames(), labelColumn) {
		if !slices.Contains(strings.Split(before, ","), name) {
			found = append(found, before+name)
		}
	}
	return found, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveKeepOrder
}

// filterWords complete the last condition of a filter: a saved filter, a name, or a value
// after an operator.
func filterWords(c *completing) []cobra.Completion {
	at := strings.LastIndex(c.typed, " ") + 1
	before, condition := c.typed[:at], c.typed[at:]
	var w offers
	if end := strings.IndexAny(condition, "=!~<>"); end > 0 {
		operator := condition[end : len(condition)-len(strings.TrimLeft(condition[end:], "=!~<>"))]
		for _, value := range filter.Values(c.groups, condition[:end]) {
			if filter.QuoteValue(value) == value {
				w.add(before+condition[:end]+operator+value, "")
			}
		}
		return w
	}
	for i := range c.config.Filters {
		w.add(before+"@"+c.config.Filters[i].Name, c.config.Filters[i].Expression)
	}
	for _, name := range filter.Flags() {
		w.add(before+name, "")
	}
	for _, name := range filter.Names(c.groups) {
		if slices.Contains(filter.Times(), name) {
			w.add(before+name, "")
		} else {
			w.add(before+name+"=", "")
		}
	}
	return w
}
