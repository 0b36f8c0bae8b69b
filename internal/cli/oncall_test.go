package cli

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"firstline/internal/faults"
	"firstline/sources/demo"
)

func TestOnCall(t *testing.T) {
	w := newHarness(t)
	w.run("oncall").want(t, exitDone).says(t,
		"Payments: you, your team payments", "Level 1    Dana Okafor until 18:00", "then Ann Schmidt", "Level 2    Jonas Weber (07:00 in America/New_York, night there), always",
		"Gaps       none until Mon 7 Dec 13:00", "Overrides  Jonas Weber (07:00 in America/New_York, night there) on Payments on call, from Tue 24 Nov 18:00 CET until Wed 25 Nov 00:00 CET",
		"Schedule   Payments on call  https://", "Operations first line: first line", "Priya Nair (17:30 in Asia/Kolkata)")
	w.run("oncall", "search").want(t, exitDone).says(t, "Discovery: service search", "level 1: nobody from", ", for 12 h")
	w.run("oncall", "discovery").want(t, exitDone).says(t, "Discovery: team discovery, escalation policy Discovery")
	w.run("oncall", "First Line").want(t, exitDone).says(t, "Operations first line: first line")
	w.run("oncall", "chekout").want(t, exitFailed).says(t, `no team or service "chekout"`, "the nearest: service checkout")
	w.run("oncall", "operations", "first").want(t, exitUsage).says(t, "in quotes")
	w.run("oncall", "").want(t, exitUsage).says(t, "is empty")
	w.wantNoWrites()
}

func TestOnCallAsJSON(t *testing.T) {
	w := newHarness(t)
	var out onCallJSON
	if err := json.Unmarshal([]byte(w.run("oncall", "discovery", "--json").want(t, exitDone).out), &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Policies) != 1 || out.Policies[0].Name != "Discovery" || len(out.Policies[0].Levels) != 2 || out.SleepHours != "22:00-08:00" {
		t.Fatalf("%+v", out)
	}
	first, second := out.Policies[0].Levels[0], out.Policies[0].Levels[1]
	if len(first.Gaps) != 1 || first.Gaps[0].To == nil || first.GapsUnknownBecause != nil || len(second.Gaps) != 0 || second.ChangesAt != nil {
		t.Errorf("the levels are %+v, %+v", first, second)
	}
	if first.Now[0].Name != "Marta Silva" || *first.Now[0].LocalTime != "12:00" || *first.Now[0].Night || len(first.Turns) < 20 {
		t.Errorf("on call are %+v in %d turns", first.Now, len(first.Turns))
	}
}

// What can't be read is said, and never taken for a gap.
func TestOnCallSaysWhatIsNotRead(t *testing.T) {
	const refusal = `{"error":{"code":2010,"message":"Access Denied"}}`
	w := newHarness(t)
	w.toPagerDuty.Fail(faults.Fault{Path: "/schedules", Status: http.StatusForbidden, Body: refusal})
	r := w.run("oncall").want(t, exitPartly).says(t, "Not read   the overrides could not be read")
	if strings.Contains(r.out, "Overrides") {
		t.Errorf("overrides are shown:\n%s", r.out)
	}
	w.toPagerDuty.Fail(faults.Fault{Path: "/oncalls", Status: http.StatusForbidden, Body: refusal})
	r = w.run("oncall", "discovery").want(t, exitPartly).says(t, "who is next could not be read", "Gaps       level 1: not known, because who is on call for Discovery has not been read")
	if strings.Contains(r.out, "nobody") {
		t.Errorf("it claims that nobody is on call:\n%s", r.out)
	}
	for _, list := range []string{"/escalation_policies", "/users", "/teams"} {
		w := newHarness(t)
		w.toPagerDuty.Fail(faults.Fault{Path: list, Status: http.StatusForbidden, Body: refusal})
		if r := w.run("oncall"); r.status != exitPartly {
			t.Errorf("without %s it ends with %d:\n%s%s", list, r.status, r.out, r.err)
		}
	}
	w.configure(w.prometheus())
	alone(t)
	w.run("oncall").want(t, exitUsage).says(t, "who is on call is in PagerDuty, and none is configured")
}

// A [[service]] of the configuration goes by its own name, and by its own policy.
func TestOnCallOfAConfiguredService(t *testing.T) {
	w := newHarness(t)
	w.configure(w.pagerDuty(), "[[service]]\nname = \"till\"\nescalation_policy = \""+demo.FirstLinePolicy+"\"\n", "[[service]]\nname = \"shop\"\npagerduty = \"search\"\n")
	w.run("oncall", "till").want(t, exitDone).says(t, "Operations first line: service till")
	w.run("oncall", "shop").want(t, exitDone).says(t, "Discovery: service shop")
}
