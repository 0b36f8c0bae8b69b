package config

import (
	"context"
	"os"
	"time"
)

// Watcher says when the configuration file was changed. It looks at the file itself now
// and then, and not for events of the system: so it also sees a file that an editor
// replaced, one behind a symbolic link, and one on a network's disk, and one check costs
// no more than a system call.
type Watcher struct {
	path string
	// seen is the file when it was last looked at, for how many checks, and said when it
	// was last said to have changed; nil: there was none.
	seen, said os.FileInfo
	checks     int
}

// CheckEvery is the time between two checks at the file.
const CheckEvery = 500 * time.Millisecond

// A file that is being written may have only a part of its text: it is read once it was
// the same in so many checks. An empty or missing one is often about to be replaced.
const (
	calmChecks      = 2
	calmChecksEmpty = 6
)

// NewWatcher makes a watcher of a file as it is now.
func NewWatcher(path string) *Watcher {
	w := &Watcher{path: path}
	w.said = w.stat()
	w.seen = w.said
	return w
}

// Run calls changed after each change, until ctx ends.
func (w *Watcher) Run(ctx context.Context, changed func()) {
	ticker := time.NewTicker(CheckEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if w.check() {
				changed()
			}
		case <-ctx.Done():
			return
		}
	}
}

func (w *Watcher) stat() os.FileInfo {
	info, err := os.Stat(w.path)
	if err != nil {
		return nil
	}
	return info
}

// check looks at the file, and reports whether it is another one than was last said, and
// nobody is writing it.
func (w *Watcher) check() bool {
	now := w.stat()
	if !sameFile(now, w.seen) {
		w.seen, w.checks = now, 0
	}
	w.checks++
	calm := calmChecks
	if now == nil || now.Size() == 0 {
		calm = calmChecksEmpty
	}
	if sameFile(now, w.said) || w.checks < calm {
		return false
	}
	w.said = now
	return true
}

// sameFile reports whether a file is as it was.
func sameFile(a, b os.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}
