package ui

import (
	"firstline/internal/clean"
	"firstline/ui/room"
)

// shared is the screen with the options.
type shared struct {
	room.Screen
	options Options
}

// configName is the configuration file, as the responder may know it.
func (s *shared) configName() string {
	if s.options.ConfigPath == "" {
		return "the configuration file"
	}
	return clean.Line(s.options.ConfigPath)
}
