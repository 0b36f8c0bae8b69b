package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/wallclock"
)

// countedBy returns the facts that a figure counts, where these are not all of its kind.
var countedBy = map[string]func(c *computation, facts []*Fact) []*Fact{
	"business":      func(c *computation, facts []*Fact) []*Fact { return c.factsIn(facts, business) },
	"off":           func(c *computation, facts []*Fact) []*Fact { return c.factsIn(facts, off) },
	"sleep":         func(c *computation, facts []*Fact) []*Fact { return c.factsIn(facts, sleep) },
	"nights":        func(c *computation, facts []*Fact) []*Fact { return c.factsOfNights(facts, 1) },
	"nights_in_row": (*computation).factsOfLongestRow,
	"busy_shifts": func(c *computation, facts []*Fact) []*Fact {
		return c.factsOfShifts(facts, c.o.ShiftLimit+1)
	},
	"most_in_shift": func(c *computation, facts []*Fact) []*Fact {
		most, _ := mostInShift(c, facts)
		return c.factsOfShifts(facts, int(most))
	},
	"run_work": func(c *computation, facts []*Fact) []*Fact {
		most, _ := mostRunWork(c, facts)
		return c.factsOfWeeks(facts, func(part float64) bool { return part >= most })
	},
	"run_work_weeks": func(c *computation, facts []*Fact) []*Fact {
		return c.factsOfWeeks(facts, func(part float64) bool { return part > c.o.RunWork })
	},
	"top_share": (*computation).factsOfMost,
}

// aboutOf says which people and weeks a figure is about, for those that pick some.
var aboutOf = map[string]func(c *computation, facts []*Fact) string{
	"run_work":       (*computation).namedWeeks,
	"run_work_weeks": (*computation).namedWeeks,
	"top_share": func(c *computation, facts []*Fact) string {
		var names []string
		for _, f := range c.factsOfMost(facts) {
			if name := c.nameOf(f.Person); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		return strings.Join(names, "; ")
	},
}

// factsOfWeeks are those in the weeks of people whose engaged part fits.
func (c *computation) factsOfWeeks(facts []*Fact, fits func(part float64) bool) []*Fact {
	all := c.weeksOf(facts)
	return selected(facts, func(f *Fact) bool { return fits(all[f.Person][c.monday(f.At)]) })
}

// namedWeeks names the weeks of facts.
func (c *computation) namedWeeks(counted []*Fact) string {
	type personWeek struct {
		who    string
		monday time.Time
	}
	all, clock := c.weeksOf(counted), wallclock.In(c.o.Zone)
	var weeks []personWeek
	var names []string
	for _, f := range counted {
		w := personWeek{f.Person, c.monday(f.At)}
		if slices.Contains(weeks, w) {
			continue
		}
		weeks = append(weeks, w)
		names = append(names, fmt.Sprintf("%s in the week from %s: %.0f %%", c.nameOf(w.who), clock.Day(w.monday), 100*all[w.who][w.monday]))
	}
	return strings.Join(names, "; ")
}

// factsOfMost are those of the people with the most facts.
func (c *computation) factsOfMost(facts []*Fact) []*Fact {
	of, most := map[string]int{}, 0
	for _, f := range facts {
		of[f.Person]++
		most = max(most, of[f.Person])
	}
	return selected(facts, func(f *Fact) bool { return of[f.Person] == most })
}

// selected returns the facts that fit, and leaves the others where they are.
func selected(facts []*Fact, fits func(*Fact) bool) []*Fact {
	return slices.DeleteFunc(slices.Clone(facts), func(f *Fact) bool { return !fits(f) })
}

// factsIn are those in a part of the week.
func (c *computation) factsIn(facts []*Fact, want period) []*Fact {
	return selected(facts, func(f *Fact) bool {
		local, ok := c.local(f.Person, f.At)
		return ok && periodOf(local) == want
	})
}

// factsOfNights are those in nights that follow each other, at least so many.
func (c *computation) factsOfNights(facts []*Fact, least int) []*Fact {
	all := c.nightsOf(facts)
	return selected(facts, func(f *Fact) bool {
		local, ok := c.local(f.Person, f.At)
		if !ok {
			return false
		}
		night, ok := nightOf(local)
		if !ok {
			return false
		}
		first, last := night, night
		for all[f.Person][first-1] {
			first--
		}
		for all[f.Person][last+1] {
			last++
		}
		return int(last-first)+1 >= least
	})
}

func (c *computation) factsOfLongestRow(facts []*Fact) []*Fact {
	most, _ := nightsInRow(c, facts)
	return c.factsOfNights(facts, int(most))
}

// factsOfShifts are those in shifts with at least so many.
func (c *computation) factsOfShifts(facts []*Fact, least int) []*Fact {
	all := c.shiftsOf(facts)
	return selected(facts, func(f *Fact) bool {
		local, ok := c.local(f.Person, f.At)
		return ok && all[f.Person][shiftOf(local)] >= least
	})
}
