package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"firstline/internal/alive"
)

// Writer returns the id of this open store. Others use it to find out whether
// its process still runs.
func (s *Store) Writer() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writer != nil {
		return s.writerID, nil
	}
	if err := s.tidyWriters(); err != nil {
		return "", err
	}
	id := rand.Text()
	l, err := alive.Hold(s.writerPath(id))
	if err != nil {
		return "", err
	}
	s.writer, s.writerID = l, id
	return id, nil
}

// Writes reports whether the process of a writer still runs.
func (s *Store) Writes(id string) bool {
	return id != "" && alive.Held(s.writerPath(id))
}

// writerPath returns the path of a writer's lock. It is beside the state file
// whatever the id says.
func (s *Store) writerPath(id string) string { return s.path + ".writer-" + filepath.Base(id) }

// writersOf returns the locks of the stores that have a state file open, and those
// that stores left behind that were killed.
func writersOf(path string) (held, left []string, err error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, nil, fmt.Errorf("looking for other firstlines: %w", err)
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), filepath.Base(path)+".writer-") {
			continue
		}
		lock := filepath.Join(filepath.Dir(path), e.Name())
		if alive.Held(lock) {
			held = append(held, lock)
		} else if !isMissing(lock) {
			left = append(left, lock)
		}
	}
	return held, left, nil
}

// tidyWriters removes the locks of stores that were killed.
func (s *Store) tidyWriters() error {
	_, left, err := writersOf(s.path)
	if err != nil {
		return err
	}
	for _, lock := range left {
		if err := os.Remove(lock); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("removing the lock of an earlier firstline: %w", err)
		}
	}
	return nil
}

// endWriter releases the lock: nothing more is written.
func (s *Store) endWriter() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.writer == nil {
		return nil
	}
	l := s.writer
	s.writer = nil
	return l.Release()
}
