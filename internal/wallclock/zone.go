package wallclock

import (
	"sync/atomic"
	"time"
)

// Own says what time it is, in the person's zone: the one that is configured, else
// the one that PagerDuty has for the person, and this machine's until that is read.
type Own struct {
	now   func() time.Time
	fixed bool
	zone  atomic.Pointer[time.Location]
}

// NewOwn makes it of a clock, and of the configured zone; nil: none is.
func NewOwn(now func() time.Time, zone *time.Location) *Own {
	o := &Own{now: now, fixed: zone != nil}
	o.zone.Store(zone)
	return o
}

// Now is the time in the person's zone.
func (o *Own) Now() time.Time {
	now := o.now()
	if zone := o.zone.Load(); zone != nil {
		return now.In(zone)
	}
	return now
}

// Learn takes the name of the zone that PagerDuty has for the person. What names no
// zone changes nothing.
func (o *Own) Learn(name string) {
	if zone := Zone(name); zone != nil && !o.fixed {
		o.zone.Store(zone)
	}
}

// Zone is the zone of an IANA name such as "Europe/Berlin", or nil. "Local" would be
// this machine's, which says nothing of a person.
func Zone(name string) *time.Location {
	if name == "" || name == "Local" {
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return zone
}
