package respond

import (
	"fmt"
	"strings"
)

// TargetKind is the kind of somebody who can be paged.
type TargetKind string

// The kinds of target.
const (
	// ToFirstLine is the first line of the configuration.
	ToFirstLine TargetKind = "first-line"
	// ToOwner is the team that owns the service, so it may differ by group.
	ToOwner  TargetKind = "owner"
	ToUser   TargetKind = "user"
	ToTeam   TargetKind = "team"
	ToPolicy TargetKind = "policy"
	// ToNextOnCall is whoever is next on the schedule of the person that an
	// incident is assigned to, so it may differ by group.
	ToNextOnCall TargetKind = "next-on-call"
)

// Target is who is to take over. As ParseTarget gives it, ID holds what was
// typed; as ResolveTarget gives it, ID, Name and PolicyID are PagerDuty's.
type Target struct {
	Kind TargetKind `json:"kind"`
	// ID is of the user, the team or the escalation policy.
	ID   string `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	// PolicyID is the escalation policy that is set; empty for a user and for
	// the owner, whose policy each group has.
	PolicyID string `json:"policy_id,omitempty"`
	// OnCall: the user is on call for something now.
	OnCall bool `json:"-"`
	// Detail distinguishes candidates: an email, a policy's name.
	Detail string `json:"-"`
}

// IsZero reports whether no target was named.
func (t Target) IsZero() bool { return t.Kind == "" }

// ParseTarget reads a target as the command line writes it:
// first-line, owner, next-on-call, user:EMAIL, team:NAME or policy:ID.
func ParseTarget(s string) (Target, error) {
	kind, rest, found := strings.Cut(strings.TrimSpace(s), ":")
	rest = strings.TrimSpace(rest)
	switch k := TargetKind(strings.ToLower(strings.TrimSpace(kind))); k {
	case ToFirstLine, ToOwner, ToNextOnCall:
		if !found {
			return Target{Kind: k}, nil
		}
		return Target{}, fmt.Errorf("%q takes nothing after it: write just %s", s, k)
	case ToUser, ToTeam, ToPolicy:
		if rest != "" {
			return Target{Kind: k, ID: rest}, nil
		}
		return Target{}, fmt.Errorf("%q does not say which %s: write %s:NAME", s, k, k)
	}
	return Target{}, fmt.Errorf("%q is no target: use first-line, owner, next-on-call, user:EMAIL, team:NAME or policy:ID", s)
}
