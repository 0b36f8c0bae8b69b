package execute_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/execute"
	"firstline/internal/faults"
	"firstline/internal/race"
	"firstline/internal/respond"
	"firstline/internal/schema"
	"firstline/sources"
)

// waited is a time at which nothing comes about any more that was sent before.
func waited() time.Time { return sources.Now().Add(6 * time.Minute) }

// forgetful is the journal of a program that is killed before it writes down
// how anything went.
type forgetful struct {
	execute.Memory
	begun []execute.Begun
	// outcomes are those that settling wrote, by number.
	outcomes map[int64]respond.Outcome
	settling bool
}

func (j *forgetful) Intent(ctx context.Context, i execute.Begun) (int64, error) {
	number, err := j.Memory.Intent(ctx, i)
	j.begun = j.Writes()
	return number, err
}

func (j *forgetful) End(context.Context, string, respond.Outcome, string, time.Time) error {
	if !j.settling {
		return errors.New("the program is gone")
	}
	return nil
}

func (j *forgetful) Outcome(_ context.Context, number int64, o respond.Outcome, _ string, _ time.Time) error {
	if !j.settling {
		return errors.New("the program is gone")
	}
	if j.outcomes == nil {
		j.outcomes = map[int64]respond.Outcome{}
	}
	j.outcomes[number] = o
	return nil
}

// Every write that PagerDuty got is found to have come about, and every one
// that it never saw is found not to have, by reading alone.
func TestSettleByReading(t *testing.T) {
	for _, c := range changes() {
		for _, arrives := range []bool{true, false} {
			name := c.name + ", and it arrived"
			if !arrives {
				name = c.name + ", and it was lost"
			}
			t.Run(name, func(t *testing.T) {
				a, p, path := c.ready(t)
				if !arrives {
					a.toPagerDuty.Fail(faults.Fault{Method: c.method, Path: path, CutBefore: true})
				}
				j := &forgetful{}
				d := a.doer()
				d.Journal = j
				d.Do(t.Context(), p, nil)
				if !slices.ContainsFunc(j.begun, func(b execute.Begun) bool { return b.Step.Kind == c.kind }) {
					t.Fatalf("it was not begun: %+v", j.begun)
				}
				a.toPagerDuty.Mend()
				a.toPagerDuty.ForgetRequests()

				j.settling = true
				// As long as it may still be carried out, that it does not show is no end.
				for i, s := range d.Settle(t.Context(), j.begun) {
					came := arrives || s.Step.Kind != c.kind
					if s.Settled() != came || !came && (s.MayComeUntil.IsZero() || !strings.Contains(s.Sentence, "it may still be carried out until") || j.outcomes[s.Number] != "") {
						t.Errorf("at once write %d (%s) was settled as %q: %s", i, s.Step.Kind, s.Outcome, s.Sentence)
					}
				}
				d.Now = waited
				for i, s := range d.Settle(t.Context(), j.begun) {
					// A note that goes before is not what the fault is about.
					came := arrives || s.Step.Kind != c.kind
					want := map[bool]respond.Outcome{true: respond.Done, false: respond.Failed}[came]
					if s.Outcome != want || j.outcomes[s.Number] != want || s.Sentence == "" {
						t.Errorf("write %d (%s) was settled as %q: %s; want %q", i, s.Step.Kind, s.Outcome, s.Sentence, want)
					}
				}
				for _, r := range a.toPagerDuty.Requests() {
					if r.Method != http.MethodGet {
						t.Errorf("settling sent %s %s", r.Method, r.Path)
					}
				}
			})
		}
	}
}

// The names of log entries in settling are checked against PagerDuty's schema,
// if it is available.
func TestLogEntriesHaveTheNamesOfTheSchema(t *testing.T) {
	race.Skip(t)
	published := schema.Read(t, "")
	var names []any
	for _, part := range published.Components.Schemas["LogEntry"].Value.AllOf {
		if kind := part.Value.Properties["type"]; kind != nil {
			names = append(names, kind.Value.Enum...)
		}
	}
	if len(names) == 0 {
		t.Fatal("the schema names no type of a log entry")
	}
	for _, name := range execute.LogTypes() {
		if !slices.Contains(names, any(name+"_log_entry")) {
			t.Errorf("%q is no type of a log entry: %v", name, names)
		}
	}
}

// What went on since does not hide that a write came about.
func TestSettleAfterOthersWentOn(t *testing.T) {
	a := newAccount(t)
	a.trigger("k1")
	w, groups := a.see(respond.Developer)
	p := respond.NewPlan(respond.Request{Action: respond.Acknowledge, Groups: groups}, w)
	j := &forgetful{}
	d := a.doer()
	d.Journal = j
	d.Do(t.Context(), p, nil)
	if err := a.ann.Resolve(t.Context(), "mended", groups[0].ID); err != nil {
		t.Fatal(err)
	}
	j.settling = true
	s := d.Settle(t.Context(), j.begun)[0]
	if s.Outcome != respond.Done || !strings.Contains(s.Sentence, "log has it") || !strings.Contains(s.Sentence, "resolved") {
		t.Errorf("settled as %q: %s", s.Outcome, s.Sentence)
	}
}

// What can't be read is left for later, and no request is wasted on the rest.
func TestSettleWithoutNetwork(t *testing.T) {
	a := newAccount(t)
	a.trigger("k1")
	w, groups := a.see(respond.Developer)
	p := respond.NewPlan(respond.Request{Action: respond.Escalate, Reason: "why", Groups: groups}, w)
	j := &forgetful{}
	d := a.doer()
	d.Journal = j
	d.Do(t.Context(), p, nil)
	a.toPagerDuty.Fail(faults.Fault{CutBefore: true})
	j.settling = true
	begun := slices.Concat(j.begun, j.begun, j.begun)
	for i, s := range d.Settle(t.Context(), begun) {
		if s.Settled() || s.Err == nil || s.Sentence == "" {
			t.Errorf("write %d was settled as %q: %s", i, s.Outcome, s.Sentence)
		}
	}
	if len(j.outcomes) != 0 {
		t.Errorf("the journal got %v", j.outcomes)
	}
	a.toPagerDuty.Mend()
	for i, s := range d.Settle(t.Context(), j.begun) {
		if s.Outcome != respond.Done {
			t.Errorf("later write %d was settled as %q: %s", i, s.Outcome, s.Sentence)
		}
	}
}
