package demo

import (
	"cmp"
	"slices"
	"time"
)

// Directory is who and what an account has: what a stand-in PagerDuty is
// seeded with. The zero value is an empty account.
type Directory struct {
	Users     []User
	Teams     []Team
	Schedules []Schedule
	Policies  []Policy
	Services  []Service
	// Priorities are named gravest first.
	Priorities []Priority
	// Tokens are the accepted ones, each with the id of the user it belongs
	// to; "" makes it an account token, which is nobody's.
	Tokens map[string]string
	// Abilities are the account's; nil means DefaultAbilities.
	Abilities []string
}

// DefaultAbilities is what an account on a usual plan can do.
func DefaultAbilities() []string {
	return []string{"teams", "urgencies", "coordinated_responding", "event_rules"}
}

// User is a person.
type User struct {
	ID, Name, Email, TimeZone, JobTitle string
	// Role is the base role; "" means user.
	Role string
	// Rules are the notification rules; nil means DefaultRules. With an empty
	// list that is not nil, nothing is sent to the user.
	Rules []NotificationRule
}

// Team is a team with the ids of its members.
type Team struct {
	ID, Name string
	Members  []string
}

// Schedule is a rota: who is on call when.
type Schedule struct {
	ID, Name, TimeZone string
	Shifts             []Shift
}

// Shift is one person's turn.
type Shift struct {
	UserID     string
	Start, End time.Time
}

// Policy is an escalation policy.
type Policy struct {
	ID, Name, TeamID string
	Levels           []PolicyLevel
	Loops            int
}

// PolicyLevel is one level; Delay is until the incident escalates to the next.
type PolicyLevel struct {
	Delay                time.Duration
	UserIDs, ScheduleIDs []string
	// RoundRobin assigns to one of those on call in turn, not to everyone.
	RoundRobin bool
}

// Service is a service with its integration.
type Service struct {
	ID, Name, PolicyID string
	TeamIDs            []string
	// RoutingKey is the Events v2 integration key.
	RoutingKey string
	// AckTimeout is after how long an acknowledged incident triggers again;
	// zero means never.
	AckTimeout time.Duration
	// AutoResolve is after how long an open incident is resolved; zero means
	// never.
	AutoResolve time.Duration
	// Urgency is high, low, or severity_based (the default).
	Urgency string
}

// Priority is a priority.
type Priority struct {
	ID, Name, Color string
}

func find[T any](all []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	var none T
	return none, false
}

func (d *Directory) user(id string) (User, bool) {
	return find(d.Users, func(u User) bool { return u.ID == id })
}

func (d *Directory) userByEmail(email string) (User, bool) {
	return find(d.Users, func(u User) bool { return u.Email == email })
}

func (d *Directory) team(id string) (Team, bool) {
	return find(d.Teams, func(t Team) bool { return t.ID == id })
}

func (d *Directory) schedule(id string) (Schedule, bool) {
	return find(d.Schedules, func(s Schedule) bool { return s.ID == id })
}

func (d *Directory) policy(id string) (Policy, bool) {
	return find(d.Policies, func(p Policy) bool { return p.ID == id })
}

func (d *Directory) service(id string) (Service, bool) {
	return find(d.Services, func(s Service) bool { return s.ID == id })
}

func (d *Directory) serviceByKey(routingKey string) (Service, bool) {
	return find(d.Services, func(s Service) bool { return s.RoutingKey == routingKey })
}

func (d *Directory) priority(id string) (Priority, bool) {
	return find(d.Priorities, func(p Priority) bool { return p.ID == id })
}

func (d *Directory) teamsOf(userID string) []string {
	var ids []string
	for _, t := range d.Teams {
		if slices.Contains(t.Members, userID) {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// turn is one on-call entry.
type turn struct {
	userID, policyID, scheduleID string
	level                        int
	start, end                   time.Time // zero for someone who stands in the policy directly
}

// turns are the on-call entries of a policy that touch the span, by level.
func (d *Directory) turns(p Policy, since, until time.Time) []turn {
	var all []turn
	for i, l := range p.Levels {
		for _, id := range l.UserIDs {
			all = append(all, turn{userID: id, policyID: p.ID, level: i + 1})
		}
		for _, id := range l.ScheduleIDs {
			s, _ := d.schedule(id)
			for _, shift := range s.Shifts {
				if shift.End.After(since) && !shift.Start.After(until) {
					all = append(all, turn{shift.UserID, p.ID, s.ID, i + 1, shift.Start, shift.End})
				}
			}
		}
	}
	return all
}

// onCall are the ids of those on call for a level (1-based) of a policy, each
// once, also who comes through several schedules.
func (d *Directory) onCall(p Policy, level int, at time.Time) []string {
	var ids []string
	for _, t := range d.turns(p, at, at) {
		if t.level == level && !slices.Contains(ids, t.userID) {
			ids = append(ids, t.userID)
		}
	}
	return ids
}

// firstLevel is the first level from the given one on which anybody is on
// call; 0 when there is none.
func (d *Directory) firstLevel(p Policy, from int, at time.Time) int {
	for level := max(from, 1); level <= len(p.Levels); level++ {
		if len(d.onCall(p, level, at)) > 0 {
			return level
		}
	}
	return 0
}

func (s Service) urgencyOf(severity string) string {
	switch cmp.Or(s.Urgency, "severity_based") {
	case "high", "low":
		return s.Urgency
	}
	if severity == "critical" || severity == "error" || severity == "" {
		return "high"
	}
	return "low"
}
