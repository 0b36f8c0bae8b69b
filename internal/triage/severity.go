package triage

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"

	"firstline/sources"
)

// SeverityOf maps the words that rules and monitors use to the common scale; a
// word that it does not know is Unknown.
func SeverityOf(word string) Severity {
	word = severityKey(word)
	if s, ok := severityWords[word]; ok {
		return s
	}
	if m := severityLevel.FindStringSubmatch(word); m != nil {
		return levels[m[1][0]-'0']
	}
	return Unknown
}

// severityKey is a word without what differs between its spellings.
func severityKey(word string) string { return strings.ToLower(strings.TrimSpace(word)) }

// severityWords are the words of Prometheus's rules, syslog, Zabbix, Jira and
// PagerDuty, in lower case.
var severityWords = map[string]Severity{
	"critical": Critical, "crit": Critical, "fatal": Critical, "emergency": Critical, "emerg": Critical, "panic": Critical,
	"disaster": Critical, "page": Critical, "pager": Critical, "alert": Critical, "blocker": Critical, "urgent": Critical,
	"error": Error, "err": Error, "major": Error, "high": Error, "severe": Error,
	"warning": Warning, "warn": Warning, "minor": Warning, "medium": Warning, "moderate": Warning, "average": Warning, "ticket": Warning,
	"info": Info, "information": Info, "informational": Info, "notice": Info, "low": Info, "debug": Info, "none": Info,
}

// severityLevel is a numbered word, such as p1, sev-2, SEV_3 and S4. A number
// alone says nothing: 1 is the gravest for some and the least for others.
var severityLevel = regexp.MustCompile(`^(?:p|prio|priority|s|sev|severity)[-_ .:]?0?([0-5])$`)

// levels are the severities by such a number.
var levels = [...]Severity{Critical, Critical, Error, Warning, Info, Info}

// severityOf is SeverityOf, where the configuration says nothing else.
func (o *Options) severityOf(word string) Severity {
	if len(o.Severities) > 0 {
		if s, ok := o.Severities[severityKey(word)]; ok {
			return s
		}
	}
	return SeverityOf(word)
}

// gravity orders severities, gravest first. A word that is not known stands
// beside warning: it was written for a reason.
func gravity(s Severity, text string) int {
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
	if text != "" {
		return 2
	}
	return 4
}

// Gravity orders groups by how grave they are, the gravest first.
func (g *Group) Gravity() int { return gravity(g.Severity, g.SeverityText) }

// SeverityName is the severity in a word: the common one, or the rule's own
// where it is not known.
func (g *Group) SeverityName() string {
	if g.Severity != Unknown {
		return string(g.Severity)
	}
	return g.SeverityText
}

// gravest is the gravest by label among the alerts of the most urgent state that
// tell any, with its own word: a silenced critical alert does not make a warning
// critical. The alerts are sorted by state.
func gravest(alerts []Alert) (Severity, string) {
	s, text := Unknown, ""
	for i := range alerts {
		if (s != Unknown || text != "") && alerts[i].State != alerts[i-1].State {
			break
		}
		word := strings.TrimSpace(alerts[i].Labels["severity"])
		if gravity(alerts[i].Severity, word) < gravity(s, text) {
			s, text = alerts[i].Severity, word
		}
	}
	return s, text
}

// pagerDutySeverity is that of an incident whose alerts tell none: by its
// priority, by what the events said, by its urgency. The text is the word that
// said it, where there is one.
func (o *Options) pagerDutySeverity(in *sources.Incident) (Severity, string) {
	if in.Priority != nil {
		if s := o.prioritySeverity(in.Priority.Name); s != Unknown {
			return s, in.Priority.Name
		}
	}
	s, text := Unknown, ""
	for _, a := range in.Alerts {
		if own := o.severityOf(a.Severity); a.Status != sources.Resolved && gravity(own, a.Severity) < gravity(s, text) {
			s, text = own, a.Severity
		}
	}
	if s != Unknown || text != "" {
		return s, text
	}
	switch in.Urgency {
	case "high":
		return Error, ""
	case "low":
		return Warning, ""
	}
	return Unknown, ""
}

// prioritySeverity reads names such as P1, SEV-2 and Critical.
func (o *Options) prioritySeverity(name string) Severity {
	if s := o.severityOf(name); s != Unknown {
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
