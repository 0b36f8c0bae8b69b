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
		onCall, sleep, nights := shareText(p.onCall, all.onCall), shareText(p.sleep, all.sleep), shareText(p.nights, all.nights)
		if c.noOnCalls != "" {
			onCall = "?"
		}
		if p.noZone {
			sleep, nights = "?", "?"
		}
		equal := "-"
		if all.interruptions > 0 {
			equal = fmt.Sprintf("%.1f", p.interruptions/all.interruptions*float64(len(people)))
		}
		t.Rows = append(t.Rows, []string{
			c.nameOf(p.who), onCall, shareText(p.interruptions, all.interruptions), sleep, nights, shareText(p.engaged, all.engaged), equal,
		})
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

// shareText is a part of a whole, or "-" of nothing.
func shareText(part, whole float64) string {
	if whole == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f %%", 100*part/whole)
}
