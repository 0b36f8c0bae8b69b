package ui

import (
	"testing"
	"time"

	"firstline/internal/wallclock"
)

// All times follow the zone of now, from the moment on at which it is known: header,
// rows, details, messages and what is typed.
func TestOneClock(t *testing.T) {
	zone := time.UTC
	var h *harness
	h = newHarness(t, 140, 40, func(o *Options) {
		o.Location, o.Machine = nil, time.UTC
		now := o.Now
		o.Now = func() time.Time {
			if h == nil {
				return noon.In(zone)
			}
			return now().In(zone)
		}
	})
	h.send(snapshotsMsg{list: story(noon)})
	h.put("Q1CHECKOUT")
	h.press("2")
	h.header("until 18:00")
	h.reads("since 11:48", "escalates 12:04")
	h.row("batch", "14:00")
	h.seesNot("times in")

	zone = wallclock.Zone("Asia/Tokyo") // PagerDuty has answered
	h.tick(time.Second)
	h.header("until 03:00", "times in Asia/Tokyo")
	h.reads("since 20:48", "escalates 21:04")
	h.row("batch", "23:00")
	h.press("z")
	h.write("until 22:00")
	h.dialog("until 22:00", "JST")
	h.seesNot("11:48", "12:04")
}
