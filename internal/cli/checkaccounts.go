package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/sources/pagerduty"
)

// account reports the user in PagerDuty and what the token cannot do.
func (c *checker) account(ctx context.Context, client *pagerduty.Client) {
	ctx, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	report, err := client.Check(ctx)
	name := client.Source().Name
	if err != nil {
		c.add(name, wrong, "%s", sources.Sentence(err))
		return
	}
	if me := report.Me; me != nil {
		c.add(name, fine, "you are %s (%s), with the token of a %s", me.Name, me.Email, tokenOwner(report.Token))
	}
	if report.Proof != "" {
		c.add(name, fine, "%s", report.Proof)
	}
	for _, missing := range report.Missing {
		v := mind
		if report.Me == nil {
			v = wrong // nothing can be done as nobody
		}
		c.add(name, v, "%s", missing)
	}
}

func tokenOwner(kind pagerduty.TokenKind) string {
	switch kind {
	case pagerduty.UserToken:
		return "user"
	case pagerduty.AccountToken:
		return "whole account"
	}
	return "kind that is unknown"
}

// policies reports whether there is somebody to escalate to.
func (c *checker) policies(w respond.Data) {
	if !w.PagerDuty {
		return
	}
	// What can't be read is reported with its source.
	accounts := slices.DeleteFunc(w.Accounts(), func(one respond.Data) bool { return one.PagerDutyErr != nil })
	if len(accounts) == 0 {
		return
	}
	if c.s.config.FirstLine.EscalationPolicy == "" {
		_, err := respond.ResolveTarget(respond.Target{Kind: respond.ToFirstLine}, w)
		c.add("first line", mind, "%v", err)
	} else {
		for _, one := range accounts {
			c.firstLine(one)
		}
	}
	for _, rule := range c.s.config.Services {
		c.ofService(rule, w, accounts)
	}
}

// firstLine reports whether first line can be escalated to in an account.
func (c *checker) firstLine(w respond.Data) {
	name := in("first line", w)
	t, err := respond.ResolveTarget(respond.Target{Kind: respond.ToFirstLine}, w)
	if err != nil {
		c.add(name, unless(w.Extents.Policies, wrong), "%v", err)
		return
	}
	c.escalatesTo(name, t, w)
}

// in names what is checked in an account, where there are several.
func in(name string, one respond.Data) string {
	if one.Account == "" {
		return name
	}
	return name + " in " + one.Account
}

// ofService reports whether the policy and the service of a [[service]] are in one of the
// accounts. extents are those of all: what is nowhere may be in one that was not read.
func (c *checker) ofService(rule triage.ServiceRule, all respond.Data, accounts []respond.Data) {
	name := "service " + rule.Name
	var fault error
	found := false
	for _, one := range accounts {
		if rule.Policy == "" {
			break
		}
		t, err := respond.ResolveTarget(respond.Target{Kind: respond.ToPolicy, ID: rule.Policy}, one)
		if err != nil {
			if fault == nil {
				fault = err
			}
			continue
		}
		found = true
		c.escalatesTo(in(name, one), t, one)
	}
	if !found && fault != nil {
		c.add(name, unless(all.Extents.Policies, wrong), "%v", fault)
	}
	if rule.PagerDuty != "" && !slices.ContainsFunc(all.Services, func(s sources.Service) bool {
		return s.ID == rule.PagerDuty || strings.EqualFold(s.Name, rule.PagerDuty)
	}) {
		if all.Extents.Services.Whole() {
			c.add(name, wrong, "PagerDuty has no service %q: correct pagerduty in its [[service]]", rule.PagerDuty)
		} else {
			c.add(name, mind, "whether PagerDuty has a service %q is not known, because %s", rule.PagerDuty, all.Extents.Services.Why())
		}
	}
}

// escalatesTo reports whether somebody is on call for the policy of a target.
func (c *checker) escalatesTo(name string, t respond.Target, w respond.Data) {
	policy := "the policy " + t.PolicyID
	if i := slices.IndexFunc(w.Policies, func(p sources.Policy) bool { return p.ID == t.PolicyID }); i >= 0 && w.Policies[i].Name != "" {
		policy = fmt.Sprintf("the policy %s (%s)", clean.Line(w.Policies[i].Name), t.PolicyID)
	}
	nobody, unknown := respond.NobodyOnCall(t.PolicyID, t.Name, w)
	switch {
	case nobody:
		c.add(name, mind, "escalates to %s, which has nobody on call now", policy)
	case unknown != "":
		c.add(name, mind, "escalates to %s; %s", policy, unknown)
	default:
		c.add(name, fine, "escalates to %s", policy)
	}
}

// unless is the verdict on what is not in a list: only to mind where the list
// is not whole.
func unless(e sources.Extent, v verdict) verdict {
	if e.Whole() {
		return v
	}
	return mind
}

// maxNamed is how many names one line lists.
const maxNamed = 8

// owners lists the alerts without a known owner.
func (c *checker) owners(l reading, w respond.Data) {
	var without, lost []string
	for _, g := range l.groups {
		unknown := g.Service == ""
		if w.PagerDuty && w.PagerDutyErr == nil {
			_, err := respond.OwnerOf(g, w.For(respond.Request{Groups: []triage.Group{g}}))
			unknown = err != nil
		}
		switch {
		case unknown && g.OwnerPolicyTyped != "":
			lost = append(lost, nameOf(g))
		case unknown:
			without = append(without, nameOf(g))
		}
	}
	slices.Sort(lost)
	if lost = slices.Compact(lost); len(lost) > 0 {
		c.add("owners", mind, "the owner of %s can't be reached: the escalation_policy of its [[service]] was not found", named(lost))
	}
	slices.Sort(without)
	without = slices.Compact(without)
	switch {
	case len(without) > 0:
		c.add("owners", mind, "the owner of %s is unknown: write a [[service]] with match and escalation_policy", named(without))
	case len(lost) > 0:
	case l.status() != exitDone:
		c.add("owners", mind, "each of %s that are known has an owner, and not all are known", wording.Count(len(l.groups), "group"))
	default:
		c.add("owners", fine, "each of %s has an owner", wording.Count(len(l.groups), "group"))
	}
}
