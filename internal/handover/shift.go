// Package handover writes the text that one shift leaves to the next: what is
// open, what was done, what ends soon, which services were loud.
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

// Shift is everything that the text is made from.
type Shift struct {
	// By is who hands over, for people.
	By string
	// Since is when the shift began and Begin where that comes from. Until is
	// now.
	Since, Until time.Time
	Begin        string
	// Location is the time zone of all times in the text.
	Location *time.Location
	// Groups are all open groups, in the order of the screen.
	Groups []triage.Group
	// Events are the events since Since, oldest first.
	Events []history.Event
	// Ticks are the steps that were ticked since, and those of open groups.
	Ticks    []record.Tick
	Silences []sources.Silence
	// Services are the account's services, for the list of quiet ones.
	Services []sources.Service
	// OpenUnknown means that more may be open than Groups. DoneUnknown means
	// that more may have happened than Events and Ticks. The text then claims
	// no absence.
	OpenUnknown, DoneUnknown bool
	// Elsewhere are the ids of groups of accounts that are not read any more.
	Elsewhere []string
	// Missing are sentences about what could not be read, so that its absence
	// is not mistaken for a fact.
	Missing []string
}

// Begin returns when a person's present shift began, and the name of the
// schedule that says so. Of several shifts it takes the first level's, then the
// one that began last: a person who has a short shift inside a longer one hands
// over the short one. ok is false when no schedule has the person on call.
func Begin(onCalls []sources.OnCall, userIDs []string, now time.Time) (since time.Time, schedule string, ok bool) {
	var mine []sources.OnCall
	for _, o := range onCalls {
		if slices.Contains(userIDs, o.User.ID) && !o.Start.IsZero() && o.Start.Before(now) && (o.End.IsZero() || o.End.After(now)) {
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
