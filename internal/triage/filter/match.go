package filter

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"firstline/internal/triage"
	"firstline/sources"
)

// fields are the names that a group has values for itself.
var fields = []string{
	"alertname", "assignee", "escalatesto", "id", "inhibitedby", "joined", "policy", "priority", "service",
	"severity", "silencedby", "source", "state", "team", "title", "urgency", "why",
}

// flags are what a group is or is not.
var flags = []string{"firingunknown", "flapping", "inhibited", "mine", "nolongerfiring", "paged", "silenced", "snoozed", "stale", "unowned", "unpaged", "unread"}

// times are what is compared by > and <.
var times = []string{"ackends", "age", "escalates", "notfiring", "silenceends"}

// Fields are the names that a filter knows besides label names: the fields, the
// times and the flags, sorted within each.
func Fields() []string { return slices.Concat(fields, times, flags) }

// Times are those of Fields that are compared by > and < with a duration.
func Times() []string { return slices.Clone(times) }

func isTime(name string) bool { return slices.Contains(times, strings.ToLower(name)) }

// Flags returns the fields that are conditions of their own.
func Flags() []string { return slices.Clone(flags) }

func isField(name string) bool { return slices.Contains(fields, strings.ToLower(name)) }

// Match reports whether the group passes the filter at that time.
func (f Filter) Match(g triage.Group, now time.Time) bool {
	for i := range f.terms {
		if f.terms[i].holds(&g, now) == f.terms[i].not {
			return false
		}
	}
	return true
}

func (t *term) holds(g *triage.Group, now time.Time) bool {
	switch t.kind {
	case freeText:
		return t.isIn(g)
	case flag:
		return isFlagged(g, t.name)
	case older:
		span, ok := spanOf(g, t.name, now)
		return ok && span > t.age
	case younger:
		span, ok := spanOf(g, t.name, now)
		return ok && span < t.age
	case equal:
		if t.field {
			return !eachValue(g, t.name, true, func(v string) bool { return !strings.EqualFold(v, t.value) })
		}
		return !eachValue(g, t.name, false, func(v string) bool { return v != t.value })
	default:
		return !eachValue(g, t.name, t.field, func(v string) bool { return !t.re.MatchString(v) })
	}
}

// spanOf is how long ago, or in how long, one of times is; ok is false where
// the group has no such time.
func spanOf(g *triage.Group, name string, now time.Time) (span time.Duration, ok bool) {
	var at time.Time
	switch name {
	case "age":
		return now.Sub(g.Since), !g.Since.IsZero()
	case "notfiring":
		return now.Sub(g.NotFiringSince), !g.NotFiringSince.IsZero()
	case "ackends":
		at = g.AckEnds
	case "escalates":
		at = g.EscalatesAt
	case "silenceends":
		if n := len(g.Silences); n > 0 {
			at = g.Silences[n-1].EndsAt // the one that ends last
		}
	}
	return at.Sub(now), !at.IsZero()
}

func isFlagged(g *triage.Group, name string) bool {
	switch name {
	case "firingunknown":
		return g.FiringUnknown() != ""
	case "flapping":
		return g.Flapping()
	case "inhibited":
		return len(g.InhibitedBy) > 0
	case "mine":
		return g.Mine
	case "nolongerfiring":
		return g.NoLongerFiring()
	case "paged":
		return g.Incident != nil
	case "silenced":
		return g.State == triage.Silenced || len(g.Silences) > 0
	case "snoozed":
		return g.Snoozed
	case "stale":
		return len(g.Stale) > 0
	case "unowned":
		return !g.Owned()
	case "unpaged":
		return g.CountedAs() == triage.CountedUnpaged
	case "unread":
		return g.AlertsUnread
	}
	return false
}

// isIn reports whether the free text is in what names the group.
func (t *term) isIn(g *triage.Group) bool {
	if containsLower(g.Title, t.value) || containsLower(g.Service, t.value) || containsLower(g.Team, t.value) {
		return true
	}
	if g.Incident != nil {
		for i := range g.Incident.Assignments {
			if containsLower(nameOf(&g.Incident.Assignments[i].User, "user"), t.value) {
				return true
			}
		}
	}
	for i := range g.Alerts {
		for _, v := range g.Alerts[i].Labels {
			if containsLower(v, t.value) {
				return true
			}
		}
	}
	return false
}

// containsLower reports whether s, in lower case, contains the text, which is
// in lower case already.
func containsLower(s, lower string) bool {
	if lower == "" {
		return true
	}
	if len(lower) > len(s) && isASCII(s) {
		return false
	}
	if !isASCII(s) || !isASCII(lower) {
		return strings.Contains(strings.ToLower(s), lower)
	}
	first := lower[0]
	for i := 0; i+len(lower) <= len(s); i++ {
		if toLower(s[i]) != first {
			continue
		}
		k := 1
		for k < len(lower) && toLower(s[i+k]) == lower[k] {
			k++
		}
		if k == len(lower) {
			return true
		}
	}
	return false
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func toLower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// eachValue gives the group's values of a field or label until yield returns
// false, and reports whether it came to the end. A field that is not there has
// the one value "", and so has a label for each alert without it.
func eachValue(g *triage.Group, name string, field bool, yield func(string) bool) bool {
	if !field {
		for i := range g.Alerts {
			if !yield(g.Alerts[i].Labels[name]) {
				return false
			}
		}
		return len(g.Alerts) > 0 || yield("")
	}
	some := false
	give := func(v string) bool {
		if v == "" {
			return true
		}
		some = true
		return yield(v)
	}
	return fieldValues(g, name, give) && (some || yield(""))
}

// givesLabel gives the alerts' values of a label that a field has too.
func givesLabel(g *triage.Group, name string, give func(string) bool) bool {
	for i := range g.Alerts {
		if !give(g.Alerts[i].Labels[name]) {
			return false
		}
	}
	return true
}

func fieldValues(g *triage.Group, name string, give func(string) bool) bool {
	in := g.Incident
	switch name {
	case "id":
		return give(g.ID) && (in == nil || in.Number == 0 || give(strconv.Itoa(in.Number)))
	case "state":
		return give(string(g.State))
	case "title":
		return give(g.Title)
	case "service":
		return give(g.Service) && (in == nil || givesName(&in.Service, "service", give)) && givesLabel(g, name, give)
	case "alertname":
		return givesLabel(g, name, give)
	case "team":
		return give(g.Team)
	case "why":
		return give(g.Why)
	case "inhibitedby":
		return !slices.ContainsFunc(g.InhibitedBy, func(name string) bool { return !give(name) })
	case "escalatesto":
		return !slices.ContainsFunc(g.EscalatesTo, func(name string) bool { return !give(name) })
	case "silencedby":
		// Who made the silence, what for, or which it is.
		for i := range g.Silences {
			if s := &g.Silences[i]; !give(s.CreatedBy) || !give(s.Comment) || !give(s.ID) {
				return false
			}
		}
	case "urgency":
		return give(g.Urgency)
	case "priority":
		return in == nil || in.Priority == nil || give(in.Priority.Name)
	case "policy":
		return in == nil || givesName(&in.Policy, "escalation policy", give)
	case "joined":
		// Also without spaces, so that it needs no quotes.
		return give(string(g.JoinedBy)) && give(strings.ReplaceAll(string(g.JoinedBy), " ", "-"))
	case "severity":
		if !give(string(g.Severity)) || !give(g.SeverityText) {
			return false
		}
		// The rule's own word for it, such as page.
		for i := range g.Alerts {
			if a := &g.Alerts[i]; a.Severity == g.Severity && !give(a.Labels["severity"]) {
				return false
			}
		}
	case "source":
		if in != nil && !give(in.Source) {
			return false
		}
		for i := range g.Alerts {
			for _, s := range g.Alerts[i].Sources {
				if !give(s) {
					return false
				}
			}
		}
	case "assignee":
		if g.Mine && !give("me") {
			return false
		}
		if in == nil {
			return true
		}
		for i := range in.Assignments {
			// Somebody has it, though nobody may know who.
			if u := &in.Assignments[i].User; !give(cmp.Or(nameOf(u, "user"), "no user")) || !give(u.ID) {
				return false
			}
		}
	}
	return true
}

// givesName gives the name of what is pointed at, and the id where it has none.
func givesName(r *sources.Reference, noun string, give func(string) bool) bool {
	return give(nameOf(r, noun)) && (r.Name != "" || r.ID == "" || give(r.ID))
}

// nameOf is the name of what is pointed at or, where it has none, what to call
// it; empty where nothing is.
func nameOf(r *sources.Reference, noun string) string {
	if r.Name != "" || r.IsZero() {
		return r.Name
	}
	return r.Label(noun)
}

// Names returns all names that may precede an operator for these groups: the
// fields, the times and the label names, sorted.
func Names(groups []triage.Group) []string {
	seen := map[string]bool{}
	for _, name := range slices.Concat(fields, times) {
		seen[name] = true
	}
	for i := range groups {
		for k := range groups[i].Alerts {
			for name := range groups[i].Alerts[k].Labels {
				seen[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// Values are the values that a field or label has in these groups, sorted.
func Values(groups []triage.Group, name string) []string {
	seen := map[string]bool{}
	field := isField(name)
	if field {
		name = strings.ToLower(name)
	}
	for i := range groups {
		eachValue(&groups[i], name, field, func(v string) bool {
			if v != "" {
				seen[v] = true
			}
			return true
		})
	}
	return slices.Sorted(maps.Keys(seen))
}
