package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"firstline/internal/record"
)

// SetRemark stores what a person says of a step. When two terminals of the same
// person do, the later time wins, in whatever order they write.
func (s *Store) SetRemark(ctx context.Context, r record.Remark) error {
	_, err := s.db.ExecContext(ctx, `
INSERT INTO remarks (group_id, runbook, step, by, section, text, kind, why, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (group_id, runbook, step, by) DO UPDATE
SET section = excluded.section, text = excluded.text, kind = excluded.kind, why = excluded.why, at = excluded.at
WHERE excluded.at >= remarks.at`,
		r.GroupID, r.Runbook, r.Step, r.By, r.Section, r.Text, string(r.Kind), r.Why, formatTime(r.At))
	if err != nil {
		return fmt.Errorf("recording what was said of a step: %w", err)
	}
	return nil
}

// Remarks returns what was said of steps since a time in all groups, oldest first.
// What was taken back has no kind.
func (s *Store) Remarks(ctx context.Context, since time.Time) ([]record.Remark, error) {
	return query(ctx, s.db, "reading what was said of steps", func(r *sql.Rows) (m record.Remark, err error) {
		var at string
		err = r.Scan(&m.GroupID, &m.Runbook, &m.Step, &m.By, &m.Section, &m.Text, &m.Kind, &m.Why, &at)
		m.At = parseTime(at)
		return m, err
	}, `SELECT group_id, runbook, step, by, section, text, kind, why, at FROM remarks WHERE at >= ? ORDER BY at, group_id, step, by`, formatTime(since))
}

// AddOpening stores that a runbook was read for a group, the first time.
func (s *Store) AddOpening(ctx context.Context, o record.Opening) error {
	_, err := s.db.ExecContext(ctx, `INSERT OR IGNORE INTO openings (group_id, runbook, section, by, at) VALUES (?, ?, ?, ?, ?)`,
		o.GroupID, o.Runbook, o.Section, o.By, formatTime(o.At))
	if err != nil {
		return fmt.Errorf("recording that a runbook was read: %w", err)
	}
	return nil
}

// Openings returns which runbooks were read since a time, oldest first.
func (s *Store) Openings(ctx context.Context, since time.Time) ([]record.Opening, error) {
	return query(ctx, s.db, "reading which runbooks were read", func(r *sql.Rows) (o record.Opening, err error) {
		var at string
		err = r.Scan(&o.GroupID, &o.Runbook, &o.Section, &o.By, &at)
		o.At = parseTime(at)
		return o, err
	}, `SELECT group_id, runbook, section, by, at FROM openings WHERE at >= ? ORDER BY at, group_id, runbook, section`, formatTime(since))
}
