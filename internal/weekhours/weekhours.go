// Package weekhours knows when a team's developers may be woken: the hours that
// a [[service]] gives as developers_on_call. Outside these hours an escalation
// says so and asks once more.
package weekhours

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones must load on machines without a zone database
)

// Hours are weekly spans in a time zone. The zero value covers nothing.
type Hours struct {
	spans []span
	zone  *time.Location
	text  string
}

// span is a part of the day, in minutes since midnight, on some weekdays. A
// span that ends at or before its begin runs into the next day.
type span struct {
	days     [7]bool // by time.Weekday of its begin
	from, to int
}

// Parse parses hours such as "Mon-Fri 09:00-17:00 Europe/Berlin": days (or
// "daily"), times, further days and times, then an IANA zone. Lists take
// commas: "Mon,Wed 09:00-12:00,13:00-17:00 UTC".
func Parse(s string) (Hours, error) {
	fields := strings.Fields(s)
	if len(fields) < 3 {
		return Hours{}, fmt.Errorf("coverage hours %q: want days, times and a time zone, such as \"Mon-Fri 09:00-17:00 Europe/Berlin\"", s)
	}
	name := fields[len(fields)-1]
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return Hours{}, fmt.Errorf("coverage hours %q: %q is no time zone; use a name such as Europe/Berlin or UTC", s, name)
	}
	h := Hours{zone: zone, text: strings.Join(fields, " ")}
	pairs := fields[:len(fields)-1]
	if len(pairs)%2 != 0 {
		return Hours{}, fmt.Errorf("coverage hours %q: each days need their times, such as Mon-Fri 09:00-17:00", s)
	}
	for i := 0; i < len(pairs); i += 2 {
		days, err := parseDays(pairs[i])
		if err != nil {
			return Hours{}, fmt.Errorf("coverage hours %q: %w", s, err)
		}
		for times := range strings.SplitSeq(pairs[i+1], ",") {
			from, to, err := parseTimes(times)
			if err != nil {
				return Hours{}, fmt.Errorf("coverage hours %q: %w", s, err)
			}
			h.spans = append(h.spans, span{days, from, to})
		}
	}
	return h, nil
}

var dayNames = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func parseDay(s string) (int, error) {
	for i, name := range dayNames {
		if strings.EqualFold(s, name) {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%q is no day; use Mon, Tue, Wed, Thu, Fri, Sat, Sun or daily", s)
}

func parseDays(s string) (days [7]bool, err error) {
	if strings.EqualFold(s, "daily") {
		return [7]bool{true, true, true, true, true, true, true}, nil
	}
	for part := range strings.SplitSeq(s, ",") {
		first, last, isRange := strings.Cut(part, "-")
		from, err := parseDay(first)
		if err != nil {
			return days, err
		}
		to := from
		if isRange {
			if to, err = parseDay(last); err != nil {
				return days, err
			}
		}
		for d := from; ; d = (d + 1) % 7 {
			days[d] = true
			if d == to {
				break
			}
		}
	}
	return days, nil
}

func parseTimes(s string) (from, to int, err error) {
	begin, end, ok := strings.Cut(s, "-")
	if !ok {
		return 0, 0, fmt.Errorf("%q are no times; use 09:00-17:00", s)
	}
	if from, err = parseClock(begin); err != nil {
		return 0, 0, err
	}
	if to, err = parseClock(end); err != nil {
		return 0, 0, err
	}
	if from == to || from == minutesADay {
		return 0, 0, fmt.Errorf("%q covers no time; a whole day is 00:00-24:00", s)
	}
	return from, to, nil
}

const minutesADay = 24 * 60

var errClock = errors.New("a time of day is written 00:00 to 24:00")

func parseClock(s string) (int, error) {
	hours, minutes, ok := strings.Cut(s, ":")
	h, errHours := strconv.ParseUint(hours, 10, 8)
	m, errMinutes := strconv.ParseUint(minutes, 10, 8)
	total := int(h)*60 + int(m)
	if !ok || errHours != nil || errMinutes != nil || len(minutes) != 2 || m > 59 || total > minutesADay {
		return 0, fmt.Errorf("%q: %w", s, errClock)
	}
	return total, nil
}

// IsZero reports whether no hours were given.
func (h Hours) IsZero() bool { return len(h.spans) == 0 }

// String returns the hours as they were written.
func (h Hours) String() string { return h.text }

// Covers reports whether t is within the hours, in local time of their zone.
func (h Hours) Covers(t time.Time) bool {
	if h.IsZero() {
		return false
	}
	local := t.In(h.zone)
	day := int(local.Weekday())
	minute := local.Hour()*60 + local.Minute()
	yesterday := (day + 6) % 7
	for _, s := range h.spans {
		overnight := s.to <= s.from
		switch {
		case s.days[day] && minute >= s.from && (overnight || minute < s.to):
			return true
		case overnight && s.days[yesterday] && minute < s.to:
			return true
		}
	}
	return false
}

// Next returns when the hours next begin or end after t, to the minute. It
// returns zero when they never change.
func (h Hours) Next(t time.Time) time.Time {
	if h.IsZero() {
		return time.Time{}
	}
	now := h.Covers(t)
	// Spans begin and end on whole local minutes, and zones shift by whole
	// minutes: a week and a day of minutes contains every change.
	at := t.Truncate(time.Minute)
	for range 8 * minutesADay {
		at = at.Add(time.Minute)
		if h.Covers(at) != now {
			return at.In(h.zone)
		}
	}
	return time.Time{}
}
