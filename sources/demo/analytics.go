package demo

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"firstline/internal/wallclock"
)

// analyticsLate is how much later Analytics knows what happened.
const analyticsLate = 24 * time.Hour

// rawIncidents answers POST /analytics/raw/incidents from the log, by PagerDuty's
// definitions.
func (p *PagerDuty) rawIncidents(c *call) (answer, error) {
	if err := withoutOffering(p.account.RefuseAnalytics); err != nil {
		return answer{}, err
	}
	var body struct {
		Filters struct {
			Start    string   `json:"created_at_start"`
			End      string   `json:"created_at_end"`
			Teams    []string `json:"team_ids"`
			Services []string `json:"service_ids"`
		} `json:"filters"`
		After string `json:"starting_after"`
		Order string `json:"order"`
		Limit int    `json:"limit"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	f := body.Filters
	start, err := momentUTC(f.Start, time.Time{})
	if err != nil {
		return answer{}, err
	}
	end, err := momentUTC(f.End, p.now())
	if err != nil {
		return answer{}, err
	}
	body.Limit = cmp.Or(body.Limit, 100)
	switch {
	case !c.account && len(f.Teams) == 0 && len(f.Services) == 0:
		return answer{}, invalid("team_ids or service_ids is required")
	case body.Limit < 1 || body.Limit > 1000:
		return answer{}, invalid("limit must be from 1 to 1000")
	}
	var all []*incident
	for _, i := range p.incidents {
		s, _ := p.directory.service(i.serviceID)
		if !i.created.Before(start) && i.created.Before(end) && i.created.Before(p.now().Add(-analyticsLate)) &&
			(len(f.Services) == 0 || slices.Contains(f.Services, i.serviceID)) &&
			(len(f.Teams) == 0 || slices.ContainsFunc(f.Teams, func(id string) bool { return slices.Contains(s.TeamIDs, id) })) {
			all = append(all, i)
		}
	}
	slices.SortStableFunc(all, func(a, b *incident) int { return a.created.Compare(b.created) })
	if body.Order != "asc" {
		body.Order = "desc"
		slices.Reverse(all)
	}
	if at := slices.IndexFunc(all, func(i *incident) bool { return i.id == body.After }); at >= 0 {
		all = all[at+1:]
	}
	more := len(all) > body.Limit
	all = all[:min(len(all), body.Limit)]
	entries := map[string][]*logEntry{}
	for _, e := range p.entries {
		entries[e.incidentID] = append(entries[e.incidentID], e)
	}
	data, first, last := []obj{}, "", ""
	for _, i := range all {
		data = append(data, p.analyzed(i, entries[i.id]))
		first, last = cmp.Or(first, i.id), i.id
	}
	return ok(obj{
		"first": first, "last": last, "limit": body.Limit, "more": more, "order": body.Order, "order_by": "created_at", "time_zone": "Etc/UTC",
		"filters": obj{"created_at_start": f.Start, "created_at_end": f.End, "team_ids": orNone(f.Teams), "service_ids": orNone(f.Services)}, "data": data,
	})
}

func orNone(ids []string) []string { return append([]string{}, ids...) }

// analyzed returns an incident as Analytics describes it. What is not known is left
// out.
func (p *PagerDuty) analyzed(i *incident, entries []*logEntry) obj {
	s, _ := p.directory.service(i.serviceID)
	o := obj{
		"id": i.id, "incident_number": i.number, "description": i.title, "status": i.status, "urgency": i.urgency, "created_at": i.created.UTC().Format(time.RFC3339),
		"service_id": i.serviceID, "service_name": s.Name, "escalation_policy_id": i.policy.ID, "escalation_policy_name": i.policy.Name, "major": false,
	}
	counts := map[string]int{
		"total_interruptions": 0, "business_hour_interruptions": 0, "off_hour_interruptions": 0, "sleep_hour_interruptions": 0,
		"timeout_escalation_count": 0, "manual_escalation_count": 0, "acknowledgement_count": 0, "total_notifications": 0, "engaged_seconds": 0,
	}
	interrupted, engaged := map[string]bool{}, map[string]time.Time{}
	for _, e := range entries {
		switch e.kind {
		case "notify":
			how, _ := e.channel["notification"].(obj)
			counts["total_notifications"]++
			id := e.by.userID
			if u, found := p.directory.user(id); found && !interrupted[id] && how["type"] != "email_notification" {
				interrupted[id] = true
				counts["total_interruptions"]++
				counts[hoursOf(u, e.at)+"_hour_interruptions"]++
			}
		case "acknowledge":
			if e.by.userID == "" {
				continue
			}
			counts["acknowledgement_count"]++
			if counts["acknowledgement_count"] == 1 {
				o["seconds_to_first_ack"] = int(e.at.Sub(i.created).Seconds())
			}
			if _, is := engaged[e.by.userID]; !is {
				engaged[e.by.userID] = e.at
			}
		case "escalate":
			if e.by.userID == "" {
				counts["timeout_escalation_count"]++
			} else {
				counts["manual_escalation_count"]++
			}
		case "resolve":
			for _, at := range engaged {
				counts["engaged_seconds"] += int(e.at.Sub(at).Seconds())
			}
			clear(engaged)
			o["auto_resolved"] = e.by.userID == ""
			o["resolved_at"], o["seconds_to_resolve"] = e.at.UTC().Format(time.RFC3339), int(e.at.Sub(i.created).Seconds())
		}
	}
	for name, n := range counts {
		o[name] = n
	}
	o["escalation_count"] = counts["timeout_escalation_count"] + counts["manual_escalation_count"]
	return o
}

// hoursOf returns the part of a user's week, as Analytics names it.
func hoursOf(u User, at time.Time) string {
	zone := wallclock.Zone(u.TimeZone)
	if zone == nil {
		zone = time.UTC
	}
	switch local := at.In(zone); {
	case local.Hour() < 8 || local.Hour() >= 22:
		return "sleep"
	case strings.HasPrefix(local.Weekday().String(), "S") || local.Hour() >= 18:
		return "off"
	}
	return "business"
}
