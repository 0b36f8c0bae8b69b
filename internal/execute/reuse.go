package execute

import (
	"context"
	"slices"
	"strings"

	"firstline/internal/notetext"
	"firstline/internal/respond"
	"firstline/sources"
)

// ReadNotes returns the notes of earlier attempts on the groups of a request
// that need not be posted again. incidents and journal may be nil.
func ReadNotes(ctx context.Context, incidents sources.Incidents, journal Journal, r respond.Request, w respond.Data) ([]respond.PostedNote, error) {
	if incidents == nil || journal == nil || !r.Action.Passes() {
		return nil, nil
	}
	var notes []respond.PostedNote
	for _, g := range r.Groups {
		begun, err := journal.Refused(ctx, Attempt{At: w.Now, By: w.Settings.Email, PersonID: w.Self().ID, Action: r.Action, Group: g})
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
// that it was posted, so only a read of all notes with their texts shows that it
// is gone or was changed.
func stillPosted(ctx context.Context, incidents sources.Incidents, posted respond.PostedNote) bool {
	notes, err := incidents.Notes(ctx, posted.IncidentID)
	return err != nil || slices.ContainsFunc(notes, func(n sources.Note) bool {
		return strings.TrimSpace(n.Content) == "" || notetext.HasMark(n, posted.Attempt) && notetext.SameText(notetext.Unmarked(n.Content), posted.Text)
	})
}

// postedNotes returns the notes among writes that are on their incidents and
// that were not corrected since.
func postedNotes(begun []Begun) []respond.PostedNote {
	corrected := map[string]bool{}
	for _, b := range begun {
		corrected[b.Attempt] = corrected[b.Attempt] || b.Step.Kind == respond.StepCorrect
	}
	var notes []respond.PostedNote
	for _, b := range begun {
		if b.Step.Kind == respond.StepNote && b.Outcome == respond.Done && b.Attempt != "" && !corrected[b.Attempt] {
			notes = append(notes, respond.PostedNote{Attempt: b.Attempt, At: b.At, IncidentID: b.Step.IncidentID, Text: notetext.Unmarked(b.Step.Note)})
		}
	}
	return notes
}

// reuseNote takes the note of an earlier attempt for that of an item, whose
// other writes follow it, where it says the same and is still on the incident.
// The responder's own note was corrected when its action was not done.
func (r *run) reuseNote(ctx context.Context, p *progress, item respond.Item, a Attempt) {
	if r.d.Journal == nil || r.incidents() == nil || p.retry && (p.noted || p.note != nil) || !item.NotesFirst() || item.OwnNote {
		return
	}
	begun, err := r.d.Journal.Refused(ctx, a)
	if err != nil {
		r.journalErr = err
		return
	}
	posted, ok := respond.FindPosted(postedNotes(begun), item.Steps[0])
	if ok && stillPosted(ctx, r.incidents(), posted) {
		p.noted, p.notedAt = true, posted.At
	}
}
