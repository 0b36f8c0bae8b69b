package demo

import (
	"net/http"
	"slices"
	"time"
)

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

func (p *PagerDuty) entriesPage(c *call, otherwise time.Time, wanted func(*logEntry) bool) (answer, error) {
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
		if !e.at.Before(since) && !e.at.After(until) && (!overview || e.kind != "notify") && wanted(e) {
			all = append(all, e)
		}
	}
	include := included(c)
	return page(c, "log_entries", all, func(e *logEntry) obj { return p.entryJSON(e, include) })
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
	return answer{http.StatusCreated, obj{"incident": p.incidentJSON(i, nil)}}, nil
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
