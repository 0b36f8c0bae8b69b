package wallclock

import "time"

// SleepHours are the hours from 22:00 to 08:00 of every day, in the zone of the
// person. PagerDuty's Analytics calls them so.
const (
	sleepFrom, sleepUntil = 22, 8
	SleepHours            = "22:00-08:00"
)

// Sleeps reports whether a time is in the sleep hours of a zone.
func Sleeps(t time.Time, zone *time.Location) bool {
	hour := t.In(zone).Hour()
	return hour >= sleepFrom || hour < sleepUntil
}
