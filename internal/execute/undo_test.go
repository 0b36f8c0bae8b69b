package execute_test

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/sources"
)

func TestUndoOverHTTP(t *testing.T) {
	for _, tt := range []struct {
		name string
		r    respond.Request
		// with and urgency are the incident's after the undo; stays is said of
		// what can't be taken back. notifies is who is notified by the undo.
		with, urgency, stays, notifies string
		refused                        bool
	}{
		{"escalate", respond.Request{Action: respond.Escalate, Reason: "why"}, "Ann Berg", "high", "The note stays", "Ann Berg", false},
		{"next level", respond.Request{Action: respond.NextLevel, Reason: "why"}, "Ann Berg", "high", "The note stays", "Ann Berg", false},
		{"hand off", respond.Request{Action: respond.HandOff, Reason: "why", Target: respond.Target{Kind: respond.ToUser, ID: "UBO"}}, "Ann Berg", "high", "The note stays", "Ann Berg", false},
		{"urgency", respond.Request{Action: respond.SetUrgency, Urgency: "low"}, "Ann Berg", "high", "", "Ann Berg", false},
		{"acknowledge", respond.Request{Action: respond.Acknowledge}, "Ann Berg", "high", "stays acknowledged", "", true},
		{"note", respond.Request{Action: respond.AddNote, Reason: "why"}, "Ann Berg", "high", "The note stays", "", true},
		{"resolve", respond.Request{Action: respond.Resolve, Reason: "why"}, "", "high", "stays resolved", "", true},
		{"snooze", respond.Request{Action: respond.Snooze, Until: time.Now().Add(2 * time.Hour)}, "Ann Berg", "high", "stays snoozed", "", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a := newAccount(t)
			a.trigger("k1")
			done, results := a.do(respond.Developer, tt.r)
			if results[0].Outcome != respond.Done {
				t.Fatalf("= %+v", results[0])
			}
			w, _ := a.see(respond.Developer)
			p, stays := respond.UndoOf(done, results, w, respond.Facts{})
			if said := strings.Join(stays, " "); !strings.Contains(said, tt.stays) || tt.stays == "" && said != "" {
				t.Errorf("stays: %q, want %q", stays, tt.stays)
			}
			if why := respond.WhyNoUndo(done, results, time.Now(), time.Now()); (why != "") != tt.refused {
				t.Errorf("why nothing is undone: %q", why)
			}
			if p.Ready() == tt.refused || tt.refused != (p.Refused != "") {
				t.Fatalf("ready %v, refused %q", p.Ready(), p.Refused)
			}
			if tt.refused {
				return
			}
			var notified []string
			for _, one := range p.Recipients {
				if one.Now {
					notified = append(notified, one.Name)
				}
			}
			if got := strings.Join(notified, ","); got != tt.notifies {
				t.Errorf("the preview says that it notifies %q, want %q", got, tt.notifies)
			}
			undone := a.doer().Do(t.Context(), p, nil)
			if undone[0].Outcome != respond.Done {
				t.Fatalf("undoing = %+v", undone[0])
			}
			i := a.incident(results[0].GroupID)
			if assignees(i) != tt.with || i.Urgency != tt.urgency || i.Status != sources.Triggered {
				t.Errorf("the incident is %s, %s, with %s", i.Status, i.Urgency, assignees(i))
			}
			if again := a.doer().Do(t.Context(), p, nil); again[0].Outcome == respond.Done {
				t.Errorf("undoing twice = %+v", again[0])
			}
		})
	}
}

func TestReadOnlyUndoesNothing(t *testing.T) {
	a := newAccount(t)
	a.trigger("k1")
	done, results := a.do(respond.Developer, respond.Request{Action: respond.Escalate, Reason: "why"})
	w, _ := a.see(respond.Developer)
	w.Settings.ReadOnly = true
	if p, _ := respond.UndoOf(done, results, w, respond.Facts{}); p.Ready() || !strings.Contains(p.Refused, "read-only") || len(p.Items)+len(p.Recipients) > 0 {
		t.Errorf("read-only: %+v", p)
	}
}

// Somebody took it between the action and the undo.
func TestUndoAfterOthers(t *testing.T) {
	a := newAccount(t)
	a.trigger("k1")
	done, results := a.do(respond.Developer, respond.Request{Action: respond.Escalate, Reason: "why"})
	w, _ := a.see(respond.Developer)
	p, _ := respond.UndoOf(done, results, w, respond.Facts{})
	if err := a.ann.Acknowledge(t.Context(), results[0].GroupID); err != nil {
		t.Fatal(err)
	}
	if undone := a.doer().Do(t.Context(), p, nil)[0]; undone.Outcome != respond.Refused || !strings.Contains(undone.Sentence, "acknowledged by Ann Berg") {
		t.Errorf("= %+v", undone)
	}
}
