package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/wording"
	"firstline/sources"
)

// Compensation says what is paid for time on call.
type Compensation struct {
	// Currency is empty where no rates are configured.
	Currency string
	// OnCall, Level2 and CalledOut are rates for an hour: on call at level 1, only at
	// higher levels, and called out.
	OnCall, Level2, CalledOut float64
	// OnCallUnit and CalledOutUnit are what time is rounded up to; 0: it is not.
	OnCallUnit, CalledOutUnit time.Duration
	// OutsideBusiness leaves out business hours.
	OutsideBusiness bool
}

// pay is what one person is paid for.
type pay struct {
	onCall, level2, calledOut, longest time.Duration
	callOuts                           int
}

// compensation computes what people are paid for.
func (c *computation) compensation() Table {
	t := NewTable(CompensationTable)
	t.Head = slices.Clone(t.Head)
	rates := c.o.Compensation
	if rates.Currency != "" {
		for _, what := range []string{"on call", "levels 2+", "called out", "together"} {
			t.Head = append(t.Head, what+" "+rates.Currency)
		}
	}
	if t.Unknown = cmp.Or(c.unread, c.noOnCalls); t.Unknown != "" {
		return t
	}
	unzoned := 0
	spans := map[kind]map[string][]sources.Span{onCall1: c.spansOf(onCall1), onCall2: c.spansOf(onCall2), engaged: c.spansOf(engaged)}
	for _, who := range c.paid(spans) {
		row := []string{c.nameOf(who)}
		if _, ok := c.local(who, c.span.Since); !ok && rates.OutsideBusiness {
			unzoned++
			t.Rows = append(t.Rows, append(row, slices.Repeat([]string{"?"}, len(t.Head)-1)...))
			continue
		}
		p := c.payOf(who, spans)
		if p == (pay{}) {
			continue
		}
		row = append(row, hours(p.onCall), hours(p.level2), hours(p.calledOut), fmt.Sprint(p.callOuts), hours(p.longest))
		if rates.Currency != "" {
			onCall, level2, calledOut := p.onCall.Hours()*rates.OnCall, p.level2.Hours()*rates.Level2, p.calledOut.Hours()*rates.CalledOut
			for _, amount := range []float64{onCall, level2, calledOut, onCall + level2 + calledOut} {
				row = append(row, fmt.Sprintf("%.2f", amount))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if unzoned > 0 {
		t.Doubt = "which hours are business hours is not known of " + wording.Count(unzoned, "row") + ": no time zone in PagerDuty"
	}
	return t
}

// paid returns everybody who was on call or engaged, by name.
func (c *computation) paid(spans map[kind]map[string][]sources.Span) []string {
	var all []string
	for _, people := range spans {
		all = slices.AppendSeq(all, maps.Keys(people))
	}
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(c.nameOf(a), c.nameOf(b)), cmp.Compare(a, b)) })
	return slices.Compact(all)
}

func (c *computation) payOf(who string, spans map[kind]map[string][]sources.Span) (p pay) {
	rates := c.o.Compensation
	first := spans[onCall1][who]
	var second []sources.Span
	for _, s := range spans[onCall2][who] {
		second = append(second, past.Gaps(s, first)...)
	}
	p.onCall = roundUp(totalOf(c.payable(who, first)), rates.OnCallUnit)
	p.level2 = roundUp(totalOf(c.payable(who, second)), rates.OnCallUnit)
	paidUntil := time.Time{}
	for _, s := range c.payable(who, spans[engaged][who]) {
		p.callOuts++
		p.longest = max(p.longest, s.Until.Sub(s.Since))
		if s.Since.Before(paidUntil) {
			s.Since = paidUntil
		}
		if s.Until.After(s.Since) {
			long := roundUp(s.Until.Sub(s.Since), rates.CalledOutUnit)
			p.calledOut += long
			paidUntil = s.Since.Add(long)
		}
	}
	return p
}

// spansOf returns the times of the facts of each person, each minute once.
func (c *computation) spansOf(k kind) map[string][]sources.Span {
	all := map[string][]sources.Span{}
	for _, f := range c.facts[k] {
		all[f.Person] = append(all[f.Person], sources.Span{Since: f.At, Until: f.At.Add(lengthIn(f))})
	}
	for who := range all {
		all[who] = past.Union(all[who])
	}
	return all
}

// payable leaves out business hours where they are not paid.
func (c *computation) payable(who string, spans []sources.Span) []sources.Span {
	if !c.o.Compensation.OutsideBusiness {
		return spans
	}
	var all []sources.Span
	for _, s := range spans {
		all = append(all, past.Gaps(s, c.businessHours(who, s))...)
	}
	return all
}

// businessHours returns the business hours of a person on the days of a span.
func (c *computation) businessHours(who string, span sources.Span) (all []sources.Span) {
	first, _ := c.local(who, span.Since)
	for n := 0; ; n++ {
		at := func(hour int) time.Time {
			return time.Date(first.Year(), first.Month(), first.Day()+n, hour, 0, 0, 0, first.Location())
		}
		if !at(morning).Before(span.Until) {
			return all
		}
		if periodOf(at(morning)) == business {
			all = append(all, sources.Span{Since: at(morning), Until: at(evening)})
		}
	}
}

// roundUp rounds a time up to whole units.
func roundUp(d, unit time.Duration) time.Duration {
	if unit <= 0 {
		return d
	}
	return (d + unit - 1) / unit * unit
}

// hours writes a time as hours with two decimals.
func hours(d time.Duration) string { return fmt.Sprintf("%.2f", d.Hours()) }
