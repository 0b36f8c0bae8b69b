package respond

import (
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/sources"
)

// What a write did is said where it was read back, or where PagerDuty's own
// answer shows it, which is then said. What neither shows is unknown, though
// PagerDuty answered ok.
func TestWhatWasNotReadBack(t *testing.T) {
	toBo := Target{Kind: ToUser, ID: "UBO"}
	for name, c := range map[string]struct {
		r     Request
		write string
		done  string
	}{
		"acknowledge": {Request{Action: Acknowledge}, "ACK", "Acknowledged #12"},
		"escalate":    {Request{Action: Escalate}, "POLICY", "Escalated to Ops first line: now assigned to Bo Larsen."},
		"hand off":    {Request{Action: HandOff, Target: toBo}, "ASSIGN", "Handed off: now assigned to"},
		"next level":  {Request{Action: NextLevel}, "LEVEL", "Escalated to level 2"},
		"resolve":     {Request{Action: Resolve}, "RESOLVE", "Resolved #12"},
		"snooze":      {Request{Action: Snooze, Until: sunday.Add(time.Hour)}, "SNOOZE", "Snoozed #12"},
		"urgency":     {Request{Action: SetUrgency, Urgency: "low"}, "URGENCY", "The urgency of #12"},
		"priority":    {Request{Action: SetPriority, PriorityID: "PR1"}, "PRIORITY", "The priority of #12"},
		"merge":       {Request{Action: Merge, Into: "I2"}, "MERGE", ""}, // is answered with the other incident
	} {
		for _, silent := range []bool{false, true} {
			f := newFake()
			f.silent = silent
			c.r.Groups = f.groups("I1")
			p := NewPlan(c.r, typedWorld(f))
			f.before[c.write] = func() { f.troubles["incident"] = slices.Repeat([]trouble{vanished}, 9) }
			res := doerOf(f).Do(t.Context(), p.Attempt(), nil)[0]
			if !strings.Contains(f.writes(), c.write) {
				t.Fatalf("%s: sent %q: %+v", name, f.writes(), res)
			}
			wants := []string{c.done, "So says PagerDuty's answer; it was not read back, because"}
			outcome := Done
			if silent || c.done == "" {
				wants, outcome = []string{"answered ok, but its answer does not show it, and it was not read back, because"}, Unknown
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
	f := newFake()
	p := NewPlan(Request{Action: Escalate, Groups: f.groups("I1")}, typedWorld(f))
	r := newRun(doerOf(f), p)
	r.answered = map[string]sources.Incident{"I1": incident("I1")}
	v, last := r.notReadBack("I1", lostAnswer(), r.effectOf(p.Items[0].Steps[1], &sources.Incident{}))
	if v.outcome != Unknown || last == nil {
		t.Errorf("%+v, %v", v, last)
	}
}
