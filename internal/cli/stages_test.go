package cli

import (
	"fmt"
	"slices"
	"testing"
)

// TestStagesOnTheCommandLine: the list, the check and the actions agree on the stage of
// a service, and nothing is sent that it refuses.
func TestStagesOnTheCommandLine(t *testing.T) {
	w := newHarness(t)
	later := w.clock().UTC().AddDate(0, 0, 3).Format("Mon")
	configure := func(stage string) {
		w.configure(w.pagerDuty(), w.prometheus(), w.alertmanager(), fmt.Sprintf(
			"[[service]]\nname = \"platform\"\npagerduty = \"platform\"\nstage = %q\ndevelopers_on_call = \"%s 09:00-17:00 UTC\"\n", stage, later))
	}
	t.Setenv("FIRSTLINE_ME_ROLE", "first-line")
	const volume = "VolumeFillingUp"
	id := w.incident(volume).ID
	before := w.incident(volume)

	configure("shadow")
	if g := w.list().group(t, id); g.Stage != "shadow" {
		t.Errorf("the stage is %q", g.Stage)
	}
	if i := slices.IndexFunc(w.list().Groups, func(g groupJSON) bool { return g.Service != nil && *g.Service == "checkout" }); i < 0 || w.list().Groups[i].Stage != "full" {
		t.Errorf("checkout is in another stage than full")
	}
	w.run("check").says(t, "is in the stage shadow: firstline notifies nobody")
	w.run("escalate", id, "--reason", "no room left", "--yes", "--confirm").want(t, exitFailed).says(t, "in which firstline notifies nobody")
	w.run("ack", id, "--yes").want(t, exitUsage).says(t, "While it is acknowledged PagerDuty does not escalate it", "--confirm")
	w.wantNoWrites()

	configure("business-hours")
	w.run("check").says(t, "is in the stage business-hours: outside their hours the developers are not notified")
	w.run("escalate", id, "--reason", "no room left", "--yes", "--confirm").want(t, exitFailed).says(t, "In the stage business-hours Operations first line takes it until then", "hand it off to Operations first line")
	w.wantNoWrites()
	if after := w.incident(volume); !slices.Equal(after.Assignees, before.Assignees) {
		t.Errorf("the incident is with %v, and was with %v", after.Assignees, before.Assignees)
	}
	w.run("handoff", id, "--to", "first-line", "--reason", "no room left", "--yes").want(t, exitDone)
	if after := w.incident(volume); after.PolicyID != "PFIRST1" {
		t.Errorf("first line does not have it: %+v", after)
	}
}
