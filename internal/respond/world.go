package respond

import (
	"time"

	"firstline/sources"
)

// World is what is known of people, policies and sources when a plan is made.
type World struct {
	Settings Settings
	Now      time.Time
	// Me is the person at the screen; nil when that can't be told.
	Me *sources.User
}

// NewWorld gathers a World from what the sources last said.
func NewWorld(snapshots []sources.Snapshot, s Settings, now time.Time) World {
	return World{Settings: s, Now: now}
}
