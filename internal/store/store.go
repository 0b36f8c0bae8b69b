// Package store persists what must outlive the terminal: ticked steps, reading
// positions, drafts, the journal of actions, the last snapshot of each source
// and the fetched runbooks. It is one SQLite file in the XDG state directory,
// opened by any number of firstlines at once.
//
// Every write is on the disk before its call returns (WAL with full sync): a
// reason typed at three in the morning survives the laptop's battery.
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
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite", in Go, so that cross-compiling stays plain

	"firstline/internal/alive"
)

// busyTimeout is how long a write waits for another terminal's write.
const busyTimeout = 5 * time.Second

// Store is an open state file. It is safe for concurrent use.
type Store struct {
	db             *sql.DB
	path, lockPath string
	// checked: the whole file was read and found well when it was opened.
	checked bool
	// notice is what a person should know about how the file was opened.
	notice string

	mu sync.Mutex
	// writer is the lock that shows others that this store is open.
	writer   *alive.Lock
	writerID string
}

// Open opens the state file at path, and creates it and its directory if
// necessary. It renames a damaged file. It leaves a file alone that a newer
// firstline or another program wrote, and uses another file beside it. It never
// overwrites a file. Notice says what happened.
func Open(ctx context.Context, path string) (*Store, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("making the state directory: %w", err)
	}
	lockPath := path + ".lock"
	ctxOfLock, cancel := context.WithTimeout(ctx, busyTimeout)
	defer cancel()
	unlock, err := lock(ctxOfLock, lockPath)
	if err != nil {
		return nil, err
	}
	defer unlock()
	open := func(ctx context.Context, path string) (*Store, error) { return open(ctx, path, lockPath) }

	foreign, err := isForeign(ctx, path)
	if err != nil && !isDamaged(err) {
		return nil, err
	}
	if foreign {
		beside := path + ".firstline"
		s, err := open(ctx, beside)
		if err != nil {
			return nil, err
		}
		s.notice = fmt.Sprintf("%s is another program's database and is left as it is; firstline uses %s for its state.", path, filepath.Base(beside))
		return s, nil
	}
	s, err := open(ctx, path)
	var newer *newerError
	switch {
	case err == nil:
		return s, nil
	case errors.As(err, &newer):
		beside := fmt.Sprintf("%s.v%d", path, len(migrations))
		s, err = open(ctx, beside)
		if err != nil {
			return nil, err
		}
		s.notice = fmt.Sprintf("%s was written by a newer firstline and is left as it is; this one uses %s for its state until you upgrade it.",
			path, filepath.Base(beside))
		return s, nil
	case isDamaged(err):
		aside, asideErr := setAside(path)
		if asideErr != nil {
			return nil, fmt.Errorf("setting the damaged state file aside: %w", asideErr)
		}
		s, err = open(ctx, path)
		if err != nil {
			return nil, err
		}
		s.notice = fmt.Sprintf("The state file was damaged and was renamed to %s; ticks, drafts and the journal start empty.", filepath.Base(aside))
		return s, nil
	}
	return nil, err
}

// Path returns the path of the file in use.
func (s *Store) Path() string { return s.path }

// Notice returns one sentence about a file that was renamed or left alone, else
// "".
func (s *Store) Notice() string { return s.notice }

type newerError struct{ version int }

func (e *newerError) Error() string {
	return fmt.Sprintf("the state file has schema %d, this firstline knows %d", e.version, len(migrations))
}

func open(ctx context.Context, path, lockPath string) (*Store, error) {
	// Create the file with the right mode before SQLite creates it with
	// another: reasons and titles are private.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening the state file: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("opening the state file: %w", err)
	}
	held, left, err := writersOf(path)
	if err != nil {
		return nil, err
	}
	closed := takeMark(path)
	db, err := sql.Open("sqlite", dsn(path))
	if err != nil {
		return nil, fmt.Errorf("opening the state file: %w", err)
	}
	s := &Store{db: db, path: path, lockPath: lockPath, checked: len(left) > 0 || !closed && len(held) == 0}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the state file %s: %w", path, err), db.Close())
	}
	if _, err := s.Writer(); err != nil { // without one, the next to open the file does not know of this store
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

func dsn(path string) string {
	q := url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()),
		"journal_mode(WAL)",
		"synchronous(FULL)",
		"foreign_keys(ON)",
	}, "_txlock": {"immediate"}}
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + q.Encode()
}

// prepare checks the file where that is needed and brings its schema up to date.
func (s *Store) prepare(ctx context.Context) error {
	if s.checked {
		var verdict string
		if err := s.db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
			return fmt.Errorf("checking it: %w", err)
		}
		if verdict != "ok" {
			return &damagedError{verdict}
		}
	}
	var version, application int
	if err := s.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return fmt.Errorf("reading the schema's version: %w", err)
	}
	if err := s.db.QueryRowContext(ctx, "PRAGMA application_id").Scan(&application); err != nil {
		return fmt.Errorf("reading whose it is: %w", err)
	}
	switch {
	case version > len(migrations):
		return &newerError{version}
	case version == len(migrations) && application == applicationID:
		return nil // a write would wait for the disk
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning the migration: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // a no-op after Commit
	for i, m := range migrations[version:] {
		if _, err := tx.ExecContext(ctx, m); err != nil {
			return fmt.Errorf("migrating to schema %d: %w", version+i+1, err)
		}
	}
	// A pragma takes no parameters; the number is our own.
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(migrations))); err != nil {
		return fmt.Errorf("writing the schema's version: %w", err)
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d", applicationID)); err != nil {
		return fmt.Errorf("writing whose it is: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("ending the migration: %w", err)
	}
	return nil
}

type damagedError struct{ verdict string }

func (e *damagedError) Error() string { return "the file is damaged: " + e.verdict }

// isDamaged reports whether err means that a file is not a database or is
// corrupt, by SQLite's primary result codes
// (https://www.sqlite.org/rescode.html: 11 CORRUPT, 26 NOTADB).
func isDamaged(err error) bool {
	var damaged *damagedError
	if errors.As(err, &damaged) {
		return true
	}
	var coded interface{ Code() int }
	if !errors.As(err, &coded) {
		return false
	}
	primary := coded.Code() & 0xff
	return primary == 11 || primary == 26
}

// setAside renames the file and its companions to an unused name.
func setAside(path string) (string, error) {
	aside := ""
	for n := 1; ; n++ {
		aside = fmt.Sprintf("%s.damaged-%d", path, n)
		if _, err := os.Lstat(aside); errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	for _, suffix := range []string{"-wal", "-shm", ""} {
		err := os.Rename(path+suffix, aside+suffix)
		if err != nil && (suffix == "" || !errors.Is(err, fs.ErrNotExist)) {
			return "", err
		}
	}
	return aside, nil
}

// lock is held while a state file is opened or closed, so that two terminals never
// rename the same file, and know of each other.
func lock(ctx context.Context, path string) (unlock func(), err error) {
	l, err := alive.Wait(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("locking the state file: %w", err)
	}
	return func() { _ = l.Release() }, nil // it ends with its file, if that can't be removed
}

// Times are stored as RFC 3339 text in UTC with a fixed number of digits, so
// that they sort as text and a person can read the file.
const timeLayout = "2006-01-02T15:04:05.000000000Z"

func formatTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(timeLayout)
}

func parseTime(s string) time.Time {
	t, err := time.Parse(timeLayout, strings.TrimSpace(s))
	if err != nil {
		return time.Time{}
	}
	return t
}
