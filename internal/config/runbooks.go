package config

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/lazyregexp"
)

// Runbooks configures where runbooks are and what may be done with them.
type Runbooks struct {
	// Directories are absolute.
	Directories []string
	// References are the annotations and labels that name runbooks. Nil means
	// the usual ones.
	References []string
	// MayRun allows steps to run, each after it was shown and confirmed.
	MayRun bool
	// Fetch allows runbooks to be fetched from a URL.
	Fetch bool
	// CacheMB is how many megabytes of fetched runbooks are stored.
	CacheMB int
	// Hosts, in lower case, may be on a private network or this machine: the
	// hosts that the file names for this or for their tokens.
	Hosts []string
	// Fill has values for variables that no label fills, by name.
	Fill map[string]string
	// Tokens has the sources of the hosts' tokens, by the host's name in lower
	// case.
	Tokens map[string]HostToken
}

// HostToken has the sources of a host's token.
type HostToken struct {
	// Env, File and Command are tried in this order.
	Env, File, Command string
}

// Token returns the token. Its errors are one sentence and never contain any of
// it.
func (h HostToken) Token(ctx context.Context) (string, error) {
	if token := fromVariable(h.Env); token != "" {
		return token, nil
	}
	token, err := storedToken(ctx, h.File, h.Command)
	if token == "" && err == nil {
		err = fmt.Errorf("the environment variable %s is not set", clean.Line(h.Env))
	}
	return token, err
}

// how many megabytes of fetched runbooks are stored: unless the file says so, at
// least, which has room for two of the largest pages, and at most.
const (
	DefaultCacheMB = 32
	leastCacheMB   = 4
	mostCacheMB    = 10_000
)

func (b *builder) runbooks(f fileRunbooks) Runbooks {
	for i, name := range f.References {
		if strings.TrimSpace(name) == "" {
			b.fault([]string{"runbooks", "references", strconv.Itoa(i)}, "the name of an annotation or label is missing here")
		}
	}
	r := Runbooks{Directories: b.runbookDirectories(f), References: slices.Clone(f.References), MayRun: true, Fetch: f.Fetch == nil || *f.Fetch, CacheMB: DefaultCacheMB}
	if at := []string{"runbooks", "cache_mb"}; b.positions.has(at...) {
		if r.CacheMB = f.CacheMB; r.CacheMB < leastCacheMB || r.CacheMB > mostCacheMB {
			b.fault(at, "cache_mb is %d, but must be from %d to %d", f.CacheMB, leastCacheMB, mostCacheMB)
		}
	}
	switch strings.ToLower(strings.TrimSpace(f.Run)) {
	case "", "ask":
	case "never":
		r.MayRun = false
	default:
		b.fault([]string{"runbooks", "run"}, "%q is not known: it is \"ask\" (each step is shown before it runs) or \"never\"", clean.Line(f.Run))
	}
	for _, name := range slices.Sorted(maps.Keys(f.Fill)) {
		if err := checkFill(name, f.Fill[name]); err != nil {
			b.fault([]string{"runbooks", "fill", name}, "%v", err)
			continue
		}
		if r.Fill == nil {
			r.Fill = map[string]string{}
		}
		r.Fill[name] = f.Fill[name]
	}
	for _, host := range slices.Sorted(maps.Keys(f.Tokens)) {
		if r.Tokens == nil {
			r.Tokens = map[string]HostToken{}
		}
		r.Tokens[strings.ToLower(host)] = b.hostToken(host, f.Tokens[host])
		r.Hosts = append(r.Hosts, strings.ToLower(host))
	}
	for i, host := range f.Hosts {
		if !isHostName(host) {
			b.fault([]string{"runbooks", "hosts", strconv.Itoa(i)}, "this is not a host's name: write it like \"wiki.example.com\", without https://, port and path")
		}
		if host = strings.ToLower(host); !slices.Contains(r.Hosts, host) {
			r.Hosts = append(r.Hosts, host)
		}
	}
	return r
}

func (b *builder) runbookDirectories(f fileRunbooks) []string {
	if f.Directories == nil {
		beside := filepath.Join(filepath.Dir(b.path), "runbooks")
		if info, err := os.Stat(beside); err == nil && info.IsDir() {
			return []string{beside}
		}
		return nil
	}
	var directories []string
	for i, d := range f.Directories {
		if strings.TrimSpace(d) == "" {
			b.fault([]string{"runbooks", "directories", strconv.Itoa(i)}, "a directory is missing here")
			continue
		}
		directories = append(directories, b.absolute(d))
	}
	return directories
}

// variableName matches the name of a variable in a runbook, after the "$".
var variableName = lazyregexp.New(`^[A-Za-z_][A-Za-z0-9_]*$`)

func checkFill(name, value string) error {
	switch {
	case !variableName.MatchString(name):
		return errors.New("a variable's name is made of letters, digits and _, such as cluster")
	case value == "" || clean.Line(value) != value:
		return errors.New("a value is one line of plain text and not empty")
	}
	return nil
}

// isHostName reports whether host is a host name or an IP address.
func isHostName(host string) bool {
	if net.ParseIP(host) != nil {
		return true
	}
	u, err := url.Parse("https://" + host)
	return err == nil && host != "" && u.Hostname() == host
}

func (b *builder) hostToken(host string, f fileToken) HostToken {
	at := func(key ...string) []string { return append([]string{"runbooks", "tokens", host}, key...) }
	if !isHostName(host) {
		b.fault(at(), "this is not a host's name: write it like \"raw.githubusercontent.com\", without https:// and path")
	}
	if strings.ContainsAny(f.TokenEnv, "= \t\n") {
		b.fault(at("token_env"), "this is the name of an environment variable, such as \"GITHUB_TOKEN\", and not the token")
	}
	h := HostToken{Env: f.TokenEnv, Command: strings.TrimSpace(f.TokenCommand)}
	if f.TokenFile != "" {
		h.File = b.absolute(f.TokenFile)
	}
	if h == (HostToken{}) {
		b.fault(at(), "name where the token is: token_env, token_file or token_command")
	}
	return h
}
