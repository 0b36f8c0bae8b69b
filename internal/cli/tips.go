package cli

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"firstline/ui/tips"
)

// tips are those of somebody new, until each was used on this machine. The demo stores
// nothing.
func (s *setup) tips() tips.Options {
	o := tips.Options{Show: true}
	if s.demo {
		return o
	}
	path := filepath.Join(s.stateDirectory, "tips.json")
	if f, err := os.Open(path); err == nil {
		_ = json.NewDecoder(io.LimitReader(f, 1<<10)).Decode(&o.Used) // what can't be read was not used
		_ = f.Close()
	}
	o.Store = func(used []string) {
		text, err := json.Marshal(used)
		if err == nil {
			err = replaceFile(path, text)
		}
		if err != nil {
			s.log.Warn("the tips that were used can't be stored", "why", err)
		}
	}
	return o
}
