package execute

import (
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/sources"
)

// What a write did is said where it was read back, or where PagerDuty's own
// answer shows it, which is then said. What neither shows is unknown, though
// PagerDuty answered ok.
func TestWhatWasNotReadBack(t *testing.T) {
	toBo := respond.Target{Kind: respond.ToUser, ID: "UBO"}
	for name, c := range map[string]struct {
		r     respond.Request
		write string
		done  string
	}{
		"acknowledge": {respond.Request{Action: respond.Acknowledge}, "ACK", "Acknowledged #12"},
		"escalate":    {respond.Request{Action: respond.Escalate}, "POLICY", "Escalated to Ops first line: now assigned to Bo Larsen."},
		"hand off":    {respond.Request{Action: respond.HandOff, Target: toBo}, "ASSIGN", "Handed off: now assigned to"},
		"next level":  {respond.Request{Action: respond.NextLevel}, "LEVEL", "Escalated to level 2"},
		"resolve":     {respond.Request{Action: respond.Resolve}, "RESOLVE", "Resolved #12"},
		"snooze":      {respond.Request{Action: respond.Snooze, Until: fixture.Sunday.Add(time.Hour)}, "SNOOZE", "Snoozed #12"},
		"urgency":     {respond.Request{Action: respond.SetUrgency, Urgency: "low"}, "URGENCY", "The urgency of #12"},
		"priority":    {respond.Request{Action: respond.SetPriority, PriorityID: "PR1"}, "PRIORITY", "The priority of #12"},
		"merge":       {respond.Request{Action: respond.Merge, Into: "I2"}, "MERGE", ""}, // is answered with the other incident
	} {
		for _, silent := range []bool{false, true} {
			f := fixture.NewFake()
			f.Silent = silent
			c.r.Groups = f.Groups("I1")
			p := respond.NewPlan(c.r, typedData(f))
			f.Before[c.write] = func() { f.Troubles["incident"] = slices.Repeat([]fixture.Trouble{vanished}, 9) }
			res := doerOf(f).Do(t.Context(), p.Attempt(), nil)[0]
			if !strings.Contains(f.Writes(), c.write) {
				t.Fatalf("%s: sent %q: %+v", name, f.Writes(), res)
			}
			wants := []string{c.done, "So says PagerDuty's answer; it was not read back, because"}
			outcome := respond.Done
			if silent || c.done == "" {
				wants, outcome = []string{"answered ok, but its answer does not show it, and it was not read back, because"}, respond.Unknown
			}
			for _, want := range wants {
				if res.Outcome != outcome || !strings.Contains(res.Sentence, want) {
					t.Errorf("%s, silent %v: %+v, want %q", name, silent, res, want)
				}
			}
		}
	}
}

// An answer that shows another state than was asked for proves nothing.
func TestAnAnswerThatShowsAnotherState(t *testing.T) {
	f := fixture.NewFake()
	p := respond.NewPlan(respond.Request{Action: respond.Escalate, Groups: f.Groups("I1")}, typedData(f))
	r := newRun(doerOf(f), p)
	r.answered = map[string]sources.Incident{"I1": fixture.Incident("I1")}
	v, last := r.notReadBack("I1", fixture.LostAnswer(), r.effectOf(p.Items[0].Steps[1], &sources.Incident{}))
	if v.outcome != respond.Unknown || last == nil {
		t.Errorf("%+v, %v", v, last)
	}
}
