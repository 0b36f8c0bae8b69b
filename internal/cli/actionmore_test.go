package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/store"
	"firstline/internal/triage"
	"firstline/sources/demo"
)

// silences returns the silences that mute a group, by their ids.
func (w *harness) silences(group string) []string {
	w.t.Helper()
	return w.list().group(w.t, group).Alerts[0].SilencedBy
}

func TestChangeIncidents(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		says string
		is   func(before, after demo.IncidentState) bool
	}{
		{[]string{"next-level", "--reason", "nobody answers"}, "Jonas Weber, level 2 of Payments", func(_, after demo.IncidentState) bool {
			return after.Level == 2 && slices.Equal(after.Assignees, []string{"PUJONA1"}) && strings.Contains(after.Notes[0], "nobody answers")
		}},
		{[]string{"resolve", "--reason", "rolled back"}, "still fire", func(_, after demo.IncidentState) bool {
			return after.Status == "resolved" && strings.Contains(after.Resolution, "Why: rolled back")
		}},
		{[]string{"snooze", "--until", "2h"}, "Snoozed #", func(_, after demo.IncidentState) bool { return after.Status == "acknowledged" }},
		{[]string{"urgency", "LOW"}, "from high to low", func(_, after demo.IncidentState) bool { return after.Urgency == "low" }},
		{[]string{"priority", "p3"}, "is P3 now", func(demo.IncidentState, demo.IncidentState) bool { return true }},
		{[]string{"merge", "--into", "6"}, "Merged #7", func(_, after demo.IncidentState) bool { return after.Status == "resolved" }},
		{[]string{"handoff", "--to", "next-on-call", "--reason", "my shift ends"}, "Ann Schmidt is next on Payments on call and not on call yet: the turn begins", func(_, after demo.IncidentState) bool {
			return slices.Equal(after.Assignees, []string{"PUANNS1"})
		}},
		{[]string{"handoff", "--join", "--to", "team:platform", "--reason", "their node"}, "Asked Platform to join", func(before, after demo.IncidentState) bool {
			return slices.Equal(before.Assignees, after.Assignees) && after.PolicyID == before.PolicyID && len(after.Notes) == 1
		}},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			w := newHarness(t)
			before := w.incident(notifiedAlert)
			preview := w.run(append(c.args, "--dry-run", before.ID)...).want(t, exitDone)
			if at := slices.Index(c.args, "--reason"); at >= 0 {
				preview.says(t, "Why: "+c.args[at+1]) // each text that is sent is shown
			}
			w.run(append(c.args, "--read-only", "--yes", before.ID)...).want(t, exitFailed).says(t, "read-only")
			w.wantNoWrites()
			w.run(append(c.args, "--yes", before.ID)...).want(t, exitDone).says(t, before.ID+": done", c.says)
			if after := w.incident(notifiedAlert); !c.is(before, after) {
				t.Errorf("the incident is %+v", after)
			}
		})
	}
}

func TestSilenceExtendExpire(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	id := w.groupID("NewsletterQueueStuck")
	w.run("silence", id, "--until", "1h", "--read-only", "--yes").want(t, exitFailed).says(t, "read-only")
	w.run("silence", id, "--until", "1h", "--reason", "restarting", "--yes").want(t, exitDone).says(t, "Made 1 silence until")
	g := w.list().group(t, id)
	if g.State != string(triage.Silenced) || len(w.silences(id)) != 1 {
		t.Fatalf("the group is %+v", g)
	}
	silence := w.silences(id)[0]
	w.run("silence", "extend", id, "--until", "30m", "--yes").want(t, exitDone).says(t, "lasts until", "already")
	w.run("silence", "extend", id, "--until", "3h", "--yes").want(t, exitDone).says(t, "Extended 1 silence until")
	w.run("silence", "expire", id, "--read-only", "--yes").want(t, exitFailed).says(t, "read-only")
	w.run("silence", "expire", "--id", silence, "--yes").want(t, exitDone).says(t, "Ended 1 silence", "Alertmanager will notify again")
	if got := w.silences(id); len(got) != 0 {
		t.Errorf("it is still silenced by %q", got)
	}
	w.run("silence", "expire", id, "--yes").want(t, exitFailed).says(t, "No silence mutes it.")
	w.run("silence", "expire", "--id", "5b1b1c3e-0000-0000-0000-000000000000", "--yes").want(t, exitFailed).says(t, "No Alertmanager shows the silence")
}

// TestSilenceOfEverythingAsksOnceMore, and so does whatever else has to be
// confirmed.
func TestSilenceOfEverythingAsksOnceMore(t *testing.T) {
	t.Parallel()
	all := []string{"silence", "--match", `alertname=~".+"`, "--until", "1h"}
	for _, c := range []struct {
		name, keys string
		terminal   bool
		flags      []string
		status     int
		sent       bool
		says       string
	}{
		{"yes twice", "y\ny\n", true, nil, exitDone, true, "Really? [y/N]"},
		{"yes, then no", "y\nn\n", true, nil, exitFailed, false, "nothing was sent"},
		{"--yes alone", "", false, []string{"--yes"}, exitUsage, false, "Give --confirm as well"},
		{"--yes and --confirm", "", false, []string{"--yes", "--confirm"}, exitDone, true, "Made 1 silence"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newHarness(t)
			id := w.groupID("NewsletterQueueStuck")
			w.runWith(c.keys, c.terminal, append(slices.Clone(all), c.flags...)...).want(t, c.status).
				says(t, "It silences all 9 alerts that am reports.", c.says)
			if sent := len(w.silences(id)) == 1; sent != c.sent {
				t.Errorf("silenced: %v, want %v", sent, c.sent)
			}
		})
	}
}

// TestWakingADeveloperOutsideTheirHours needs one more confirmation, and the
// journal records it.
func TestWakingADeveloperOutsideTheirHours(t *testing.T) {
	w := newHarness(t)
	later := w.clock().UTC().AddDate(0, 0, 3).Format("Mon")
	w.configure(w.pagerDuty(), w.prometheus(), w.alertmanager(), fmt.Sprintf(
		"[[service]]\nname = \"platform\"\npagerduty = \"platform\"\ndevelopers_on_call = \"%s 09:00-17:00 UTC\"\n", later))
	t.Setenv("FIRSTLINE_ME_ROLE", "first-line")
	const volume = "VolumeFillingUp"
	id := w.incident(volume).ID
	w.run("escalate", id, "--reason", "no room left", "--yes").want(t, exitUsage).says(t, "It is outside the hours of platform's developers", "--confirm")
	w.wantNoWrites()
	w.run("escalate", id, "--reason", "no room left", "--yes", "--confirm").want(t, exitDone)
	if after := w.incident(volume); !slices.Equal(after.Assignees, []string{"PUKOFI1"}) {
		t.Errorf("the incident is %+v", after)
	}
	state, err := store.Open(t.Context(), w.statePath())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = state.Close() }()
	entries, err := state.Journal(t.Context(), w.clock().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 || !strings.Contains(string(entries[0].Intent), "outside the hours of platform's developers") {
		t.Errorf("the journal is %+v", entries)
	}
}

func TestMoveGoesAlong(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	w.configure(w.pagerDuty(), w.prometheus(), w.alertmanager(), "[[service]]\nname = \"checkout\"\npagerduty = \"checkout\"\nmove = true\n")
	id := w.incident(notifiedAlert).ID
	w.run("escalate", id, "--reason", "the runbook did not help", "--yes").want(t, exitDone).says(t, "moved to operations desk")
	if after := w.incident(notifiedAlert); after.ServiceID != "PVOPSF1" || after.PolicyID != demo.FirstLinePolicy || !slices.Equal(after.Assignees, []string{"PUPRIY1"}) {
		t.Errorf("the incident is %+v", after)
	}
}

func TestUsageOfActions(t *testing.T) {
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	for says, args := range map[string][]string{
		"--until: no end is given":            {"snooze", id},
		"--until: \"soon\" is no end":         {"silence", id, "--until", "soon"},
		"merge needs --into":                  {"merge", id},
		"no urgency: write high or low":       {"urgency", "loud", id},
		"needs what to set, then a TARGET":    {"priority"},
		"firstline urgency needs a TARGET":    {"urgency", "low"},
		"firstline silence needs a TARGET":    {"silence", "--until", "2h"},
		"label matchers, at 1":                {"silence", "--match", "alertname", "--until", "2h"},
		"--match: no matcher is given":        {"silence", "--match", "{}", "--until", "2h"},
		"firstline silence extend needs a TA": {"silence", "extend", "--until", "2h"},
	} {
		w.run(args...).want(t, exitUsage).says(t, says)
	}
	w.run("merge", "--into", "nothing", id).want(t, exitFailed).says(t, `no open group is called "nothing"`)
	w.run("merge", "--into", w.groupID("NewsletterQueueStuck"), id).want(t, exitFailed).says(t, "has no incident to merge into")
	w.run("priority", "P9", id, "--yes").want(t, exitFailed).says(t, `PagerDuty has no priority "P9"`)
	w.wantNoWrites()
}

// TestUnpagedAlertCanBeEscalated: first line has a service for what nobody
// else's is known for.
func TestUnpagedAlertCanBeEscalated(t *testing.T) {
	w := newHarness(t)
	w.run("escalate", w.groupID("NewsletterQueueStuck"), "--reason", "no letters", "--yes").want(t, exitDone).says(t, "the incident is opened on operations desk")
	if i := w.incident("No newsletter was sent"); i.ServiceID != "PVOPSF1" || !slices.Equal(i.Assignees, []string{"PUPRIY1"}) {
		t.Errorf("the incident is %+v", i)
	}
}
