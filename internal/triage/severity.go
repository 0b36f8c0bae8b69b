package triage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"firstline/internal/lazyregexp"
	"firstline/internal/merged"
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
var severityLevel = lazyregexp.New(`^(?:p|prio|priority|s|sev|severity)[-_ .:]?0?([0-5])$`)

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

// gravity orders severities, the most severe first. An unknown word sorts with
// warning: it was written for a reason.
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

// gravityOf orders alerts by their severity and labels, the most severe first.
// It reads the rule's own word only when that matters, because a group may have
// thousands of alerts.
func gravityOf(s Severity, labels map[string]string) int {
	if s != Unknown {
		return gravity(s, "")
	}
	return gravity(s, labels["severity"])
}

// Gravity orders groups by severity, the most severe first. An incident without
// a severity, or without one in what was read so far, sorts with warning like
// an unknown word: it was opened for a reason.
func (g *Group) Gravity() int {
	if g.Incident != nil && g.SeverityName() == "" {
		return gravity(Warning, "")
	}
	return gravity(g.Severity, g.SeverityText)
}

// SeverityUnread reports whether there is no severity yet, and alerts that may
// have one are not read yet.
func (g *Group) SeverityUnread() bool {
	i := g.Incident
	if g.SeverityName() != "" || i == nil || i.Status == sources.Resolved {
		return false
	}
	// An alert that came with the incident, and not by a read, has no id and no
	// severity of PagerDuty.
	return !i.AlertsRead || slices.ContainsFunc(i.Alerts, func(a sources.IncidentAlert) bool { return a.ID == "" && a.Severity == "" })
}

// SeverityName is the severity in a word: the common one, or the rule's own
// where it is not known.
func (g *Group) SeverityName() string {
	if g.Severity != Unknown {
		return string(g.Severity)
	}
	return g.SeverityText
}

// gravest returns the highest label severity among the alerts of the most
// urgent state that have one, with its own word: a silenced critical alert does
// not make a warning critical. The alerts are sorted by state.
func gravest(alerts []Alert) (Severity, string) {
	s, text := Unknown, ""
	for i := range alerts {
		if (s != Unknown || text != "") && alerts[i].State != alerts[i-1].State {
			break
		}
		own, word := alerts[i].Severity, ""
		if own == Unknown {
			word = strings.TrimSpace(alerts[i].Labels["severity"])
		}
		if gravity(own, word) < gravity(s, text) {
			s, text = own, strings.TrimSpace(alerts[i].Labels["severity"])
		}
	}
	return s, text
}

// sentSeverity returns the severity of an incident whose alerts are not
// reported, or have none: the highest that was sent to PagerDuty. The rule's
// own label is more precise than the severity that Alertmanager's configuration
// gave the event. The text is the original word. Urgency and priority are not
// severities.
func (b *builder) sentSeverity(in *joinedIncident) (Severity, string) {
	s, text := Unknown, ""
	check := func(word string) bool {
		word = strings.TrimSpace(word)
		if own := b.o.severityOf(word); gravity(own, word) < gravity(s, text) {
			s, text = own, word
		}
		return word != ""
	}
	for e := range in.events {
		ev := &in.events[e]
		if ev.Status == sources.Resolved {
			continue
		}
		labelled := false
		for _, f := range b.read(ev).Fired {
			labelled = check(f.Labels["severity"]) || labelled
		}
		if !labelled {
			check(ev.Severity)
		}
	}
	return s, text
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
	most := slices.MinFunc(alerts, func(a, b Alert) int { return cmp.Compare(merged.Urgency(a.State), merged.Urgency(b.State)) })
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
