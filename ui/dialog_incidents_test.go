package ui

import (
	"strings"
	"testing"
	"time"

	"firstline/sources"
	"firstline/ui/keymap"
)

// sharing is the story with further incidents for the alerts of the first one.
func sharing(d *account, others ...string) []sources.Snapshot {
	snapshots := story(noon)
	data := &snapshots[0].Data
	data.Incidents[0].Alerts[0].Details = map[string]any{
		"firing": "Labels:\n - alertname = HighErrorRate\n - namespace = prod\n - pod = checkout-1\n - service = checkout\n - severity = critical\n",
	}
	for n, id := range others {
		i := data.Incidents[0]
		i.ID, i.Number, i.Service, i.CreatedAt = id, 4712+n, reference("SPAY", "payments"), i.CreatedAt.Add(time.Duration(n+1)*time.Second)
		i.Assignments = []sources.Assignment{{User: userReference(cho), At: i.CreatedAt}}
		data.Incidents = append(data.Incidents, i)
		d.incidents[id] = i
	}
	return snapshots
}

// An action is done to one of several incidents for the same alerts, or by
// choice to all, after one preview that names each.
func TestAllIncidentsForTheSameAlerts(t *testing.T) {
	for _, c := range []struct {
		name   string
		others []string
		keys   []string // before the last enter
		see    []string
		acts   []string
	}{
		{"acknowledge one", []string{"Q4OTHER"}, []string{"a"}, []string{"ctrl-g takes all 2 incidents for these alerts (#4711, #4712)", "#4712, which was opened for the same alerts, stays as it is"}, []string{"acknowledge Q1CHECKOUT"}},
		{"acknowledge all", []string{"Q4OTHER"}, []string{"a", "ctrl+g"}, []string{"all incidents for these alerts (#4711, #4712); ctrl-g takes #4711 alone", "2 groups"}, []string{"acknowledge Q1CHECKOUT,Q4OTHER"}},
		{"acknowledge all and back", []string{"Q4OTHER"}, []string{"a", "ctrl+g", "ctrl+g"}, []string{"ctrl-g takes all"}, []string{"acknowledge Q1CHECKOUT"}},
		{"three", []string{"Q4OTHER", "Q5THIRD"}, []string{"a", "ctrl+g"}, []string{"#4711, #4712, #4713"}, []string{"acknowledge Q1CHECKOUT,Q4OTHER,Q5THIRD"}},
		{"three, one", []string{"Q4OTHER", "Q5THIRD"}, []string{"a"}, []string{"all 3 incidents", "#4712, #4713, which were opened for the same alerts, stay as they are"}, []string{"acknowledge Q1CHECKOUT"}},
		{"a note on all", []string{"Q4OTHER"}, []string{"n", "ctrl+g", "x", "tab"}, []string{"2 groups"}, []string{"note Q1CHECKOUT: x", "note Q4OTHER: x"}},
		{"a note on one", []string{"Q4OTHER"}, []string{"n", "x", "tab"}, []string{"ctrl-g takes all 2"}, []string{"note Q1CHECKOUT: x"}},
		{"escalate all", []string{"Q4OTHER"}, []string{"e", "x", "ctrl+g", "tab"}, []string{"Ben Ortiz", "2 groups"}, []string{"note Q1CHECKOUT", "policy POPS Q1CHECKOUT", "note Q4OTHER", "policy POPS Q4OTHER"}},
		{"hand all off", []string{"Q4OTHER"}, []string{"h", "ctrl+g", "o", "k", "a", "f", "enter", "tab"}, []string{"Ann Okafor", "2 groups"}, []string{"note Q1CHECKOUT", "assign PANN Q1CHECKOUT", "note Q4OTHER", "assign PANN Q4OTHER"}},
		{"no other", nil, []string{"a", "ctrl+g"}, []string{"Nobody is notified."}, []string{"acknowledge Q1CHECKOUT"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newAccount()
			snapshots := sharing(d, c.others...)
			h := withStory(t, 110, 40, d.with)
			h.send(snapshotsMsg{list: snapshots})
			h.put("Q1CHECKOUT")
			h.press(c.keys...)
			h.sees(c.see...)
			if len(c.others) == 0 {
				h.seesNot("for these alerts")
			}
			d.expect(t)
			for range 3 { // what must be read may take more than one
				if h.m.mode() == keymap.InDialog {
					h.press("enter")
				}
			}
			d.expect(t, c.acts...)
		})
	}
}

// What was written before others were taken along is there when the dialog
// is opened again.
func TestDraftSurvivesTheChoiceOfIncidents(t *testing.T) {
	d := newAccount()
	snapshots := sharing(d, "Q4OTHER")
	h := withStory(t, 120, 40, d.with)
	h.send(snapshotsMsg{list: snapshots})
	h.put("Q1CHECKOUT")
	h.press("n")
	h.write("half a sentence")
	h.press("ctrl+g", "esc", "n")
	h.dialog("half a sentence", "ctrl-g takes all 2")
	h.pours(" and a paste")
	h.dialog("pasted text, not confirmed")
	h.press("ctrl+g", "esc", "n")
	h.dialog("and a paste", "pasted text, not confirmed")
}

// An action on alerts is on the alerts of all; silences need no choice.
func TestSilencesAskNotWhichIncident(t *testing.T) {
	d := newAccount()
	snapshots := sharing(d, "Q4OTHER")
	h := withStory(t, 120, 40, d.with)
	h.send(snapshotsMsg{list: snapshots})
	h.put("Q1CHECKOUT")
	h.press("s")
	h.seesNot("ctrl-g")
	if len(h.m.actions.Dialog.Groups) != 1 || strings.Contains(h.screen(), "stays as it is") {
		t.Errorf("groups %d\n%s", len(h.m.actions.Dialog.Groups), h.screen())
	}
}
