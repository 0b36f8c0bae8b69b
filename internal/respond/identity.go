package respond

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"firstline/internal/silencing"
)

// NewAttemptID is a random id that no other attempt has.
func NewAttemptID() string {
	b := make([]byte, 6)
	_, _ = rand.Read(b) // it never fails
	return hex.EncodeToString(b)
}

// Attempt is the plan as somebody confirmed it: each of its items that sends
// something gets an attempt's id.
func (p Plan) Attempt() Plan {
	p.Items = slices.Clone(p.Items)
	for i := range p.Items {
		if p.Items[i].Sends() && p.Items[i].Attempt == "" {
			p.Items[i].Attempt = NewAttemptID()
		}
	}
	return p
}

// TargetKey says to whom or to what an item's action is, in words that do not
// change between two tries, whatever is so by then: a person, a policy, an
// urgency. Of a note by itself it is the text.
func (p Plan) TargetKey(item Item) string {
	switch p.Action {
	case Acknowledge, Resolve, Snooze, NextLevel:
		for _, s := range item.Steps {
			if s.Kind == StepSilence {
				return "silence"
			}
		}
		return ""
	case AddNote:
		for _, s := range item.Steps {
			if s.Kind == StepNote {
				sum := sha256.Sum256([]byte(s.Note))
				return "text " + hex.EncodeToString(sum[:8])
			}
		}
	case Escalate, HandOff:
		key := "policy " + item.Target.PolicyID
		if item.Target.Kind == ToUser || item.Target.PolicyID == "" {
			key = "user " + item.Target.ID
		}
		if p.join {
			key = "join " + cmp.Or(item.Target.PolicyID, item.Target.ID)
		}
		return key
	case SetUrgency:
		return "urgency " + p.urgency
	case SetPriority:
		return "priority " + p.priority
	case Merge:
		return "incident " + p.into
	}
	return p.stepKey(item)
}

// stepKey is of the first write that is to somebody or something.
func (p Plan) stepKey(item Item) string {
	for _, s := range item.Steps {
		switch s.Kind {
		case StepPolicy, StepMove, StepLevel:
			return "policy " + s.PolicyID
		case StepAssign:
			return "user " + s.UserID
		case StepSilence:
			return "silence " + silencing.QuoteMatchers(s.Silence.Matchers)
		case StepExtend, StepExpire:
			return "silence " + s.Silence.ID
		}
	}
	return ""
}

// Key identifies a write among those of an item, in words that do not change
// between two tries.
func (s Step) Key() string {
	if s.Silence == nil {
		return string(s.Kind)
	}
	if s.Kind != StepSilence {
		return string(s.Kind) + " " + s.Silence.ID
	}
	return string(s.Kind) + " " + s.Silence.Source + " " + silencing.QuoteMatchers(s.Silence.Matchers)
}

// MayRepeat reports whether a write that came about, or may do so yet, may be
// sent again without another effect. The key of an incident makes no second one
// only while the first is open, so opening one may not be repeated.
func (s Step) MayRepeat() bool {
	switch s.Kind {
	case StepNote, StepSilence, StepCorrect, StepOpen:
		return false
	}
	return !s.Notifies()
}

// Notifies reports whether a write makes PagerDuty notify somebody, so that
// doing it twice is worse than not at all.
func (s Step) Notifies() bool {
	switch s.Kind {
	case StepPolicy, StepMove, StepLevel, StepAssign, StepResponders, StepOpen:
		return true
	case StepUrgency:
		return len(s.Recipients) > 0
	}
	return false
}

// NotesFirst reports whether an item posts a note before it acts.
func (i Item) NotesFirst() bool {
	return len(i.Steps) > 1 && i.Steps[0].Kind == StepNote
}
