package demo

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"
)

// restRoutes returns the paths of the REST API that the stand-in implements, as
// net/http patterns.
func (p *PagerDuty) restRoutes() map[string]func(*call) (answer, error) {
	return map[string]func(*call) (answer, error){
		"GET /incidents":                                p.listIncidents,
		"PUT /incidents":                                p.updateIncidents,
		"POST /incidents":                               p.createIncident,
		"GET /incidents/{id}":                           p.getIncident,
		"PUT /incidents/{id}":                           p.updateIncident,
		"GET /incidents/{id}/alerts":                    p.listAlerts,
		"GET /incidents/{id}/alerts/{alert}":            p.getAlert,
		"GET /incidents/{id}/notes":                     p.listNotes,
		"POST /incidents/{id}/notes":                    p.createNote,
		"PUT /incidents/{id}/notes/{note}":              p.updateNote,
		"DELETE /incidents/{id}/notes/{note}":           p.deleteNote,
		"GET /incidents/{id}/log_entries":               p.listIncidentEntries,
		"GET /incidents/{id}/past_incidents":            p.listPast,
		"GET /incidents/{id}/related_change_events":     p.listRelatedChanges,
		"GET /services/{id}/change_events":              p.listServiceChanges,
		"POST /incidents/{id}/snooze":                   p.snooze,
		"PUT /incidents/{id}/merge":                     p.merge,
		"POST /incidents/{id}/responder_requests":       p.askResponders,
		"PUT /incidents/{id}/responder_requests/cancel": p.cancelRequests,
		"GET /log_entries":                              p.listEntries,
		"GET /oncalls":                                  p.listOnCalls,
		"GET /services":                                 p.listServices,
		"GET /services/{id}":                            p.getService,
		"GET /escalation_policies":                      p.listPolicies,
		"GET /escalation_policies/{id}":                 p.getPolicy,
		"GET /users":                                    p.listUsers,
		"GET /users/me":                                 p.getMe,
		"GET /users/{id}":                               p.getUser,
		"GET /teams":                                    p.listTeams,
		"GET /teams/{id}":                               p.getTeam,
		"GET /teams/{id}/members":                       p.listMembers,
		"GET /schedules":                                p.listSchedules,
		"GET /schedules/{id}/users":                     p.listScheduleUsers,
		"GET /schedules/{id}/overrides":                 p.listOverrides,
		"GET /priorities":                               p.listPriorities,
		"GET /maintenance_windows":                      p.listMaintenance,
		"POST /analytics/raw/incidents":                 p.rawIncidents,
		"GET /abilities":                                p.listAbilities,
	}
}

func (p *PagerDuty) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, h := range p.restRoutes() {
		mux.Handle(pattern, p.rest(h))
	}
	mux.HandleFunc("POST /v2/enqueue", p.enqueue)
	mux.HandleFunc("POST /v2/change/enqueue", p.enqueueChange)
	mux.HandleFunc("/", p.rest(func(*call) (answer, error) { return answer{}, errNotFound }))
	return mux
}

func (p *PagerDuty) listOnCalls(c *call) (answer, error) {
	q := c.URL.Query()
	now := p.now()
	since, err := moment(q, "since", now)
	if err != nil {
		return answer{}, err
	}
	until, err := moment(q, "until", since)
	if err != nil {
		return answer{}, err
	}
	if until.Sub(since) > 90*24*time.Hour {
		return answer{}, invalid("The date range must be at most 90 days")
	}
	var turns []turn
	for _, policy := range p.directory.Policies {
		if !chosen(q, "escalation_policy_ids[]", policy.ID) {
			continue
		}
		for _, t := range p.directory.turns(policy, since, until) {
			if chosen(q, "user_ids[]", t.userID) && chosen(q, "schedule_ids[]", cmp.Or(t.scheduleID, "null")) {
				turns = append(turns, t)
			}
		}
	}
	if q.Get("earliest") == "true" {
		turns = earliest(turns)
	}
	users := included(c)["users"]
	return page(c, "oncalls", turns, func(t turn) obj {
		o := p.directory.turnJSON(t)
		if users {
			u, _ := p.directory.user(t.userID)
			o["user"] = whole(p.directory.userJSON(u, nil), "user_reference") // the schema's name for it
		}
		return o
	})
}

// earliest returns the first turn of each user at each level of each policy.
func earliest(turns []turn) []turn {
	slices.SortStableFunc(turns, func(a, b turn) int { return a.start.Compare(b.start) })
	type key struct {
		user, policy string
		level        int
	}
	seen := map[key]bool{}
	return slices.DeleteFunc(turns, func(t turn) bool {
		k := key{t.userID, t.policyID, t.level}
		was := seen[k]
		seen[k] = true
		return was
	})
}

func matches(query, name string) bool {
	return strings.Contains(strings.ToLower(name), strings.ToLower(query))
}

func (p *PagerDuty) listServices(c *call) (answer, error) {
	q := c.URL.Query()
	var all []Service
	for _, s := range p.directory.Services {
		if matches(q.Get("query"), s.Name) && chosen(q, "team_ids[]", s.TeamIDs...) && (q.Get("name") == "" || q.Get("name") == s.Name) {
			all = append(all, s)
		}
	}
	return page(c, "services", all, func(s Service) obj { return p.directory.serviceJSON(s, p.serviceStatus(s)) })
}

func (p *PagerDuty) getService(c *call) (answer, error) {
	s, found := p.directory.service(c.PathValue("id"))
	if !found {
		return answer{}, errNotFound
	}
	return ok(obj{"service": p.directory.serviceJSON(s, p.serviceStatus(s))})
}

func (p *PagerDuty) listPolicies(c *call) (answer, error) {
	q := c.URL.Query()
	var all []Policy
	for _, policy := range p.directory.Policies {
		var users []string
		for _, t := range p.directory.turns(policy, p.now(), p.now()) {
			users = append(users, t.userID)
		}
		if matches(q.Get("query"), policy.Name) && chosen(q, "team_ids[]", policy.TeamID) && chosen(q, "user_ids[]", users...) {
			all = append(all, policy)
		}
	}
	include := included(c)
	return page(c, "escalation_policies", all, func(policy Policy) obj { return p.policyJSON(policy, include) })
}

func (p *PagerDuty) getPolicy(c *call) (answer, error) {
	policy, found := p.directory.policy(c.PathValue("id"))
	if !found {
		return answer{}, errNotFound
	}
	return ok(obj{"escalation_policy": p.policyJSON(policy, included(c))})
}

func (p *PagerDuty) listUsers(c *call) (answer, error) {
	q := c.URL.Query()
	var all []User
	for _, u := range p.directory.Users {
		if (matches(q.Get("query"), u.Name) || matches(q.Get("query"), u.Email)) && chosen(q, "team_ids[]", p.directory.teamsOf(u.ID)...) {
			all = append(all, u)
		}
	}
	include := included(c)
	return page(c, "users", all, func(u User) obj { return p.directory.userJSON(u, include) })
}

func (p *PagerDuty) getMe(c *call) (answer, error) {
	if c.account {
		return answer{}, &refusal{http.StatusBadRequest, 2001, "Cannot get current user when using an account-level access token", nil}
	}
	return ok(obj{"user": p.directory.userJSON(c.user, included(c))})
}

func (p *PagerDuty) getUser(c *call) (answer, error) {
	u, found := p.directory.user(c.PathValue("id"))
	if !found {
		return answer{}, errNotFound
	}
	return ok(obj{"user": p.directory.userJSON(u, included(c))})
}

func (p *PagerDuty) listTeams(c *call) (answer, error) {
	var all []Team
	for _, t := range p.directory.Teams {
		if matches(c.URL.Query().Get("query"), t.Name) {
			all = append(all, t)
		}
	}
	return page(c, "teams", all, p.directory.teamJSON)
}

func (p *PagerDuty) getTeam(c *call) (answer, error) {
	t, found := p.directory.team(c.PathValue("id"))
	if !found {
		return answer{}, errNotFound
	}
	return ok(obj{"team": p.directory.teamJSON(t)})
}

func (p *PagerDuty) listMembers(c *call) (answer, error) {
	t, found := p.directory.team(c.PathValue("id"))
	if !found {
		return answer{}, errNotFound
	}
	return page(c, "members", t.Members, func(id string) obj {
		return obj{"user": p.directory.userRef(id), "role": "responder"}
	})
}

func (p *PagerDuty) listSchedules(c *call) (answer, error) {
	var all []Schedule
	for _, s := range p.directory.Schedules {
		if matches(c.URL.Query().Get("query"), s.Name) {
			all = append(all, s)
		}
	}
	return page(c, "schedules", all, p.directory.scheduleJSON)
}

func (p *PagerDuty) listScheduleUsers(c *call) (answer, error) {
	s, found := p.directory.schedule(c.PathValue("id"))
	if !found {
		return answer{}, errNotFound
	}
	users := []obj{}
	var seen []string
	for _, shift := range s.Shifts {
		if u, found := p.directory.user(shift.UserID); found && !slices.Contains(seen, u.ID) {
			seen = append(seen, u.ID)
			users = append(users, p.directory.userJSON(u, nil))
		}
	}
	return ok(obj{"users": users})
}

func (p *PagerDuty) listPriorities(c *call) (answer, error) {
	return page(c, "priorities", p.directory.Priorities, p.directory.priorityJSON)
}

func (p *PagerDuty) listAbilities(*call) (answer, error) {
	return ok(obj{"abilities": p.directory.Abilities})
}
