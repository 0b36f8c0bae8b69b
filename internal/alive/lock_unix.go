//go:build unix

package alive

import (
	"errors"
	"os"
	"syscall"
)

// lock waits for processes that are checking the file.
func lock(f *os.File) error { return flock(f, syscall.LOCK_EX) }

// tryLock locks the file unless another process has it.
func tryLock(f *os.File) (bool, error) {
	err := flock(f, syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

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
