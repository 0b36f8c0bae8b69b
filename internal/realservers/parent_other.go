//go:build !linux

package realservers

import "syscall"

// endWithParent does nothing where the system cannot end a child with its
// parent.
func endWithParent() *syscall.SysProcAttr { return nil }
