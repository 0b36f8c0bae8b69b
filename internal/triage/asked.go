package triage

import (
	"cmp"
	"slices"
	"time"

	"firstline/sources"
)

// Asked is a request to the person at the screen to join an incident that they
// have not answered yet.
type Asked struct {
	By, Message string
	At          time.Time
}

// statePending is PagerDuty's state of somebody who has not answered.
const statePending = "pending"

// asked returns the open request to the person at the screen, or nil.
// PagerDuty's state of the person has priority over that of the request, which
// does not contain an answer.
func (w *overview) asked(in *sources.Incident) *Asked {
	me := w.me[in.Source]
	if me == "" || in.Status == sources.Resolved {
		return nil
	}
	var found *Asked
	for _, r := range in.Responders {
		if r.User.ID != me {
			continue
		}
		if r.State != statePending {
			return nil
		}
		found = &Asked{By: asker(r.By), Message: r.Message, At: r.At}
	}
	for _, request := range slices.Backward(in.Asked) {
		if !slices.ContainsFunc(request.Targets, func(t sources.Reference) bool { return t.ID == me }) {
			continue
		}
		if found == nil {
			found = &Asked{}
		}
		found.By = cmp.Or(found.By, asker(request.By))
		found.Message = cmp.Or(found.Message, request.Message)
		if found.At.IsZero() {
			found.At = request.At
		}
		break
	}
	return found
}

// asker returns the name of the person who asked, or "" when PagerDuty does not
// report it.
func asker(r sources.Reference) string {
	if r.IsZero() {
		return ""
	}
	return r.Label("user")
}

// whyService says that nobody is notified by the group's service now, because it
// is disabled or maintained; empty where that is not so, or nobody knows.
func (b *builder) whyService(g *Group) string {
	service := b.directory.ofID(g.Account, g.ServiceID)
	if g.ServiceID == "" || service == nil {
		return ""
	}
	switch service.Status {
	case sources.ServiceDisabled:
		return "the PagerDuty service " + cmp.Or(service.Name, service.ID) + " is disabled"
	case sources.ServiceMaintenance:
		return "the PagerDuty service " + cmp.Or(service.Name, service.ID) + " is in a maintenance window"
	}
	return ""
}
