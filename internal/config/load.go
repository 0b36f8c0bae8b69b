package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"firstline/internal/child"
)

// maxSize bounds a configuration file. A larger file was named by mistake.
const maxSize = 1 << 20

// relativePath is the path of the file below an XDG configuration directory.
const relativePath = "firstline/config.toml"

// Load reads the configuration at path, or, when path is empty, at
// $FIRSTLINE_CONFIG or in the XDG configuration directories. A file that was
// named must exist; without one, the environment alone counts. Each fault is an
// *Error; several are joined.
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

// LoadFile reads the configuration in one file, without the environment.
func LoadFile(path string) (Config, error) {
	path, err := filepath.Abs(expandHome(path))
	if err != nil {
		return Config{}, fmt.Errorf("finding the configuration: %w", err)
	}
	data, err := readFile(path)
	if err != nil {
		return Config{}, err
	}
	c, err := Parse(path, data, nil)
	c.Path = path
	return c, err
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
	return bytes.TrimPrefix(data, byteOrderMark), nil
}

// byteOrderMark is what some editors of Windows put before UTF-8.
var byteOrderMark = []byte("\xef\xbb\xbf")

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

// expandHome expands ~ and ~/… to the home directory.
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

// Parse checks a document as Load does a file at this path, with the variables of an
// environment; nil: none.
func Parse(path string, document []byte, env func(name string) (string, bool)) (Config, error) {
	if env == nil {
		env = func(string) (string, bool) { return "", false }
	}
	return build(path, document, env)
}
