// Package graph says what the graphs of an alert group show: the question for a
// Prometheus, the series that are drawn, their scale, and the times that are marked. It
// asks nothing and draws nothing.
package graph

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
	"time"

	"firstline/internal/expression"
	"firstline/internal/labelset"
	"firstline/internal/triage"
	"firstline/sources"
)

// Question is what a graph shows.
type Question struct {
	// Title is the name of the alert, or the title of a configured graph.
	Title string
	// Source is the name of the Prometheus to ask.
	Source string
	// Parts are the expression to draw and its threshold.
	Parts expression.Parts
	Unit  expression.Unit
	// Of are the alerts that it is about: those of one rule. A configured graph is about
	// none.
	Of []*triage.Alert
	// Alerts are the labels of the alerts whose series are drawn; nil: all are. Own
	// are the names of the labels that the rule sets itself.
	Alerts []map[string]string
	Own    map[string]bool
	// For is how long the rule waits, where it was found.
	For time.Duration
	// Why says why nothing can be asked, in words that follow "unknown, because ";
	// empty: it can.
	Why string
}

// Questions are those of a group's alerts, one for each of their rules: those with the
// name of the first alert first, and of these that of the first. Then come those that
// are configured for its service.
func Questions(g triage.Group, snapshots []sources.Snapshot, configured []Configured) []Question {
	var names []string
	named := map[string][]*triage.Alert{}
	for i := range g.Alerts {
		a := &g.Alerts[i]
		if name := a.Name(); named[name] == nil {
			names = append(names, name)
		}
		named[a.Name()] = append(named[a.Name()], a)
	}
	questions := make([]Question, 0, len(names))
	for _, name := range names {
		questions = append(questions, questionsOf(name, named[name], snapshots)...)
	}
	for _, c := range configured {
		questions = append(questions, c.question(g, snapshots))
	}
	return questions
}

// FirstQuestion is that of the first alert of a group that measures something, by
// name.
func FirstQuestion(g triage.Group, snapshots []sources.Snapshot) Question {
	none := Question{Why: "no alert of the group is known"}
	for i, q := range Questions(g, snapshots, nil) {
		if q.Why == "" {
			return q
		}
		if i == 0 {
			none = q
		}
	}
	return none
}

// questionsOf are the questions of the alerts with a name.
func questionsOf(name string, alerts []*triage.Alert, snapshots []sources.Snapshot) []Question {
	if why := unqueried(name, alerts, snapshots); why != "" {
		return []Question{{Title: name, Of: alerts, Why: why}}
	}
	snap := askable(name, alerts, snapshots)
	if snap == nil {
		return []Question{{Title: name, Of: alerts, Why: "no Prometheus of the configuration has this alert or its rule"}}
	}
	var questions []Question
	for _, r := range divide(*snap, name, alerts) {
		questions = append(questions, r.question(name, *snap))
	}
	return questions
}

func (r ruled) question(name string, snap sources.Snapshot) Question {
	q := Question{Title: name, Source: snap.Source.Name, Of: r.alerts, Why: r.why}
	if q.Why != "" {
		return q
	}
	text := r.text
	if r.rule != nil {
		text, q.For, q.Own = r.rule.Query, r.rule.For, namesOf(r.rule.Labels)
	}
	q.Parts = expression.TakeApart(text)
	q.Unit = expression.UnitOf(q.Parts.Drawn)
	copies := copiesIn(snap, name, r.alerts)
	if len(copies) > 0 {
		q.Alerts = copies
	} else {
		for _, a := range r.alerts {
			q.Alerts = append(q.Alerts, a.Labels)
		}
	}
	// What an Alertmanager has may have labels that no series has.
	if r.rule != nil && len(copies) > 0 && !q.Parts.Loose {
		q.Parts.Drawn = expression.Narrow(q.Parts.Drawn, shared(copies, q.Own))
	}
	return q
}

// unqueried says why the alerts are only in sources that can't be queried; empty where
// a Prometheus has them or a rule of their name.
func unqueried(name string, alerts []*triage.Alert, snapshots []sources.Snapshot) string {
	why := ""
	for i := range snapshots {
		s := &snapshots[i]
		switch {
		case s.Source.Kind != sources.Prometheus:
		case s.Data.Unqueried == "" && has(s, name, alerts) > 0:
			return ""
		case s.Data.Unqueried != "" && has(s, name, alerts) == hasAlerts:
			why = s.Data.Unqueried
		}
	}
	return why
}

// What a Prometheus may have of alerts.
const (
	hasRule   = 2
	hasAlerts = 4
)

// has says what the Prometheus has of the alerts with a name; 0: nothing.
func has(s *sources.Snapshot, name string, alerts []*triage.Alert) int {
	switch {
	case slices.ContainsFunc(alerts, func(a *triage.Alert) bool { return slices.Contains(a.Sources, s.Source.Name) }):
		return hasAlerts
	case slices.ContainsFunc(s.Data.Rules, func(r sources.Rule) bool { return r.Name == name }):
		return hasRule
	}
	return 0
}

// askable is the Prometheus that has the alerts, else the first that has a rule of
// their name, else the only one. Of several that have them it is the first that
// works.
func askable(name string, alerts []*triage.Alert, snapshots []sources.Snapshot) *sources.Snapshot {
	var best *sources.Snapshot
	rank, count := 0, 0
	for i := range snapshots {
		s := &snapshots[i]
		if s.Source.Kind != sources.Prometheus || s.Data.Unqueried != "" {
			continue
		}
		count++
		r := has(s, name, alerts)
		if r > 0 && s.Err == nil {
			r++
		}
		if best == nil || r > rank {
			best, rank = s, r
		}
	}
	if rank == 0 && count > 1 {
		return nil
	}
	return best
}

func namesOf(labels map[string]string) map[string]bool {
	names := make(map[string]bool, len(labels))
	for name := range labels {
		names[name] = true
	}
	return names
}

// copiesIn are the labels of the alerts as the Prometheus itself has them, without
// the labels that it or an Alertmanager added.
func copiesIn(s sources.Snapshot, name string, alerts []*triage.Alert) (copies []map[string]string) {
	for i := range s.Data.Alerts {
		a := s.Data.Alerts[i]
		if a.Labels["alertname"] != name {
			continue
		}
		if slices.ContainsFunc(alerts, func(of *triage.Alert) bool {
			return within(a.Labels, of.Labels) || slices.ContainsFunc(of.Originals, sameAs(a.Labels))
		}) {
			copies = append(copies, a.Labels)
		}
	}
	return copies
}

// within reports whether all labels are among others.
func within(labels, others map[string]string) bool {
	for name, value := range labels {
		if others[name] != value {
			return false
		}
	}
	return true
}

func sameAs(labels map[string]string) func(map[string]string) bool {
	return func(other map[string]string) bool { return len(labels) == len(other) && within(labels, other) }
}

// shared are the labels that all alerts have from their series, with one value.
func shared(alerts []map[string]string, own map[string]bool) map[string]string {
	same := map[string]string{}
	for name, value := range alerts[0] {
		if name == "alertname" || own[name] || slices.ContainsFunc(alerts, func(a map[string]string) bool { return a[name] != value }) {
			continue
		}
		same[name] = value
	}
	return same
}

// Belongs reports whether a series is one of the alerts'.
func (q Question) Belongs(series map[string]string) bool {
	if q.Alerts == nil {
		return true
	}
	return slices.ContainsFunc(q.Alerts, func(alert map[string]string) bool {
		for name, value := range series {
			has, there := alert[name]
			switch {
			case name == "__name__" || q.Own[name] || name == "alertname" || q.Parts.Loose && !there:
			case has != value:
				return false
			}
		}
		return true
	})
}

// Key identifies what is drawn of an answer, besides its time: the source, the alerts,
// the threshold, which decides what series are drawn, and the expression.
func (q Question) Key() string {
	var alerts uint64
	for _, a := range q.Alerts {
		h := fnv.New64a()
		_, _ = h.Write([]byte(labelset.Canonical(a))) // a hash can't fail
		alerts += h.Sum64()
	}
	line := "none"
	if t := q.Parts.Threshold; t != nil {
		line = t.Operator + strconv.FormatFloat(t.Value, 'g', -1, 64)
	}
	return fmt.Sprintf("%s %x %s %s", q.Source, alerts, line, q.Parts.Drawn)
}
