package demo

import (
	"slices"
	"time"
)

// Directory is the content of an account, from which a stand-in PagerDuty
// starts. The zero value is an empty account.
type Directory struct {
	Users     []User
	Teams     []Team
	Schedules []Schedule
	Policies  []Policy
	Services  []Service
	// Priorities are named most severe first.
	Priorities  []Priority
	Maintenance []Maintenance
	// Tokens are the accepted tokens, each with the id of its user. "" makes it
	// an account token, which has no user.
	Tokens map[string]string
	// OAuthTokens are access tokens that are sent as Bearer, each with the id
	// of its user.
	OAuthTokens map[string]string
	// Abilities are the account's abilities. Nil means DefaultAbilities.
	Abilities []string

	userAt, scheduleAt, policyAt, serviceAt positions
}

// positions are the indexes of the objects in a list, by id.
type positions map[string]int

// at returns an object by id. In large accounts a search would take too long.
func at[T any](all []T, where *positions, id string, idOf func(*T) string) (T, bool) {
	if len(*where) != len(all) {
		*where = make(positions, len(all))
		for n := range all {
			(*where)[idOf(&all[n])] = n
		}
	}
	if n, is := (*where)[id]; is && idOf(&all[n]) == id {
		return all[n], true
	}
	return find(all, func(one T) bool { return idOf(&one) == id }) // the list was changed in place
}

// DefaultAbilities returns the abilities of an account on a usual plan.
func DefaultAbilities() []string {
	return []string{"teams", "urgencies", "coordinated_responding", "event_rules"}
}

// User is a person.
type User struct {
	ID, Name, Email, TimeZone, JobTitle string
	// Role is the base role. "" means user.
	Role string
	// Rules are the notification rules. Nil means DefaultRules. With an empty
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
	// Overrides take the place of the shifts.
	Overrides []Shift
}

// Shift is one turn of a person.
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

// PolicyLevel is one level. Delay is the time until the incident escalates to
// the next.
type PolicyLevel struct {
	Delay                time.Duration
	UserIDs, ScheduleIDs []string
	// RoundRobin assigns to one of the people on call in turn, not to everyone.
	RoundRobin bool
}

// Service is a service with its integration.
type Service struct {
	ID, Name, PolicyID string
	TeamIDs            []string
	// RoutingKey is the Events v2 integration key.
	RoutingKey string
	// AckTimeout is the time after which an acknowledged incident triggers
	// again. Zero means never.
	AckTimeout time.Duration
	// AutoResolve is the time after which an open incident is resolved. Zero
	// means never.
	AutoResolve time.Duration
	// Urgency is high, low, or severity_based (the default).
	Urgency string
	// Hours are the support hours. They replace Urgency.
	Hours *SupportHours
	// Disabled services accept events and open no incidents for them.
	Disabled bool
}

// Maintenance is a maintenance window, in which events open no incidents on its
// services.
type Maintenance struct {
	ID, Description string
	ServiceIDs      []string
	Start, End      time.Time
	ByID            string // the user who made it
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
	return at(d.Users, &d.userAt, id, func(u *User) string { return u.ID })
}

func (d *Directory) userByEmail(email string) (User, bool) {
	return find(d.Users, func(u User) bool { return u.Email == email })
}

func (d *Directory) team(id string) (Team, bool) {
	return find(d.Teams, func(t Team) bool { return t.ID == id })
}

func (d *Directory) schedule(id string) (Schedule, bool) {
	return at(d.Schedules, &d.scheduleAt, id, func(s *Schedule) string { return s.ID })
}

func (d *Directory) policy(id string) (Policy, bool) {
	return at(d.Policies, &d.policyAt, id, func(p *Policy) string { return p.ID })
}

func (d *Directory) service(id string) (Service, bool) {
	return at(d.Services, &d.serviceAt, id, func(s *Service) string { return s.ID })
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

// canBeAssigned reports whether a user can have incidents. Users with a
// read-only role cannot.
func (u User) canBeAssigned() bool {
	return u.Role != "read_only_user" && u.Role != "read_only_limited_user"
}

// turn is one on-call entry.
type turn struct {
	userID, policyID, scheduleID string
	level                        int
	start, end                   time.Time // zero for a direct target of the policy
}

// turns returns the on-call entries of a policy that overlap the span, by
// level. Users who are deleted or cannot be assigned are never on call.
func (d *Directory) turns(p Policy, since, until time.Time) []turn {
	var all []turn
	add := func(t turn) {
		if u, found := d.user(t.userID); found && u.canBeAssigned() {
			all = append(all, t)
		}
	}
	for i, l := range p.Levels {
		for _, id := range l.UserIDs {
			add(turn{userID: id, policyID: p.ID, level: i + 1})
		}
		for _, id := range l.ScheduleIDs {
			s, _ := d.schedule(id)
			for _, shift := range s.final() {
				if shift.End.After(since) && !shift.Start.After(until) {
					add(turn{shift.UserID, p.ID, s.ID, i + 1, shift.Start, shift.End})
				}
			}
		}
	}
	return all
}

// onCall returns the ids of the people on call for a level (from 1) of a
// policy, each once, even when several schedules name them.
func (d *Directory) onCall(p Policy, level int, at time.Time) []string {
	var ids []string
	for _, t := range d.turns(p, at, at) {
		if t.level == level && !slices.Contains(ids, t.userID) {
			ids = append(ids, t.userID)
		}
	}
	return ids
}

// firstLevel returns the first level, starting at from, with anybody on call,
// or 0.
func (d *Directory) firstLevel(p Policy, from int, at time.Time) int {
	for level := max(from, 1); level <= len(p.Levels); level++ {
		if len(d.onCall(p, level, at)) > 0 {
			return level
		}
	}
	return 0
}
