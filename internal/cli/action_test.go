package cli

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"firstline/internal/faults"
	"firstline/internal/record"
	"firstline/internal/store"
	"firstline/sources/demo"
)

const notifiedAlert = "HighErrorRate"

func TestDryRunSendsNothing(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"ack"},
		{"escalate", "--reason", "the runbook did not help"},
		{"escalate", "--to", "owner"},
		{"handoff", "--to", "user:ann@example.com"},
		{"handoff", "--to", "team:platform"},
		{"note", "--reason", "looking"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			w := newHarness(t)
			before := w.incident(notifiedAlert)
			r := w.run(append(args, "--dry-run", before.ID)...).want(t, exitDone)
			if strings.TrimSpace(r.out) == "" {
				t.Error("there is no preview")
			}
			w.wantNoWrites()
			if after := w.incident(notifiedAlert); after.Status != before.Status || after.PolicyID != before.PolicyID || len(after.Notes) != len(before.Notes) {
				t.Errorf("the incident was %+v and is %+v", before, after)
			}
		})
	}
}

func TestAcknowledge(t *testing.T) {
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	w.run("ack", "--yes", id).want(t, exitDone).says(t, id+": done")
	i := w.incident(notifiedAlert)
	if i.Status != "acknowledged" || !slices.Equal(i.Acknowledgers, []string{"PUDANA1"}) || len(i.Notes) != 0 {
		t.Errorf("the incident is %+v", i)
	}
	w.toPagerDuty.ForgetRequests()
	w.run("ack", "--yes", id).want(t, exitDone).says(t, "already")
	w.wantNoWrites()
}

// TestAcknowledgedByAnother: somebody is faster between the look and the send.
func TestAcknowledgedByAnother(t *testing.T) {
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	body := `{"incident": {"type": "incident", "status": "acknowledged"}}`
	if status := w.demo.PagerDuty.Do("PUANNS1", http.MethodPut, "/incidents/"+id, body); status != http.StatusOK {
		t.Fatalf("Ann's acknowledgement gave %d", status)
	}
	w.toPagerDuty.ForgetRequests()
	w.run("ack", "--yes", id).want(t, exitDone).says(t, "already", "Ann Schmidt")
	w.wantNoWrites()
}

func TestTargets(t *testing.T) {
	w := newHarness(t)
	i := w.incident(notifiedAlert)
	number := w.list().group(t, i.ID).Incident.Number
	for _, target := range []string{i.ID, strconv.Itoa(number), "#" + strconv.Itoa(number), i.ID[:6], strings.ToLower(i.ID[:6])} {
		w.run("ack", "--dry-run", target).want(t, exitDone).says(t, notifiedAlert)
	}
	w.run("ack", "--yes", "nothing").want(t, exitFailed).says(t, `no open group is called "nothing"`)
	w.run("ack", "--yes", i.ID, "nothing").want(t, exitFailed)
	w.wantNoWrites() // one wrong name, and nothing at all is sent
}

func TestAsking(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, keys   string
		terminal     bool
		flags        []string
		status       int
		acknowledged bool
		says         string
	}{
		{"yes", "y\n", true, nil, exitDone, true, "Send? [y/N]"},
		{"no", "n\n", true, nil, exitFailed, false, "nothing was sent"},
		{"enter alone", "\n", true, nil, exitFailed, false, "nothing was sent"},
		{"something else", "yikes\n", true, nil, exitFailed, false, "nothing was sent"},
		{"the terminal goes away", "", true, nil, exitFailed, false, "nothing was sent"},
		{"no terminal", "y\n", false, nil, exitUsage, false, "nobody can be asked here, so give --yes"},
		{"no terminal, with --yes", "", false, []string{"--yes"}, exitDone, true, "done"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newHarness(t)
			id := w.incident(notifiedAlert).ID
			w.runWith(c.keys, c.terminal, append([]string{"ack", id}, c.flags...)...).want(t, c.status).says(t, c.says)
			if got := w.incident(notifiedAlert).Status == "acknowledged"; got != c.acknowledged {
				t.Errorf("acknowledged: %v, want %v", got, c.acknowledged)
			}
			if !c.acknowledged {
				w.wantNoWrites()
			}
		})
	}
}

func TestEscalateToFirstLine(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	w.typed("y\n", "escalate", id, "--reason", "the runbook did not help").want(t, exitDone).
		says(t, "Notified now:", "Priya Nair", "Send? [y/N]", id+": done")
	i := w.incident(notifiedAlert)
	if i.PolicyID != demo.FirstLinePolicy || i.Level != 1 || !slices.Equal(i.Assignees, []string{"PUPRIY1"}) {
		t.Errorf("the incident is %+v", i)
	}
	if notes := w.notes(notifiedAlert); len(i.Notes) != 1 || !strings.Contains(notes, "the runbook did not help") || !strings.Contains(notes, demo.FirstLineName) {
		t.Errorf("the notes are %q", notes)
	}
}

// What was ticked and run on the screen goes along from the command line too.
func TestEscalateSaysWhatWasTried(t *testing.T) {
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	state, err := store.Open(t.Context(), w.statePath())
	if err == nil {
		err = errors.Join(
			state.SetTick(t.Context(), record.Tick{GroupID: id, Runbook: "r.md", Step: "1", Text: "Check the deploy", Done: true, By: "Dana", At: noon}),
			state.SetTick(t.Context(), record.Tick{GroupID: id, Runbook: "r.md", Step: "2", Text: "Taken back", By: "Dana", At: noon}),
			state.AddRun(t.Context(), record.Run{GroupID: id, Runbook: "r.md", Step: "1", Command: "kubectl get pods", By: "Dana", At: noon}),
			state.Close(),
		)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.run("escalate", "--yes", id, "--reason", "it did not help").want(t, exitDone).
		says(t, "Tried:", "- Check the deploy (Dana, ", "- kubectl get pods [exit 0] (Dana, ")
	if notes := w.notes(notifiedAlert); !strings.Contains(notes, "- Check the deploy (Dana") || strings.Contains(notes, "Taken back") {
		t.Errorf("the notes are %q", notes)
	}
	w.run("note", "--yes", id, "--reason", "only a note").want(t, exitDone)
	if notes := w.notes(notifiedAlert); strings.Count(notes, "Tried:") != 1 {
		t.Errorf("a note tells it again: %q", notes)
	}
}

// TestFirstLineEscalatesToTheOwner: the same command for the other role.
func TestFirstLineEscalatesToTheOwner(t *testing.T) {
	w := newHarness(t)
	t.Setenv("FIRSTLINE_ME_ROLE", "first-line")
	i := w.incident("invoices in the wrong currency")
	if i.PolicyID != demo.FirstLinePolicy {
		t.Fatalf("the story has changed: %+v", i)
	}
	w.run("escalate", "--yes", i.ID, "--reason", "a refund is needed").want(t, exitDone)
	if after := w.incident("invoices in the wrong currency"); after.PolicyID != "PEPAYM1" {
		t.Errorf("the policy is %s, want the owner's", after.PolicyID)
	}
}

func TestHandOff(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ to, policy, assignee string }{
		{"user:ann@example.com", "PEPAYM1", "PUANNS1"},
		{"team:platform", "PEPLAT1", "PUKOFI1"},
		{"policy:PEDISC1", "PEDISC1", "PUMART1"},
		{"first-line", demo.FirstLinePolicy, "PUPRIY1"},
	} {
		t.Run(c.to, func(t *testing.T) {
			w := newHarness(t)
			w.run("handoff", "--yes", "--to", c.to, "--reason", "knows it best", w.incident(notifiedAlert).ID).want(t, exitDone)
			i := w.incident(notifiedAlert)
			if i.PolicyID != c.policy || !slices.Equal(i.Assignees, []string{c.assignee}) || !strings.Contains(w.notes(notifiedAlert), "knows it best") {
				t.Errorf("the incident is %+v", i)
			}
		})
	}
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	w.run("handoff", id).want(t, exitUsage).says(t, "handoff needs --to")
	w.run("handoff", "--to", "nobody", id).want(t, exitUsage).says(t, "is no target")
	w.run("handoff", "--to", "user:an@example.com", "--yes", id).want(t, exitFailed).says(t, "ann@example.com")
	w.wantNoWrites()
}

func TestNote(t *testing.T) {
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	w.run("note", "--yes", id, "--reason", "restarted one pod").want(t, exitDone)
	w.runWith("two lines\nfrom a pipe\n", false, "note", "--yes", id).want(t, exitDone)
	if notes := w.incident(notifiedAlert).Notes; len(notes) != 2 || !strings.Contains(notes[0], "restarted one pod") || !strings.Contains(notes[1], "two lines\nfrom a pipe") {
		t.Errorf("the notes are %q", notes)
	}
	w.run("note", "--yes", id).want(t, exitUsage).says(t, "the note is empty")
	w.typed("", "note", id).want(t, exitUsage).says(t, "note needs --reason")
}

// TestPartly: one of two groups can't take a note.
func TestPartly(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	id, bare := w.incident(notifiedAlert).ID, w.groupID("NewsletterQueueStuck")
	r := w.run("note", "--yes", "--reason", "looking", id, bare).want(t, exitPartly)
	r.says(t, id+": done", bare+": refused")
	w.run("note", "--yes", "--reason", "looking", bare).want(t, exitFailed)
	w.run("note", "--dry-run", "--reason", "looking", id, bare).want(t, exitPartly)
}

func TestAcknowledgeAlertsWithoutIncident(t *testing.T) {
	w := newHarness(t)
	bare := w.groupID("NewsletterQueueStuck")
	w.run("ack", "--yes", bare).want(t, exitUsage).says(t, "--instead silence or --instead incident")
	w.run("ack", "--yes", "--instead", "magic", bare).want(t, exitUsage)
	w.run("ack", "--yes", "--instead", "silence", "--reason", "known", bare).want(t, exitDone)
	g := w.list().group(t, bare)
	if g.State != "silenced" || len(g.Alerts[0].SilencedBy) != 1 {
		t.Errorf("the group is %+v", g)
	}
	w.wantNoWrites()
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	id, bare := w.incident(notifiedAlert).ID, w.groupID("NewsletterQueueStuck")
	silences := w.list().group(t, bare).Alerts[0].SilencedBy
	for _, args := range [][]string{
		{"ack", id},
		{"ack", "--instead", "silence", bare},
		{"ack", "--instead", "incident", bare},
		{"escalate", id},
		{"escalate", bare},
		{"handoff", "--to", "user:ann@example.com", id},
		{"note", "--reason", "x", id},
	} {
		w.run(append(args, "--read-only", "--yes")...).want(t, exitFailed).says(t, "read-only")
	}
	w.wantNoWrites()
	if after := w.list().group(t, bare).Alerts[0].SilencedBy; !slices.Equal(after, silences) {
		t.Errorf("there is a new silence: %q", after)
	}
	w.run("list", "--read-only").want(t, exitDone)
}

func TestActionJSON(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	read := func(r result) (out struct {
		Plan struct {
			Action     string
			Items      []struct{ ID string }
			Recipients []struct{ Name string } `json:"pages"`
			Note       string
		}
		Sent    bool
		Results []struct{ ID, Outcome, Sentence string }
	},
	) {
		t.Helper()
		if err := json.Unmarshal([]byte(r.out), &out); err != nil {
			t.Fatalf("%v in %s", err, r.out)
		}
		return out
	}
	out := read(w.run("escalate", "--json", "--dry-run", "--reason", "why not", id).want(t, exitDone))
	if out.Sent || out.Results == nil || len(out.Results) != 0 || out.Plan.Action != "escalate" || out.Plan.Items[0].ID != id ||
		len(out.Plan.Recipients) == 0 || !strings.Contains(out.Plan.Note, "why not") {
		t.Errorf("the dry run is %+v", out)
	}
	out = read(w.run("escalate", "--json", "--yes", "--reason", "why not", id).want(t, exitDone))
	if !out.Sent || len(out.Results) != 1 || out.Results[0].ID != id || out.Results[0].Outcome != "done" {
		t.Errorf("the result is %+v", out)
	}
	out = read(w.runWith("y\n", true, "ack", "--json", id).want(t, exitDone))
	if !out.Sent {
		t.Errorf("the answer y did not send: %+v", out)
	}
}

// TestPagerDutyFails: nothing that was not read back is called done.
func TestPagerDutyFails(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	w.toPagerDuty.Fail(faults.Fault{Method: http.MethodPut, Status: http.StatusForbidden, Body: `{"error":{"message":"Access Denied","code":2010}}`})
	w.run("ack", "--yes", id).want(t, exitFailed).says(t, id+": failed")
	w.toPagerDuty.Mend()
	if status := w.incident(notifiedAlert).Status; status != "triggered" {
		t.Errorf("the incident is %s", status)
	}
}

func TestUsage(t *testing.T) {
	alone(t)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"lst"}, `there is no command "lst": the nearest is list`},
		{[]string{"--bogus"}, "unknown flag: --bogus (see firstline --help)"},
		{[]string{"list", "--bogus"}, "see firstline list --help"},
		{[]string{"list", "extra"}, `firstline list takes no argument "extra"`},
		{[]string{"ack"}, "firstline ack needs a TARGET"},
		{[]string{"runbook"}, "firstline runbook needs a TARGET"},
		{[]string{"runbook", "a", "b"}, "firstline runbook takes one TARGET"},
		{[]string{"runbook", "a", "--width", "3"}, "--width 3 is too narrow"},
		{[]string{"ack", "7", "--yes", "--dry-run"}, "give one of them"},
		{[]string{"runbook", "a", "--raw", "--json"}, "give one of them"},
		{[]string{"ack", "7", "--instead", "x"}, "--instead:"},
		{[]string{"escalate", "7", "--to", "user:"}, "--to:"},
		{[]string{}, "the screen needs a terminal: use `firstline list` here"},
	} {
		r := runApp(t.Context(), "", nil, c.args...).want(t, exitUsage).says(t, c.want)
		if r.out != "" || !strings.HasPrefix(r.err, "firstline: ") {
			t.Errorf("%v prints %q and %q", c.args, r.out, r.err)
		}
	}
	runApp(t.Context(), "", nil, "--help").want(t, exitDone).says(t, "escalate", "--demo")
	runApp(t.Context(), "", nil, "--version").want(t, exitDone).says(t, "firstline test")
}
