package respond

import (
	"time"

	"firstline/sources"
)

// Outcome is how an action on one group ended.
type Outcome string

// The outcomes.
const (
	// Done: sent, and read back so, or so in the answer where reading back failed.
	Done Outcome = "done"
	// Already: somebody was faster, or there was nothing left to do. An
	// answer, not an error.
	Already Outcome = "already"
	// Refused: nothing was sent, because it would have been wrong.
	Refused Outcome = "refused"
	// Failed: it was tried and did not come about.
	Failed Outcome = "failed"
	// Unknown: it was sent, and neither the answer nor a later read showed
	// whether it was carried out.
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
	// Attempt is the id of the attempt; empty where nothing was to be sent.
	Attempt string `json:"attempt,omitempty"`
	// EarlierUnknown: nothing was sent, because it is unknown whether an
	// earlier try was carried out. Request.Anyway sends nevertheless.
	EarlierUnknown bool `json:"earlier_unknown,omitempty"`
	// MayComeUntil is the time until which a request with an unknown outcome
	// may still be carried out, or zero when it cannot.
	MayComeUntil time.Time `json:"may_come_until,omitzero"`
	// Partly: some of what was asked for was done, other than the note before it:
	// the action, whose note is unknown, or a part of it.
	Partly bool `json:"partly,omitempty"`
	// NotePosted: a note went out, also when what should have followed did
	// not.
	NotePosted bool `json:"note_posted,omitempty"`
	// TextUnsent: the responder's text was not sent, because somebody was
	// faster. The caller saves it.
	TextUnsent bool `json:"text_unsent,omitempty"`
	// SilenceIDs are of the silences that were made or changed, one a step.
	SilenceIDs []string `json:"silence_ids,omitempty"`
	Err        error    `json:"-"`
	// NoteID is the id of the note that was posted, or empty.
	NoteID string `json:"-"`
	// Incident is as it was last read; nil when it was not.
	Incident *sources.Incident `json:"-"`
}

// Over reports whether nothing is left to do or to save.
func (r Result) Over() bool {
	return (r.Outcome == Done || r.Outcome == Already) && !r.TextUnsent
}
