package report

import "slices"

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
