package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"firstline/internal/clean"
	"firstline/internal/execute"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// maxTyped is more than anybody types as an answer or a note.
const maxTyped = 64 << 10

// actionFlags are those of the commands that act.
type actionFlags struct {
	dryRun, yes, asJSON bool
	confirm, join       bool
	anyway              bool
	reason, to, instead string
	until, into         string
	match, silence      string
	all                 bool   // incidents for the same alerts
	first               string // the argument before the TARGETs
}

type actionOutputJSON struct {
	Plan respond.Plan `json:"plan"`
	// Sent: the plan was carried out, so far as it sends anything.
	Sent    bool             `json:"sent"`
	Results []respond.Result `json:"results"`
}

const targetHelp = `
TARGET is a group's id or its incident's number, as "firstline list" shows them,
or the beginning of an id that is of one alone: at least 4 characters with a
letter. Digits are always a number. The plan is printed first and sent after a
"y"; where nobody can be asked, --yes is needed, and alerts that have no incident
are named by their whole id. An incident that is over has that said, and the others
go on.

Exit status: 0 all is as wanted (also when somebody was faster), 1 nothing is,
2 wrong usage, 3 some of it is.`

// actionCommands are the commands that act on groups.
func (a *app) actionCommands() []*cobra.Command {
	ack := a.actionCommand(respond.Acknowledge, &cobra.Command{
		Use:   "ack TARGET...",
		Short: "Acknowledge alert groups",
		Long:  "Sets the incidents acknowledged. For alerts that nobody was notified of, --instead\nsays what to do.\n" + targetHelp,
		Example: `  firstline ack 1042 1043
  firstline ack --instead silence 3f9c21ab --reason "known, deploy in 10 min"`,
	})
	escalate := a.actionCommand(respond.Escalate, &cobra.Command{
		Use:   "escalate TARGET...",
		Short: "Escalate alert groups to first line or to the owner",
		Long: "Posts a note and gives the incidents to another escalation policy. Without --to\n" +
			"a developer escalates to the first line, and the first line to the owner.\n" + targetHelp,
		Example: `  firstline escalate 1042 --reason "runbook did not help"
  firstline escalate 1042 --to owner --dry-run`,
	})
	handOff := a.actionCommand(respond.HandOff, &cobra.Command{
		Use:   "handoff --to WHOM TARGET...",
		Short: "Hand alert groups off to a person, a team or a policy",
		Long:  "Posts a note and assigns the incidents to a person, or gives them to a team's\nescalation policy.\n" + targetHelp,
		Example: `  firstline handoff 1042 --to user:ann@example.com --reason "knows the database"
  firstline handoff 1042 1043 --to team:Payments --yes`,
	})
	note := a.actionCommand(respond.AddNote, &cobra.Command{
		Use:   "note --reason TEXT TARGET...",
		Short: "Add a note to incidents",
		Long:  "Adds a note. Without --reason its text is read from standard input, when that is\nnot a terminal.\n" + targetHelp,
		Example: `  firstline note 1042 --reason "restarted api-0, watching"
  kubectl describe pod api-0 | firstline note 1042 --yes`,
	})
	return append([]*cobra.Command{ack, escalate, handOff, note}, a.incidentCommands()...)
}

// actionCommand gives a command the flags of its action.
func (a *app) actionCommand(action respond.Action, cmd *cobra.Command) *cobra.Command {
	var f actionFlags
	cmd.Args = targetArgs(action, &f)
	cmd.DisableFlagsInUseLine = true
	flags := cmd.Flags()
	flags.BoolVar(&f.dryRun, "dry-run", false, "print what would be sent and to whom, and send nothing")
	flags.BoolVar(&f.yes, "yes", false, "send without asking")
	flags.BoolVar(&f.anyway, "anyway", false, anywayUsage(action))
	flags.StringVar(&f.reason, "reason", "", "why, as `TEXT`; it goes along as a note")
	if action == respond.Escalate || action == respond.HandOff {
		flags.StringVar(&f.to, "to", "", "to `WHOM`: first-line, owner, next-on-call, user:EMAIL, team:NAME or policy:ID")
	}
	addFlags(action, cmd, &f)
	if action == respond.HandOff {
		flags.BoolVar(&f.join, "join", false, "ask them to join, and leave the incident with whom it is")
	}
	if action == respond.Acknowledge {
		flags.StringVar(&f.instead, "instead", "", "for alerts without an incident: `WHAT`, silence or incident")
	}
	flags.BoolVar(&f.asJSON, "json", false, "print JSON (docs/json.md)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if takesFirst(action) {
			f.first, args = args[0], args[1:]
		}
		request, err := a.request(action, f)
		if err != nil {
			return err
		}
		return a.withSetup(cmd.Context(), func(ctx context.Context, s *setup) error {
			// What this is another try of it finds out by itself, as the same attempt.
			err := a.act(ctx, s, request, args, f)
			a.settleEarlier(ctx, s)
			return err
		})
	}
	return cmd
}

// request is what the flags ask for; the groups come later.
func (a *app) request(action respond.Action, f actionFlags) (respond.Request, error) {
	r := respond.Request{Action: action, Reason: f.reason}
	if f.dryRun && f.yes {
		return r, usagef("--dry-run sends nothing and --yes sends: give one of them")
	}
	var err error
	if f.to != "" {
		if r.Target, err = respond.ParseTarget(f.to); err != nil {
			return r, usagef("--to: %w", err)
		}
	}
	if action == respond.HandOff && f.to == "" {
		return r, usagef("handoff needs --to: first-line, owner, next-on-call, user:EMAIL, team:NAME or policy:ID")
	}
	if err := a.requestMore(&r, f); err != nil {
		return r, err
	}
	if r.Instead, err = respond.ParseInstead(f.instead); err != nil {
		return r, usagef("--instead: %w", err)
	}
	if action == respond.AddNote && strings.TrimSpace(r.Reason) == "" {
		if a.isTerminal(a.in) {
			return r, usagef("note needs --reason, or its text on standard input")
		}
		text, err := io.ReadAll(io.LimitReader(a.in, maxTyped))
		if err != nil {
			return r, fmt.Errorf("reading the note from standard input: %w", err)
		}
		if r.Reason = strings.TrimSpace(string(text)); r.Reason == "" {
			return r, usagef("the note is empty: give --reason, or its text on standard input")
		}
	}
	return r, nil
}

// act looks at everything once and acts on the targets.
func (a *app) act(ctx context.Context, s *setup, r respond.Request, targets []string, f actionFlags) error {
	if err := s.needSource(); err != nil {
		return err
	}
	l := s.read(ctx)
	a.sayFailed(l)
	var err error
	if !r.Until.IsZero() { // in the person's zone, which is read by now
		if r.Until, err = wallclock.ParseUntil(f.until, l.at, l.at.Location()); err != nil {
			return usagef("--until: %w", err)
		}
	}
	if r.Groups, err = s.findGroups(ctx, &l, targets, f.yes); err != nil {
		return err
	}
	if f.all {
		r.Groups = append(r.Groups, triage.Sharing(l.groups, r.Groups)...)
	}
	if f.into != "" {
		into, err := s.named(ctx, &l, f.into, f.yes)
		if err != nil {
			return err
		}
		if into.Incident == nil {
			if into.NotifiedUnknown.ToShow() {
				return fmt.Errorf("whether %s has an incident to merge into is unknown, because %s: choose another", oneLine(into.ID), oneLine(into.NotifiedUnknown.Because()))
			}
			return fmt.Errorf("%s has no incident to merge into: choose another", oneLine(into.ID))
		}
		r.Into, r.IntoIncident = into.Incident.ID, into.Incident
	}
	return a.carryOut(ctx, s, l, r, f)
}

// carryOut plans, previews, asks, sends, and reports.
func (a *app) carryOut(ctx context.Context, s *setup, l reading, r respond.Request, f actionFlags) error {
	w := respond.NewData(l.snapshots, s.settings, l.at)
	if s.account != nil {
		var err error
		if r.Facts, err = respond.ReadFacts(ctx, s.account, r, w); err != nil {
			a.sayf("not all could be looked up: %s", oneLine(sources.Sentence(err)))
		}
	}
	r.Confirmed, r.Anyway = f.confirm, f.anyway
	warning := s.openState(ctx)
	r.Tried = s.tried(ctx, r)
	doer := s.doer()
	var err error
	if r.Facts.Notes, err = execute.ReadNotes(ctx, doer.Incidents, doer.Journal, r, w); err != nil {
		a.sayf("the journal can't be read: %s", oneLine(err.Error()))
	}
	plan := respond.NewPlan(r, w)
	preview := a.text()
	if f.asJSON {
		preview = a.textTo(a.errOut)
	}
	if !f.asJSON || !f.yes && !f.dryRun {
		for _, line := range plan.Lines() {
			fmt.Fprintln(preview, clean.Text(line)) //nolint:errcheck // the result says it
		}
	}
	if f.dryRun {
		return a.reported(plan, nil, false, f.asJSON, planStatus(plan))
	}
	if plan.Refused == "" && len(plan.Choices) > 0 {
		return usagef("there are alerts that nobody was notified of: choose with --instead %s or --instead %s", respond.BySilence, respond.ByIncident)
	}
	sends := plan.Ready()
	if sends && !f.yes {
		sent, err := a.confirm(preview, "Send?")
		if err != nil {
			return err
		}
		if sent && len(plan.Confirm) > 0 && !plan.Confirmed {
			for _, sentence := range plan.Confirm {
				fmt.Fprintln(preview, oneLine(sentence)) //nolint:errcheck // as above
			}
			if sent, err = a.confirm(preview, "Really?"); err != nil {
				return err
			}
			r.Confirmed = sent
			plan = respond.NewPlan(r, w)
		}
		if !sent {
			a.sayf("nothing was sent")
			return a.reported(plan, nil, false, f.asJSON, exitFailed)
		}
	}
	if sends && len(plan.Confirm) > 0 && !plan.Confirmed {
		return usagef("nothing was sent: %s Give --confirm as well to do it all the same", oneLine(plan.Confirm[0]))
	}
	if sends && warning != "" {
		a.sayf("%s", oneLine(warning))
	}
	// Also for a plan that sends nothing: the results say why.
	waiting := sources.ReportWaits(ctx, func(sentence string) { a.sayf("%s", oneLine(sentence)) })
	plan = plan.Attempt()
	results := doer.Do(waiting, plan, func(result respond.Result) {
		s.log.Info("acted", "action", string(plan.Action), "group", result.GroupID, "outcome", string(result.Outcome))
		if !f.asJSON {
			fmt.Fprintf(a.text(), "%s: %s: %s\n", oneLine(result.GroupID), result.Outcome, oneLine(result.Sentence)) //nolint:errcheck // as above
		}
	})
	if slices.ContainsFunc(results, func(r respond.Result) bool { return r.EarlierUnknown }) {
		a.sayf("look at the incident; --anyway --confirm sends it all the same")
	}
	return a.reported(plan, results, sends, f.asJSON, execute.ExitStatus(results))
}

// reported ends an action with its status, after the JSON if it was requested.
func (a *app) reported(plan respond.Plan, results []respond.Result, sent, asJSON bool, status int) error {
	if asJSON {
		if results == nil {
			results = []respond.Result{}
		}
		if err := writeJSON(a.out, actionOutputJSON{Plan: plan, Sent: sent, Results: results}); err != nil {
			return err
		}
	}
	return exit(status)
}

// confirm asks for a "y". Where there is no terminal there is nobody to ask.
func (a *app) confirm(w io.Writer, question string) (bool, error) {
	if !a.isTerminal(a.in) {
		return false, usagef("nothing was sent: nobody can be asked here, so give --yes (or --dry-run to only look)")
	}
	if a.typed == nil {
		a.typed = newAnswers(a.in)
	}
	return a.typed.yes(w, question), nil
}

// planStatus is the status that doing the plan would end with if nothing
// failed.
func planStatus(p respond.Plan) int {
	if p.Refused != "" {
		return exitFailed
	}
	bad := 0
	for _, i := range p.Items {
		if i.Refused != "" || i.NeedsChoice {
			bad++
		}
	}
	return cmp.Or(allOrSome(bad, len(p.Items)), exitDone)
}

// allOrSome is 1 when all are bad, 3 when some are, 0 when none is.
func allOrSome(bad, all int) int {
	switch bad {
	case 0:
		return exitDone
	case all:
		return exitFailed
	}
	return exitPartly
}

// anywayUsage is the help of --anyway, which sends no note that may still come.
func anywayUsage(action respond.Action) string {
	const usage = "send even if it is unknown whether an earlier try came about"
	if action == respond.AddNote {
		return usage + "; a note that may still come about is not sent until it no longer can"
	}
	return usage
}
