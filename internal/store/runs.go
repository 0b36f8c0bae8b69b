package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"firstline/internal/record"
)

// AddRun stores a run that has ended.
func (s *Store) AddRun(ctx context.Context, r record.Run) error {
	_, err := s.db.ExecContext(ctx, `
INSERT INTO runs (group_id, runbook, step, command, exit_code, stopped, by, at, took_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.GroupID, r.Runbook, r.Step, r.Command, r.ExitCode, r.Stopped, r.By, formatTime(r.At), r.Took.Milliseconds())
	if err != nil {
		return fmt.Errorf("recording a run of a step: %w", err)
	}
	return nil
}

// Runs returns the commands that ran for a group, oldest first.
func (s *Store) Runs(ctx context.Context, groupID string) ([]record.Run, error) {
	return query(ctx, s.db, "reading the runs of steps", scanRun, `SELECT `+runColumns+` FROM runs WHERE group_id = ? ORDER BY at, id`, groupID)
}

// RunsSince returns the commands that ran since a time for all groups, oldest first.
func (s *Store) RunsSince(ctx context.Context, since time.Time) ([]record.Run, error) {
	return query(ctx, s.db, "reading the runs of steps", scanRun, `SELECT `+runColumns+` FROM runs WHERE at >= ? ORDER BY at, id`, formatTime(since))
}

const runColumns = `group_id, runbook, step, command, exit_code, stopped, by, at, took_ms`

func scanRun(r *sql.Rows) (run record.Run, err error) {
	var at string
	var took int64
	err = r.Scan(&run.GroupID, &run.Runbook, &run.Step, &run.Command, &run.ExitCode, &run.Stopped, &run.By, &at, &took)
	run.At, run.Took = parseTime(at), time.Duration(took)*time.Millisecond
	return run, err
}
