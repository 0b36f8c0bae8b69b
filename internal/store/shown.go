package store

import (
	"context"
	"fmt"
	"time"
)

// Claim says that a firstline shows a person what some keys name, and reports whether it is
// the first to do so since a time for any of them. It may do so again itself.
func (s *Store) Claim(ctx context.Context, owner, person string, keys []string, at, since time.Time) (first bool, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("noting what is shown: %w", err)
		}
	}()
	tx, err := s.db.BeginTx(ctx, nil) // takes the lock at once
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }() // a no-op after Commit
	if _, err := tx.ExecContext(ctx, `DELETE FROM shown WHERE at < ?`, formatTime(since)); err != nil {
		return false, err
	}
	for _, key := range keys {
		var by string
		err := tx.QueryRowContext(ctx, `
INSERT INTO shown (person, key, owner, at) VALUES (?, ?, ?, ?)
ON CONFLICT (person, key) DO UPDATE SET at = at RETURNING owner`, person, key, owner, formatTime(at)).Scan(&by)
		if err != nil {
			return false, err
		}
		first = first || by == owner
	}
	return first, tx.Commit()
}
