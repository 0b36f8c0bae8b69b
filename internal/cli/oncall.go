package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/naming"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/sources"
)

func (a *app) onCallCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "oncall [TEAM|SERVICE]",
		Short: "Print who is on call, who is next, and when nobody is",
		Long: `Prints who is on call at each level of the escalation policies of a team or a service,
until when, who is next, in which times of the next 14 days nobody is, and the overrides
of the schedules. Times of day are those where each person is; night is from 22:00 to
08:00 there.

TEAM is a team of PagerDuty, SERVICE a service of PagerDuty or a [[service]] of the
configuration, each by its name or id; an escalation policy or the name of first line
does as well. Without one it prints where you are on call, your teams and first line.

A gap is printed only where it is certain: where it is not known whether somebody is on
call, that is said with the reason.

Exit status: 0 when all was read, 3 when some was not, 1 when nothing was.`,
		Example: `  firstline oncall
  firstline oncall checkout
  firstline oncall payments --json | jq -r '.policies[].levels[0].now[].name'`,
		Args: oneName("TEAM or SERVICE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withSettled(cmd.Context(), func(ctx context.Context, s *setup) error {
				return a.onCall(ctx, s, strings.Join(args, ""), asJSON)
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (docs/json.md)")
	return cmd
}

// rota is an escalation policy with who is on call for it.
type rota struct {
	policy escalation.Policy
	// of says whose it is, such as "team payments".
	of        []string
	overrides []sources.Override
	// missing are sentences on what could not be read.
	missing []string
}

func (a *app) onCall(ctx context.Context, s *setup, typed string, asJSON bool) error {
	if s.account == nil {
		if len(s.config.PagerDuty) == 0 {
			return usagef("who is on call is in PagerDuty, and none is configured: set PAGERDUTY_TOKEN, or write [pagerduty] into %s", s.config.WantedPath)
		}
	}
	l := s.readOnly(ctx, sources.PagerDuty)
	a.sayFailed(l)
	if len(l.failed()) == len(l.snapshots) {
		return exit(exitFailed)
	}
	found, err := s.onCallSubjects(l.snapshots, typed)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	rotas := make([]rota, len(found))
	for n, f := range found {
		rotas[n] = s.readRota(ctx, l, f)
	}
	l.snapshots = s.withPeople(ctx, l.snapshots, rotas)
	status := exitDone
	for _, r := range rotas {
		if len(r.missing) > 0 {
			status = exitPartly
		}
	}
	for _, snap := range l.snapshots { // the whole lists: a level, a name or a policy may be missing
		if e := snap.Data.Extents; !e.Policies.Whole() || !e.Users.Whole() || !e.Teams.Whole() {
			status = exitPartly
		}
	}
	if asJSON {
		if err := writeJSON(a.out, s.onCallJSONOf(l, rotas)); err != nil {
			return err
		}
		return exit(status)
	}
	if _, err := fmt.Fprint(a.text(), onCallText(l, rotas)); err != nil {
		return fmt.Errorf("printing who is on call: %w", err)
	}
	return exit(status)
}

// onCallSubject is an escalation policy that is asked about.
type onCallSubject struct {
	ref sources.Reference
	of  []string
}

// named is what goes by a name, with its policies.
type namedOnCall struct {
	names    []string // the id first
	policies []sources.Reference
	of       string
	// firstLine: it is first line's.
	firstLine bool
}

// onCallSubjects are the escalation policies of what was typed or, when nothing was,
// those at which the person is on call now, of the person's teams and of first line.
func (s *setup) onCallSubjects(snapshots []sources.Snapshot, typed string) ([]onCallSubject, error) {
	var all []onCallSubject
	add := func(of string, refs ...sources.Reference) {
		for _, ref := range refs {
			at := slices.IndexFunc(all, func(f onCallSubject) bool { return f.ref.ID == ref.ID })
			if at < 0 {
				all, at = append(all, onCallSubject{ref: ref}), len(all)
			}
			if !slices.Contains(all[at].of, of) {
				all[at].of = append(all[at].of, of)
			}
		}
	}
	var things []namedOnCall
	extent := sources.Whole
	for i := range snapshots {
		e := snapshots[i].Data.Extents
		extent = extent.And(e.Teams).And(e.Services).And(e.Policies)
		things = append(things, s.onCallNames(&snapshots[i])...)
	}
	if typed != "" {
		hits := sources.Named(things, typed, func(n *namedOnCall) []string { return n.names })
		if len(hits) == 0 { // a team and a service may share a name: then it is about both
			_, err := naming.Find("team or service", typed, things, extent, func(n namedOnCall) []string { return n.names }, func(n namedOnCall) string { return n.of })
			return nil, err
		}
		for _, hit := range hits {
			add(hit.of, hit.policies...)
		}
		if len(all) == 0 {
			return nil, fmt.Errorf("PagerDuty has no escalation policy for %s, or this token may not see it", oneLine(hits[0].of))
		}
		return all, nil
	}
	for i := range snapshots {
		d := &snapshots[i].Data
		if d.Me == nil {
			continue
		}
		for _, o := range d.OnCalls {
			if o.User.ID == d.Me.ID && escalation.Covers(o, s.now()) {
				add("you"+s.inAccount(snapshots[i].Source), o.Policy)
			}
		}
		teams := d.Me.Teams
		if user := triage.UserOf(snapshots, sources.Reference{ID: d.Me.ID}); len(teams) == 0 {
			teams = user.Teams
		}
		for _, team := range teams {
			add("your team "+describe.Label(team, "team")+s.inAccount(snapshots[i].Source), policiesOfTeam(d, team.ID)...)
		}
	}
	for _, thing := range things {
		if thing.firstLine {
			add(thing.of, thing.policies...)
		}
	}
	if len(all) == 0 {
		return nil, usagef("nobody to show: name a TEAM or a SERVICE, or set [first_line] escalation_policy (you are on call nowhere, and in no team with an escalation policy, as far as PagerDuty says)")
	}
	return all, nil
}

// firstLineSubject is what first line's policy is called.
const firstLineSubject = "first line"

// onCallNames are all names of an account that may be asked about.
func (s *setup) onCallNames(snap *sources.Snapshot) []namedOnCall {
	var all []namedOnCall
	d := &snap.Data
	add := func(what string, policies []sources.Reference, names ...string) {
		all = append(all, namedOnCall{names, policies, what + s.inAccount(snap.Source), what == firstLineSubject})
	}
	policyOf := func(p sources.Policy) sources.Reference { return sources.Reference{ID: p.ID, Name: p.Name} }
	policies := func(typed string) (refs []sources.Reference) {
		for _, p := range sources.Named(d.Policies, typed, (*sources.Policy).Names) {
			refs = append(refs, policyOf(p))
		}
		return refs
	}
	if typed := s.settings.FirstLinePolicy; typed != "" {
		add(firstLineSubject, policies(typed), "", firstLineSubject, s.settings.FirstLineName)
	}
	for _, rule := range s.triage.Services {
		refs := policies(rule.Policy)
		if rule.Policy == "" {
			for _, service := range d.Services {
				if wanted := cmp.Or(rule.PagerDuty, rule.Name); service.ID == wanted || strings.EqualFold(service.Name, wanted) {
					refs = append(refs, service.Policy)
				}
			}
		}
		add("service "+rule.Name, refs, "", rule.Name)
	}
	for _, service := range d.Services {
		if service.Policy.ID != "" {
			add("service "+service.Name, []sources.Reference{service.Policy}, service.ID, service.Name)
		}
	}
	for _, team := range d.Teams {
		add("team "+team.Name, policiesOfTeam(d, team.ID), team.ID, team.Name)
	}
	for _, p := range d.Policies {
		add("escalation policy "+p.Name, []sources.Reference{policyOf(p)}, p.ID, p.Name)
	}
	return all
}

func policiesOfTeam(d *sources.Data, teamID string) (refs []sources.Reference) {
	for _, p := range d.Policies {
		if slices.ContainsFunc(p.Teams, func(t sources.Reference) bool { return t.ID == teamID }) {
			refs = append(refs, sources.Reference{ID: p.ID, Name: p.Name})
		}
	}
	return refs
}

// readRota reads the turns of a policy and the overrides of its schedules.
func (s *setup) readRota(ctx context.Context, l reading, subject onCallSubject) rota {
	until := l.at.Add(escalation.Ahead)
	r := rota{of: subject.of}
	r.policy, _ = triage.PolicyOf(l.snapshots, subject.ref)
	r.policy.Name = cmp.Or(r.policy.Name, subject.ref.Name)
	list, extent, err := s.account.OnCallsUntil(ctx, until, subject.ref.ID)
	switch {
	case err != nil:
		r.missing = append(r.missing, "who is next could not be read: "+describe.Explain(err))
	default:
		r.policy.OnCalls, r.policy.OnCallsRead, r.policy.Until = list, extent, until
		if !extent.Whole() {
			r.missing = append(r.missing, "who is on call could not all be read, because "+extent.Why())
		}
	}
	for _, schedule := range r.policy.Schedules() {
		overrides, extent, err := s.account.Overrides(ctx, schedule.ID, until)
		for _, o := range overrides {
			o.Schedule = schedule
			r.overrides = append(r.overrides, o)
		}
		why := ""
		switch {
		case err != nil:
			why = "the overrides could not be read: " + sources.Sentence(err)
		case !extent.Whole():
			why = "there may be other overrides, because " + extent.Why()
		}
		if why != "" && !slices.Contains(r.missing, why) {
			r.missing = append(r.missing, why)
		}
	}
	return r
}

// mostUnlisted is how many users are read by themselves for their time zones.
const mostUnlisted = 25

// withPeople adds the users who are on call and not among those of the snapshots, as
// in large accounts.
func (s *setup) withPeople(ctx context.Context, snapshots []sources.Snapshot, rotas []rota) []sources.Snapshot {
	var wanted []string
	for _, r := range rotas {
		for _, o := range r.policy.OnCalls {
			if triage.UserOf(snapshots, o.User).TimeZone == "" && o.User.ID != "" && !slices.Contains(wanted, o.User.ID) {
				wanted = append(wanted, o.User.ID)
			}
		}
	}
	snapshots = slices.Clone(snapshots)
	for _, id := range wanted[:min(len(wanted), mostUnlisted)] {
		if user, err := s.account.User(ctx, id); err == nil {
			users := &snapshots[0].Data.Users
			*users = append(slices.Clip(slices.DeleteFunc(slices.Clone(*users), func(u sources.User) bool { return u.ID == id })), user)
		}
	}
	return snapshots
}

// onCallText is who is on call, for people.
func onCallText(l reading, rotas []rota) string {
	var b strings.Builder
	line := func(label, text string) {
		if text = oneLine(text); text != "" {
			fmt.Fprintf(&b, "  %-10s %s\n", label, text)
		}
	}
	clock, until := wallclock.Of(l.at), l.at.Add(escalation.Ahead)
	for n, r := range rotas {
		if n > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s: %s\n", oneLine(describe.Label(sources.Reference{ID: r.policy.ID, Name: r.policy.Name}, "escalation policy")), oneLine(strings.Join(r.of, ", ")))
		duties, missing := r.policy.Duties(l.at)
		for _, d := range duties {
			for i, text := range dutyLines(l, &r.policy, d) {
				label := ""
				if i == 0 {
					label = fmt.Sprintf("Level %d", d.Level)
				}
				line(label, text)
			}
		}
		if missing != "" {
			line("", "whether there are further levels is not known, because "+missing)
		}
		label := "Gaps"
		for _, d := range duties {
			for _, text := range describe.Gaps(r.policy.Coverage(d.Level, l.at, until), l.at) {
				line(label, fmt.Sprintf("level %d: %s", d.Level, text))
				label = ""
			}
		}
		if label != "" && len(duties) > 0 {
			line(label, "none until "+clock.Whole(until))
		}
		label = "Overrides"
		for _, o := range r.overrides {
			span := "from " + clock.Whole(o.Start) + " until " + clock.Whole(o.End)
			line(label, fmt.Sprintf("%s on %s, %s", describe.There(triage.UserOf(l.snapshots, o.User), l.at), describe.Label(o.Schedule, "schedule"), span))
			label = ""
		}
		for _, schedule := range r.policy.Schedules() {
			line("Schedule", strings.TrimSpace(describe.Label(schedule, "schedule")+"  "+schedule.URL))
		}
		for _, text := range r.missing {
			line("Not read", text)
		}
	}
	return b.String()
}

// dutyLines say who is on call for a level, and who is next.
func dutyLines(l reading, p *escalation.Policy, d escalation.Duty) []string {
	who := func(people []escalation.Person, missing string) string {
		names := make([]string, len(people))
		for i, person := range people {
			names[i] = describe.There(triage.UserOf(l.snapshots, person.User), l.at)
		}
		switch {
		case len(people) == 0 && missing != "":
			return "not known, because " + missing
		case missing != "":
			return describe.List(names) + ", perhaps others, because " + missing
		case len(people) > 1 && d.Level <= len(p.Levels) && p.Levels[d.Level-1].Strategy == sources.RoundRobin:
			return "one of " + strings.Join(names, ", ") + " (round robin)"
		}
		return describe.List(names)
	}
	clock, now := wallclock.Of(l.at), who(d.Now, d.Missing)
	switch {
	case !d.At.IsZero():
		return []string{now + " until " + clock.Near(d.At, l.at) + " (" + describe.In(d.At, l.at) + ")", "then " + who(d.Next, d.NextMissing)}
	case d.Always:
		now += ", always"
	case !d.Until.IsZero() && d.Missing == "":
		now += " until " + clock.Near(d.Until, l.at) + " or longer"
	}
	return []string{now}
}
