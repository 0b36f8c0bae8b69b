package execute

import (
	"context"
	"strings"

	"firstline/internal/notetext"
	"firstline/internal/respond"
	"firstline/sources"
)

// noteSettlement looks at the notes of an incident, and then at its log: a note
// may have been changed or deleted since.
func (r *run) noteSettlement(ctx context.Context, id string, b Begun) verdict {
	notes, err := r.incidents().Notes(ctx, id)
	if err != nil {
		return r.gone(err)
	}
	perhaps := false // of a note that can't be read, or of an entry
	for _, n := range notes {
		switch r.noteOf(n, b) {
		case itsOwn:
			return cameAbout("the note is on the incident")
		case perhapsIts:
			perhaps = true
		}
	}
	entries, extent, err := r.incidents().LogEntries(ctx, id)
	if err != nil {
		return r.gone(err)
	}
	for _, e := range entries {
		switch r.noteEntryOf(e, b) {
		case itsOwn:
			if perhaps {
				return cameAbout("PagerDuty's log has the note")
			}
			return cameAbout("PagerDuty's log has the note, which was changed or deleted since")
		case perhapsIts:
			perhaps = true
		}
	}
	switch {
	case perhaps:
		return verdict{outcome: respond.Unknown, sentence: "the notes and the log of the incident do not show whether the note came about: look at them."}
	case !extent.Whole():
		return verdict{outcome: respond.Unknown, sentence: "the note is not on the incident, whose log is not complete, because " + extent.Why() + ": look at its timeline."}
	}
	return didNot("the note is not on the incident")
}

// noteOf reports whether a note is the one that was begun. PagerDuty has no
// empty notes, so one without a text was not read.
func (r *run) noteOf(n sources.Note, b Begun) of {
	is := another
	switch {
	case strings.TrimSpace(n.Content) == "":
		is = perhapsIts
	case b.Step.Kind == respond.StepCorrect && notetext.SameText(n.Content, b.Step.Note),
		b.Step.Kind != respond.StepCorrect && b.Attempt != "" && strings.Contains(n.Content, notetext.MarkOf(b.Attempt)):
		is = itsOwn
	case b.Attempt == "" && r.sameNote(n, b.Step.Note):
		// The marks of older versions were made of the text.
		switch r.since(n.CreatedAt, b.At) {
		case datedAfter:
			is = itsOwn
		case undated:
			is = perhapsIts
		}
	}
	return is
}

// noteEntryOf reports whether a log entry is of the note that was begun. Its text
// may be cut.
func (r *run) noteEntryOf(e sources.LogEntry, b Begun) of {
	if e.Type != "annotate" && e.Type != "" {
		return another
	}
	plain := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	text, want := plain(e.Note), plain(b.Step.Note)
	mine := b.Step.Kind != respond.StepCorrect && b.Attempt != "" && strings.Contains(text+"\n"+e.Summary, notetext.MarkOf(b.Attempt))
	switch {
	case mine, text == want && b.Attempt != "":
		return itsOwn
	case r.agentOf(e.Agent) == another, r.since(e.CreatedAt, b.At) == datedBefore:
		return another
	case strings.HasPrefix(want, strings.TrimRight(text, " .…")):
		return perhapsIts
	}
	return another
}
