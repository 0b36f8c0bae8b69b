//go:build !unix

package crash

import "os"

// running reports whether a process with the id exists.
func running(pid int) bool {
	p, err := os.FindProcess(pid)
	if err == nil {
		_ = p.Release()
	}
	return err == nil
}
