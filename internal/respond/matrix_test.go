package respond

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/race"
	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
)

var update = flag.Bool("update", false, "write testdata/plans.golden anew")

// TestEveryPlan walks role x kind of group x coverage x target and writes down
// what is sent, in what order, to whom, and what is asked once more.
func TestEveryPlan(t *testing.T) {
	race.Skip(t)
	const (
		within  = "daily 00:00-24:00 UTC"
		outside = "Mon-Fri 09:00-17:00 Europe/Berlin"
	)
	low := fixture.Incident("I1")
	low.Urgency = "low"
	kinds := []struct {
		name  string
		group triage.Group
	}{
		{"triggered", fixture.GroupOf(fixture.Incident("I1"))},
		{"low urgency", fixture.GroupOf(low)},
		{"acknowledged", fixture.GroupOf(fixture.AcknowledgedIncident("I1", fixture.Ann, fixture.Sunday.Add(-time.Minute)))},
		{"resolved", fixture.GroupOf(fixture.ResolvedIncident("I1", fixture.Ann, fixture.Sunday.Add(-time.Minute)))},
		{"alerts", fixture.AlertsGroup()},
		{"stray alert", fixture.StrayGroup()},
	}
	coverages := []struct {
		name, hours string
		outside     Outside
	}{
		{"no hours", "", ""},
		{"within", within, OutsideFirstLine},
		{"outside, first-line", outside, OutsideFirstLine},
		{"outside, high-urgency", outside, OutsideHighUrgency},
		{"outside, always", outside, OutsideAlways},
	}
	targets := []string{"", "first-line", "owner", "user:UANN", "user:UBO", "team:TPAY", "policy:PEMPTY"}

	var lines []string
	for _, role := range []Role{Developer, FirstLine} {
		for _, kind := range kinds {
			for _, c := range coverages {
				for _, typed := range targets {
					w := testData(role)
					w.Settings.Services = map[string]ServiceSettings{"checkout": {Hours: hours(t, c.hours), Outside: c.outside}}
					r := Request{Action: Escalate, Groups: []triage.Group{kind.group}, Reason: "why"}
					if typed != "" {
						target, err := ParseTarget(typed)
						if err != nil {
							t.Fatal(err)
						}
						r.Target = target
					}
					p := NewPlan(r, w)
					item := p.Items[0]
					line := fmt.Sprintf("%s | %s | %s | %s => %s", role, kind.name, c.name, typed, brief(p, item))
					if item.Sends() {
						line += " | pages " + notified(p)
					}
					for range p.Confirm {
						line += " | asks once more"
					}
					lines = append(lines, line)

					// What holds whatever the golden file says.
					wakes := item.Sends() && slices.ContainsFunc(p.Recipients, func(recipient Recipient) bool { return recipient.Now && recipient.UserID == "UANN" })
					asks := wakes && c.hours == outside && kind.group.Service == "checkout" &&
						(c.outside == OutsideFirstLine || c.outside == OutsideHighUrgency && kind.name == "low urgency")
					if asks != (len(p.Confirm) > 0) {
						t.Errorf("%s: asks once more: %q", line, p.Confirm)
					}
					if item.Sends() && len(p.Recipients) == 0 && item.So == "" {
						t.Errorf("%s: sends and pages nobody", line)
					}
					if said := strings.Contains(strings.Join(p.Lines(), "\n"), "outside the hours"); said != (wakes && c.hours == outside && kind.group.Service == "checkout") {
						t.Errorf("%s: the preview tells the hours: %v", line, said)
					}
					r.Confirmed = true
					if again := NewPlan(r, w); len(again.Confirm) != len(p.Confirm) || again.Ready() != p.Ready() {
						t.Errorf("%s: confirming changes the plan", line)
					}
				}
			}
		}
	}
	const path = "testdata/plans.golden"
	text := strings.Join(lines, "\n") + "\n"
	if *update {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	golden := strings.Split(string(want), "\n")
	for i, line := range lines {
		if i >= len(golden) || golden[i] != line {
			t.Fatalf("line %d:\n  %s\nwanted\n  %s", i+1, line, golden[min(i, len(golden)-1)])
		}
	}
	if len(golden) != len(lines)+1 {
		t.Errorf("%d plans, wanted %d", len(lines), len(golden)-1)
	}
}
