package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"firstline/internal/history/past"
	"firstline/sources"
)

// analyticsLate is how much later PagerDuty's Analytics may know what happened.
const analyticsLate = 24 * time.Hour

// compared is an incident that both know.
type compared struct {
	i      *past.Incident
	theirs map[string]float64
	// ours are the figures by the id of a metric; what is not known is left out.
	ours map[string]float64
	// unsure: how somebody was notified was not recorded; noZone: somebody who was
	// interrupted has no time zone.
	unsure, noZone bool
	ackers         int
}

// cause is why the two may differ.
type cause struct {
	text string
	is   func(c *computation, one *compared) bool
}

var (
	causeWays   = cause{"how somebody was notified is not in the log", func(_ *computation, one *compared) bool { return one.unsure }}
	causeZone   = cause{"somebody has no time zone in PagerDuty", func(_ *computation, one *compared) bool { return one.noZone }}
	causeJoined = cause{"Analytics counts those who accepted a request to join, which the log does not have", func(_ *computation, one *compared) bool {
		return int(one.theirs["engaged_user_count"]) > one.ackers || int(one.theirs["active_user_count"]) > one.ackers
	}}
	causeOpen     = cause{"it is open: ours counts up to the last sync", func(_ *computation, one *compared) bool { return one.i.Open() }}
	causeMerged   = cause{"it was merged, which is no resolution here", func(_ *computation, one *compared) bool { return one.i.MergedInto != "" }}
	causeReopened = cause{"it was opened again after a resolution", func(_ *computation, one *compared) bool {
		n := 0
		for _, e := range one.i.Entries {
			if e.Kind == past.Resolve {
				n++
			}
		}
		return n > 1
	}}
	causeLate = cause{"it changed in the last 24 hours, and Analytics may be that late", func(c *computation, one *compared) bool { return c.isLate(one.i.Last()) }}
)

// metric is a figure that both have.
type metric struct {
	title, theirs string
	unit          Unit
	median        bool
	causes        []cause
}

var metrics = []metric{
	{"interruptions", "total_interruptions", Count, false, []cause{causeWays}},
	{"in business hours", "business_hour_interruptions", Count, false, []cause{causeWays, causeZone}},
	{"in off hours", "off_hour_interruptions", Count, false, []cause{causeWays, causeZone}},
	{"in sleep hours", "sleep_hour_interruptions", Count, false, []cause{causeWays, causeZone}},
	{"acknowledged, p50", "seconds_to_first_ack", Seconds, true, nil},
	{"resolved, p50", "seconds_to_resolve", Seconds, true, []cause{causeMerged, causeReopened}},
	{"engaged time", "engaged_seconds", Seconds, false, []cause{causeOpen, causeJoined, causeReopened}},
	{"escalated by hand", "manual_escalation_count", Count, false, nil},
	{"escalated by a time-out", "timeout_escalation_count", Count, false, nil},
}

func (c *computation) isLate(at time.Time) bool { return at.After(c.read.Add(-analyticsLate)) }

// Compare sets the figures of PagerDuty's Analytics beside ours, for the incidents
// that began in the span. extent says what of theirs was read.
func Compare(h past.History, o Options, theirs []sources.AnalyzedIncident, extent sources.Extent) Table {
	t := NewTable(CompareTable)
	o = o.withDefaults()
	begun := o.Span
	if n := len(h.Log); n > 0 && h.Log[n-1].Until.After(o.Span.Until) {
		o.Span.Until = h.Log[n-1].Until // incidents may end after the span
	}
	c := newComputation(&h, o, o.Span)
	if t.Unknown = c.unread; t.Unknown != "" {
		return t
	}
	byID := map[string]*compared{}
	for n := range h.Incidents {
		if i := &h.Incidents[n]; i.Read() && !i.Deleted && c.wants(i) && !i.CreatedAt.Before(begun.Since) && i.CreatedAt.Before(begun.Until) {
			byID[i.ID] = &compared{i: i, ours: map[string]float64{}}
		}
	}
	c.measure(byID)
	t.add(c.meet(byID, theirs)...)
	var both []*compared
	for _, one := range byID {
		if one.theirs != nil {
			both = append(both, one)
		}
	}
	slices.SortFunc(both, func(a, b *compared) int {
		return cmp.Or(a.i.CreatedAt.Compare(b.i.CreatedAt), cmp.Compare(a.i.ID, b.i.ID))
	})
	for n := range metrics {
		t.add(c.compare(&metrics[n], both)...)
	}
	if !extent.Whole() {
		t.Doubt = "not all of Analytics was read: " + extent.Why()
	}
	return t
}

// measure computes our figures of each incident.
func (c *computation) measure(byID map[string]*compared) {
	add := func(k kind, f func(one *compared, fact *Fact)) {
		for _, fact := range c.facts[k] {
			if one := byID[fact.Incident.ID]; one != nil {
				f(one, fact)
			}
		}
	}
	for _, one := range byID {
		for _, id := range []string{
			"total_interruptions", "business_hour_interruptions", "off_hour_interruptions", "sleep_hour_interruptions",
			"engaged_seconds", "manual_escalation_count", "timeout_escalation_count",
		} {
			one.ours[id] = 0
		}
		acked := map[string]bool{}
		for _, e := range one.i.Entries {
			switch {
			case e.Kind == past.Acknowledge && e.By != "":
				acked[e.By] = true
			case e.Kind == past.Escalate && e.By == "":
				one.ours["timeout_escalation_count"]++
			case e.Kind == past.Escalate:
				one.ours["manual_escalation_count"]++
			}
		}
		one.ackers = len(acked)
	}
	names := map[period]string{business: "business", off: "off", sleep: "sleep"}
	add(interruption, func(one *compared, f *Fact) {
		one.ours["total_interruptions"]++
		local, ok := c.local(f.Person, f.At)
		one.noZone = one.noZone || !ok
		if ok {
			one.ours[names[periodOf(local)]+"_hour_interruptions"]++
		}
	})
	add(unknownWay, func(one *compared, _ *Fact) { one.unsure = true })
	add(engaged, func(one *compared, f *Fact) { one.ours["engaged_seconds"] += f.Number })
	add(ack, func(one *compared, f *Fact) { one.ours["seconds_to_first_ack"] = f.Number })
	add(resolved, func(one *compared, f *Fact) { one.ours["seconds_to_resolve"] = f.Number })
}

// meet finds the incidents of Analytics among ours, and returns the row about those
// that only one of the two has.
func (c *computation) meet(byID map[string]*compared, theirs []sources.AnalyzedIncident) []cell {
	var differ []string
	reasons := counted{}
	for _, one := range theirs {
		if ours := byID[one.ID]; ours != nil {
			ours.theirs = one.Metrics
			continue
		}
		differ = append(differ, one.ID)
		reasons.add("only Analytics has it: it is not in the stored history, or was deleted")
	}
	var here []string
	for _, one := range byID {
		switch {
		case one.theirs != nil:
			continue
		case c.isLate(one.i.CreatedAt):
			reasons.add("it began in the last 24 hours, and Analytics may be that late")
		default:
			reasons.add("only firstline has it, no cause was found")
		}
		here = append(here, nameOfIncident(one.i))
	}
	slices.Sort(here)
	differ = append(differ, here...)
	return append(same("incidents", fmt.Sprint(len(byID)), fmt.Sprint(len(theirs)), fmt.Sprint(len(differ))), some(differ), cell{reasons.text(), reasons.text()})
}

// compare returns the row about a metric.
func (c *computation) compare(m *metric, both []*compared) []cell {
	var ours, theirs []float64
	var differ []string
	reasons := counted{}
	tolerance := 0.5
	if m.unit == Seconds {
		tolerance = 1.5 // both count whole seconds
	}
	for _, one := range both {
		a, hasA := one.ours[m.theirs]
		b, hasB := one.theirs[m.theirs]
		if hasA {
			ours = append(ours, a)
		}
		if hasB {
			theirs = append(theirs, b)
		}
		if hasA == hasB && math.Abs(a-b) < tolerance {
			continue
		}
		differ = append(differ, nameOfIncident(one.i))
		at := slices.IndexFunc(m.causes, func(x cause) bool { return x.is(c, one) })
		switch {
		case at >= 0:
			reasons.add(m.causes[at].text)
		case causeLate.is(c, one):
			reasons.add(causeLate.text)
		case !hasB:
			reasons.add("Analytics does not say it")
		default:
			reasons.add("no cause was found")
		}
	}
	number := fmt.Sprint(len(differ))
	return []cell{{m.title, m.title}, m.sum(ours), m.sum(theirs), {number, number}, some(differ), {reasons.text(), reasons.text()}}
}

// sum sums up the numbers of a metric.
func (m *metric) sum(all []float64) cell {
	if m.median && len(all) == 0 {
		return cell{"-", ""}
	}
	total := 0.0
	if m.median {
		slices.Sort(all)
		total = all[(len(all)+1)/2-1]
	} else {
		for _, n := range all {
			total += n
		}
	}
	f := Figure{Unit: m.unit}
	return cell{f.Text(Value{Applies: true, Number: total}), decimal(total)}
}

func nameOfIncident(i *past.Incident) string {
	if i.Number > 0 {
		return fmt.Sprintf("#%d", i.Number)
	}
	return i.ID
}

// some names the first few, and all for programs.
func some(all []string) cell {
	const most = 3
	whole := strings.Join(all, " ")
	if len(all) > most {
		return cell{strings.Join(all[:most], " ") + " …", whole}
	}
	return cell{whole, whole}
}

// counted counts reasons.
type counted map[string]int

func (r counted) add(reason string) { r[reason]++ }

// text returns the reasons, the most frequent first.
func (r counted) text() string {
	var parts []string
	for reason := range r {
		parts = append(parts, reason)
	}
	slices.SortFunc(parts, func(a, b string) int { return cmp.Or(cmp.Compare(r[b], r[a]), cmp.Compare(a, b)) })
	for n, reason := range parts {
		parts[n] = fmt.Sprintf("%d: %s", r[reason], reason)
	}
	return strings.Join(parts, "; ")
}
