package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Run is a command of a runbook that was run for a group, and how it ended.
type Run struct {
	GroupID string
	// Runbook is its path, Step what names the step in it.
	Runbook, Step string
	// Command is the exact line, as it was confirmed and run.
	Command string
	// ExitCode is -1 when it was stopped or never began.
	ExitCode int
	Stopped  bool
	By       string
	// At is when it began.
	At   time.Time
	Took time.Duration // kept to the millisecond
}

// AddRun records a run that has ended.
func (s *Store) AddRun(ctx context.Context, r Run) error {
	_, err := s.db.ExecContext(ctx, `
INSERT INTO runs (group_id, runbook, step, command, exit_code, stopped, by, at, took_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.GroupID, r.Runbook, r.Step, r.Command, r.ExitCode, r.Stopped, r.By, formatTime(r.At), r.Took.Milliseconds())
	if err != nil {
		return fmt.Errorf("recording a run of a step: %w", err)
	}
	return nil
}

// Runs are the commands that were run for a group, oldest first.
func (s *Store) Runs(ctx context.Context, groupID string) ([]Run, error) {
	return query(ctx, s.db, "reading the runs of steps", func(r *sql.Rows) (run Run, err error) {
		var at string
		var took int64
		err = r.Scan(&run.GroupID, &run.Runbook, &run.Step, &run.Command, &run.ExitCode, &run.Stopped, &run.By, &at, &took)
		run.At, run.Took = parseTime(at), time.Duration(took)*time.Millisecond
		return run, err
	}, `SELECT group_id, runbook, step, command, exit_code, stopped, by, at, took_ms FROM runs WHERE group_id = ? ORDER BY at, id`, groupID)
}
