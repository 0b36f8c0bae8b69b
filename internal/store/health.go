package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Health is how the state file is.
type Health struct {
	// Size is how many bytes it has on the disk, with SQLite's log.
	Size int64
	// Fault is what SQLite found wrong in the file, or empty.
	Fault string
	// Others is how many other firstlines have written to it and still run.
	Others int
	// Damaged are the paths of damaged files that were set aside.
	Damaged []string
}

// Health reads the whole file.
func (s *Store) Health(ctx context.Context) (Health, error) {
	var h Health
	if err := s.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&h.Fault); err != nil {
		return h, fmt.Errorf("checking the state file: %w", err)
	}
	if h.Fault == "ok" {
		h.Fault = ""
	}
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(s.path + suffix); err == nil {
			h.Size += info.Size()
		}
	}
	held, _, err := writersOf(s.path)
	if err != nil {
		return h, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, lock := range held {
		if s.writer == nil || lock != s.writerPath(s.writerID) {
			h.Others++
		}
	}
	h.Damaged, err = filepath.Glob(s.path + ".damaged-*")
	if err != nil {
		return h, fmt.Errorf("looking for damaged files: %w", err)
	}
	return h, nil
}

// TryWrite writes to the disk what is in the file already, as the journal writes before
// each action.
func (s *Store) TryWrite(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing to the state file: %w", err)
		}
	}()
	tx, err := s.db.BeginTx(ctx, nil) // nobody else writes from here on
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // a no-op after Commit
	var version int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	// A pragma takes no parameters; the number is what was read.
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version)); err != nil {
		return err
	}
	return tx.Commit()
}

// PastCount returns how many incidents are in the stored history.
func (s *Store) PastCount(ctx context.Context) (n int, err error) {
	if err := s.db.QueryRowContext(ctx, `SELECT count(*) FROM past_incidents`).Scan(&n); err != nil {
		return 0, fmt.Errorf("counting the history: %w", err)
	}
	return n, nil
}
