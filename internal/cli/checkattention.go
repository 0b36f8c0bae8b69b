package cli

import (
	"context"
	"io"
	"os"
	"strings"
	"time"

	"firstline/internal/attention"
	"firstline/internal/child"
	"firstline/internal/multiplexer"
	"firstline/internal/wallclock"
)

// attention tries how the responder hears of changes. Nothing answers whether a
// terminal rang or showed a message, so that is never claimed.
func (c *checker) attention(ctx context.Context, a *app) {
	o := c.s.attention(os.Getenv)
	m := attention.Message{Title: "firstline would say here what is new", Body: "this is a try of firstline check"}
	sequence, there := o.Terminal.Sequence(m), a.isTerminal(a.out)
	switch {
	case !o.Bell:
		c.add("bell", fine, "is turned off by bell = false in [attention]")
	case !there:
		c.add("bell", unsure, "was not tried, because the output is no terminal")
	default:
		c.add("bell", fine, "was rung; if nothing was heard, the terminal has turned it off")
		sequence += o.Terminal.Bell()
	}
	c.terminal(ctx, o.Terminal, there)
	if there {
		_, _ = io.WriteString(a.out, sequence) // the findings that follow would fail too
	}
	if o.Desktop == nil {
		c.add("desktop", fine, "shows no messages, as desktop in [attention] says for here")
	} else if err := o.Desktop(ctx, m); err != nil {
		c.add("desktop", mind, "%v: install it, or set desktop = \"off\" in [attention]", err)
	} else {
		c.add("desktop", fine, "was asked to show a message")
	}
	now := c.s.now()
	if hours := o.Quiet; hours.Covers(now) {
		until := "always"
		if next := hours.Next(now); !next.IsZero() {
			until = "until " + wallclock.Of(now).Near(next.In(now.Location()), now)
		}
		c.add("quiet hours", mind, "%s: nothing is said now, %s", hours, until)
	} else if !hours.IsZero() {
		c.add("quiet hours", fine, "%s: not now", hours)
	}
}

// terminal reports how the terminal is asked to show messages, and what is in the way.
func (c *checker) terminal(ctx context.Context, t attention.Terminal, there bool) {
	through := map[multiplexer.Program]string{multiplexer.Tmux: ", through tmux", multiplexer.Screen: ", through GNU screen"}[t.Through]
	switch {
	case t.Method == attention.Off:
		c.add("terminal", fine, "is not asked to show messages: if it can, set terminal in [attention]")
		return
	case !there:
		c.add("terminal", unsure, "was not tried, because the output is no terminal")
		return
	}
	c.add("terminal", fine, "was asked to show a message by %s%s", strings.ToUpper(string(t.Method)), through)
	if t.Through == multiplexer.Tmux && tmuxDrops(ctx) {
		c.add("tmux", mind, "drops what is for the terminal: write `set -g allow-passthrough on` into ~/.tmux.conf and reload it")
	}
}

// tmuxTime is how long tmux may take to answer.
const tmuxTime = 2 * time.Second

// tmuxDrops reports whether tmux says that it passes nothing on. Versions before 3.3
// have no such option, and pass everything on.
func tmuxDrops(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, tmuxTime)
	defer cancel()
	set, err := child.Command(ctx, "tmux", "show-options", "-Apqv", "allow-passthrough").Output()
	return err == nil && strings.TrimSpace(string(set)) == "off"
}
