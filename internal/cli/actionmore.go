package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"firstline/internal/respond"
	"firstline/internal/silencing"
	"firstline/internal/wallclock"
)

const untilHelp = `
WHEN is how long or until when: 30m, 2h, 3d, "until 09:00", "tomorrow 09:00",
"Mon 09:00", "2026-11-23 09:00"; times of day are this machine's.`

// incidentCommands are the commands that change incidents and silences where
// they are.
func (a *app) incidentCommands() []*cobra.Command {
	nextLevel := a.actionCommand(respond.NextLevel, &cobra.Command{
		Use:     "next-level TARGET...",
		Short:   "Escalate incidents to the next level of their policy",
		Long:    "Posts a note and notifies the next level of the escalation policy that the incident\nis on.\n" + targetHelp,
		Example: `  firstline next-level 1042 --reason "Ann does not answer"`,
	})
	resolve := a.actionCommand(respond.Resolve, &cobra.Command{
		Use:     "resolve TARGET...",
		Short:   "Resolve incidents",
		Long:    "Resolves incidents, with the reason as PagerDuty's resolution. What still fires is\npaged again.\n" + targetHelp,
		Example: `  firstline resolve 1042 --reason "rolled back"`,
	})
	snooze := a.actionCommand(respond.Snooze, &cobra.Command{
		Use:     "snooze --until WHEN TARGET...",
		Short:   "Snooze incidents until a time",
		Long:    "Snoozes incidents: they stay acknowledged until a time, at most 7 days, and then trigger again.\n" + untilHelp + "\n" + targetHelp,
		Example: `  firstline snooze 1042 --until "tomorrow 09:00"`,
	})
	merge := a.actionCommand(respond.Merge, &cobra.Command{
		Use:     "merge --into TARGET TARGET...",
		Short:   "Merge incidents into one",
		Long:    "Moves the alerts of incidents into another and resolves them. It can't be undone.\n" + targetHelp,
		Example: `  firstline merge --into 1042 1043 1044`,
	})
	urgency := a.actionCommand(respond.SetUrgency, &cobra.Command{
		Use:     "urgency high|low TARGET...",
		Short:   "Change the urgency of incidents",
		Long:    "Changes the urgency. Making it high notifies those who have the incident.\n" + targetHelp,
		Example: `  firstline urgency low 1042`,
	})
	priority := a.actionCommand(respond.SetPriority, &cobra.Command{
		Use:     "priority PRIORITY TARGET...",
		Short:   "Change the priority of incidents",
		Long:    "Gives incidents one of the account's priorities, by its name or id.\n" + targetHelp,
		Example: `  firstline priority P1 1042`,
	})
	silence := a.actionCommand(respond.Silence, &cobra.Command{
		Use:   "silence --until WHEN [--match MATCHERS] [TARGET...]",
		Short: "Silence alerts in Alertmanager",
		Long: "Makes silences for the alerts of groups and no other that fires now, or with\n" +
			"--match for what label matchers match.\n" + untilHelp + "\n" + targetHelp,
		Example: `  firstline silence 3f9c21ab --until 2h --reason "deploying"
  firstline silence --match 'alertname="DiskFull",node="n1"' --until "tomorrow 09:00"`,
	})
	extend := a.actionCommand(respond.ExtendSilence, &cobra.Command{
		Use:     "extend --until WHEN [--id SILENCE] [TARGET...]",
		Short:   "Extend silences",
		Long:    "Extends the silences that mute groups, or one by its id.\n" + untilHelp + "\n" + targetHelp,
		Example: `  firstline silence extend 3f9c21ab --until 4h`,
	})
	expire := a.actionCommand(respond.ExpireSilence, &cobra.Command{
		Use:     "expire [--id SILENCE] [TARGET...]",
		Short:   "End silences now",
		Long:    "Ends the silences that mute groups, or one by its id.\n" + targetHelp,
		Example: `  firstline silence expire 3f9c21ab`,
	})
	silence.AddCommand(extend, expire)
	return []*cobra.Command{nextLevel, resolve, snooze, merge, urgency, priority, silence}
}

// takesFirst reports whether the action's first argument is no TARGET.
func takesFirst(action respond.Action) bool {
	return action == respond.SetUrgency || action == respond.SetPriority
}

// ofSilences are the actions that need no TARGET when a silence is named.
var ofSilences = []respond.Action{respond.Silence, respond.ExtendSilence, respond.ExpireSilence}

// targetArgs demands what an action needs before its flags are looked at.
func targetArgs(action respond.Action, f *actionFlags) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if takesFirst(action) {
			if len(args) == 0 {
				return usagef("%s needs what to set, then a TARGET (see %s --help)", cmd.CommandPath(), cmd.CommandPath())
			}
			args = args[1:]
		}
		if slices.Contains(ofSilences, action) && (f.match != "" || f.silence != "") {
			return checkTargets(args)
		}
		return someArgs(0, checkTargets)(cmd, args)
	}
}

// addFlags are the flags of single actions.
func addFlags(action respond.Action, cmd *cobra.Command, f *actionFlags) {
	flags := cmd.Flags()
	if action.OnIncidents() {
		flags.BoolVar(&f.all, "all-incidents", false, "also the other incidents that were opened for the same alerts")
	}
	flags.BoolVar(&f.confirm, "confirm", false, "send also what is asked once more, such as waking a developer outside their hours")
	switch action {
	case respond.Snooze, respond.Silence, respond.ExtendSilence:
		flags.StringVar(&f.until, "until", "", "`WHEN` it ends: 30m, 2h, \"until 09:00\", \"tomorrow 09:00\"")
	}
	switch action {
	case respond.Merge:
		flags.StringVar(&f.into, "into", "", "the `TARGET` that the others are merged into")
	case respond.Silence:
		flags.StringVar(&f.match, "match", "", "label `MATCHERS` in Alertmanager's syntax; default: the alerts of the TARGETs and no other that fires now")
	case respond.ExtendSilence, respond.ExpireSilence:
		flags.StringVar(&f.silence, "id", "", "the id of one `SILENCE`; default: all that mute the TARGETs")
	}
}

// requestMore reads the flags of single actions.
func (a *app) requestMore(r *respond.Request, f actionFlags) error {
	var err error
	r.Responders, r.SilenceID = f.join, f.silence
	switch r.Action {
	case respond.SetUrgency:
		if r.Urgency = strings.ToLower(f.first); r.Urgency != "high" && r.Urgency != "low" {
			return usagef("%q is no urgency: write high or low", f.first)
		}
	case respond.SetPriority:
		r.PriorityID = f.first
	case respond.Merge:
		if f.into == "" {
			return usagef("merge needs --into: the TARGET that the others are merged into")
		}
		return checkTargets([]string{f.into})
	case respond.Snooze, respond.Silence, respond.ExtendSilence:
		if r.Until, err = wallclock.ParseUntil(f.until, a.now(), a.now().Location()); err != nil {
			return usagef("--until: %w", err)
		}
	}
	if f.match != "" {
		if r.Matchers, err = silencing.ParseMatchers(f.match); err != nil {
			return usagef("--match: %w", err)
		}
		if len(r.Matchers) == 0 {
			return usagef("--match: no matcher is given")
		}
	}
	return nil
}
