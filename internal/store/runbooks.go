package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"firstline/internal/record"
)

// SetTick stores a tick. When two terminals tick the same step, the later time
// wins, in whatever order they write.
func (s *Store) SetTick(ctx context.Context, t record.Tick) error {
	_, err := s.db.ExecContext(ctx, `
INSERT INTO ticks (group_id, runbook, step, text, done, by, at) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (group_id, runbook, step) DO UPDATE
SET text = excluded.text, done = excluded.done, by = excluded.by, at = excluded.at
WHERE excluded.at >= ticks.at`,
		t.GroupID, t.Runbook, t.Step, t.Text, t.Done, t.By, formatTime(t.At))
	if err != nil {
		return fmt.Errorf("recording a ticked step: %w", err)
	}
	return nil
}

const tickColumns = `group_id, runbook, step, text, done, by, at`

func scanTick(r *sql.Rows) (t record.Tick, err error) {
	var at string
	err = r.Scan(&t.GroupID, &t.Runbook, &t.Step, &t.Text, &t.Done, &t.By, &at)
	t.At = parseTime(at)
	return t, err
}

// Ticks returns the steps ticked for a group, oldest first.
func (s *Store) Ticks(ctx context.Context, groupID string) ([]record.Tick, error) {
	return query(ctx, s.db, "reading the ticked steps", scanTick,
		`SELECT `+tickColumns+` FROM ticks WHERE group_id = ? AND done ORDER BY at, step`, groupID)
}

// TicksSince returns the steps ticked since a time in all groups, oldest first.
func (s *Store) TicksSince(ctx context.Context, since time.Time) ([]record.Tick, error) {
	return query(ctx, s.db, "reading the ticked steps", scanTick,
		`SELECT `+tickColumns+` FROM ticks WHERE at >= ? AND done ORDER BY at, group_id, step`, formatTime(since))
}

// MoveGroup gives the ticks, runs, remarks, openings and reading position of a group
// to the one that took its place. What that one has of later time stays.
func (s *Store) MoveGroup(ctx context.Context, from, to string) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err == nil {
		defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
		for _, statement := range []string{
			`INSERT INTO ticks (group_id, runbook, step, text, done, by, at)
SELECT ?2, runbook, step, text, done, by, at FROM ticks WHERE group_id = ?1
ON CONFLICT (group_id, runbook, step) DO UPDATE
SET text = excluded.text, done = excluded.done, by = excluded.by, at = excluded.at WHERE excluded.at >= ticks.at`,
			`DELETE FROM ticks WHERE group_id = ?1 AND ?1 <> ?2`,
			`UPDATE runs SET group_id = ?2 WHERE group_id = ?1`,
			`INSERT INTO remarks (group_id, runbook, step, by, section, text, kind, why, at)
SELECT ?2, runbook, step, by, section, text, kind, why, at FROM remarks WHERE group_id = ?1
ON CONFLICT (group_id, runbook, step, by) DO UPDATE
SET section = excluded.section, text = excluded.text, kind = excluded.kind, why = excluded.why, at = excluded.at WHERE excluded.at >= remarks.at`,
			`DELETE FROM remarks WHERE group_id = ?1 AND ?1 <> ?2`,
			`UPDATE OR IGNORE openings SET group_id = ?2 WHERE group_id = ?1`,
			`DELETE FROM openings WHERE group_id = ?1 AND ?1 <> ?2`,
			`UPDATE OR IGNORE positions SET group_id = ?2 WHERE group_id = ?1`,
			`DELETE FROM positions WHERE group_id = ?1 AND ?1 <> ?2`,
		} {
			if err == nil {
				_, err = tx.ExecContext(ctx, statement, from, to)
			}
		}
		if err == nil {
			err = tx.Commit()
		}
	}
	if err != nil {
		return fmt.Errorf("giving the ticked steps to the incident: %w", err)
	}
	return nil
}

// SetPosition stores a group's reading position.
func (s *Store) SetPosition(ctx context.Context, p record.Position) error {
	_, err := s.db.ExecContext(ctx, `INSERT OR REPLACE INTO positions (group_id, runbook, line, at) VALUES (?, ?, ?, ?)`,
		p.GroupID, p.Runbook, p.Line, formatTime(p.At))
	if err != nil {
		return fmt.Errorf("storing the reading position: %w", err)
	}
	return nil
}

// Positions returns the reading positions of all groups.
func (s *Store) Positions(ctx context.Context) ([]record.Position, error) {
	return query(ctx, s.db, "reading the reading positions", func(r *sql.Rows) (p record.Position, err error) {
		var at string
		err = r.Scan(&p.GroupID, &p.Runbook, &p.Line, &at)
		p.At = parseTime(at)
		return p, err
	}, `SELECT group_id, runbook, line, at FROM positions ORDER BY group_id`)
}

// Page is a fetched runbook in its original form.
type Page struct {
	URL                string
	FetchedAt          time.Time
	ETag, LastModified string // the validators for the next request
	Body               []byte
}

// forgetPages deletes the runbooks that were fetched longest ago, until the others
// have at most a number of bytes.
const forgetPages = `
DELETE FROM pages WHERE url IN (
	SELECT url FROM (SELECT url, sum(length(body)) OVER (ORDER BY fetched_at DESC, url) AS so_far FROM pages) WHERE so_far > ?
)`

// SetPage stores a fetched runbook for times without network. All of them together
// have at most so many bytes.
func (s *Store) SetPage(ctx context.Context, p Page, most int64) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err == nil {
		defer tx.Rollback() //nolint:errcheck // after Commit there is nothing to undo
		_, err = tx.ExecContext(ctx, `INSERT OR REPLACE INTO pages (url, fetched_at, etag, last_modified, body) VALUES (?, ?, ?, ?, ?)`,
			p.URL, formatTime(p.FetchedAt), p.ETag, p.LastModified, p.Body)
		if err == nil {
			_, err = tx.ExecContext(ctx, forgetPages, most)
		}
		if err == nil {
			err = tx.Commit()
		}
	}
	if err != nil {
		return fmt.Errorf("storing a fetched runbook: %w", err)
	}
	return nil
}

// Page returns a fetched runbook, and false when it was never fetched.
func (s *Store) Page(ctx context.Context, url string) (Page, bool, error) {
	p := Page{URL: url}
	var at string
	err := s.db.QueryRowContext(ctx, `SELECT fetched_at, etag, last_modified, body FROM pages WHERE url = ?`, url).
		Scan(&at, &p.ETag, &p.LastModified, &p.Body)
	if errors.Is(err, sql.ErrNoRows) {
		return Page{}, false, nil
	}
	if err != nil {
		return Page{}, false, fmt.Errorf("reading a fetched runbook: %w", err)
	}
	p.FetchedAt = parseTime(at)
	return p, true, nil
}

// Tidy deletes the reading positions, fetched runbooks and snapshots that were last
// used before since, and the oldest runbooks beyond so many bytes. Ticks, runs and
// the journal are the record and stay.
func (s *Store) Tidy(ctx context.Context, since time.Time, most int64) error {
	_, err := s.db.ExecContext(ctx, forgetPages, most)
	for _, statement := range []string{
		`DELETE FROM positions WHERE at < ?`, `DELETE FROM pages WHERE fetched_at < ?`, `DELETE FROM attempts WHERE at < ?`,
		`DELETE FROM snapshots WHERE as_of < ?`,
	} {
		if err == nil {
			_, err = s.db.ExecContext(ctx, statement, formatTime(since))
		}
	}
	if err != nil {
		return fmt.Errorf("tidying the state file: %w", err)
	}
	return nil
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// query runs a SELECT and scans each row.
func query[T any](ctx context.Context, db querier, doing string, scan func(*sql.Rows) (T, error), sqlText string, args ...any) (all []T, err error) {
	rows, err := db.QueryContext(ctx, sqlText, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", doing, err)
		}
		all = append(all, one)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return all, nil
}
