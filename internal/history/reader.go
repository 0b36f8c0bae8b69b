package history

import (
	"context"
	"errors"
	"time"

	"firstline/internal/execute"
	"firstline/internal/record"
	"firstline/internal/triage"
	"firstline/sources"
)

// Incidents reads log entries and notes from PagerDuty. sources.Incidents
// implements it.
type Incidents interface {
	Notes(ctx context.Context, id string) ([]sources.Note, error)
	LogEntries(ctx context.Context, id string) ([]sources.LogEntry, sources.Extent, error)
}

// Journal reads this machine's record of actions on groups.
type Journal interface {
	// Acts returns the writes since a time on the groups or incidents with
	// these ids, or on all without ids, oldest first.
	Acts(ctx context.Context, since time.Time, ids ...string) ([]execute.Begun, error)
}

// Reader reads histories.
type Reader struct {
	// Incidents is PagerDuty, Journal this machine's journal. Either may be
	// nil.
	Incidents Incidents
	Journal   Journal
}

// History is the history of one group.
type History struct {
	// Events are in one order, the oldest first.
	Events []Event
	// Tried are the steps that were tried, according to the notes.
	Tried []record.TriedStep
}

// Of reads the history of a group. users supply names. With an error it also
// returns the part that it could read.
func (r Reader) Of(ctx context.Context, g triage.Group, users []sources.User) (History, error) {
	var (
		log    []sources.LogEntry
		notes  []sources.Note
		acts   []execute.Begun
		faults []error
		err    error
	)
	if r.Incidents != nil && g.Incident != nil {
		// One after the other, as PagerDuty asks of the requests of one token.
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

// idsOf returns the ids under which the journal may have a group: actions
// before its incident was opened have the key that opened it.
func idsOf(g triage.Group) []string {
	ids := []string{g.ID}
	if g.Incident != nil && g.Incident.Key != "" && g.Incident.Key != g.ID {
		ids = append(ids, g.Incident.Key)
	}
	return ids
}
