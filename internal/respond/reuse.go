package respond

import (
	"context"
	"slices"

	"firstline/sources"
)

// LookUpNotes returns the notes of earlier attempts on the groups of a request
// that need not be posted again. incidents and journal may be nil.
func LookUpNotes(ctx context.Context, incidents sources.Incidents, journal Journal, r Request, w World) ([]PostedNote, error) {
	if incidents == nil || journal == nil || !r.Action.Passes() {
		return nil, nil
	}
	var notes []PostedNote
	for _, g := range r.Groups {
		begun, err := journal.Refused(ctx, Attempt{At: w.Now, By: w.Settings.Email, PersonID: w.me().ID, Action: r.Action, Group: g})
		if err != nil {
			return notes, err
		}
		for _, n := range postedNotes(begun) {
			if stillPosted(ctx, incidents, n) {
				notes = append(notes, n)
			}
		}
	}
	return notes, nil
}

// stillPosted reports whether a note is still on its incident. The journal knows
// that it was posted, so only a read that succeeds shows that it is gone or was
// changed.
func stillPosted(ctx context.Context, incidents sources.Incidents, posted PostedNote) bool {
	notes, err := incidents.Notes(ctx, posted.IncidentID)
	return err != nil || slices.ContainsFunc(notes, func(n sources.Note) bool {
		return hasMark(n, posted.Attempt) && sameText(Unmarked(n.Content), posted.Text)
	})
}

// postedNotes returns the notes among writes that are on their incidents and
// that were not corrected since.
func postedNotes(begun []Begun) []PostedNote {
	corrected := map[string]bool{}
	for _, b := range begun {
		corrected[b.Attempt] = corrected[b.Attempt] || b.Step.Kind == StepCorrect
	}
	var notes []PostedNote
	for _, b := range begun {
		if b.Step.Kind == StepNote && b.Outcome == Done && b.Attempt != "" && !corrected[b.Attempt] {
			notes = append(notes, PostedNote{b.Attempt, b.At, b.Step.IncidentID, Unmarked(b.Step.Note)})
		}
	}
	return notes
}

// reuseNote takes the note of an earlier attempt for that of an item, whose
// other writes follow it, where it says the same and is still on the incident.
// The responder's own note was corrected when its action was not done.
func (r *run) reuseNote(ctx context.Context, p *progress, item Item, a Attempt) {
	if r.d.Journal == nil || r.d.Incidents == nil || p.retry && (p.noted || p.note != nil) || !item.notesFirst() || item.OwnNote {
		return
	}
	begun, err := r.d.Journal.Refused(ctx, a)
	if err != nil {
		r.journalErr = err
		return
	}
	posted, ok := notePosted(postedNotes(begun), item.Steps[0])
	if ok && stillPosted(ctx, r.d.Incidents, posted) {
		p.noted, p.notedAt = true, posted.At
	}
}
