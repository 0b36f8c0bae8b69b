//go:build unix

package crash

import (
	"errors"
	"syscall"
)

// running reports whether a process with the id exists.
func running(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
