// Package graph says what the graphs of an alert group show: the question for a
// Prometheus, the series that are drawn, their scale, and the times that are marked. It
// asks nothing and draws nothing.
package graph

import (
	"fmt"
	"hash/fnv"
	"net/url"
	"slices"
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

// Questions are those of a group's alerts, one for each of their names, that of the
// first alert first; then those that are configured for its service.
func Questions(g triage.Group, snapshots []sources.Snapshot, configured []Configured) []Question {
	var names []string
	for i := range g.Alerts {
		if name := g.Alerts[i].Name(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	questions := make([]Question, 0, len(names))
	for _, name := range names {
		var alerts []*triage.Alert
		for i := range g.Alerts {
			if g.Alerts[i].Name() == name {
				alerts = append(alerts, &g.Alerts[i])
			}
		}
		questions = append(questions, questionOf(name, alerts, snapshots))
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

func questionOf(name string, alerts []*triage.Alert, snapshots []sources.Snapshot) Question {
	q := Question{Title: name}
	snap := askable(name, alerts, snapshots)
	if snap == nil {
		q.Why = "no Prometheus of the configuration has this alert or its rule"
		return q
	}
	q.Source = snap.Source.Name
	written := expressionOf(alerts)
	rule, why := ruleOf(*snap, name, alerts, written)
	text := written
	switch {
	case rule != nil:
		text, q.For, q.Own = rule.Query, rule.For, namesOf(rule.Labels)
	case why != "":
		q.Why = why
		return q
	case text == "":
		q.Why = q.Source + " has no rule of this name, and the alert does not say its expression"
		return q
	}
	q.Parts = expression.TakeApart(text)
	q.Unit = expression.UnitOf(q.Parts.Drawn)
	copies := copiesIn(*snap, name, alerts)
	if len(copies) > 0 {
		q.Alerts = copies
	} else {
		for _, a := range alerts {
			q.Alerts = append(q.Alerts, a.Labels)
		}
	}
	// What an Alertmanager has may have labels that no series has.
	if rule != nil && len(copies) > 0 && !q.Parts.Loose {
		q.Parts.Drawn = expression.Narrow(q.Parts.Drawn, shared(copies, q.Own))
	}
	return q
}

// askable is the Prometheus that has the alerts, else the first that has a rule of
// their name, else the only one. Of several that have them it is the first that
// works.
func askable(name string, alerts []*triage.Alert, snapshots []sources.Snapshot) *sources.Snapshot {
	var best *sources.Snapshot
	rank, count := 0, 0
	for i := range snapshots {
		s := &snapshots[i]
		if s.Source.Kind != sources.Prometheus {
			continue
		}
		count++
		r := 0
		switch {
		case slices.ContainsFunc(alerts, func(a *triage.Alert) bool { return slices.Contains(a.Sources, s.Source.Name) }):
			r = 4
		case slices.ContainsFunc(s.Data.Rules, func(r sources.Rule) bool { return r.Name == name }):
			r = 2
		}
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

// expressionOf is the expression that an alert itself has, in the link to its page.
func expressionOf(alerts []*triage.Alert) string {
	for _, a := range alerts {
		if u, err := url.Parse(a.GeneratorURL); err == nil {
			if text := u.Query().Get("g0.expr"); text != "" {
				return text
			}
		}
	}
	return ""
}

// ruleOf is the rule of a name that has the labels of the alerts; nil for none,
// or why says why it is not known which it is.
func ruleOf(s sources.Snapshot, name string, alerts []*triage.Alert, written string) (rule *sources.Rule, why string) {
	var found []*sources.Rule
	fits := func(r *sources.Rule) bool {
		return !slices.ContainsFunc(alerts, func(a *triage.Alert) bool { return !r.Sets(a.Labels) })
	}
	for i := range s.Data.Rules {
		if r := &s.Data.Rules[i]; r.Name == name {
			found = append(found, r)
		}
	}
	if fitting := slices.DeleteFunc(slices.Clone(found), func(r *sources.Rule) bool { return !fits(r) }); len(fitting) > 0 {
		found = fitting
	}
	for _, r := range found {
		if r.Query == written {
			return r, ""
		}
	}
	if len(found) == 0 {
		return nil, ""
	}
	for _, r := range found[1:] {
		if r.Query != found[0].Query {
			return nil, s.Source.Name + " has several rules of this name, and the alert does not say which it is"
		}
	}
	return found[0], ""
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

// Key identifies what is drawn of an answer, besides its time: the source, the alerts
// and the expression.
func (q Question) Key() string {
	var alerts uint64
	for _, a := range q.Alerts {
		h := fnv.New64a()
		_, _ = h.Write([]byte(labelset.Canonical(a))) // a hash can't fail
		alerts += h.Sum64()
	}
	return fmt.Sprintf("%s %x %s", q.Source, alerts, q.Parts.Drawn)
}
