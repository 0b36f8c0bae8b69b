package pagerduty

import (
	"context"
	"net/http"
	"slices"
	"strings"

	pd "github.com/PagerDuty/go-pagerduty"

	"firstline/sources"
)

// newIncident is the body of a request to open an incident. go-pagerduty's own
// options send "priority": null, which the schema does not allow.
type newIncident struct {
	Type        string           `json:"type"`
	Title       string           `json:"title"`
	Service     pd.APIReference  `json:"service"`
	Key         string           `json:"incident_key,omitempty"`
	Urgency     string           `json:"urgency,omitempty"`
	Policy      *pd.APIReference `json:"escalation_policy,omitempty"`
	Assignments []pd.Assignee    `json:"assignments,omitempty"`
}

// Open opens an incident, or returns the open one of the same service and key.
//
// The details become the incident's first note: PagerDuty's schema says that
// body.details is an object and its own example has a string, so the body is
// not used. When only the note fails, Open returns the incident with the error;
// opening again with the same key adds the note to it.
func (c *Client) Open(ctx context.Context, n sources.NewIncident) (sources.Incident, error) {
	const what = "opening an incident"
	ids := append([]string{n.ServiceID}, n.UserIDs...)
	if n.PolicyID != "" {
		ids = append(ids, n.PolicyID)
	}
	if err := c.checkIDs(what, ids...); err != nil {
		return sources.Incident{}, err
	}
	if strings.TrimSpace(n.Title) == "" {
		return sources.Incident{}, c.problem(what, sources.Rejected, "an incident needs a title", nil)
	}
	in := newIncident{
		Type: "incident", Title: n.Title, Key: n.Key, Urgency: n.Urgency,
		Service: pd.APIReference{ID: n.ServiceID, Type: serviceReference},
	}
	switch { // PagerDuty accepts a policy or assignments, not both
	case n.PolicyID != "":
		in.Policy = &pd.APIReference{ID: n.PolicyID, Type: policyReference}
	case len(n.UserIDs) > 0:
		in.Assignments = assignees(n.UserIDs)
	}
	var answer struct {
		Incident incidentAnswer `json:"incident"`
	}
	err := c.call(ctx, what, http.MethodPost, "/incidents", nil, map[string]newIncident{"incident": in}, &answer)
	if err != nil {
		open, found := c.alreadyOpen(ctx, n, err)
		if !found {
			return sources.Incident{}, err
		}
		return open, c.noteDetails(ctx, open.ID, n.Details, true)
	}
	opened := c.incident(&answer.Incident)
	if opened.ID == "" {
		e := c.problem(what, sources.BadAnswer, "PagerDuty did not say which incident it opened: check before doing it again", nil)
		e.Unknown = true
		return sources.Incident{}, e
	}
	if opened.Key != "" && n.Key != "" && opened.Key != n.Key || opened.Service.ID != "" && opened.Service.ID != n.ServiceID {
		return sources.Incident{}, c.otherAnswer(what, "the incident")
	}
	c.remember(&answer.Incident)
	return opened, c.noteDetails(ctx, string(answer.Incident.ID), n.Details, false)
}

// alreadyOpen reads the incident after a failure: PagerDuty refuses a second
// one with the same key, and a request whose answer was lost may have opened
// it.
func (c *Client) alreadyOpen(ctx context.Context, n sources.NewIncident, err error) (sources.Incident, bool) {
	if n.Key == "" || (sources.ReasonOf(err) != sources.Rejected && !sources.IsUnknown(err)) {
		return sources.Incident{}, false
	}
	open, err := c.IncidentsByKey(ctx, n.Key)
	if err != nil {
		return sources.Incident{}, false
	}
	for _, i := range open {
		if i.Status != sources.Resolved && i.Service.ID == n.ServiceID {
			return i, true
		}
	}
	return sources.Incident{}, false
}

// noteDetails writes the details as a note. If the incident was open before, it
// does so only when it has no such note.
func (c *Client) noteDetails(ctx context.Context, id, details string, openBefore bool) error {
	if strings.TrimSpace(details) == "" {
		return nil
	}
	var notes []sources.Note
	var err error
	if openBefore {
		notes, err = c.Notes(ctx, id)
	}
	if slices.ContainsFunc(notes, func(n sources.Note) bool { return sameText(n.Content, details) }) {
		return nil
	}
	if err == nil {
		_, err = c.AddNote(ctx, id, details)
	}
	var e *sources.Error
	if asError(err, &e) {
		e.Sentence = "the incident is open, but its details could not be added as a note: " + e.Sentence
	}
	return err
}
