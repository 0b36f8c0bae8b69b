package escalation

import (
	"slices"
	"time"

	"firstline/sources"
)

// Duty is who is on call for a level of a policy, and who is after the next change.
type Duty struct {
	Level int
	// Now are the people on call. Missing is why there may be others; when it is
	// empty, these are all, and nobody means nobody.
	Now     []Person
	Missing string
	// At is when others are on call, Next are these, and NextMissing is why there
	// may be others. Without At no change is known: Always says that there is
	// none, else nothing changes until Until, which is zero where that is unknown.
	At          time.Time
	Next        []Person
	NextMissing string
	Always      bool
	Until       time.Time
}

// Duties returns who is on call at each level of the policy, and who is next.
// missing is why there may be further levels.
func (p *Policy) Duties(now time.Time) (list []Duty, missing string) {
	for level := 1; level <= p.last(); level++ {
		list = append(list, p.duty(level, now))
	}
	switch {
	case p.Read:
		return list, ""
	case p.Gone:
		return list, "PagerDuty no longer has " + p.name()
	}
	return list, "the levels of " + p.name() + " have not been read"
}

func (p *Policy) duty(level int, now time.Time) Duty {
	d := Duty{Level: level}
	d.Now, d.Missing = p.OnCall(level, now, now)
	var changes []time.Time // when somebody's turn begins or ends
	turns := false
	for _, o := range p.OnCalls {
		if o.Level != level {
			continue
		}
		turns = turns || !o.Start.IsZero() || !o.End.IsZero()
		for _, t := range []time.Time{o.Start, o.End} {
			// A turn that ends where the reading does may go on.
			if t.After(now) && (p.Until.IsZero() || t.Before(p.Until)) {
				changes = append(changes, t)
			}
		}
	}
	slices.SortFunc(changes, time.Time.Compare)
	for _, t := range changes {
		next, missing := p.OnCall(level, t, now)
		if samePeople(next, d.Now) && missing == d.Missing {
			continue
		}
		d.At, d.Next, d.NextMissing = t, next, missing
		if p.Until.IsZero() && len(next) == 0 {
			d.NextMissing = "it has not been read"
		}
		return d
	}
	d.Always = !turns && d.Missing == "" && !p.hasSchedule(level)
	d.Until = p.Until
	return d
}

// hasSchedule reports whether a level has targets that change, as far as it was read.
func (p *Policy) hasSchedule(level int) bool {
	if level > len(p.Levels) {
		return true
	}
	return slices.ContainsFunc(p.Levels[level-1].Targets, func(t sources.Reference) bool { return !IsUser(t) })
}

// IsUser reports whether a target of a level is a user, who is always on call there.
func IsUser(t sources.Reference) bool { return t.Type == "user" || t.Type == "user_reference" }

func samePeople(a, b []Person) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(p Person) bool {
		return !slices.ContainsFunc(b, func(q Person) bool { return q.User.ID == p.User.ID })
	})
}
