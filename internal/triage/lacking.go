package triage

import (
	"time"

	"firstline/sources"
)

// Silent says why the last answer of a source is not one of now; empty where it
// is.
func Silent(s *sources.Snapshot, now time.Time) string {
	name := s.Source.Name
	switch {
	case s.AsOf.IsZero() && s.Err == nil:
		return name + " is not read yet"
	case s.Err != nil && !s.FailingSince.IsZero() && !s.Misconfigured():
		return name + " " + s.NoAnswer() + " since " + until(s.FailingSince, now)
	case s.Err != nil:
		return name + " " + s.NoAnswer()
	case now.Sub(s.AsOf) > longestGap:
		return name + " was last read at " + until(s.AsOf, now)
	}
	return ""
}

// Lacking says why alerts that are active now may be missing from what a
// Prometheus or an Alertmanager answered; empty where none is.
func Lacking(s *sources.Snapshot, now time.Time) string {
	name, d := s.Source.Name, &s.Data
	if why := Silent(s, now); why != "" {
		return why
	}
	switch {
	case s.Partial:
		return name + " is being read"
	case !d.Extents.Alerts.Read:
		return "the alerts of " + name + " are not read"
	case d.Extents.Alerts.Missing != "":
		return name + " may lack alerts: " + d.Extents.Alerts.Missing
	case len(d.Warnings) > 0:
		return name + " says: " + d.Warnings[0]
	}
	return ""
}
