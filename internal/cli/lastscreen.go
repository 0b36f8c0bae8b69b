package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"firstline/internal/config"
	"firstline/ui/list"
)

// The rows that a screen begins with are in a file of their own, which is read in
// less than a millisecond whatever the size of the state. It is written as a whole
// and then takes its name, so that a reader finds one of the files that were
// written, and it begins with whose it is.

// identify makes the digest of all that decides whose rows the screen shows, and how
// they are made: the account, the servers, what joins their alerts, the token and this
// version. What another one left is not shown. Colours, keys, comments and whatever else
// is in the file decide nothing of it.
func (s *setup) identify(version string) string {
	c := s.config
	parts := []string{
		version, c.Path, string(c.Me.Role), c.Me.Email, fmt.Sprint(c.Me.Zone),
		c.FirstLine.Name, c.FirstLine.EscalationPolicy, c.FirstLine.Service, fmt.Sprintf("%q", c.Triage()),
	}
	for _, p := range c.PagerDuty {
		if s.tokenDigests[p.Name] == "" {
			return "" // nobody's
		}
		parts = append(parts, p.Name, p.Email, p.URL, p.Region, p.TokenType, fmt.Sprintf("%q", p.Teams), s.tokenDigests[p.Name])
	}
	for _, server := range c.Servers() {
		options, err := json.Marshal(server.HTTP) // without its secrets: a header may name a tenant
		if err != nil {
			return ""
		}
		parts = append(parts, server.Name, withoutPassword(server), string(options), strconv.Itoa(server.MaxAlerts))
	}
	return digest(fmt.Sprintf("%q", parts))
}

func digest(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

// withoutPassword is a server's address: a short password could be found out from
// the digest.
func withoutPassword(s config.Server) string {
	address, err := url.Parse(s.URL)
	if err != nil {
		return ""
	}
	address.User = nil
	return address.String()
}

// lastScreenPath is the file of the rows that a screen begins with.
func (s *setup) lastScreenPath() string { return filepath.Join(s.stateDirectory, "last-screen.json") }

// mostLastScreen is larger than the rows of any screen.
const mostLastScreen = 1 << 20

// lastScreen returns the rows to begin with, or none.
func (s *setup) lastScreen() list.First {
	if s.demo || s.identity == "" {
		return list.First{}
	}
	first, err := readLastScreen(s.lastScreenPath(), s.identity)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.log.Info("the rows of the last screen are not shown", "why", err)
		}
		return list.First{}
	}
	return first
}

func readLastScreen(path, identity string) (list.First, error) {
	f, err := os.Open(path) //nolint:gosec // in the state directory
	if err != nil {
		return list.First{}, err
	}
	defer func() { _ = f.Close() }()
	text, err := io.ReadAll(io.LimitReader(f, mostLastScreen))
	if err != nil {
		return list.First{}, err
	}
	of, rows, _ := bytes.Cut(text, []byte("\n"))
	if string(of) != identity {
		return list.First{}, errors.New("they are of another configuration, person or version")
	}
	return list.DecodeFirst(rows)
}

// storeLastScreen stores the rows to begin with.
func (s *setup) storeLastScreen(first list.First) {
	rows, err := first.Encode()
	if err == nil {
		err = replaceFile(s.lastScreenPath(), slices.Concat([]byte(s.identity+"\n"), rows))
	}
	if err != nil {
		s.log.Warn("the rows of this screen can't be stored", "why", err)
	}
}

// replaceFile gives a file, which only its owner can read, another content as a
// whole.
func replaceFile(path string, content []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(content)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
