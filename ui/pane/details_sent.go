package pane

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/events"
	"firstline/internal/labelset"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/ui/draw"
)

// mostSent is how many of the alerts of an incident are shown whole.
const mostSent = 20

// incidentAlerts shows what was sent to PagerDuty: how many of how many alerts
// are open, the open ones first, and no more than anybody reads.
func (d *details) incidentAlerts(i sources.Incident, listed []triage.Alert) {
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
		d.field("summary", triage.ShortTitle(clean.Line(a.Summary)))
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
		d.customDetails(a.Details, listed)
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
		d.out = append(d.out, d.Cut(d.Spans(draw.Span{Text: d.Fit(string(a.Status), LabelWidth), Role: draw.Dim}, draw.Span{Text: triage.ShortTitle(clean.Line(cmp.Or(a.Summary, a.Key, a.ID))), Role: draw.Plain}), d.width))
	}
}

// customDetails shows the alerts in custom details as alerts, and all else by its
// names.
func (d *details) customDetails(all any, listed []triage.Alert) {
	fired, rest := takeAlerts(all, 0)
	blocks := d.sentAlerts(fired, listed)
	for i, l := range flatten("", rest) {
		if i == 0 && blocks {
			d.out = append(d.out, "")
		}
		if i == mostDetailLines {
			d.out = append(d.out, d.Theme.Of(draw.Dim).On("…"))
			break
		}
		d.detail(l)
	}
}

// detail shows one custom detail: a time by the clock, a link by its short form.
func (d *details) detail(l pair) {
	switch t, err := time.Parse(time.RFC3339Nano, l.value); {
	case err == nil && t.Unix() <= 0: // no time was meant
	case err == nil:
		d.field(l.name, d.moment(t))
	case clean.URL(l.value) != "":
		if !d.linked[clean.URL(l.value)] {
			d.link(l.name, "", l.value)
		}
	default:
		d.field(l.name, number(l.value))
	}
}

// sentAlerts shows the alerts of an event as they were when it was sent: those that
// are listed above are counted, each other one is a block with what differs.
func (d *details) sentAlerts(fired []events.Alert, listed []triage.Alert) (blocks bool) {
	if len(fired) == 0 {
		return false
	}
	others := slices.DeleteFunc(slices.Clone(fired), func(f events.Alert) bool {
		return slices.ContainsFunc(listed, func(a triage.Alert) bool { return isSame(&f, &a) })
	})
	switch above := len(fired) - len(others); {
	case len(others) == 0:
		d.field("alerts", wording.Count(above, "alert")+", listed above")
		return false
	case above > 0:
		d.field("alerts", fmt.Sprintf("%d of %d are listed above; the others, as they were sent:", above, len(fired)))
	}
	common, said, expression := map[string]string{}, map[string]string{}, ""
	if len(others) > 1 {
		expression = others[0].GeneratorURL
		if slices.ContainsFunc(others, func(f events.Alert) bool { return f.GeneratorURL != expression }) {
			expression = ""
		}
		common = labelset.Common(others, func(f *events.Alert) map[string]string { return f.Labels })
		said = labelset.Common(others, func(f *events.Alert) map[string]string { return f.Annotations })
	}
	for n := range others {
		if n == mostSent {
			d.out = append(d.out, "", d.Theme.Of(draw.Dim).On(fmt.Sprintf("… and %d more", len(others)-n)))
			break
		}
		f, state := &others[n], "sent as firing"
		if when := d.moment(f.StartsAt); f.StartsAt.Unix() > 0 {
			state += " since " + when
		}
		d.block(cmp.Or(f.Labels["alertname"], "alert "+f.Fingerprint), f.Labels, common, state, draw.Dim)
		d.annotations(without(f.Annotations, said))
		if expression == "" {
			d.expression(f.GeneratorURL)
		}
	}
	if len(common)+len(said)+len(expression) > 0 {
		d.out = append(d.out, "", d.Theme.Of(draw.Dim).On("All of these have"))
		d.labels("labels", common)
		d.annotations(said)
		d.expression(expression)
	}
	return true
}

// isSame reports whether an event names exactly a listed alert.
func isSame(f *events.Alert, a *triage.Alert) bool {
	if len(f.Labels) == 0 {
		return f.Fingerprint != "" && f.Fingerprint == a.Fingerprint
	}
	return maps.Equal(f.Labels, a.Labels)
}

// mostNested bounds details within details.
const mostNested = 4

// takeAlerts takes the alerts out of custom details, where they can be read
// without a loss. What it is given is never changed.
func takeAlerts(all any, depth int) (fired []events.Alert, rest any) {
	if fired, whole := alertsOf(all); whole {
		return fired, nil
	}
	object, is := all.(map[string]any)
	if !is || depth == mostNested {
		return nil, all
	}
	own := make(map[string]any, len(object))
	for _, name := range slices.Sorted(maps.Keys(object)) {
		found, left := takeAlerts(object[name], depth+1)
		for _, f := range found { // "firing" and "firing_json" may have the same
			if !slices.ContainsFunc(fired, func(g events.Alert) bool {
				return f.Fingerprint == g.Fingerprint && maps.Equal(f.Labels, g.Labels)
			}) {
				fired = append(fired, f)
			}
		}
		if left != nil {
			own[name] = left
		}
	}
	return fired, own
}

// alertsOf are the alerts that a text or an array is; whole: it is nothing else.
func alertsOf(v any) (fired []events.Alert, whole bool) {
	if _, isObject := v.(map[string]any); isObject {
		return nil, false
	}
	memory := &events.Memory{}
	memory.Next(labelset.Comparer{})
	fired = memory.Read(v).Fired
	switch v := v.(type) {
	case []any:
		whole = len(fired) == len(v)
	case string:
		heads := strings.Count("\n"+strings.ReplaceAll(v, "\r\n", "\n"), "\nLabels:\n")
		whole = len(fired) == heads && strings.HasPrefix(v, "Labels:")
	}
	return fired, whole && len(fired) > 0
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
	if number, is := value.(float64); is {
		return []pair{{name, strconv.FormatFloat(number, 'f', -1, 64)}}
	}
	return []pair{{name, fmt.Sprint(value)}}
}
