package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"firstline/runbooks"
)

// The width that a runbook is rendered for where nobody says: a terminal's, at
// most what reads well.
const (
	standardWidth = 80
	widestRunbook = 100
	narrowest     = 20
)

type runbookOutputJSON struct {
	Path      string  `json:"path"`
	Title     string  `json:"title"`
	Heading   *string `json:"heading"`
	MatchedBy string  `json:"matched_by"`
	Body      string  `json:"body"`
}

func (a *app) runbookCommand() *cobra.Command {
	var raw, asJSON bool
	var width int
	cmd := &cobra.Command{
		Use:   "runbook TARGET",
		Short: "Print the runbook of an alert group",
		Long: `Prints the runbook of the alert group TARGET: its id, its incident's number, or
the beginning of its id. A name of an alert or of a service that no open group
has is looked up among the runbooks directly.

Which runbook it is and by what it was matched is said on standard error.`,
		Example: `  firstline runbook 1042
  firstline runbook --raw CheckoutErrorRateHigh | less`,
		Args: someArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if raw && asJSON {
				return usagef("--raw and --json are two outputs: give one of them")
			}
			if cmd.Flags().Changed("width") && width < narrowest {
				return usagef("--width %d is too narrow: the least is %d", width, narrowest)
			}
			return a.withSetup(cmd.Context(), func(ctx context.Context, s *setup) error {
				return a.runbook(ctx, s, args[0], raw, asJSON, width)
			})
		},
	}
	cmd.Flags().BoolVar(&raw, "raw", false, "print the Markdown")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (docs/json.md)")
	cmd.Flags().IntVar(&width, "width", 0, "render for `COLUMNS` (default: the terminal's)")
	return cmd
}

func (a *app) runbook(ctx context.Context, s *setup, target string, raw, asJSON bool, width int) error {
	for _, p := range s.library.Problems() {
		a.sayf("%s", oneLine(p.Sentence))
	}
	m, err := a.findRunbook(ctx, s, target)
	if err != nil {
		return err
	}
	if asJSON {
		r := runbookOf(m)
		return writeJSON(a.out, runbookOutputJSON{
			Path: r.Path, Title: m.Runbook.Title, Heading: r.Heading, MatchedBy: r.MatchedBy, Body: m.Runbook.Body,
		})
	}
	a.sayf("%s", where(m))
	text := m.Runbook.Body
	if !raw {
		style := runbooks.Style{Width: a.runbookWidth(width), Dark: true, NoColor: !a.colour()}
		rendered, err := runbooks.Render(m.Runbook, style)
		if err != nil {
			return fmt.Errorf("rendering %s: %w", m.Runbook.Path, err)
		}
		text = strings.Join(rendered.Lines, "\n")
	}
	_, err = fmt.Fprintln(a.out, strings.TrimRight(text, "\n"))
	return err
}

// findRunbook finds the runbook of a group, else of an alert or service by
// that name: a runbook is also read when nothing fires.
func (a *app) findRunbook(ctx context.Context, s *setup, target string) (runbooks.Match, error) {
	byName := runbooks.Query{Alerts: []string{target}, Service: target}
	if len(s.readers) == 0 {
		if m, ok := s.library.Find(byName); ok {
			return m, nil
		}
		return runbooks.Match{}, s.needSource()
	}
	l := s.read(ctx)
	a.sayFailed(l)
	g, err := l.findGroup(target)
	if err != nil {
		if m, ok := s.library.Find(byName); ok {
			return m, nil
		}
		return runbooks.Match{}, err
	}
	m, ok := s.library.Find(runbookQuery(g))
	if !ok {
		return m, fmt.Errorf("there is no runbook yet for %q: put a Markdown file named after the alert or the service into a directory of [runbooks]", oneLine(g.Title))
	}
	return m, nil
}

func where(m runbooks.Match) string {
	s := oneLine(m.Runbook.Path)
	if m.Heading != nil {
		s += ", at " + oneLine(m.Heading.Text)
	}
	return s + ", matched by " + m.MatchedBy
}

func (a *app) runbookWidth(asked int) int {
	if asked > 0 {
		return asked
	}
	if width := a.terminalWidth(); width > 0 {
		return max(narrowest, min(width, widestRunbook))
	}
	return standardWidth
}
