package demo

import (
	"cmp"
	"time"
)

// incident is an incident in the stand-in.
type incident struct {
	id, key, title string
	number         int
	status         string
	urgency        string
	priorityID     string
	serviceID      string
	// policy is the escalation policy as it was when the incident was triggered
	// or assigned to it. A later change of the policy does not affect the
	// incident.
	policy       Policy
	level        int  // of the policy; 0 when assigned directly or to nobody
	direct       bool // assigned directly
	loops        int  // how often the policy has begun again by itself
	assignees    []dated
	acks         []dated
	created      time.Time
	updated      time.Time
	changed      time.Time
	changedBy    agent
	resolution   string
	resolvedAt   time.Time
	escalateAt   time.Time // zero: never by itself
	resolveAt    time.Time // zero: never by itself
	raiseAt      time.Time // when the urgency becomes high; zero: never by itself
	due          []notice  // what will still be sent to the assignees
	unackAt      time.Time
	snoozedUntil time.Time
	alerts       []*alert
	notes        []note
	details      string
	mergedInto   string
	asked        []*responderRequest
	trigger      *logEntry // its first log entry
	bridge       Bridge
	override     obj // fields that its answers replace
}

type dated struct {
	userID string
	at     time.Time
}

// agent is the user or the service integration that did something.
type agent struct{ userID, serviceID string }

type alert struct {
	id, key, status, severity, summary string
	created                            time.Time
	serviceID                          string
	details                            any // the custom details of the first event
	contexts                           []obj
	source, class, component, group    string
	client, clientURL                  string
	email                              bool // it came by mail
}

type note struct {
	id, content, userID string
	at, updated         time.Time
}

type logEntry struct {
	id, kind, summary string // kind without "_log_entry"
	at                time.Time
	by                agent
	incidentID        string
	assignees         []string
	note              string
	channel           obj
	contexts          []obj
}

func (i *incident) open() bool { return i.status != "resolved" }

func (i *incident) touch(now time.Time) { i.updated = now }

// The changes below follow PagerDuty's rules. Callers hold the lock.

func (p *PagerDuty) newID(prefix string) string {
	p.counter++
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	// Ids are spread like PagerDuty's own, so that no two share a long prefix.
	n := uint64(p.counter) * 0x9e3779b97f4a7c15
	id := []byte(prefix)
	for len(id) < 14 {
		id = append(id, digits[n%36])
		n = n/36 ^ uint64(p.counter)<<40
	}
	return string(id)
}

func (p *PagerDuty) log(i *incident, kind, summary string, by agent, fill func(*logEntry)) *logEntry {
	e := &logEntry{
		id: p.newID("R"), kind: kind, summary: summary, at: p.now(), by: by, incidentID: i.id,
		channel: obj{"type": "api"},
	}
	if by.userID != "" {
		e.channel = obj{"type": "website"}
	}
	if fill != nil {
		fill(e)
	}
	p.entries = append(p.entries, e)
	return e
}

func (p *PagerDuty) nameOf(by agent) string {
	if u, ok := p.directory.user(by.userID); ok {
		return u.Name
	}
	if s, ok := p.directory.service(by.serviceID); ok {
		return s.Name
	}
	return "PagerDuty"
}

func (p *PagerDuty) names(ids []string) string {
	s := ""
	for n, id := range ids {
		u, _ := p.directory.user(id)
		if n > 0 {
			s += ", "
		}
		s += u.Name
	}
	return s
}

// open opens an incident on a service. channel is the channel of its trigger.
func (p *PagerDuty) open(s Service, title, key, urgency string, by agent, channel obj) *incident {
	now := p.now()
	p.numbers++
	i := &incident{
		id: p.newID("Q"), key: cmp.Or(key, p.newID("")), title: title, number: p.numbers,
		status: "triggered", urgency: urgency, serviceID: s.ID, policy: p.directory.policyNow(s.PolicyID),
		created: now, updated: now, changed: now, changedBy: by,
	}
	if h := s.Hours; h != nil && h.Raise && urgency == "low" && !h.within(now) {
		i.raiseAt = h.next(now)
	}
	if s.AutoResolve > 0 {
		i.resolveAt = now.Add(s.AutoResolve)
	}
	p.incidents = append(p.incidents, i)
	p.byID[i.id] = i
	i.trigger = p.log(i, "trigger", "Triggered: "+title, by, func(e *logEntry) { e.channel = channel })
	return i
}

func (i *incident) setAssignees(ids []string, now time.Time) {
	i.assignees = nil
	for _, id := range ids {
		i.assignees = append(i.assignees, dated{id, now})
	}
}

func (i *incident) assigneeIDs() []string {
	ids := make([]string, len(i.assignees))
	for n, a := range i.assignees {
		ids[n] = a.userID
	}
	return ids
}

func (p *PagerDuty) setStatus(i *incident, status string, by agent) {
	now := p.now()
	i.status, i.changed, i.changedBy = status, now, by
	i.touch(now)
}

func (p *PagerDuty) acknowledge(i *incident, by agent) {
	now := p.now()
	p.setStatus(i, "acknowledged", by)
	i.stopNotifying()
	i.unackAt = time.Time{}
	if s, ok := p.directory.service(i.serviceID); ok && s.AckTimeout > 0 {
		i.unackAt = now.Add(s.AckTimeout)
	}
	if by.userID != "" {
		i.acks = append(i.acks, dated{by.userID, now})
	}
	p.log(i, "acknowledge", "Acknowledged by "+p.nameOf(by)+".", by, nil)
}

// unacknowledge triggers an incident again. The caller decides who is notified.
func (p *PagerDuty) unacknowledge(i *incident, by agent) {
	p.setStatus(i, "triggered", by)
	i.acks, i.unackAt, i.snoozedUntil = nil, time.Time{}, time.Time{}
	p.log(i, "unacknowledge", "The acknowledgement ended.", by, nil)
}

func (p *PagerDuty) resolve(i *incident, resolution string, by agent) {
	p.setStatus(i, "resolved", by)
	i.resolution, i.resolvedAt = resolution, p.now()
	i.stopNotifying()
	i.resolveAt, i.raiseAt, i.unackAt, i.snoozedUntil = time.Time{}, time.Time{}, time.Time{}, time.Time{}
	for _, a := range i.alerts {
		a.status = "resolved"
	}
	if resolution != "" {
		p.addNote(i, by, "Resolution Note: "+resolution)
	}
	p.log(i, "resolve", "Resolved by "+p.nameOf(by)+".", by, nil)
}

// reopen opens a resolved incident again and assigns it to the agent.
func (p *PagerDuty) reopen(i *incident, by agent) {
	p.setStatus(i, "triggered", by)
	i.resolution, i.resolvedAt = "", time.Time{}
	if by.userID != "" {
		p.assign(i, []string{by.userID}, by)
	}
}

func (p *PagerDuty) addNote(i *incident, by agent, content string) {
	i.notes = append(i.notes, note{p.newID("P"), content, by.userID, p.now(), p.now()})
	i.touch(p.now())
	p.log(i, "annotate", "Note added by "+p.nameOf(by)+".", by, func(e *logEntry) {
		e.note, e.channel = content, obj{"type": "note", "summary": content}
	})
}
