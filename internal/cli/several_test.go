package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"firstline/sources/demo"
)

// notifyAgain has the alerts of the story's HighErrorRate sent to another
// service too, as a second receiver does that the first one continues to.
func (w *harness) notifyAgain(keys ...string) []demo.IncidentState {
	w.t.Helper()
	first := w.incident("HighErrorRate")
	all := []demo.IncidentState{first}
	for n, key := range keys {
		body, err := json.Marshal(map[string]any{
			"routing_key": key, "dedup_key": first.Key, "event_action": "trigger",
			"payload": map[string]any{"summary": fmt.Sprintf("Again %d", n), "source": "Alertmanager", "severity": "critical"},
		})
		if err != nil {
			w.t.Fatal(err)
		}
		if status := w.demo.PagerDuty.Do("", http.MethodPost, "/v2/enqueue", string(body)); status != http.StatusAccepted {
			w.t.Fatalf("the event was answered by %d", status)
		}
		all = append(all, w.incident(fmt.Sprintf("Again %d", n)))
	}
	return all
}

// number returns the number of an incident in the list.
func (w *harness) number(id string) string {
	w.t.Helper()
	for _, g := range w.list().Groups {
		for _, i := range g.Incidents {
			if i.ID == id {
				return fmt.Sprint(i.Number)
			}
		}
	}
	w.t.Fatalf("there is no incident %s", id)
	return ""
}

const (
	keyDiscovery = "0123456789abcdef0123456789abc002"
	keyPlatform  = "0123456789abcdef0123456789abc003"
)

// Several incidents for the same alerts are one group in JSON: the incident is
// the oldest open one, whose id is the group's, and incidents are all.
func TestListSeveralIncidents(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	all := w.notifyAgain(keyDiscovery, keyPlatform)
	ids := func(g groupJSON) (ids []string) {
		for _, i := range g.Incidents {
			ids = append(ids, i.ID)
		}
		return ids
	}
	want := []string{all[0].ID, all[1].ID, all[2].ID}
	check := func(l listJSON, oldest string) {
		t.Helper()
		seen := 0
		for _, g := range l.Groups {
			if g.Incident == nil {
				continue
			}
			if g.ID != g.Incident.ID || !slices.Contains(ids(g), g.ID) {
				t.Errorf("%s has the incident %s of %v", g.ID, g.Incident.ID, ids(g))
			}
			if len(g.Incidents) < 2 {
				continue
			}
			seen++
			got := ids(g)
			slices.Sort(got)
			slices.Sort(want)
			if g.ID != oldest || !slices.Equal(got, want) || len(g.Alerts) != 3 || g.Firing != 3 || *g.Severity != "critical" || g.Runbook == nil || len(g.AlertNames) != 1 {
				t.Errorf("the group is %+v", g)
			}
			for _, i := range g.Incidents {
				if i.Service == nil || len(i.Assignees) == 0 || len(i.SharesAlertsWith) != 2 {
					t.Errorf("the incident is %+v", i)
				}
			}
		}
		if seen != 1 {
			t.Errorf("%d groups have several incidents, want 1", seen)
		}
	}
	check(w.list(), all[0].ID)
	// A filter that only one of them matches gives the whole group.
	check(w.list("--filter", "service=checkout"), all[0].ID)
	// Once the oldest is resolved it is the next one's.
	w.run("resolve", "--yes", all[0].ID).want(t, exitDone)
	want = []string{all[1].ID, all[2].ID}
	l := w.list()
	i := slices.IndexFunc(l.Groups, func(g groupJSON) bool { return g.ID == all[1].ID })
	if i < 0 || l.Groups[i].Incident.ID != all[1].ID || len(l.Groups[i].Incidents) != 2 {
		t.Errorf("after the oldest is resolved the groups are %+v", l.Groups)
	}
	// The table has a row for each, which names the others.
	w.run("list").want(t, exitDone).says(t, "(also #"+w.number(all[2].ID)+")")
}

// Any of several incidents is a TARGET, alone or with the others.
func TestActOnSeveralIncidents(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args func(id, number []string) []string
		// done are the incidents that are changed, by their place; says is in
		// the preview.
		done   []int
		status string
		says   string
	}{
		{"the first", func(id, number []string) []string { return []string{"ack", id[0]} }, []int{0}, "acknowledged", "which were opened for the same alerts, stay as they are."},
		{"the second by its id", func(id, number []string) []string { return []string{"ack", id[1]} }, []int{1}, "acknowledged", "stay as they are."},
		{"the third by its number", func(id, number []string) []string { return []string{"ack", number[2]} }, []int{2}, "acknowledged", "stay as they are."},
		{"two that are named", func(id, number []string) []string { return []string{"ack", number[0], number[2]} }, []int{0, 2}, "acknowledged", ", which was opened for the same alerts, stays as it is."},
		{"all that are named", func(id, number []string) []string {
			return []string{"ack", number[0], number[1], number[2]}
		}, []int{0, 1, 2}, "acknowledged", "Nobody is notified"},
		{"all by the first", func(id, number []string) []string { return []string{"ack", "--all-incidents", id[0]} }, []int{0, 1, 2}, "acknowledged", "Nobody is notified"},
		{"all by another", func(id, number []string) []string { return []string{"ack", "--all-incidents", number[2]} }, []int{0, 1, 2}, "acknowledged", "Nobody is notified"},
		{"all by two", func(id, number []string) []string {
			return []string{"ack", "--all-incidents", id[1], id[0]}
		}, []int{0, 1, 2}, "acknowledged", "Nobody is notified"},
		{"resolve all", func(id, number []string) []string { return []string{"resolve", "--all-incidents", id[0]} }, []int{0, 1, 2}, "resolved", "Resolves"},
		{"snooze all", func(id, number []string) []string {
			return []string{"snooze", "--until", "1h", "--all-incidents", id[0]}
		}, []int{0, 1, 2}, "acknowledged", "Snoozes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newHarness(t)
			all := w.notifyAgain(keyDiscovery, keyPlatform)
			var id, number []string
			for _, i := range all {
				id, number = append(id, i.ID), append(number, w.number(i.ID))
			}
			args := c.args(id, number)
			w.run(append(args, "--dry-run")...).want(t, exitDone).says(t, c.says)
			w.wantNoWrites()
			r := w.run(append(args, "--yes")...).want(t, exitDone)
			for n, i := range all {
				changed := slices.Contains(c.done, n)
				now := w.demo.PagerDuty.Incidents()
				at := slices.IndexFunc(now, func(s demo.IncidentState) bool { return s.ID == i.ID })
				if (now[at].Status == c.status) != changed {
					t.Errorf("incident %d is %s", n, now[at].Status)
				}
				if strings.Contains(r.out, i.ID+": done") != changed {
					t.Errorf("the result of incident %d:\n%s", n, r.out)
				}
			}
		})
	}
}

// Notes and escalations go to all by choice, each with a result of its own.
func TestNoteAndEscalateSeveralIncidents(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	all := w.notifyAgain(keyDiscovery)
	w.run("note", "--all-incidents", "--reason", "rolled back", "--yes", all[1].ID).want(t, exitDone).says(t, all[0].ID+": done", all[1].ID+": done")
	w.run("escalate", "--all-incidents", "--reason", "no help", "--yes", all[1].ID).want(t, exitDone).says(t, all[0].ID+": done", all[1].ID+": done")
	for _, title := range []string{"HighErrorRate", "Again 0"} {
		if notes := w.notes(title); !strings.Contains(notes, "rolled back") || !strings.Contains(notes, "no help") {
			t.Errorf("the notes of %s are %q", title, notes)
		}
	}
	for _, args := range [][]string{{"silence", "--until", "1h"}, {"silence", "expire"}} {
		w.run(append(args, "--all-incidents", all[0].ID)...).want(t, exitUsage)
	}
}
