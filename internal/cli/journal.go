package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"firstline/internal/execute"
	"firstline/internal/respond"
	"firstline/internal/store"
	"firstline/sources"
)

// written is what the journal stores of a write in addition to its columns.
type written struct {
	Step respond.Step      `json:"step"`
	Seen *sources.Incident `json:"seen,omitempty"`
	// Confirmed: what the person was asked once more for and chose to do.
	Confirmed []string `json:"confirmed,omitempty"`
	// WriterID is of the store.Writer that was about to send.
	WriterID string `json:"writer_id,omitempty"`
	// PersonID is PagerDuty's id of the person.
	PersonID string `json:"person_id,omitempty"`
	// Account is the PagerDuty account, where there were several.
	Account string `json:"account,omitempty"`
	// Last: with this write the attempt is done.
	Last bool `json:"last,omitempty"`
	// Anyway: it was sent though it was not known what came of a write before.
	Anyway bool `json:"anyway,omitempty"`
}

// longestWrite is longer than any write takes, with all its waiting for rate
// limits and looking afterwards: what is older is not under way any more.
const longestWrite = 10 * time.Minute

// underWay reports whether what a writer began may still be carried out, by this
// program or another one. A clock that was turned back proves nothing.
func (j journal) underWay(at time.Time, writer string, now time.Time) bool {
	return now.Sub(at) <= longestWrite && j.state.Writes(writer)
}

// journal writes actions down in the store.
type journal struct{ state *store.Store }

var _ execute.Journal = journal{}

// Begin writes down an attempt, or takes over an open one of the same.
func (j journal) Begin(ctx context.Context, a execute.Attempt) (execute.Earlier, error) {
	writer, err := j.state.Writer()
	if err != nil {
		return execute.Earlier{}, err
	}
	row := store.Attempt{
		ID: a.ID, At: a.At, By: a.By, PersonID: a.PersonID, Action: string(a.Action), GroupID: a.Group.ID,
		Target: a.Target, Reason: a.Reason, Run: a.Run, Writer: writer, TriedAt: a.At,
	}
	if a.Group.Incident != nil {
		row.IncidentID = a.Group.Incident.ID
	}
	// This is read before an open attempt is taken over: a failure later would
	// lose the attempt, and a retry would send its note under another id.
	others, pendingErr := j.pending(ctx, a)
	pendingOf := func(attempt string) []execute.Begun {
		return slices.DeleteFunc(others, func(b execute.Begun) bool { return b.Attempt == attempt })
	}
	same := func(old store.Attempt) bool { return a.SamePerson(old.By, old.PersonID) }
	busy := func(old store.Attempt) bool { return j.underWay(old.TriedAt, old.Writer, a.At) }
	found, open, err := j.state.BeginAttempt(ctx, row, a.SubjectIDs(), a.OpenSince(), a.Shows, same, busy)
	if err != nil {
		return execute.Earlier{ID: a.ID, At: a.At}, err
	}
	if !open {
		return execute.Earlier{ID: a.ID, At: a.At, Pending: pendingOf(a.ID), PendingErr: pendingErr}, nil
	}
	earlier := execute.Earlier{
		ID: found.ID, Retry: true, At: found.At, Reason: found.Reason, UnderWay: busy(found), Pending: pendingOf(found.ID), PendingErr: pendingErr,
	}
	if o := respond.Outcome(found.Outcome); o == respond.Done || o == respond.Already {
		earlier.Done, earlier.Sentence = true, found.Sentence
	}
	entries, err := j.state.WritesOf(ctx, found.ID)
	if err != nil {
		earlier.Writes = []execute.Begun{{Attempt: found.ID}} // the writes themselves are unknown
	}
	for _, e := range entries {
		b, _, err := j.begun(ctx, e)
		if err != nil {
			b = execute.Begun{Number: e.ID, At: e.At, Attempt: found.ID}
		}
		earlier.Writes = append(earlier.Writes, b)
	}
	return earlier, nil
}

// Refused returns the writes of attempts that ended without their action.
func (j journal) Refused(ctx context.Context, a execute.Attempt) ([]execute.Begun, error) {
	entries, err := j.state.RefusedWrites(ctx, a.SubjectIDs(), a.OpenSince())
	var all []execute.Begun
	for _, e := range entries {
		if b, _, err := begunOf(e); err == nil && a.SamePerson(b.By, b.PersonID) {
			all = append(all, b)
		}
	}
	return all, err
}

// pending returns the writes with an unknown outcome on the subject of a.
func (j journal) pending(ctx context.Context, a execute.Attempt) ([]execute.Begun, error) {
	entries, err := j.state.Journal(ctx, a.OpenSince(), a.SubjectIDs()...)
	var pending []execute.Begun
	for _, e := range entries {
		// Those of an attempt that another try completed may still be carried out.
		if e.Outcome != "" && e.Outcome != string(respond.Unknown) {
			continue
		}
		if b, _, err := j.begun(ctx, e); err == nil { // one that can't be read is listed by history --open
			pending = append(pending, b)
		}
	}
	return pending, err
}

// End writes down what came of an attempt.
func (j journal) End(ctx context.Context, attempt string, outcome respond.Outcome, sentence string, at time.Time) error {
	return j.state.EndAttempt(ctx, attempt, string(outcome), sentence, at)
}

// EndRun writes down that all of a run was tried.
func (j journal) EndRun(ctx context.Context, run string) error { return j.state.EndRun(ctx, run) }

// begun is an entry of the journal as begunOf reads it, and whether the same was
// sent again.
func (j journal) begun(ctx context.Context, e store.Entry) (b execute.Begun, writer string, err error) {
	if b, writer, err = begunOf(e); err != nil || e.Outcome != "" && e.Outcome != string(respond.Unknown) {
		return b, writer, err
	}
	ids := slices.DeleteFunc([]string{e.GroupID, e.IncidentID}, func(id string) bool { return id == "" })
	later, err := j.state.Journal(ctx, e.At, ids...)
	if err != nil {
		b.SentAgain = true // it may have been
	}
	for _, e := range later {
		other, _, err := begunOf(e)
		b.SentAgain = b.SentAgain || err == nil && b.Repeats(other)
	}
	return b, writer, nil
}

// begunOf is an entry of the journal as respond reads it, and who wrote it.
func begunOf(e store.Entry) (b execute.Begun, writer string, err error) {
	var w written
	if err = json.Unmarshal(e.Intent, &w); err != nil {
		w, err = written{}, fmt.Errorf("reading entry %d of the journal: %w", e.ID, err)
	}
	return execute.Begun{
		Number: e.ID, At: e.At, SentAt: e.SentAt, By: e.By, PersonID: w.PersonID, Action: respond.Action(e.Action), GroupID: e.GroupID, IncidentID: e.IncidentID,
		Title: e.Title, Service: e.Service, Team: e.Team, Target: e.Target, Reason: e.Reason, Step: w.Step, Account: w.Account, Seen: w.Seen, Confirmed: w.Confirmed,
		Attempt: e.Attempt, Last: w.Last, Anyway: w.Anyway, Outcome: respond.Outcome(e.Outcome), Sentence: e.Sentence, OutcomeAt: e.OutcomeAt,
	}, w.WriterID, err
}

// Intent writes down what is about to be sent.
func (j journal) Intent(ctx context.Context, b execute.Begun) (int64, error) {
	writer, err := j.state.Writer()
	if err != nil {
		return 0, err
	}
	sent, err := json.Marshal(written{
		Step: b.Step, Seen: b.Seen, Confirmed: b.Confirmed, WriterID: writer, PersonID: b.PersonID, Account: b.Account, Last: b.Last, Anyway: b.Anyway,
	})
	if err != nil {
		return 0, fmt.Errorf("writing down what is about to be sent: %w", err)
	}
	return j.state.Begin(ctx, store.Entry{
		At: b.At, By: b.By, Action: string(b.Action), GroupID: b.GroupID, IncidentID: b.IncidentID, Title: b.Title,
		Service: b.Service, Team: b.Team, Target: b.Target, Reason: b.Reason, Attempt: b.Attempt, Intent: sent,
	})
}

// Sent writes down when a write was last sent.
func (j journal) Sent(ctx context.Context, number int64, at time.Time) error {
	return j.state.Sent(ctx, number, at)
}

// Outcome writes down how it went.
func (j journal) Outcome(ctx context.Context, number int64, outcome respond.Outcome, sentence string, at time.Time) error {
	return j.state.SetOutcome(ctx, number, string(outcome), sentence, at)
}
