// Package wallclock writes times for people, all in one zone: that of the time that
// is now, which is the person's own. Nothing else formats a time that somebody reads,
// and nothing uses this machine's zone.
package wallclock

import (
	"strings"
	"time"
)

// Clock writes times in one zone.
type Clock struct {
	zone *time.Location
	// named: the name of the zone is written too.
	named bool
}

// Of is the clock of sentences: in the zone of now, with its name where this
// machine's clock shows another time.
func Of(now time.Time) Clock { return Clock{now.Location(), Differs(now, time.Local)} }

// In is the clock of a zone that is named elsewhere.
func In(zone *time.Location) Clock { return Clock{zone, false} }

// Differs reports whether a time shows another time of day in a zone.
func Differs(t time.Time, zone *time.Location) bool {
	_, here := t.Zone()
	_, there := t.In(zone).Zone()
	return here != there
}

// Abbreviation is the short name of a time's zone: "CET", or "UTC+08" where it has
// none.
func Abbreviation(t time.Time) string {
	name, _ := t.Zone()
	if strings.ContainsAny(name, "+-") {
		return "UTC" + name
	}
	return name
}

func (c Clock) write(t time.Time, layout string) string {
	t = t.In(c.zone)
	text := t.Format(layout)
	if c.named {
		text += " " + Abbreviation(t)
	}
	return text
}

// Minute is the time of day: "15:04".
func (c Clock) Minute(t time.Time) string { return c.write(t, "15:04") }

// Second is the time of day to the second: "15:04:05".
func (c Clock) Second(t time.Time) string { return c.write(t, "15:04:05") }

// Weekday is the time of a day of the week: "Mon 15:04".
func (c Clock) Weekday(t time.Time) string { return c.write(t, "Mon 15:04") }

// DayTime is the time of a day of the year: "2 Jan 15:04".
func (c Clock) DayTime(t time.Time) string { return c.write(t, "2 Jan 15:04") }

// Whole is a time with its weekday and day: "Mon 2 Jan 15:04".
func (c Clock) Whole(t time.Time) string { return c.write(t, "Mon 2 Jan 15:04") }

// WholeSecond is the same to the second: "Mon 2 Jan 15:04:05".
func (c Clock) WholeSecond(t time.Time) string { return c.write(t, "Mon 2 Jan 15:04:05") }

// Stamp is a time with its date: "2006-01-02 15:04".
func (c Clock) Stamp(t time.Time) string { return c.write(t, "2006-01-02 15:04") }

// StampSecond is a time to the second with its date: "2006-01-02 15:04:05".
func (c Clock) StampSecond(t time.Time) string { return c.write(t, "2006-01-02 15:04:05") }

// Date is a day: "2 Jan 2006".
func (c Clock) Date(t time.Time) string { return t.In(c.zone).Format("2 Jan 2006") }

// ShortDate is a day without its year: "2 Jan".
func (c Clock) ShortDate(t time.Time) string { return t.In(c.zone).Format("2 Jan") }

// Day is a day with its weekday: "Mon 2 Jan 2006".
func (c Clock) Day(t time.Time) string { return t.In(c.zone).Format("Mon 2 Jan 2006") }

// Near is a time of day, with the day where the hour alone could be another day's.
func (c Clock) Near(t, now time.Time) string {
	switch gap := t.Sub(now); {
	case gap < 18*time.Hour && gap > -12*time.Hour:
		return c.Minute(t)
	case gap < 6*24*time.Hour && gap > -6*24*time.Hour:
		return c.Weekday(t)
	}
	return c.DayTime(t)
}

// Today is a time of day, with the day where that is not today.
func (c Clock) Today(t, now time.Time) string {
	if t.In(c.zone).Format(time.DateOnly) == now.In(c.zone).Format(time.DateOnly) {
		return c.Minute(t)
	}
	return c.DayTime(t)
}

// Named is the same clock, with the name of its zone.
func (c Clock) Named() Clock { return Clock{c.zone, true} }

// FileDay is a day for the name of a file, or in a file: "2006-01-02".
func (c Clock) FileDay(t time.Time) string { return t.In(c.zone).Format("2006-01-02") }

// FileName is a time in the name of a file: "2006-01-02-1504".
func (c Clock) FileName(t time.Time) string { return t.In(c.zone).Format("2006-01-02-1504") }
