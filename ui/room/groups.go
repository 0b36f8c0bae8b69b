package room

import (
	"strings"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/ui/draw"
)

// OtherIncidents names the other incidents that were opened for the same alerts.
func OtherIncidents(g triage.Group) string {
	var names []string
	for _, in := range g.Incidents {
		if in.ID == g.ID {
			continue
		}
		names = append(names, clean.Line(in.Short()))
	}
	if len(names) == 0 {
		return ""
	}
	return "also " + strings.Join(names, ", ")
}

// SeverityWord says how grave a group is, in four letters, or in the rule's own
// word where it is unknown, "…" where the alerts that may have it are not read
// yet, and "–" where no alert has one. Urgency and priority are no severity.
func SeverityWord(g triage.Group) (string, draw.Role) {
	switch g.Severity {
	case triage.Critical:
		return "CRIT", draw.Critical
	case triage.Error:
		return "ERR", draw.Failed
	case triage.Warning:
		return "WARN", draw.Warning
	case triage.Info:
		return "INFO", draw.Notice
	}
	if text := clean.Line(g.SeverityText); text != "" {
		return text, draw.Warning
	}
	if g.SeverityUnread() {
		return "…", draw.Dim
	}
	return "–", draw.Dim
}

// SeveritySaid is a severity as it is said, of the word that is drawn for it.
func SeveritySaid(word string) string {
	switch word {
	case "CRIT":
		return "critical"
	case "ERR":
		return "error"
	case "WARN":
		return "warning"
	case "INFO":
		return "info"
	case "–":
		return "no severity"
	case "…":
		return "severity not read yet"
	}
	return word
}

// CountedRole is how the number of groups that are counted as something is drawn.
func CountedRole(s triage.CountedAs) draw.Role {
	switch s {
	case triage.CountedTriggered:
		return draw.Critical
	case triage.CountedUnpaged, triage.CountedFiring:
		return draw.Warning
	case triage.CountedAcknowledged:
		return draw.Good
	}
	return draw.Dim
}
