// Package measure asks Prometheus for the error ratios of SLOs: of those that are
// configured, and of those that Sloth and Pyrra record.
package measure

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"firstline/internal/clean"
	"firstline/internal/slo"
	"firstline/internal/triage"
	"firstline/sources"
)

// How long the list of recorded SLOs is valid, how long ratios are, and how long what
// changes slowly is: the ratios over days, and how far back there is data.
const (
	listFor  = 10 * time.Minute
	ratioFor = time.Minute
	slowFor  = 10 * time.Minute
	slow     = 24 * time.Hour
)

// mostOfGroup is how many SLOs of a group are read.
const mostOfGroup = 4

// queryTime is how long one query may take.
const queryTime = 15 * time.Second

// Reader reads the SLOs of groups. It may be used by several goroutines.
type Reader struct {
	Metrics    []sources.Metrics
	Configured []slo.Objective
	Now        func() time.Time

	mu      sync.Mutex
	lists   map[string]recorded     // by the name of the Prometheus
	answers map[answerKey]slo.Value // by what was asked
	at      map[answerKey]time.Time // when it was asked
}

type answerKey struct{ source, expression string }

// recorded are the SLOs that a Prometheus records.
type recorded struct {
	list []entry
	at   time.Time
	err  error
}

// entry is a recorded SLO with the labels of its series.
type entry struct {
	objective slo.Objective
	labels    map[string]string
}

// Found is what is known of the SLOs of a group.
type Found struct {
	Readings []slo.Reading
	// Missing says why there may be others.
	Missing []string
}

// Any reports whether any SLO can be read at all.
func (r *Reader) Any() bool { return len(r.Metrics) > 0 }

// Of reads the SLOs of a group: those that its alerts are about, and those of its
// service. query returns the query of an alert's rule.
func (r *Reader) Of(ctx context.Context, g triage.Group, query func(triage.Alert) string) Found {
	var f Found
	for _, o := range r.Configured {
		if o.Service == g.Service {
			f.Readings = append(f.Readings, r.configured(ctx, o, &g))
		}
	}
	for _, m := range r.asked(&g) {
		list, err := r.recorded(ctx, m)
		if err != nil {
			f.Missing = append(f.Missing, m.Source().Name+": recorded SLOs are not known: "+clean.Line(sources.Sentence(err)))
			continue
		}
		for _, e := range wanted(list, &g, query) {
			if len(f.Readings) >= mostOfGroup {
				f.Missing = append(f.Missing, fmt.Sprintf("there are more SLOs than the %d that are read", mostOfGroup))
				return f
			}
			f.Readings = append(f.Readings, r.read(ctx, m, e.objective))
		}
	}
	return f
}

// wanted are the recorded SLOs that belong to a group, those of its alerts first.
func wanted(list []entry, g *triage.Group, query func(triage.Alert) string) []entry {
	var found []entry
	add := func(e entry) {
		same := func(other entry) bool {
			return other.objective.Origin == e.objective.Origin && other.objective.ID == e.objective.ID
		}
		if !slices.ContainsFunc(found, same) {
			found = append(found, e)
		}
	}
	for _, a := range g.Alerts {
		ref, is := slo.Of(a.Labels, query(a))
		if !is {
			continue
		}
		at := slices.IndexFunc(list, func(e entry) bool { return e.objective.Origin == ref.Origin && e.objective.ID == ref.ID })
		e := entry{objective: slo.Objective{Name: ref.Name, Origin: ref.Origin, ID: ref.ID, Service: ref.Service, Target: ref.Target}}
		if at >= 0 {
			e = list[at]
		}
		e.objective.Metric = cmp.Or(e.objective.Metric, ref.Metric)
		e.objective.Target = cmp.Or(e.objective.Target, ref.Target)
		add(e)
	}
	for _, e := range list {
		of := cmp.Or(e.objective.Service, e.labels["service"], e.labels["job"])
		if of != "" && of == g.Service {
			add(e)
		}
	}
	return found
}

// asked are the Prometheuses that report alerts of the group, else all.
func (r *Reader) asked(g *triage.Group) []sources.Metrics {
	var those []sources.Metrics
	for _, m := range r.Metrics {
		if slices.ContainsFunc(g.Alerts, func(a triage.Alert) bool { return slices.Contains(a.Sources, m.Source().Name) }) {
			those = append(those, m)
		}
	}
	if len(those) == 0 {
		return r.Metrics
	}
	return those
}

// configured reads a configured SLO from the first Prometheus that has its data.
func (r *Reader) configured(ctx context.Context, o slo.Objective, g *triage.Group) slo.Reading {
	var first slo.Reading
	for i, m := range r.asked(g) {
		reading := r.read(ctx, m, o)
		if i == 0 {
			first = reading
		}
		if reading.Left.Read() || len(reading.Burn) > 0 && reading.Burn[0].Read() {
			return reading
		}
	}
	if len(first.Burn) == 0 {
		unknown := slices.Repeat([]slo.Value{slo.Unknown("no Prometheus is configured")}, len(slo.Spans)+1)
		return slo.Compute(o, r.Now(), unknown[1:], unknown[0])
	}
	return first
}

// Recorded returns the SLOs that a Prometheus records.
func (r *Reader) Recorded(ctx context.Context, m sources.Metrics) ([]slo.Objective, error) {
	list, err := r.recorded(ctx, m)
	var found []slo.Objective
	for _, e := range list {
		found = append(found, e.objective)
	}
	return found, err
}

// The metrics that say which SLOs are recorded.
const recordedQuery = `{__name__=~"slo:objective:ratio|slo:time_period:days|pyrra_objective|pyrra_window"}`

// recorded are the SLOs that a Prometheus records.
func (r *Reader) recorded(ctx context.Context, m sources.Metrics) ([]entry, error) {
	name, now := m.Source().Name, r.Now()
	r.mu.Lock()
	before, is := r.lists[name]
	r.mu.Unlock()
	if is && now.Sub(before.at) < listFor && !now.Before(before.at) {
		return before.list, before.err
	}
	ctx, cancel := context.WithTimeout(ctx, queryTime)
	defer cancel()
	answer, err := m.Query(ctx, recordedQuery, now)
	if ctx.Err() != nil {
		return nil, cmp.Or(err, ctx.Err())
	}
	read := recorded{at: now, err: err}
	if err == nil {
		read.list = listOf(answer)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lists == nil {
		r.lists = map[string]recorded{}
	}
	r.lists[name] = read
	return read.list, err
}

func listOf(answer sources.Answer) []entry {
	var list []entry
	of := func(origin slo.Origin, id string, labels map[string]string) *slo.Objective {
		at := slices.IndexFunc(list, func(e entry) bool { return e.objective.Origin == origin && e.objective.ID == id })
		if at < 0 {
			at = len(list)
			list = append(list, entry{slo.Objective{Origin: origin, ID: id, Name: cmp.Or(labels["sloth_slo"], id), Service: labels["sloth_service"]}, labels})
		}
		return &list[at].objective
	}
	for _, s := range answer.Series {
		if len(s.Points) == 0 {
			continue
		}
		value := s.Points[len(s.Points)-1].Value
		metric, pyrra := s.Labels["__name__"], s.Labels["slo"]
		id := s.Labels["sloth_id"]
		switch {
		case metric == "slo:objective:ratio" && id != "":
			of(slo.Sloth, id, s.Labels).Target = value
		case metric == "slo:time_period:days" && id != "" && value > 0 && value < 1000:
			of(slo.Sloth, id, s.Labels).Window = time.Duration(value * 24 * float64(time.Hour))
		case metric == "pyrra_objective" && pyrra != "":
			of(slo.Pyrra, pyrra, s.Labels).Target = value
		case metric == "pyrra_window" && pyrra != "" && value > 0 && value < 1e9:
			of(slo.Pyrra, pyrra, s.Labels).Window = time.Duration(value) * time.Second
		}
	}
	slices.SortFunc(list, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.objective.Origin, b.objective.Origin), cmp.Compare(a.objective.ID, b.objective.ID))
	})
	return list
}

// read reads one SLO.
func (r *Reader) read(ctx context.Context, m sources.Metrics, o slo.Objective) slo.Reading {
	now := r.Now()
	ratios := make([]slo.Value, len(slo.Spans))
	for i, span := range slo.Spans {
		ratios[i] = r.ratio(ctx, m, o, span, now)
	}
	whole := slo.Unknown("its window is not known")
	if o.Window > 0 {
		if whole = r.enough(ctx, m, o, now); whole.Read() {
			whole = r.ratio(ctx, m, o, o.Window, now)
		}
	}
	return slo.Compute(o, now, ratios, whole)
}

// ratio is the error ratio over a span.
func (r *Reader) ratio(ctx context.Context, m sources.Metrics, o slo.Objective, span time.Duration, now time.Time) slo.Value {
	text, why := o.Ratio(span)
	if why != "" {
		return slo.Unknown(why)
	}
	ask := func() slo.Value {
		ctx, cancel := context.WithTimeout(ctx, queryTime)
		defer cancel()
		answer, err := m.Query(ctx, text, now)
		switch {
		case err != nil:
			return slo.Unknown(clean.Line(strings.TrimRight(sources.Sentence(err), ". ")))
		case !answer.Extent.Whole():
			return slo.Unknown("the answer may be wrong, because " + clean.Line(answer.Extent.Why()))
		case len(answer.Series) == 0 && o.Origin != slo.Configured:
			return slo.Unknown(fmt.Sprintf("%s does not record it", o.Origin))
		case len(answer.Series) == 0:
			return slo.Unknown("there is no data")
		case len(answer.Series) > 1:
			return slo.Unknown(fmt.Sprintf("there are %d series of it, and one is needed", len(answer.Series)))
		case len(answer.Series[0].Points) == 0:
			return slo.Unknown("it has no number")
		}
		return slo.Value{Number: answer.Series[0].Points[len(answer.Series[0].Points)-1].Value}
	}
	valid := slowFor
	if span < slow {
		valid = ratioFor
	}
	return r.remembered(answerKey{m.Source().Name, text}, valid, now, ask)
}

// remembered is what was asked a while ago, else what ask brings.
func (r *Reader) remembered(key answerKey, valid time.Duration, now time.Time, ask func() slo.Value) slo.Value {
	r.mu.Lock()
	value, is := r.answers[key]
	at := r.at[key]
	r.mu.Unlock()
	if is && value.Read() && now.Sub(at) < valid && !now.Before(at) {
		return value
	}
	value = ask()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.answers == nil || len(r.answers) > 1000 {
		r.answers, r.at = map[answerKey]slo.Value{}, map[answerKey]time.Time{}
	}
	r.answers[key], r.at[key] = value, now
	return value
}

// steps is how exactly it is found out how far back there is data.
const steps = 60

// enough says why there is less data than the window is long: without the beginning of
// the window nothing is known of the budget.
func (r *Reader) enough(ctx context.Context, m sources.Metrics, o slo.Objective, now time.Time) slo.Value {
	text := o.Presence()
	if text == "" {
		return slo.Unknown("how far back there is data is not known")
	}
	step := (o.Window / steps).Truncate(time.Second)
	return r.remembered(answerKey{m.Source().Name, "since " + slo.Range(o.Window) + " " + text}, slowFor, now, func() slo.Value {
		ctx, cancel := context.WithTimeout(ctx, queryTime)
		defer cancel()
		from := now.Add(-o.Window)
		answer, err := m.QueryRange(ctx, text, sources.Range{From: from, To: now, Step: step})
		if err != nil {
			return slo.Unknown(clean.Line(strings.TrimRight(sources.Sentence(err), ". ")))
		}
		first := time.Time{}
		for _, s := range answer.Series {
			if len(s.Points) > 0 && (first.IsZero() || s.Points[0].At.Before(first)) {
				first = s.Points[0].At
			}
		}
		switch {
		case first.IsZero():
			return slo.Unknown("there is no data")
		case first.Sub(from) > 2*step:
			return slo.Unknown(fmt.Sprintf("its data begins less than %s ago, and the window is %s", slo.Length(now.Sub(first)+step), slo.Range(o.Window)))
		}
		return slo.Value{}
	})
}
