package sources

import "time"

// Service is a PagerDuty service.
type Service struct {
	ID, Name, URL, Status string
	Policy                Reference
	Teams                 []Reference
	// AckTimeout is after how long an acknowledged incident triggers again;
	// zero means never.
	AckTimeout time.Duration
	// AutoResolve is after how long an open incident is resolved by itself;
	// zero means never.
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
	Teams         []Reference
}

// Level is one level of an escalation policy; the first is number 1.
type Level struct {
	Delay   time.Duration // before the next level is notified
	Targets []Reference   // users and schedules
	// Strategy is how PagerDuty assigns to the targets, in its own words; see
	// AssignToEveryone. It is empty where PagerDuty did not say.
	Strategy string
}

// The assignment strategies of a level: everyone on call is notified, or one
// of them in turn.
const (
	AssignToEveryone = "assign_to_everyone"
	RoundRobin       = "round_robin"
)

// OnCall says that a user is on call for a level of a policy.
type OnCall struct {
	User   Reference
	Policy Reference
	// Level is 1-based.
	Level int
	// Schedule is empty when the user stands in the policy directly; then
	// Start and End are zero: always.
	Schedule   Reference
	Start, End time.Time
}

// User is a PagerDuty user.
type User struct {
	ID, Name, Email, URL string
	// TimeZone is an IANA name such as "Europe/Berlin"; may be empty.
	TimeZone string
	Teams    []Reference
	// Role is PagerDuty's base role; read_only_user and
	// read_only_limited_user can't be assigned. Empty where it was not read.
	Role string
	// Rules are the notification rules. Without RulesRead they say nothing.
	Rules     []NotificationRule
	RulesRead bool
}

// NotificationRule says how and how long after an assignment PagerDuty
// notifies a user.
type NotificationRule struct {
	// Urgency is the urgency of the incidents that it is for: high or low.
	Urgency string
	Delay   time.Duration
	// Contact is the type of contact method, such as
	// "phone_contact_method".
	Contact string
}
