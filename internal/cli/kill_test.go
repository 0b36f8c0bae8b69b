package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"firstline/internal/execute"
	"firstline/internal/faults"
	"firstline/internal/race"
	"firstline/internal/respond"
	"firstline/internal/store"
	"firstline/sources/demo"
	"firstline/sources/pagerduty"
)

// killer serves PagerDuty's stand-in and kills a process at a write: just
// before it is carried out, or when it was, before it is answered.
type killer struct {
	under http.Handler

	mu     sync.Mutex
	victim *os.Process
	// at is the number of the write, from 1; 0: never.
	at, writes int
	after      bool
}

func (k *killer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		k.under.ServeHTTP(w, r)
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.writes++
	if k.victim == nil || k.writes != k.at {
		k.under.ServeHTTP(w, r)
		return
	}
	if k.after {
		k.under.ServeHTTP(httptest.NewRecorder(), r)
	}
	_ = k.victim.Kill() // as kill -9 does
	_, _ = k.victim.Wait()
	k.victim = nil
	panic(http.ErrAbortHandler)
}

// aim kills the process at that many further writes.
func (k *killer) aim(p *os.Process, at int, after bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.victim, k.at, k.writes, k.after = p, at, 0, after
}

// TestKilledWhileEscalatingMany kills the program at many points of one
// escalation of 300 incidents. The next start knows of every write whether it
// came about, and doing it again does the rest: in the end each incident was
// escalated once, and has its note once.
func TestKilledWhileEscalatingMany(t *testing.T) {
	incidents := 300
	if race.Enabled {
		incidents = 30
	}
	for n, at := range []int{1, 2, 3, incidents / 2, incidents - 1, 2 * incidents} {
		after := n%2 == 0
		t.Run(fmt.Sprintf("write %d, after=%v", at, after), func(t *testing.T) {
			t.Parallel()
			killedAt(t, incidents, at, after)
		})
	}
}

func killedAt(t *testing.T, incidents, at int, after bool) {
	directory := fleetDirectory()
	directory.Users = append(directory.Users, demo.User{ID: "PU2", Name: "Bo Larsen", Email: "bo@example.com", TimeZone: "UTC"})
	directory.Policies = append(directory.Policies, demo.Policy{ID: "PP2", Name: "Owner", Levels: []demo.PolicyLevel{{Delay: 24 * time.Hour, UserIDs: []string{"PU2"}}}})
	directory.Services[0].PolicyID = "PP2"
	pagerDuty := demo.NewPagerDuty(demo.PagerDutyOptions{Directory: directory, RequestsPerMinute: 1_000_000})
	var ids []string
	for n := range incidents {
		openIncident(t, pagerDuty, fmt.Sprint("key-", n), fmt.Sprint("Storm ", n), "")
	}
	for _, i := range pagerDuty.Incidents() {
		ids = append(ids, i.ID)
	}
	toPagerDuty := faults.Into(pagerDuty)
	k := &killer{under: pagerDuty}
	server := httptest.NewServer(k)
	defer server.Close()

	dir := t.TempDir()
	config := filepath.Join(dir, "config.toml")
	text := fmt.Sprintf("[me]\nemail = %q\n[pagerduty]\nurl = %q\n[first_line]\nescalation_policy = \"PP1\"\n", demo.Email, server.URL)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	program := func(ctx context.Context) *exec.Cmd {
		args := append([]string{"--config", config, "escalate", "--yes", "--reason", "the storm is theirs", "--json"}, ids...)
		c := exec.CommandContext(ctx, os.Args[0], args...)
		c.Env = append(os.Environ(), runAsProgram+"=1", "XDG_STATE_HOME="+dir, "PAGERDUTY_TOKEN="+demo.Token)
		return c
	}

	first := program(t.Context())
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	k.aim(first.Process, at, after) // long before it has read what it needs to write
	_ = first.Wait()
	k.mu.Lock()
	killed := k.victim == nil
	k.mu.Unlock()
	if !killed {
		t.Fatal("it was never killed")
	}

	// The next start: everything begun is settled by reading.
	state, err := store.Open(t.Context(), filepath.Join(dir, "firstline", "state.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = state.Close() }()
	before := k.writes
	settleAll(t, state, server.URL)
	if k.writes != before {
		t.Errorf("settling wrote %d times", k.writes-before)
	}
	if left, err := state.Unsettled(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("%d writes are unknown still, %v", len(left), err)
	}
	checkJournal(t, state, pagerDuty)

	// And again, for what was not done.
	if out, err := program(t.Context()).Output(); err != nil {
		t.Fatalf("the second time: %v\n%.2000s", err, out)
	}
	for _, i := range pagerDuty.Incidents() {
		if i.PolicyID != "PP1" || len(i.Notes) != 1 {
			t.Errorf("%s is with %s and has %d notes", i.Title, i.PolicyID, len(i.Notes))
		}
	}
	notified := map[string]int{}
	for _, r := range toPagerDuty.Requests() {
		if r.Method == http.MethodPut && strings.Contains(string(r.Body), "PP1") {
			notified[escalated(t, r.Body)]++
		}
	}
	if len(notified) != incidents {
		t.Errorf("%d of %d incidents were escalated", len(notified), incidents)
	}
	for id, n := range notified {
		if n != 1 {
			t.Errorf("%s was escalated %d times", id, n)
		}
	}
}

// settleAll does what the screen does after its start.
func settleAll(t *testing.T, state *store.Store, url string) {
	t.Helper()
	// When nothing comes about any more of what was begun.
	now := func() time.Time { return time.Now().Add(6 * time.Minute) }
	s := &setup{state: state, now: now, log: newLog(os.Stderr)}
	client, err := pagerduty.New(pagerduty.Options{URL: url, Token: demo.Token, Email: demo.Email})
	if err != nil {
		t.Fatal(err)
	}
	settler := settler{setup: s, doer: &execute.Doer{Incidents: client, Email: demo.Email, Journal: journal{state}, Now: now}, reported: map[int64]bool{}}
	results, next := settler.settle(t.Context())
	if !next.IsZero() {
		t.Errorf("something is left to be found out: %+v", results)
	}
	if again, _ := settler.settle(t.Context()); len(again) > 0 {
		t.Errorf("it is told again: %+v", again)
	}
}

// checkJournal compares what the journal says of each write with what is so.
func checkJournal(t *testing.T, state *store.Store, pagerDuty *demo.PagerDuty) {
	t.Helper()
	entries, err := state.Journal(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]demo.IncidentState{}
	for _, i := range pagerDuty.Incidents() {
		byID[i.ID] = i
	}
	for _, e := range entries {
		var w written
		if err := json.Unmarshal(e.Intent, &w); err != nil {
			t.Fatal(err)
		}
		i := byID[e.IncidentID]
		is := len(i.Notes) == 1
		if w.Step.Kind == respond.StepPolicy {
			is = i.PolicyID == "PP1"
		}
		if said := e.Outcome == string(respond.Done); said != is {
			t.Errorf("of the %s of %s the journal says %s (%s), but that it is so is %v", w.Step.Kind, i.Title, e.Outcome, e.Sentence, is)
		}
	}
}

// escalated is the incident of a request that sets a policy.
func escalated(t *testing.T, body []byte) string {
	t.Helper()
	var sent struct {
		Incidents []struct {
			ID string `json:"id"`
		} `json:"incidents"`
	}
	if err := json.Unmarshal(body, &sent); err != nil || len(sent.Incidents) != 1 {
		t.Fatalf("an escalation is %s: %v", body, err)
	}
	return sent.Incidents[0].ID
}
