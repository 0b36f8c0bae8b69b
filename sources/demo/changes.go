package demo

import (
	"fmt"
	"net/http"
)

// idRef is a reference in a request.
type idRef struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// change is the change of an incident in a PUT request.
type change struct {
	ID              string   `json:"id"`
	Type            string   `json:"type"`
	Status          string   `json:"status"`
	Resolution      string   `json:"resolution"`
	Title           string   `json:"title"`
	Urgency         string   `json:"urgency"`
	Priority        *idRef   `json:"priority"`
	EscalationLevel int      `json:"escalation_level"`
	Policy          *idRef   `json:"escalation_policy"`
	Service         *idRef   `json:"service"`
	Assignments     []giveTo `json:"assignments"`
	Bridge          *Bridge  `json:"conference_bridge"`
}

type giveTo struct {
	Assignee idRef `json:"assignee"`
}

// maxChanges is how many incidents one request can change. With more it is a
// 413, according to the description of PUT /incidents.
const maxChanges = 250

func (p *PagerDuty) updateIncidents(c *call) (answer, error) {
	var body struct {
		Incidents []change `json:"incidents"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	switch {
	case len(body.Incidents) == 0:
		return answer{}, invalid("incidents must hold 1 to %d", maxChanges)
	case len(body.Incidents) > maxChanges:
		return answer{}, &refusal{http.StatusRequestEntityTooLarge, 2001, "Request Entity Too Large", []string{fmt.Sprintf("At most %d incidents can be updated at a time", maxChanges)}}
	}
	for _, ch := range body.Incidents {
		if ch.Service != nil {
			return answer{}, invalid("service can't be changed for several incidents")
		}
	}
	changed, err := p.change(c, body.Incidents)
	if err != nil {
		return answer{}, err
	}
	encoded := []obj{}
	for _, i := range changed {
		encoded = append(encoded, p.incidentJSON(i, nil))
	}
	return ok(obj{"incidents": encoded})
}

func (p *PagerDuty) updateIncident(c *call) (answer, error) {
	i, err := p.incidentOf(c)
	if err != nil {
		return answer{}, err
	}
	var body struct {
		Incident change `json:"incident"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	body.Incident.ID = i.id
	if _, err := p.change(c, []change{body.Incident}); err != nil {
		return answer{}, err
	}
	return ok(obj{"incident": p.incidentJSON(i, nil)})
}

// change makes all changes, or none when one is impossible.
func (p *PagerDuty) change(c *call, changes []change) ([]*incident, error) {
	var found []*incident
	for _, ch := range changes {
		i := p.incident(ch.ID)
		if i == nil {
			return nil, invalid("Incident %s was not found", ch.ID)
		}
		if err := p.checkChange(i, ch); err != nil {
			return nil, err
		}
		found = append(found, i)
	}
	for n, ch := range changes {
		p.apply(found[n], ch, c.by())
	}
	return found, nil
}

func (p *PagerDuty) checkChange(i *incident, ch change) error {
	switch {
	case ch.Type != "incident" && ch.Type != "incident_reference":
		return invalid("type must be incident or incident_reference")
	case i.mergedInto != "":
		return refuse(1019, "Incident Already Merged")
	case !i.open() && (!p.account.Reopens || ch.Status != "acknowledged"):
		return refuse(1001, "Incident Already Resolved")
	case ch.Status == "acknowledged" && i.status == "acknowledged":
		return refuse(1002, "Incident Already Acknowledged")
	case ch.Status != "" && ch.Status != "acknowledged" && ch.Status != "resolved" && ch.Status != "triggered":
		return invalid("status can't be %s", ch.Status)
	case ch.Resolution != "" && ch.Status != "resolved":
		return invalid("resolution goes with the status resolved alone")
	case ch.Urgency != "" && ch.Urgency != "high" && ch.Urgency != "low":
		return invalid("urgency must be high or low")
	}
	for _, a := range ch.Assignments {
		if u, found := p.directory.user(a.Assignee.ID); !found || !u.canBeAssigned() {
			return refuse(1007, "Assignee Not Found")
		}
	}
	if ch.Priority != nil {
		if _, found := p.directory.priority(ch.Priority.ID); !found {
			return invalid("Priority not found")
		}
	}
	if ch.Service != nil {
		if _, found := p.directory.service(ch.Service.ID); !found {
			return invalid("Service not found")
		}
	}
	if ch.Policy != nil {
		if _, found := p.directory.policy(ch.Policy.ID); !found {
			return invalid("Escalation policy not found")
		}
		if p.directory.firstLevel(p.directory.policyNow(ch.Policy.ID), 1, p.now()) == 0 {
			return refuse(1015, "Nobody Is On Call For The Escalation Policy")
		}
	} else if ch.EscalationLevel != 0 && p.directory.firstLevel(i.policy, ch.EscalationLevel, p.now()) != ch.EscalationLevel {
		return refuse(1006, "Incident Cannot Be Escalated")
	}
	return nil
}

func (p *PagerDuty) apply(i *incident, ch change, by agent) {
	now := p.now()
	if !i.open() {
		p.reopen(i, by)
	}
	if ch.Title != "" {
		i.title = ch.Title
		i.touch(now)
	}
	if ch.Urgency != "" && ch.Urgency != i.urgency {
		p.setUrgency(i, ch.Urgency, by)
	}
	if ch.Priority != nil {
		i.priorityID = ch.Priority.ID
		i.touch(now)
		p.log(i, "field_value_change", "Priority changed.", by, nil)
	}
	if ch.Bridge != nil {
		i.bridge = *ch.Bridge
		i.touch(now)
	}
	if ch.Service != nil {
		i.serviceID = ch.Service.ID
		i.touch(now)
	}
	switch {
	case ch.Policy != nil: // restarts at level 1 and overrides a level sent with it
		if i.status == "acknowledged" {
			p.unacknowledge(i, by)
		}
		p.begin(i, ch.Policy.ID, by, "escalate")
	case ch.EscalationLevel != 0:
		if i.status == "acknowledged" {
			p.unacknowledge(i, by)
		}
		p.reach(i, ch.EscalationLevel, by, "escalate")
	case len(ch.Assignments) > 0:
		var ids []string
		for _, a := range ch.Assignments {
			ids = append(ids, a.Assignee.ID)
		}
		p.assign(i, ids, by)
	}
	switch ch.Status {
	case "acknowledged":
		p.acknowledge(i, by)
	case "resolved":
		p.resolve(i, ch.Resolution, by)
	case "triggered":
		if i.status != "triggered" {
			p.unacknowledge(i, by)
			p.notifyAssignees(i)
		}
	}
}
