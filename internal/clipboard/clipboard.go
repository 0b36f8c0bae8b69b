// Package clipboard finds out which clipboards a text can be given to from here, and
// gives it to them: that of the terminal, of tmux, and of the system.
package clipboard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/child"
	"firstline/internal/multiplexer"
)

// Clipboard is the clipboards that can be reached from one terminal.
type Clipboard struct {
	// terminal: it can be asked by an escape sequence (OSC 52), which it never answers.
	// within is what is in between.
	terminal, system bool
	within           multiplexer.Program
	// write gives a text to the system's clipboard; run runs a program with a text as
	// its input.
	write func(text string) error
	run   func(ctx context.Context, text, name string, arguments ...string) error
}

// New finds the clipboards by an environment and an operating system. write gives a
// text to the system's clipboard; nil: it has none.
func New(environment func(string) string, system string, write func(string) error) *Clipboard {
	c := &Clipboard{
		within: multiplexer.Of(environment),
		system: write != nil, write: write, run: runProgram,
	}
	switch environment("TERM") {
	case "", "dumb", "linux": // they would show it
	default:
		c.terminal = true
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return environment(name) != "" })
	}
	own := system == "darwin" || system == "windows"
	if !own && !has("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME", "TERMUX_VERSION") {
		c.system = false // no screen to have one on
	}
	// Through SSH the system is another machine's, unless its display is handed on.
	if has("SSH_CONNECTION", "SSH_TTY") && (own || !has("DISPLAY")) {
		c.system = false
	}
	return c
}

// Sequence asks the terminal to take a text; empty where it can't be asked.
func (c *Clipboard) Sequence(text string) string {
	sequence := ansi.SetSystemClipboard(text)
	switch {
	case !c.terminal:
		return ""
	case c.within == multiplexer.Screen:
		return c.within.Wrap(sequence)
	}
	return sequence
}

// Others reports whether Copy has something to do.
func (c *Clipboard) Others() bool { return c.within == multiplexer.Tmux || c.system }

// longest is how long tmux may take.
const longest = 3 * time.Second

// Copy gives a text to the clipboards that say whether they took it. took names those
// that did; the error says why others did not. It may wait.
func (c *Clipboard) Copy(ctx context.Context, text string) (took []string, err error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	var faults []error
	if c.within == multiplexer.Tmux {
		// tmux gives it to its own terminal with -w, although it takes no sequence from
		// programs unless set-clipboard is on. Those before 3.2 know no -w.
		switch err := c.run(ctx, text, "tmux", "load-buffer", "-w", "-"); {
		case err == nil:
			took = append(took, "tmux and its terminal")
		case c.run(ctx, text, "tmux", "load-buffer", "-") == nil:
			took = append(took, "tmux")
		default:
			faults = append(faults, fmt.Errorf("tmux: %w", err))
		}
	}
	if c.system {
		if err := c.write(text); err == nil {
			took = append(took, "the system")
		} else {
			faults = append(faults, fmt.Errorf("the system: %w", err))
		}
	}
	return took, errors.Join(faults...)
}

func runProgram(ctx context.Context, text, name string, arguments ...string) error {
	c := child.Command(ctx, name, arguments...)
	c.Stdin, c.Stdout, c.Stderr = strings.NewReader(text), io.Discard, io.Discard
	return c.Run()
}
