package realservers

import "syscall"

// endWithParent kills the server when the test program ends without its
// cleanup, for example after a timeout.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
