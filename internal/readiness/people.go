package readiness

import (
	"fmt"
	"slices"
	"strings"

	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/slo"
	"firstline/internal/wording"
	"firstline/sources"
)

func (j *judge) policyName() string {
	return describe.Label(sources.Reference{ID: j.Policy.ID, Name: j.Policy.Name}, "escalation policy")
}

func (j *judge) owner() Finding {
	f := Finding{Limit: "a team with an escalation policy"}
	named := j.Policy != nil && !j.Policy.Gone
	switch {
	case j.Team != "" && named:
		f.Verdict, f.Value = Ready, j.Team+", escalation policy "+j.policyName()
	case j.OwnerUnread != "":
		f.Verdict, f.Because = Unknown, j.OwnerUnread
	default:
		f.Verdict = NotReady
		var lacking, keys []string
		if j.Team == "" {
			lacking, keys = append(lacking, "no team"), append(keys, "team")
		}
		if !named {
			lacking, keys = append(lacking, "no escalation policy"), append(keys, "escalation_policy")
		}
		f.Value = strings.Join(lacking, ", ")
		f.Fix = fmt.Sprintf("Name its owner: write %s into a [[service]] named %q, or give its service in PagerDuty a team and a policy.", strings.Join(keys, " and "), j.Name)
	}
	return f
}

// noPolicy is the finding of what needs the owner's policy, without one.
func (j *judge) noPolicy(limit string) (Finding, bool) {
	f := Finding{Verdict: Unknown, Limit: limit}
	switch {
	case j.Policy == nil && j.OwnerUnread != "":
		f.Because = j.OwnerUnread
	case j.Policy == nil:
		f.Because = "it has no escalation policy of an owner"
	case j.Policy.Gone:
		f.Because = "PagerDuty no longer has the escalation policy " + j.policyName()
	case !j.Policy.Read:
		f.Because = "the levels of " + j.policyName() + " were not read"
	case len(j.Policy.Levels) == 0:
		f.Verdict, f.Value = NotReady, "no level"
		f.Fix = fmt.Sprintf("Give the escalation policy %s levels: it notifies nobody.", j.policyName())
	default:
		return f, false
	}
	return f, true
}

func (j *judge) levels() Finding {
	limit := fmt.Sprintf("at least %d", j.limits.Levels)
	if f, none := j.noPolicy(limit); none {
		return f
	}
	f := Finding{Verdict: Ready, Limit: limit, Value: wording.Count(len(j.Policy.Levels), "level")}
	if len(j.Policy.Levels) < j.limits.Levels {
		f.Verdict = NotReady
		f.Fix = fmt.Sprintf("Add a level to the escalation policy %s: nobody follows when level %d does not answer.", j.policyName(), len(j.Policy.Levels))
	}
	return f
}

// peopleOf returns the names of the people who are on call at a level in the time
// ahead.
func (j *judge) peopleOf(level int) []string {
	var ids, names []string
	add := func(u sources.Reference) {
		if !slices.Contains(ids, u.ID) {
			ids, names = append(ids, u.ID), append(names, describe.Label(u, "user"))
		}
	}
	for _, t := range j.Policy.Turns(j.now, j.now.Add(j.limits.Ahead)) {
		if t.Level == level {
			add(t.User)
		}
	}
	for _, t := range j.Policy.Levels[level-1].Targets {
		if escalation.IsUser(t) && !t.Deleted {
			add(t)
		}
	}
	return names
}

func (j *judge) people() Finding {
	limit := fmt.Sprintf("at least %s on each level in the next %s", people(j.limits.People), slo.Length(j.limits.Ahead))
	if f, none := j.noPolicy(limit); none {
		return f
	}
	f := Finding{Verdict: Ready, Limit: limit}
	var values, short []string
	for level := 1; level <= len(j.Policy.Levels); level++ {
		names := j.peopleOf(level)
		values = append(values, fmt.Sprintf("level %d: %s", level, people(len(names))))
		if len(names) >= j.limits.People {
			continue
		}
		who := "nobody"
		if len(names) > 0 {
			who = "only " + describe.Few(names, 3)
		}
		short = append(short, fmt.Sprintf("level %d has %s", level, who))
	}
	f.Value = strings.Join(values, ", ")
	switch {
	case len(short) == 0:
	case !j.Policy.OnCallsRead.Whole():
		f.Verdict, f.Because = Unknown, "who is on call could not all be read: "+j.Policy.OnCallsRead.Why()
	case j.Policy.Until.Before(j.now.Add(j.limits.Ahead)):
		f.Verdict, f.Because = Unknown, "who is on call later has not been read"
	default:
		f.Verdict, f.Value = NotReady, strings.Join(short, ", ")
		f.Fix = fmt.Sprintf("Add people to the escalation policy %s: %s.", j.policyName(), f.Value)
	}
	return f
}

func people(n int) string {
	if n == 1 {
		return "1 person"
	}
	return fmt.Sprintf("%d people", n)
}

func (j *judge) gaps() Finding {
	limit := "somebody on each level for the next " + slo.Length(j.limits.Ahead)
	if f, none := j.noPolicy(limit); none {
		return f
	}
	f := Finding{Verdict: Ready, Limit: limit, Value: "none"}
	var gaps, unread []string
	for level := 1; level <= len(j.Policy.Levels); level++ {
		c := j.Policy.Coverage(level, j.now, j.now.Add(j.limits.Ahead))
		certain := c
		certain.Because = ""
		for _, text := range describe.Gaps(certain, j.now) {
			gaps = append(gaps, fmt.Sprintf("level %d: %s", level, text))
		}
		if c.Because != "" {
			unread = append(unread, c.Because)
		}
	}
	switch {
	case len(gaps) > 0:
		f.Verdict, f.Value = NotReady, describe.Few(gaps, 3)
		f.Fix = fmt.Sprintf("Fill the gaps in the schedules of %s: %s.", j.policyName(), f.Value)
	case len(unread) > 0:
		f.Verdict, f.Value, f.Because = Unknown, "", unread[0]
	}
	return f
}
