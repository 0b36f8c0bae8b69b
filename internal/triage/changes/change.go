package changes

import (
	"strconv"
	"strings"
	"time"

	"firstline/internal/wording"
)

// Kind is what changed in a group.
type Kind int

// The kinds of changes, in the order in which a summary names them.
const (
	// New: the group was not there, and its source would have had it.
	New Kind = iota
	// Opened: an incident was opened for alerts that had none.
	Opened
	// Escalated: PagerDuty passed the incident on as it had announced.
	Escalated
	// Went: the incident was assigned to others.
	Went
	// Asked: the person at the screen was asked to join the incident.
	Asked
	// TriggeredAgain: an acknowledgement ended.
	TriggeredAgain
	// Graver: severity or urgency rose.
	Graver
	// Fires: a pending, silenced or inhibited alert fires.
	Fires
	// FiresAgain: the alerts of an incident were over, and fire.
	FiresAgain
	// Acknowledged: somebody acknowledged the incident.
	Acknowledged
	// Silenced: a silence mutes it.
	Silenced
	// NoLongerFires: the alerts of an open incident are proven to be over.
	NoLongerFires
	// Ended: PagerDuty no longer has the incident among the open ones.
	Ended
	// Unreported: no source reports the alerts any longer.
	Unreported
	// Unread: the group is missing, and a source of it was not read whole.
	Unread
)

// String is the kind for scripts, in one word.
func (k Kind) String() string { return kindNames[k] }

var kindNames = [...]string{
	New: "new", Opened: "opened", Escalated: "escalated", Went: "assigned", Asked: "asked", TriggeredAgain: "triggered_again",
	Graver: "graver", Fires: "fires", FiresAgain: "fires_again", Acknowledged: "acknowledged", Silenced: "silenced",
	NoLongerFires: "no_longer_fires", Ended: "ended", Unreported: "unreported", Unread: "unread",
}

// Change is one change of one group.
type Change struct {
	ID   string // of the group
	Kind Kind
	// From are the groups of alerts whose place the incident took, where it was
	// opened.
	From []string
	// Name is the incident's number and the title, cleaned.
	Name string
	// Who are the people it is about, or the word of a severity; empty where it is
	// about none or not known.
	Who string
	// At is when it happened as far as a source dates it, else when it was read.
	At time.Time
}

// Listed reports whether the group of a change is still in the list.
func (c Change) Listed() bool { return c.Kind < Ended }

// Sentence says what changed.
func (c Change) Sentence() string {
	by := ""
	if c.Who != "" {
		by = " by " + c.Who
	}
	switch c.Kind {
	case New:
		return "New: " + c.Name
	case Opened:
		return "An incident was opened: " + c.Name
	case Escalated:
		return "Escalated to " + c.Who + " by PagerDuty: " + c.Name
	case Went:
		return "Went to " + c.Who + ": " + c.Name
	case Asked:
		return "You were asked to join" + by + ": " + c.Name
	case TriggeredAgain:
		return "Triggered again: " + c.Name
	case Graver:
		return "Now " + c.Who + ": " + c.Name
	case Fires:
		return "Fires now: " + c.Name
	case FiresAgain:
		return "Fires again: " + c.Name
	case Acknowledged:
		return "Acknowledged" + by + ": " + c.Name
	case Silenced:
		return "Silenced: " + c.Name
	case NoLongerFires:
		return "No longer firing: " + c.Name
	case Ended:
		return "Ended: " + c.Name
	case Unreported:
		return "No longer reported: " + c.Name
	}
	return "Not listed any longer, and its source was not read whole: " + c.Name
}

// phrase is a kind in a summary, after its number; who is empty where they differ.
func (k Kind) phrase(who string) string {
	with := func(text string) string {
		if who == "" {
			return ""
		}
		return text + who
	}
	switch k {
	case New:
		return "new"
	case Opened:
		return "got an incident"
	case Escalated:
		return "escalated" + with(" to ")
	case Went:
		if who == "" {
			return "went to others"
		}
		return "went to " + who
	case Asked:
		return "asking you to join"
	case TriggeredAgain:
		return "triggered again"
	case Graver:
		if who == "" {
			return "graver"
		}
		return "now " + who
	case Fires:
		return "now firing"
	case FiresAgain:
		return "firing again"
	case Acknowledged:
		return "acked" + with(" by ")
	case Silenced:
		return "silenced"
	case NoLongerFires:
		return "no longer firing"
	case Ended:
		return "ended"
	case Unreported:
		return "no longer reported"
	}
	return "not read"
}

// Summary counts changes by their kind: "1 new, 1 went to Jonas Meyer, 2 ended".
// It is empty when there are none.
func Summary(list []Change) string {
	var parts []string
	for kind := New; kind <= Unread; kind++ {
		n, who := 0, ""
		for _, c := range list {
			switch {
			case c.Kind != kind:
				continue
			case n == 0:
				who = c.Who
			case who != c.Who:
				who = ""
			}
			n++
		}
		if n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+kind.phrase(who))
		}
	}
	return strings.Join(parts, ", ")
}

// mostSentences is how many changes of one kind have a sentence of their own.
const mostSentences = 8

// Sentence is what changed at a time.
type Sentence struct {
	At   time.Time
	Text string
}

// Sentences says each change in a sentence, and many of a kind by their number.
func Sentences(list []Change) []Sentence {
	var out []Sentence
	for kind := New; kind <= Unread; kind++ {
		var same []Change
		for _, c := range list {
			if c.Kind == kind {
				same = append(same, c)
			}
		}
		for i, c := range same {
			if i == mostSentences {
				out = append(out, Sentence{c.At, "And " + wording.Count(len(same)-i, "more group") + ": " + kind.phrase("")})
				break
			}
			out = append(out, Sentence{c.At, c.Sentence()})
		}
	}
	return out
}
