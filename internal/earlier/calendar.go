package earlier

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// weeks is how many weeks a calendar has, the last one with today.
const weeks = 4

// Calendar counts how often it began: at which hour of the day, and on which days of
// the last four weeks, each from Monday on.
type Calendar struct {
	Hours [24]int
	// Monday is the first day of the first week.
	Monday time.Time
	Days   [weeks][7]int
	// Future are the days of the last week that are to come.
	Future int
	// Unknown counts those whose begin is unknown, Before those before the first
	// Monday. They are in Hours, where their begin is known.
	Unknown, Before int
}

// CalendarOf counts the times in a time zone.
func CalendarOf(times []Time, now time.Time, zone *time.Location) Calendar {
	now = now.In(zone)
	year, month, day := now.Date()
	since := (int(now.Weekday()) + 6) % 7 // days since Monday
	c := Calendar{Monday: time.Date(year, month, day-since-(weeks-1)*7, 0, 0, 0, 0, zone), Future: 6 - since}
	for _, t := range times {
		if t.Began.IsZero() {
			c.Unknown++
			continue
		}
		at := t.Began.In(zone)
		c.Hours[at.Hour()]++
		y, m, d := at.Date()
		// In UTC every day has 24 hours.
		days := int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(dateOf(c.Monday)).Hours()) / 24
		switch {
		case at.Before(c.Monday):
			c.Before++
		case days < weeks*7:
			c.Days[days/7][days%7]++
		}
	}
	return c
}

func dateOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// mark is a count as one character: "·" for none, "+" for more than nine.
func mark(n int) string {
	switch {
	case n == 0:
		return "·"
	case n > 9:
		return "+"
	}
	return strconv.Itoa(n)
}

// HoursText is the hours as characters, six together: "······ ··1··· ······ ·····3".
func (c *Calendar) HoursText() string {
	var b strings.Builder
	for h, n := range c.Hours {
		if h > 0 && h%6 == 0 {
			b.WriteByte(' ')
		}
		b.WriteString(mark(n))
	}
	return b.String()
}

// WeekText is a week as characters, from Monday on. Days to come are blank.
func (c *Calendar) WeekText(week int) string {
	var b strings.Builder
	for d, n := range c.Days[week] {
		if week == weeks-1 && d >= 7-c.Future {
			b.WriteByte(' ')
			continue
		}
		b.WriteString(mark(n))
	}
	return b.String()
}

// Words say the same: how often in which hours of the day, and on which days, as date
// writes them.
func (c *Calendar) Words(date func(time.Time) string) string {
	var hours, days []string
	for h, n := range c.Hours {
		if n > 0 {
			hours = append(hours, fmt.Sprintf("%d from %d:00", n, h))
		}
	}
	for week := range c.Days {
		for d, n := range c.Days[week] {
			if n > 0 {
				days = append(days, fmt.Sprintf("%d on %s", n, date(c.Monday.AddDate(0, 0, 7*week+d))))
			}
		}
	}
	if c.Before > 0 {
		days = append(days, fmt.Sprintf("%d before %s", c.Before, date(c.Monday)))
	}
	if c.Unknown > 0 {
		days = append(days, fmt.Sprintf("%d at a time that is unknown", c.Unknown))
	}
	return "By hour: " + strings.Join(hours, ", ") + ". By day: " + strings.Join(days, ", ") + "."
}
