package escalation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/wallclock"
	"firstline/sources"
)

// Covers reports whether an on-call entry applies at a time. PagerDuty gives no
// start and no end for a direct target of the policy.
func Covers(o sources.OnCall, at time.Time) bool {
	return (o.Start.IsZero() || !o.Start.After(at)) && (o.End.IsZero() || o.End.After(at))
}

// name returns the policy's name for a sentence.
func (p *Policy) name() string {
	return called(sources.Reference{ID: p.ID, Name: p.Name}, "the policy")
}

// called returns a reference's name, else otherwise.
func called(r sources.Reference, otherwise string) string {
	if strings.TrimSpace(r.Name) != "" {
		return r.Name
	}
	return otherwise
}

// last returns the number of the last level that was read.
func (p *Policy) last() int {
	last := len(p.Levels)
	for _, o := range p.OnCalls {
		last = max(last, o.Level)
	}
	return last
}

// delay returns the time of a level before the next one is notified, or 0 when
// unknown.
func (p *Policy) delay(level int) time.Duration {
	if level < 1 || level > len(p.Levels) {
		return 0
	}
	return p.Levels[level-1].Delay
}

// share returns how many of the people on call for a level are notified.
func (p *Policy) share(level, people int, missing bool) Share {
	strategy := ""
	if level >= 1 && level <= len(p.Levels) {
		strategy = p.Levels[level-1].Strategy
	}
	switch {
	case strategy == sources.AssignToEveryone || people == 1 && !missing:
		return All
	case strategy == sources.RoundRobin:
		return One
	}
	return OneOrAll
}

// OnCall returns the people on call for a level at a time, each once. missing
// is why there may be others; when it is empty, these are all, and an empty
// list means nobody. now is the time for which the entries were read, unless
// they extend further.
func (p *Policy) OnCall(level int, at, now time.Time) (people []Person, missing string) {
	covered := map[string]bool{}
	for _, o := range p.OnCalls {
		if o.Level != level || !Covers(o, at) {
			continue
		}
		covered[o.Schedule.ID] = true
		people = join(people, o)
	}
	switch {
	case !p.OnCallsRead.Read:
		return people, "who is on call for " + p.name() + " has not been read"
	case !p.OnCallsRead.Whole():
		return people, "not all of those on call for " + p.name() + " could be read, because " + p.OnCallsRead.Missing
	}
	return people, p.gap(level, at, now, covered)
}

// gap says that it is unknown who is on call in one of the level's schedules at
// a time. It returns "" when all are known. covered are the schedules with
// somebody on call then.
func (p *Policy) gap(level int, at, now time.Time, covered map[string]bool) string {
	if !p.Until.IsZero() && !at.After(p.Until) {
		return ""
	}
	ends := map[string]sources.OnCall{} // the last turn that has ended by then
	var schedules []sources.Reference
	add := func(s sources.Reference) {
		if s.ID != "" && !covered[s.ID] && !slices.ContainsFunc(schedules, func(r sources.Reference) bool { return r.ID == s.ID }) {
			schedules = append(schedules, s)
		}
	}
	for _, o := range p.OnCalls {
		if o.Level != level || o.Schedule.ID == "" {
			continue
		}
		add(o.Schedule)
		if before, ok := ends[o.Schedule.ID]; !o.End.IsZero() && !o.End.After(at) && (!ok || o.End.After(before.End)) {
			ends[o.Schedule.ID] = o
		}
	}
	if at.After(now) && level >= 1 && level <= len(p.Levels) {
		for _, t := range p.Levels[level-1].Targets {
			if strings.HasPrefix(t.Type, "schedule") {
				add(t)
			}
		}
	}
	for _, s := range schedules {
		o, ended := ends[s.ID]
		switch {
		case ended && o.End.After(now):
			return fmt.Sprintf("%s is on call by %s until %s, and who is after that has not been read",
				called(o.User, "somebody"), called(o.Schedule, "a schedule"), wallclock.Of(now).Weekday(o.End))
		case ended:
			return fmt.Sprintf("the turn of %s on %s has ended since it was read", called(o.User, "somebody"), called(o.Schedule, "a schedule"))
		case at.After(now):
			return fmt.Sprintf("nobody is on call by %s now, and who is later has not been read", called(s, "a schedule"))
		}
	}
	return ""
}

// join adds the person of an entry, or adds the entry's schedule and end to the
// person if already present.
func join(people []Person, o sources.OnCall) []Person {
	at := slices.IndexFunc(people, func(p Person) bool { return p.User.ID == o.User.ID })
	if at < 0 {
		people = append(people, Person{User: o.User, OnCall: true, Until: o.End})
		at = len(people) - 1
	}
	p := &people[at]
	if o.Schedule.ID != "" || o.Schedule.Name != "" {
		if !slices.ContainsFunc(p.Via, func(s sources.Reference) bool { return s.ID == o.Schedule.ID && s.Name == o.Schedule.Name }) {
			p.Via = append(p.Via, o.Schedule)
		}
	}
	if p.Until.IsZero() || o.End.IsZero() {
		p.Until = time.Time{} // no end is the longest
	} else if o.End.After(p.Until) {
		p.Until = o.End
	}
	return people
}
