package escalation

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/wallclock"
	"firstline/sources"
)

// Ahead is how far ahead turns are read and gaps are looked for.
const Ahead = 14 * 24 * time.Hour

// Gap is a span of time in which nobody is on call for a level. To is when
// somebody is again. It is zero where nobody is up to the end of what was read.
type Gap struct{ From, To time.Time }

// Coverage says when nobody is on call for a level.
type Coverage struct {
	// Gaps are the spans for which it is certain.
	Gaps []Gap
	// Until is up to when the level was examined.
	Until time.Time
	// Unknown is from when on there may be gaps that are not in Gaps, and Because
	// is why. Because is empty where all gaps before Until are known.
	Unknown time.Time
	Because string
}

// Coverage returns the gaps of a level from now until a time. A gap is certain
// only where the list of entries is whole and was read up to then. Several targets
// of a level cover each other, and a direct target is always on call.
func (p *Policy) Coverage(level int, now, until time.Time) Coverage {
	c := Coverage{Until: until}
	free := p.uncovered(level, now, until)
	if len(free) == 0 {
		return c
	}
	_, unread := p.OnCall(level, now, now)
	unknown := func(from time.Time, why string) Coverage {
		c.Unknown, c.Because = from, why
		return c
	}
	direct := p.directTarget(level)
	switch {
	case !p.OnCallsRead.Whole() && direct != nil:
		return c // the target is on call, whoever else is
	case !p.OnCallsRead.Whole():
		return unknown(free[0].From, unread)
	case direct != nil:
		return unknown(free[0].From, fmt.Sprintf("%s is a target of level %d, and PagerDuty lists no on-call entry for it", called(*direct, "somebody"), level))
	case p.Until.IsZero() && free[0].From.After(now):
		return unknown(free[0].From, "only who is on call now has been read")
	case p.Until.IsZero() && unread != "":
		return unknown(now, unread)
	case p.Until.IsZero():
		c.Gaps = []Gap{{From: now}}
		return unknown(now, "only who is on call now has been read")
	}
	for _, g := range free {
		switch {
		case !g.From.Before(p.Until):
			return unknown(g.From, p.readUntil(now))
		case g.To.After(p.Until) || g.To.IsZero() && until.After(p.Until):
			c.Gaps = append(c.Gaps, Gap{From: g.From})
			return unknown(p.Until, p.readUntil(now))
		}
		c.Gaps = append(c.Gaps, g)
	}
	return c
}

func (p *Policy) readUntil(now time.Time) string {
	return "who is on call after " + wallclock.Of(now).Whole(p.Until) + " has not been read"
}

// uncovered returns the spans between two times that no entry of a level covers. To
// is zero for a span that no entry ends.
func (p *Policy) uncovered(level int, from, until time.Time) []Gap {
	var turns []sources.OnCall
	for _, o := range p.OnCalls {
		if o.Level == level && (o.Start.IsZero() || o.End.IsZero() || o.Start.Before(o.End)) {
			turns = append(turns, o)
		}
	}
	slices.SortStableFunc(turns, func(a, b sources.OnCall) int { return a.Start.Compare(b.Start) })
	var free []Gap
	for _, o := range turns {
		if !from.Before(until) {
			return free
		}
		if o.Start.After(from) {
			if !o.Start.Before(until) {
				break
			}
			free = append(free, Gap{from, o.Start})
			from = o.Start
		}
		switch {
		case o.End.IsZero():
			return free
		case o.End.After(from):
			from = o.End
		}
	}
	if from.Before(until) {
		free = append(free, Gap{From: from})
	}
	return free
}

// directTarget returns a user who is a target of a level, or nil.
func (p *Policy) directTarget(level int) *sources.Reference {
	if level < 1 || level > len(p.Levels) {
		return nil
	}
	for i, t := range p.Levels[level-1].Targets {
		if IsUser(t) && !t.Deleted {
			return &p.Levels[level-1].Targets[i]
		}
	}
	return nil
}

// Turn is a span of time in which a person is on call for a level. From and To are
// zero where it has no beginning or end.
type Turn struct {
	User     sources.Reference
	Level    int
	From, To time.Time
}

// Turns returns the turns of all levels that are not over, by their beginning. Turns
// of a person at a level that follow each other or overlap are one.
func (p *Policy) Turns(now, until time.Time) []Turn {
	var all []Turn
	for _, o := range p.OnCalls {
		if (o.End.IsZero() || o.End.After(now)) && (o.Start.IsZero() || o.Start.Before(until)) {
			all = append(all, Turn{o.User, o.Level, o.Start, o.End})
		}
	}
	slices.SortStableFunc(all, func(a, b Turn) int { return a.From.Compare(b.From) })
	var turns []Turn
	for _, t := range all {
		at := -1
		for i, u := range slices.Backward(turns) {
			if u.User.ID == t.User.ID && u.Level == t.Level {
				at = i
				break
			}
		}
		switch {
		case at < 0 || !turns[at].To.IsZero() && t.From.After(turns[at].To):
			turns = append(turns, t)
		case turns[at].To.IsZero():
		case t.To.IsZero() || t.To.After(turns[at].To):
			turns[at].To = t.To
		}
	}
	return turns
}

// Schedules are the schedules of the policy, as far as it was read.
func (p *Policy) Schedules() []sources.Reference {
	var all []sources.Reference
	add := func(s sources.Reference) {
		at := slices.IndexFunc(all, func(other sources.Reference) bool { return other.ID == s.ID })
		switch {
		case s.ID == "":
		case at < 0:
			all = append(all, s)
		case all[at].URL == "":
			all[at].URL = s.URL
		}
	}
	for _, level := range p.Levels {
		for _, target := range level.Targets {
			if strings.HasPrefix(target.Type, "schedule") {
				add(target)
			}
		}
	}
	for _, o := range p.OnCalls {
		add(o.Schedule)
	}
	return all
}
