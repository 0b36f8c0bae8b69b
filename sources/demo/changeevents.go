package demo

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// ChangeEvent is a change that a tool reported.
type ChangeEvent struct {
	// ID may be empty: the stand-in gives it one.
	ID         string
	ServiceIDs []string
	// At is when it happened. Zero means now.
	At            time.Time
	Summary, Tool string
	Links         []EventLink
	Details       map[string]any
}

// ReportChange stores a change event and returns its id.
func (p *PagerDuty) ReportChange(e ChangeEvent) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.reportChange(e)
}

func (p *PagerDuty) reportChange(e ChangeEvent) string {
	if e.ID == "" {
		e.ID = "01" + p.newID("")
	}
	if e.At.IsZero() {
		e.At = p.now()
	}
	p.changes = append(p.changes, e)
	return e.ID
}

// enqueueChange takes a change event of Events API v2.
func (p *PagerDuty) enqueueChange(w http.ResponseWriter, r *http.Request) {
	var e struct {
		RoutingKey string      `json:"routing_key"`
		Links      []EventLink `json:"links"`
		Payload    *struct {
			Summary string         `json:"summary"`
			Source  string         `json:"source"`
			At      string         `json:"timestamp"`
			Details map[string]any `json:"custom_details"`
		} `json:"payload"`
	}
	if err := json.NewDecoder(r.Body).Decode(&e); err != nil || len(e.RoutingKey) != 32 || e.Payload == nil || e.Payload.Summary == "" {
		writeJSON(w, http.StatusBadRequest, obj{"status": "invalid event", "message": "Change event object is invalid", "errors": []string{"'payload.summary' is missing or blank"}})
		return
	}
	p.mu.Lock()
	if s, found := p.directory.serviceByKey(e.RoutingKey); found { // an unknown key is accepted and dropped
		at, _ := time.Parse(time.RFC3339, e.Payload.At)
		p.reportChange(ChangeEvent{
			ServiceIDs: []string{s.ID}, At: at, Summary: e.Payload.Summary, Tool: e.Payload.Source, Links: e.Links, Details: e.Payload.Details,
		})
	}
	p.mu.Unlock()
	writeJSON(w, http.StatusAccepted, obj{"status": "success", "message": "Change event processed"})
}

// newestChanges returns the change events that fit, newest first.
func (p *PagerDuty) newestChanges(fits func(ChangeEvent) bool) []ChangeEvent {
	var all []ChangeEvent
	for _, e := range p.changes {
		if fits(e) {
			all = append(all, e)
		}
	}
	slices.SortStableFunc(all, func(a, b ChangeEvent) int { return b.At.Compare(a.At) })
	return all
}

// withoutOffering refuses what the account's plan has not, with a status.
func withoutOffering(status int) error {
	switch status {
	case 0:
		return nil
	case http.StatusNotFound:
		return errNotFound
	case http.StatusPaymentRequired:
		return &refusal{status, 2014, "Account does not have the abilities to perform the action", nil}
	}
	return &refusal{status, 2010, "Access Denied", nil}
}

func (p *PagerDuty) listServiceChanges(c *call) (answer, error) {
	if err := withoutOffering(p.account.RefuseChanges); err != nil {
		return answer{}, err
	}
	s, found := p.directory.service(c.PathValue("id"))
	if !found {
		return answer{}, errNotFound
	}
	q := c.URL.Query()
	since, err := momentUTC(q.Get("since"), time.Time{})
	if err != nil {
		return answer{}, err
	}
	until, err := momentUTC(q.Get("until"), p.now().Add(time.Second))
	if err != nil {
		return answer{}, err
	}
	all := p.newestChanges(func(e ChangeEvent) bool {
		return slices.Contains(e.ServiceIDs, s.ID) && !e.At.Before(since) && e.At.Before(until)
	})
	return page(c, "change_events", all, p.changeJSON)
}

// momentUTC reads a time as change events want it: in UTC.
func momentUTC(text string, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	t, err := time.Parse("2006-01-02T15:04:05Z", text)
	if err != nil {
		return time.Time{}, invalid("%s is not a UTC ISO 8601 date", text)
	}
	return t, nil
}

// relatedFor is how long before an incident a change may be related to it.
const relatedFor = 24 * time.Hour

func (p *PagerDuty) listRelatedChanges(c *call) (answer, error) {
	if err := withoutOffering(p.account.RefuseChanges); err != nil {
		return answer{}, err
	}
	i, err := p.incidentOf(c)
	if err != nil {
		return answer{}, err
	}
	limit, err := number(c.URL.Query(), "limit", 25)
	if err != nil {
		return answer{}, err
	}
	all := p.newestChanges(func(e ChangeEvent) bool {
		return slices.Contains(e.ServiceIDs, i.serviceID) && !e.At.After(i.created) && i.created.Sub(e.At) <= relatedFor
	})
	items := []obj{}
	for n, e := range all[:min(limit, len(all))] {
		o := p.changeJSON(e)
		o["correlation_reason"] = obj{"reason": map[bool]string{true: "most_recent", false: "related_service"}[n == 0]}
		items = append(items, o)
	}
	return ok(obj{"change_events": items, "limit": limit, "offset": 0, "more": len(items) < len(all), "total": nil})
}

func (p *PagerDuty) changeJSON(e ChangeEvent) obj {
	services, links := []obj{}, []obj{}
	for _, id := range e.ServiceIDs {
		services = append(services, obj{"id": id, "type": "service_reference"})
	}
	for _, l := range e.Links {
		links = append(links, obj{"href": l.Href, "text": l.Text})
	}
	details := e.Details
	if details == nil {
		details = obj{}
	}
	return obj{
		"id": e.ID, "type": "change_event", "timestamp": stamp(e.At), "summary": e.Summary, "source": cmp.Or(e.Tool, "unknown"),
		"services": services, "links": links, "images": []obj{}, "custom_details": details,
	}
}

// listPast lists the earlier incidents of the same service, those with the same
// title first.
func (p *PagerDuty) listPast(c *call) (answer, error) {
	if err := withoutOffering(p.account.RefusePast); err != nil {
		return answer{}, err
	}
	i, err := p.incidentOf(c)
	if err != nil {
		return answer{}, err
	}
	q := c.URL.Query()
	limit := 5
	if q.Has("limit") {
		if limit, err = strconv.Atoi(q.Get("limit")); err != nil || limit < 1 || limit > 999 {
			return answer{}, invalid("limit must be from 1 to 999")
		}
	}
	type similar struct {
		*incident
		score float64
	}
	var all []similar
	for _, other := range p.incidents {
		if other == i || other.serviceID != i.serviceID || other.created.Before(i.created.AddDate(0, -6, 0)) || !other.created.Before(i.created) {
			continue
		}
		score := 0.0
		if other.title == i.title {
			score = 46.8249
		}
		all = append(all, similar{other, score})
	}
	slices.SortStableFunc(all, func(a, b similar) int {
		return cmp.Or(cmp.Compare(b.score, a.score), b.created.Compare(a.created))
	})
	items := []obj{}
	for _, one := range all[:min(limit, len(all))] {
		items = append(items, obj{
			"incident": obj{"id": one.id, "created_at": stamp(one.created), "self": "https://api.pagerduty.com/incidents/" + one.id, "title": one.title},
			"score":    one.score,
		})
	}
	body := obj{"past_incidents": items, "limit": limit}
	if q.Get("total") == "true" {
		body["total"] = len(all)
	}
	return ok(body)
}
