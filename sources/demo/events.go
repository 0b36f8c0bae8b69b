package demo

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// Event is the body of Events API v2.
type Event struct {
	RoutingKey string       `json:"routing_key"`
	DedupKey   string       `json:"dedup_key"`
	Action     string       `json:"event_action"`
	Payload    *Payload     `json:"payload"`
	Client     string       `json:"client"`
	ClientURL  string       `json:"client_url"`
	Links      []EventLink  `json:"links"`
	Images     []EventImage `json:"images"`
}

// Payload is the description of the alert in an event.
type Payload struct {
	Summary   string `json:"summary"`
	Source    string `json:"source"`
	Severity  string `json:"severity"`
	Component string `json:"component"`
	Group     string `json:"group"`
	Class     string `json:"class"`
	Details   any    `json:"custom_details"`
}

// EventLink is a link in an event.
type EventLink struct {
	Href string `json:"href"`
	Text string `json:"text"`
}

// EventImage is an image in an event.
type EventImage struct {
	Src  string `json:"src"`
	Href string `json:"href"`
	Alt  string `json:"alt"`
}

// parseEvent parses and checks an event. problems are PagerDuty's errors.
func parseEvent(body []byte) (e Event, problems []string) {
	if err := json.Unmarshal(body, &e); err != nil {
		return Event{}, []string{"the event is no JSON object: " + err.Error()}
	}
	if len(e.RoutingKey) != 32 {
		problems = append(problems, "Length of 'routing_key' is incorrect (should be 32 characters)")
	}
	switch e.Action {
	case "trigger":
		switch {
		case e.Payload == nil:
			problems = append(problems, "'payload' is missing or blank")
		case strings.TrimSpace(e.Payload.Summary) == "":
			problems = append(problems, "'payload.summary' is missing or blank")
		case strings.TrimSpace(e.Payload.Source) == "":
			problems = append(problems, "'payload.source' is missing or blank")
		case !slices.Contains([]string{"critical", "error", "warning", "info"}, e.Payload.Severity):
			problems = append(problems, "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')")
		}
	case "acknowledge", "resolve":
		if e.DedupKey == "" {
			problems = append(problems, "'dedup_key' is missing or blank")
		}
	default:
		problems = append(problems, "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')")
	}
	if len(e.DedupKey) > 255 {
		problems = append(problems, "Length of 'dedup_key' is incorrect (should be at most 255 characters)")
	}
	return e, problems
}

func (p *PagerDuty) enqueue(w http.ResponseWriter, r *http.Request) {
	var raw json.RawMessage
	if err := json.NewDecoder(r.Body).Decode(&raw); err != nil {
		writeJSON(w, http.StatusBadRequest, obj{"status": "invalid event", "message": "Event object is invalid", "errors": []string{err.Error()}})
		return
	}
	e, problems := parseEvent(raw)
	if len(problems) > 0 {
		writeJSON(w, http.StatusBadRequest, obj{"status": "invalid event", "message": "Event object is invalid", "errors": problems})
		return
	}
	key := p.accept(e)
	writeJSON(w, http.StatusAccepted, obj{"status": "success", "message": "Event processed", "dedup_key": key})
}

// accept processes an event and returns its dedup key. It accepts and drops an
// event with an unknown key, as PagerDuty does.
func (p *PagerDuty) accept(e Event) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.DedupKey == "" {
		e.DedupKey = strings.ToLower(p.newID("") + p.newID(""))
	}
	p.catchUp()
	s, found := p.directory.serviceByKey(e.RoutingKey)
	if !found {
		return e.DedupKey
	}
	by := agent{serviceID: s.ID}
	i, a := p.openAlert(s.ID, e.DedupKey)
	switch e.Action {
	case "trigger":
		if a == nil && p.closed(s) {
			return e.DedupKey
		}
		if a != nil {
			// Later events of a key change only the time: the first event's
			// details stay.
			i.touch(p.now())
			return e.DedupKey
		}
		p.openByEvent(s, e)
	case "acknowledge":
		if a != nil && i.status == "triggered" {
			p.acknowledge(i, by)
		}
	case "resolve":
		if a == nil {
			return e.DedupKey
		}
		a.status = "resolved"
		i.touch(p.now())
		if !slices.ContainsFunc(i.alerts, func(a *alert) bool { return a.status == "triggered" }) {
			p.resolve(i, "", by)
		}
	}
	return e.DedupKey
}

// openByEvent opens an incident with the alert of an event.
func (p *PagerDuty) openByEvent(s Service, e Event) *incident {
	by := agent{serviceID: s.ID}
	a := p.newAlert(s, e)
	i := p.open(s, e.Payload.Summary, e.DedupKey, s.urgencyOf(e.Payload.Severity, p.now()), by, a.channel())
	i.trigger.contexts = a.contexts
	i.alerts = []*alert{a}
	if !p.reach(i, 1, by, "assign") {
		p.log(i, "exhaust_escalation_path", "Nobody is on call.", by, nil)
	}
	return i
}

// OpenIncident opens an incident on a service as if the alerts of the events
// had been grouped into one that the first event triggered. It returns the id.
// Missing fields of an event get defaults, so a key and details are enough.
func (p *PagerDuty) OpenIncident(serviceID string, first Event, more ...Event) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.catchUp()
	s, found := p.directory.service(serviceID)
	if !found {
		panic("the stand-in has no service " + serviceID)
	}
	i := p.openByEvent(s, p.filled(first))
	for _, e := range more {
		i.alerts = append(i.alerts, p.newAlert(s, p.filled(e)))
	}
	return i.id
}

// filled returns the event with all fields that PagerDuty requires.
func (p *PagerDuty) filled(e Event) Event {
	e.DedupKey = cmp.Or(e.DedupKey, strings.ToLower(p.newID("")+p.newID("")))
	payload := Payload{}
	if e.Payload != nil {
		payload = *e.Payload
	}
	payload.Summary = cmp.Or(payload.Summary, "about "+e.DedupKey)
	payload.Source = cmp.Or(payload.Source, "a test")
	payload.Severity = cmp.Or(payload.Severity, "critical")
	e.Payload = &payload
	return e
}

// channel returns the channel of an alert's trigger log entry.
func (a *alert) channel() obj {
	o := obj{"type": "api", "summary": a.summary, "description": a.summary, "incident_key": a.key}
	if a.details != nil {
		o["details"] = a.details
	}
	return o
}

func (p *PagerDuty) openAlert(serviceID, key string) (*incident, *alert) {
	for _, i := range p.incidents {
		if !i.open() {
			continue
		}
		for _, a := range i.alerts {
			if a.serviceID == serviceID && a.key == key && a.status == "triggered" {
				return i, a
			}
		}
	}
	return nil, nil
}

func (p *PagerDuty) newAlert(s Service, e Event) *alert {
	a := &alert{
		id: p.newID("Q"), key: e.DedupKey, status: "triggered", severity: e.Payload.Severity, summary: e.Payload.Summary,
		created: p.now(), serviceID: s.ID, details: e.Payload.Details,
		source: e.Payload.Source, class: e.Payload.Class, component: e.Payload.Component, group: e.Payload.Group,
		client: e.Client, clientURL: e.ClientURL,
	}
	for _, l := range e.Links {
		a.contexts = append(a.contexts, obj{"type": "link", "href": l.Href, "text": l.Text})
	}
	for _, m := range e.Images {
		a.contexts = append(a.contexts, obj{"type": "image", "src": m.Src, "href": m.Href, "text": m.Alt})
	}
	return a
}
