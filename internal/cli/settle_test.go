package cli

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"firstline/internal/faults"
	"firstline/internal/respond"
	"firstline/internal/store"
	"firstline/sources"
	"firstline/sources/demo"
)

// begun writes down a write of a run that was killed a while ago, so that nothing
// comes about of it any more, and gives its number.
func (w *harness) begun(s respond.Step, attempt, outcome string) int64 {
	w.t.Helper()
	return w.begunAt(w.clock().Add(-10*time.Minute), s, attempt, outcome)
}

func (w *harness) begunAt(at time.Time, s respond.Step, attempt, outcome string) int64 {
	w.t.Helper()
	state, err := store.Open(w.t.Context(), w.statePath())
	if err != nil {
		w.t.Fatal(err)
	}
	writer, err := state.Writer() // whose lock goes with the state's closing
	if err != nil {
		w.t.Fatal(err)
	}
	intent, err := json.Marshal(written{Step: s, WriterID: writer, PersonID: "PUDANA1", Last: true})
	if err != nil {
		w.t.Fatal(err)
	}
	id, err := state.Begin(w.t.Context(), store.Entry{
		At: at, By: demo.Email, Action: string(respond.Acknowledge), GroupID: s.IncidentID, IncidentID: s.IncidentID,
		Title: "Checkout errors", Attempt: attempt, Intent: intent,
	})
	if err == nil && outcome != "" {
		err = state.SetOutcome(w.t.Context(), id, outcome, "it could not be told.", w.clock())
	}
	if err = errors.Join(err, state.Close()); err != nil {
		w.t.Fatal(err)
	}
	return id
}

// commandsOf are the commands that do something, by their paths.
func commandsOf(c *cobra.Command, path string) []string {
	var all []string
	for _, sub := range c.Commands() {
		at := strings.TrimSpace(path + " " + sub.Name())
		if sub.Runnable() {
			all = append(all, at)
		}
		all = append(all, commandsOf(sub, at)...)
	}
	return all
}

// Whatever is run next says what came of what a killed run began.
func TestEveryCommandSettles(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	args := map[string][]string{
		"list": {}, "runbook": {id}, "runbook lint": {}, "runbook feedback": {}, "check": {}, "history": {}, "handover": {"--since", "8h"}, "postmortem": {id}, "oncall": {}, "sync": {"--since", "1d"}, "report": {"--since", "1d"}, "readiness": {},
		"ack": {"--dry-run", id}, "escalate": {"--dry-run", id}, "handoff": {"--dry-run", "--to", "first-line", id},
		"note": {"--dry-run", "--reason", "x", id}, "next-level": {"--dry-run", id}, "resolve": {"--dry-run", id},
		"snooze": {"--dry-run", "--until", "2h", id}, "merge": {"--dry-run", "--into", id, w.incident("invoices").ID},
		"urgency": {"low", "--dry-run", id}, "priority": {"P1", "--dry-run", id}, "silence": {"--dry-run", "--until", "2h", id},
		"silence extend": {"--dry-run", "--until", "2h", id}, "silence expire": {"--dry-run", id},
	}
	// These read a directory, or nothing; init comes before there is anything, and watch
	// does not end.
	without := []string{"runbook pull", "version", "init", "watch"}
	for _, command := range commandsOf(newApp(nil, nil, nil, "test").rootCommand(), "") {
		if name, _, _ := strings.Cut(command, " "); slices.Contains(without, command) || name == "completion" || name == "help" {
			continue
		}
		more, ok := args[command]
		if !ok {
			t.Errorf("firstline %s is not tried here", command)
			continue
		}
		w.begun(respond.Step{Kind: respond.StepAcknowledge, IncidentID: id}, "", "")
		first := w.run(append(strings.Fields(command), more...)...)
		if !strings.Contains(first.err, "Begun at") || !strings.Contains(first.err, "it did not come about") {
			t.Errorf("firstline %s says\n%s", command, first.err)
		}
		if again := w.run(append(strings.Fields(command), more...)...); strings.Contains(again.err, "Begun at") {
			t.Errorf("firstline %s says it again\n%s", command, again.err)
		}
	}
	w.wantNoWrites()
}

// An unknown outcome is listed, settled again, and reported once it is known.
func TestHistoryOpen(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	w.run("history", "--open").want(t, exitDone).says(t, "Nothing is unknown.")
	if _, err := os.Stat(filepath.Dir(w.statePath())); err == nil {
		t.Error("looking made a state")
	}
	id := w.incident(notifiedAlert).ID
	step := respond.Step{Kind: respond.StepAcknowledge, IncidentID: id}
	w.begun(step, "0123456789ab", "")
	w.toPagerDuty.Fail(faults.Fault{Method: http.MethodGet, Path: "/incidents/" + id, Status: http.StatusInternalServerError})
	r := w.run("history", "--open").want(t, exitPartly)
	r.says(t, "it can't be read now whether it came about", "acknowledge "+id+" Checkout errors by "+demo.Email+": unknown:")
	var out historyJSON
	if err := json.Unmarshal([]byte(w.run("history", "--open", "--json").want(t, exitPartly).out), &out); err != nil || len(out.Acts) != 1 ||
		out.Acts[0].Outcome != "unknown" || out.Acts[0].Attempt != "0123456789ab" || out.Acts[0].Step != "acknowledge" || out.Acts[0].UnderWay {
		t.Errorf("%+v, %v", out, err)
	}
	w.toPagerDuty.Mend()
	w.run("history", "--open").want(t, exitDone).says(t, "it did not come about", "Nothing is unknown.")
	w.run("history").want(t, exitDone).says(t, "acknowledge "+id+" Checkout errors by "+demo.Email+": failed: Found out later: it did not come about")

	// One that may still be carried out stays, with until when.
	w.begunAt(w.clock(), step, "", "")
	until := w.clock().Add(4*time.Minute + 59*time.Second).Truncate(time.Minute)
	text := "may still be carried out until " + until.Local().Format("15:04")
	w.run("list").says(t, "PagerDuty does not show it yet, and it "+text)
	w.run("history", "--open").want(t, exitPartly).says(t, "what came of it is not known. It "+text)
	if err := json.Unmarshal([]byte(w.run("history", "--open", "--json").want(t, exitPartly).out), &out); err != nil || len(out.Acts) != 1 ||
		out.Acts[0].MayComeUntil == nil || *out.Acts[0].MayComeUntil != until.UTC().Format(time.RFC3339) {
		t.Errorf("%+v, %v", out, err)
	}
	w.mu.Lock()
	w.now = until
	w.mu.Unlock()
	w.run("history", "--open").want(t, exitDone).says(t, "it did not come about", "Nothing is unknown.")

	// One that could not be settled is tried again, without a message until it
	// is.
	w.begun(step, "", "unknown")
	w.toPagerDuty.Fail(faults.Fault{Method: http.MethodGet, Path: "/incidents/" + id, Status: http.StatusInternalServerError})
	if r := w.run("list"); strings.Contains(r.err, "Begun at") {
		t.Errorf("it is told again: %s", r.err)
	}
	w.toPagerDuty.Mend()
	if status := w.demo.PagerDuty.Do("PUDANA1", http.MethodPut, "/incidents/"+id, `{"incident":{"type":"incident","status":"acknowledged"}}`); status != http.StatusOK {
		t.Fatal(status)
	}
	w.run("list").says(t, "it came about")
	w.run("history", "--open").want(t, exitDone)
	w.run("history", "--open", "--since", "1h").want(t, exitUsage)
}

// A server that does not answer does not block a command.
func TestSettlingIsBounded(t *testing.T) {
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	w.begun(respond.Step{Kind: respond.StepAcknowledge, IncidentID: id}, "", "")
	never := make(chan struct{})
	defer close(never)
	w.toPagerDuty.Fail(faults.Fault{Method: http.MethodGet, Path: "/incidents/" + id, Hold: never})
	r := runApp(t.Context(), "", func(a *app) {
		a.now, a.stateHome, a.settleTime = w.clock, w.state, 50*time.Millisecond
	}, "--config", w.config, "history", "--open").want(t, exitPartly)
	r.says(t, "could not be read within 50ms", "acknowledge "+id)
}

// Entries of another configuration are left to it.
func TestOnlyWhatIsConfiguredSettles(t *testing.T) {
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	w.begun(respond.Step{Kind: respond.StepAcknowledge, IncidentID: id}, "", "")
	w.begun(respond.Step{Kind: respond.StepSilence, Silence: &sources.Silence{Source: "elsewhere"}}, "", "")
	w.configure(w.prometheus())
	t.Setenv("PAGERDUTY_TOKEN", "")
	if r := w.run("list"); strings.Contains(r.err, "Begun at") {
		t.Errorf("it says %s", r.err)
	}
	w.run("history", "--open").want(t, exitPartly).says(t, id)
	w.configure(w.pagerDuty(), w.prometheus(), w.alertmanager())
	t.Setenv("PAGERDUTY_TOKEN", demo.Token)
	w.run("list").says(t, "it did not come about")
	w.run("history", "--open").want(t, exitPartly)
}
