package describe

import (
	"fmt"
	"time"

	"firstline/internal/clean"
	"firstline/internal/escalation"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// There is a person's name with the time of day where the person is, where that is
// another one than here, and whether it is in the person's sleep hours. now is in the
// zone of here.
func There(user sources.User, now time.Time) string {
	name := Label(sources.Reference{ID: user.ID, Name: user.Name}, "user")
	zone := wallclock.Zone(user.TimeZone)
	switch {
	case zone == nil:
		return name + " (local time not known)"
	case wallclock.Differs(now, zone):
		text := wallclock.In(zone).Minute(now) + " in " + clean.Line(user.TimeZone)
		if wallclock.Sleeps(now, zone) {
			text += ", night there"
		}
		return name + " (" + text + ")"
	case wallclock.Sleeps(now, zone):
		return name + " (night)"
	}
	return name
}

// Gaps are sentences on when nobody is on call for a level, and from when on that is
// not known. There are none where somebody is on call all the time that was examined.
func Gaps(c escalation.Coverage, now time.Time) []string {
	clock := wallclock.In(now.Location())
	var all []string
	for _, g := range c.Gaps {
		begin := "nobody from " + clock.Whole(g.From) + " on"
		if !g.From.After(now) {
			begin = "nobody now"
		}
		switch last := c.Until; {
		case !g.To.IsZero() && g.From.After(now):
			all = append(all, fmt.Sprintf("nobody from %s until %s, for %s", clock.Whole(g.From), clock.Whole(g.To), length(g.To.Sub(g.From))))
		case !g.To.IsZero():
			all = append(all, fmt.Sprintf("%s, until %s (%s)", begin, clock.Whole(g.To), In(g.To, now)))
		case c.Because != "" && !c.Unknown.After(g.From):
			all = append(all, begin)
		default:
			if c.Because != "" {
				last = c.Unknown
			}
			all = append(all, fmt.Sprintf("%s, at least until %s", begin, clock.Whole(last)))
		}
	}
	because := clean.Line(c.Because)
	switch {
	case because == "":
	case !c.Unknown.After(now):
		all = append(all, "not known, because "+because)
	default:
		all = append(all, "not known from "+clock.Whole(c.Unknown)+" on, because "+because)
	}
	return all
}

// length is how long a gap is, to the minute: an hour more or less matters.
func length(d time.Duration) string {
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case hours == 0:
		return fmt.Sprintf("%d m", max(minutes, 1))
	case minutes == 0:
		return fmt.Sprintf("%d h", hours)
	}
	return fmt.Sprintf("%d h %d m", hours, minutes)
}
