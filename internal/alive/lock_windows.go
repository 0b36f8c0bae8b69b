package alive

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// region is the locked part of the file: far beyond its content, because
// Windows prevents others from reading a locked part.
var region = windows.Overlapped{OffsetHigh: 1 << 30}

// lock waits for processes that are checking the file.
func lock(f *os.File) error { return lockFile(f, windows.LOCKFILE_EXCLUSIVE_LOCK) }

// tryLock locks the file unless another process has it.
func tryLock(f *os.File) (bool, error) {
	err := lockFile(f, windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	return err == nil, err
}

// free reports whether nobody holds the file. It does not disturb others that
// check it.
func free(f *os.File) bool { return lockFile(f, windows.LOCKFILE_FAIL_IMMEDIATELY) == nil }

func lockFile(f *os.File, flags uint32) error {
	at := region
	return windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &at)
}
