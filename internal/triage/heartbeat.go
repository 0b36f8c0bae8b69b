package triage

import (
	"slices"
	"strings"

	"firstline/internal/labelset"
	"firstline/sources"
)

// isHeartbeat reports whether the alert of that name always fires, so that its
// presence means nothing.
func (b *builder) isHeartbeat(name string) bool {
	return name != "" && slices.Contains(b.o.Heartbeats, name)
}

// withoutHeartbeats are the members without heartbeats, unless there is nothing
// else.
func (b *builder) withoutHeartbeats(members []int32) []int32 {
	if !slices.ContainsFunc(members, func(at int32) bool { return b.isHeartbeat(b.Alerts[at].Name()) }) {
		return members
	}
	others := slices.DeleteFunc(slices.Clone(members), func(at int32) bool { return b.isHeartbeat(b.Alerts[at].Name()) })
	if len(others) == 0 {
		return members
	}
	return others
}

// missingHeartbeats returns groups for heartbeats that do not fire although a
// Prometheus with a complete answer has their rule. A rule about other alerts,
// as InfoInhibitor's, does not always fire.
func (b *builder) missingHeartbeats() []Group {
	var groups []Group
	for _, s := range b.overview.metrics {
		if s.Source.Kind != sources.Prometheus || b.silent(s) != "" || s.Partial ||
			!s.Data.Extents.Alerts.Whole() || !s.Data.Extents.Rules.Whole() {
			continue
		}
		for _, name := range b.o.Heartbeats {
			rules := b.overview.rules[ruleKey{s.Source, name}]
			if len(rules) == 0 || strings.Contains(rules[0].Query, "ALERTS") || lists(s, name) {
				continue
			}
			groups = append(groups, b.missingHeartbeat(s, rules[0]))
		}
	}
	return groups
}

// lists reports whether the source has an active alert of that name.
func lists(s *sources.Snapshot, name string) bool {
	for i := range s.Data.Alerts {
		if s.Data.Alerts[i].Labels["alertname"] == name {
			return true
		}
	}
	return false
}

func (b *builder) missingHeartbeat(s *sources.Snapshot, r judgedRule) Group {
	labels := map[string]string{"alertname": r.Name, "missing_at": s.Source.Name}
	why := s.Source.Name + " does not fire " + r.Name + ", which always fires where alerting works"
	if r.fault != "" {
		why = r.fault
	}
	unknown := b.notifiedUnknown()
	return Group{
		NotifiedUnknown: unknown, Unpaged: unknown == NotifiedUnknown{},
		ID: groupID(labelset.Canonical(labels)), State: Firing, Title: r.Name + " is missing at " + s.Source.Name,
		Severity: Critical, Labels: labels, JoinedBy: ByName, Missing: s.Source.Name,
		Why: why,
	}
}
