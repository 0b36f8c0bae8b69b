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
	"time"

	"firstline/internal/clean"
)

// tokenCommandTime is how long token_command may take: a password manager may
// ask for a finger first.
const tokenCommandTime = 60 * time.Second

// maxToken is more than any token has.
const maxToken = 4096

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

func (p PagerDuty) tokenFromEnvironment() string {
	return strings.TrimSpace(os.Getenv(p.tokenVariable()))
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
		return tokenFromFile(file)
	}
	if command != "" {
		return tokenFromCommand(ctx, command, tokenCommandTime)
	}
	return "", nil
}

func tokenFromFile(path string) (string, error) {
	f, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("token_file %s is not there: create it, or set the environment variable", path)
	case err != nil:
		return "", fmt.Errorf("token_file %s can't be read: change its permissions to 0600 and its owner to you", path)
	}
	defer f.Close() //nolint:errcheck // only read
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return "", fmt.Errorf("token_file %s is not a plain file", path)
	}
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
// write "op read …", and takes the first line of what it prints.
func tokenFromCommand(ctx context.Context, command string, limit time.Duration) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	shell := []string{"sh", "-c"}
	if runtime.GOOS == "windows" {
		shell = []string{"cmd", "/C"}
	}
	c := exec.CommandContext(ctx, shell[0], shell[1], command) //nolint:gosec // the person's own configuration
	c.WaitDelay = time.Second                                  // a child of it may hold the pipes open
	var out, said limited
	c.Stdout, c.Stderr = &out, &said
	err := c.Run()
	token := firstLine(out.Bytes())
	if err != nil {
		why := "it failed"
		var exit *exec.ExitError
		switch {
		case errors.Is(ctx.Err(), context.DeadlineExceeded):
			why = fmt.Sprintf("it did not end within %s", limit)
		case ctx.Err() != nil:
			return "", fmt.Errorf("running token_command: %w", ctx.Err())
		case errors.As(err, &exit):
			why = "it ended with status " + fmt.Sprint(exit.ExitCode())
		}
		if text := spoken(said.Bytes(), token); text != "" {
			why += ": " + text
		}
		return "", fmt.Errorf("token_command gave no token, %s", why)
	}
	if token == "" {
		return "", errors.New("token_command printed nothing: it has to print the token on its first line")
	}
	return token, nil
}

// spoken is what a command said about its failure, cut short, without what it
// printed as the token.
func spoken(stderr []byte, token string) string {
	text := clean.Line(string(stderr))
	if token != "" {
		text = strings.ReplaceAll(text, token, "…")
	}
	if r := []rune(text); len(r) > 300 {
		text = string(r[:300]) + "…"
	}
	return text
}

func firstLine(b []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimLeft(b, "\r\n"), []byte("\n"))
	return strings.TrimSpace(string(line))
}

// limited keeps the first bytes written to it and swallows the rest.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if room := maxToken - l.Len(); room > 0 {
		l.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}
