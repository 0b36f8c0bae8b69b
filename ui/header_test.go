package ui

import (
	"testing"
	"time"
)

// The header marks each source whose clock is off.
func TestHeaderTellsClocks(t *testing.T) {
	for offset, want := range map[time.Duration]string{
		75 * time.Second: "clock +1m", -75 * time.Second: "clock -1m", 3 * time.Minute: "clock +3m", -2 * time.Hour: "clock -2h",
		24 * time.Hour: "clock +24h", -50 * time.Hour: "clock -2d",
	} {
		for n, name := range []string{"pagerduty 4s", "prom-eu 2s", "alertmanager 3s"} {
			snapshots := story(noon)
			snapshots[2].Err, snapshots[2].AsOf = nil, noon.Add(-3*time.Second)
			h := newHarness(t, 140, 30, nil)
			h.send(snapshotsMsg{list: snapshots})
			h.seesNot("clock")
			snapshots[n].Data.ClockOffset = offset
			h.send(snapshotsMsg{list: snapshots})
			h.sees(name + " " + want)
		}
	}
}
