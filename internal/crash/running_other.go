//go:build !unix

package crash

import "os"

// running reports whether there is a process with the id.
func running(pid int) bool {
	p, err := os.FindProcess(pid)
	if err == nil {
		_ = p.Release()
	}
	return err == nil
}
