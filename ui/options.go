package ui

import "firstline/ui/room"

// shared is the screen with the options.
type shared struct {
	room.Screen
	options Options
}
