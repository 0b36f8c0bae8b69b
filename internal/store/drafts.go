package store

import (
	"context"
	"database/sql"
	"fmt"

	"firstline/internal/record"
)

// SaveDraft stores a draft. An empty text deletes it.
func (s *Store) SaveDraft(ctx context.Context, d record.Draft) error {
	var err error
	if d.Text == "" {
		_, err = s.db.ExecContext(ctx, `DELETE FROM drafts WHERE group_id = ? AND action = ?`, d.Groups, d.Action)
	} else {
		_, err = s.db.ExecContext(ctx, `INSERT OR REPLACE INTO drafts (group_id, action, text, at) VALUES (?, ?, ?, ?)`,
			d.Groups, d.Action, d.Text, formatTime(d.At))
	}
	if err != nil {
		return fmt.Errorf("storing a draft: %w", err)
	}
	return nil
}

// Drafts returns the texts that were typed and not sent, oldest first.
func (s *Store) Drafts(ctx context.Context) ([]record.Draft, error) {
	return query(ctx, s.db, "reading the drafts", func(r *sql.Rows) (d record.Draft, err error) {
		var at string
		err = r.Scan(&d.Groups, &d.Action, &d.Text, &at)
		d.At = parseTime(at)
		return d, err
	}, `SELECT group_id, action, text, at FROM drafts ORDER BY at`)
}
