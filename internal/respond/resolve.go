package respond

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/naming"
	"firstline/internal/triage"
	"firstline/sources"
)

// ResolveTarget finds who is meant by what was typed. The owner stays as it
// is: it is of each group (see OwnerOf). The error is one sentence that says
// what to do; it lists the nearest names where nothing matched and all where
// more than one did.
func ResolveTarget(t Target, w Data) (Target, error) {
	typed := strings.TrimSpace(cmp.Or(t.ID, t.Name))
	switch t.Kind {
	case ToOwner:
		return Target{Kind: ToOwner, Name: "the owner"}, nil
	case ToNextOnCall:
		return Target{Kind: ToNextOnCall, Name: "whoever is next on call"}, nil
	case ToFirstLine:
		return w.resolveFirstLine()
	case ToUser:
		return w.resolveUser(typed)
	case ToTeam:
		return w.resolveTeam(typed)
	case ToPolicy:
		p, err := w.findPolicy(typed)
		if err != nil {
			return Target{}, err
		}
		return Target{Kind: ToPolicy, ID: p.ID, Name: p.Name, PolicyID: p.ID}, nil
	case "":
		return Target{}, errors.New("no target is named: choose who takes over")
	}
	return Target{}, fmt.Errorf("%q is no kind of target", t.Kind)
}

// OwnerOf is the policy of the group's owner as a target.
func OwnerOf(g triage.Group, w Data) (Target, error) {
	service := cmp.Or(clean.Line(g.Service), "this service")
	if g.OwnerPolicyID == "" && g.OwnerPolicyTyped != "" {
		p, err := w.findPolicy(g.OwnerPolicyTyped)
		if err != nil {
			return Target{}, fmt.Errorf("the owner of %s can't be reached: %w", service, err)
		}
		g.OwnerPolicyID = p.ID
	}
	if g.OwnerPolicyID == "" {
		return Target{}, fmt.Errorf("who owns %s is not known: set escalation_policy in its [[service]], or choose another target", service)
	}
	p, ok := w.policy(g.OwnerPolicyID)
	if !ok && !w.Extents.Policies.Whole() {
		// It may be there: who is on call there is asked for before anything is sent.
		return Target{Kind: ToOwner, ID: g.OwnerPolicyID, Name: "the owner of " + service, PolicyID: g.OwnerPolicyID}, nil
	}
	if !ok {
		return Target{}, fmt.Errorf("the escalation policy of %s's owner is not in PagerDuty, or this token may not see it: choose another target", service)
	}
	return Target{Kind: ToOwner, ID: p.ID, Name: p.Name, PolicyID: p.ID}, nil
}

func (w Data) resolveFirstLine() (Target, error) {
	if strings.TrimSpace(w.Settings.FirstLinePolicy) == "" {
		return Target{}, errors.New("no first line is configured: set escalation_policy in [first_line], or choose another target")
	}
	p, err := w.findPolicy(w.Settings.FirstLinePolicy)
	if err != nil {
		return Target{}, fmt.Errorf("the first line can't be reached: %w", err)
	}
	return Target{Kind: ToFirstLine, ID: p.ID, Name: w.firstLineName(), PolicyID: p.ID}, nil
}

func (w Data) resolveUser(typed string) (Target, error) {
	u, err := naming.Find("user", typed, w.Users, w.Extents.Users, func(u sources.User) []string { return []string{u.ID, u.Email, u.Name} },
		func(u sources.User) string { return u.Name + " (" + u.Email + ")" })
	if err != nil {
		return Target{}, err
	}
	if why := cannotBeAssigned(u); why != "" {
		return Target{}, fmt.Errorf("%s %s: choose another target", cmp.Or(clean.Line(u.Name), "an unnamed user"), why)
	}
	return Target{Kind: ToUser, ID: u.ID, Name: u.Name, Detail: u.Email, OnCall: w.onCallNow(u.ID)}, nil
}

func (w Data) resolveTeam(typed string) (Target, error) {
	team, err := naming.Find("team", typed, w.Teams, w.Extents.Teams.And(w.Extents.Policies), func(r sources.Reference) []string { return []string{r.ID, r.Name} },
		func(r sources.Reference) string { return r.Name + " (" + r.ID + ")" })
	if err != nil {
		return Target{}, err
	}
	policies := w.policiesOf(team.ID)
	why := ""
	if !w.Extents.Policies.Whole() {
		why = clean.Line(w.Extents.Policies.Why())
	} else if at := slices.IndexFunc(w.Policies, func(p sources.Policy) bool { return p.TeamsUnread }); at >= 0 {
		why = "PagerDuty does not say which teams " + clean.Line(w.Policies[at].Name) + " belongs to"
	}
	if len(policies) < 2 && why != "" {
		return Target{}, fmt.Errorf("which escalation policies the team %s has is not known, because %s: choose a person or a policy", clean.Line(team.Name), why)
	}
	switch len(policies) {
	case 0:
		return Target{}, fmt.Errorf("the team %s has no escalation policy: choose a person or a policy", clean.Line(team.Name))
	case 1:
		p := policies[0]
		return Target{Kind: ToTeam, ID: team.ID, Name: team.Name, PolicyID: p.ID, Detail: p.Name}, nil
	}
	var names []string
	for _, p := range policies {
		names = append(names, clean.Line(p.Name)+" ("+clean.Line(p.ID)+")")
	}
	return Target{}, fmt.Errorf("the team %s has several escalation policies: choose one of %s", clean.Line(team.Name), describe.List(names))
}

func (w Data) findPolicy(typed string) (sources.Policy, error) {
	return naming.Find("escalation policy", typed, w.Policies, w.Extents.Policies, func(p sources.Policy) []string { return p.Names() },
		func(p sources.Policy) string { return p.Name + " (" + p.ID + ")" })
}

func (w Data) policiesOf(teamID string) []sources.Policy {
	var policies []sources.Policy
	for _, p := range w.Policies {
		if slices.ContainsFunc(p.Teams, func(t sources.Reference) bool { return t.ID == teamID }) {
			policies = append(policies, p)
		}
	}
	return policies
}
