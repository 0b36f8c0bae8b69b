package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"
)

// Entry is one write in the journal: an intent stored before it is sent, and
// its outcome.
type Entry struct {
	ID         int64
	At         time.Time
	By         string
	Action     string
	GroupID    string
	IncidentID string
	Title      string
	Service    string
	Team       string
	Target     string
	Reason     string
	// Attempt is the id of the attempt that the write belongs to. Older
	// versions of firstline left it empty.
	Attempt string
	// Intent is what was going to be sent and what was seen at the time, as
	// JSON.
	Intent json.RawMessage
	// Outcome is one of respond's outcomes. It is empty until it is stored.
	Outcome   string
	Sentence  string
	OutcomeAt time.Time
	// SentAt is when it was last sent, if that was not just after At. Older versions
	// of firstline left it empty.
	SentAt time.Time
}

// Begin stores an intent and returns its id.
func (s *Store) Begin(ctx context.Context, e Entry) (int64, error) {
	r, err := s.db.ExecContext(ctx, `
INSERT INTO journal (at, by, action, group_id, incident_id, title, service, team, target, reason, attempt, intent)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		formatTime(e.At), e.By, e.Action, e.GroupID, e.IncidentID, e.Title, e.Service, e.Team, e.Target, e.Reason, e.Attempt, string(e.Intent))
	if err != nil {
		return 0, fmt.Errorf("recording what is about to be sent: %w", err)
	}
	id, err := r.LastInsertId()
	if err != nil {
		return 0, fmt.Errorf("recording what is about to be sent: %w", err)
	}
	return id, nil
}

// Sent stores when an intent was last sent, if that was not just after it was
// stored.
func (s *Store) Sent(ctx context.Context, id int64, at time.Time) error {
	if _, err := s.db.ExecContext(ctx, `UPDATE journal SET sent_at = ? WHERE id = ?`, formatTime(at), id); err != nil {
		return fmt.Errorf("recording when it was sent: %w", err)
	}
	return nil
}

// unknown is the outcome of a write whose answer was lost. An outcome that is
// found later replaces it.
const unknown = "unknown"

// SetOutcome stores the outcome of an intent. It replaces no outcome except
// unknown.
func (s *Store) SetOutcome(ctx context.Context, id int64, outcome, sentence string, at time.Time) error {
	_, err := s.db.ExecContext(ctx, `UPDATE journal SET outcome = ?, sentence = ?, settled_at = ? WHERE id = ? AND (settled_at = '' OR outcome = ?)`,
		outcome, sentence, formatTime(at), id, unknown)
	if err != nil {
		return fmt.Errorf("recording the outcome: %w", err)
	}
	return nil
}

const entryColumns = `id, at, by, action, group_id, incident_id, title, service, team, target, reason, attempt, intent, outcome, sentence, settled_at, sent_at`

func scanEntry(r *sql.Rows) (e Entry, err error) {
	var at, outcomeAt, sent, intent string
	err = r.Scan(&e.ID, &at, &e.By, &e.Action, &e.GroupID, &e.IncidentID, &e.Title, &e.Service, &e.Team,
		&e.Target, &e.Reason, &e.Attempt, &intent, &e.Outcome, &e.Sentence, &outcomeAt, &sent)
	e.At, e.OutcomeAt, e.SentAt, e.Intent = parseTime(at), parseTime(outcomeAt), parseTime(sent), json.RawMessage(intent)
	return e, err
}

// Unsettled returns the intents without an outcome, oldest first. After a crash
// they must be settled.
func (s *Store) Unsettled(ctx context.Context) ([]Entry, error) {
	return query(ctx, s.db, "reading the journal", scanEntry,
		`SELECT `+entryColumns+` FROM journal WHERE settled_at = '' ORDER BY id`)
}

// Open returns the entries whose outcome is missing or unknown, oldest first.
// It omits entries whose attempt has been completed by another try.
func (s *Store) Open(ctx context.Context) ([]Entry, error) {
	return query(ctx, s.db, "reading the journal", scanEntry,
		`SELECT `+entryColumns+` FROM journal WHERE (settled_at = '' OR outcome = ?)
	AND NOT EXISTS (SELECT 1 FROM attempts WHERE attempts.id = journal.attempt AND attempts.ended_at <> '') ORDER BY id`, unknown)
}

// Journal returns the entries since a time on the groups or incidents with
// these ids, or on all without ids, oldest first.
func (s *Store) Journal(ctx context.Context, since time.Time, ids ...string) ([]Entry, error) {
	wanted, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("reading the journal: %w", err)
	}
	return query(ctx, s.db, "reading the journal", scanEntry, `
SELECT `+entryColumns+` FROM journal WHERE at >= ?1 AND (?2 = 0
	OR group_id IN (SELECT value FROM json_each(?3)) OR incident_id IN (SELECT value FROM json_each(?3))) ORDER BY id`,
		formatTime(since), len(ids), string(wanted))
}
