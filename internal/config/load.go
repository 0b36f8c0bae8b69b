package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/adrg/xdg"

	"firstline/internal/child"
)

// maxSize is how large a configuration file may be; a larger one was named by
// mistake.
const maxSize = 1 << 20

// relativePath is where the file is below the XDG configuration directories.
const relativePath = "firstline/config.toml"

// Load reads the configuration at path, or, when path is empty, at
// $FIRSTLINE_CONFIG or in the XDG configuration directories. A file that was
// named must be there; without one of the default places the environment alone
// counts. Faults are *Error; several of them are joined.
func Load(path string) (Config, error) {
	named := true
	if path == "" {
		path = os.Getenv("FIRSTLINE_CONFIG")
	}
	if path == "" {
		path, named = defaultPath()
	}
	path, err := filepath.Abs(expandHome(path))
	if err != nil {
		return Config{}, fmt.Errorf("finding the configuration: %w", err)
	}
	data, err := readFile(path)
	if !named && errors.Is(err, fs.ErrNotExist) {
		return build(path, nil, child.Lookup)
	}
	if err != nil {
		return Config{}, err
	}
	c, err := build(path, data, child.Lookup)
	if err != nil {
		return Config{}, err
	}
	c.Path = path
	return c, nil
}

// defaultPath is the first configuration file of the XDG directories, else
// where one would be looked for first.
func defaultPath() (path string, found bool) {
	xdg.Reload() // the environment may have changed since the start
	if found, err := xdg.SearchConfigFile(relativePath); err == nil {
		return found, true
	}
	return filepath.Join(xdg.ConfigHome, filepath.FromSlash(relativePath)), false
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer f.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, unreadable(path, err)
	}
	if len(data) > maxSize {
		return nil, &Error{File: path, Sentence: "this is larger than 1 MB and can't be a configuration: name another file with --config"}
	}
	return data, nil
}

func unreadable(path string, cause error) error {
	e := &Error{File: path, cause: cause}
	switch {
	case errors.Is(cause, fs.ErrNotExist):
		e.Sentence = "there is no such file: check --config or FIRSTLINE_CONFIG"
	case errors.Is(cause, fs.ErrPermission):
		e.Sentence = "it may not be read: change its permissions"
	default:
		e.Sentence = "it can't be read: name a TOML file with --config"
	}
	return e
}

// expandHome gives ~ and ~/… the home directory.
func expandHome(path string) string {
	if path != "~" && !isHomePath(path) {
		return path
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return path
	}
	return filepath.Join(home, path[1:])
}

func isHomePath(path string) bool {
	return len(path) >= 2 && path[0] == '~' && os.IsPathSeparator(path[1])
}
