package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"firstline/internal/history/past"
	"firstline/internal/wording"
	"firstline/sources"
)

// burden is what a person carried.
type burden struct {
	who                                           string
	onCall, interruptions, sleep, nights, engaged float64
	noZone                                        bool
}

// fairness compares the people.
func (c *computation) fairness() Table {
	t := NewTable(FairnessTable)
	if t.Unknown = c.unread; t.Unknown != "" {
		return t
	}
	people, all := c.burdens()
	unzoned, unknownWays := 0, len(c.facts[unknownWay])
	for _, p := range people {
		if p.noZone {
			unzoned += int(p.interruptions)
		}
	}
	for _, p := range people {
		onCall, sleep, nights := shareCell(p.onCall, all.onCall), shareCell(p.sleep, all.sleep), shareCell(p.nights, all.nights)
		unknown := cell{"?", ""}
		if c.noOnCalls != "" {
			onCall = unknown
		}
		if p.noZone {
			sleep, nights = unknown, unknown
		}
		equal := cell{"-", ""}
		if all.interruptions > 0 {
			shares := p.interruptions / all.interruptions * float64(len(people))
			equal = cell{fmt.Sprintf("%.1f", shares), decimal(shares)}
		}
		name := c.nameOf(p.who)
		t.add(cell{name, name}, onCall, shareCell(p.interruptions, all.interruptions), sleep, nights, shareCell(p.engaged, all.engaged), equal)
	}
	var doubts []string
	if unzoned > 0 {
		doubts = append(doubts, wording.Count(unzoned, "interruption")+" of people without a time zone")
	}
	if unknownWays > 0 {
		doubts = append(doubts, wording.Count(unknownWays, "notification")+" in ways that were not recorded")
	}
	if len(doubts) > 0 {
		t.Doubt = "not counted: " + strings.Join(doubts, ", ")
	}
	if c.noOnCalls != "" {
		t.Doubt = strings.TrimPrefix(t.Doubt+"; "+c.noOnCalls, "; ")
	}
	return t
}

// burdens returns what each person carried who was on call or interrupted, the most
// interruptions first, and the sums.
func (c *computation) burdens() (people []burden, all burden) {
	of := map[string]*burden{}
	person := func(who string) *burden {
		if of[who] == nil {
			_, ok := c.local(who, c.span.Since)
			of[who] = &burden{who: who, noZone: !ok}
		}
		return of[who]
	}
	onCall := map[string][]sources.Span{}
	for _, k := range []kind{onCall1, onCall2} {
		for _, f := range c.facts[k] {
			onCall[f.Person] = append(onCall[f.Person], sources.Span{Since: f.At, Until: f.At.Add(lengthIn(f))})
		}
	}
	for who, spans := range onCall {
		person(who).onCall = totalOf(past.Union(spans)).Seconds()
	}
	for _, f := range c.facts[interruption] {
		p := person(f.Person)
		p.interruptions++
		if local, ok := c.local(f.Person, f.At); ok && periodOf(local) == sleep {
			p.sleep++
		}
	}
	for who, nights := range c.nightsOf(c.facts[notification]) {
		person(who).nights = float64(len(nights))
	}
	for _, f := range c.facts[engaged] {
		if p := of[f.Person]; p != nil {
			p.engaged += f.Number
		}
	}
	for _, p := range of {
		if p.onCall == 0 && p.interruptions == 0 {
			continue // notified again of what began before
		}
		people = append(people, *p)
		all.onCall += p.onCall
		all.interruptions += p.interruptions
		all.sleep += p.sleep
		all.nights += p.nights
		all.engaged += p.engaged
	}
	slices.SortFunc(people, func(a, b burden) int {
		return cmp.Or(cmp.Compare(b.interruptions, a.interruptions), cmp.Compare(c.nameOf(a.who), c.nameOf(b.who)), cmp.Compare(a.who, b.who))
	})
	return people, all
}
