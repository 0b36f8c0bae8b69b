package firstrun

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/config"
	"firstline/sources"
)

// askPolicy asks for the escalation policy of the first line.
func (r *Run) askPolicy(ctx context.Context) error {
	q := Question{Title: "The escalation policy of the first line", Help: "Developers escalate to it."}
	before := cmp.Or(r.Answers.Policy, r.Present.FirstLine.EscalationPolicy)
	if r.account == nil || len(r.account.Data.Policies) == 0 {
		if r.account == nil && len(r.Present.PagerDuty) == 0 && r.Answers.Token == nil {
			return nil // there is nothing to escalate to
		}
		q.Help += " Its id or name."
		q.Empty = "skip"
		typed, err := r.line(ctx, q, before, anything)
		r.Answers.Policy = typed
		r.say(r.TryFirstLineName())
		return err
	}
	policies := slices.SortedFunc(slices.Values(r.account.Data.Policies), func(a, b sources.Policy) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.ID, b.ID))
	})
	skip := "Skip: no first line"
	if now := r.Present.FirstLine.EscalationPolicy; now != "" {
		skip = "Skip: it stays " + clean.Line(now)
	}
	options, at := []string{skip}, 0
	for i, p := range policies {
		options = append(options, fmt.Sprintf("%s (%s)", clean.Line(p.Name), clean.Line(p.ID)))
		if before != "" && (p.ID == before || strings.EqualFold(p.Name, before)) {
			at = i + 1
		}
	}
	if e := r.account.Data.Extents.Policies; !e.Whole() {
		q.Help += " There may be more than these, because " + clean.Line(e.Why()) + "."
	}
	at, err := r.Person.Choose(ctx, q, options, at)
	if err != nil || at == 0 {
		r.Answers.Policy = ""
		return err
	}
	p := policies[at-1]
	r.Answers.Policy = p.Name
	if p.Name != clean.Line(p.Name) || len(sources.Named(policies, p.Name, (*sources.Policy).Names)) != 1 {
		r.Answers.Policy = p.ID
	}
	r.say(r.TryFirstLineName())
	return nil
}

// saysPolicy is the policy of the first line, with its name where that is known.
func (r *Run) saysPolicy() string {
	policy := cmp.Or(r.Answers.Policy, r.Present.FirstLine.EscalationPolicy)
	if r.account != nil {
		if hits := sources.Named(r.account.Data.Policies, policy, (*sources.Policy).Names); policy != "" && len(hits) == 1 {
			return fmt.Sprintf("%s (%s)", clean.Line(hits[0].Name), clean.Line(hits[0].ID))
		}
	}
	return cmp.Or(policy, skipped)
}

// TryPolicy says whether PagerDuty has an escalation policy.
func (r *Run) TryPolicy(typed string) Findings {
	if r.account == nil {
		why := "PagerDuty was not asked"
		if r.asked {
			why = "PagerDuty could not be read"
		}
		return Findings{{Mind, fmt.Sprintf("Whether there is an escalation policy %q is not known: %s.", clean.Line(typed), why)}}
	}
	d := r.account.Data
	hits := sources.Named(d.Policies, typed, (*sources.Policy).Names)
	if name, is := r.oneOfSeveral(); is {
		// Another account may have it, or not: nothing here is known of all.
		const only = " It was looked for in that account only: `firstline check` looks in all."
		switch {
		case len(hits) == 1:
			return Findings{{Fine, fmt.Sprintf("In the account %s the first line is the escalation policy %s (%s).%s", name, clean.Line(hits[0].Name), clean.Line(hits[0].ID), only)}}
		case len(hits) == 0 && d.Extents.Policies.Whole():
			return Findings{{Mind, fmt.Sprintf("The account %s has no escalation policy %q, or this token may not see it.%s", name, clean.Line(typed), only)}}
		case len(hits) == 0:
			return Findings{{Mind, fmt.Sprintf("Whether the account %s has an escalation policy %q is not known, because %s.%s", name, clean.Line(typed), d.Extents.Policies.Why(), only)}}
		}
	}
	switch {
	case len(hits) == 1:
		return Findings{{Fine, fmt.Sprintf("The first line is the escalation policy %s (%s).", clean.Line(hits[0].Name), clean.Line(hits[0].ID))}}
	case len(hits) > 1:
		return Findings{{Wrong, fmt.Sprintf("%q is more than one escalation policy: use its id.", clean.Line(typed))}}
	case !d.Extents.Policies.Whole():
		return Findings{{Mind, fmt.Sprintf("Whether there is an escalation policy %q is not known, because %s.", clean.Line(typed), d.Extents.Policies.Why())}}
	}
	return Findings{{Wrong, fmt.Sprintf("PagerDuty has no escalation policy %q, or this token may not see it.", clean.Line(typed))}}
}

// firstLineName is the name in [first_line] that goes with the policy of the answers: where
// the file has the name of its policy there, that of the new one. Empty: it stays.
func (r *Run) firstLineName() string {
	name, policy, _ := r.nameInFile()
	if r.Answers.Policy == "" || name == "" || policy == "" {
		return ""
	}
	next := r.policyName(r.Answers.Policy)
	if strings.EqualFold(name, next) || !strings.EqualFold(name, clean.Line(policy)) && !strings.EqualFold(name, r.policyName(policy)) {
		return ""
	}
	return next
}

// nameInFile are the name and the policy in [first_line] of the file. here: the name is
// that of this environment too.
func (r *Run) nameInFile() (name, policy string, here bool) {
	c, err := config.Parse(r.Present.WantedPath, []byte(r.Document), nil)
	if err != nil { // it is valid with the environment only
		c = r.Present
	}
	return c.FirstLine.Name, c.FirstLine.EscalationPolicy, c.FirstLine.Name == r.Present.FirstLine.Name
}

// policyName is the name of a policy that was typed by its name or id, where that is known.
func (r *Run) policyName(typed string) string {
	if r.account != nil {
		if hits := sources.Named(r.account.Data.Policies, typed, (*sources.Policy).Names); len(hits) == 1 && clean.Line(hits[0].Name) != "" {
			return clean.Line(hits[0].Name)
		}
	}
	return clean.Line(typed)
}

// TryFirstLineName says what the screen calls the first line where its policy becomes
// another one, and the name is not that of the policy.
func (r *Run) TryFirstLineName() Findings {
	before, policy := r.Present.FirstLine, r.Answers.Policy
	if policy == "" || before.Name == "" || strings.EqualFold(r.policyName(policy), r.policyName(before.EscalationPolicy)) {
		return nil
	}
	_, _, here := r.nameInFile()
	name := r.policyName(policy)
	switch changed := r.firstLineName(); {
	case strings.EqualFold(before.Name, name):
		return nil
	case !here:
		return Findings{{Mind, fmt.Sprintf("The screen still calls the first line %q, as FIRSTLINE_FIRST_LINE_NAME says: where %q has another name, change that too.", before.Name, name)}}
	case changed != "":
		return Findings{{Plain, fmt.Sprintf("The screen calls the first line %q from then on, and no longer %q.", changed, before.Name)}}
	}
	return Findings{{Mind, fmt.Sprintf("The screen still calls the first line %q: where %q has another name, change name in [first_line] too.", before.Name, name)}}
}
