package cli

import (
	"fmt"
	"slices"
	"strings"

	"firstline/internal/config"
)

// ofTheScreen are the tables of a configuration that the demo uses: they say how the screen
// looks and which keys it has, and nothing of a company.
var ofTheScreen = []string{"[list]", "[screen]", "[theme]", "[attention]", "[keys]", "[filters]"}

// dressDemo gives the demo the screen of a configuration file, and says what else is in it.
func (s *setup) dressDemo(path string) error {
	c, err := config.LoadFile(path)
	if err != nil {
		return err
	}
	s.config.Sparklines, s.config.Columns = c.Sparklines, c.Columns
	s.config.Screen, s.config.Theme, s.config.ASCII, s.config.Keys = c.Screen, c.Theme, c.ASCII, c.Keys
	s.config.Attention = c.Attention
	for _, f := range s.config.Filters {
		if _, own := c.SavedFilters()[f.Name]; !own {
			c.Filters = append(c.Filters, f)
		}
	}
	s.config.Filters = c.Filters
	s.config.Runbooks.Fill = c.Runbooks.Fill
	var unused []string
	for _, table := range c.Tables() {
		switch {
		case table == "[runbooks]":
			unused = append(unused, "[runbooks] but for fill")
		case !slices.Contains(ofTheScreen, table):
			unused = append(unused, table)
		}
	}
	if len(unused) > 0 {
		s.warnings = append(s.warnings, fmt.Sprintf("The demo takes only the screen from %s, and uses nothing of %s.", oneLine(path), strings.Join(unused, ", ")))
	}
	return nil
}
