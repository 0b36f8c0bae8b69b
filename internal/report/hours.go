package report

import "time"

// period is the part of a person's week.
type period int

const (
	business period = iota
	off
	sleep
)

// The limits of periods, nights and shifts, in hours of the day.
const (
	morning, evening, bedtime = 8, 18, 22
	shiftBegin, shiftEnd      = 8, 20
)

// periodOf returns the part of the week of a local time.
func periodOf(local time.Time) period {
	weekend := local.Weekday() == time.Saturday || local.Weekday() == time.Sunday
	switch h := local.Hour(); {
	case h < morning || h >= bedtime:
		return sleep
	case weekend || h >= evening:
		return off
	}
	return business
}

// day is a date, as a number: those of following dates follow each other.
type day int

func dayOf(year int, month time.Month, date int) day {
	return day(time.Date(year, month, date, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60))
}

// nightOf returns the night of a local time, by the date of its evening.
func nightOf(local time.Time) (day, bool) {
	d := dayOf(local.Date())
	switch h := local.Hour(); {
	case h >= bedtime:
		return d, true
	case h < morning:
		return d - 1, true
	}
	return 0, false
}

// shiftOf returns the shift of 12 hours of a local time.
func shiftOf(local time.Time) int {
	d := int(dayOf(local.Date()))
	switch h := local.Hour(); {
	case h < shiftBegin:
		return 2*d - 1
	case h < shiftEnd:
		return 2 * d
	}
	return 2*d + 1
}

// hourRemark says which hours a report by hour has. zone is that of the report.
func hourRemark(zone string) string {
	return "figures of people have the hours of each person, and those without a time zone are in no row; the start and end of incidents have the hours of " + zone +
		". An incident that people acted on in several hours is in each, and engaged time is in the hour in which it began: so the rows are no parts of the total"
}
