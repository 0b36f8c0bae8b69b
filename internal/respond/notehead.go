package respond

import (
	"fmt"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/notetext"
	"firstline/internal/record"
	"firstline/internal/triage"
	"firstline/internal/wording"
)

// headOf is what the notes of all groups of a request share: who does what and
// why; of a single group also what was tried.
func headOf(r Request, toWhom string, w Data) string {
	var b strings.Builder
	// If the note is written before its action, it says what is asked for,
	// which stays true if PagerDuty refuses. It comes first so that the
	// notified people find it.
	switch r.Action {
	case Escalate:
		fmt.Fprintf(&b, "%s asks to escalate this to %s, with firstline.", wording.Sentence(w.by()), toWhom)
	case HandOff:
		if r.Responders {
			fmt.Fprintf(&b, "%s asks %s to join, with firstline.", wording.Sentence(w.by()), toWhom)
			break
		}
		fmt.Fprintf(&b, "%s asks to hand this off to %s, with firstline.", wording.Sentence(w.by()), toWhom)
	case NextLevel:
		fmt.Fprintf(&b, "%s asks to escalate this to the next level, with firstline.", wording.Sentence(w.by()))
	case SetUrgency:
		fmt.Fprintf(&b, "Urgency changed to %s by %s with firstline.", clean.Line(strings.ToLower(r.Urgency)), w.by())
	case SetPriority:
		fmt.Fprintf(&b, "Priority changed by %s with firstline.", w.by())
	default:
		fmt.Fprintf(&b, "%s by %s with firstline.", wording.Sentence(r.Action.Past()), w.by())
	}
	if reason := strings.TrimSpace(clean.Text(r.Reason)); reason != "" {
		b.WriteString("\nWhy: " + reason)
	}
	if len(r.Groups) == 1 {
		b.WriteString(triedText(r.Tried[r.Groups[0].ID]))
	}
	return b.String()
}

// triedText is what was tried as a part of a note; empty when nothing was.
func triedText(lines []string) string {
	text := ""
	for _, t := range lines {
		if t = clean.Line(t); t != "" {
			text += "\n- " + t
		}
	}
	if text == "" {
		return ""
	}
	return "\n" + record.TriedHeading + text
}

// noteFor is the note of one group: the head, which is the responder's own and
// never cut, and the context as far as it fits, with room for the mark.
func noteFor(head string, g triage.Group, now time.Time) string {
	room := notetext.Limit - len(head) - len("\n\n") - len(notetext.Marked("", NewAttemptID()))
	if room < 80 {
		return head
	}
	return head + "\n\n" + notetext.Cut(notetext.Context(g, now), room)
}
