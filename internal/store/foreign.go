package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
)

// applicationID marks a state file as firstline's ("frst"), in the header field
// that SQLite has for this
// (https://www.sqlite.org/pragma.html#pragma_application_id).
const applicationID = 0x66727374

// ownTables are in every state file that was written before the mark existed.
var ownTables = []string{"ticks", "positions", "drafts", "journal", "snapshots", "pages"}

// isForeign reports whether the file at path is a database that firstline did
// not make. It only reads: opening such a file as ours would already write to
// it.
func isForeign(ctx context.Context, path string) (foreign bool, err error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("checking the state file: %w", err)
	case info.Size() == 0, isOurs(path):
		return false, nil
	}
	q := url.Values{"mode": {"ro"}, "_pragma": {fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()), "query_only(ON)"}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return false, fmt.Errorf("checking the state file: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var application, tables, own int
	if err := db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&application); err != nil {
		return false, fmt.Errorf("checking which program wrote the state file: %w", err)
	}
	if application != 0 {
		return application != applicationID, nil
	}
	if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		return false, fmt.Errorf("checking which program wrote the state file: %w", err)
	}
	for _, name := range ownTables {
		var n int
		if err := db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?", name).Scan(&n); err != nil {
			return false, fmt.Errorf("checking which program wrote the state file: %w", err)
		}
		own += n
	}
	return tables > 0 && own < len(ownTables), nil
}
