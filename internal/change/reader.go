package change

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// Reader reads what changed around a problem.
type Reader struct {
	// Events is PagerDuty, and Account its name, or those of several accounts. Events
	// may be nil.
	Events  sources.ChangeEvents
	Account string
	// Metrics are asked for the Queries.
	Metrics []sources.Metrics
	Queries []Query
	// ServiceOf returns the service that labels belong to, as for an alert. Nil
	// means that no series is of another service.
	ServiceOf func(labels map[string]string) string
	// Now is the clock.
	Now func() time.Time
}

// Reads reports whether there is anything to read.
func (r *Reader) Reads() bool {
	return r != nil && (r.Events != nil || len(r.Metrics) > 0 && len(r.Queries) > 0)
}

// Of reads what changed around the problem of a group, one request after the other.
// What could not be read is in the parts.
func (r *Reader) Of(ctx context.Context, g triage.Group) Found {
	now := r.Now()
	f := Found{Problem: ProblemOf(&g)}
	f.From, f.To = f.Problem.Window(now)
	if r.Events != nil {
		f.Parts = append(f.Parts, r.events(ctx, &g, f))
	}
	if len(r.Queries) == 0 {
		return f
	}
	labels := labelsOf(&g)
	for _, m := range Reporting(r.Metrics, &g) {
		f.Parts = append(f.Parts, r.queries(ctx, m, &g, labels, f))
	}
	return f
}

// events reads PagerDuty's change events.
func (r *Reader) events(ctx context.Context, g *triage.Group, f Found) Part {
	p := Part{From: cmp.Or(g.Account, r.Account), AsOf: f.To}
	var service, related []sources.ChangeEvent
	read := func(what string, events []sources.ChangeEvent, extent sources.Extent, err error) []sources.ChangeEvent {
		switch {
		case err != nil:
			p.failed("", err)
		case !extent.Whole():
			p.Missing = append(p.Missing, "not all "+what+" are listed, because "+clean.Line(extent.Why()))
		}
		return events
	}
	if g.ServiceID == "" {
		p.Missing = append(p.Missing, "change events of PagerDuty are not looked for: its service in PagerDuty is not known")
	} else {
		events, extent, err := r.Events.ChangeEvents(ctx, g.ServiceID, f.From, f.To)
		service = read("change events", events, extent, err)
	}
	if g.Incident != nil && !p.Failed {
		events, extent, err := r.Events.RelatedChangeEvents(ctx, g.Incident.ID)
		related = read("related change events", events, extent, err)
	}
	var future int
	if p.Changes, future = ofEvents(p.From, service, related, f.To); future > 0 {
		p.Missing = append(p.Missing, wording.Count(future, "change event")+map[bool]string{true: " is", false: " are"}[future == 1]+" dated in the future")
	}
	if p.Failed {
		p.AsOf = time.Time{}
	}
	return p
}

// failed adds why something could not be read. What was refused will be refused
// again.
func (p *Part) failed(what string, err error) {
	sentence := what + clean.Line(sources.Sentence(err))
	if !slices.Contains(p.Missing, sentence) {
		p.Missing = append(p.Missing, sentence)
	}
	switch sources.ReasonOf(err) {
	case sources.MissingAbility, sources.Forbidden, sources.NotFound, sources.Rejected:
	default:
		p.Failed = true
	}
}

// Reporting returns the Prometheuses that report alerts of a group, or all where none
// does.
func Reporting(all []sources.Metrics, g *triage.Group) []sources.Metrics {
	var those []sources.Metrics
	for _, m := range all {
		if slices.ContainsFunc(g.Alerts, func(a triage.Alert) bool { return slices.Contains(a.Sources, m.Source().Name) }) {
			those = append(those, m)
		}
	}
	if len(those) == 0 {
		return all
	}
	return those
}

// queryTime is how long one query may take.
const queryTime = 15 * time.Second

// queries asks a Prometheus for all queries.
func (r *Reader) queries(ctx context.Context, m sources.Metrics, g *triage.Group, labels map[string]string, f Found) Part {
	name := m.Source().Name
	p := Part{From: name, AsOf: f.To}
	s := step(f.To.Sub(f.From))
	window := sources.Range{From: f.From.Truncate(s), To: f.To.Truncate(s), Step: s}
	for _, q := range r.Queries {
		expression, lacks := q.For(labels)
		title := q.name(labels)
		if len(lacks) > 0 {
			p.Missing = append(p.Missing, fmt.Sprintf("%s: %s is not looked for: %s", name, title, lacking(g, lacks)))
			continue
		}
		answer, err := r.ask(ctx, m, expression, window)
		if err != nil {
			p.failed(name+": "+title+": ", err)
			if ctx.Err() != nil || unreachable(err) {
				break // the others would fail as well
			}
			continue
		}
		if !answer.Extent.Whole() {
			p.Missing = append(p.Missing, fmt.Sprintf("%s: %s: series may be missing, because %s", name, title, clean.Line(answer.Extent.Why())))
		}
		if answer.Histograms > 0 {
			p.Missing = append(p.Missing, fmt.Sprintf("%s: %s: native histograms are not looked at: %d series have no other value", name, title, answer.Histograms))
		}
		changes, missing := q.in(answer, window, labels, name, func(labels map[string]string) bool { return r.another(labels, g) }, f.Problem)
		p.Changes = append(p.Changes, changes...)
		for _, m := range missing {
			p.Missing = append(p.Missing, name+": "+m)
		}
	}
	slices.SortStableFunc(p.Changes, func(a, b Change) int { return a.At.Compare(b.At) })
	if p.Failed && len(p.Changes) == 0 {
		p.AsOf = time.Time{}
	}
	return p
}

// lacking says that a group does not have labels that a query needs.
func lacking(g *triage.Group, labels []string) string {
	noun := "label "
	if len(labels) > 1 {
		noun = "labels "
	}
	noun += strings.Join(labels, ", ")
	if len(g.Alerts) == 0 && len(g.SentLabels) == 0 {
		return "no alert of the incident is known, and its query needs the " + noun
	}
	return "the alerts have no " + noun + " in common, which its query needs"
}

func (r *Reader) ask(ctx context.Context, m sources.Metrics, expression string, window sources.Range) (sources.Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, queryTime)
	defer cancel()
	return m.QueryRange(ctx, expression, window)
}

// unreachable reports whether the server would not answer another query either.
func unreachable(err error) bool {
	switch sources.ReasonOf(err) {
	case sources.Unreachable, sources.Unauthorized, sources.NotAnAPI, sources.Misconfigured, sources.Canceled:
		return true
	}
	return false
}

// another reports whether a series belongs to another service than the group. A
// series without a service may belong to all.
func (r *Reader) another(labels map[string]string, g *triage.Group) bool {
	if r.ServiceOf == nil {
		return false
	}
	service := r.ServiceOf(labels)
	mine := append(slices.Clone(g.Services), g.Service)
	mine = slices.DeleteFunc(mine, func(s string) bool { return s == "" })
	return service != "" && len(mine) > 0 && !slices.ContainsFunc(mine, func(s string) bool { return strings.EqualFold(s, service) })
}

// labelsOf returns the labels that a group's alerts have in common.
func labelsOf(g *triage.Group) map[string]string {
	labels := maps.Clone(g.SentLabels)
	if len(g.Alerts) > 0 {
		labels = triage.CommonLabels(g.Alerts)
	}
	if labels == nil {
		labels = map[string]string{}
	}
	return labels
}
