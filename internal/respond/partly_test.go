package respond

import (
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

// notedAfter are the actions whose note follows, with the write before it.
func notedAfter() map[string]Request {
	return map[string]Request{
		"acknowledge": {Action: Acknowledge},
		"snooze":      {Action: Snooze, Until: sunday.Add(time.Hour)},
		"merge":       {Action: Merge, Into: "I2"},
		"urgency":     {Action: SetUrgency, Urgency: "low"},
		"priority":    {Action: SetPriority, PriorityID: "PR1"},
	}
}

// What was done is not taken back by a lost note: the status says that it is
// partly done, whether it is done now, was done by an earlier try, or is done
// anyway, and for one target as for several.
func TestDoneWithALostNoteIsPartlyDone(t *testing.T) {
	for name, r := range notedAfter() {
		for _, ids := range [][]string{{"I1"}, {"I1", "I3"}} {
			f := newFake()
			journal := &Memory{}
			d := doerOf(f)
			d.Journal = journal
			r.Reason, r.Groups = "why", f.groups(ids...)
			lose := func() {
				f.troubles["NOTE"] = slices.Repeat([]trouble{vanished}, 9)
				f.troubles["notes"] = slices.Repeat([]trouble{vanished}, 99)
			}
			lose()
			first := d.Do(t.Context(), NewPlan(r, typedWorld(f)).Attempt(), nil)
			lose()
			second := d.Do(t.Context(), NewPlan(r, typedWorld(f)).Attempt(), nil)
			for n, results := range [][]Result{first, second} {
				for _, res := range results {
					if res.Outcome != Unknown || !res.Partly {
						t.Errorf("%s of %v, try %d: %+v", name, ids, n+1, res)
					}
				}
				if got := ExitStatus(results); got != exitPartly {
					t.Errorf("%s of %v, try %d: the status is %d", name, ids, n+1, got)
				}
			}
		}
	}
}

// A note before an action that was not done is no part of it.
func TestANoteAloneIsNotPartlyDone(t *testing.T) {
	for name, a := range notedActions() {
		for _, err := range []error{refusedWith(sources.Forbidden), lostAnswer()} {
			x := newTries(t, a.r)
			x.fake.troubles[a.write] = []trouble{{err: err}}
			if res := x.do(); res.Partly || ExitStatus([]Result{res}) != exitFailed {
				t.Errorf("%s: %+v", name, res)
			}
		}
	}
}

func TestExitStatus(t *testing.T) {
	done, already, failed, unknown := Result{Outcome: Done}, Result{Outcome: Already}, Result{Outcome: Failed}, Result{Outcome: Unknown}
	partly, noteLost := Result{Outcome: Unknown, Partly: true}, Result{Outcome: Done, TextUnsent: true}
	for _, c := range []struct {
		results []Result
		want    int
	}{
		{[]Result{done}, exitDone},
		{[]Result{done, already}, exitDone},
		{[]Result{failed}, exitFailed},
		{[]Result{unknown}, exitFailed},
		{[]Result{failed, unknown}, exitFailed},
		{[]Result{done, failed}, exitPartly},
		{[]Result{partly}, exitPartly},
		{[]Result{partly, partly}, exitPartly},
		{[]Result{partly, failed}, exitPartly},
		{[]Result{noteLost}, exitPartly},
		{[]Result{done, noteLost}, exitPartly},
	} {
		if got := ExitStatus(c.results); got != c.want {
			t.Errorf("%+v: %d, want %d", c.results, got, c.want)
		}
	}
}

// A retry with other words uses those of the try before, says so, and says how to
// send the new ones. With the same words there is nothing to say.
func TestARetryWithOtherWordsSaysThatTheyWereNotSent(t *testing.T) {
	const says = "What you wrote this time was not sent"
	for name, a := range notedActions() {
		for _, reason := range []string{"because", "why", ""} {
			for _, wait := range []bool{false, true} {
				x := newTries(t, a.r)
				x.fake.troubles[a.write] = []trouble{vanished}
				if first := x.do(); first.Outcome != Unknown || strings.Contains(first.Sentence, says) {
					t.Fatalf("%s: first: %+v", name, first)
				}
				if wait {
					x.waited()
				}
				x.r.Reason = reason
				second := x.do()
				unsent := reason == "because"
				if strings.Contains(second.Sentence, says) != unsent || second.TextUnsent != unsent || unsent && !strings.Contains(second.Sentence, "`firstline note`") {
					t.Errorf("%s, %q: %+v", name, reason, second)
				}
				if unsent && second.Outcome == Done && (second.Over() || ExitStatus([]Result{second}) != exitPartly) {
					t.Errorf("%s, %q: it is over: %+v", name, reason, second)
				}
				if len(x.fake.notes["I1"]) != 1 {
					t.Errorf("%s: %d notes", name, len(x.fake.notes["I1"]))
				}
			}
		}
	}
	// The note was not posted, so the new words go with it.
	x := newTries(t, Request{Action: Escalate, Reason: "why"})
	x.fake.troubles["NOTE"] = []trouble{vanished}
	x.do()
	x.waited()
	x.r.Reason = "because"
	if res := x.do(); res.Outcome != Done || res.TextUnsent || !strings.Contains(x.fake.notes["I1"][0].Content, "because") {
		t.Errorf("%+v, %v", res, x.fake.notes["I1"])
	}
	// A note of one's own.
	x = newTries(t, Request{Action: Escalate, Note: "mine"})
	x.fake.troubles["POLICY"] = []trouble{vanished, vanished, vanished, vanished}
	x.do()
	x.waited()
	if res := x.do(); strings.Contains(res.Sentence, says) {
		t.Errorf("the same note: %+v", res)
	}
	x.waited()
	x.r.Note = "another"
	if res := x.do(); !strings.Contains(res.Sentence, says) {
		t.Errorf("another note: %+v", res)
	}
}

// A resolution is PagerDuty's note, without a mark: the same words are not posted
// again.
func TestResolvingAgainPostsTheReasonOnce(t *testing.T) {
	for _, own := range []bool{false, true} {
		f := newFake()
		r := Request{Action: Resolve, Reason: "it was the disk"}
		if own {
			r = Request{Action: Resolve, Note: "it was the disk"}
		}
		for n, want := range []Outcome{Done, Already, Already} {
			r.Groups = []triage.Group{groupOf(*f.incidents["I1"])}
			res := doerOf(f).Do(t.Context(), NewPlan(r, typedWorld(f)).Attempt(), nil)[0]
			if res.Outcome != want || res.TextUnsent || len(f.notes["I1"]) != 1 {
				t.Errorf("try %d: %+v; notes %v", n+1, res, f.notes["I1"])
			}
		}
		// Other words are another note, and so are another person's.
		r.Reason, r.Note = "it was the network", ""
		doerOf(f).Do(t.Context(), NewPlan(r, typedWorld(f)).Attempt(), nil)
		if len(f.notes["I1"]) != 2 {
			t.Errorf("other words: notes %v", f.notes["I1"])
		}
		f.notes["I1"] = []sources.Note{{ID: "X", Content: "Resolution Note: it was the network", User: ann}}
		doerOf(f).Do(t.Context(), NewPlan(r, typedWorld(f)).Attempt(), nil)
		if len(f.notes["I1"]) != 2 {
			t.Errorf("another person's words: notes %v", f.notes["I1"])
		}
	}
}
