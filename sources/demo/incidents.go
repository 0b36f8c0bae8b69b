package demo

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (p *PagerDuty) listIncidents(c *call) (answer, error) {
	q := c.URL.Query()
	now := p.now()
	// Without dates PagerDuty returns the last month, even for open incidents.
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
	include := included(c)
	return page(c, "incidents", found, func(i *incident) obj { return p.incidentJSON(i, include) })
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

// getIncident "accepts either an incident id, or an incident number", according
// to the schema.
func (p *PagerDuty) getIncident(c *call) (answer, error) {
	i, err := p.incidentOf(c)
	if n, noNumber := strconv.Atoi(c.PathValue("id")); err != nil && noNumber == nil {
		if at := slices.IndexFunc(p.incidents, func(one *incident) bool { return one.number == n }); at >= 0 {
			i, err = p.incidents[at], nil
		}
	}
	if err != nil {
		return answer{}, err
	}
	return ok(obj{"incident": p.incidentJSON(i, included(c))})
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
			Bridge      *Bridge  `json:"conference_bridge"`
			Body        *struct {
				Details string `json:"details"`
			} `json:"body"`
		} `json:"incident"`
	}
	if err := c.decode(&body); err != nil {
		return answer{}, err
	}
	in := body.Incident
	s, found := p.directory.service(in.Service.ID)
	switch {
	case in.Title == "":
		return answer{}, invalid("Title cannot be empty")
	case !found:
		return answer{}, invalid("Service cannot be empty")
	case p.closed(s):
		return answer{}, invalid("Service is disabled or in maintenance: no new incidents will be triggered")
	case in.Policy != nil && len(in.Assignments) > 0:
		return answer{}, invalid("escalation_policy and assignments exclude each other")
	}
	if in.Key != "" && slices.ContainsFunc(p.incidents, func(i *incident) bool { return i.key == in.Key && i.open() && i.serviceID == s.ID }) {
		return answer{}, invalid("Open incident with matching dedup key already exists on this service")
	}
	policyID := s.PolicyID
	if in.Policy != nil {
		if _, found := p.directory.policy(in.Policy.ID); !found {
			return answer{}, invalid("Escalation policy not found")
		}
		policyID = in.Policy.ID
	}
	var ids []string
	for _, a := range in.Assignments {
		if u, found := p.directory.user(a.Assignee.ID); !found || !u.canBeAssigned() {
			return answer{}, refuse(1007, "Assignee Not Found")
		}
		ids = append(ids, a.Assignee.ID)
	}
	if len(ids) == 0 && p.directory.firstLevel(p.directory.policyNow(policyID), 1, p.now()) == 0 {
		return answer{}, refuse(1015, "Nobody is on call for the escalation policy")
	}
	i := p.open(s, in.Title, in.Key, cmp.Or(in.Urgency, s.urgencyOf("", p.now())), c.by(), obj{"type": "website"})
	if in.Body != nil {
		i.details = in.Body.Details
	}
	if in.Bridge != nil {
		i.bridge = *in.Bridge
	}
	if in.Priority != nil {
		i.priorityID = in.Priority.ID
	}
	if len(ids) > 0 {
		i.policy = p.directory.policyNow(policyID)
		p.assign(i, ids, c.by())
	} else {
		p.begin(i, policyID, c.by(), "assign")
	}
	return answer{http.StatusCreated, obj{"incident": p.incidentJSON(i, nil)}}, nil
}
