package report

import (
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/slo"
)

func TestSLOsByHand(t *testing.T) {
	h, o := readHand(t), handOptions(t)
	services := ServicesOf(&h, o)
	if len(services) != 2 || services[0].ID != "pay" || services[1].ID != "sea" {
		t.Fatalf("the services are %v", services)
	}
	o.SLOs = []ServiceSLOs{
		{Service: services[0], Readings: []slo.Reading{
			{Objective: slo.Objective{Name: "pay", Target: 0.999, Window: 30 * 24 * time.Hour}, Left: slo.Value{Number: 0.5}},
			{Objective: slo.Objective{Name: "recorded"}, Left: slo.Unknown("there is no data")},
		}},
		{Service: services[1], Missing: []string{"prom-eu did not answer"}},
		{Service: past.Name{Name: "shop"}},
	}
	r := New(h, o)
	got := tableOf(r, SLOTable)
	sameRows(t, *got, expectedRows(t, SLOTable))
	if want := "not read: recorded: there is no data; sea: prom-eu did not answer; neither an incident, PagerDuty nor a [[service]] names the team of shop"; got.Note() != want {
		t.Errorf("the note is %q, want %q", got.Note(), want)
	}
	o.SLOs, o.SLOsUnread = nil, "no Prometheus is configured"
	if got := tableOf(New(h, o), SLOTable); got.Note() != "unknown, because no Prometheus is configured" {
		t.Errorf("without Prometheus the note is %q", got.Note())
	}
	o.Service = "sea"
	if services := ServicesOf(&h, o); len(services) != 1 {
		t.Errorf("of one service there are %v", services)
	}
}
