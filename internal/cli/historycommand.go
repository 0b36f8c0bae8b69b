package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"firstline/internal/execute"
	"firstline/internal/respond"
	"firstline/internal/store"
	"firstline/internal/wallclock"
)

// historyJSON is what `firstline history --json` prints.
type historyJSON struct {
	Acts []actJSON `json:"acts"`
	// Incidents is null without --incidents.
	Incidents []pastJSON `json:"incidents"`
}

type actJSON struct {
	ID         int64  `json:"id"`
	At         string `json:"at"`
	By         string `json:"by"`
	Action     string `json:"action"`
	Step       string `json:"step"`
	GroupID    string `json:"group_id"`
	IncidentID string `json:"incident_id"`
	Title      string `json:"title"`
	Target     string `json:"target"`
	Reason     string `json:"reason"`
	Attempt    string `json:"attempt"`
	Outcome    string `json:"outcome"`
	Sentence   string `json:"sentence"`
	// UnderWay: another firstline is sending it now.
	UnderWay bool `json:"under_way"`
	// MayComeUntil is until when it may still be carried out, where that is not
	// known yet.
	MayComeUntil *string `json:"may_come_until"`
}

func (a *app) historyCommand() *cobra.Command {
	var open, incidents, asJSON bool
	var since, expression string
	cmd := &cobra.Command{
		Use:   "history",
		Short: "Print what was done from this machine, and past incidents",
		Long: `Prints the journal: what was sent from this machine, and what came of it. What an
earlier run began and never confirmed is looked for first, by reading alone.

With --open it prints what is still unknown: look at the incident before you do the
same again. A gateway may carry a write out minutes after it gave up on it: until when
is said, and only after that it says that it did not come about.

With --incidents it prints the incidents that ` + "`firstline sync`" + ` has stored, those
that --filter selects, in the language of ` + "`firstline list --filter`" + `.

Exit status: 0, with --open 3 while something is unknown, with --incidents 3 when a part
of the time was not read.`,
		Example: `  firstline history --since 72h
  firstline history --open
  firstline history --incidents --since 30d --filter 'service=checkout age<7d'
  firstline history --open --json | jq -r '.acts[].incident_id'`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if open && cmd.Flags().Changed("since") {
				return usagef("--open lists all that is unknown, however old: leave out --since")
			}
			if expression != "" && !incidents {
				return usagef("--filter selects incidents: add --incidents")
			}
			if incidents && open {
				return usagef("--open is about the journal: leave out --incidents")
			}
			back, err := parsePast(since)
			if err != nil {
				return err
			}
			if incidents {
				return a.withSettled(cmd.Context(), func(ctx context.Context, s *setup) error { return a.printPast(ctx, s, back, expression, asJSON) })
			}
			return a.withSettled(cmd.Context(), func(ctx context.Context, s *setup) error { return a.printHistory(ctx, s, open, back, asJSON) })
		},
	}
	cmd.Flags().BoolVar(&open, "open", false, "only what is still unknown")
	cmd.Flags().StringVar(&since, "since", "24h", "how far back, as `DURATION` such as 12h or 30d")
	cmd.Flags().BoolVar(&incidents, "incidents", false, "print the incidents of the stored history instead")
	cmd.Flags().StringVar(&expression, "filter", "", "only incidents that `EXPRESSION` selects (docs/filters.md)")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (docs/json.md)")
	return cmd
}

func (a *app) printHistory(ctx context.Context, s *setup, open bool, since time.Duration, asJSON bool) error {
	var entries []store.Entry
	if s.demo || s.hasState() { // else nothing was ever done
		if warning := s.openState(ctx); s.state == nil {
			return errors.New(warning)
		}
		var err error
		if open {
			entries, err = s.state.Open(ctx)
		} else {
			entries, err = s.state.Journal(ctx, s.now().Add(-since))
		}
		if err != nil {
			return err
		}
	}
	out := historyJSON{Acts: make([]actJSON, len(entries))}
	for n, e := range entries {
		out.Acts[n] = s.actJSONOf(e)
	}
	if asJSON {
		if err := writeJSON(a.out, out); err != nil {
			return err
		}
	} else {
		s.learnStoredZone(ctx)
		a.printActs(out.Acts, open, wallclock.Of(s.now()))
	}
	if open && len(entries) > 0 {
		return exit(exitPartly)
	}
	return nil
}

func (a *app) printActs(acts []actJSON, open bool, clock wallclock.Clock) {
	if len(acts) == 0 && open {
		fmt.Fprintln(a.text(), "Nothing is unknown.") //nolint:errcheck // as elsewhere
	}
	for _, act := range acts {
		at, _ := time.Parse(time.RFC3339, act.At)
		subject := strings.TrimSpace(oneLine(cmp.Or(act.IncidentID, act.GroupID)) + " " + oneLine(act.Title))
		what := []string{clock.StampSecond(at), respond.Action(act.Action).On(subject)}
		if act.Step == string(respond.StepNote) && act.Action != string(respond.AddNote) {
			what = append(what, "(the note)")
		}
		if act.Target != "" {
			what = append(what, "to "+oneLine(act.Target))
		}
		what = append(what, "by "+oneLine(act.By))
		fmt.Fprintf(a.text(), "%s: %s: %s\n", strings.Join(slices.DeleteFunc(what, func(s string) bool { return s == "" }), " "), //nolint:errcheck // as elsewhere
			act.Outcome, oneLine(act.Sentence)+act.stillComes(clock))
	}
}

// stillComes says until when it may still be carried out, where its sentence does
// not.
func (a actJSON) stillComes(clock wallclock.Clock) string {
	if a.MayComeUntil == nil || a.UnderWay || strings.Contains(a.Sentence, execute.MayComeText) {
		return ""
	}
	until, _ := time.Parse(time.RFC3339, *a.MayComeUntil)
	return " It " + execute.MayComeText + " " + clock.Minute(until) + "."
}

// actJSONOf is an entry of the journal. One that nobody wrote an outcome of is
// unknown.
func (s *setup) actJSONOf(e store.Entry) actJSON {
	act := actJSON{
		ID: e.ID, At: e.At.UTC().Format(time.RFC3339), By: e.By, Action: e.Action, GroupID: e.GroupID, IncidentID: e.IncidentID, Title: e.Title,
		Target: e.Target, Reason: e.Reason, Attempt: e.Attempt, Outcome: e.Outcome, Sentence: e.Sentence,
	}
	b, by, err := begunOf(e)
	act.Step = string(b.Step.Kind)
	if e.Outcome != "" && e.Outcome != string(respond.Unknown) {
		return act
	}
	until := b.Until()
	if err == nil && s.now().Before(until) {
		text := until.UTC().Format(time.RFC3339)
		act.MayComeUntil = &text
	}
	if e.Outcome != "" {
		return act
	}
	act.Outcome, act.Sentence = string(respond.Unknown), "it was begun, and what came of it is not known."
	switch {
	case err != nil:
		act.Sentence = "it was begun, and what it was can't be read."
	case (journal{s.state}).underWay(e.At, by, s.now()):
		act.UnderWay, act.Sentence = true, "it is under way."
	}
	return act
}
