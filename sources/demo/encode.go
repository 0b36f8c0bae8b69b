package demo

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"
)

// obj is a JSON object.
type obj = map[string]any

const webBase = "https://example.pagerduty.com"

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// reference is PagerDuty's reference to an object. Its collection is the plural
// in URLs. A deleted object has no name, and its summary is null.
func reference(id, kind, collection, name string) obj {
	o := obj{
		"id": id, "type": kind, "summary": name,
		"self": "https://api.pagerduty.com/" + collection + "/" + id, "html_url": webBase + "/" + collection + "/" + id,
	}
	if name == "" {
		o["summary"], o["self"], o["html_url"] = nil, nil, nil
	}
	return o
}

func (d *Directory) userRef(id string) obj {
	u, _ := d.user(id)
	return reference(id, "user_reference", "users", u.Name)
}

func (d *Directory) teamRefs(ids []string) []obj {
	refs := []obj{}
	for _, id := range ids {
		t, _ := d.team(id)
		refs = append(refs, reference(id, "team_reference", "teams", t.Name))
	}
	return refs
}

func (d *Directory) policyRef(id string) obj {
	p, _ := d.policy(id)
	return reference(id, "escalation_policy_reference", "escalation_policies", p.Name)
}

func (d *Directory) serviceRef(id string) obj {
	s, _ := d.service(id)
	return reference(id, "service_reference", "services", s.Name)
}

func (d *Directory) scheduleRef(id string) obj {
	s, _ := d.schedule(id)
	return reference(id, "schedule_reference", "schedules", s.Name)
}

func (d *Directory) agentRef(by agent) obj {
	if by.userID != "" {
		return d.userRef(by.userID)
	}
	return d.serviceRef(by.serviceID)
}

func whole(ref obj, kind string) obj {
	ref["type"] = kind
	return ref
}

// userJSON encodes a user with the includes of a request.
func (d *Directory) userJSON(u User, include map[string]bool) obj {
	o := whole(d.userRef(u.ID), "user")
	o["name"], o["email"], o["time_zone"], o["job_title"] = u.Name, u.Email, u.TimeZone, u.JobTitle
	o["role"], o["color"], o["description"] = cmp.Or(u.Role, "user"), "green", nil
	o["invitation_sent"] = false
	o["contact_methods"], o["notification_rules"] = u.contactsJSON(include["contact_methods"]), u.rulesJSON(include["notification_rules"])
	o["teams"] = d.teamRefs(d.teamsOf(u.ID))
	return o
}

// contact returns the reference to a user's contact method.
func (u User) contact(method string) obj {
	return obj{"id": "PC" + u.ID + strings.ToUpper(method[:2]), "type": method + "_reference", "summary": "Default", "self": nil, "html_url": nil}
}

func (u User) contactsJSON(whole bool) []obj {
	all := []obj{}
	var seen []string
	for _, r := range u.rules() {
		if slices.Contains(seen, r.Contact) {
			continue
		}
		seen = append(seen, r.Contact)
		o := u.contact(r.Contact)
		if whole {
			o["type"], o["label"], o["address"] = r.Contact, "Default", u.address(r.Contact)
		}
		all = append(all, o)
	}
	return all
}

func (u User) rulesJSON(whole bool) []obj {
	all := []obj{}
	for n, r := range u.rules() {
		o := obj{
			"id": fmt.Sprintf("PN%s%d", u.ID, n), "type": "assignment_notification_rule_reference",
			"summary": fmt.Sprintf("%v minutes: channel %s", r.Delay.Minutes(), r.Contact), "self": nil, "html_url": nil,
		}
		if whole {
			o["type"], o["start_delay_in_minutes"], o["urgency"] = "assignment_notification_rule", int(r.Delay.Minutes()), r.Urgency
			o["contact_method"] = u.contact(r.Contact)
		}
		all = append(all, o)
	}
	return all
}

func (d *Directory) teamJSON(t Team) obj {
	o := reference(t.ID, "team", "teams", t.Name)
	o["name"], o["description"] = t.Name, t.Name
	return o
}

func (d *Directory) serviceJSON(s Service, status string) obj {
	o := whole(d.serviceRef(s.ID), "service")
	o["name"], o["description"], o["status"] = s.Name, s.Name, status
	o["escalation_policy"], o["teams"] = d.policyRef(s.PolicyID), d.teamRefs(s.TeamIDs)
	if s.AckTimeout > 0 {
		o["acknowledgement_timeout"] = int(s.AckTimeout.Seconds())
	}
	if s.AutoResolve > 0 {
		o["auto_resolve_timeout"] = int(s.AutoResolve.Seconds())
	}
	o["created_at"], o["alert_creation"] = "2025-01-01T00:00:00Z", "create_alerts_and_incidents"
	o["integrations"], o["addons"] = []obj{}, []obj{}
	s.urgencyJSON(o)
	return o
}

// policyJSON encodes a policy with the includes of a request.
func (p *PagerDuty) policyJSON(policy Policy, include map[string]bool) obj {
	d := &p.directory
	o := whole(d.policyRef(policy.ID), "escalation_policy")
	rules := []obj{}
	for i, l := range policy.Levels {
		targets := []obj{}
		for _, id := range l.UserIDs {
			targets = append(targets, d.userRef(id))
		}
		for _, id := range l.ScheduleIDs {
			targets = append(targets, d.scheduleRef(id))
		}
		rule := obj{
			"id": fmt.Sprintf("%sL%d", policy.ID, i+1), "escalation_delay_in_minutes": max(1, int(math.Ceil(l.Delay.Minutes()))), "targets": targets,
		}
		if include["escalation_rule_assignment_strategies"] {
			rule["escalation_rule_assignment_strategy"] = p.account.strategyJSON(l.RoundRobin)
		}
		rules = append(rules, rule)
	}
	services := []obj{}
	for _, s := range d.Services {
		if s.PolicyID == policy.ID {
			services = append(services, d.serviceRef(s.ID))
		}
	}
	o["name"], o["description"], o["num_loops"], o["escalation_rules"] = policy.Name, policy.Name, policy.Loops, rules
	o["on_call_handoff_notifications"], o["services"], o["teams"] = "if_has_services", services, []obj{}
	if policy.TeamID != "" {
		o["teams"] = d.teamRefs([]string{policy.TeamID})
	}
	return o
}

// strategyJSON encodes how a level assigns.
func (a Account) strategyJSON(roundRobin bool) any {
	name := "assign_to_everyone"
	if roundRobin {
		name = "round_robin"
	}
	switch a.Strategy {
	case StrategyText:
		return name
	case StrategyList:
		return []obj{{"type": name}}
	}
	return obj{"type": name}
}

func (d *Directory) scheduleJSON(s Schedule) obj {
	o := whole(d.scheduleRef(s.ID), "schedule")
	users := []obj{}
	var seen []string
	for _, shift := range s.Shifts {
		if !slices.Contains(seen, shift.UserID) {
			seen = append(seen, shift.UserID)
			users = append(users, d.userRef(shift.UserID))
		}
	}
	o["name"], o["description"], o["time_zone"] = s.Name, s.Name, s.TimeZone
	o["users"], o["teams"], o["escalation_policies"] = users, []obj{}, []obj{}
	return o
}

func (d *Directory) priorityJSON(p Priority) obj {
	order := 0
	for i, q := range d.Priorities {
		if q.ID == p.ID {
			order = (len(d.Priorities) - i) << 20
		}
	}
	o := reference(p.ID, "priority", "priorities", p.Name)
	o["name"], o["description"], o["color"], o["order"] = p.Name, p.Name, p.Color, order
	return o
}

func (d *Directory) turnJSON(t turn) obj {
	o := obj{
		"user": d.userRef(t.userID), "escalation_policy": d.policyRef(t.policyID), "escalation_level": t.level,
	}
	// A direct target of the policy has no schedule, start or end. The schema
	// allows to omit them, but not null.
	if t.scheduleID != "" {
		o["schedule"], o["start"], o["end"] = d.scheduleRef(t.scheduleID), stamp(t.start), stamp(t.end)
	}
	return o
}

// incidentJSON encodes an incident with the includes of a request.
func (p *PagerDuty) incidentJSON(i *incident, include map[string]bool) obj {
	d := &p.directory
	service, _ := d.service(i.serviceID)
	assignments, acks := []obj{}, []obj{}
	for _, a := range i.assignees {
		assignments = append(assignments, obj{"at": stamp(a.at), "assignee": d.userRef(a.userID)})
	}
	for _, a := range i.acks {
		acks = append(acks, obj{"at": stamp(a.at), "acknowledger": d.userRef(a.userID)})
	}
	counts := obj{"all": len(i.alerts), "triggered": 0, "resolved": 0}
	for _, a := range i.alerts {
		counts[a.status] = counts[a.status].(int) + 1
	}
	via := "escalation_policy"
	if i.direct {
		via = "direct_assignment"
	}
	o := obj{
		"id": i.id, "type": "incident", "incident_number": i.number, "title": i.title, "description": i.title,
		"summary": fmt.Sprintf("[#%d] %s", i.number, i.title),
		"self":    "https://api.pagerduty.com/incidents/" + i.id, "html_url": webBase + "/incidents/" + i.id,
		"created_at": stamp(i.created), "updated_at": stamp(i.updated), "last_status_change_at": stamp(i.changed),
		"last_status_change_by": d.agentRef(i.changedBy),
		"status":                i.status, "incident_key": i.key, "urgency": i.urgency,
		"service": d.serviceRef(i.serviceID), "escalation_policy": d.policyRef(i.policy.ID), "teams": d.teamRefs(service.TeamIDs),
		"assignments": assignments, "acknowledgements": acks, "pending_actions": i.pendingActions(),
		"assigned_via": via, "alert_counts": counts, "is_mergeable": true,
		"priority": nil,
	}
	if p.account.NoIncidentKeys && len(i.alerts) > 0 {
		o["incident_key"] = nil
	}
	o["first_trigger_log_entry"] = i.trigger.reference()
	if include["first_trigger_log_entries"] {
		o["first_trigger_log_entry"] = p.entryJSON(i.trigger, map[string]bool{"channels": true})
	}
	if slices.Contains(d.Abilities, "coordinated_responding") {
		requests, responders := []obj{}, []obj{}
		for _, r := range i.asked {
			requests = append(requests, p.requestJSON(i, r))
			for _, one := range r.responders {
				responders = append(responders, p.responderJSON(i, r, one))
			}
		}
		o["responder_requests"], o["incidents_responders"] = requests, responders
	}
	if q, ok := d.priority(i.priorityID); ok {
		o["priority"] = d.priorityJSON(q)
	} else {
		delete(o, "priority")
	}
	if !i.resolvedAt.IsZero() {
		o["resolved_at"] = stamp(i.resolvedAt)
	}
	if include["conference_bridge"] && i.bridge != (Bridge{}) {
		bridge := obj{}
		if i.bridge.Number != "" {
			bridge["conference_number"] = i.bridge.Number
		}
		if i.bridge.URL != "" {
			bridge["conference_url"] = i.bridge.URL
		}
		o["conference_bridge"] = bridge
	}
	if i.mergedInto != "" {
		o["resolve_reason"] = obj{"type": "merge_resolve_reason", "incident": p.incidentRef(i.mergedInto)}
	}
	maps.Copy(o, i.override)
	return o
}

// pendingActions are what PagerDuty does to the incident by itself, and when.
func (i *incident) pendingActions() []obj {
	pending := []obj{}
	if !i.escalateAt.IsZero() {
		pending = append(pending, obj{"type": "escalate", "at": stamp(i.escalateAt)})
	}
	if !i.unackAt.IsZero() {
		pending = append(pending, obj{"type": "unacknowledge", "at": stamp(i.unackAt)})
	}
	if !i.raiseAt.IsZero() {
		pending = append(pending, obj{"type": "urgency_change", "at": stamp(i.raiseAt), "to": "high"})
	}
	if !i.resolveAt.IsZero() {
		pending = append(pending, obj{"type": "resolve", "at": stamp(i.resolveAt)})
	}
	return pending
}

func (p *PagerDuty) incidentRef(id string) obj {
	i := p.incident(id)
	name := ""
	if i != nil {
		name = fmt.Sprintf("[#%d] %s", i.number, i.title)
	}
	return reference(id, "incident_reference", "incidents", name)
}

// listed returns a list that is never null in JSON.
func listed(all []obj) []obj { return append([]obj{}, all...) }

func (p *PagerDuty) alertJSON(i *incident, a *alert) obj {
	o := reference(a.id, "alert", "alerts", a.summary)
	o["created_at"], o["status"], o["alert_key"], o["severity"] = stamp(a.created), a.status, a.key, a.severity
	o["service"], o["incident"], o["suppressed"] = p.directory.serviceRef(a.serviceID), p.incidentRef(i.id), false
	if a.severity == "" {
		delete(o, "severity")
	}
	contexts := listed(a.contexts)
	body := obj{"type": "alert_body", "contexts": contexts, "cef_details": nil}
	if !a.email {
		body["cef_details"] = obj{
			"contexts": contexts, "dedup_key": a.key, "description": a.summary, "severity": a.severity,
			"source_origin": a.source, "event_class": a.class, "source_component": a.component, "service_group": a.group,
			"client": a.client, "client_url": a.clientURL, "details": a.details, "version": "1.0",
		}
	}
	// PagerDuty's schema promises an object here. Some integrations omit it.
	if details, ok := a.details.(map[string]any); ok {
		body["details"] = details
	}
	o["body"] = body
	return o
}

func (p *PagerDuty) noteJSON(n note) obj {
	return obj{
		"id": n.id, "content": n.content, "created_at": stamp(n.at), "updated_at": stamp(n.updated),
		"user": p.directory.userRef(n.userID), "channel": obj{"summary": "The PagerDuty website or APIs"},
	}
}

func (e *logEntry) reference() obj {
	return reference(e.id, e.kind+"_log_entry_reference", "log_entries", e.summary)
}

// entryJSON encodes a log entry with the includes of a request.
func (p *PagerDuty) entryJSON(e *logEntry, include map[string]bool) obj {
	i := p.incident(e.incidentID)
	o := whole(e.reference(), e.kind+"_log_entry")
	o["created_at"], o["agent"] = stamp(e.at), p.directory.agentRef(e.by)
	o["service"], o["incident"] = p.directory.serviceRef(i.serviceID), p.incidentRef(i.id)
	o["contexts"], o["event_details"] = listed(e.contexts), obj{"description": e.summary}
	s, _ := p.directory.service(i.serviceID)
	o["teams"] = p.directory.teamRefs(s.TeamIDs)
	if include["incidents"] {
		// The schema calls it a reference although it is the whole object.
		o["incident"] = whole(p.incidentJSON(i, nil), "incident_reference")
	}
	o["channel"] = obj{"type": e.channel["type"]}
	if include["channels"] && !p.account.NoChannels {
		o["channel"] = e.channel
	}
	switch e.kind {
	case "assign", "escalate":
		refs := []obj{}
		for _, id := range e.assignees {
			refs = append(refs, p.directory.userRef(id))
		}
		o["assignees"] = refs
	case "notify":
		o["user"] = p.directory.userRef(e.by.userID)
	case "annotate":
		o["note"] = e.note
	}
	return o
}
