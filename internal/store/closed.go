package store

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
)

// Checking the whole file takes longer than all else of a start, and finds
// nothing in a file that was closed as it should be. So the last store that
// closes a file leaves a mark beside it, which says what the file looked like;
// whoever opens it first takes the mark away. The file is checked
//
//   - when there is no mark and no other store has it open, which then checked it;
//   - when the mark is of another file, or of what it was before somebody else
//     wrote to it;
//   - when a store left its lock behind, which means that it was killed;
//   - when SQLite's log is still there, although nobody has the file open.
//
// The last is what holds when power fails, whatever of the directory reached the
// disk: SQLite puts its log and the log's name on the disk before it writes to the
// file, and removes the log after the file is on the disk. A mark that was taken
// away and is there again is then beside a log, or beside a file that nobody wrote.

// markOf is the path of the mark of a file that was closed as it should be.
func markOf(path string) string { return path + ".closed" }

// appearanceOf is what a state file looks like from outside.
func appearanceOf(path string) (string, error) {
	f, err := os.Open(path) //nolint:gosec // the state file
	if err != nil {
		return "", fmt.Errorf("looking at the state file: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("looking at the state file: %w", err)
	}
	head := make([]byte, headerSize)
	if _, err := io.ReadFull(f, head); err != nil {
		return "", fmt.Errorf("looking at the state file: %w", err)
	}
	return fmt.Sprintf("%d bytes, written %s, %x\n", info.Size(), formatTime(info.ModTime()), sha256.Sum256(head)), nil
}

// takeMark reports whether the file at path was closed as it should be, and takes
// the mark away. Only one that has the lock of Open calls it.
func takeMark(path string) bool {
	mark, err := os.ReadFile(markOf(path))
	if err != nil || os.Remove(markOf(path)) != nil || !isMissing(path+"-wal") {
		return false
	}
	now, err := appearanceOf(path)
	return err == nil && now == string(mark)
}

// leaveMark marks the file as closed, unless another store has it open or was
// killed. Only one that has the lock of Open calls it.
func leaveMark(path string) error {
	held, left, err := writersOf(path)
	if err != nil || len(held)+len(left) > 0 || !isMissing(path+"-wal") {
		return err
	}
	now, err := appearanceOf(path)
	if err == nil {
		err = os.WriteFile(markOf(path), []byte(now), 0o600)
	}
	if err != nil {
		return fmt.Errorf("marking the state file as closed: %w", err)
	}
	return nil
}

func isMissing(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// The header of a SQLite file, and where it has the number of the program
// (https://www.sqlite.org/fileformat.html#the_database_header).
const (
	headerSize          = 100
	headerMagic         = "SQLite format 3\x00"
	headerApplicationAt = 68
)

// isOurs reports whether the file's first bytes say that firstline made it. False
// says nothing: the number may still be in SQLite's log.
func isOurs(path string) bool {
	f, err := os.Open(path) //nolint:gosec // the state file
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	head := make([]byte, headerSize)
	if _, err := io.ReadFull(f, head); err != nil || string(head[:len(headerMagic)]) != headerMagic {
		return false
	}
	return binary.BigEndian.Uint32(head[headerApplicationAt:]) == applicationID
}

// closeTime is how long Close waits for another that opens or closes the file. If
// it takes longer, the file is checked once more than needed.
const closeTime = time.Second

// Close ends all use of the file.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	unlock, late := lock(ctx, s.lockPath)
	if late == nil {
		defer unlock()
	}
	err := errors.Join(s.endWriter(), s.db.Close())
	if err == nil && late == nil {
		err = leaveMark(s.path)
	}
	return err
}
