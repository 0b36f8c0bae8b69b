//go:build unix

package run

import (
	"io"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/creack/pty"
	"github.com/muesli/cancelreader"
)

// inOwnTerminal runs the command in a terminal of its own, which is shown in the
// person's; what it writes is recorded too. It returns false when in is no
// terminal, and nothing ran.
func inOwnTerminal(cmd *exec.Cmd, in io.Reader, out, record io.Writer) (ran bool, err error) {
	outer, isFile := in.(*os.File)
	if !isFile || !term.IsTerminal(outer.Fd()) {
		return false, nil
	}
	inner, tty, err := pty.Open()
	if err != nil {
		return false, nil // the command gets the person's terminal itself
	}
	defer func() { _ = inner.Close() }()
	_ = pty.InheritSize(outer, inner) // without a size it has the usual one
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, tty
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	cmd.Cancel = func() error { return endGroup(cmd) }
	keys, err := cancelreader.NewReader(outer)
	if err != nil {
		_ = tty.Close()
		return true, err
	}
	// In this order: what is typed from here on is the command's.
	before, err := term.MakeRaw(outer.Fd())
	if err != nil {
		_ = tty.Close()
		return true, err
	}
	defer func() { _ = term.Restore(outer.Fd(), before) }()
	err = start(cmd)
	_ = tty.Close()
	if err != nil {
		return true, err
	}

	var copying sync.WaitGroup
	resized := make(chan os.Signal, 1)
	signal.Notify(resized, syscall.SIGWINCH)
	copying.Go(func() {
		for range resized {
			_ = pty.InheritSize(outer, inner)
		}
	})
	copying.Go(func() {
		_, _ = io.Copy(inner, keys) // until it is canceled
	})
	written := make(chan struct{})
	copying.Go(func() {
		defer close(written)
		_, _ = io.Copy(io.MultiWriter(out, record), inner) // until nobody has the terminal open
	})

	err = cmd.Wait()
	select {
	case <-written:
	case <-time.After(grace): // a process that was left behind has it open
	}
	_ = killGroup(cmd) // they have no terminal any more
	signal.Stop(resized)
	close(resized)
	keys.Cancel()
	_ = inner.Close()
	copying.Wait()
	_ = keys.Close()
	return true, err
}
