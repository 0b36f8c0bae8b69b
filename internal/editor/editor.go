// Package editor lets a person edit text and files in their own editor, which
// uses the terminal while it runs.
package editor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"firstline/internal/child"
	"firstline/internal/lazyregexp"
)

// maxText bounds the text that is read back, in bytes. More is not a note.
const maxText = 1 << 20

// grace is how long an editor that is asked to end may take to clean up.
const grace = 2 * time.Second

// Editor runs the person's editor.
type Editor struct {
	// command is a command line, such as "vi" or "code --wait".
	command string
}

// New finds the editor as git does: $VISUAL, $EDITOR, else the one that every
// system has.
func New(getenv func(string) string) *Editor {
	last := "vi"
	if runtime.GOOS == "windows" {
		last = "notepad"
	}
	return &Editor{cmp.Or(strings.TrimSpace(getenv("VISUAL")), strings.TrimSpace(getenv("EDITOR")), last)}
}

// Text lets the person edit a copy of text in a file that nobody else can read,
// and returns the result. When ctx ends, that is what the editor had saved. When
// the editor fails or the result cannot be read, the file stays and the error
// says where it is.
func (e *Editor) Text(ctx context.Context, text string, in io.Reader, out, errout io.Writer) (string, error) {
	directory, err := os.MkdirTemp("", "firstline-")
	if err != nil {
		return "", fmt.Errorf("making a directory for the text: %w", err)
	}
	path := filepath.Join(directory, "text.md")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", errors.Join(fmt.Errorf("writing the text: %w", err), os.RemoveAll(directory))
	}
	fault := e.File(ctx, path, 1, in, out, errout)
	if ctx.Err() != nil {
		fault = nil // it was ended; use what it had saved
	}
	edited, err := readText(path)
	switch {
	case fault != nil && err == nil && edited == text:
		return "", errors.Join(fault, os.RemoveAll(directory))
	case fault != nil:
		return "", fmt.Errorf("%w; what you wrote is in %s", fault, path)
	case err != nil:
		return "", fmt.Errorf("reading what you wrote, which is in %s: %w", path, err)
	}
	if err := os.RemoveAll(directory); err != nil {
		return edited, fmt.Errorf("removing %s: %w", directory, err)
	}
	return edited, nil
}

func readText(path string) (string, error) {
	file, err := os.Open(path) //nolint:gosec // our own file
	if err != nil {
		return "", err
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, maxText+1))
	if err == nil && len(content) > maxText {
		err = fmt.Errorf("it is longer than %d bytes", maxText)
	}
	return string(content), err
}

// File lets the person edit a file. It opens the file at line (from 1) in
// editors that are known to support this.
func (e *Editor) File(ctx context.Context, path string, line int, in io.Reader, out, errout io.Writer) error {
	c := e.start(ctx, arguments(e.command, path, line))
	c.Stdin, c.Stdout, c.Stderr = in, out, errout
	if err := c.Run(); err != nil {
		return fmt.Errorf("running the editor %q: %w", e.command, err)
	}
	return nil
}

// plainCommand matches a command line of words only, which the shell can exec.
var plainCommand = lazyregexp.New(`^[\w./+'"@%:, -]+$`)

// start returns the editor's command line with arguments appended. By
// convention the shell parses the command line, but not the arguments. The
// shell execs the editor where it can, so that the signal to end reaches it;
// otherwise it ignores the signals that keys send and waits for the editor.
func (e *Editor) start(ctx context.Context, arguments []string) *exec.Cmd {
	if runtime.GOOS == "windows" {
		words := append(strings.Fields(e.command), arguments...)
		return child.Command(ctx, words[0], words[1:]...)
	}
	line := "trap : INT QUIT; "
	if plainCommand.MatchString(e.command) {
		line = "exec "
	}
	c := child.Command(ctx, "sh", append([]string{"-c", line + e.command + ` "$@"`, e.command}, arguments...)...)
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = grace
	return c
}

// arguments returns the arguments that open path at line in the given editor.
func arguments(command, path string, line int) []string {
	words := strings.Fields(command)
	if line <= 1 || len(words) == 0 {
		return []string{path}
	}
	name := strings.TrimSuffix(filepath.Base(filepath.ToSlash(words[0])), ".exe")
	switch name {
	case "vi", "vim", "nvim", "view", "ex", "emacs", "emacsclient", "nano", "pico", "micro", "kak", "joe", "mg", "ne", "jed":
		return []string{"+" + strconv.Itoa(line), path}
	case "code", "codium", "cursor":
		return []string{"--goto", path + ":" + strconv.Itoa(line)}
	case "hx", "helix", "subl", "zed":
		return []string{path + ":" + strconv.Itoa(line)}
	}
	return []string{path}
}
