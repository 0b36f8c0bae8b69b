package ui

import (
	"context"
	"testing"
	"time"

	"firstline/internal/slo"
	"firstline/internal/slo/measure"
	"firstline/internal/triage"
	"firstline/sources"
)

// The details show the SLOs of the group under the cursor. They are read while the
// details are shown, once a minute at most.
func TestDetailsShowSLOs(t *testing.T) {
	asked := 0
	read := func(_ context.Context, g triage.Group, _ []sources.Snapshot) measure.Found {
		asked++
		o := slo.Objective{Name: "checkout", Service: "checkout", Origin: slo.Configured, Target: 0.999, Window: 30 * 24 * time.Hour}
		recorded := slo.Objective{Name: "requests", Origin: slo.Sloth, ID: "r"}
		if g.ServiceLabel() != "checkout" {
			return measure.Found{}
		}
		return measure.Found{Missing: []string{"prom-us: recorded SLOs are not known: no answer"}, Readings: []slo.Reading{
			slo.Compute(o, noon, []slo.Value{{Number: 0.0144}, {Number: 0.006}, slo.Unknown("there is no data"), {Number: 0.001}}, slo.Value{Number: 0.0005}),
			slo.Compute(recorded, noon, []slo.Value{slo.Unknown("Sloth does not record it")}, slo.Unknown("its window is not known")),
		}}
	}
	h := withStory(t, 200, 50, func(o *Options) { o.SLOs = read })
	h.put("Q1CHECKOUT")
	h.tick(time.Minute)
	if asked > 0 {
		t.Errorf("it was read %d times although nobody looks", asked)
	}
	h.press("2")
	h.tick(time.Second)
	h.reads("SLO", "Objective   checkout: 99.9 % over 30d", "50 % of the budget left, at this rate gone in 1 d 1 h", "14 now, 6 over 1 h, ? over 6 h (there is no data)", "requests (Sloth)", "budget not known: its window is not known", "prom-us: recorded SLOs are not known: no answer")
	h.press("Z")
	h.checkFrame("the details on the whole screen")
	h.part("the group's line", h.m.Layout.Group, []string{"50 % of the budget left, at this rate gone in 1 d 1 h"})
	h.press("Z")
	for range 20 {
		h.tick(time.Second)
	}
	if asked != 1 {
		t.Errorf("within 20 s it was read %d times", asked)
	}
	h.tick(time.Minute)
	if asked != 2 {
		t.Errorf("after a minute it was read %d times", asked)
	}
	h.press("1")
	h.tick(time.Hour)
	if asked != 2 {
		t.Errorf("while the details were hidden it was read %d times", asked)
	}
}

// A burn-rate alert names its SLO.
func TestBurnRateAlertsNameTheirSLO(t *testing.T) {
	snapshots := story(noon)
	alert := *snapshots[1].Data.Alerts[0]
	alert.Labels = map[string]string{"alertname": "Burns", "service": "checkout", "severity": "critical"}
	snapshots[1].Data.Alerts = []*sources.Alert{&alert}
	snapshots[1].Data.Rules = []sources.Rule{{Name: "Burns", Query: `http_requests:burnrate5m{slo="checkout-errors"} > (14 * (1-0.99))`}}
	h := newHarness(t, 200, 50, nil)
	h.send(snapshotsMsg{list: snapshots})
	h.put("Burns")
	h.press("2")
	h.reads("SLO", "checkout-errors (Pyrra)")
}
