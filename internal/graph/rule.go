package graph

import (
	"maps"
	"net/url"

	"firstline/internal/triage"
	"firstline/sources"
)

// ruled are alerts of one rule.
type ruled struct {
	alerts []*triage.Alert
	// rule is theirs; nil: the source has none, and text is the expression that they
	// have themselves.
	rule *sources.Rule
	text string
	// why says why neither is known.
	why string
}

// same reports whether the alerts of both are of one rule, as far as that is known.
func (r ruled) same(other ruled) bool {
	if r.rule == nil || other.rule == nil {
		return r.rule == other.rule && r.text == other.text && r.why == other.why
	}
	a, b := r.rule, other.rule
	return a == b || a.Query == b.Query && a.For == b.For && maps.Equal(a.Labels, b.Labels)
}

// divide divides the alerts with a name by their rules. Several rules may have one
// name: an alert's labels, and the expression in its link, say which is its own.
func divide(s sources.Snapshot, name string, alerts []*triage.Alert) []ruled {
	var rules []*sources.Rule
	for i := range s.Data.Rules {
		if r := &s.Data.Rules[i]; r.Name == name {
			rules = append(rules, r)
		}
	}
	var all []ruled
	for _, a := range alerts {
		one := ruleOf(s.Source.Name, rules, a)
		at := 0
		for at < len(all) && !all[at].same(one) {
			at++
		}
		if at == len(all) {
			all = append(all, one)
		}
		all[at].alerts = append(all[at].alerts, a)
	}
	if len(rules) == 0 {
		return withoutRule(all, s.Source.Name)
	}
	return all
}

// ruleOf is the rule of an alert, of those with its name.
func ruleOf(source string, rules []*sources.Rule, a *triage.Alert) ruled {
	written := expressionOf(a)
	var fitting []*sources.Rule
	for _, r := range rules {
		if r.Sets(a.Labels) {
			fitting = append(fitting, r)
		}
	}
	if len(fitting) == 0 {
		fitting = rules // something changed its labels
	}
	if len(fitting) == 0 {
		return ruled{text: written}
	}
	for _, r := range fitting {
		if r.Query == written {
			return ruled{rule: r}
		}
	}
	for _, r := range fitting[1:] {
		if r.Query != fitting[0].Query {
			return ruled{why: source + " has several rules of this name, and the alert does not say which it is"}
		}
	}
	return ruled{rule: fitting[0]}
}

// withoutRule has alerts that do not say their expression drawn with the first that
// does.
func withoutRule(all []ruled, source string) []ruled {
	var said []ruled
	var silent []*triage.Alert
	for _, r := range all {
		if r.text == "" {
			silent = r.alerts
		} else {
			said = append(said, r)
		}
	}
	switch {
	case len(said) == 0:
		return []ruled{{alerts: silent, why: source + " has no rule of this name, and the alert does not say its expression"}}
	case len(silent) > 0:
		said[0].alerts = append(said[0].alerts, silent...)
	}
	return said
}

// expressionOf is the expression that an alert itself has, in the link to its page.
func expressionOf(a *triage.Alert) string {
	u, err := url.Parse(a.GeneratorURL)
	if err != nil {
		return ""
	}
	return u.Query().Get("g0.expr")
}
