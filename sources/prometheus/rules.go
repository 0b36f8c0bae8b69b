package prometheus

import (
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"firstline/internal/promapi"
	"firstline/internal/wording"
	"firstline/sources"
)

// rulesAnswer is the data of /api/v1/rules. Its alerts are only counted;
// /api/v1/alerts has the alerts.
type rulesAnswer struct {
	Groups list[ruleGroupAnswer] `json:"groups"`
	// NextToken is set when the server sent only a part.
	NextToken string `json:"groupNextToken"`
}

type ruleGroupAnswer struct {
	Name     string           `json:"name"`
	Interval float64          `json:"interval"` // seconds
	Rules    list[ruleAnswer] `json:"rules"`
	// Strategy is set when Thanos answers.
	Strategy string `json:"partialResponseStrategy"`
}

type ruleAnswer struct {
	Type           string        `json:"type"`
	Name           string        `json:"name"`
	Query          string        `json:"query"`
	Duration       float64       `json:"duration"` // seconds
	Labels         promapi.Texts `json:"labels"`
	Annotations    promapi.Texts `json:"annotations"`
	State          string        `json:"state"`
	Health         string        `json:"health"`
	LastError      string        `json:"lastError"`
	LastEvaluation string        `json:"lastEvaluation"`
	IsPaused       bool          `json:"isPaused"`
	Alerts         list[struct {
		State string `json:"state"`
	}] `json:"alerts"`
}

// listed returns how many alerts in the rule are or may be active.
func (r *ruleAnswer) listed() int {
	n := r.Alerts.odd
	for _, a := range r.Alerts.items {
		if _, active, valid := alertState(a.State); active || !valid {
			n++
		}
	}
	return n
}

// rules returns the alerting rules: a server without the parameter type sends
// the others as well. The extent says how much of the answer they are.
func (a rulesAnswer) rules(source string) ([]sources.Rule, sources.Extent) {
	var rules []sources.Rule
	odd := a.Groups.odd
	for _, g := range a.Groups.items {
		odd += g.Rules.odd
		if g.Rules.form != given {
			odd++
		}
		for _, r := range g.Rules.items {
			switch r.Type {
			case "alerting":
			case "recording":
				continue
			default:
				odd++
				continue
			}
			rules = append(rules, sources.Rule{
				Source: source, Group: g.Name, Name: r.Name, Query: r.Query,
				For:    seconds(r.Duration),
				Labels: r.Labels, Annotations: r.Annotations,
				State: r.State, Health: r.Health, LastError: r.LastError,
				Listed: r.listed(), Paused: r.IsPaused,
				LastEvaluation: moment(r.LastEvaluation), Interval: seconds(g.Interval),
				Unevaluated: r.LastEvaluation != "" && moment(r.LastEvaluation).IsZero(),
			})
		}
	}
	extent := sources.Whole
	switch {
	case a.Groups.form != given:
		extent.Missing = "the answer has no list of rules"
	case odd > 0:
		extent.Missing = wording.Count(odd, "entry") + " in a form that is not known"
	case a.NextToken != "":
		extent.Missing = "the server gave only a part of its rules"
	}
	return rules, extent
}

// thanos reports whether the rules come from a Thanos, the only server with
// this field.
func (a rulesAnswer) thanos() bool {
	return slices.ContainsFunc(a.Groups.items, func(g ruleGroupAnswer) bool { return g.Strategy != "" })
}

// seconds converts s to a duration, limited to the range of a duration.
func seconds(s float64) time.Duration {
	const most = float64(math.MaxInt64) / float64(time.Second)
	if math.IsNaN(s) || s < 0 {
		return 0
	}
	if s >= most {
		return math.MaxInt64
	}
	return time.Duration(s * float64(time.Second))
}

// rules are the alerting rules with the links to their expressions.
type rules struct {
	list   []sources.Rule
	extent sources.Extent
	byName map[string][]linkedRule
	// listed counts the active alerts in the rules of a name.
	listed map[string]int
	// thanos means that the server is a Thanos, which answers null without
	// alerts.
	thanos bool
}

// proveNone reports whether a Thanos has no active alert: its ruler and its
// querier then answer null, and each rule is inactive.
func (r *rules) proveNone() bool {
	return r.thanos && r.extent.Whole() && !slices.ContainsFunc(r.list, func(one sources.Rule) bool {
		return !one.Inactive() || one.Listed > 0
	})
}

// linkedRule identifies the rule of an alert.
type linkedRule struct {
	fixed map[string]string // labels that the rule sets, without templates
	link  string
}

// rememberFailures notes in the rules that were read now since when they fail,
// if their group and name worked in the previous read.
func (r *rules) rememberFailures(now []sources.Rule, at time.Time) {
	type name struct{ group, rule string }
	since := make(map[name]time.Time, len(r.list)) // zero: unknown
	for i := range r.list {
		old := &r.list[i]
		key := name{old.Group, old.Name}
		if worked(old) {
			if _, seen := since[key]; !seen {
				since[key] = at
			}
			continue
		}
		since[key] = old.FailingSince
	}
	for i := range now {
		if !worked(&now[i]) {
			now[i].FailingSince = since[name{now[i].Group, now[i].Name}]
		}
	}
}

func worked(r *sources.Rule) bool { return r.LastError == "" && strings.EqualFold(r.Health, "ok") }

// newRules prepares the rules of the Prometheus at base.
func newRules(list []sources.Rule, base string) rules {
	r := rules{list: list, byName: make(map[string][]linkedRule, len(list)), listed: map[string]int{}}
	for _, one := range list {
		if one.Listed > 0 {
			r.listed[one.Name] += one.Listed
		}
		if one.Query == "" {
			continue
		}
		fixed := make(map[string]string, len(one.Labels))
		for name, value := range one.Labels {
			if !strings.Contains(value, "{{") {
				fixed[name] = value
			}
		}
		// The form in which Prometheus itself sends it to Alertmanager.
		link := base + "/graph?g0.expr=" + url.QueryEscape(one.Query) + "&g0.tab=1"
		r.byName[one.Name] = append(r.byName[one.Name], linkedRule{fixed, link})
	}
	return r
}

// link returns the page of the expression of the alert with these labels.
// Prometheus does not report which rule made an alert, so the name and the
// labels that the rule sets must match. If two rules with different expressions
// match, there is no link rather than a wrong one.
func (r rules) link(labels map[string]string) string {
	found, most := "", -1
	for _, one := range r.byName[labels["alertname"]] {
		switch {
		case len(one.fixed) < most || !within(one.fixed, labels):
		case len(one.fixed) > most:
			found, most = one.link, len(one.fixed)
		case one.link != found:
			found = ""
		}
	}
	return found
}

// within reports whether all labels of part are in whole.
func within(part, whole map[string]string) bool {
	for name, value := range part {
		if whole[name] != value {
			return false
		}
	}
	return true
}
