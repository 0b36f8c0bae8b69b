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
	"firstline/internal/credentials"
	"firstline/internal/keyring"
	"firstline/sources"
)

const (
	// tokenCommandTime bounds token_command: a password manager may wait for a
	// fingerprint first. After tokenPatience a message names the command that
	// is still running.
	tokenCommandTime = 60 * time.Second
	tokenPatience    = 2 * time.Second
	// tokenFileTime bounds the read of a file, which may be on a server that
	// does not answer.
	tokenFileTime = 2 * time.Second
	// maxToken is longer than any token.
	maxToken = 4096
)

// ErrNoToken is returned when no source has a token.
var ErrNoToken = errors.New("there is no PagerDuty token: set PAGERDUTY_TOKEN, or token_keyring, token_file or token_command under [pagerduty]")

// variableError is the ErrNoToken of a configuration whose token_env names this variable.
type variableError string

func (e variableError) Error() string {
	return fmt.Sprintf("there is no PagerDuty token: set %s, which token_env names, or token_keyring, token_file or token_command under [pagerduty]", string(e))
}

func (e variableError) Is(target error) bool { return target == ErrNoToken }

// Token returns the token from the environment variable token_env (else, of the only
// account, PAGERDUTY_TOKEN), else from the keyring, else from token_file, else from
// token_command. Its errors are one sentence and never contain any of it.
func (p PagerDuty) Token(ctx context.Context) (string, error) {
	if token := p.tokenFromEnvironment(); token != "" {
		return token, nil
	}
	if p.TokenKeyring != "" {
		return keyring.Get(ctx, p.TokenKeyring)
	}
	token, err := storedToken(ctx, p.TokenFile, p.TokenCommand)
	if variable := p.tokenVariable(); variable != "" && errors.Is(err, errNotThere) {
		return "", fmt.Errorf("%w, or set %s", err, clean.Line(variable))
	}
	if token != "" || err != nil {
		return token, err
	}
	if p.TokenEnv != "" && (p.TokenEnv != TokenVariable || p.oneOfSeveral) {
		return "", variableError(clean.Line(p.TokenEnv))
	}
	return "", ErrNoToken
}

// AsksNobody reports whether Token finds the token, or none, without a password manager
// that may ask a person.
func (p PagerDuty) AsksNobody() bool {
	return p.tokenFromEnvironment() != "" || p.TokenKeyring == "" && p.TokenCommand == ""
}

// tokenVariable is the name of the variable that may have the token; empty: none may.
func (p PagerDuty) tokenVariable() string {
	if p.oneOfSeveral {
		return p.TokenEnv
	}
	return cmp.Or(p.TokenEnv, TokenVariable)
}

func (p PagerDuty) tokenFromEnvironment() string {
	if p.tokenVariable() == "" {
		return ""
	}
	return fromVariable(p.tokenVariable())
}

func fromVariable(name string) string {
	token, _ := child.Lookup(name)
	token = strings.TrimSpace(token)
	credentials.Add(token)
	return token
}

// TokenFrom names the source from which Token takes the token, and reports
// whether it can give another token while the program runs. The environment
// cannot.
func (p PagerDuty) TokenFrom() (source string, renewable bool) {
	switch {
	case p.tokenFromEnvironment() != "":
		return clean.Line(p.tokenVariable()), false
	case p.TokenKeyring != "":
		return "token_keyring", true
	case p.TokenFile != "":
		return "token_file", true
	case p.TokenCommand != "":
		return "token_command", true
	}
	return "", false
}

// storedToken reads a token from a file, else from a command. It returns ""
// when neither is set.
func storedToken(ctx context.Context, file, command string) (string, error) {
	if file != "" {
		return within(ctx, tokenFileTime, func() (string, error) { return tokenFromFile(file) },
			fmt.Errorf("token_file %s can't be read: its file system does not answer", file))
	}
	if command != "" {
		return tokenFromCommand(ctx, command, tokenCommandTime, tokenPatience)
	}
	return "", nil
}

// within returns the result of read, or late when read takes longer than limit.
// It then abandons read, because a system call cannot be cancelled.
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

// plainFile opens a file and refuses one that is not a regular file: opening a
// FIFO, or reading a device, may never return.
func plainFile(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, errNotPlain
	}
	// The path may name another file by now.
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

var errNotThere = errors.New("is not there: create it")

var errNotPlain = errors.New("is not a plain file")

var errOthersRead = errors.New("may be read by others")

// readSecret reads a file with a secret, and hides the secret from now on. It
// refuses a file that is not a regular file or that others may read.
func readSecret(path string) (string, error) {
	f, info, err := plainFile(path)
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(io.LimitReader(f, maxToken))
	if err != nil {
		return "", err
	}
	text := strings.TrimSpace(string(data))
	if !strings.HasPrefix(text, "-----BEGIN ") { // no server repeats a private key
		credentials.Add(text)
		credentials.Add(firstLine(data))
	}
	// Windows has no such modes, and those that Go reports there mean nothing.
	if mode := info.Mode().Perm(); runtime.GOOS != "windows" && mode&^0o600 != 0 {
		return "", fmt.Errorf("%w (mode %04o): run chmod 600 on it", errOthersRead, mode)
	}
	return text, nil
}

func tokenFromFile(path string) (string, error) {
	text, err := readSecret(path)
	switch {
	case errors.Is(err, errNotPlain), errors.Is(err, errOthersRead):
		return "", fmt.Errorf("token_file %s %w", path, err)
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("token_file %s %w", path, errNotThere)
	case errors.Is(err, fs.ErrPermission):
		return "", fmt.Errorf("token_file %s can't be read: change its permissions to 0600 and its owner to you", path)
	case err != nil:
		return "", fmt.Errorf("token_file %s can't be read", path)
	}
	token := firstLine([]byte(text))
	if token == "" {
		return "", fmt.Errorf("token_file %s is empty: put the token on its first line", path)
	}
	return token, nil
}

// tokenFromCommand runs the command in a shell, because people write "op read
// …", and returns the first line of its output. Its stderr may contain the
// token and is discarded.
func tokenFromCommand(ctx context.Context, command string, limit, patience time.Duration) (string, error) {
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	shell := []string{"sh", "-c"}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/C"}
	}
	c := child.Command(limited, shell[0], shell[1], command)
	c.WaitDelay = time.Second // a child process may hold the pipe open
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
	credentials.Add(token)
	if token == "" {
		return "", errors.New("token_command printed nothing: it has to print the token on its first line")
	}
	return token, nil
}

func firstLine(b []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimLeft(b, "\r\n"), []byte("\n"))
	return strings.TrimSpace(string(line))
}

// bounded stores the first bytes written to it and discards the rest.
type bounded struct{ bytes.Buffer }

func (l *bounded) Write(p []byte) (int, error) {
	if room := maxToken - l.Len(); room > 0 {
		l.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
