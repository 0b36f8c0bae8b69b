package pagerduty

import (
	"fmt"
	"strings"
	"time"

	"firstline/sources"
)

// incidentAnswer is an incident as PagerDuty sends it.
type incidentAnswer struct {
	ID            text                     `json:"id"`
	Type          text                     `json:"type"`
	Number        number                   `json:"incident_number"`
	Key           text                     `json:"incident_key"`
	Title         text                     `json:"title"`
	Summary       text                     `json:"summary"`
	Status        text                     `json:"status"`
	Urgency       text                     `json:"urgency"`
	URL           text                     `json:"html_url"`
	CreatedAt     moment                   `json:"created_at"`
	UpdatedAt     moment                   `json:"updated_at"`
	ChangedAt     moment                   `json:"last_status_change_at"`
	ChangedBy     thing                    `json:"last_status_change_by"`
	Service       thing                    `json:"service"`
	Policy        thing                    `json:"escalation_policy"`
	Teams         list[thing]              `json:"teams"`
	Priority      thing                    `json:"priority"`
	Assignments   list[*assignedAnswer]    `json:"assignments"`
	AssignedVia   text                     `json:"assigned_via"`
	Conference    conferenceAnswer         `json:"conference_bridge"`
	Acknowledgers list[*assignedAnswer]    `json:"acknowledgements"`
	Pending       wholeList[pendingAnswer] `json:"pending_actions"`
	AlertCounts   countsAnswer             `json:"alert_counts"`
	Trigger       triggerAnswer            `json:"first_trigger_log_entry"`
	Resolution    text                     `json:"resolution"`
	ResolveReason resolveAnswer            `json:"resolve_reason"`
	// Asked is missing when the account's plan has no responder requests.
	Asked      wholeList[requestAnswer] `json:"responder_requests"`
	Responders list[*responderAnswer]   `json:"incidents_responders"`
}

// conferenceAnswer is a conference bridge.
type conferenceAnswer struct{ Number, URL text }

// UnmarshalJSON takes any JSON value.
func (c *conferenceAnswer) UnmarshalJSON(b []byte) error {
	*c = conferenceAnswer{}
	var o struct {
		Number text `json:"conference_number"`
		URL    text `json:"conference_url"`
	}
	if isObject(b) && unmarshal(b, &o) {
		*c = conferenceAnswer{Number: o.Number, URL: o.URL}
	}
	return nil
}

// resolveAnswer is the reason why an incident was resolved. The only reason
// that PagerDuty reports is a merge.
type resolveAnswer struct{ Into thing }

// UnmarshalJSON takes any JSON value.
func (r *resolveAnswer) UnmarshalJSON(b []byte) error {
	*r = resolveAnswer{}
	var o struct {
		Incident thing `json:"incident"`
	}
	if isObject(b) && unmarshal(b, &o) {
		r.Into = o.Incident
	}
	return nil
}

// requestAnswer is a request to join. The schema has the targets directly, its
// examples have each under responder_request_target.
type requestAnswer struct {
	At      moment                  `json:"requested_at"`
	By      thing                   `json:"requester"`
	Message text                    `json:"message"`
	Targets wholeList[targetAnswer] `json:"responder_request_targets"`
}

type targetAnswer struct{ thing }

// UnmarshalJSON takes any JSON value.
func (t *targetAnswer) UnmarshalJSON(b []byte) error {
	var o struct {
		Target thing `json:"responder_request_target"`
	}
	if isObject(b) && unmarshal(b, &o) && o.Target.ID != "" {
		t.thing = o.Target
		return nil
	}
	return t.thing.UnmarshalJSON(b)
}

type responderAnswer struct {
	User    thing  `json:"user"`
	State   text   `json:"state"`
	At      moment `json:"requested_at"`
	By      thing  `json:"requester"`
	Message text   `json:"message"`
}

type assignedAnswer struct {
	At           moment `json:"at"`
	Assignee     thing  `json:"assignee"`
	Acknowledger thing  `json:"acknowledger"`
}

// assigned returns the assignments in a list. It returns nil when the list is
// missing, or is not empty but names nobody: somebody is assigned then.
func assigned(all list[*assignedAnswer], who func(*assignedAnswer) thing) []sources.Assignment {
	var out []sources.Assignment
	if all != nil && len(all) == 0 {
		out = []sources.Assignment{}
	}
	for _, x := range all {
		if x != nil {
			out = append(out, sources.Assignment{User: who(x).person(), At: x.At.Time})
		}
	}
	return out
}

// requestsIn returns the requests to join, or nil where they are not all known.
func requestsIn(all wholeList[requestAnswer]) []sources.ResponderRequest {
	if !all.whole {
		return nil
	}
	requests := make([]sources.ResponderRequest, 0, len(all.items))
	for _, x := range all.items {
		if !x.Targets.whole {
			return nil
		}
		request := sources.ResponderRequest{At: x.At.Time, By: x.By.reference(), Message: string(x.Message)}
		for _, t := range x.Targets.items {
			request.Targets = append(request.Targets, t.reference())
		}
		requests = append(requests, request)
	}
	return requests
}

type pendingAnswer struct {
	Type text   `json:"type"`
	At   moment `json:"at"`
}

// countsAnswer counts the alerts of an incident. present is false when the
// answer had no counts.
type countsAnswer struct {
	present                  bool
	All, Triggered, Resolved number
}

// UnmarshalJSON takes any JSON value.
func (c *countsAnswer) UnmarshalJSON(b []byte) error {
	*c = countsAnswer{}
	var o struct {
		All       *number `json:"all"`
		Triggered number  `json:"triggered"`
		Resolved  number  `json:"resolved"`
	}
	if isObject(b) && unmarshal(b, &o) && o.All != nil {
		*c = countsAnswer{present: true, All: *o.All, Triggered: o.Triggered, Resolved: o.Resolved}
	}
	return nil
}

// whole reports whether this is the incident and not just a reference to it,
// which has no status. An incident with an id and a status can be shown and
// acted on, whatever else is missing.
func (a *incidentAnswer) whole() bool {
	switch sources.IncidentStatus(a.Status) {
	case sources.Triggered, sources.Acknowledged, sources.Resolved:
		return a.ID != "" && !strings.HasSuffix(string(a.Type), "_reference")
	}
	return false
}

// version distinguishes two states of an incident's alerts. The counts of all
// and of the resolved only grow, so equal counts mean equal alerts. Without
// counts it uses the time of the last change.
type version struct {
	counts    countsAnswer
	updatedAt time.Time
}

// sameAlerts reports whether the incident has the same number of alerts in both
// versions. They may have been resolved between them.
func (v version) sameAlerts(other version) bool {
	return v == other || v.counts.present && other.counts.present && v.counts.All == other.counts.All
}

func (a *incidentAnswer) version() version {
	if a.AlertCounts.present {
		return version{counts: a.AlertCounts}
	}
	return version{updatedAt: a.UpdatedAt.UTC()}
}

// incident converts it to a sources.Incident without alerts.
func (a *incidentAnswer) incident(source string) sources.Incident {
	title := string(a.Title)
	if title == "" {
		// "[#12] Checkout errors": the number is a field of its own.
		title = strings.TrimPrefix(string(a.Summary), fmt.Sprintf("[#%d] ", a.Number))
	}
	i := sources.Incident{
		Source:          source,
		ID:              string(a.ID),
		Number:          int(a.Number),
		Key:             string(a.Key),
		Title:           title,
		Status:          sources.IncidentStatus(a.Status),
		Urgency:         string(a.Urgency),
		URL:             string(a.URL),
		CreatedAt:       a.CreatedAt.Time,
		UpdatedAt:       a.UpdatedAt.Time,
		ChangedAt:       a.ChangedAt.Time,
		ChangedBy:       a.ChangedBy.reference(),
		Service:         a.Service.reference(),
		Policy:          a.Policy.reference(),
		Teams:           references(a.Teams),
		ResolvedAs:      string(a.Resolution),
		MergedInto:      a.ResolveReason.Into.ID,
		AssignedVia:     sources.AssignedVia(a.AssignedVia),
		Conference:      sources.Conference{Number: string(a.Conference.Number), URL: string(a.Conference.URL)},
		AlertCount:      int(a.AlertCounts.All),
		TriggeredAlerts: int(a.AlertCounts.Triggered),
	}
	if a.Priority.ID != "" {
		i.Priority = &sources.Priority{ID: a.Priority.ID, Name: a.Priority.label(), Color: a.Priority.Color, Order: a.Priority.Order}
	}
	i.Assignments = assigned(a.Assignments, func(x *assignedAnswer) thing { return x.Assignee })
	i.Acknowledgers = assigned(a.Acknowledgers, func(x *assignedAnswer) thing { return x.Acknowledger })
	i.PendingUnread = !a.Pending.whole
	for _, x := range a.Pending.items {
		i.PendingUnread = i.PendingUnread || x.Type == "" || x.At.IsZero()
		i.Pending = append(i.Pending, sources.PendingAction{Type: string(x.Type), At: x.At.Time})
	}
	i.Asked = requestsIn(a.Asked)
	for _, x := range a.Responders {
		if x == nil {
			continue
		}
		i.Responders = append(i.Responders, sources.Responder{
			User: x.User.person(), State: string(x.State), At: x.At.Time, By: x.By.reference(), Message: string(x.Message),
		})
	}
	return i
}
