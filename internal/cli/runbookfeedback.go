package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"firstline/internal/clean"
	"firstline/internal/feedback"
	"firstline/internal/record"
	"firstline/internal/respond"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/runbooks"
)

type feedbackJSON struct {
	Since    time.Time             `json:"since"`
	Runbooks []feedbackSectionJSON `json:"runbooks"`
}

type feedbackSectionJSON struct {
	Runbook     string  `json:"runbook"`
	Section     *string `json:"section"`
	Opened      int     `json:"opened"`
	Escalations int     `json:"escalations"`
	// AfterAllSteps is null where the steps are not known.
	AfterAllSteps *int               `json:"escalations_after_all_steps"`
	Steps         []feedbackStepJSON `json:"steps"`
}

type feedbackStepJSON struct {
	Text            string       `json:"text"`
	Gone            bool         `json:"gone"`
	Done            int          `json:"done"`
	Ran             int          `json:"ran"`
	Failed          int          `json:"ran_failed"`
	DidNotHelp      int          `json:"did_not_help"`
	Wrong           int          `json:"wrong"`
	LastUnescalated int          `json:"last_without_escalation"`
	Remarks         []remarkJSON `json:"remarks"`
}

type remarkJSON struct {
	Kind string     `json:"kind"`
	Why  *string    `json:"why"`
	By   *string    `json:"by"`
	At   *time.Time `json:"at"`
}

// usualFeedback is how far back the feedback reaches where nobody says.
const usualFeedback = 90 * 24 * time.Hour

func (a *app) feedbackCommand() *cobra.Command {
	var since time.Duration
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "feedback [RUNBOOK...]",
		Short: "Print what responders did with the steps of runbooks",
		Long: `Prints for each runbook, and each section that it was opened at, what was recorded
on this machine: for how many alert groups it was opened; how many of these were
escalated, and how many of them after every step was tried; which steps were done and
run, which did not help or were wrong and why, and which was the last one where nobody
was escalated to. What needs an author most comes first.

RUNBOOK is a part of a path or URL.

Exit status: 0 done, 1 failed, 2 wrong usage.`,
		Example: `  firstline runbook feedback
  firstline runbook feedback --since 720h checkout/`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if since <= 0 {
				return usagef("--since says how far back, such as 720h")
			}
			return a.withSettled(cmd.Context(), func(ctx context.Context, s *setup) error { return a.feedback(ctx, s, args, since, asJSON) })
		},
	}
	cmd.Flags().DurationVar(&since, "since", usualFeedback, "how far back, as `DURATION`")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (docs/json.md)")
	return cmd
}

func (a *app) feedback(ctx context.Context, s *setup, wanted []string, since time.Duration, asJSON bool) error {
	from := s.now().Add(-since)
	var sections []feedback.Section
	if s.demo || s.hasState() { // else nothing was ever done
		if warning := s.openState(ctx); s.state == nil {
			return errors.New(warning)
		}
		s.learnStoredZone(ctx)
		facts, err := s.feedbackFacts(ctx, from)
		if err != nil {
			return err
		}
		sections = slices.DeleteFunc(feedback.Of(facts), func(f feedback.Section) bool {
			return len(wanted) > 0 && !slices.ContainsFunc(wanted, func(part string) bool {
				return strings.Contains(strings.ToLower(f.Runbook), strings.ToLower(part))
			})
		})
	}
	if asJSON {
		out := feedbackJSON{Since: from.UTC(), Runbooks: []feedbackSectionJSON{}}
		for i := range sections {
			out.Runbooks = append(out.Runbooks, feedbackOf(&sections[i]))
		}
		return writeJSON(a.out, out)
	}
	if len(sections) == 0 {
		a.sayf("nothing was recorded for runbooks since %s", wallclock.Of(s.now()).Stamp(from))
		return nil
	}
	for i := range sections {
		if err := a.writeFeedback(&sections[i], i == 0, wallclock.Of(s.now())); err != nil {
			return err
		}
	}
	return nil
}

// feedbackFacts reads what was recorded since a time.
func (s *setup) feedbackFacts(ctx context.Context, from time.Time) (f feedback.Facts, err error) {
	f.Steps = func(runbook, section string) ([]feedback.Named, bool) { return s.stepsOf(ctx, runbook, section) }
	if f.Openings, err = s.state.Openings(ctx, from); err != nil {
		return f, err
	}
	if f.Ticks, err = s.state.TicksSince(ctx, from); err != nil {
		return f, err
	}
	if f.Runs, err = s.state.RunsSince(ctx, from); err != nil {
		return f, err
	}
	if f.Remarks, err = s.state.Remarks(ctx, from); err != nil {
		return f, err
	}
	acts, err := journal{s.state}.Acts(ctx, from)
	for _, act := range acts {
		escalated := act.Action == respond.Escalate || act.Action == respond.NextLevel
		if escalated && act.Outcome == respond.Done && act.Step.Kind != respond.StepNote {
			f.Escalations = append(f.Escalations, feedback.Escalation{GroupIDs: []string{act.GroupID, act.IncidentID}, At: act.At})
		}
	}
	return f, err
}

// stepsOf returns the present steps of a section of a runbook.
func (s *setup) stepsOf(ctx context.Context, path, section string) ([]feedback.Named, bool) {
	var rb *runbooks.Runbook
	for _, one := range s.library.Runbooks() {
		if one.Path == path {
			rb = one
		}
	}
	if r, ok := runbooks.ReferenceTo(path); rb == nil && ok && r.URL != "" {
		if m, found, _ := s.library.LookupCached(ctx, runbooks.Query{References: []runbooks.Reference{r}}); found {
			rb = m.Runbook
		}
	}
	if rb == nil {
		return nil, false
	}
	var heading *runbooks.Heading
	if section != "" {
		i := slices.IndexFunc(rb.Headings, func(h runbooks.Heading) bool { return clean.Line(h.Text) == section })
		if i < 0 {
			return nil, false
		}
		heading = &rb.Headings[i]
	}
	var named []feedback.Named
	for _, step := range rb.Steps(heading) {
		named = append(named, feedback.Named{ID: step.ID, Text: step.Text})
	}
	return named, true
}

func feedbackOf(f *feedback.Section) feedbackSectionJSON {
	out := feedbackSectionJSON{Runbook: f.Runbook, Section: textOf(f.Section), Opened: f.Opened, Escalations: f.Escalations, Steps: []feedbackStepJSON{}}
	if !f.StepsUnknown {
		out.AfterAllSteps = &f.AfterAllSteps
	}
	for i := range f.Steps {
		step := &f.Steps[i]
		one := feedbackStepJSON{
			Text: step.Text, Gone: step.Gone, Done: step.Done, Ran: step.Ran, Failed: step.Failed,
			DidNotHelp: step.DidNotHelp, Wrong: step.Wrong, LastUnescalated: step.LastUnescalated, Remarks: []remarkJSON{},
		}
		for _, r := range step.Remarks {
			one.Remarks = append(one.Remarks, remarkJSON{Kind: string(r.Kind), Why: textOf(r.Why), By: textOf(r.By), At: timeOf(r.At)})
		}
		out.Steps = append(out.Steps, one)
	}
	return out
}

func (a *app) writeFeedback(f *feedback.Section, first bool, clock wallclock.Clock) error {
	var b strings.Builder
	if !first {
		b.WriteByte('\n')
	}
	b.WriteString(oneLine(f.Runbook))
	if f.Section != "" {
		b.WriteString(", " + oneLine(f.Section))
	}
	fmt.Fprintf(&b, "\n  opened for %s, %s", wording.Count(f.Opened, "alert group"), wording.Count(f.Escalations, "escalation"))
	switch {
	case f.Escalations == 0:
	case f.StepsUnknown:
		b.WriteString("; its steps are not known now")
	default:
		fmt.Fprintf(&b, ", %d after all steps were tried", f.AfterAllSteps)
	}
	b.WriteByte('\n')
	for i := range f.Steps {
		step := &f.Steps[i]
		fmt.Fprintf(&b, "  - %s: %s\n", strings.TrimSuffix(oneLine(wording.Shorten(clean.Line(step.Text), 100)), ":"), stepFeedback(step))
		for _, r := range step.Remarks {
			fmt.Fprintf(&b, "      %s (%s)\n", oneLine(r.Said()), strings.TrimPrefix(oneLine(r.By)+", "+clock.Stamp(r.At), ", "))
		}
	}
	if _, err := fmt.Fprint(a.text(), b.String()); err != nil {
		return fmt.Errorf("writing the feedback: %w", err)
	}
	return nil
}

// stepFeedback says in a line what became of a step.
func stepFeedback(step *feedback.Step) string {
	var parts []string
	add := func(n int, format string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf(format, n))
		}
	}
	add(step.Done, "done %d×")
	add(step.Ran, "run %d×")
	add(step.Failed, "failed %d×")
	add(step.LastUnescalated, "the last one %d×, without an escalation")
	add(step.DidNotHelp, string(record.DidNotHelp)+" %d×")
	add(step.Wrong, string(record.Wrong)+" %d×")
	if len(parts) == 0 {
		parts = append(parts, "never tried")
	}
	if step.Gone {
		parts = append(parts, "no longer in the runbook")
	}
	return strings.Join(parts, ", ")
}
