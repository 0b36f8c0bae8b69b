package report

import (
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/history/past"
	"firstline/internal/notetext"
	"firstline/sources"
)

// addIncident adds the facts about one incident.
func (c *computation) addIncident(i *past.Incident) {
	c.addInterruptions(i)
	c.addTouched(i)
	c.addAcks(i)
	c.addEnd(i)
	c.addEngaged(i)
	c.addSides(i)
}

func (c *computation) add(k kind, f Fact) {
	if !c.in(f.At) || c.o.Person != "" && !c.isPerson(f.Person) {
		return
	}
	const together = 256 // so that each is no allocation of its own
	if len(c.free) == 0 {
		c.free = make([]Fact, together)
	}
	c.free[0] = f
	c.facts[k], c.free = append(c.facts[k], &c.free[0]), c.free[1:]
}

// addInterruptions adds notifications and interruptions.
func (c *computation) addInterruptions(i *past.Incident) {
	first := map[string]bool{}
	unsure := map[string]time.Time{}
	var order []string // of unsure
	for _, e := range i.Entries {
		if e.Kind != past.Notify {
			continue
		}
		for _, who := range e.To {
			switch e.Way {
			case past.Email:
			case past.UnknownWay:
				if _, found := unsure[who]; !found {
					unsure[who] = e.At
					order = append(order, who)
				}
			default:
				f := Fact{At: e.At, Incident: i, Person: who, Number: 1}
				c.add(notification, f)
				if first[who] {
					continue
				}
				first[who] = true
				c.add(interruption, f)
				switch {
				case i.Read() && i.DetailsRead && i.Runbook == "":
					c.add(noRunbook, f)
				case !i.DetailsRead:
					c.add(unknownDetails, f)
				}
			}
		}
	}
	for _, who := range order {
		if !first[who] {
			c.add(unknownWay, Fact{At: unsure[who], Incident: i, Person: who, Number: 1})
		}
	}
}

// quarter is the smallest difference of time zones.
const quarter = 15 * time.Minute

// addTouched adds who had to do with an incident.
func (c *computation) addTouched(i *past.Incident) {
	if !i.Begun().IsZero() {
		c.add(touched, Fact{At: i.Begun(), Incident: i, Number: 1})
	}
	// Once a quarter of an hour is enough for every grouping.
	type when struct {
		who string
		at  time.Time
	}
	var seen []when
	touch := func(who string, at time.Time) {
		if h := (when{who, at.Truncate(quarter)}); who != "" && c.in(at) && !slices.Contains(seen, h) {
			seen = append(seen, h)
			c.add(touched, Fact{At: at, Incident: i, Person: who, Number: 1})
		}
	}
	for _, e := range i.Entries {
		for _, who := range e.To {
			touch(who, e.At)
		}
		touch(e.By, e.At)
	}
}

// addAcks adds the times to acknowledge.
func (c *computation) addAcks(i *past.Incident) {
	assigned, acked := map[string]time.Time{}, map[string]bool{}
	any := false
	for _, e := range i.Entries {
		switch e.Kind {
		case past.Assign, past.Escalate, past.Delegate:
			for _, who := range e.To {
				if _, was := assigned[who]; !was {
					assigned[who] = e.At
				}
			}
		case past.Acknowledge:
			if e.By == "" {
				continue
			}
			if !any && i.Read() {
				any = true
				c.add(ack, Fact{At: e.At, Incident: i, Number: e.At.Sub(i.CreatedAt).Seconds(), By: e.By})
			}
			if at, was := assigned[e.By]; was && !acked[e.By] {
				acked[e.By] = true
				c.add(personAck, Fact{At: e.At, Incident: i, Person: e.By, Number: e.At.Sub(at).Seconds()})
			}
		}
	}
}

// endOf returns the last resolution of an incident that is resolved.
func endOf(i *past.Incident) (at time.Time, by string, ok bool) {
	if !i.Read() || i.Open() {
		return time.Time{}, "", false
	}
	for _, e := range slices.Backward(i.Entries) {
		if e.Kind == past.Resolve {
			return e.At, e.By, true
		}
	}
	return i.ChangedAt, "", !i.Deleted && !i.ChangedAt.IsZero()
}

func (c *computation) addEnd(i *past.Incident) {
	if at, by, ok := endOf(i); ok && i.MergedInto == "" {
		c.add(resolved, Fact{At: at, Incident: i, Number: at.Sub(i.CreatedAt).Seconds(), By: by})
	}
}

// addEngaged adds the time from acknowledging to the resolution.
func (c *computation) addEngaged(i *past.Incident) {
	since := map[string]time.Time{}
	var order []string
	end := func(at time.Time) {
		for _, who := range order {
			from := c.clip(since[who])
			if long := c.clip(at).Sub(from); long > 0 {
				c.add(engaged, Fact{At: from, Incident: i, Person: who, Number: long.Seconds()})
			}
		}
		since, order = map[string]time.Time{}, nil
	}
	for _, e := range i.Entries {
		switch e.Kind {
		case past.Acknowledge:
			if _, is := since[e.By]; e.By != "" && !is {
				since[e.By] = e.At
				order = append(order, e.By)
			}
		case past.Resolve:
			end(e.At)
		}
	}
	until := c.read
	if !i.Open() { // its end is not in the log
		until = i.Last()
	}
	end(until)
}

// side is who has an incident.
type side int

const (
	nobody side = iota
	firstLine
	others
)

// sideOf returns first line if one of the people is on call for it.
func (c *computation) sideOf(people []string, at time.Time) side {
	if len(people) == 0 {
		return nobody
	}
	for _, who := range people {
		if c.onCallFor(who, at) {
			return firstLine
		}
	}
	return others
}

// addSides adds what went from first line to others and back.
func (c *computation) addSides(i *past.Incident) {
	if c.firstLine == nil {
		return
	}
	has, was, crossed := nobody, false, false
	other := false
	for _, e := range i.Entries {
		switch e.Kind {
		case past.Assign, past.Escalate, past.Delegate:
			if len(e.To) == 0 {
				continue
			}
			if !c.onCallsRead(e.At) {
				c.add(unknownSide, Fact{At: e.At, Incident: i, Number: 1})
				return
			}
			next := c.sideOf(e.To, e.At)
			was, other = was || next == firstLine, other || next == others
			if has != nobody && next != has {
				c.addCrossing(i, e, next, crossed)
				crossed = true
			}
			has = next
		case past.Acknowledge, past.Resolve:
			other = other || e.By != "" && !c.onCallFor(e.By, e.At)
		}
	}
	if at, _, ok := endOf(i); ok && was && i.MergedInto == "" {
		f := Fact{At: at, Incident: i, Number: 1}
		if other {
			f.Number = 0
		}
		c.add(contained, f)
	}
}

func (c *computation) addCrossing(i *past.Incident, e past.Entry, to side, back bool) {
	f := Fact{At: e.At, Incident: i, Number: 1, By: e.By, Why: reasonOf(i, e)}
	if f.By == "" {
		f.By = TimeOut
	}
	if back {
		c.add(returned, f)
	}
	if to == firstLine {
		c.add(toFirstLine, f)
		return
	}
	c.add(toOwner, f)
	if c.o.Hours == nil {
		return
	}
	if hours, found := c.o.Hours(i.Service); found && !hours.Covers(e.At) {
		c.add(exception, f)
	}
}

// reasonSpan is how near a note must be to be the reason of an escalation.
const reasonSpan = 5 * time.Minute

// reasonOf returns the note of the person who escalated that is nearest.
func reasonOf(i *past.Incident, e past.Entry) string {
	text, best := "", reasonSpan+1
	for _, n := range i.Entries {
		if away := n.At.Sub(e.At).Abs(); n.Kind == past.Note && n.By == e.By && e.By != "" && away < best {
			text, best = notetext.Unmarked(strings.TrimSpace(clean.Text(n.Text))), away
		}
	}
	return text
}

// addAlerts adds what is about all incidents of an alert.
func (c *computation) addAlerts(incidents []*past.Incident) {
	const many, within, idleLeast = 3, time.Hour, 2
	byAlert := map[string][]*past.Incident{}
	for _, i := range incidents {
		if i.Read() && c.in(i.CreatedAt) {
			key := alertOf(i)
			byAlert[key] = append(byAlert[key], i)
		}
	}
	for key, all := range byAlert {
		slices.SortStableFunc(all, func(a, b *past.Incident) int { return a.CreatedAt.Compare(b.CreatedAt) })
		flaps := make([]bool, len(all))
		alone := len(all) >= idleLeast
		for n, i := range all {
			if last := n + many - 1; last < len(all) && all[last].CreatedAt.Sub(i.CreatedAt) <= within {
				for k := n; k <= last; k++ {
					flaps[k] = true
				}
			}
			alone = alone && endedAlone(i)
		}
		for n, i := range all {
			f := Fact{At: i.CreatedAt, Incident: i, Number: 1, Alert: key}
			if flaps[n] {
				c.add(flapping, f)
			}
			if alone {
				c.add(idle, f)
			}
		}
	}
}

// alertOf returns what an alert is recognized by.
func alertOf(i *past.Incident) string {
	name := i.Alert
	if name == "" {
		name = i.Title
	}
	return i.Service.ID + "\x00" + name
}

// endedAlone reports whether an incident ended and nobody acted on it.
func endedAlone(i *past.Incident) bool {
	_, by, ended := endOf(i)
	return ended && by == "" && i.MergedInto == "" && !slices.ContainsFunc(i.Entries, func(e past.Entry) bool {
		return e.By != "" && e.Kind != past.Trigger && e.Kind != past.Notify
	})
}

// addTurns adds the time on call, day by day, each minute of a person once.
func (c *computation) addTurns(policies map[string]bool) {
	spans := map[kind]map[string][]sources.Span{onCall1: {}, onCall2: {}}
	for _, t := range c.h.Turns {
		if policies != nil && !policies[t.Policy.ID] {
			continue
		}
		k := onCall1
		if t.Level > 1 {
			k = onCall2
		}
		s := sources.Span{Since: c.clip(t.Start), Until: c.clip(t.End)}
		spans[k][t.Person] = append(spans[k][t.Person], s)
	}
	for k, people := range spans {
		for who, all := range people {
			for _, s := range past.Union(all) {
				for at := s.Since; at.Before(s.Until); {
					local := at.In(c.o.Zone)
					next := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, c.o.Zone)
					if next.After(s.Until) {
						next = s.Until
					}
					c.add(k, Fact{At: at, Person: who, Number: next.Sub(at).Seconds()})
					at = next
				}
			}
		}
	}
}
