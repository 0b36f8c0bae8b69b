package pane

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/labelset"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/ui/draw"
)

// alerts shows how each alert differs from the others, and then once what
// all of them have.
func (d *details) alerts(list []triage.Alert) {
	if len(list) == 0 {
		return
	}
	d.heading(wording.Count(len(list), "alert"))
	common, said := map[string]string{}, map[string]string{}
	from, expression := fromOf(&list[0]), list[0].GeneratorURL
	if len(list) > 1 {
		common = labelset.Common(list, func(a *triage.Alert) map[string]string { return a.Labels })
		said = labelset.Common(list, func(a *triage.Alert) map[string]string { return a.Annotations })
		for i := range list {
			if fromOf(&list[i]) != from {
				from = ""
			}
			if list[i].GeneratorURL != expression {
				expression = ""
			}
		}
	}
	for n := range list {
		if n == MostAlerts {
			d.out = append(d.out, "", d.Theme.Of(draw.Dim).On(fmt.Sprintf("… and %d more", len(list)-n)))
			break
		}
		d.alert(&list[n], common, said)
		if f := fromOf(&list[n]); len(list) == 1 || from == "" {
			d.field("from", f)
		}
		if len(list) == 1 || expression == "" {
			d.expression(list[n].GeneratorURL)
		}
	}
	if len(list) > 1 {
		d.heading("All of them have")
		d.labels("labels", common)
		d.annotations(said)
		d.field("from", from)
		d.expression(expression)
	}
}

// fromOf names the sources of an alert.
func fromOf(a *triage.Alert) string { return strings.Join(a.Sources, ", ") }

// expression links to where an alert's expression can be looked at; the
// expression itself is shown in place of Prometheus's own long URL.
func (d *details) expression(link string) {
	text := ""
	if u, err := url.Parse(link); err == nil {
		text = u.Query().Get("g0.expr")
	}
	d.link("expression", text, link)
}

// alert shows one alert without what it has in common with the others.
func (d *details) alert(a *triage.Alert, common, said map[string]string) {
	without := func(all, common map[string]string) map[string]string {
		own := maps.Clone(all)
		maps.DeleteFunc(own, func(k, v string) bool { other, shared := common[k]; return shared && other == v })
		return own
	}
	d.out = append(d.out, "")
	state := string(a.State)
	if a.StateText != "" {
		state += " (" + clean.Line(a.StateText) + ")"
	}
	if when := d.moment(a.ActiveSince); when != "" {
		state += " since " + when
	}
	role := draw.Warning
	if a.State != sources.AlertFiring {
		role = draw.Dim
	}
	own := without(a.Labels, common)
	// Where all have one name, it says nothing.
	name := clean.Line(a.Name())
	if _, shared := common["alertname"]; shared {
		if few := pairsOf(own); len(few) > 0 && d.WidthOf(clean.Line(strings.Join(few, "  ")))+d.WidthOf(state)+2 <= d.width {
			name, own = clean.Line(strings.Join(few, "  ")), nil
		}
	}
	delete(own, "alertname")
	d.out = append(d.out, d.Cut(d.Spans(draw.Span{Text: name + "  ", Role: draw.Strong}, draw.Span{Text: state, Role: role}), d.width))
	d.labels("labels", own)
	d.field("value", a.Value)
	d.annotations(without(a.Annotations, said))
	if n := len(a.Originals); n > 0 {
		var each []string
		for _, labels := range a.Originals {
			each = append(each, strings.Join(pairsOf(without(labels, a.Labels)), " "))
		}
		d.field("Prometheus", wording.Count(n, "alert")+" there, which alert_relabel_configs make one: "+strings.Join(each, "; "))
	}
}

// annotations shows those that say something to a person.
func (d *details) annotations(set map[string]string) {
	for _, key := range []string{"summary", "message", "description"} {
		d.field(key, clean.HTML(set[key]))
	}
	d.link("dashboard", "", set["dashboard_url"])
}

func (d *details) labels(head string, set map[string]string) {
	d.field(head, strings.Join(pairsOf(set), "  "))
}

// pairsOf are labels as name=value, by name.
func pairsOf(set map[string]string) []string {
	pairs := make([]string, 0, len(set))
	for _, k := range slices.Sorted(maps.Keys(set)) {
		pairs = append(pairs, k+"="+set[k])
	}
	return pairs
}

// mostSent is how many of the alerts of an incident are shown whole.
const mostSent = 20

// incidentAlerts shows what was sent to PagerDuty: how many of how many alerts
// are open, the open ones first, and no more than anybody reads.
func (d *details) incidentAlerts(i sources.Incident) {
	list := slices.Clone(i.Alerts)
	closed := func(a sources.IncidentAlert) int {
		if a.Status == sources.Resolved {
			return 1
		}
		return 0
	}
	slices.SortStableFunc(list, func(a, b sources.IncidentAlert) int { return cmp.Compare(closed(a), closed(b)) })
	open := 0
	for _, a := range list {
		open += 1 - closed(a)
	}
	if all := max(i.AlertCount, len(list)); all > 1 {
		d.heading("Alerts of the incident")
		switch {
		case !i.AlertsRead && len(list) < all:
			d.field("open", fmt.Sprintf("%d of %d read; how many are open is not known yet", len(list), all))
			if i.TriggeredAlerts > 0 {
				d.field("", fmt.Sprintf("PagerDuty counts %d open", i.TriggeredAlerts))
			}
		default:
			d.field("open", fmt.Sprintf("%d of %d", open, all))
		}
	}
	for n, a := range list {
		if n == mostSent {
			d.folded(list[n:])
			return
		}
		d.heading("Sent to PagerDuty")
		d.field("summary", a.Summary)
		d.field("status", string(a.Status))
		d.field("severity", a.Severity)
		for _, l := range a.Links {
			if l.Image != "" {
				d.link("image", l.Text, l.Image)
				d.link("  leads to", "", l.Href)
			} else {
				d.link("link", l.Text, l.Href)
			}
		}
		lines := flatten("", a.Details)
		for i, l := range lines {
			if i == mostDetailLines {
				d.out = append(d.out, d.Theme.Of(draw.Dim).On("…"))
				break
			}
			d.field(l.name, l.value)
		}
	}
}

// folded shows the rest of an incident's alerts by a line each.
func (d *details) folded(list []sources.IncidentAlert) {
	d.heading("Sent to PagerDuty besides: " + wording.Count(len(list), "alert"))
	for n, a := range list {
		if n == MostAlerts {
			d.out = append(d.out, d.Theme.Of(draw.Dim).On(fmt.Sprintf("… and %d more", len(list)-n)))
			return
		}
		d.out = append(d.out, d.Cut(d.Spans(draw.Span{Text: d.Fit(string(a.Status), LabelWidth), Role: draw.Dim}, draw.Span{Text: clean.Line(cmp.Or(a.Summary, a.Key, a.ID)), Role: draw.Plain}), d.width))
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
			out = append(out, flatten(draw.Join(".", name, clean.Line(k)), v[k])...)
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
		for _, line := range strings.Split(clean.HTML(v), "\n") {
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
