package config

import (
	"path/filepath"
	"sync"

	"github.com/adrg/xdg"
)

// directories guards xdg's variables. They are read from the environment for each
// use, because it may have changed since the start.
var directories sync.Mutex

// StateHome returns the directory for what outlives the program.
func StateHome() string {
	directories.Lock()
	defer directories.Unlock()
	xdg.Reload()
	return xdg.StateHome
}

// defaultPath returns the first configuration file of the XDG directories, else
// the first path where one would be read.
func defaultPath() (path string, found bool) {
	directories.Lock()
	defer directories.Unlock()
	xdg.Reload()
	if found, err := xdg.SearchConfigFile(relativePath); err == nil {
		return found, true
	}
	return filepath.Join(xdg.ConfigHome, filepath.FromSlash(relativePath)), false
}
