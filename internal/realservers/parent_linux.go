package realservers

import "syscall"

// endWithParent has the server killed when the test program ends without its
// cleanup, as it does when a test takes too long.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
