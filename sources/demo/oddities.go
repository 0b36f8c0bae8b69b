package demo

import (
	"maps"
	"slices"
	"strings"
)

// Bridge is a conference bridge of an incident.
type Bridge struct {
	Number string `json:"conference_number"`
	URL    string `json:"conference_url"`
}

// SetBridge gives an incident a conference bridge.
func (p *PagerDuty) SetBridge(incidentID string, b Bridge) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.incident(incidentID).bridge = b
}

// Override replaces fields in an incident's answers, for example service,
// escalation_policy or title by null, as reported in public bug reports.
func (p *PagerDuty) Override(incidentID string, fields map[string]any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.incident(incidentID).override = maps.Clone(fields)
}

// DeleteUser deletes a user. As with services and policies, references to the
// user stay, with a null summary.
func (p *PagerDuty) DeleteUser(id string) {
	p.Change(func(d *Directory) {
		d.Users = slices.DeleteFunc(slices.Clone(d.Users), func(u User) bool { return u.ID == id })
	})
}

// DeleteService deletes a service.
func (p *PagerDuty) DeleteService(id string) {
	p.Change(func(d *Directory) {
		d.Services = slices.DeleteFunc(slices.Clone(d.Services), func(s Service) bool { return s.ID == id })
	})
}

// DeletePolicy deletes an escalation policy. Incidents with this policy do not
// change.
func (p *PagerDuty) DeletePolicy(id string) {
	p.Change(func(d *Directory) {
		d.Policies = slices.DeleteFunc(slices.Clone(d.Policies), func(p Policy) bool { return p.ID == id })
	})
}

// Mail is an e-mail to a service's integration.
type Mail struct{ From, To, Subject, Body, ContentType string }

// OpenByMail opens an incident by an e-mail and returns its id. Its alert has
// no cef_details.
func (p *PagerDuty) OpenByMail(serviceID string, m Mail) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.catchUp()
	s, _ := p.directory.service(serviceID)
	by := agent{serviceID: s.ID}
	fields := obj{"from": m.From, "to": m.To, "subject": m.Subject, "body": m.Body, "body_content_type": m.ContentType}
	channel := maps.Clone(fields)
	channel["type"], channel["summary"] = "email", m.Subject
	if strings.HasPrefix(m.ContentType, "text/html") {
		channel["html_url"] = webBase + "/emails/1"
	}
	i := p.open(s, m.Subject, "", s.urgencyOf("", p.now()), by, channel)
	i.alerts = []*alert{{
		id: p.newID("Q"), key: i.key, status: "triggered", summary: m.Subject, created: p.now(), serviceID: s.ID, details: fields, email: true,
	}}
	if !p.reach(i, 1, by, "assign") {
		p.log(i, "exhaust_escalation_path", "Nobody is on call.", by, nil)
	}
	return i.id
}
