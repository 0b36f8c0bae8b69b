package cli

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/internal/faults"
	"firstline/internal/record"
	"firstline/internal/store"
	"firstline/sources/demo"
)

// roundAction is what is done in a round, and tried again.
type roundAction struct {
	name string
	args []string
	// main is the kind of the write that the action is for.
	main string
	// on is what it is done to: an incident, alerts, or silenced alerts.
	on string
	// bulk: it is also done to two incidents at once.
	bulk bool
	// noted: the reason goes along as a note.
	noted bool
}

func roundActions() []roundAction {
	return []roundAction{
		{name: "acknowledge", args: []string{"ack"}, main: "acknowledge", bulk: true, noted: true},
		{name: "escalate", args: []string{"escalate"}, main: "policy", bulk: true, noted: true},
		{name: "escalate to a policy", args: []string{"escalate", "--to", "policy:PEDISC1"}, main: "policy", noted: true},
		{name: "hand off", args: []string{"handoff", "--to", "user:kofi@example.com"}, main: "assign", bulk: true, noted: true},
		{name: "hand off to a team", args: []string{"handoff", "--to", "team:platform"}, main: "policy", noted: true},
		{name: "ask to join", args: []string{"handoff", "--join", "--to", "user:mei@example.com"}, main: "responders", noted: true},
		{name: "ask a team to join", args: []string{"handoff", "--join", "--to", "team:discovery"}, main: "responders", noted: true},
		{name: "next level", args: []string{"next-level"}, main: "level", noted: true},
		{name: "note", args: []string{"note"}, main: "note", bulk: true, noted: true},
		{name: "resolve", args: []string{"resolve"}, main: "resolve", bulk: true},
		{name: "snooze", args: []string{"snooze", "--until", "2h"}, main: "snooze", noted: true},
		{name: "merge", args: []string{"merge", "--into", "$other"}, main: "merge"},
		{name: "urgency", args: []string{"urgency", "low"}, main: "urgency", noted: true},
		{name: "priority", args: []string{"priority", "P3"}, main: "priority", noted: true},
		{name: "acknowledge by a silence", args: []string{"ack", "--instead", "silence"}, main: "silence", on: "alerts"},
		{name: "acknowledge by an incident", args: []string{"ack", "--instead", "incident"}, main: "open", on: "alerts", noted: true},
		{name: "escalate alerts", args: []string{"escalate"}, main: "open", on: "alerts", noted: true},
		{name: "hand off alerts", args: []string{"handoff", "--to", "user:kofi@example.com"}, main: "open", on: "alerts", noted: true},
		{name: "silence", args: []string{"silence", "--until", "2h"}, main: "silence", on: "alerts"},
		{name: "extend a silence", args: []string{"silence", "extend", "--until", "tomorrow 20:00"}, main: "extend-silence", on: "silenced"},
		{name: "end a silence", args: []string{"silence", "expire"}, main: "expire-silence", on: "silenced"},
	}
}

// between are the things that go on between two tries.
func (r *round) between() {
	id := r.subjects[0]
	if r.action.on != "" {
		id = r.other
		for _, i := range r.w.demo.PagerDuty.Incidents() {
			if i.Key == r.subjects[0] {
				id = i.ID
			}
		}
	}
	ann := func(kind, method, path, body string) {
		status := r.w.demo.PagerDuty.Do("PUANNS1", method, path, body)
		r.describe("Ann: %s (%d)", kind, status)
		if status/100 == 2 {
			r.others = append(r.others, kind)
		}
	}
	put := func(fields string) (string, string, string) {
		return http.MethodPut, "/incidents/" + id, `{"incident":{"type":"incident",` + fields + `}}`
	}
	switch r.random.IntN(12) {
	case 0:
		m, p, b := put(`"status":"acknowledged"`)
		ann("acknowledge", m, p, b)
	case 1:
		m, p, b := put(`"status":"resolved"`)
		ann("resolve", m, p, b)
	case 2:
		m, p, b := put(`"assignments":[{"assignee":{"id":"PUMART1","type":"user_reference"}}]`)
		ann("assign", m, p, b)
	case 3:
		m, p, b := put(`"escalation_policy":{"id":"PEPLAT1","type":"escalation_policy_reference"}`)
		ann("policy", m, p, b)
	case 4:
		ann("note", http.MethodPost, "/incidents/"+id+"/notes", `{"note":{"content":"looking as well"}}`)
	case 5:
		r.tick(id)
	case 6:
		if r.action.name != "note" { // whose text says which one it is
			r.reason += ", still"
		}
	case 7:
		r.w.demo.PagerDuty.Change(func(d *demo.Directory) {
			d.Users = slices.Clone(d.Users)
			d.Users[0].Name = "Dana Miller"
		})
		r.describe("Dana has another name")
	case 8:
		r.w.toPagerDuty.Fail(faults.Fault{Method: http.MethodGet, Path: "/users/me", Status: http.StatusInternalServerError, Times: 4})
		r.describe("who Dana is can't be read")
	case 9:
		if !r.killed {
			d := time.Duration(r.random.IntN(300)) * time.Second
			r.turn(d)
			r.describe("%s go by", d)
		}
	case 10:
		reported := r.run("list")
		r.describe("list: %s", strings.TrimSpace(reported.err))
		for line := range strings.Lines(reported.err) {
			r.hear(line)
		}
	}
}

// tick ticks a step of the runbook, which the note then contains.
func (r *round) tick(id string) {
	state, err := store.Open(r.t.Context(), r.w.statePath())
	if err == nil {
		err = errors.Join(state.SetTick(r.t.Context(), record.Tick{
			GroupID: id, Runbook: "r.md", Step: strconv.Itoa(len(r.story)), Text: "Check the deploy", Done: true, By: "Dana", At: r.w.clock(),
		}), state.Close())
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.describe("Dana ticks a step")
}

// hear takes in a line that says what came of a try before.
func (r *round) hear(line string) {
	came, denied := strings.Contains(line, "came about"), strings.Contains(line, "did not come about")
	for n := len(r.tries) - 1; n >= 0 && (came || denied); n-- {
		t := &r.tries[n]
		// It names the action and when it was begun.
		if m := begunAt.FindStringSubmatch(line); m == nil || t.begun.Local().Format("15:04:05") > m[1] || !strings.Contains(line, t.action.words()) {
			continue
		}
		t.reported = true
		t.denied = t.denied || denied && (t.action.main == "note" || !strings.Contains(line, "(the note)"))
		return
	}
}

var begunAt = regexp.MustCompile(`Begun at ([0-9:]{8})`)

// words are how a sentence names the action.
func (a roundAction) words() string {
	switch a.args[0] {
	case "handoff":
		return "hand off"
	case "next-level":
		return "escalate"
	case "ack":
		return "acknowledge"
	case "note":
		return "add a note"
	}
	return a.args[0]
}
