package report

import (
	"cmp"
	"slices"
	"time"

	"firstline/internal/history/past"
	"firstline/sources"
)

// Plots are the interruptions of a report as plots show them.
type Plots struct {
	// Unknown is why nothing is known, in words that follow "because"; all else is
	// empty then. Doubt is a sentence on what is not counted, or empty.
	Unknown, Doubt string
	// People are who was interrupted, the most first, and who was on call without
	// an interruption.
	People []Bar
	Heat   Heat
	// Weeks are those of the time before and of the time, the oldest first.
	Weeks []Week
}

// Bar has the interruptions of one person, by the hours of that person. NoZone are
// those of a person whose time zone is not known.
type Bar struct {
	ID, Name                     string
	Business, Off, Sleep, NoZone int
}

// Total is all interruptions of the person.
func (b Bar) Total() int { return b.Business + b.Off + b.Sleep + b.NoZone }

// Heat has the interruptions by weekday, Monday first, and hour, each in the time zone
// of the person.
type Heat struct {
	Counts [7][24]int
	// Most is the largest count.
	Most int
	// NoZone are the interruptions of people without a time zone, which have no cell.
	NoZone int
}

// Total is all interruptions that have a cell.
func (h *Heat) Total() int {
	n := 0
	for _, hours := range h.Counts {
		for _, count := range hours {
			n += count
		}
	}
	return n
}

// Week has the interruptions of one week.
type Week struct {
	// Start is its Monday at 0:00.
	Start                        time.Time
	Business, Off, Sleep, NoZone int
	// Partly means that the week is not wholly in the report, Unread that a part of it
	// that is in the report was not read.
	Partly, Unread bool
}

// Total is all interruptions of the week that were read.
func (w Week) Total() int { return w.Business + w.Off + w.Sleep + w.NoZone }

// Plots returns what the plots of a report show.
func (r *Report) Plots() Plots {
	now, before := r.Total.value("interruptions"), r.Before.value("interruptions")
	if now.Unknown != "" && !now.partly {
		return Plots{Unknown: now.Unknown}
	}
	p := Plots{Doubt: now.Doubt}
	people := map[string]*Bar{}
	bar := func(who string) *Bar {
		if people[who] == nil {
			people[who] = &Bar{ID: who, Name: NameOf(r.People, who)}
		}
		return people[who]
	}
	for _, f := range r.Total.value("on_call_1").Facts() {
		bar(f.Person)
	}
	for _, f := range now.Facts() {
		b := bar(f.Person)
		local, zoned := r.local(f.Person, f.At)
		*part(zoned, local, &b.Business, &b.Off, &b.Sleep, &b.NoZone)++
		if !zoned {
			p.Heat.NoZone++
			continue
		}
		count := &p.Heat.Counts[(local.Weekday()+6)%7][local.Hour()]
		*count++
		p.Heat.Most = max(p.Heat.Most, *count)
	}
	for _, b := range people {
		p.People = append(p.People, *b)
	}
	slices.SortFunc(p.People, func(a, b Bar) int {
		return cmp.Or(cmp.Compare(b.Total(), a.Total()), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	p.Weeks = r.weeks(slices.Concat(before.Facts(), now.Facts()))
	return p
}

// part is where an interruption is counted.
func part(zoned bool, local time.Time, inBusiness, inOff, inSleep, noZone *int) *int {
	if !zoned {
		return noZone
	}
	return map[period]*int{business: inBusiness, off: inOff, sleep: inSleep}[periodOf(local)]
}

// weeks are all weeks of the time before and of the time.
func (r *Report) weeks(facts []*Fact) []Week {
	whole := sources.Span{Since: r.BeforeSpan.Since, Until: r.Span.Until}
	var weeks []Week
	for start := mondayOf(whole.Since, r.zone); start.Before(whole.Until); start = start.AddDate(0, 0, 7) {
		in := sources.Span{Since: latest(start, whole.Since), Until: earliest(start.AddDate(0, 0, 7), whole.Until)}
		w := Week{
			Start: start, Partly: in.Since.After(start) || in.Until.Before(start.AddDate(0, 0, 7)),
			Unread: slices.ContainsFunc(past.Gaps(in, r.read), func(g sources.Span) bool { return g.Until.Sub(g.Since) > time.Hour }),
		}
		for ; len(facts) > 0 && facts[0].At.Before(in.Until); facts = facts[1:] {
			local, zoned := r.local(facts[0].Person, facts[0].At)
			*part(zoned, local, &w.Business, &w.Off, &w.Sleep, &w.NoZone)++
		}
		weeks = append(weeks, w)
	}
	return weeks
}

// mondayOf is the beginning of the week of a time.
func mondayOf(at time.Time, zone *time.Location) time.Time {
	local := at.In(zone)
	return time.Date(local.Year(), local.Month(), local.Day()-(int(local.Weekday())+6)%7, 0, 0, 0, 0, zone)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// value returns a figure of the row.
func (r *Row) value(id string) Value {
	return r.Values[slices.IndexFunc(figures, func(f Figure) bool { return f.ID == id })]
}
