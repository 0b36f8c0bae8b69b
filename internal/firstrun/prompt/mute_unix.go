//go:build linux || darwin

package prompt

import "golang.org/x/sys/unix"

// mute stops a terminal from showing what is typed. undo forgets what was typed since, and
// shows it again; nil: this is no terminal.
func mute(fd uintptr) (undo func()) {
	before, err := unix.IoctlGetTermios(int(fd), getTermios)
	if err != nil || before.Lflag&unix.ECHO == 0 {
		return nil
	}
	muted := *before
	muted.Lflag &^= unix.ECHO | unix.ECHONL
	if err := unix.IoctlSetTermios(int(fd), setTermios, &muted); err != nil {
		return nil
	}
	return func() { _ = unix.IoctlSetTermios(int(fd), setTermiosAndForget, before) } // where this fails it stays as it is
}
