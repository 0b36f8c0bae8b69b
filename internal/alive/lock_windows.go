package alive

import (
	"os"

	"golang.org/x/sys/windows"
)

// place is where the lock lies: far behind what is written, because Windows
// keeps others from reading what is locked.
var place = windows.Overlapped{OffsetHigh: 1 << 30}

// lock waits for those who look at the file just now.
func lock(f *os.File) error { return lockFile(f, windows.LOCKFILE_EXCLUSIVE_LOCK) }

// free reports whether nobody holds the file. Looking hinders nobody else who
// looks.
func free(f *os.File) bool { return lockFile(f, windows.LOCKFILE_FAIL_IMMEDIATELY) == nil }

func lockFile(f *os.File, flags uint32) error {
	at := place
	return windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &at)
}
