package respond

import (
	"context"
	"fmt"
	"strings"
	"time"

	"firstline/sources"
)

// How long the same text by the same person counts as posted already. With an
// escalation it is what an earlier try left behind; a note by itself may well
// be meant twice, but not within a moment.
const (
	sameNoteOnRetry = time.Hour
	sameNoteAlone   = 2 * time.Minute
)

// postNote puts a note on an incident, unless it stands there already.
func (r *run) postNote(ctx context.Context, item Item, s Step, before *sources.Incident) verdict {
	// That the notes can't be read now is no reason not to write one.
	notes, readErr := r.d.Incidents.Notes(ctx, s.IncidentID)
	known := map[string]bool{}
	window := sameNoteOnRetry
	if r.p.Action == AddNote {
		window = sameNoteAlone
	}
	for _, n := range notes {
		known[n.ID] = true
		if !r.sameNote(n, s.Note) || !n.CreatedAt.IsZero() && r.now().Sub(n.CreatedAt) > window {
			continue
		}
		if r.p.Action == AddNote {
			return verdict{outcome: Already, sentence: fmt.Sprintf("This note was put there by %s %s.", r.whoOf(n.User), ago(n.CreatedAt, r.now()))}
		}
		r.noted = n.CreatedAt
		return verdict{outcome: Done, sentence: "The note was there already."}
	}
	began := r.now()
	number := r.intent(ctx, item, s, before)
	err := r.write(ctx, func(ctx context.Context) error {
		_, err := r.d.Incidents.AddNote(ctx, s.IncidentID, s.Note)
		return err
	})
	v := verdict{outcome: Done, sentence: "The note is on the incident."}
	switch {
	case lost(err):
		v = r.lookForNote(ctx, s, err, func(n sources.Note) bool {
			if readErr == nil {
				return !known[n.ID]
			}
			return n.CreatedAt.IsZero() || began.Sub(n.CreatedAt) < sameNoteAlone
		})
	case err != nil:
		v = failed("The note could not be posted", err)
	}
	r.settle(ctx, number, v)
	return v
}

// lookForNote tells whether a note whose answer was lost arrived.
func (r *run) lookForNote(ctx context.Context, s Step, cause error, isNew func(sources.Note) bool) verdict {
	found := false
	err := r.looks(ctx, func(ctx context.Context) (bool, error) {
		notes, err := r.d.Incidents.Notes(ctx, s.IncidentID)
		if err != nil {
			return false, err
		}
		for _, n := range notes {
			found = found || r.sameNote(n, s.Note) && isNew(n)
		}
		return found, nil
	})
	switch {
	case found:
		return verdict{outcome: Done, sentence: "The note is on the incident."}
	case err != nil:
		return verdict{Unknown, fmt.Sprintf("The answer to the note was lost, and looking failed as well: %s. Look before you repeat it.", explain(err)), cause}
	}
	return verdict{Failed, "The answer to the note was lost, and the note is not on the incident. Look again before you repeat it.", cause}
}

// sameNote reports whether a note is this text by the person who acts, or has
// its mark. Servers change line ends and outer blanks.
func (r *run) sameNote(n sources.Note, text string) bool {
	if n.User.ID != "" && r.p.Me.ID != "" && n.User.ID != r.p.Me.ID {
		return false
	}
	plain := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	if _, mark := unmarked(plain(text)); mark != "" {
		_, other := unmarked(plain(n.Content))
		return mark == other
	}
	return plain(n.Content) == plain(text)
}
