package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// Attempt is one confirmed action on one group. It is stored before any of it
// is sent. Its writes are the journal entries with its id.
type Attempt struct {
	ID string
	At time.Time
	// By is an email or a name, PersonID PagerDuty's id of the person.
	By, PersonID        string
	Action              string
	GroupID, IncidentID string
	// Target is who or what the action goes to, in words that do not change
	// between tries.
	Target, Reason string
	// Writer is the Store.Writer of the program that has been trying the attempt
	// since TriedAt. It is empty when no program is.
	Writer  string
	TriedAt time.Time
	// Run is the id of everything that was confirmed together.
	Run string
	// Outcome and Sentence belong to the last try. They are empty until one has
	// ended.
	Outcome, Sentence string
}

// BeginAttempt stores an attempt, or takes over an open one: with the same
// action and target, on a group or incident with one of the ids, begun after
// since, that same accepts. An attempt is open until its outcome is known, and one
// that is done until its run has ended: so an interrupted run of many can be
// repeated for the rest. After Reported such a one is open only with shows: what it
// did still shows. BeginAttempt returns
// the attempt as it was before, and whether it was open. It leaves an attempt
// alone for which busy is true. When two callers race, the second finds the
// attempt of the first.
func (s *Store) BeginAttempt(ctx context.Context, a Attempt, ids []string, since time.Time, shows bool, same, busy func(Attempt) bool) (before Attempt, open bool, err error) {
	wanted, err := json.Marshal(ids)
	if err != nil {
		return Attempt{}, false, fmt.Errorf("beginning an attempt: %w", err)
	}
	tx, err := s.db.BeginTx(ctx, nil) // takes the lock at once
	if err != nil {
		return Attempt{}, false, fmt.Errorf("beginning an attempt: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // a no-op after Commit
	found, err := query(ctx, tx, "beginning an attempt", scanAttempt, `
SELECT id, at, by, person_id, action, group_id, incident_id, target, reason, writer, tried_at, run, outcome, sentence FROM attempts
WHERE (run_ended = 0 AND (ended_at = '' OR outcome IN ('done', 'already')) OR run_ended = 2 AND ?5 AND outcome IN ('done', 'already')) AND action = ?1 AND target = ?2 AND at >= ?3
	AND (group_id IN (SELECT value FROM json_each(?4)) OR incident_id IN (SELECT value FROM json_each(?4)))
ORDER BY at DESC`, a.Action, a.Target, formatTime(since), string(wanted), shows)
	if err != nil {
		return Attempt{}, false, err
	}
	for _, old := range found {
		if !same(old) {
			continue
		}
		if busy(old) {
			return old, true, nil
		}
		_, err = tx.ExecContext(ctx, `UPDATE attempts SET writer = ?, tried_at = ?, run = ? WHERE id = ?`,
			a.Writer, formatTime(a.TriedAt), a.Run, old.ID)
		if err == nil {
			err = tx.Commit()
		}
		if err != nil {
			return Attempt{}, false, fmt.Errorf("taking over an attempt: %w", err)
		}
		return old, true, nil
	}
	_, err = tx.ExecContext(ctx, `
INSERT INTO attempts (id, at, by, person_id, action, group_id, incident_id, target, reason, writer, tried_at, run)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		a.ID, formatTime(a.At), a.By, a.PersonID, a.Action, a.GroupID, a.IncidentID, a.Target, a.Reason, a.Writer, formatTime(a.TriedAt), a.Run)
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return Attempt{}, false, fmt.Errorf("beginning an attempt: %w", err)
	}
	return a, false, nil
}

func scanAttempt(r *sql.Rows) (a Attempt, err error) {
	var at, tried string
	err = r.Scan(&a.ID, &at, &a.By, &a.PersonID, &a.Action, &a.GroupID, &a.IncidentID, &a.Target, &a.Reason, &a.Writer, &tried,
		&a.Run, &a.Outcome, &a.Sentence)
	a.At, a.TriedAt = parseTime(at), parseTime(tried)
	return a, err
}

// RefusedWrites returns the journal entries, oldest first, of the attempts on a
// group or incident with one of the ids, begun since a time, that ended failed or
// refused. It omits an attempt after which one of the same action and target was
// done.
func (s *Store) RefusedWrites(ctx context.Context, ids []string, since time.Time) ([]Entry, error) {
	wanted, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	return query(ctx, s.db, "reading the journal", scanEntry, `
WITH mine AS (SELECT * FROM attempts WHERE at >= ?1
	AND (group_id IN (SELECT value FROM json_each(?2)) OR incident_id IN (SELECT value FROM json_each(?2))))
SELECT `+entryColumns+` FROM journal WHERE attempt IN (SELECT id FROM mine WHERE outcome IN ('failed', 'refused')
	AND NOT EXISTS (SELECT 1 FROM mine AS later WHERE later.action = mine.action AND later.target = mine.target
		AND later.at > mine.at AND later.outcome IN ('done', 'already'))) ORDER BY id`, formatTime(since), string(wanted))
}

// EndAttempt stores the outcome of an attempt. An attempt whose outcome is
// unknown stays open, and another program may take it over.
func (s *Store) EndAttempt(ctx context.Context, id, outcome, sentence string, at time.Time) error {
	ended := formatTime(at)
	if outcome == unknown {
		ended = ""
	}
	_, err := s.db.ExecContext(ctx, `UPDATE attempts SET outcome = ?, sentence = ?, ended_at = ?, writer = '' WHERE id = ? AND ended_at = ''`,
		outcome, sentence, ended, id)
	if err != nil {
		return fmt.Errorf("recording the outcome of an attempt: %w", err)
	}
	return nil
}

// EndRun marks a run complete: all of what was confirmed together has been
// tried.
func (s *Store) EndRun(ctx context.Context, run string) error {
	if _, err := s.db.ExecContext(ctx, `UPDATE attempts SET run_ended = 1 WHERE run = ? AND ended_at <> ''`, run); err != nil {
		return fmt.Errorf("recording that all was tried: %w", err)
	}
	return nil
}

// Reported marks an attempt as one whose outcome a person was shown after its run.
// The same again is another attempt, unless what it did still shows.
func (s *Store) Reported(ctx context.Context, id string) error {
	if _, err := s.db.ExecContext(ctx, `UPDATE attempts SET run_ended = 2 WHERE id = ? AND run_ended = 0 AND ended_at <> ''`, id); err != nil {
		return fmt.Errorf("recording that an outcome was reported: %w", err)
	}
	return nil
}

// WritesOf returns the journal entries of an attempt, oldest first.
func (s *Store) WritesOf(ctx context.Context, attempt string) ([]Entry, error) {
	return query(ctx, s.db, "reading the journal", scanEntry,
		`SELECT `+entryColumns+` FROM journal WHERE attempt = ? AND attempt <> '' ORDER BY id`, attempt)
}
