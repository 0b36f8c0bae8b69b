package execute

import (
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// notedAfter are the actions whose note follows, with the write before it.
func notedAfter() map[string]respond.Request {
	return map[string]respond.Request{
		"acknowledge": {Action: respond.Acknowledge},
		"snooze":      {Action: respond.Snooze, Until: fixture.Sunday.Add(time.Hour)},
		"merge":       {Action: respond.Merge, Into: "I2"},
		"urgency":     {Action: respond.SetUrgency, Urgency: "low"},
		"priority":    {Action: respond.SetPriority, PriorityID: "PR1"},
	}
}

// What was done is not taken back by a lost note: the status says that it is
// partly done, whether it is done now, was done by an earlier try, or is done
// anyway, and for one target as for several.
func TestDoneWithALostNoteIsPartlyDone(t *testing.T) {
	for name, r := range notedAfter() {
		for _, ids := range [][]string{{"I1"}, {"I1", "I3"}} {
			f := fixture.NewFake()
			journal := &Memory{}
			d := doerOf(f)
			d.Journal = journal
			r.Reason, r.Groups = "why", f.Groups(ids...)
			lose := func() {
				f.Troubles["NOTE"] = slices.Repeat([]fixture.Trouble{vanished}, 9)
				f.Troubles["notes"] = slices.Repeat([]fixture.Trouble{vanished}, 99)
			}
			lose()
			first := d.Do(t.Context(), respond.NewPlan(r, typedData(f)).Attempt(), nil)
			lose()
			second := d.Do(t.Context(), respond.NewPlan(r, typedData(f)).Attempt(), nil)
			for n, results := range [][]respond.Result{first, second} {
				for _, res := range results {
					if res.Outcome != respond.Unknown || !res.Partly {
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
		for _, err := range []error{fixture.RefusedWith(sources.Forbidden), fixture.LostAnswer()} {
			x := newTries(t, a.r)
			x.fake.Troubles[a.write] = []fixture.Trouble{{Err: err}}
			if res := x.do(); res.Partly || ExitStatus([]respond.Result{res}) != exitFailed {
				t.Errorf("%s: %+v", name, res)
			}
		}
	}
}

func TestExitStatus(t *testing.T) {
	done, already, failed, unknown := respond.Result{Outcome: respond.Done}, respond.Result{Outcome: respond.Already}, respond.Result{Outcome: respond.Failed}, respond.Result{Outcome: respond.Unknown}
	partly, noteLost := respond.Result{Outcome: respond.Unknown, Partly: true}, respond.Result{Outcome: respond.Done, TextUnsent: true}
	for _, c := range []struct {
		results []respond.Result
		want    int
	}{
		{[]respond.Result{done}, exitDone},
		{[]respond.Result{done, already}, exitDone},
		{[]respond.Result{failed}, exitFailed},
		{[]respond.Result{unknown}, exitFailed},
		{[]respond.Result{failed, unknown}, exitFailed},
		{[]respond.Result{done, failed}, exitPartly},
		{[]respond.Result{partly}, exitPartly},
		{[]respond.Result{partly, partly}, exitPartly},
		{[]respond.Result{partly, failed}, exitPartly},
		{[]respond.Result{noteLost}, exitPartly},
		{[]respond.Result{done, noteLost}, exitPartly},
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
				x.fake.Troubles[a.write] = []fixture.Trouble{vanished}
				if first := x.do(); first.Outcome != respond.Unknown || strings.Contains(first.Sentence, says) {
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
				if unsent && second.Outcome == respond.Done && (second.Over() || ExitStatus([]respond.Result{second}) != exitPartly) {
					t.Errorf("%s, %q: it is over: %+v", name, reason, second)
				}
				if len(x.fake.Noted["I1"]) != 1 {
					t.Errorf("%s: %d notes", name, len(x.fake.Noted["I1"]))
				}
			}
		}
	}
	// The note was not posted, so the new words go with it.
	x := newTries(t, respond.Request{Action: respond.Escalate, Reason: "why"})
	x.fake.Troubles["NOTE"] = []fixture.Trouble{vanished}
	x.do()
	x.waited()
	x.r.Reason = "because"
	if res := x.do(); res.Outcome != respond.Done || res.TextUnsent || !strings.Contains(x.fake.Noted["I1"][0].Content, "because") {
		t.Errorf("%+v, %v", res, x.fake.Noted["I1"])
	}
	// A note of one's own.
	x = newTries(t, respond.Request{Action: respond.Escalate, Note: "mine"})
	x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished, vanished, vanished, vanished}
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
		f := fixture.NewFake()
		r := respond.Request{Action: respond.Resolve, Reason: "it was the disk"}
		if own {
			r = respond.Request{Action: respond.Resolve, Note: "it was the disk"}
		}
		for n, want := range []respond.Outcome{respond.Done, respond.Already, respond.Already} {
			r.Groups = []triage.Group{fixture.GroupOf(*f.Incidents["I1"])}
			res := doerOf(f).Do(t.Context(), respond.NewPlan(r, typedData(f)).Attempt(), nil)[0]
			if res.Outcome != want || res.TextUnsent || len(f.Noted["I1"]) != 1 {
				t.Errorf("try %d: %+v; notes %v", n+1, res, f.Noted["I1"])
			}
		}
		// Other words are another note, and so are another person's.
		r.Reason, r.Note = "it was the network", ""
		doerOf(f).Do(t.Context(), respond.NewPlan(r, typedData(f)).Attempt(), nil)
		if len(f.Noted["I1"]) != 2 {
			t.Errorf("other words: notes %v", f.Noted["I1"])
		}
		f.Noted["I1"] = []sources.Note{{ID: "X", Content: "Resolution Note: it was the network", User: fixture.Ann}}
		doerOf(f).Do(t.Context(), respond.NewPlan(r, typedData(f)).Attempt(), nil)
		if len(f.Noted["I1"]) != 2 {
			t.Errorf("another person's words: notes %v", f.Noted["I1"])
		}
	}
}
