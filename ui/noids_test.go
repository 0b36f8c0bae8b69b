package ui

import (
	"context"
	"fmt"
	"regexp"
	"testing"
	"time"

	"firstline/internal/history"
	"firstline/internal/triage"
	"firstline/sources"
)

// ids are those of the story's people, policies, services, teams and schedules.
var ids = regexp.MustCompile(`\b(PDANA|PANN|PBEN|PCHO|POPS|PPAY|SCHK|SPAY|SCHOPS|SCHPAY|TPAY|TOPS)\b`)

// nameless is what a PagerDuty says whose answers have no summaries: all names are
// gone, and with the lists also those that these would supply.
func nameless(now time.Time, lists bool) []sources.Snapshot {
	all := story(now)
	d := &all[0].Data
	for i := range d.Incidents {
		in := &d.Incidents[i]
		in.Service.Name, in.Policy.Name = "", ""
		for _, list := range [][]sources.Assignment{in.Assignments, in.Acknowledgers} {
			for n := range list {
				list[n].User.Name = ""
			}
		}
		for n := range in.Teams {
			in.Teams[n].Name = ""
		}
		in.Responders = []sources.Responder{{User: sources.Reference{ID: "PCHO"}, State: "pending"}}
	}
	for i := range d.OnCalls {
		o := &d.OnCalls[i]
		o.User.Name, o.Policy.Name, o.Schedule.Name = "", "", ""
	}
	if !lists {
		d.Users, d.Policies, d.Services, d.Teams = nil, nil, nil, nil
	}
	return all
}

// No text names people, policies or services by an id, whatever PagerDuty's answer
// lacks: rows, details, timeline, and the pane of the runbook.
func TestNoTextHasAnID(t *testing.T) {
	log := []sources.LogEntry{
		{Type: "trigger", CreatedAt: noon.Add(-12 * time.Minute), Agent: sources.Reference{ID: "SCHK", Type: "service_reference"}},
		{Type: "acknowledge", CreatedAt: noon.Add(-11 * time.Minute), Agent: sources.Reference{ID: "PANN", Type: "user_reference"}},
		{Type: "escalate", CreatedAt: noon.Add(-10 * time.Minute), Agent: sources.Reference{ID: "PPAY"}, Assignees: []sources.Reference{{ID: "PBEN"}}},
	}
	notes := []sources.Note{{ID: "N1", Content: "looked at it", User: sources.Reference{ID: "PCHO"}, CreatedAt: noon.Add(-9 * time.Minute)}}
	for _, lists := range []bool{false, true} {
		r := payments()
		for i := range r.list {
			r.list[i].User.Name, r.list[i].Policy.Name, r.list[i].Schedule.Name = "", "", ""
		}
		h := newHarness(t, 200, 60, func(o *Options) {
			withRunbooks(o)
			o.OnCallsUntil = r.read
			o.History = func(_ context.Context, _ triage.Group, users []sources.User) (history.History, error) {
				return history.History{Events: history.Merge(log, notes, nil, users)}, nil
			}
		})
		h.send(snapshotsMsg{list: nameless(noon, lists)})
		for range h.m.list.Visible {
			for _, tab := range []string{"1", "2", "3", "4", "5", "6"} {
				h.press(tab)
				if found := ids.FindString(h.screen()); found != "" {
					t.Fatalf("lists=%v: an id is on the screen, %s:\n%s", lists, found, h.screen())
				}
			}
			h.press("j")
		}
		h.put("Q1CHECKOUT")
		h.press("3")
		h.reads(map[bool]string{false: "an unnamed user", true: "Ann Okafor"}[lists], "looked at it")
		h.press("2")
		h.reads(fmt.Sprintf("Level 1     %s", map[bool]string{false: "an unnamed user", true: "Dana Diaz"}[lists]))
	}
}
