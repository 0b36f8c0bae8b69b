package handover

import (
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// clock returns a time of day, with its date when that is not today.
func (w *writer) clock(t time.Time) string {
	zone := wallclock.In(w.Location)
	if t.Sub(w.Until).Abs() < 6*24*time.Hour && zone.Date(t) != zone.Date(w.Until) {
		return zone.Weekday(t)
	}
	return zone.Today(t, w.Until)
}

// inline returns text from outside for use in a line.
func inline(s string) string { return clean.MarkdownLine(s, longestLine) }

func quoted(comment string) string {
	if c := inline(comment); c != "" {
		return ": “" + c + "”"
	}
	return ""
}

func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

func names(assignments []sources.Assignment) string {
	all := make([]string, len(assignments))
	for i, a := range assignments {
		all[i] = inline(a.User.Label("user"))
	}
	return strings.Join(all, ", ")
}
