package ui

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/sources"
)

// The most alerts and lines of custom details that are laid out of one group:
// nobody reads more, and a storm must not cost the screen its speed.
const (
	mostAlerts      = 200
	mostDetailLines = 60
	labelWidth      = 12
)

// details collects the lines of the details page.
type details struct {
	*shared
	width    int
	now      time.Time
	out      []string
	sections []int
}

// detailsPage is everything known about a group. It runs off the loop.
func (s *shared) detailsPage(g triage.Group, width int, now time.Time) page {
	d := &details{shared: s, width: width, now: now}
	d.out = append(d.out, d.bold(clean.Line(g.Title))...)
	d.out = append(d.out, "")
	d.summary(g)
	if g.Incident != nil {
		d.incident(*g.Incident)
	}
	d.silences(g.Silences)
	d.alerts(g.Alerts)
	if g.Incident != nil {
		d.incidentAlerts(g.Incident.Alerts)
	}
	return page{lines: d.out, sections: d.sections}
}

func (d *details) bold(text string) []string { return d.paragraph(text, d.width, strong) }

// field is a label and its value, the value wrapped beside it.
func (d *details) field(label, value string) { d.fieldIn(label, value, plain) }

func (d *details) fieldIn(label, value string, look role) {
	if value = clean.Line(value); value == "" {
		return
	}
	for i, line := range d.wrap(value, max(d.width-labelWidth, 8)) {
		head := ""
		if i == 0 {
			head = label
		}
		d.out = append(d.out, d.theme.of(dim).on(d.fit(head, labelWidth))+d.theme.of(look).on(line))
	}
}

func (d *details) heading(text string) {
	d.out = append(d.out, "")
	d.sections = append(d.sections, len(d.out))
	d.out = append(d.out, d.theme.of(accent).on(text))
}

// moment is a time with its age: "14:02 (12m ago)".
func (d *details) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	if t.After(d.now) {
		return d.clock(t, d.now) + " (in " + age(t.Sub(d.now)) + ")"
	}
	return d.clock(t, d.now) + " (" + age(d.now.Sub(t)) + " ago)"
}

func (d *details) summary(g triage.Group) {
	state := string(g.State)
	if when := d.moment(g.Since); when != "" {
		state += " since " + when
	}
	d.field("State", state)
	switch {
	case g.NoLongerFiring:
		d.fieldIn("", "paged, but no source reports its alerts as firing any more", good)
	case g.Unpaged && g.Why != "":
		d.fieldIn("", "nobody was paged: "+g.Why, warning)
	case g.Unpaged:
		d.fieldIn("", "nobody was paged", warning)
	}
	if len(g.Stale) > 0 {
		d.fieldIn("", "may be out of date: "+strings.Join(g.Stale, ", ")+" does not answer", warning)
	}
	severity, _ := severityWord(g)
	if g.Severity != triage.Unknown {
		severity = string(g.Severity)
	}
	d.field("Severity", severity)
	d.field("Urgency", g.Urgency)
	d.field("Service", g.Service)
	d.field("Team", g.Team)
	if g.JoinedBy != triage.Unjoined {
		d.field("Joined by", string(g.JoinedBy))
	}
	if g.RunbookURL != "" {
		d.field("Runbook", g.RunbookURL)
	}
}

func (d *details) incident(i sources.Incident) {
	d.heading("Incident")
	if i.Number > 0 {
		d.field("Number", fmt.Sprintf("#%d  %s", i.Number, i.ID))
	} else {
		d.field("Id", i.ID)
	}
	if i.Priority != nil {
		d.field("Priority", i.Priority.Name)
	}
	d.field("Assigned", people(i.Assignments))
	if len(i.Acknowledgers) > 0 {
		d.field("Acked by", people(i.Acknowledgers)+", "+d.moment(i.Acknowledgers[0].At))
	}
	d.field("Policy", i.Policy.Name)
	for _, p := range i.Pending {
		d.field("Next", pendingWords(p.Type)+" "+d.moment(p.At))
	}
	d.field("Opened", d.moment(i.CreatedAt))
	d.field("Link", clean.URL(i.URL))
}

func people(list []sources.Assignment) string {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = a.User.Name
	}
	return strings.Join(names, ", ")
}

// pendingWords says what PagerDuty will do by itself.
func pendingWords(kind string) string {
	switch kind {
	case "unacknowledge":
		return "the acknowledgement ends"
	case "escalate":
		return "escalates"
	case "resolve":
		return "resolves by itself"
	case "urgency_change":
		return "urgency changes"
	}
	return kind
}

func (d *details) silences(list []sources.Silence) {
	for _, s := range list {
		d.heading("Silenced")
		d.field("Until", d.moment(s.EndsAt))
		d.field("By", s.CreatedBy)
		d.field("Comment", s.Comment)
		matchers := make([]string, 0, len(s.Matchers))
		for _, m := range s.Matchers {
			sign := map[[2]bool]string{{false, true}: "=", {false, false}: "!=", {true, true}: "=~", {true, false}: "!~"}[[2]bool{m.Regex, m.Equal}]
			matchers = append(matchers, m.Name+sign+m.Value)
		}
		d.field("Matches", strings.Join(matchers, "  "))
	}
}

// alerts shows the labels that all share once, and then what differs.
func (d *details) alerts(list []triage.Alert) {
	if len(list) == 0 {
		return
	}
	d.heading(count(len(list), "alert"))
	common := commonLabels(list)
	if len(list) > 1 {
		d.labels("all have", common)
	}
	for n, a := range list {
		if n == mostAlerts {
			d.out = append(d.out, "", d.theme.of(dim).on(fmt.Sprintf("… and %d more", len(list)-n)))
			return
		}
		d.out = append(d.out, "")
		state := string(a.State)
		if when := d.moment(a.ActiveSince); when != "" {
			state += " since " + when
		}
		look := warning
		if a.State != sources.AlertFiring {
			look = dim
		}
		name := clean.Line(a.Name())
		d.out = append(d.out, d.cut(d.spans(span{name + "  ", strong}, span{state, look}), d.width))
		own := maps.Clone(a.Labels)
		if len(list) > 1 {
			maps.DeleteFunc(own, func(k, _ string) bool { _, shared := common[k]; return shared })
		}
		delete(own, "alertname")
		d.labels("labels", own)
		d.field("value", a.Value)
		for _, key := range []string{"summary", "message", "description"} {
			d.field(key, a.Annotations[key])
		}
		d.field("from", strings.Join(a.Sources, ", "))
		d.field("expression", clean.URL(a.GeneratorURL))
		d.field("dashboard", clean.URL(a.Annotations["dashboard_url"]))
	}
}

func (d *details) labels(head string, set map[string]string) {
	pairs := make([]string, 0, len(set))
	for _, k := range slices.Sorted(maps.Keys(set)) {
		pairs = append(pairs, k+"="+set[k])
	}
	d.field(head, strings.Join(pairs, "  "))
}

// commonLabels are the labels that every alert has with the same value.
func commonLabels(list []triage.Alert) map[string]string {
	common := maps.Clone(list[0].Labels)
	for _, a := range list[1:] {
		maps.DeleteFunc(common, func(k, v string) bool {
			other, has := a.Labels[k]
			return !has || other != v
		})
	}
	return common
}

// incidentAlerts shows what was sent to PagerDuty.
func (d *details) incidentAlerts(list []sources.IncidentAlert) {
	for n, a := range list {
		if n == mostAlerts {
			return
		}
		d.heading("Sent to PagerDuty")
		d.field("summary", a.Summary)
		d.field("status", string(a.Status))
		d.field("severity", a.Severity)
		for _, l := range a.Links {
			if url := clean.URL(l.Href); url != "" {
				d.field("link", join(" ", l.Text, url))
			}
			if url := clean.URL(l.Image); url != "" {
				d.field("image", url)
			}
		}
		lines := flatten("", a.Details)
		for i, l := range lines {
			if i == mostDetailLines {
				d.out = append(d.out, d.theme.of(dim).on("…"))
				break
			}
			d.field(l.name, l.value)
		}
	}
}

// pair is one custom detail.
type pair struct{ name, value string }

// flatten makes lines of custom details, which are a string or whatever JSON
// allows.
func flatten(name string, value any) []pair {
	switch v := value.(type) {
	case nil:
		return nil
	case map[string]any:
		var out []pair
		for _, k := range slices.Sorted(maps.Keys(v)) {
			out = append(out, flatten(join(".", name, clean.Line(k)), v[k])...)
		}
		return out
	case []any:
		var out []pair
		for i, e := range v {
			out = append(out, flatten(fmt.Sprintf("%s[%d]", name, i), e)...)
		}
		return out
	case string:
		var out []pair
		for _, line := range strings.Split(clean.Text(v), "\n") {
			if strings.TrimSpace(line) == "" {
				continue
			}
			out = append(out, pair{name, line})
			name = ""
		}
		return out
	}
	return []pair{{name, fmt.Sprint(value)}}
}
