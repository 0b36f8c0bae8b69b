// Package slo works out how much of an error budget is left, how quickly it is used,
// and when it will be used up. It is pure: internal/slo/measure asks for the ratios.
//
// The error ratio is the part of what was asked for that failed. The budget is the
// ratio that the objective allows over its window. The burn rate is an error ratio in
// budgets: at 1 the budget lasts exactly as long as the window.
package slo

import (
	"fmt"
	"math"
	"strings"
	"time"

	"firstline/internal/expression"
	"firstline/internal/lazyregexp"
)

// Origin is how an SLO is known.
type Origin string

// The origins.
const (
	Configured Origin = "configuration"
	Sloth      Origin = "Sloth"
	Pyrra      Origin = "Pyrra"
)

// Objective is an SLO: which part has to succeed over a window.
type Objective struct {
	Name, Service string
	Origin        Origin
	// Target is the part that has to succeed, between 0 and 1. It is 0 where it is
	// not known.
	Target float64
	Window time.Duration
	// Good and Total, or Errors, are expressions with $window for the range. They are
	// a configured SLO's.
	Good, Total, Errors string
	// ID is Sloth's sloth_id or Pyrra's slo label. Metric is the beginning of the names
	// of Pyrra's recorded series, such as "http_requests".
	ID, Metric string
}

// Placeholder is the range in a configured query.
const Placeholder = "$window"

// Spans are the times over which the burn rate is shown, the shortest, which is now,
// first.
var Spans = []time.Duration{5 * time.Minute, time.Hour, 6 * time.Hour, 72 * time.Hour}

// CheckQuery says what is wrong with a configured query; empty: nothing.
func CheckQuery(query string) string {
	switch {
	case strings.TrimSpace(query) == "":
		return "the query is missing: write PromQL with $window for the range, such as sum(rate(http_requests_total[$window]))"
	case !strings.Contains(query, Placeholder):
		return "the query has no $window: write it where the range is, such as rate(http_requests_total[$window])"
	}
	if err := expression.Check(strings.ReplaceAll(query, Placeholder, "5m")); err != nil {
		return "this is not PromQL: " + err.Error()
	}
	return ""
}

// Ratio is the expression of the error ratio over a span. Where it is empty, why says
// why it has none.
func (o Objective) Ratio(span time.Duration) (text, why string) {
	fill := func(query string) string { return "(" + strings.ReplaceAll(query, Placeholder, Range(span)) + ")" }
	switch {
	case o.Origin == Sloth:
		return fmt.Sprintf("slo:sli_error:ratio_rate%s{sloth_id=%q}", Range(span), o.ID), ""
	case o.Origin == Pyrra && span == o.Window:
		return fmt.Sprintf("1 - pyrra_availability{slo=%q}", o.ID), ""
	case o.Origin == Pyrra && o.Metric == "":
		return "", "the names of its series are not known: none of its rules is an alerting rule that was read"
	case o.Origin == Pyrra:
		return fmt.Sprintf("%s:burnrate%s{slo=%q}", o.Metric, Range(span), o.ID), ""
	case o.Errors != "":
		return fill(o.Errors), ""
	}
	return "1 - " + fill(o.Good) + " / " + fill(o.Total), ""
}

// Presence is an expression that has a value whenever there is data of the SLO.
func (o Objective) Presence() string {
	if o.Origin == Configured && o.Errors == "" {
		return "(" + strings.ReplaceAll(o.Total, Placeholder, "1h") + ")"
	}
	text, _ := o.Ratio(time.Hour)
	return text
}

// Range writes a span as PromQL does, in its largest whole unit but weeks: "3d", "6h",
// "5m".
func Range(span time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case span >= day && span%day == 0:
		return fmt.Sprintf("%dd", span/day)
	case span >= time.Hour && span%time.Hour == 0:
		return fmt.Sprintf("%dh", span/time.Hour)
	case span%time.Minute == 0:
		return fmt.Sprintf("%dm", span/time.Minute)
	}
	return fmt.Sprintf("%ds", span/time.Second)
}

// Value is a number, or why it is not known.
type Value struct {
	Number float64
	Why    string
}

// Read reports whether the number was read.
func (v Value) Read() bool { return v.Why == "" }

// Unknown is a value that is not known.
func Unknown(why string) Value { return Value{Why: why} }

// Reading is what is known of an SLO at a time.
type Reading struct {
	Objective
	At time.Time
	// Left is the part of the budget that is left; below 0 more than all is used.
	Left Value
	// Burn are the burn rates over Spans.
	Burn []Value
	// Gone is in how long the budget is used up at the rate of the shortest span. It is
	// 0 where that is not known, where it is used up already, and where the rate is so
	// low that the budget lasts.
	Gone time.Duration
}

// Attained returns which part succeeded over the window, where Left is read.
func (r Reading) Attained() float64 { return 1 - (1-r.Left.Number)*(1-r.Target) }

// nothing is as much as arithmetic with fractions may be off.
const nothing = 1e-9

// Compute works out a reading from the error ratios over Spans and over the window.
func Compute(o Objective, at time.Time, ratios []Value, whole Value) Reading {
	r := Reading{Objective: o, At: at}
	budget := 1 - o.Target
	in := func(ratio Value) Value {
		switch {
		case !ratio.Read():
			return ratio
		case o.Target <= 0 || o.Target >= 1:
			return Unknown("its objective is not known")
		case math.IsNaN(ratio.Number):
			return Unknown("there were no requests")
		case math.IsInf(ratio.Number, 0):
			return Unknown("the ratio is infinite")
		case ratio.Number < -nothing:
			return Unknown("its ratio is negative: more succeeded than was asked for")
		}
		return Value{Number: ratio.Number / budget}
	}
	for _, ratio := range ratios {
		r.Burn = append(r.Burn, in(ratio))
	}
	if r.Left = in(whole); r.Left.Read() {
		r.Left.Number = 1 - r.Left.Number
	}
	if len(r.Burn) > 0 && r.Left.Read() && r.Burn[0].Read() && r.Left.Number > nothing && r.Burn[0].Number > 1 {
		r.Gone = time.Duration(r.Left.Number / r.Burn[0].Number * float64(o.Window))
	}
	return r
}

var (
	slothID   = lazyregexp.New(`slo:[a-z_]+:[a-z_0-9]+\{[^}]*sloth_id="([^"]+)"`)
	pyrraSLO  = lazyregexp.New(`([a-zA-Z_][a-zA-Z0-9_]*):burnrate[0-9a-z]+\{[^}]*\bslo="([^"]+)"`)
	pyrraGoal = lazyregexp.New(`\(1\s*-\s*(0?\.[0-9]+)\)`)
)

// Reference is the SLO that a burn-rate alert is about.
type Reference struct {
	Origin Origin
	ID     string
	// Name is for people. Service is empty where it is not known.
	Name, Service string
	// Metric and Target are what a rule of Pyrra's shows of its SLO.
	Metric string
	Target float64
}

// Of returns the SLO that an alert with these labels is about, whose rule has this
// query; false: it is no burn-rate alert. The query may be empty.
func Of(labels map[string]string, query string) (Reference, bool) {
	if id := labels["sloth_id"]; id != "" {
		return Reference{Origin: Sloth, ID: id, Name: firstOf(labels["sloth_slo"], id), Service: labels["sloth_service"]}, true
	}
	if m := slothID.FindStringSubmatch(query); m != nil {
		return Reference{Origin: Sloth, ID: m[1], Name: firstOf(labels["sloth_slo"], m[1]), Service: labels["sloth_service"]}, true
	}
	if m := pyrraSLO.FindStringSubmatch(query); m != nil {
		r := Reference{Origin: Pyrra, ID: m[2], Name: m[2], Metric: m[1]}
		if goal := pyrraGoal.FindStringSubmatch(query); goal != nil {
			_, _ = fmt.Sscanf(goal[1], "%g", &r.Target)
		}
		return r, true
	}
	// Alertmanager's copy of an alert has no query; both burn-rate labels are Pyrra's.
	if labels["slo"] != "" && labels["long"] != "" && labels["short"] != "" {
		return Reference{Origin: Pyrra, ID: labels["slo"], Name: labels["slo"]}, true
	}
	return Reference{}, false
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
