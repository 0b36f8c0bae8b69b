package demo

import (
	"fmt"
	"slices"
	"time"
)

// This file implements PagerDuty's escalation rules, as its documentation and
// the descriptions in its schema state them. The implementation is independent,
// so that firstline's forecasts can be compared with it. Callers hold the lock.

// policyNow returns a copy of a policy that later changes do not affect.
func (d *Directory) policyNow(id string) Policy {
	p, found := d.policy(id)
	if !found {
		return Policy{ID: id}
	}
	p.Levels = slices.Clone(p.Levels)
	for n := range p.Levels {
		l := &p.Levels[n]
		l.UserIDs, l.ScheduleIDs = slices.Clone(l.UserIDs), slices.Clone(l.ScheduleIDs)
	}
	return p
}

// begin starts an incident at the first level of a policy in its current form.
// The caller has checked that somebody is on call there.
func (p *PagerDuty) begin(i *incident, policyID string, by agent, kind string) {
	i.policy, i.loops = p.directory.policyNow(policyID), 0
	p.reach(i, 1, by, kind)
}

// reach assigns an incident to a level of its policy, or to the next one with
// anybody on call. It returns false, and changes nothing, without one.
func (p *PagerDuty) reach(i *incident, level int, by agent, kind string) bool {
	now := p.now()
	level = p.directory.firstLevel(i.policy, level, now)
	if level == 0 {
		return false
	}
	ids := p.directory.onCall(i.policy, level, now)
	if i.policy.Levels[level-1].RoundRobin {
		ids = []string{p.nextInTurn(i.policy.ID, level, ids)}
	}
	i.level, i.direct = level, false
	if by.userID != "" {
		i.loops = 0 // a person escalated it
	}
	summary := fmt.Sprintf("Assigned to %s.", p.names(ids))
	if kind == "escalate" {
		summary = fmt.Sprintf("Escalated to %s by %s.", p.names(ids), p.nameOf(by))
	}
	p.assignTo(i, ids, by, kind, summary)
	return true
}

// assign assigns an incident to people. The schema says: "Direct_assignment
// incidents will not escalate up the attached escalation_policy".
func (p *PagerDuty) assign(i *incident, userIDs []string, by agent) {
	if i.status == "acknowledged" {
		// New assignees are notified: the acknowledgement ends.
		p.setStatus(i, "triggered", by)
		i.acks, i.unackAt, i.snoozedUntil = nil, time.Time{}, time.Time{}
	}
	i.level, i.direct = 0, true
	var ids []string
	for _, id := range userIDs {
		if !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	p.assignTo(i, ids, by, "assign", fmt.Sprintf("Assigned to %s by %s.", p.names(ids), p.nameOf(by)))
}

// assignTo replaces the assignees and begins to notify the new ones.
func (p *PagerDuty) assignTo(i *incident, ids []string, by agent, kind, summary string) {
	i.setAssignees(ids, p.now())
	i.touch(p.now())
	p.log(i, kind, summary, by, func(e *logEntry) { e.assignees = ids })
	p.notifyAssignees(i)
}

// nextInTurn returns the next user of a round robin.
func (p *PagerDuty) nextInTurn(policyID string, level int, ids []string) string {
	ring := fmt.Sprintf("%s/%d", policyID, level)
	last, begun := p.turnOf[ring]
	next := 0
	if begun {
		next = (slices.Index(ids, last) + 1) % len(ids)
	}
	p.turnOf[ring] = ids[next]
	return ids[next]
}

// notifyAssignees starts the assignees' notification rules for the incident's
// urgency, and the time until it escalates. A low-urgency incident and a
// directly assigned one do not escalate. Nobody is notified of an acknowledged
// one.
func (p *PagerDuty) notifyAssignees(i *incident) {
	i.stopNotifying()
	if i.status != "triggered" {
		return
	}
	now := p.now()
	for _, a := range i.assignees {
		i.due = append(i.due, p.notices(a.userID, i.urgency, false)...)
	}
	p.send(i)
	if i.urgency == "low" || i.direct || i.level == 0 {
		return
	}
	// The last level has a successor while the policy may begin again.
	if delay := i.policy.Levels[i.level-1].Delay; delay > 0 && (i.level < len(i.policy.Levels) || i.loops < i.policy.Loops) {
		i.escalateAt = now.Add(delay)
	}
}

// stopNotifying stops the notification rules and the escalation of an incident.
func (i *incident) stopNotifying() { i.due, i.escalateAt = nil, time.Time{} }

// setUrgency changes the urgency. The rules for the new urgency start now: an
// incident that becomes low no longer escalates, one that becomes high
// escalates again.
func (p *PagerDuty) setUrgency(i *incident, urgency string, by agent) {
	i.urgency, i.raiseAt = urgency, time.Time{}
	i.touch(p.now())
	p.log(i, "urgency_change", "Urgency changed to "+urgency+".", by, nil)
	p.notifyAssignees(i)
}

// escalateByTime goes to the next level with anybody on call. After the last
// one the policy begins again, as often as its num_loops says.
func (p *PagerDuty) escalateByTime(i *incident) {
	by := agent{serviceID: i.serviceID}
	if p.reach(i, i.level+1, by, "escalate") {
		return
	}
	if i.loops < i.policy.Loops && p.directory.firstLevel(i.policy, 1, p.now()) != 0 {
		i.loops++
		p.log(i, "repeat_escalation_path", "The escalation policy begins again.", by, nil)
		p.reach(i, 1, by, "escalate")
		return
	}
	i.escalateAt = time.Time{}
	p.log(i, "exhaust_escalation_path", "The escalation policy has nobody left to notify.", by, nil)
}

// Tick does what PagerDuty does by itself over time: notifications,
// escalations, ends of acknowledgements and snoozes, automatic resolution. It
// does each in its order and at its own time, however much time has passed.
// Each request calls it before it is answered.
func (p *PagerDuty) Tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.catchUp()
}

func (p *PagerDuty) catchUp() {
	until := p.now()
	for {
		var at time.Time
		for _, i := range p.incidents {
			if t := i.nextChange(); !t.IsZero() && !t.After(until) && (at.IsZero() || t.Before(at)) {
				at = t
			}
		}
		if at.IsZero() {
			break
		}
		p.at = at
		for _, i := range p.incidents {
			if t := i.nextChange(); t.Equal(at) {
				p.happen(i)
			}
		}
	}
	p.at = time.Time{}
}

// nextChange returns when an incident next changes by itself, or zero for
// never.
func (i *incident) nextChange() time.Time {
	var first time.Time
	if !i.open() {
		return first
	}
	consider := func(t time.Time) {
		if !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	consider(i.escalateAt)
	consider(i.unackAt)
	consider(i.resolveAt)
	consider(i.raiseAt)
	for _, n := range i.due {
		consider(n.at)
	}
	for _, r := range i.asked {
		for _, one := range r.responders {
			for _, n := range one.due {
				consider(n.at)
			}
		}
	}
	return first
}

// happen does what is due on an incident now. A notification that is due when
// the incident escalates is still sent.
func (p *PagerDuty) happen(i *incident) {
	now := p.now()
	due := func(t time.Time) bool { return !t.IsZero() && !t.After(now) }
	p.send(i)
	switch {
	case due(i.resolveAt):
		p.resolve(i, "", agent{serviceID: i.serviceID})
	case due(i.raiseAt):
		p.setUrgency(i, "high", agent{serviceID: i.serviceID})
	case due(i.unackAt):
		p.unacknowledge(i, agent{serviceID: i.serviceID})
		p.notifyAssignees(i)
	case due(i.escalateAt):
		p.escalateByTime(i)
	}
}
