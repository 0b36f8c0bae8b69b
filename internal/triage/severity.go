package triage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"firstline/sources"
)

// SeverityOf maps the words that rules and monitors use to the common scale.
func SeverityOf(word string) Severity {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "critical", "crit", "page", "fatal", "emergency":
		return Critical
	case "error", "err", "major":
		return Error
	case "warning", "warn", "minor":
		return Warning
	case "info", "information", "informational", "notice", "none":
		return Info
	}
	return Unknown
}

// gravity orders severities, gravest first.
func gravity(s Severity) int {
	switch s {
	case Critical:
		return 0
	case Error:
		return 1
	case Warning:
		return 2
	case Info:
		return 3
	}
	return 4
}

// graver is the graver of the two.
func graver(a, b Severity) Severity {
	if gravity(b) < gravity(a) {
		return b
	}
	return a
}

// alertsSeverity is the gravest by label among the alerts of the most urgent
// state that tell any: a silenced critical alert does not make a warning
// critical. The alerts are sorted by state.
func alertsSeverity(alerts []Alert) Severity {
	s := Unknown
	for i := range alerts {
		if s != Unknown && alerts[i].State != alerts[i-1].State {
			break
		}
		s = graver(s, SeverityOf(alerts[i].Labels["severity"]))
	}
	return s
}

// pagerDutySeverity is that of an incident whose alerts tell none: by its
// priority, by what the events said, by its urgency.
func pagerDutySeverity(in *sources.Incident) Severity {
	if in.Priority != nil {
		if s := prioritySeverity(in.Priority.Name); s != Unknown {
			return s
		}
	}
	s := Unknown
	for _, a := range in.Alerts {
		if a.Status != sources.Resolved {
			s = graver(s, SeverityOf(a.Severity))
		}
	}
	if s != Unknown {
		return s
	}
	switch in.Urgency {
	case "high":
		return Error
	case "low":
		return Warning
	}
	return Unknown
}

// prioritySeverity reads names such as P1, SEV-2 and Critical.
func prioritySeverity(name string) Severity {
	if s := SeverityOf(name); s != Unknown {
		return s
	}
	at := strings.IndexAny(name, "0123456789")
	if at < 0 {
		return Unknown
	}
	switch name[at] {
	case '0', '1':
		return Critical
	case '2':
		return Error
	case '3':
		return Warning
	}
	return Info
}

func incidentState(s sources.IncidentStatus) State {
	switch s {
	case sources.Acknowledged:
		return Acknowledged
	case sources.Resolved:
		return Resolved
	}
	return Triggered
}

// alertState is an alert's state as a group's; what another alert inhibits is
// as quiet as what a person silenced.
func alertState(s sources.AlertState) State {
	switch s {
	case sources.AlertPending:
		return Pending
	case sources.AlertSilenced, sources.AlertInhibited:
		return Silenced
	}
	return Firing
}

func alertsState(alerts []Alert) State {
	most := slices.MinFunc(alerts, func(a, b Alert) int { return cmp.Compare(urgency(a.State), urgency(b.State)) })
	return alertState(most.State)
}

// since is when the first of the alerts in this state began.
func since(alerts []Alert, state State) time.Time {
	var first time.Time
	for i := range alerts {
		if t := alerts[i].ActiveSince; alertState(alerts[i].State) == state && !t.IsZero() && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	return first
}

// maxTitleNames is how many alertnames a title tells before it counts the rest.
const maxTitleNames = 3

// alertsTitle is the summary of a single alert, else the alertnames.
func alertsTitle(g Group) string {
	names := g.AlertNames()
	if len(g.Alerts) == 1 {
		s := g.Alerts[0].Annotations["summary"]
		if s != "" && !strings.HasPrefix(s, "<error expanding template") {
			return s
		}
	}
	switch {
	case len(names) == 0:
		return canonical(g.Alerts[0].Labels)
	case len(names) > maxTitleNames:
		return strings.Join(names[:maxTitleNames], ", ") + " and more"
	}
	return strings.Join(names, ", ")
}
