// Package handover writes what one shift leaves to the next: what is open,
// what was done, what ends soon, which services were loud.
package handover

import (
	"cmp"
	"slices"
	"time"

	"firstline/internal/history"
	"firstline/internal/record"
	"firstline/internal/triage"
	"firstline/sources"
)

// Shift is what is known at the end of a shift. The text is made of nothing
// else.
type Shift struct {
	// By is who hands over, for people.
	By string
	// Since is when the shift began and Begin says how that is known; Until is
	// now.
	Since, Until time.Time
	Begin        string
	// Location is the time zone of all times in the text.
	Location *time.Location
	// Groups are all that are open, in the order of the screen.
	Groups []triage.Group
	// Events are what happened since Since, oldest first.
	Events []history.Event
	// Ticks are the steps that were ticked since, and those of open groups.
	Ticks    []record.Tick
	Silences []sources.Silence
	// Services are those of the account, to tell which were quiet.
	Services []sources.Service
	// OpenUnknown: there may be more that is open than Groups. DoneUnknown: more
	// may have happened than Events and Ticks tell. Then nothing is said not to
	// be.
	OpenUnknown, DoneUnknown bool
	// Missing are sentences on what could not be read, so that nobody takes
	// silence for nothing.
	Missing []string
}

// Begin is when a person's present shift began, by the schedule that says so.
// Of several the first level's counts, then the one that began last: who has a
// short shift and stands in a longer one hands over the short one. ok is false
// when no schedule has them on call.
func Begin(onCalls []sources.OnCall, userID string, now time.Time) (since time.Time, schedule string, ok bool) {
	var mine []sources.OnCall
	for _, o := range onCalls {
		if userID != "" && o.User.ID == userID && !o.Start.IsZero() && o.Start.Before(now) && (o.End.IsZero() || o.End.After(now)) {
			mine = append(mine, o)
		}
	}
	if len(mine) == 0 {
		return time.Time{}, "", false
	}
	first := slices.MinFunc(mine, func(a, b sources.OnCall) int {
		return cmp.Or(cmp.Compare(a.Level, b.Level), b.Start.Compare(a.Start), cmp.Compare(a.Schedule.Name, b.Schedule.Name))
	})
	return first.Start, first.Schedule.Name, true
}
