package cli

import (
	"context"
	"strings"
	"testing"
)

// inZone is a configuration with a time zone; empty: without one.
func inZone(text, zone string) string {
	if zone == "" {
		return text
	}
	return strings.Replace(text, "[me]\n", "[me]\ntime_zone = \""+zone+"\"\n", 1)
}

// Times are in the zone of the PagerDuty user, or in the configured one, and what is
// typed is read in it. noon is 12:00 UTC, and Dana's PagerDuty zone is Berlin's.
func TestTimesAreInThePersonsZone(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ zone, until string }{
		"of PagerDuty": {"", "until Mon 23 Nov 14:30 CET"},
		"configured":   {"America/New_York", "until Mon 23 Nov 14:30 EST"},
		"far east":     {"Asia/Kolkata", "until Tue 24 Nov 14:30 IST"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newHarness(t)
			w.configure(inZone(w.pagerDuty(), c.zone), w.prometheus(), w.alertmanager())
			id := w.incident(notifiedAlert).ID
			w.run("snooze", "--until", "14:30", "--dry-run", id).want(t, exitDone).says(t, c.until)
		})
	}
	w := newHarness(t)
	w.configure(inZone(w.pagerDuty(), "Europe/Berlni"))
	w.run("list").want(t, exitFailed).says(t, `"Europe/Berlni" is no time zone`)
	w.configure(inZone(w.pagerDuty(), "Local"))
	w.run("list").want(t, exitFailed).says(t, `is no time zone`)
	// What was done is dated in it, also where nothing is read.
	dated := newHarness(t)
	dated.configure(inZone(dated.pagerDuty(), "Asia/Kolkata"), dated.prometheus(), dated.alertmanager())
	dated.run("ack", "--yes", dated.incident(notifiedAlert).ID).want(t, exitDone)
	dated.run("history").want(t, exitDone).says(t, " 17:30:00 IST")
	// The screen stores what PagerDuty said last, and that has the zone.
	stored := newHarness(t)
	stored.run("ack", "--yes", stored.incident(notifiedAlert).ID).want(t, exitDone)
	stored.run("history").want(t, exitDone).says(t, " 12:00:00 ")
	stored.atScreen(func(ctx context.Context, s *setup) error {
		if warning := s.openState(ctx); warning != "" {
			t.Error(warning)
		}
		for _, snap := range s.read(ctx).snapshots {
			s.storer(ctx, &restored{})(snap)
		}
		return nil
	}).want(t, exitDone)
	stored.run("history").want(t, exitDone).says(t, " 13:00:00 CET")
	stored.run("sync", "--since", "5d").want(t, exitDone)
	stored.run("report", "--since", "2d").want(t, exitDone).says(t, " CET\nbefore: from ", "what happened since Mon 23 Nov 12:50 may be incomplete")
	stored.run("report", "--since", "2d", "--by", "week").want(t, exitDone).says(t, "weeks begin on Monday at 0:00 in Europe/Berlin")
	stored.run("report", "--since", "2d", "--format", "json").want(t, exitDone).says(t, `"zone": "Europe/Berlin"`)
	// The first sync of a machine has only the list of users.
	first := newHarness(t)
	first.run("sync", "--since", "5d").want(t, exitDone).says(t, " 13:00 CET is stored")
	// The shift's text has it too.
	w.configure(w.pagerDuty(), w.prometheus())
	if out := w.run("handover").want(t, exitDone); !strings.Contains(out.out, " 13:00 CET") {
		t.Errorf("the handover is of\n%s", out.out)
	}
}
