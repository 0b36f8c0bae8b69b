//go:build unix

package alive

import (
	"os"
	"syscall"
)

// lock waits for processes that are checking the file.
func lock(f *os.File) error { return flock(f, syscall.LOCK_EX) }

// free reports whether nobody holds the file. It does not disturb others that
// check it.
func free(f *os.File) bool { return flock(f, syscall.LOCK_SH|syscall.LOCK_NB) == nil }

func flock(f *os.File, how int) error {
	for {
		err := syscall.Flock(int(f.Fd()), how)
		if err != syscall.EINTR {
			return err
		}
	}
}
