package cli

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"firstline/internal/wallclock"
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
	// URL and FetchedAt are those of a page of the web, else null.
	URL       *string    `json:"url"`
	FetchedAt *time.Time `json:"fetched_at"`
	Notice    *string    `json:"notice"`
	Format    string     `json:"format"`
	Body      string     `json:"body"`
}

// runbookFlags are those of the command runbook.
type runbookFlags struct {
	raw, json, pull bool
	now, trust      bool
	width           int
	section         string
	set             map[string]string
}

func (a *app) runbookCommand() *cobra.Command {
	var f runbookFlags
	cmd := &cobra.Command{
		Use:   "runbook TARGET",
		Short: "Print the runbook of an alert group",
		Long: `Prints the runbook of the alert group TARGET: its id, its incident's number, the
beginning of its id, or the name of an alert that fires. Any other name of an
alert or of a service, and a path, is looked up among the runbooks directly, and
an http or https address is read from there.

Variables in code are filled with the labels that all alerts of the group share;
--raw leaves them. Which runbook it is and by what it was matched is said on
standard error.

Exit status: 0 done, 1 failed or none was found, 2 wrong usage, 3 with --pull when some
directories were brought up to date and others were not.`,
		Example: `  firstline runbook 1042
  firstline runbook --section Mitigation --set pod=api-0 1042
  firstline runbook --raw CheckoutErrorRateHigh | less
  firstline runbook checkout/errors.md
  firstline runbook --pull`,
		Args: func(cmd *cobra.Command, args []string) error {
			if f.pull {
				return noArgs(cmd, args)
			}
			return someArgs(1, func(typed []string) error {
				_, err := typedTarget(typed[0]) // a name is not parsed
				return err
			})(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case f.raw && f.json:
				return usagef("--raw and --json are two outputs: give one of them")
			case cmd.Flags().Changed("width") && f.width < narrowest:
				return usagef("--width %d is too narrow: the least is %d", f.width, narrowest)
			}
			return a.withSettled(cmd.Context(), func(ctx context.Context, s *setup) error {
				if f.pull {
					return a.pullRunbooks(ctx, s)
				}
				return a.runbook(ctx, s, args[0], f)
			})
		},
	}
	cmd.Flags().BoolVar(&f.raw, "raw", false, "print the Markdown as it was written")
	cmd.Flags().BoolVar(&f.json, "json", false, "print JSON (docs/json.md)")
	cmd.Flags().IntVar(&f.width, "width", 0, "render for `COLUMNS` (default: the terminal's)")
	cmd.Flags().StringVar(&f.section, "section", "", "print only the section whose heading begins with `HEADING`")
	cmd.Flags().StringToStringVar(&f.set, "set", nil, "fill the variable `NAME=VALUE`, before any label")
	cmd.Flags().BoolVar(&f.pull, "pull", false, "bring the checkouts of all runbook directories up to date, by fast-forward alone")
	cmd.Flags().BoolVar(&f.now, "now", false, "print the page that is at the address now, where an older copy of it is the runbook")
	cmd.Flags().BoolVar(&f.trust, "trust", false, "take that page for the runbook, in the place of the copy")
	cmd.AddCommand(a.lintCommand(), a.feedbackCommand())
	return cmd
}

func (a *app) runbook(ctx context.Context, s *setup, target string, f runbookFlags) error {
	if !s.demo {
		if warning := s.openState(ctx); warning != "" { // for the cached copies
			a.sayf("%s", oneLine(warning))
		}
	}
	for _, p := range s.library.Problems() {
		a.sayf("%s", oneLine(p.Sentence))
	}
	m, labels, err := a.findRunbook(ctx, s, target)
	if err != nil {
		return err
	}
	if m.Notice != "" {
		a.sayf("%s", oneLine(m.Notice))
	}
	switch {
	case m.Now == nil && (f.now || f.trust):
		a.sayf("no other page is at the address now")
	case f.trust:
		if err := s.library.Trust(ctx, m.Runbook.URL); err != nil {
			return fmt.Errorf("taking the page for the runbook: %w", err)
		}
		m = *m.Now
		a.sayf("the page that is there now is the runbook from now on")
	case f.now:
		m = *m.Now
	case m.Now != nil:
		a.sayf("--now prints the page that is there now, --trust takes it for the runbook")
	}
	rb := m.Runbook
	if !f.raw && !f.json {
		rb, _ = rb.FilledWith(append([]runbooks.Values{{From: runbooks.FromPerson, Of: f.set}}, m.ValuesOf(labels, s.config.Runbooks.Fill)...)...)
	}
	if f.section != "" {
		if rb, err = sectionOf(rb, f.section); err != nil {
			return err
		}
	}
	if f.json {
		r := runbookOf(m)
		return writeJSON(a.out, runbookOutputJSON{
			Path: r.Path, Title: m.Runbook.Title, Heading: r.Heading, MatchedBy: r.MatchedBy,
			URL: textOf(rb.URL), FetchedAt: timeOf(rb.Fetched), Notice: textOf(m.Notice), Format: formatName(rb), Body: rb.Written(),
		})
	}
	a.sayf("%s", where(m, s.now()))
	text, out := rb.Written(), a.out
	if !f.raw {
		style := runbooks.Style{Width: a.runbookWidth(f.width), Dark: true, NoColor: !a.colour(), Addresses: !a.colour()}
		rendered, err := runbooks.Render(rb, style)
		if err != nil {
			return fmt.Errorf("rendering %s: %w", rb.Path, err)
		}
		text, out = strings.Join(rendered.Lines, "\n"), a.text()
	}
	_, err = fmt.Fprintln(out, strings.TrimRight(text, "\n"))
	return err
}

// sectionOf is the part of a runbook below a heading.
func sectionOf(rb *runbooks.Runbook, name string) (*runbooks.Runbook, error) {
	var headings []string
	for i := range rb.Headings {
		h := &rb.Headings[i]
		text := oneLine(h.Text)
		if want := strings.TrimSpace(name); len(text) >= len(want) && strings.EqualFold(text[:len(want)], want) {
			return rb.Part(h), nil
		}
		headings = append(headings, text)
	}
	if len(headings) == 0 {
		return nil, usagef("%s has no sections", oneLine(rb.Path))
	}
	return nil, usagef("%s has no section %q; there are: %s", oneLine(rb.Path), oneLine(name), strings.Join(headings, ", "))
}

// formatName is the format as JSON has it.
func formatName(rb *runbooks.Runbook) string { return cmp.Or(string(rb.Format), "Markdown") }

func where(m runbooks.Match, now time.Time) string {
	s := oneLine(m.Runbook.Path)
	if m.Heading != nil {
		s += ", at " + oneLine(m.Heading.Text)
	}
	s += ", matched by " + m.MatchedBy
	if f := m.Runbook.Format; f != runbooks.Markdown {
		s += ", " + string(f) + " shown as plain text"
	}
	if at := m.Runbook.Fetched; !at.IsZero() {
		s += ", fetched " + wallclock.Of(now).Stamp(at)
	}
	return s
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
