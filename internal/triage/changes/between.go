package changes

import (
	"slices"
	"time"

	"firstline/internal/triage"
)

// Between returns what changed from one list to a later one: first the groups of
// the later list in its order, then those that are no longer in it. me are the ids
// of the person at the screen, who is named "you".
func Between(before, after *List, me ...string) []Change {
	c := comparison{before: before, after: after, me: me}
	var left []group
	for _, g := range before.groups {
		if !after.Has(g.id) {
			left = append(left, g)
		}
	}
	opened := c.opened(left)
	remains := c.remaining(left)
	for _, now := range after.groups {
		at, found := before.byID[now.id]
		switch {
		case found:
			c.compare(before.groups[at], now)
		case opened[now.id]:
			c.add(Opened, now, "", now.since)
			c.changes[len(c.changes)-1].From = c.from(now.id)
		case remains[now.id]:
		case before.read(now), now.incident && now.since.After(before.begun):
			c.add(New, now, "", now.since)
		}
	}
	for _, g := range left {
		switch {
		case c.succeeded[g.id] != "":
		case !after.readAll(g):
			c.add(Unread, g, "", time.Time{})
		case g.incident:
			c.add(Ended, g, "", time.Time{})
		default:
			c.add(Unreported, g, "", time.Time{})
		}
	}
	return c.changes
}

// comparison collects the changes between two lists.
type comparison struct {
	before, after *List
	me            []string
	changes       []Change
	// succeeded are the groups of alerts whose alerts are in another group now, with
	// the id of that one.
	succeeded map[string]string
}

// add notes a change at a time; zero: it is only known to lie between the lists.
func (c *comparison) add(kind Kind, g group, who string, at time.Time) {
	ch := Change{ID: g.id, Kind: kind, Name: g.name, Who: who, At: at}
	if at.Before(c.before.At) || at.After(c.after.At) {
		ch.At = c.after.At
	}
	c.changes = append(c.changes, ch)
}

// who names people, the one at the screen as "you".
func (c *comparison) who(list []person) string {
	list = slices.Clone(list)
	for i := range list {
		if list[i].id != "" && slices.Contains(c.me, list[i].id) {
			list[i].name = "you"
		}
	}
	return names(list)
}

// opened returns the ids of the incidents that are new and have an alert of a group
// without one that left, and notes that such a group goes on.
func (c *comparison) opened(left []group) map[string]bool {
	c.succeeded = map[string]string{}
	holders := map[uint64]string{} // of alerts without an incident
	for _, g := range left {
		for _, alert := range g.alerts {
			if !g.incident {
				holders[alert] = g.id
			}
		}
	}
	opened := map[string]bool{}
	if len(holders) == 0 {
		return opened
	}
	for _, g := range c.after.groups {
		for _, alert := range g.alerts {
			if id, held := holders[alert]; held {
				c.succeeded[id] = g.id
				opened[g.id] = g.incident
			}
		}
	}
	return opened
}

// remaining returns the ids of the groups of alerts that are left of incidents that
// ended: they have a row of their own until their source no longer reports them.
func (c *comparison) remaining(left []group) map[string]bool {
	ended := map[uint64]bool{} // alerts of such incidents
	for _, g := range left {
		for _, alert := range g.alerts {
			if g.incident {
				ended[alert] = true
			}
		}
	}
	remains := map[string]bool{}
	for _, g := range c.after.groups {
		if _, before := c.before.byID[g.id]; !before && !g.incident {
			remains[g.id] = len(g.alerts) > 0 && !slices.ContainsFunc(g.alerts, func(alert uint64) bool { return !ended[alert] })
		}
	}
	return remains
}

// from returns the groups whose place a group took, sorted.
func (c *comparison) from(id string) []string {
	var from []string
	for old, now := range c.succeeded {
		if now == id {
			from = append(from, old)
		}
	}
	slices.Sort(from)
	return from
}

// compare notes what changed in a group that is in both lists.
func (c *comparison) compare(was, now group) {
	if now.incident {
		c.compareAssignees(was, now)
		if was.asked == "" && now.asked != "" {
			c.add(Asked, now, now.asked, now.askedAt)
		}
		c.compareStatus(was, now)
	}
	if was.urgency == "low" && now.urgency == "high" {
		c.add(Graver, now, "high urgency", time.Time{})
	}
	if slices.ContainsFunc(now.informing, func(name string) bool { return !c.before.heard[name] }) {
		return // what a source says for the first time may have been so before
	}
	if !now.incident && was.state != now.state {
		switch now.state {
		case triage.Firing:
			c.add(Fires, now, "", time.Time{})
		case triage.Silenced:
			c.add(Silenced, now, "", time.Time{})
		}
	}
	switch {
	case was.over == triage.NotOver && now.over == triage.IsOver:
		c.add(NoLongerFires, now, "", time.Time{})
	case was.over == triage.IsOver && now.over == triage.NotOver:
		c.add(FiresAgain, now, "", time.Time{})
	}
	if now.incident && !was.silenced && now.silenced {
		c.add(Silenced, now, "", time.Time{})
	}
	if graver(was.severity, now.severity) {
		c.add(Graver, now, string(now.severity), time.Time{})
	}
}

// graver reports whether a known severity became a graver one.
func graver(was, now triage.Severity) bool {
	all := triage.Severities()
	from, to := slices.Index(all, was), slices.Index(all, now)
	return to >= 0 && from > to
}

// compareStatus notes acknowledgements and their end.
func (c *comparison) compareStatus(was, now group) {
	fresh := added(was.acknowledgers, now.acknowledgers)
	switch {
	case now.state == triage.Acknowledged && (len(fresh) > 0 || was.state != now.state):
		c.add(Acknowledged, now, c.who(fresh), latest(fresh))
	case was.state == triage.Acknowledged && now.state == triage.Triggered:
		c.add(TriggeredAgain, now, "", now.changedBy.at)
	}
}

// compareAssignees notes that an incident went to others.
func (c *comparison) compareAssignees(was, now group) {
	if !was.assigneesRead || !now.assigneesRead {
		return
	}
	fresh := added(was.assignees, now.assignees)
	if len(fresh) == 0 {
		return
	}
	kind, at := Went, latest(fresh)
	// PagerDuty had announced it, and did it by the same policy.
	if was.policyID == now.policyID && now.byPolicy && !was.escalatesAt.IsZero() && !at.Before(was.escalatesAt.Add(-announcedWithin)) {
		kind = Escalated
	}
	c.add(kind, now, c.who(fresh), at)
}

// announcedWithin is how much earlier than announced an escalation may be dated.
const announcedWithin = 5 * time.Second

// added are people who are in the second list only.
func added(before, after []person) []person {
	var out []person
	for _, p := range after {
		same := func(q person) bool { return q.id == p.id && (p.id != "" || q.name == p.name) }
		if !slices.ContainsFunc(before, same) {
			out = append(out, p)
		}
	}
	return out
}

// latest is the last time since when people have something; zero where none is known.
func latest(list []person) time.Time {
	var at time.Time
	for _, p := range list {
		if p.at.After(at) {
			at = p.at
		}
	}
	return at
}
