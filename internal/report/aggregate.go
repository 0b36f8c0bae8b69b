package report

import (
	"math"
	"slices"
)

// number is the count of the facts.
func number(_ *computation, facts []*Fact) (float64, string) { return float64(len(facts)), "" }

// count is number, for facts that are not of people.
func count(c *computation, facts []*Fact) (float64, string) { return number(c, facts) }

func sum(_ *computation, facts []*Fact) (total float64, unknown string) {
	for i := range facts {
		total += facts[i].Number
	}
	return total, ""
}

func distinctIncidents(_ *computation, facts []*Fact) (float64, string) {
	seen := map[string]bool{}
	for i := range facts {
		seen[facts[i].Incident.ID] = true
	}
	return float64(len(seen)), ""
}

func distinctAlerts(_ *computation, facts []*Fact) (float64, string) {
	seen := map[string]bool{}
	for i := range facts {
		seen[facts[i].Alert] = true
	}
	return float64(len(seen)), ""
}

// share is the part of the facts that count.
func share(c *computation, facts []*Fact) (float64, string) {
	if len(facts) == 0 {
		return 0, "first line was assigned to no incident that ended in this time"
	}
	total, _ := sum(c, facts)
	return total / float64(len(facts)), ""
}

// percentile returns the least value that p of 100 do not exceed.
func percentile(p int) func(*computation, []*Fact) (float64, string) {
	return func(_ *computation, facts []*Fact) (float64, string) {
		if len(facts) == 0 {
			return 0, "there was none in this time"
		}
		all := make([]float64, len(facts))
		for i := range facts {
			all[i] = facts[i].Number
		}
		slices.Sort(all)
		return all[max(int(math.Ceil(float64(len(all)*p)/100))-1, 0)], ""
	}
}

// inHours counts the interruptions in a part of the week.
func inHours(want period) func(*computation, []*Fact) (float64, string) {
	return func(c *computation, facts []*Fact) (float64, string) {
		n := 0
		for i := range facts {
			if local, ok := c.local(facts[i].Person, facts[i].At); ok && periodOf(local) == want {
				n++
			}
		}
		return float64(n), c.noZones(facts)
	}
}

// noZones returns why nothing is known of the hours of facts, where no person has a
// time zone.
func (c *computation) noZones(facts []*Fact) string {
	for i := range facts {
		if _, ok := c.local(facts[i].Person, facts[i].At); ok {
			return ""
		}
	}
	if len(facts) == 0 {
		return ""
	}
	return "the people have no time zone in PagerDuty"
}

// nightsOf returns the interrupted nights of each person.
func (c *computation) nightsOf(facts []*Fact) map[string]map[day]bool {
	all := map[string]map[day]bool{}
	for i := range facts {
		local, ok := c.local(facts[i].Person, facts[i].At)
		if !ok {
			continue
		}
		if night, ok := nightOf(local); ok {
			if all[facts[i].Person] == nil {
				all[facts[i].Person] = map[day]bool{}
			}
			all[facts[i].Person][night] = true
		}
	}
	return all
}

func nights(c *computation, facts []*Fact) (float64, string) {
	n := 0
	for _, of := range c.nightsOf(facts) {
		n += len(of)
	}
	return float64(n), c.noZones(facts)
}

func nightsInRow(c *computation, facts []*Fact) (float64, string) {
	most := 0
	for _, of := range c.nightsOf(facts) {
		for night := range of {
			if of[night-1] {
				continue // it is not the first of its row
			}
			long := 1
			for of[night+day(long)] {
				long++
			}
			most = max(most, long)
		}
	}
	return float64(most), c.noZones(facts)
}

// shiftsOf counts the interruptions of each shift of each person.
func (c *computation) shiftsOf(facts []*Fact) map[string]map[int]int {
	all := map[string]map[int]int{}
	for i := range facts {
		if local, ok := c.local(facts[i].Person, facts[i].At); ok {
			if all[facts[i].Person] == nil {
				all[facts[i].Person] = map[int]int{}
			}
			all[facts[i].Person][shiftOf(local)]++
		}
	}
	return all
}

func busyShifts(c *computation, facts []*Fact) (float64, string) {
	n := 0
	for _, of := range c.shiftsOf(facts) {
		for _, count := range of {
			if count > c.o.ShiftLimit {
				n++
			}
		}
	}
	return float64(n), c.noZones(facts)
}

func mostInShift(c *computation, facts []*Fact) (float64, string) {
	most := 0
	for _, of := range c.shiftsOf(facts) {
		for _, count := range of {
			most = max(most, count)
		}
	}
	return float64(most), c.noZones(facts)
}

// topShare is the share of the person with the most.
func topShare(_ *computation, facts []*Fact) (float64, string) {
	if len(facts) == 0 {
		return 0, "nobody was interrupted in this time"
	}
	of, most := map[string]int{}, 0
	for i := range facts {
		of[facts[i].Person]++
		most = max(most, of[facts[i].Person])
	}
	return float64(most) / float64(len(facts)), ""
}
