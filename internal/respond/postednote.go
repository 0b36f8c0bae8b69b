package respond

import (
	"time"

	"firstline/internal/notetext"
)

// PostedNote is a note that was posted before an action that then was not done.
// It says what was asked for, so it remains true, and the same action with the
// same text does not post it again.
type PostedNote struct {
	// Attempt is whose note it is, At when it was posted.
	Attempt    string
	At         time.Time
	IncidentID string
	// Text is without a mark.
	Text string
}

// FindPosted returns the posted note that says the same as a step's, if there is
// one.
func FindPosted(notes []PostedNote, s Step) (PostedNote, bool) {
	for _, n := range notes {
		if s.Kind == StepNote && n.IncidentID == s.IncidentID && notetext.SayTheSame(n.Text, s.Note) {
			return n, true
		}
	}
	return PostedNote{}, false
}
