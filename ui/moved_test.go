package ui

import (
	"slices"
	"testing"
	"time"

	"firstline/internal/record"
	"firstline/sources"
	"firstline/ui/roomtest"
)

// withIncident is the story once PagerDuty has an incident for the backlog of mail.
func withIncident() []sources.Snapshot {
	snapshots := story(noon)
	since := noon.Add(-time.Minute)
	in := sources.Incident{
		Source: "pagerduty", ID: "Q9MAIL", Number: 4720, Title: "QueueBacklog: mail", Status: sources.Triggered, Urgency: "high",
		CreatedAt: since, UpdatedAt: since, Service: roomtest.Reference("SPAY", "payments"), Policy: roomtest.Reference("PPAY", "Payments on call"),
		Assignments: []sources.Assignment{{User: roomtest.UserReference(roomtest.Dana), At: since}}, AlertsRead: true,
		Alerts: []sources.IncidentAlert{{
			ID: "A9", Key: "k9", Status: sources.Triggered, Severity: "error", CreatedAt: since,
			Details: map[string]any{
				"alertname": "QueueBacklog", "num_firing": "1",
				"firing": "Labels:\n - alertname = QueueBacklog\n - service = mail\n - severity = error\n - pod = mail-0\n - namespace = prod\nAnnotations:\nSource: https://prometheus.example.com/graph\n",
			},
		}},
	}
	snapshots[0].Data.Incidents = append(slices.Clone(snapshots[0].Data.Incidents), in)
	return snapshots
}

// onto moves the cursor to the group with an alert of a name.
func (h *harness) onto(alertname string) {
	h.t.Helper()
	for range 20 {
		if g := h.m.list.Current(); len(g.Alerts) > 0 && g.Alerts[0].Name() == alertname {
			return
		}
		h.press("j")
	}
	h.t.Fatalf("no group has an alert %s:\n%s", alertname, h.screen())
}

// The incident often comes after the alert: what was typed and ticked for the alert
// goes on with it, in this run and in the next.
func TestWhatWasDoneForAlertsGoesOnWithTheirIncident(t *testing.T) {
	ticks := newMemory()
	drafts := newShelf()
	options := func(o *Options) { newAccount().with(o); withRunbooks(o); o.Memory, o.Drafts = ticks, drafts }
	h := withStory(t, 120, 40, options)
	h.onto("QueueBacklog")
	alerts := h.m.list.Current().ID
	if err := ticks.SetTick(t.Context(), record.Tick{GroupID: alerts, Runbook: "other.md", Step: "1", Text: "Look at the queue", Done: true, By: "Ann", At: noon}); err != nil {
		t.Fatal(err)
	}
	h.press("e")
	h.write("It is the rela")
	h.send(snapshotsMsg{list: withIncident()})
	h.write("y.")
	h.press("esc")
	if now := h.m.list.Current().ID; now != "Q9MAIL" {
		t.Fatalf("the cursor is on %s", now)
	}
	h.press("e")
	h.dialog("It is the relay.")
	h.press("esc")
	if got := h.m.pane.Runbook.Memory.Of("Q9MAIL").Ticks; len(got) != 1 || got[0].Text != "Look at the queue" {
		t.Errorf("the ticks are %+v", got)
	}

	next := newHarness(t, 120, 40, options)
	next.send(snapshotsMsg{list: withIncident()})
	next.onto("QueueBacklog")
	next.press("e")
	next.dialog("It is the relay.")
}

// The alerts of a group that has not left the list are their own still.
func TestWhatWasDoneForAlertsThatRemain(t *testing.T) {
	h := withStory(t, 120, 40, newAccount().with)
	h.onto("QueueBacklog")
	h.press("e")
	h.write("Mine.")
	h.press("esc")
	h.send(snapshotsMsg{list: story(noon)})
	h.press("e")
	h.dialog("Mine.")
}
