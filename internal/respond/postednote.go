package respond

import (
	"regexp"
	"strings"
	"time"
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

// noteAge is the age in a note, which differs from minute to minute.
var noteAge = regexp.MustCompile(`(?m)^(Since: .*) \((?:just now|[^()]* ago)\)$`)

// saysTheSame reports whether two notes say the same: they are equal, except for
// the mark, and for how long ago it was that the problem began.
func saysTheSame(a, b string) bool {
	plain := func(s string) string { return noteAge.ReplaceAllString(Unmarked(strings.TrimSpace(s)), "$1") }
	return SameText(plain(a), plain(b))
}

// FindPosted returns the posted note that says the same as a step's, if there is
// one.
func FindPosted(notes []PostedNote, s Step) (PostedNote, bool) {
	for _, n := range notes {
		if s.Kind == StepNote && n.IncidentID == s.IncidentID && saysTheSame(n.Text, s.Note) {
			return n, true
		}
	}
	return PostedNote{}, false
}
