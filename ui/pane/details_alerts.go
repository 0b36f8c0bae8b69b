package pane

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/labelset"
	"firstline/internal/slo"
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

// without is a set without the pairs of another one.
func without(all, common map[string]string) map[string]string {
	own := maps.Clone(all)
	maps.DeleteFunc(own, func(k, v string) bool { other, shared := common[k]; return shared && other == v })
	return own
}

// block begins the block of an alert: what differs from the others, and its state.
func (d *details) block(name string, labels, common map[string]string, state string, role draw.Role) {
	own := without(labels, common)
	d.out = append(d.out, "")
	head := clean.Line(name)
	// Where all have one name, it says nothing.
	if _, shared := common["alertname"]; shared && len(own) > 0 {
		head, own = clean.Line(strings.Join(pairsOf(own), "  ")), nil
	}
	delete(own, "alertname")
	if d.WidthOf(head)+d.WidthOf(state)+2 <= d.width {
		d.out = append(d.out, d.Spans(draw.Span{Text: head + "  ", Role: draw.Strong}, draw.Span{Text: state, Role: role}))
	} else {
		d.out = append(d.out, d.bold(head)...)
		d.fieldIn("state", state, role)
	}
	d.labels("labels", own)
}

// alert shows one alert without what it has in common with the others.
func (d *details) alert(a *triage.Alert, common, said map[string]string) {
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
	d.block(a.Name(), a.Labels, common, state, role)
	d.field("value", number(a.Value.String()))
	if ref, is := slo.Of(a.Labels, d.query(*a)); is {
		d.field("SLO", draw.Join(" of ", ref.Name, ref.Service)+" ("+string(ref.Origin)+")")
	}
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
