package crash

import (
	"io"

	"github.com/charmbracelet/x/term"
)

// leaveScreen undoes what a screen may have asked of the terminal: its second
// screen, paste and focus reports, forms of keys, a hidden cursor, colours.
const leaveScreen = "\x1b[?2026l\x1b[?1004l\x1b[?2004l\x1b[?2027l\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l" +
	"\x1b[=0;1u\x1b[>4m\x1b[?1049l\x1b[?25h\x1b[0m\r"

// Terminal gives what brings the terminal at fd back as it is now, for an end
// that does not go through what changed it.
func Terminal(fd uintptr, out io.Writer) (restore func()) {
	state, err := term.GetState(fd)
	if err != nil {
		return func() {}
	}
	return func() {
		_, _ = io.WriteString(out, leaveScreen) // the program ends, whatever comes of it
		_ = term.Restore(fd, state)
	}
}
