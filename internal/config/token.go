package config

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"time"

	"firstline/internal/child"
	"firstline/internal/clean"
	"firstline/sources"
)

const (
	// tokenCommandTime is how long token_command may take: a password manager may
	// ask for a finger first. After tokenPatience it is told what is waited for.
	tokenCommandTime = 60 * time.Second
	tokenPatience    = 2 * time.Second
	// tokenFileTime is how long a file may take, which may lie on a server that
	// does not answer.
	tokenFileTime = 2 * time.Second
	// maxToken is more than any token has.
	maxToken = 4096
)

// ErrNoToken is when no place has a token.
var ErrNoToken = errors.New("there is no PagerDuty token: set PAGERDUTY_TOKEN, or token_file or token_command under [pagerduty]")

// Token finds the token: in the environment variable token_env (else
// PAGERDUTY_TOKEN), then in token_file, then from token_command. Errors are
// one sentence and never hold any of it.
func (p PagerDuty) Token(ctx context.Context) (string, error) {
	if token := p.tokenFromEnvironment(); token != "" {
		return token, nil
	}
	if token, err := storedToken(ctx, p.TokenFile, p.TokenCommand); token != "" || err != nil {
		return token, err
	}
	if p.TokenEnv != "" {
		return "", fmt.Errorf("%w (token_env names %s, which is not set)", ErrNoToken, clean.Line(p.TokenEnv))
	}
	return "", ErrNoToken
}

func (p PagerDuty) tokenVariable() string { return cmp.Or(p.TokenEnv, TokenVariable) }

func (p PagerDuty) tokenFromEnvironment() string { return fromVariable(p.tokenVariable()) }

func fromVariable(name string) string {
	token, _ := child.Lookup(name)
	return strings.TrimSpace(token)
}

// TokenFrom names the place that Token takes the token from, and reports whether
// that place can give another one while the program runs. The environment can't.
func (p PagerDuty) TokenFrom() (place string, renewable bool) {
	switch {
	case p.tokenFromEnvironment() != "":
		return clean.Line(p.tokenVariable()), false
	case p.TokenFile != "":
		return "token_file", true
	case p.TokenCommand != "":
		return "token_command", true
	}
	return "", false
}

// storedToken finds a token in a file, else with a command; empty when neither
// is named.
func storedToken(ctx context.Context, file, command string) (string, error) {
	if file != "" {
		return within(ctx, tokenFileTime, func() (string, error) { return tokenFromFile(file) },
			fmt.Errorf("token_file %s can't be read: what it lies on does not answer", file))
	}
	if command != "" {
		return tokenFromCommand(ctx, command, tokenCommandTime, tokenPatience)
	}
	return "", nil
}

// within is what read gives, or late where that takes longer than limit: then
// read is left to itself, for a system call can't be ended.
func within(ctx context.Context, limit time.Duration, read func() (string, error), late error) (string, error) {
	type answer struct {
		text string
		err  error
	}
	done := make(chan answer, 1)
	go func() {
		text, err := read()
		done <- answer{text, err}
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case a := <-done:
		return a.text, a.err
	case <-timer.C:
		return "", late
	case <-ctx.Done():
		return "", fmt.Errorf("%w: %w", late, ctx.Err())
	}
}

// plainFile opens a file and refuses what is none: opening a FIFO, or reading
// a device, may take for ever.
func plainFile(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, errNotPlain
	}
	// It may have become another one meanwhile.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	info, err = f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		_ = f.Close()
		return nil, nil, errNotPlain
	}
	return f, info, nil
}

var errNotPlain = errors.New("is not a plain file")

func tokenFromFile(path string) (string, error) {
	f, info, err := plainFile(path)
	switch {
	case errors.Is(err, errNotPlain):
		return "", fmt.Errorf("token_file %s %w", path, err)
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("token_file %s is not there: create it, or set the environment variable", path)
	case err != nil:
		return "", fmt.Errorf("token_file %s can't be read: change its permissions to 0600 and its owner to you", path)
	}
	defer f.Close() //nolint:errcheck // only read
	// Windows has no such modes: what Go shows there says nothing.
	if runtime.GOOS != "windows" && info.Mode().Perm()&^0o600 != 0 {
		return "", fmt.Errorf("token_file %s may be read by others (mode %04o): run chmod 600 on it", path, info.Mode().Perm())
	}
	data, err := io.ReadAll(io.LimitReader(f, maxToken))
	if err != nil {
		return "", fmt.Errorf("token_file %s can't be read", path)
	}
	token := firstLine(data)
	if token == "" {
		return "", fmt.Errorf("token_file %s is empty: put the token on its first line", path)
	}
	return token, nil
}

// tokenFromCommand runs the command in a shell, because that is how people
// write "op read …", and takes the first line of what it prints. What it says
// on stderr may hold the token, and goes nowhere.
func tokenFromCommand(ctx context.Context, command string, limit, patience time.Duration) (string, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	shell := []string{"sh", "-c"}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/C"}
	}
	c := child.Command(limited, shell[0], shell[1], command)
	c.WaitDelay = time.Second // a child of it may hold the pipe open
	var out bounded
	c.Stdout = &out
	waiting := time.AfterFunc(patience, func() {
		sources.Waits(ctx, "waiting for token_command, which may want something from you")
	})
	err := c.Run()
	waiting.Stop()
	var exit *exec.ExitError
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return "", fmt.Errorf("running token_command: %w", ctx.Err())
	case limited.Err() != nil:
		return "", fmt.Errorf("token_command gave no token, it did not end within %s", limit)
	case errors.As(err, &exit):
		return "", fmt.Errorf("token_command gave no token, it ended with status %d: run it by hand to see why", exit.ExitCode())
	default:
		return "", errors.New("token_command gave no token, it failed: run it by hand to see why")
	}
	token := firstLine(out.Bytes())
	if token == "" {
		return "", errors.New("token_command printed nothing: it has to print the token on its first line")
	}
	return token, nil
}

func firstLine(b []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimLeft(b, "\r\n"), []byte("\n"))
	return strings.TrimSpace(string(line))
}

// bounded keeps the first bytes written to it and swallows the rest.
type bounded struct{ bytes.Buffer }

func (l *bounded) Write(p []byte) (int, error) {
	if room := maxToken - l.Len(); room > 0 {
		l.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
