package readiness

import (
	"fmt"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/describe"
)

// mostNamed is how many rules a sentence names.
const mostNamed = 4

// each judges what every rule must have. lacks returns what a rule lacks, or is empty;
// unread why that is not known, or is empty.
func (j *judge) each(lacks func(*Rule) string, unread func(*Rule) string, fix string) Finding {
	f := Finding{Limit: "every alerting rule"}
	if len(j.Rules) == 0 {
		return j.noRules(f)
	}
	var lacking, open []string
	for n := range j.Rules {
		r := &j.Rules[n]
		name := clean.Line(r.Name)
		if why := unread(r); why != "" {
			open = append(open, name+" "+why)
		} else if what := lacks(r); what != "" {
			lacking = append(lacking, strings.TrimSpace(name+" "+strings.TrimPrefix(what, "-")))
		}
	}
	f.Verdict, f.Value = Ready, fmt.Sprintf("%d of %d", len(j.Rules)-len(lacking)-len(open), len(j.Rules))
	switch {
	case len(lacking) > 0:
		f.Verdict = NotReady
		f.Value += ", not " + describe.Few(lacking, mostNamed)
		f.Fix = fix + " " + describe.Few(lacking, mostNamed) + "."
	case len(open) > 0:
		f.Verdict, f.Because = Unknown, describe.Few(open, mostNamed)
	case j.RulesUnread != "":
		f.Verdict, f.Because = Unknown, j.RulesUnread
	}
	return f
}

// noRules is the finding of what needs rules, without any.
func (j *judge) noRules(f Finding) Finding {
	f.Verdict = Unknown
	if f.Because = j.RulesUnread; f.Because == "" {
		f.Because = "no alerting rule of it was found"
		f.Fix = fmt.Sprintf("Give its alerting rules the label service with the value %q, or write match into its [[service]].", j.Name)
	}
	return f
}

func always(*Rule) string { return "" }

// bare says that a rule lacks something, without saying what.
const bare = "-"

func lacksText(text string) string {
	if strings.TrimSpace(text) == "" {
		return bare
	}
	return ""
}

func (j *judge) severity() Finding {
	return j.each(func(r *Rule) string { return lacksText(r.Labels["severity"]) }, always, "Give these rules the label severity:")
}

func (j *judge) summary() Finding {
	return j.each(func(r *Rule) string { return lacksText(r.Annotations["summary"]) }, always, "Give these rules the annotation summary:")
}

func (j *judge) evaluates() Finding {
	return j.each(func(r *Rule) string {
		if r.Fault == "" {
			return ""
		}
		return "(" + clean.Line(r.Fault) + ")"
	}, always, "Mend the rules that Prometheus does not evaluate:")
}

func (j *judge) runbook() Finding {
	return j.each(func(r *Rule) string {
		switch {
		case r.Runbook.Path == "":
			return "(no runbook)"
		case len(r.Runbook.Findings) > 0:
			return "(" + strings.Join(r.Runbook.Findings, ", ") + ")"
		}
		return ""
	}, unreadRunbook, "Write or mend the runbooks, `firstline runbook lint` says where:")
}

func unreadRunbook(r *Rule) string {
	if r.Runbook.Web {
		return "has its runbook on the web, which lint does not read"
	}
	return ""
}

// some judges what one rule or runbook must have: has returns what it is.
func (j *judge) some(limit string, has func(*Rule) string, fix string) Finding {
	f := Finding{Verdict: NotReady, Limit: limit, Value: "none", Fix: fix}
	if len(j.Rules) == 0 {
		return j.noRules(Finding{Limit: limit})
	}
	open := ""
	for n := range j.Rules {
		if what := has(&j.Rules[n]); what != "" {
			return Finding{Verdict: Ready, Limit: limit, Value: what}
		}
		if why := unreadRunbook(&j.Rules[n]); why != "" && open == "" {
			open = clean.Line(j.Rules[n].Name) + " " + why
		}
	}
	if open == "" {
		open = j.RulesUnread
	}
	if open != "" {
		return Finding{Verdict: Unknown, Limit: limit, Because: open}
	}
	return f
}

// dashboardAnnotations are the annotations that have the address of a dashboard.
var dashboardAnnotations = []string{"dashboard_url", "dashboard"}

func (j *judge) dashboard() Finding {
	return j.some("a link to a dashboard", func(r *Rule) string {
		for _, name := range dashboardAnnotations {
			if clean.URL(r.Annotations[name]) != "" {
				return "in the rule " + clean.Line(r.Name)
			}
		}
		return in(r.Runbook.Dashboard)
	}, "Write the address of its dashboard into the annotation dashboard_url of its rules, or into its runbook.")
}

func (j *judge) rollback() Finding {
	return j.some("a section on rolling back", func(r *Rule) string { return in(r.Runbook.Rollback) },
		"Write into its runbook how to roll back, under a heading such as \"Roll back\".")
}

func in(path string) string {
	if path == "" {
		return ""
	}
	return "in the runbook " + clean.Line(path)
}
