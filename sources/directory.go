package sources

import "time"

// Service is a PagerDuty service.
type Service struct {
	ID, Name, URL, Status string
	Policy                Reference
	Teams                 []Reference
	// AckTimeout is the time after which an acknowledged incident triggers
	// again. Zero means never.
	AckTimeout time.Duration
	// AutoResolve is the time after which an open incident resolves by itself.
	// Zero means never.
	AutoResolve time.Duration
}

// The statuses of a service in which events open no incident (PagerDuty's
// schema of services).
const (
	ServiceDisabled    = "disabled"
	ServiceMaintenance = "maintenance"
)

// Policy is an escalation policy.
type Policy struct {
	ID, Name, URL string
	Levels        []Level
	Loops         int
	// TeamsUnread means that it may belong to other teams than Teams.
	Teams       []Reference
	TeamsUnread bool
}

// Level is one level of an escalation policy. The first has number 1.
type Level struct {
	Delay   time.Duration // before the next level is notified
	Targets []Reference   // users and schedules
	// Strategy is how PagerDuty assigns to the targets, in its own words; see
	// AssignToEveryone. It is empty when PagerDuty did not say.
	Strategy string
}

// The assignment strategies of a level: notify everyone on call, or one of them
// in turn.
const (
	AssignToEveryone = "assign_to_everyone"
	RoundRobin       = "round_robin"
)

// OnCall is an on-call entry: a user is on call for a level of a policy.
type OnCall struct {
	User   Reference
	Policy Reference
	// Level counts from 1.
	Level int
	// Schedule is empty when the user is a direct target of the policy. Start
	// and End are then zero, which means always.
	Schedule   Reference
	Start, End time.Time
}

// User is a PagerDuty user.
type User struct {
	ID, Name, Email, URL string
	// TimeZone is an IANA name such as "Europe/Berlin". It may be empty.
	TimeZone string
	Teams    []Reference
	// Role is PagerDuty's base role. Users with read_only_user and
	// read_only_limited_user cannot be assigned. It is empty when it was not
	// read.
	Role string
	// Rules are the notification rules. They count only with RulesRead.
	Rules     []NotificationRule
	RulesRead bool
}

// NotificationRule says how and how long after an assignment PagerDuty notifies
// a user.
type NotificationRule struct {
	// Urgency is the urgency of the incidents to which it applies: high or low.
	Urgency string
	Delay   time.Duration
	// Contact is the type of contact method, such as "phone_contact_method".
	Contact string
}

// Override is a turn by hand, which replaces those of a schedule's own layers.
type Override struct {
	ID         string
	User       Reference
	Schedule   Reference
	Start, End time.Time
}
