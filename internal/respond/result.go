package respond

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"firstline/internal/wording"
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
	// note is the id of the note that was posted, where it is known.
	note string
	// Incident is as it was last read; nil when it was not.
	Incident *sources.Incident `json:"-"`
}

// with is the result with the verdict on the last write.
func (r Result) with(v verdict) Result {
	r.Outcome, r.Sentence, r.Err, r.MayComeUntil = v.outcome, v.sentence, v.err, v.until
	return r
}

// Over reports whether nothing is left to do or to save.
func (r Result) Over() bool {
	return (r.Outcome == Done || r.Outcome == Already) && !r.TextUnsent
}

// The exit statuses of a command that acts, as design.md's command line gives
// them.
const (
	exitDone   = 0
	exitFailed = 1
	exitPartly = 3
)

// ExitStatus is 0 when everything asked for is so now, 3 when some of it is,
// and 1 when nothing is. That somebody was faster counts as being so, and a note
// before an action that was not done does not.
func ExitStatus(results []Result) int {
	good, partly := 0, 0
	for _, r := range results {
		switch {
		case r.Partly, r.Outcome == Done && r.TextUnsent:
			partly++
		case r.Outcome == Done || r.Outcome == Already:
			good++
		}
	}
	switch {
	case good+partly == 0:
		return exitFailed
	case good < len(results):
		return exitPartly
	}
	return exitDone
}

// Summarise is the results as one line: the sentence of a single one, else how
// many ended how, and the first that did not come about.
func Summarise(results []Result) string {
	switch len(results) {
	case 0:
		return "Nothing was done."
	case 1:
		return results[0].Sentence
	}
	counts := map[Outcome]int{}
	var first *Result
	for i, r := range results {
		counts[r.Outcome]++
		if first == nil && r.Outcome != Done && r.Outcome != Already {
			first = &results[i]
		}
	}
	var parts []string
	for _, o := range []Outcome{Done, Already, Refused, Failed, Unknown} {
		if counts[o] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[o], o))
		}
	}
	line := strings.Join(parts, ", ")
	if first != nil {
		line += ". " + wording.Shorten(cmp.Or(first.Title, first.GroupID), 60) + ": " + first.Sentence
	}
	return line
}
