package demo

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

func (p *PagerDuty) listIncidents(c *call) (answer, error) {
	q := c.URL.Query()
	now := p.now()
	// Without dates PagerDuty looks back one month, even for open incidents.
	since, err := moment(q, "since", now.AddDate(0, -1, 0))
	if err != nil {
		return answer{}, err
	}
	until, err := moment(q, "until", now.Add(time.Second))
	if err != nil {
		return answer{}, err
	}
	all := q.Get("date_range") == "all"
	var found []*incident
	for _, i := range p.incidents {
		s, _ := p.directory.service(i.serviceID)
		key := q.Get("incident_key")
		switch {
		case !chosen(q, "statuses[]", i.status),
			!chosen(q, "urgencies[]", i.urgency),
			!chosen(q, "service_ids[]", i.serviceID),
			!chosen(q, "team_ids[]", s.TeamIDs...),
			!chosen(q, "user_ids[]", i.assigneeIDs()...),
			len(q["user_ids[]"]) > 0 && !i.open(),
			key != "" && i.key != key && !slices.ContainsFunc(i.alerts, func(a *alert) bool { return a.key == key }),
			!all && (i.created.Before(since) || !i.created.Before(until)):
			continue
		}
		found = append(found, i)
	}
	if err := order(found, q.Get("sort_by")); err != nil {
		return answer{}, err
	}
	return page(c, "incidents", found, p.incidentJSON)
}

// order sorts by up to two fields, as in "urgency:desc,created_at:asc".
func order(all []*incident, by string) error {
	fields := strings.Split(cmp.Or(by, "incident_number:asc"), ",")
	if len(fields) > 2 {
		return invalid("sort_by takes at most two fields")
	}
	slices.Reverse(fields)
	for _, f := range fields {
		name, direction, _ := strings.Cut(f, ":")
		var compare func(a, b *incident) int
		switch name {
		case "incident_number":
			compare = func(a, b *incident) int { return a.number - b.number }
		case "created_at":
			compare = func(a, b *incident) int { return a.created.Compare(b.created) }
		case "resolved_at":
			compare = func(a, b *incident) int { return a.resolvedAt.Compare(b.resolvedAt) }
		case "urgency":
			compare = func(a, b *incident) int { return strings.Compare(b.urgency, a.urgency) } // low before high
		default:
			return invalid("sort_by can't be %s", name)
		}
		slices.SortStableFunc(all, func(a, b *incident) int {
			if direction == "desc" {
				return compare(b, a)
			}
			return compare(a, b)
		})
	}
	return nil
}

func (p *PagerDuty) getIncident(c *call) (answer, error) {
	i, err := p.incidentOf(c)
	if err != nil {
		return answer{}, err
	}
	return ok(obj{"incident": p.incidentJSON(i)})
}

// idRef is a reference in a request.
type idRef struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// change is what PUT can say of an incident.
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
}

type giveTo struct {
	Assignee idRef `json:"assignee"`
}

// maxChanges is how many incidents can be changed at a time; more are a 413, says
// the description of PUT /incidents.
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
		encoded = append(encoded, p.incidentJSON(i))
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
	return ok(obj{"incident": p.incidentJSON(i)})
}

// change makes all changes or, when one can't be, none.
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
	case !i.open():
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
		if _, known := p.directory.user(a.Assignee.ID); !known {
			return refuse(1007, "Assignee Not Found")
		}
	}
	if ch.Priority != nil {
		if _, known := p.directory.priority(ch.Priority.ID); !known {
			return invalid("Priority not found")
		}
	}
	if ch.Service != nil {
		if _, known := p.directory.service(ch.Service.ID); !known {
			return invalid("Service not found")
		}
	}
	if ch.Policy != nil {
		if _, known := p.directory.policy(ch.Policy.ID); !known {
			return invalid("Escalation policy not found")
		}
		if p.directory.firstLevel(ch.Policy.ID, 1, p.now()) == 0 {
			return refuse(1015, "Nobody Is On Call For The Escalation Policy")
		}
	} else if ch.EscalationLevel != 0 && p.directory.firstLevel(i.policyID, ch.EscalationLevel, p.now()) != ch.EscalationLevel {
		return refuse(1006, "Incident Cannot Be Escalated")
	}
	return nil
}

func (p *PagerDuty) apply(i *incident, ch change, by agent) {
	now := p.now()
	if ch.Title != "" {
		i.title = ch.Title
		i.touch(now)
	}
	if ch.Urgency != "" && ch.Urgency != i.urgency {
		i.urgency = ch.Urgency
		i.touch(now)
		p.log(i, "urgency_change", "Urgency changed to "+ch.Urgency+".", by, nil)
	}
	if ch.Priority != nil {
		i.priorityID = ch.Priority.ID
		i.touch(now)
		p.log(i, "field_value_change", "Priority changed.", by, nil)
	}
	if ch.Service != nil {
		i.serviceID = ch.Service.ID
		i.touch(now)
	}
	switch {
	case ch.Policy != nil: // restarts at level 1 and overrides a level sent with it
		if i.status == "acknowledged" {
			p.retrigger(i, by)
		}
		p.page(i, ch.Policy.ID, 1, by, "escalate")
	case ch.EscalationLevel != 0:
		if i.status == "acknowledged" {
			p.retrigger(i, by)
		}
		p.page(i, i.policyID, ch.EscalationLevel, by, "escalate")
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
			p.retrigger(i, by)
		}
	}
}

func (p *PagerDuty) createIncident(c *call) (answer, error) {
	var body struct {
		Incident struct {
			Type        string   `json:"type"`
			Title       string   `json:"title"`
			Service     idRef    `json:"service"`
			Key         string   `json:"incident_key"`
			Urgency     string   `json:"urgency"`
			Priority    *idRef   `json:"priority"`
			Policy      *idRef   `json:"escalation_policy"`
			Assignments []giveTo `json:"assignments"`
			Body        *struct {
				Details string `json:"details"`
			} `json:"body"`
		} `json:"incident"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	in := body.Incident
	s, known := p.directory.service(in.Service.ID)
	switch {
	case in.Title == "":
		return answer{}, invalid("Title cannot be empty")
	case !known:
		return answer{}, invalid("Service cannot be empty")
	case in.Policy != nil && len(in.Assignments) > 0:
		return answer{}, invalid("escalation_policy and assignments exclude each other")
	}
	if in.Key != "" && slices.ContainsFunc(p.incidents, func(i *incident) bool { return i.key == in.Key && i.open() && i.serviceID == s.ID }) {
		return answer{}, invalid("Open incident with matching dedup key already exists on this service")
	}
	policyID := s.PolicyID
	if in.Policy != nil {
		if _, known := p.directory.policy(in.Policy.ID); !known {
			return answer{}, invalid("Escalation policy not found")
		}
		policyID = in.Policy.ID
	}
	var ids []string
	for _, a := range in.Assignments {
		if _, known := p.directory.user(a.Assignee.ID); !known {
			return answer{}, refuse(1007, "Assignee Not Found")
		}
		ids = append(ids, a.Assignee.ID)
	}
	if len(ids) == 0 && p.directory.firstLevel(policyID, 1, p.now()) == 0 {
		return answer{}, refuse(1015, "Nobody is on call for the escalation policy")
	}
	i := p.open(s, in.Title, in.Key, cmp.Or(in.Urgency, s.urgencyOf("")), c.by())
	if in.Body != nil {
		i.details = in.Body.Details
	}
	if in.Priority != nil {
		i.priorityID = in.Priority.ID
	}
	if len(ids) > 0 {
		i.policyID = policyID
		p.assign(i, ids, c.by())
	} else {
		p.page(i, policyID, 1, c.by(), "assign")
	}
	return answer{http.StatusCreated, obj{"incident": p.incidentJSON(i)}}, nil
}

func (p *PagerDuty) listAlerts(c *call) (answer, error) {
	i, err := p.incidentOf(c)
	if err != nil {
		return answer{}, err
	}
	q := c.URL.Query()
	var all []*alert
	for _, a := range i.alerts {
		if chosen(q, "statuses[]", a.status) && (q.Get("alert_key") == "" || q.Get("alert_key") == a.key) {
			all = append(all, a)
		}
	}
	return page(c, "alerts", all, func(a *alert) obj { return p.alertJSON(i, a) })
}

func (p *PagerDuty) getAlert(c *call) (answer, error) {
	i, err := p.incidentOf(c)
	if err != nil {
		return answer{}, err
	}
	a, found := find(i.alerts, func(a *alert) bool { return a.id == c.PathValue("alert") })
	if !found {
		return answer{}, errNotFound
	}
	return ok(obj{"alert": p.alertJSON(i, a)})
}

// maxNotes is PagerDuty's limit for an incident.
const maxNotes = 2000

func (p *PagerDuty) listNotes(c *call) (answer, error) {
	i, err := p.incidentOf(c)
	if err != nil {
		return answer{}, err
	}
	notes := []obj{}
	for _, n := range slices.Backward(i.notes) { // newest first
		notes = append(notes, p.noteJSON(n))
	}
	return ok(obj{"notes": notes})
}

func (p *PagerDuty) createNote(c *call) (answer, error) {
	i, err := p.incidentOf(c)
	if err != nil {
		return answer{}, err
	}
	var body struct {
		Note struct {
			Content string `json:"content"`
		} `json:"note"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	switch {
	case strings.TrimSpace(body.Note.Content) == "":
		return answer{}, invalid("Content cannot be empty")
	case len(body.Note.Content) > 65_535:
		return answer{}, invalid("Content is too long")
	case len(i.notes) >= maxNotes:
		return answer{}, invalid("The incident has %d notes and takes no more", maxNotes)
	}
	p.addNote(i, c.by(), body.Note.Content)
	return ok(obj{"note": p.noteJSON(i.notes[len(i.notes)-1])})
}

func (p *PagerDuty) listIncidentEntries(c *call) (answer, error) {
	i, err := p.incidentOf(c)
	if err != nil {
		return answer{}, err
	}
	return p.entriesPage(c, time.Time{}, func(e *logEntry) bool { return e.incidentID == i.id })
}

func (p *PagerDuty) listEntries(c *call) (answer, error) {
	q := c.URL.Query()
	return p.entriesPage(c, p.now().AddDate(0, -1, 0), func(e *logEntry) bool {
		s, _ := p.directory.service(p.incident(e.incidentID).serviceID)
		return chosen(q, "team_ids[]", s.TeamIDs...)
	})
}

func (p *PagerDuty) entriesPage(c *call, otherwise time.Time, keep func(*logEntry) bool) (answer, error) {
	q := c.URL.Query()
	since, err := moment(q, "since", otherwise)
	if err != nil {
		return answer{}, err
	}
	until, err := moment(q, "until", p.now().Add(time.Second))
	if err != nil {
		return answer{}, err
	}
	overview := q.Get("is_overview") == "true"
	var all []*logEntry
	for _, e := range slices.Backward(p.entries) { // newest first
		if !e.at.Before(since) && !e.at.After(until) && (!overview || e.kind != "notify") && keep(e) {
			all = append(all, e)
		}
	}
	incidents := slices.Contains(q["include[]"], "incidents")
	return page(c, "log_entries", all, func(e *logEntry) obj { return p.entryJSON(e, incidents) })
}

func (p *PagerDuty) snooze(c *call) (answer, error) {
	i, err := p.incidentOf(c)
	if err != nil {
		return answer{}, err
	}
	var body struct {
		Duration int `json:"duration"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	switch {
	case !i.open():
		return answer{}, refuse(1001, "Incident Already Resolved")
	case body.Duration < 1 || body.Duration > 604_800:
		return answer{}, refuse(1013, "Duration must be from 1 to 604800 seconds")
	}
	if i.status != "acknowledged" {
		p.acknowledge(i, c.by())
	}
	i.snoozedUntil = p.now().Add(time.Duration(body.Duration) * time.Second)
	i.unackAt = i.snoozedUntil
	i.touch(p.now())
	p.log(i, "snooze", "Snoozed by "+p.nameOf(c.by())+".", c.by(), nil)
	return answer{http.StatusCreated, obj{"incident": p.incidentJSON(i)}}, nil
}

func (p *PagerDuty) merge(c *call) (answer, error) {
	into, err := p.incidentOf(c)
	if err != nil {
		return answer{}, err
	}
	var body struct {
		Sources []idRef `json:"source_incidents"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	if !into.open() {
		return answer{}, invalid("The target incident must be open")
	}
	var from []*incident
	alerts := len(into.alerts)
	for _, ref := range body.Sources {
		i := p.incident(ref.ID)
		switch {
		case i == nil:
			return answer{}, errNotFound
		case i == into:
			return answer{}, invalid("An incident can't be merged into itself")
		case i.mergedInto != "":
			return answer{}, refuse(1019, "Incident Already Merged")
		}
		alerts += len(i.alerts)
		from = append(from, i)
	}
	if alerts > 1000 {
		return answer{}, invalid("An incident holds at most 1000 alerts")
	}
	for _, i := range from {
		into.alerts = append(into.alerts, i.alerts...)
		i.alerts = nil
		p.resolve(i, "", c.by())
		i.mergedInto = into.id
	}
	into.touch(p.now())
	return ok(obj{"incident": p.incidentRef(into.id)})
}

func (p *PagerDuty) askResponders(c *call) (answer, error) {
	i, err := p.incidentOf(c)
	if err != nil {
		return answer{}, err
	}
	if !slices.Contains(p.directory.Abilities, "coordinated_responding") {
		return answer{}, &refusal{http.StatusPaymentRequired, 2014, "Account does not have the abilities to perform the action", nil}
	}
	var body struct {
		RequesterID string `json:"requester_id"`
		Message     string `json:"message"`
		Targets     []struct {
			Target idRef `json:"responder_request_target"`
		} `json:"responder_request_targets"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	if _, known := p.directory.user(body.RequesterID); !known {
		return answer{}, refuse(1008, "Requester User Not Found")
	}
	targets := []obj{}
	for _, t := range body.Targets {
		var ref obj
		_, isUser := p.directory.user(t.Target.ID)
		_, isPolicy := p.directory.policy(t.Target.ID)
		switch {
		case t.Target.Type == "user_reference" && isUser:
			ref = p.directory.userRef(t.Target.ID)
		case t.Target.Type == "escalation_policy_reference" && isPolicy:
			ref = p.directory.policyRef(t.Target.ID)
		default:
			return answer{}, invalid("Responder Request Target Not Found")
		}
		targets = append(targets, obj{"responder_request_target": ref})
	}
	if len(targets) == 0 {
		return answer{}, invalid("responder_request_targets cannot be empty")
	}
	i.touch(p.now())
	return ok(obj{"responder_request": obj{
		"incident": p.incidentRef(i.id), "requester": p.directory.userRef(body.RequesterID),
		"requested_at": stamp(p.now()), "message": body.Message, "responder_request_targets": targets,
	}})
}
