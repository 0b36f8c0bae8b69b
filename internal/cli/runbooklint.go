package cli

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"firstline/internal/wanted"
	"firstline/internal/wording"
	"firstline/runbooks"
	"firstline/sources"
)

// maxRuleFile bounds a rule file, in bytes.
const maxRuleFile = 16 << 20

type lintOutputJSON struct {
	OK       bool          `json:"ok"`
	Runbooks int           `json:"runbooks"`
	Rules    int           `json:"rules"`
	Findings []lintFinding `json:"findings"`
}

// lintFinding is one finding as JSON has it.
type lintFinding struct {
	Kind      string         `json:"kind"`
	Path      *string        `json:"path"`
	Line      *int           `json:"line"`
	Alerts    []string       `json:"alerts"`
	Positions []lintPosition `json:"positions"`
	Sentence  string         `json:"sentence"`
}

type lintPosition struct {
	Line *int    `json:"line"`
	Text *string `json:"text"`
}

// lintFlags are those of runbook lint.
type lintFlags struct {
	rules, sections, ignore []string
	format                  string
	json                    bool
}

func (a *app) lintCommand() *cobra.Command {
	var f lintFlags
	cmd := &cobra.Command{
		Use:   "lint [DIRECTORY...]",
		Short: "Check the runbooks against the alerting rules",
		Long: `Checks the runbooks of the DIRECTORYs, else those of the configuration: alerts
without a runbook or without a heading in it, names that several teams use,
runbooks without a rule, sections that most others have, dead relative links and
dead anchors in the rules, variables and placeholders that no label fills,
variables that are set in one shell and used in another, commands in fences
without a language, files that can't be used. There is one finding for each file
and kind; --ignore leaves kinds out.

The rules are those of the rule files given with --rules, which may also be
PrometheusRule objects of Kubernetes; without them those of each configured
Prometheus. An alert whose runbook_url leads to the web counts as having a
runbook there, unless fetch = false.

Exit status: 0 nothing found, 4 something found, 2 the runbooks or rules could
not be read.`,
		Example: `  firstline runbook lint
  firstline runbook lint --rules alerts.yaml --rules more.yaml runbooks
  firstline runbook lint --format github --ignore "unfilled placeholder" --rules alerts.yaml runbooks`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withSettled(cmd.Context(), func(ctx context.Context, s *setup) error {
				if !cmd.Flags().Changed("sections") {
					f.sections = nil
				}
				return a.lint(ctx, s, args, f)
			})
		},
	}
	cmd.Flags().StringArrayVar(&f.rules, "rules", nil, "read the rules from the rule file `FILE` (may be given several times)")
	cmd.Flags().StringSliceVar(&f.sections, "sections", runbooks.Sections(), "the sections that an alert's runbook must have; without it those of the default that most have")
	cmd.Flags().StringArrayVar(&f.ignore, "ignore", nil, "leave out the findings of a `KIND` (may be given several times)")
	cmd.Flags().StringVar(&f.format, "format", "text", "print as `FORMAT`: text, github (annotations of a workflow) or json")
	cmd.Flags().BoolVar(&f.json, "json", false, "the same as --format json (docs/json.md)")
	return cmd
}

func (a *app) lint(ctx context.Context, s *setup, directories []string, f lintFlags) error {
	library := s.library
	if len(directories) > 0 {
		library = runbooks.Open(runbooks.Options{Directories: directories})
	}
	for _, p := range library.Problems() {
		if slices.Contains(directories, p.Path) {
			return usagef("%s", p.Sentence)
		}
	}
	if len(library.Runbooks()) == 0 && len(library.Problems()) == 0 {
		return usagef("there are no runbooks: name a DIRECTORY, or [runbooks] directories in %s", s.config.WantedPath)
	}
	options := runbooks.LintOptions{
		Variables: slices.Collect(maps.Keys(s.config.Runbooks.Fill)),
		Web:       s.config.Runbooks.Fetch,
	}
	if f.sections != nil {
		options.Sections = slices.DeleteFunc(f.sections, func(section string) bool { return strings.TrimSpace(section) == "" })
	}
	for _, kind := range f.ignore {
		if !slices.Contains(runbooks.FindingKinds(), runbooks.FindingKind(kind)) {
			return usagef("there is no kind %q: there are %s", oneLine(kind), kindNames())
		}
		options.Ignore = append(options.Ignore, runbooks.FindingKind(kind))
	}
	write, ok := findingsWriters[f.format]
	switch {
	case f.json:
		write = writeFindingsJSON
	case !ok:
		return usagef("there is no format %q: there are text, github and json", oneLine(f.format))
	}
	rules, err := a.lintRules(ctx, s, f.rules, &options)
	if err != nil {
		return err
	}
	queryOf := wanted.OfRules(s.triage)
	for i := range rules {
		rules[i].Query = queryOf(rules[i])
	}
	found := library.Lint(rules, options)
	if err := write(a, checked{found, len(library.Runbooks()), len(rules)}); err != nil {
		return err
	}
	a.sayf("%s and %s checked, %s", wording.Count(len(library.Runbooks()), "runbook"), wording.Count(len(rules), "rule"), wording.Count(len(found), "finding"))
	if len(found) > 0 {
		return exit(exitWanting)
	}
	return nil
}

// lintRules reads the rules from files, else from each configured Prometheus,
// whose alerts also show which labels exist.
func (a *app) lintRules(ctx context.Context, s *setup, files []string, o *runbooks.LintOptions) ([]runbooks.AlertRule, error) {
	var rules []runbooks.AlertRule
	for _, file := range files {
		found, err := readRules(file)
		if err != nil {
			return nil, &exitError{status: exitUsage, err: err}
		}
		for i := range found {
			found[i].Path = file
		}
		rules = append(rules, found...)
	}
	if len(files) > 0 {
		return rules, nil
	}
	asked := 0
	for _, r := range s.readers {
		if r.Source().Kind != sources.Prometheus {
			continue
		}
		asked++
		snap := sources.ReadOnce(ctx, r.Reader)
		if !snap.OK() {
			return nil, usagef("%s", failure(snap))
		}
		for _, rule := range snap.Data.Rules {
			rules = append(rules, runbooks.AlertRule{Name: rule.Name, Labels: rule.Labels, Annotations: rule.Annotations, Expression: rule.Query})
		}
		for _, alert := range snap.Data.Alerts {
			o.Variables = slices.AppendSeq(o.Variables, maps.Keys(alert.Labels))
		}
	}
	if asked == 0 {
		a.sayf("no Prometheus is configured and no --rules are given: the runbooks are checked without rules")
	}
	return rules, nil
}

func readRules(path string) ([]runbooks.AlertRule, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("the rule file %s can't be opened: %w", path, err)
	}
	defer f.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(io.LimitReader(f, maxRuleFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the rule file %s can't be read: %w", path, err)
	case len(data) > maxRuleFile:
		return nil, fmt.Errorf("%s is larger than %d MiB, too large for a rule file", path, maxRuleFile>>20)
	}
	rules, err := runbooks.ParseRules(data)
	if err != nil {
		return nil, fmt.Errorf("%s is no rule file: %w", path, err)
	}
	return rules, nil
}
