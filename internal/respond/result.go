package respond

import (
	"firstline/sources"
)

// Outcome is how an action on one group ended.
type Outcome string

// The outcomes.
const (
	// Done: sent, and read back so.
	Done Outcome = "done"
	// Already: somebody was faster, or there was nothing left to do. An
	// answer, not an error.
	Already Outcome = "already"
	// Refused: nothing was sent, because it would have been wrong.
	Refused Outcome = "refused"
	// Failed: it was tried and did not come about.
	Failed Outcome = "failed"
	// Unknown: it was sent, and neither the answer nor a look afterwards
	// could tell whether it came about.
	Unknown Outcome = "unknown"
)

// Result is how an action on one group ended, for a person.
type Result struct {
	GroupID  string  `json:"id"`
	Title    string  `json:"title"`
	Outcome  Outcome `json:"outcome"`
	Sentence string  `json:"sentence"`
	// IncidentID is the incident's that was acted upon or opened.
	IncidentID string `json:"incident_id,omitempty"`
	// NotePosted: a note went out, also when what should have followed did
	// not.
	NotePosted bool `json:"note_posted,omitempty"`
	// SilenceIDs are of the silences that were made.
	SilenceIDs []string `json:"silence_ids,omitempty"`
	Err        error    `json:"-"`
	// Incident is as it was last read; nil when it was not.
	Incident *sources.Incident `json:"-"`
}
