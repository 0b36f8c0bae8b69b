package cli

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
)

// divider is where the person left the divider between list and pane, as it is
// stored.
type divider struct {
	// Split is the list's share in percent, Configured what the configuration said then:
	// where it says something else now, that counts.
	Split, Configured int
}

// dividerPath is the file of the divider.
func (s *setup) dividerPath() string { return filepath.Join(s.stateDirectory, "divider.json") }

// split is the list's share to begin with.
func (s *setup) split() int {
	configured := s.config.Screen.Split
	if s.demo {
		return configured
	}
	f, err := os.Open(s.dividerPath())
	if err != nil {
		return configured // it was never moved
	}
	defer func() { _ = f.Close() }()
	var stored divider
	if err := json.NewDecoder(io.LimitReader(f, 1<<10)).Decode(&stored); err != nil || stored.Configured != configured || stored.Split < 0 || stored.Split > 100 {
		return configured
	}
	return stored.Split
}

// storeSplit stores the list's share.
func (s *setup) storeSplit(percent int) {
	if s.demo {
		return
	}
	text, err := json.Marshal(divider{percent, s.config.Screen.Split})
	if err == nil {
		err = replaceFile(s.dividerPath(), text)
	}
	if err != nil {
		s.log.Warn("the divider can't be stored", "why", err)
	}
}
