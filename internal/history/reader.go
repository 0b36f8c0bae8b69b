package history

import (
	"context"
	"errors"
	"time"

	"firstline/internal/record"
	"firstline/internal/triage"
	"firstline/sources"
)

// Incidents is what of PagerDuty is read for a history; sources.Incidents has
// it.
type Incidents interface {
	Notes(ctx context.Context, id string) ([]sources.Note, error)
	LogEntries(ctx context.Context, id string) ([]sources.LogEntry, sources.Extent, error)
}

// Journal is what is written down on this machine of the actions on groups.
type Journal interface {
	// Acts are the writes since a time, the oldest first, on the groups or
	// incidents with these ids; without ids all.
	Acts(ctx context.Context, since time.Time, ids ...string) ([]Act, error)
}

// Reader reads histories.
type Reader struct {
	// Incidents is PagerDuty, Journal this machine's; either may be nil.
	Incidents Incidents
	Journal   Journal
}

// History is what happened to one group.
type History struct {
	// Events are in one order, the oldest first.
	Events []Event
	// Tried is what was tried, according to the notes.
	Tried []record.TriedStep
}

// Of reads the history of a group. users are those that are known, for names.
// With an error comes what could be read nevertheless.
func (r Reader) Of(ctx context.Context, g triage.Group, users []sources.User) (History, error) {
	var (
		log    []sources.LogEntry
		notes  []sources.Note
		acts   []Act
		faults []error
		err    error
	)
	if r.Incidents != nil && g.Incident != nil {
		// One after the other: PagerDuty wants a token's requests so.
		if log, _, err = r.Incidents.LogEntries(ctx, g.Incident.ID); err != nil {
			faults = append(faults, err)
		}
		if notes, err = r.Incidents.Notes(ctx, g.Incident.ID); err != nil {
			faults = append(faults, err)
		}
	}
	if r.Journal != nil {
		if acts, err = r.Journal.Acts(ctx, time.Time{}, idsOf(g)...); err != nil {
			faults = append(faults, err)
		}
	}
	return History{Merge(log, notes, acts, users), record.TriedIn(notes)}, errors.Join(faults...)
}

// idsOf are the ids under which the journal may know a group: what was done
// before its incident was opened stands under the key it was opened with.
func idsOf(g triage.Group) []string {
	ids := []string{g.ID}
	if g.Incident != nil && g.Incident.Key != "" && g.Incident.Key != g.ID {
		ids = append(ids, g.Incident.Key)
	}
	return ids
}
