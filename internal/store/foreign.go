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
	"time"

	"firstline/sources"
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
	db, err := openToRead(path, busyTimeout)
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

// openToRead opens a database that is not changed. It waits as long as that for another
// terminal's write.
func openToRead(path string, wait time.Duration) (*sql.DB, error) {
	q := url.Values{"mode": {"ro"}, "_pragma": {fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds()), "query_only(ON)"}}
	return sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()+"?"+q.Encode())
}

// readBusyTimeout is how long ReadSnapshot waits for another terminal's write: a person
// has pressed a key.
const readBusyTimeout = 300 * time.Millisecond

// ReadSnapshot returns the last stored state of a source, and false when nothing is stored.
// It changes nothing, also where the file is damaged, and does not make it.
func ReadSnapshot(ctx context.Context, path string, source sources.Source) (snap sources.Snapshot, ok bool, err error) {
	if _, err := os.Stat(path); err != nil {
		return sources.Snapshot{}, false, nil
	}
	db, err := openToRead(path, readBusyTimeout)
	if err != nil {
		return sources.Snapshot{}, false, fmt.Errorf("opening the state file: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return (&Store{db: db}).Snapshot(ctx, source)
}
