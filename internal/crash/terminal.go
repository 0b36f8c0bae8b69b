package crash

import (
	"io"

	"github.com/charmbracelet/x/term"
)

// leaveScreen turns off what a screen may have turned on: the alternate screen,
// paste and focus reports, key protocols, a hidden cursor, colours.
const leaveScreen = "\x1b[?2026l\x1b[?1004l\x1b[?2004l\x1b[?2027l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l" +
	"\x1b[=0;1u\x1b[>4m\x1b[?1049l\x1b[?25h\x1b[0m\r"

// Terminal saves the state of the terminal at fd and returns a function that
// restores it. Use it for an end that skips the code which changed the state.
func Terminal(fd uintptr, out io.Writer) (restore func()) {
	state, err := term.GetState(fd)
	if err != nil {
		return func() {}
	}
	return func() {
		_, _ = io.WriteString(out, leaveScreen) // the program ends, with or without an error here
		_ = term.Restore(fd, state)
	}
}
