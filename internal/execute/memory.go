package execute

import (
	"context"
	"slices"
	"sync"
	"time"

	"firstline/internal/respond"
)

// Memory is a Journal that ends with the program: it takes the place of one on
// the disk where that can't be opened.
type Memory struct {
	mu       sync.Mutex
	attempts []*remembered
	writes   []Begun
}

type remembered struct {
	Attempt
	running, ended bool
	outcome        respond.Outcome
	sentence       string
	runEnded       bool
}

var _ Journal = (*Memory)(nil)

// Begin takes over an open attempt of the same, or begins a new one.
func (m *Memory) Begin(_ context.Context, a Attempt) (Earlier, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, old := range slices.Backward(m.attempts) {
		same := old.Action == a.Action && old.Target == a.Target && a.SamePerson(old.By, old.PersonID) &&
			slices.ContainsFunc(old.SubjectIDs(), func(id string) bool { return slices.Contains(a.SubjectIDs(), id) })
		done := old.outcome == respond.Done || old.outcome == respond.Already
		if old.runEnded || old.ended && !done || !same || old.At.Before(a.OpenSince()) {
			continue
		}
		e := Earlier{ID: old.ID, Retry: true, At: old.At, Reason: old.Reason, UnderWay: old.running, Done: done, Sentence: old.sentence}
		for _, b := range m.writes {
			if b.Attempt == old.ID {
				b.SentAgain = slices.ContainsFunc(m.writes, b.Repeats)
				e.Writes = append(e.Writes, b)
			}
		}
		old.running, old.Run = true, a.Run
		e.Pending = m.pending(a, e.ID)
		return e, nil
	}
	m.attempts = append(m.attempts, &remembered{Attempt: a, running: true})
	return Earlier{ID: a.ID, At: a.At, Pending: m.pending(a, a.ID)}, nil
}

// pending returns the writes with an unknown outcome of other attempts than one
// on the subject of a.
func (m *Memory) pending(a Attempt, than string) (all []Begun) {
	ids := a.SubjectIDs()
	for _, b := range m.writes {
		b.SentAgain = slices.ContainsFunc(m.writes, b.Repeats)
		if b.Attempt != than && (b.Outcome == "" || b.Outcome == respond.Unknown) && (slices.Contains(ids, b.GroupID) || slices.Contains(ids, b.IncidentID)) {
			all = append(all, b)
		}
	}
	return all
}

// Refused returns the writes of attempts that ended without their action.
func (m *Memory) Refused(_ context.Context, a Attempt) (all []Begun, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var ended []*remembered
	for _, old := range m.attempts {
		if old.At.Before(a.OpenSince()) || !a.SamePerson(old.By, old.PersonID) ||
			!slices.ContainsFunc(old.SubjectIDs(), func(id string) bool { return slices.Contains(a.SubjectIDs(), id) }) {
			continue
		}
		switch old.outcome {
		case respond.Done, respond.Already:
			ended = slices.DeleteFunc(ended, func(o *remembered) bool { return o.Action == old.Action && o.Target == old.Target })
		case respond.Failed, respond.Refused:
			ended = append(ended, old)
		}
	}
	for _, old := range ended {
		for _, b := range m.writes {
			if b.Attempt == old.ID {
				all = append(all, b)
			}
		}
	}
	return all, nil
}

// End ends a try, and with a known outcome the attempt.
func (m *Memory) End(_ context.Context, attempt string, outcome respond.Outcome, sentence string, _ time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.attempts {
		if a.ID != attempt {
			continue
		}
		a.running = false
		if !a.ended {
			a.ended, a.outcome, a.sentence = outcome != respond.Unknown, outcome, sentence
		}
	}
	return nil
}

// EndRun ends the attempts of a run.
func (m *Memory) EndRun(_ context.Context, run string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.attempts {
		a.runEnded = a.runEnded || a.Run == run && a.ended
	}
	return nil
}

// Intent stores a write that is about to be sent.
func (m *Memory) Intent(_ context.Context, b Begun) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b.Number = int64(len(m.writes) + 1)
	m.writes = append(m.writes, b)
	return b.Number, nil
}

// Sent stores when a write was last sent.
func (m *Memory) Sent(_ context.Context, number int64, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.writes[number-1].SentAt = at
	return nil
}

// Outcome stores the outcome of a write. It replaces no outcome except unknown.
func (m *Memory) Outcome(_ context.Context, number int64, outcome respond.Outcome, sentence string, at time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if b := &m.writes[number-1]; b.Outcome == "" || b.Outcome == respond.Unknown {
		b.Outcome, b.Sentence, b.OutcomeAt = outcome, sentence, at
	}
	return nil
}

// Writes are all that were begun, oldest first.
func (m *Memory) Writes() []Begun {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.writes)
}
