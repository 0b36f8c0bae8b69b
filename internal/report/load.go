package report

import (
	"slices"
	"sort"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/sources"
)

// Loads computes what the incidents of services cost in spans of a time. It serves
// readiness, which asks the same of many spans that overlap.
type Loads struct {
	c  *computation
	of map[string]*[kinds][]*Fact // by the id of the service
	// unread is how many incidents have no service because they were not read.
	unread int
}

// Measure is how many of how many count.
type Measure struct {
	Count, All int
	// Open is of how many it is not known whether they count. They are not in All.
	// Doubt says why: "3 interruptions of people without a time zone".
	Open  int
	Doubt string
	// Partly is why there may be any number besides, as where a time was not read.
	Partly string
	// Unknown is why nothing is known. The numbers mean nothing then.
	Unknown string
	// Facts are those that count, the oldest first.
	Facts []*Fact
}

// Load is what the incidents of a service cost in a span.
type Load struct {
	Span sources.Span
	// Interruptions and Asleep are counts, Asleep those in the sleep hours of the
	// person.
	Interruptions, Asleep Measure
	// Contained is how many of the resolved incidents that first line was assigned to
	// it ended without others.
	Contained Measure
	// Unexplained is how many escalations from first line have no reason.
	Unexplained Measure
	// NeverActionable is how many of the incidents that began are of alerts that nobody
	// acts on.
	NeverActionable Measure
	// FirstLine is how many of the incidents that began were assigned to first line
	// first.
	FirstLine Measure
}

// NewLoads prepares the loads of spans within that of the options.
func NewLoads(h past.History, o Options) *Loads {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	l := &Loads{c: newComputation(&h, o, o.Span), of: map[string]*[kinds][]*Fact{}}
	for _, k := range []kind{interruption, unknownWay, touched, contained, toOwner, unknownSide} {
		for _, f := range l.c.facts[k] {
			if k == touched && f.Person != "" {
				continue
			}
			id := f.Incident.Service.ID
			if l.of[id] == nil {
				l.of[id] = new([kinds][]*Fact)
			}
			l.of[id][k] = append(l.of[id][k], f)
		}
	}
	for n := range h.Incidents {
		if i := &h.Incidents[n]; !i.Read() && !i.Deleted && l.c.touches(i) {
			l.unread++
		}
	}
	return l
}

// In has the times in sentences written in a zone.
func (l *Loads) In(zone *time.Location) { l.c.o.Zone = zone }

// Of returns what a service cost in a span.
func (l *Loads) Of(serviceID string, span sources.Span) Load {
	facts := l.of[serviceID]
	if facts == nil {
		facts = new([kinds][]*Fact)
	}
	in := func(k kind) []*Fact { return factsIn(facts[k], span) }
	load := Load{Span: span}
	whole := Measure{Partly: l.partly(span)}
	if l.c.unread != "" || len(past.Gaps(span, l.c.h.Log)) == 1 && past.Gaps(span, l.c.h.Log)[0] == span {
		whole.Unknown = "the history of this time was not read: run `firstline sync`"
	}
	load.Interruptions, load.Asleep, load.NeverActionable = whole, whole, whole
	load.Contained, load.Unexplained, load.FirstLine = whole, whole, whole
	begun := in(touched)
	load.interrupted(l.c, in(interruption), len(in(unknownWay)))
	load.neverActed(begun)
	if why := l.noFirstLine(); why != "" && whole.Unknown == "" {
		load.Contained.Unknown, load.Unexplained.Unknown, load.FirstLine.Unknown = why, why, why
	}
	load.firstLine(l.c, in(contained), in(toOwner), len(in(unknownSide)), begun)
	return load
}

// factsIn returns the facts in a span. They are in order.
func factsIn(facts []*Fact, span sources.Span) []*Fact {
	from := sort.Search(len(facts), func(n int) bool { return !facts[n].At.Before(span.Since) })
	to := sort.Search(len(facts), func(n int) bool { return !facts[n].At.Before(span.Until) })
	return facts[from:max(from, to)]
}

// partly says what of a span was not read.
func (l *Loads) partly(span sources.Span) string {
	clock := wallclock.In(l.c.o.Zone)
	for _, g := range past.Gaps(span, l.c.h.Log) {
		if g.Until.Sub(g.Since) > time.Hour {
			return "what happened from " + clock.Whole(g.Since) + " to " + clock.Whole(g.Until) + " was not read: run `firstline sync`"
		}
	}
	if l.unread > 0 {
		return "the service of " + wording.Count(l.unread, "incident") + " is not known: only their log could be read"
	}
	return ""
}

func (l *Loads) noFirstLine() string {
	figure := Figure{needs: needFirstLine}
	return l.c.whyUnknown(&figure)
}

func (load *Load) interrupted(c *computation, facts []*Fact, unsure int) {
	m := &load.Interruptions
	m.Count, m.All, m.Facts, m.Open = len(facts), len(facts), facts, unsure
	if unsure > 0 {
		m.Doubt = wording.Count(unsure, "notification") + " in ways that were not recorded"
	}
	m = &load.Asleep
	m.Open, m.Doubt = unsure, load.Interruptions.Doubt
	noZone := 0
	for _, f := range facts {
		switch local, found := c.local(f.Person, f.At); {
		case !found:
			noZone++
		case periodOf(local) == sleep:
			m.Facts = append(m.Facts, f)
		}
	}
	m.Count, m.All = len(m.Facts), len(facts)-noZone
	if noZone > 0 {
		m.Open += noZone
		m.Doubt = wording.Count(noZone, "interruption") + " of people without a time zone"
	}
}

// neverActed counts the incidents of alerts that nobody acts on, as the figure of the
// report does.
func (load *Load) neverActed(begun []*Fact) {
	const least = 2
	m := &load.NeverActionable
	byAlert := map[string][]*Fact{}
	for _, f := range begun {
		if f.Incident.Read() {
			m.All++
			key := alertOf(f.Incident)
			byAlert[key] = append(byAlert[key], f)
		}
	}
	for _, facts := range byAlert {
		if len(facts) >= least && !slices.ContainsFunc(facts, func(f *Fact) bool { return !endedAlone(f.Incident) }) {
			m.Count += len(facts)
			m.Facts = append(m.Facts, facts...)
		}
	}
	slices.SortStableFunc(m.Facts, func(a, b *Fact) int { return a.At.Compare(b.At) })
}

func (load *Load) firstLine(c *computation, ended, escalated []*Fact, unsure int, begun []*Fact) {
	const why = " from a time when it was not read who was on call"
	doubt := ""
	if unsure > 0 {
		doubt = wording.Count(unsure, "incident") + why
	}
	m := &load.Contained
	m.All, m.Open, m.Doubt = len(ended), unsure, doubt
	for _, f := range ended {
		if f.Number > 0 {
			m.Count++
			m.Facts = append(m.Facts, f)
		}
	}
	m = &load.Unexplained
	m.All, m.Open, m.Doubt = len(escalated), unsure, doubt
	for _, f := range escalated {
		if f.Why == "" {
			m.Count++
			m.Facts = append(m.Facts, f)
		}
	}
	m = &load.FirstLine
	for _, f := range begun {
		switch side, read := c.firstSide(f.Incident); {
		case !read:
			m.Open++
		case side == firstLine:
			m.Count++
			m.All++
			m.Facts = append(m.Facts, f)
		default:
			m.All++
		}
	}
	if m.Open > 0 {
		m.Doubt = wording.Count(m.Open, "incident") + why
	}
}

// firstSide returns who had an incident first. It reports false where that was not
// read.
func (c *computation) firstSide(i *past.Incident) (side, bool) {
	for _, e := range i.Entries {
		switch e.Kind {
		case past.Assign, past.Escalate, past.Delegate:
			if len(e.To) > 0 {
				return c.sideOf(e.To, e.At), c.onCallsRead(e.At)
			}
		}
	}
	return nobody, true
}
