// Package readiness says what a service lacks before first line can take it, and
// whether a service that first line has should go back to its owner. It judges what
// was measured elsewhere and is pure.
package readiness

import (
	"slices"
	"time"

	"firstline/internal/escalation"
	"firstline/internal/report"
	"firstline/internal/slo"
	"firstline/sources"
)

// Verdict is what a criterion, or the service, comes to. JSON uses its values.
type Verdict string

// The verdicts.
const (
	Ready    Verdict = "ready"
	NotReady Verdict = "not ready"
	Unknown  Verdict = "unknown"
	// NotAsked is for what can only be measured later, such as what first line did of
	// a service that it has not had yet. It hinders nothing.
	NotAsked Verdict = "not asked"
)

// Criterion is one thing that a service needs.
type Criterion struct {
	// ID is its name in JSON.
	ID, Title string
	// Definition says exactly what it is.
	Definition string

	judge func(*judge) Finding
}

// Finding is what came of a criterion.
type Finding struct {
	Criterion *Criterion
	Verdict   Verdict
	// Value is what was measured, and Limit what is needed, both for people.
	Value, Limit string
	// Because says why it is Unknown or NotAsked, in words that follow "because".
	Because string
	// Fix says what to do where it is NotReady, or to make it known.
	Fix string
}

// Service is what was measured of a service.
type Service struct {
	Name string
	// Team is the team that owns it; empty: none is named.
	Team string
	// Policy is the owner's escalation policy with its on-calls; nil: none is named.
	Policy *escalation.Policy
	// OwnerUnread is why the team or the policy may be missing. It follows "because".
	OwnerUnread string
	// Rules are its alerting rules, and RulesUnread is why there may be others.
	Rules       []Rule
	RulesUnread string
	// Loads are what its incidents cost in the window, the newest first, and each other a
	// day before. Without any, LoadUnread is why.
	Loads      []report.Load
	LoadUnread string
	// SLOs are its SLOs, and SLOsUnread is why there may be others.
	SLOs       []slo.Reading
	SLOsUnread string
}

// Rule is an alerting rule with its runbook.
type Rule struct {
	sources.Rule
	// Fault is why it is not evaluated, in words that follow its name; empty: it is.
	Fault   string
	Runbook Runbook
}

// Report is what is known of one service.
type Report struct {
	Service, Team string
	At            time.Time
	Verdict       Verdict
	// Findings are in the order of Criteria.
	Findings []Finding
	// Window is the time in which incidents were counted; zero: none was.
	Window sources.Span
	// FirstLine says how much of it first line has, for people.
	FirstLine string
	// UnderFirstLine: first line has most of its incidents first.
	UnderFirstLine bool
	// GoesBack are the limits that it was beyond on every day of so many: it should go
	// back to its owner. It is empty otherwise.
	GoesBack []string
	// Days is on how many days that was measured.
	Days int
	// Do is the list of what to do, without repetitions.
	Do []string
}

// judge is what the criteria judge by.
type judge struct {
	*Service
	limits Limits
	now    time.Time
}

// Judge judges a service at a time.
func Judge(s *Service, limits Limits, now time.Time) Report {
	j := &judge{s, limits, now}
	r := Report{Service: s.Name, Team: s.Team, At: now, Verdict: Ready}
	for n := range criteria {
		f := criteria[n].judge(j)
		f.Criterion = &criteria[n]
		switch {
		case f.Verdict == NotReady:
			r.Verdict = NotReady
		case f.Verdict == Unknown && r.Verdict == Ready:
			r.Verdict = Unknown
		}
		r.Findings = append(r.Findings, f)
	}
	for _, wanted := range []Verdict{NotReady, Unknown} {
		for _, f := range r.Findings {
			if f.Verdict == wanted && f.Fix != "" && !slices.Contains(r.Do, f.Fix) {
				r.Do = append(r.Do, f.Fix)
			}
		}
	}
	if len(s.Loads) > 0 {
		r.Window = s.Loads[0].Span
	}
	j.firstLine(&r)
	return r
}

// Count returns how many criteria have a verdict.
func (r *Report) Count(v Verdict) int {
	n := 0
	for _, f := range r.Findings {
		if f.Verdict == v {
			n++
		}
	}
	return n
}

// Titles returns the titles of the criteria with a verdict.
func (r *Report) Titles(v Verdict) []string {
	var titles []string
	for _, f := range r.Findings {
		if f.Verdict == v {
			titles = append(titles, f.Criterion.Title)
		}
	}
	return titles
}

// Worst returns the verdict of all reports together.
func Worst(all []Report) Verdict {
	worst := Ready
	for _, r := range all {
		if r.Verdict == NotReady || r.Verdict == Unknown && worst == Ready {
			worst = r.Verdict
		}
	}
	return worst
}

// Criteria returns all criteria in the order of Report.Findings.
func Criteria() []Criterion { return criteria }

var criteria = []Criterion{
	{ID: "owner", Title: "owner", Definition: "A team owns it: [[service]], PagerDuty or the labels of its rules name the team, and the owner's escalation policy exists.", judge: (*judge).owner},
	{ID: "levels", Title: "levels", Definition: "The owner's escalation policy has so many levels.", judge: (*judge).levels},
	{ID: "people", Title: "nobody alone", Definition: "On each level so many people take turns or are on call together in the time ahead.", judge: (*judge).people},
	{ID: "gaps", Title: "no gap", Definition: "On each level somebody is on call all the time ahead.", judge: (*judge).gaps},
	{ID: "severity", Title: "severity", Definition: "Each of its alerting rules has the label severity.", judge: (*judge).severity},
	{ID: "summary", Title: "summary", Definition: "Each of its alerting rules has the annotation summary.", judge: (*judge).summary},
	{ID: "runbook", Title: "runbook", Definition: "Each of its alerting rules has a runbook with a section for it, in which `firstline runbook lint` finds nothing.", judge: (*judge).runbook},
	{ID: "evaluates", Title: "rules evaluated", Definition: "Its Prometheus evaluates each of its alerting rules, without a fault.", judge: (*judge).evaluates},
	{ID: "interruptions", Title: "interruptions a week", Definition: "The interruptions by its incidents in the window, in a week of it. An interruption is one incident bothering one person once; e-mail alone does not count.", judge: (*judge).interruptions},
	{ID: "sleep", Title: "in sleep hours a week", Definition: "The interruptions from 22:00 to 8:00 in the time zone of the person, in a week of the window.", judge: (*judge).sleep},
	{ID: "contained", Title: "contained by first line", Definition: "Of the incidents that ended in the window and that first line was assigned to, the share in which nobody else was assigned, acknowledged or resolved it.", judge: (*judge).contained},
	{ID: "unexplained", Title: "unexplained escalations", Definition: "Of the escalations from first line to others in the window, the share without a reason: by a time-out, or by a person who wrote no note within 5 minutes.", judge: (*judge).unexplained},
	{ID: "never_actionable", Title: "nobody acts on", Definition: "Of the incidents that began in the window, the share of alerts with two incidents or more that all ended without a person.", judge: (*judge).neverActionable},
	{ID: "slo", Title: "SLO", Definition: "It has an SLO: under [[service]], or recorded by Sloth or Pyrra.", judge: (*judge).slo},
	{ID: "budget", Title: "error budget", Definition: "Of each of its SLOs at least this part of the error budget is left.", judge: (*judge).budget},
	{ID: "dashboard", Title: "dashboard", Definition: "One of its rules has an annotation dashboard_url or dashboard with an address, or one of its runbooks has a link to a dashboard.", judge: (*judge).dashboard},
	{ID: "rollback", Title: "rollback", Definition: "One of its runbooks has a heading about rolling back, reverting or undoing.", judge: (*judge).rollback},
}
