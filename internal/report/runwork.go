package report

import (
	"time"

	"firstline/internal/history/past"
	"firstline/sources"
)

// The defaults of run work.
const (
	RunWorkLimit = 0.2
	WorkingWeek  = 40 * time.Hour
)

// addRunWork adds the time in which people were engaged, split where a week begins.
func (c *computation) addRunWork() {
	for _, f := range c.facts[engaged] {
		until := f.At.Add(lengthIn(f))
		for at := f.At; at.Before(until); {
			next := c.monday(at).AddDate(0, 0, 7)
			if next.After(until) {
				next = until
			}
			c.add(weekWork, Fact{At: at, Incident: f.Incident, Person: f.Person, Number: next.Sub(at).Seconds()})
			at = next
		}
	}
}

func lengthIn(f *Fact) time.Duration { return time.Duration(f.Number) * time.Second }

// monday returns the beginning of the week of a time.
func (c *computation) monday(at time.Time) time.Time {
	if !at.Before(c.week.Since) && at.Before(c.week.Until) { // most are of the week before it
		return c.week.Since
	}
	local := at.In(c.o.Zone)
	monday := time.Date(local.Year(), local.Month(), local.Day()-(int(local.Weekday())+6)%7, 0, 0, 0, 0, c.o.Zone)
	c.week = sources.Span{Since: monday, Until: monday.AddDate(0, 0, 7)}
	return monday
}

// weeksOf returns which part of their working week each person was engaged, by the
// Monday of the week.
func (c *computation) weeksOf(facts []*Fact) map[string]map[time.Time]float64 {
	spans := map[string]map[time.Time][]sources.Span{}
	for _, f := range facts {
		if spans[f.Person] == nil {
			spans[f.Person] = map[time.Time][]sources.Span{}
		}
		week := c.monday(f.At)
		spans[f.Person][week] = append(spans[f.Person][week], sources.Span{Since: f.At, Until: f.At.Add(lengthIn(f))})
	}
	all := map[string]map[time.Time]float64{}
	for who, weeks := range spans {
		all[who] = map[time.Time]float64{}
		for week, of := range weeks {
			all[who][week] = totalOf(past.Union(of)).Seconds() / c.o.Week.Seconds()
		}
	}
	return all
}

// totalOf is how long spans are together.
func totalOf(spans []sources.Span) (long time.Duration) {
	for _, s := range spans {
		long += s.Until.Sub(s.Since)
	}
	return long
}

func mostRunWork(c *computation, facts []*Fact) (most float64, unknown string) {
	for _, weeks := range c.weeksOf(facts) {
		for _, part := range weeks {
			most = max(most, part)
		}
	}
	return most, ""
}

func weeksAbove(c *computation, facts []*Fact) (n float64, unknown string) {
	for _, weeks := range c.weeksOf(facts) {
		for _, part := range weeks {
			if part > c.o.RunWork {
				n++
			}
		}
	}
	return n, ""
}
