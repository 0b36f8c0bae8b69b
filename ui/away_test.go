package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/sources"
	"firstline/ui/roomtest"
)

// changedStory is the story some time later: Ann has acknowledged one incident,
// another went to her, one ended, and an alert came.
func changedStory(at time.Time, by time.Duration) []sources.Snapshot {
	snapshots := story(at)
	for i := range snapshots {
		snapshots[i].AsOf = at.Add(by)
	}
	incidents := slices.Clone(snapshots[0].Data.Incidents)
	ann := []sources.Assignment{{User: roomtest.UserReference(roomtest.Ann), At: at.Add(by / 2)}}
	incidents[0].Status, incidents[0].Acknowledgers = sources.Acknowledged, ann
	incidents[2].Assignments, incidents[2].AssignedVia = ann, sources.AssignedDirectly
	snapshots[0].Data.Incidents = slices.Delete(incidents, 1, 2)
	snapshots[1].Data.Alerts = append(slices.Clone(snapshots[1].Data.Alerts), roomtest.Firing("PodCrashes", "courier", "error", "courier-9", at.Add(by/2)))
	return snapshots
}

func TestWhatChangedWhileAway(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	h.press("j", "k")
	h.tick(59 * time.Second)
	h.seesNot("away")
	h.send(snapshotsMsg{list: changedStory(noon, 59*time.Second)}) // not seen by anybody either
	h.tick(2 * time.Second)
	h.status("away 1m: 1 new, 1 went to Ann Okafor, 1 acked by Ann Okafor, 1 ended")
	h.tick(5 * time.Minute)
	h.status("away 6m: 1 new")
	h.row("courier", "+")
	h.row("HighErrorRate", "~")
	h.row("Disk of payment", "~")

	h.press("n") // the first key acts
	h.dialog("Note")
	h.press("esc")
	h.status("away 6m: 1 new")
	h.tick(30 * time.Second)
	h.status("away 6m: 1 new") // it ended with the key
	h.press("m")
	h.sees("New: 12% of courier requests fail", "Acknowledged by Ann Okafor: #4711 HighErrorRate", "Went to Ann Okafor: #4699 Disk", "Ended: #4708 Replication lag", "away 6m: 1 new")
	h.press("esc", "esc")
	h.seesNot("away")
	h.unmarked()
}

// unmarked checks that no row has a sign of a change.
func (h *harness) unmarked() {
	h.t.Helper()
	if list := h.text(h.m.Layout.List); strings.ContainsAny(list, "+~") {
		h.t.Fatalf("a row is marked:\n%s", list)
	}
}

// What changes before the eyes is no news, but it is among the messages.
func TestWhatChangesWhileSomebodyReads(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	for range 5 {
		h.tick(50 * time.Second)
		h.press("j")
	}
	h.send(snapshotsMsg{list: changedStory(noon, 5*time.Minute)})
	for range 5 {
		h.tick(50 * time.Second)
		h.press("k")
	}
	h.seesNot("away")
	h.unmarked()
	h.press("m")
	h.sees("New: 12% of courier requests fail", "Ended: #4708 Replication lag")
}

// Who gets the focus looks at the screen.
func TestFocusEndsTheAbsence(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	h.tick(2 * time.Minute)
	h.send(snapshotsMsg{list: changedStory(noon, 2*time.Minute)})
	h.send(tea.FocusMsg{})
	h.tick(50 * time.Second)
	h.status("away 2m: 1 new")
	h.tick(4 * time.Minute) // and looks away again: nothing is forgotten
	h.status("away 6m: 1 new")
}

// What was not read whole is no change.
func TestAwayWhileASourceFails(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	h.tick(2 * time.Minute)
	cut := changedStory(noon, 2*time.Minute)
	cut[0].Data.Extents.Incidents.Missing = "there are more than were read"
	h.send(snapshotsMsg{list: cut})
	h.status("1 not read")
	h.seesNot("1 ended")
	h.press("m")
	h.seesNot("Ended")
}

// What came and ended is not in the list any more.
func TestCameAndEndedWhileAway(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	h.tick(2 * time.Minute)
	h.send(snapshotsMsg{list: changedStory(noon, 2*time.Minute)})
	h.tick(time.Minute)
	h.send(snapshotsMsg{list: story(noon)})
	h.status("away 3m: 1 came and ended")
}

// The list of the terminal before is compared with once every source has answered.
func TestWhatChangedBetweenTerminals(t *testing.T) {
	earlier := func(by time.Duration) []sources.Snapshot {
		list := story(noon.Add(-by))
		for i := range list {
			list[i].Earlier, list[i].Err = true, nil
			list[i].AsOf = noon.Add(-by)
		}
		return list
	}
	live := changedStory(noon.Add(-20*time.Minute), 20*time.Minute)
	for name, c := range map[string]struct {
		before []sources.Snapshot
		keys   []string
		want   string
	}{
		"twenty minutes":           {earlier(20 * time.Minute), nil, "away 20m: 1 new, 1 went to Ann Okafor, 1 acked by Ann Okafor, 1 ended"},
		"a key meanwhile":          {earlier(20 * time.Minute), []string{"j", "k"}, "away 20m: 1 new"},
		"one source is not stored": {earlier(20 * time.Minute)[:2], nil, ""},
		"a week":                   {earlier(7 * 24 * time.Hour), nil, ""},
		"nothing":                  {nil, nil, ""},
		"the incidents were cut short": {func() []sources.Snapshot {
			l := earlier(20 * time.Minute)
			l[0].Data.Extents.Incidents.Missing = "more"
			return l
		}(), nil, "away 20m: 1 new"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, 120, 30, nil)
			if len(c.before) > 0 {
				h.send(snapshotsMsg{list: c.before})
			}
			h.press(c.keys...)
			h.send(snapshotsMsg{list: live[:1]})
			h.seesNot("away") // not all are read
			h.send(snapshotsMsg{list: live[1:]})
			if c.want == "" {
				h.seesNot("away")
				h.unmarked()
				return
			}
			h.tick(20 * time.Second) // the message of the source that fails
			h.status(c.want)
			h.row("courier", "+")
			h.press("m")
			if text := h.screen(); strings.Count(text, "New: 12% of courier requests fail") != 1 {
				t.Errorf("once:\n%s", text)
			}
		})
	}
}
