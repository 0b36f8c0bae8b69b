package wallclock

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/internal/wording"
)

// longestUntil is how far ahead an end may lie: beyond it somebody mistyped.
const longestUntil = 366 * 24 * time.Hour

var errUntil = errors.New(`write how long, such as 30m, 2h or 3d, or until when, such as "until 09:00", "tomorrow 09:00", "Mon 09:00" or "2026-11-23 09:00"`)

// ParseUntil reads when something is to end, as people write it: "2h", "1h30m",
// "3d", "until 09:00" (the next time that the clock on the wall shows it),
// "tomorrow 09:00", "Mon 09:00", "2026-11-23 09:00". Times of day are those of
// loc. The end lies after now and within a year; the error is a sentence.
func ParseUntil(s string, now time.Time, loc *time.Location) (time.Time, error) {
	words := strings.Fields(strings.ToLower(s))
	if len(words) > 0 && (words[0] == "until" || words[0] == "for") {
		words = words[1:]
	}
	end, ok := endOf(words, now, loc)
	switch {
	case len(words) == 0:
		return time.Time{}, fmt.Errorf("no end is given: %w", errUntil)
	case !ok:
		return time.Time{}, fmt.Errorf("%q is no end: %w", wording.Shorten(strings.Join(words, " "), 60), errUntil)
	case !end.After(now):
		return time.Time{}, fmt.Errorf("%s is past: %w", In(loc).Stamp(end), errUntil)
	case end.Sub(now) > longestUntil:
		return time.Time{}, fmt.Errorf("%q is more than a year: %w", wording.Shorten(strings.Join(words, " "), 60), errUntil)
	}
	return end.In(loc), nil
}

func endOf(words []string, now time.Time, loc *time.Location) (time.Time, bool) {
	switch len(words) {
	case 1:
		if d, ok := parseSpan(words[0]); ok {
			return now.Add(d), true
		}
		if at, ok := parseClock(words[0]); ok {
			return nextAt(now.In(loc), at, func(time.Time) bool { return true })
		}
	case 2:
		at, ok := parseClock(words[1])
		if !ok {
			return time.Time{}, false
		}
		local := now.In(loc)
		if words[0] == "today" || words[0] == "tomorrow" {
			year, month, day := local.Date()
			if words[0] == "tomorrow" {
				day++
			}
			return time.Date(year, month, day, at.Hour(), at.Minute(), 0, 0, loc), true
		}
		if weekday := slices.Index(weekdays, words[0][:min(3, len(words[0]))]); weekday >= 0 && strings.HasPrefix(strings.ToLower(time.Weekday(weekday).String()), words[0]) {
			return nextAt(local, at, func(day time.Time) bool { return int(day.Weekday()) == weekday })
		}
		day, err := time.Parse(time.DateOnly, words[0])
		if err == nil {
			return time.Date(day.Year(), day.Month(), day.Day(), at.Hour(), at.Minute(), 0, 0, loc), true
		}
	}
	return time.Time{}, false
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// nextAt is the next time after local that the clock shows at on a day that
// fits.
func nextAt(local, at time.Time, fits func(time.Time) bool) (time.Time, bool) {
	year, month, day := local.Date()
	for ahead := range 9 {
		t := time.Date(year, month, day+ahead, at.Hour(), at.Minute(), 0, 0, local.Location())
		if t.After(local) && fits(t) {
			return t, true
		}
	}
	return time.Time{}, false
}

func parseClock(s string) (time.Time, bool) {
	at, err := time.Parse("15:04", s)
	return at, err == nil
}

// parseSpan reads a Go duration, or whole days and weeks, which Go has not.
func parseSpan(s string) (time.Duration, bool) {
	if len(s) > 1 && len(s) < 5 {
		if n, err := strconv.ParseUint(s[:len(s)-1], 10, 16); err == nil {
			switch s[len(s)-1] {
			case 'd':
				return time.Duration(n) * 24 * time.Hour, true
			case 'w':
				return time.Duration(n) * 7 * 24 * time.Hour, true
			}
		}
	}
	d, err := time.ParseDuration(s)
	return d, err == nil
}
