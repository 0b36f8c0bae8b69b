package execute

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/notetext"
	"firstline/internal/respond"
	"firstline/sources"
)

// postNote puts a note on an incident.
func (r *run) postNote(ctx context.Context, item respond.Item, s respond.Step, res *respond.Result) verdict {
	number := r.intent(ctx, item, s, res.Incident)
	var posted sources.Note
	err := r.write(ctx, func(ctx context.Context) error {
		var err error
		posted, err = r.incidents().AddNote(ctx, s.IncidentID, s.Note)
		return err
	}, number)
	v := verdict{outcome: respond.Done, sentence: "The note is on the incident."}
	switch {
	case lost(err):
		v, posted = r.findNote(ctx, s.IncidentID, err, func(n sources.Note) bool { return notetext.HasMark(n, item.Attempt) })
	case err != nil:
		v = failed("The note could not be posted", err)
	}
	r.record(ctx, number, v)
	res.NoteID = posted.ID
	return v
}

// findNote finds out whether a note arrived whose answer was lost.
func (r *run) findNote(ctx context.Context, id string, cause error, is func(sources.Note) bool) (verdict, sources.Note) {
	var found sources.Note
	arrived, began := false, r.now()
	err := r.reads(ctx, func(ctx context.Context) (bool, error) {
		notes, err := r.incidents().Notes(ctx, id)
		if err != nil {
			return false, err
		}
		for _, n := range notes {
			if is(n) {
				found, arrived = n, true
			}
		}
		return arrived, nil
	})
	switch {
	case arrived:
		return verdict{outcome: respond.Done, sentence: "The note is on the incident."}, found
	case err != nil:
		return r.readFailed(cause, err, "the note"), found
	}
	return r.notShown(began, cause, "the note", "PagerDuty", ""), found
}

// saidAlready reports whether a note of an incident has the responder's words
// already: a command that was cut short is often given again.
func (r *run) saidAlready(ctx context.Context, s respond.Step) bool {
	notes, err := r.incidents().Notes(ctx, s.IncidentID)
	bare := notetext.Unmarked(s.Note)
	return err == nil && slices.ContainsFunc(notes, func(n sources.Note) bool { return r.hasWords(n, bare) })
}

// resolutionPrefix is what PagerDuty puts before the resolution in the note that
// it makes of it.
const resolutionPrefix = "Resolution Note: "

// hasWords reports whether a note is these words of the person who acts: alone,
// or as the reason in a note that firstline wrote. A resolution is a note without
// a mark.
func (r *run) hasWords(n sources.Note, words string) bool {
	text := strings.TrimSpace(strings.ReplaceAll(n.Content, "\r\n", "\n"))
	me, author := r.p.Me.ID, n.User.ID
	mine := me != "" && author == me
	if !mine && (me != "" && author != "" || notetext.AttemptOf(text) == "") {
		return false
	}
	text = strings.TrimPrefix(notetext.Unmarked(text), resolutionPrefix)
	_, why, _ := strings.Cut(text, "\nWhy: ")
	return notetext.SameText(text, words) || why == words || strings.HasPrefix(why, words+"\n")
}

// correct says, in a note in the responder's own words, that its action did not
// happen, or that nobody knows: in the note itself, or, if PagerDuty refuses
// this, in a second one. It returns a sentence for the result.
func (r *run) correct(ctx context.Context, item respond.Item, v verdict, res *respond.Result) string {
	text := ""
	for _, s := range item.Steps {
		if s.Kind == respond.StepNote {
			text = s.Note
		}
	}
	if v.outcome == respond.Unknown && (r.unreachable > 0 || sources.ReasonOf(r.stop) != "") {
		return "" // PagerDuty can't be reached; the next try finds out
	}
	did := fmt.Sprintf("This did not happen (%s).", strings.TrimRight(clean.Line(v.sentence), "."))
	if v.outcome == respond.Unknown {
		did = "It is not known whether this happened: look at the incident."
	}
	if bare, mark := notetext.SplitMark(text); mark != "" {
		text = bare + "\n\n" + did + "\n\n" + mark
	}
	step := respond.Step{Kind: respond.StepCorrect, Sentence: "correct the note", IncidentID: res.Incident.ID, Note: text}
	if res.NoteID != "" {
		number := r.intent(ctx, item, step, res.Incident)
		err := r.write(ctx, func(ctx context.Context) error {
			return r.incidents().ChangeNote(ctx, step.IncidentID, res.NoteID, step.Note)
		}, number)
		corrected := verdict{outcome: respond.Done, sentence: "The note says now that it did not happen."}
		switch {
		case lost(err):
			corrected, _ = r.findNote(ctx, step.IncidentID, err, func(n sources.Note) bool { return notetext.SameText(n.Content, step.Note) })
		case err != nil:
			corrected = failed("The note could not be corrected", err)
		}
		r.record(ctx, number, corrected)
		if corrected.ok() {
			return " The note says so."
		}
		// Also where that is not known: a note that claims what did not happen is
		// worse than two that say so.
	}
	step.Note = "About the note above: " + did
	step.Sentence = "add a note that it did not happen"
	number := r.intent(ctx, item, step, res.Incident)
	err := r.write(ctx, func(ctx context.Context) error {
		_, err := r.incidents().AddNote(ctx, step.IncidentID, step.Note)
		return err
	}, number)
	second := verdict{outcome: respond.Done, sentence: "A second note says that it did not happen."}
	switch {
	case lost(err):
		second, _ = r.findNote(ctx, step.IncidentID, err, func(n sources.Note) bool { return notetext.SameText(n.Content, step.Note) })
	case err != nil:
		second = failed("A note that it did not happen could not be posted", err)
	}
	r.record(ctx, number, second)
	switch second.outcome {
	case respond.Done:
		return " A second note says so."
	case respond.Unknown:
		return noteUnknown
	}
	return " The note could not be corrected: say on the incident that it did not happen."
}

// noteUnknown is said where nobody knows whether a note was corrected.
const noteUnknown = " It is not known whether its note says so: look at it."

// sameNote reports whether a note is this text by the person who acts, or has
// its mark.
func (r *run) sameNote(n sources.Note, text string) bool {
	if n.User.ID != "" && r.p.Me.ID != "" && n.User.ID != r.p.Me.ID {
		return false
	}
	if _, mark := notetext.SplitMark(strings.TrimSpace(text)); mark != "" {
		_, other := notetext.SplitMark(strings.TrimSpace(strings.ReplaceAll(n.Content, "\r\n", "\n")))
		return mark == other
	}
	return notetext.SameText(n.Content, text)
}
