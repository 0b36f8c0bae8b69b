// Package clipboard finds out which clipboards a text can be given to from here, and
// gives it to them: that of the terminal, of tmux, and of the system.
package clipboard

import (
	"context"
	"errors"
	"fmt"
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
	terminal bool
	within   multiplexer.Program
	// programs give a text to the system's clipboard, the best first; write does so
	// where no program is needed. Without either it has no clipboard.
	programs []program
	write    func(text string) error
	// run runs a program with a text as its input.
	run func(ctx context.Context, text, name string, arguments ...string) error
}

// New finds the clipboards by an environment, an operating system and the programs that
// are installed. write gives a text to the clipboard of a system that needs no program;
// nil: it needs one.
func New(environment func(string) string, system string, installed func(program string) bool, write func(string) error) *Clipboard {
	c := &Clipboard{within: multiplexer.Of(environment), run: runProgram}
	switch environment("TERM") {
	case "", "dumb", "linux": // they would show it
	default:
		c.terminal = true
	}
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return environment(name) != "" })
	}
	// Through SSH the system is another machine's, unless its display is handed on.
	own := system == "darwin" || system == "windows"
	if has("SSH_CONNECTION", "SSH_TTY") && (own || !has("DISPLAY")) {
		return c
	}
	c.write = write
	for _, p := range programsOf(system) {
		if (p.needs == "" || has(p.needs)) && installed(p.name) {
			c.programs = append(c.programs, p)
		}
	}
	return c
}

// system reports whether the system has a clipboard that can be reached.
func (c *Clipboard) system() bool { return c.write != nil || len(c.programs) > 0 }

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
func (c *Clipboard) Others() bool { return c.within == multiplexer.Tmux || c.system() }

// longest is how long a program may take: one that waits for a display does not end.
const longest = 3 * time.Second

// Copy gives a text to the clipboards that say whether they took it. took names those
// that did; the error says why others did not. It may wait.
func (c *Clipboard) Copy(ctx context.Context, text string) (took []string, err error) {
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
	if c.system() {
		if err := c.toSystem(ctx, text); err == nil {
			took = append(took, "the system")
		} else {
			faults = append(faults, fmt.Errorf("the system: %w", err))
		}
	}
	return took, errors.Join(faults...)
}

// toSystem gives a text to the system's clipboard, by the first program that takes it.
func (c *Clipboard) toSystem(ctx context.Context, text string) error {
	if c.write != nil {
		return c.write(text)
	}
	var faults []string
	for _, p := range c.programs {
		err := c.run(ctx, text, p.name, p.arguments...)
		if err == nil {
			return nil
		}
		faults = append(faults, fmt.Sprintf("%s: %v", p.name, err))
	}
	return errors.New(strings.Join(faults, "; "))
}

// runProgram runs a program with a text as its input, but not for long. What it leaves
// running has the clipboard from then on, so nothing waits for the end of its output.
func runProgram(ctx context.Context, text, name string, arguments ...string) error {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	c := child.Command(ctx, name, arguments...)
	c.Stdin = strings.NewReader(text)
	c.WaitDelay = longest // it may end without having read its input
	err := c.Run()
	if ctx.Err() != nil {
		return fmt.Errorf("it did not end within %s", longest)
	}
	return err
}
