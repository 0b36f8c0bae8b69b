// Package alive reports whether the process that wrote something still runs. A
// process holds a lock on a file of its own, and the system drops the lock when
// the process ends, however it ends. So a zombie, a reused process id and one
// from before a restart are never mistaken for the process.
package alive

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Lock is a file that is locked until Release or the end of the process.
type Lock struct{ file *os.File }

// Hold creates a file and locks it. The path belongs to the caller alone.
func Hold(path string) (*Lock, error) {
	const tries = 5
	for range tries {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, fmt.Errorf("making the lock of this process: %w", err)
		}
		if err := lock(f); err != nil {
			return nil, errors.Join(fmt.Errorf("locking %s: %w", path, err), f.Close())
		}
		if isAt(f, path) {
			return &Lock{f}, nil
		}
		_ = f.Close() // another process removed it before it was locked
	}
	return nil, fmt.Errorf("locking %s: it is removed again and again", path)
}

// isAt reports whether an open file is the one at path.
func isAt(f *os.File, path string) bool {
	open, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(open, there)
}

// File returns the locked file.
func (l *Lock) File() *os.File { return l.file }

// Release unlocks the file and removes it.
func (l *Lock) Release() error {
	err := l.file.Close()
	if gone := os.Remove(l.file.Name()); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	if err != nil {
		return fmt.Errorf("releasing the lock of this process: %w", err)
	}
	return nil
}

// Held reports whether a process holds the file at path. A file that cannot be
// opened counts as held.
func Held(path string) bool {
	f, err := os.Open(path) //nolint:gosec // the caller's own file
	if err != nil {
		return !errors.Is(err, fs.ErrNotExist)
	}
	defer func() { _ = f.Close() }()
	return !free(f)
}
