package report

import (
	"slices"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/wallclock"
)

// The history that is computed by hand has each case at least twice.
func TestHandHasEachCase(t *testing.T) {
	h := readHand(t)
	zones, found := map[string]bool{}, map[string]int{}
	for _, p := range h.People {
		zones[p.Zone] = true
	}
	delete(zones, "")
	if len(h.Incidents) < 40 || len(h.People) < 4 || len(zones) < 3 {
		t.Fatalf("there are %d incidents, %d people, %d zones", len(h.Incidents), len(h.People), len(zones))
	}
	for n := range h.Incidents {
		i := &h.Incidents[n]
		has := map[string]bool{"merged": i.MergedInto != "", "open": i.Open(), "without details": !i.DetailsRead, "without a runbook": i.DetailsRead && i.Runbook == ""}
		resolved, byEmail, bySomething := 0, false, false
		for _, e := range i.Entries {
			switch e.Kind {
			case past.Resolve:
				resolved++
				has["resolved by nobody"] = has["resolved by nobody"] || e.By == ""
			case past.Assign:
				has["reassigned"] = has["reassigned"] || e.By != ""
			case past.Escalate:
				has["escalated by hand"] = has["escalated by hand"] || e.By != ""
				has["escalated by a time-out"] = has["escalated by a time-out"] || e.By == ""
			case past.Snooze:
				has["snoozed"] = true
			case past.Notify:
				byEmail, bySomething = byEmail || e.Way == past.Email, bySomething || e.Way != past.Email
				has["of a deleted user"] = has["of a deleted user"] || h.People[e.To[0]].Deleted
				zone := wallclock.Zone(h.People[e.To[0]].Zone)
				if zone == nil {
					has["without a zone"] = true
					continue
				}
				local := e.At.In(zone)
				for what, is := range map[string]bool{
					"in the hour that comes twice in " + zone.String(): e.At.Add(-time.Hour).In(zone).Hour() == local.Hour() || e.At.Add(time.Hour).In(zone).Hour() == local.Hour(),
					"in the evening of a night":                        local.Hour() >= bedtime,
					"in the morning of a night":                        local.Hour() < morning,
					"at the weekend":                                   slices.Contains([]time.Weekday{time.Saturday, time.Sunday}, local.Weekday()),
				} {
					has[what] = has[what] || is
				}
			}
		}
		has["reopened"] = resolved > 1
		has["by e-mail alone"] = byEmail && !bySomething
		for what, is := range has {
			if is {
				found[what]++
			}
		}
	}
	for _, what := range []string{
		"merged", "reopened", "reassigned", "snoozed", "of a deleted user", "without a zone", "by e-mail alone", "resolved by nobody", "escalated by hand",
		"escalated by a time-out", "at the weekend", "in the evening of a night", "in the morning of a night", "without details", "without a runbook",
		"in the hour that comes twice in Europe/Berlin", "in the hour that comes twice in America/New_York",
	} {
		if found[what] < 2 {
			t.Errorf("%d incidents are %s", found[what], what)
		}
	}
}
