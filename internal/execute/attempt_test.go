package execute

import (
	"context"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// A repetition is the same attempt only while the outcome of the earlier one is
// unknown: its note is then written once and its target is notified once.
// Changes in between make no difference.
func TestSameAttempt(t *testing.T) {
	escalateIt := respond.Request{Action: respond.Escalate, Reason: "why"}
	for name, c := range map[string]struct {
		r respond.Request
		// first makes the first try end as it does; between is what changes.
		first, between  func(*tries)
		firstOutcome    respond.Outcome
		outcome         respond.Outcome
		notes, notified int
		// goes: sending all the same is no way out, or was taken.
		goes bool
	}{
		// The outcome is open.
		"the escalation's answer is lost, and nothing can be read": {
			first: func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{arrived}; x.unreadable() }, between: (*tries).readable,
			firstOutcome: respond.Unknown, outcome: respond.Already, notes: 1, notified: 1,
		},
		"it was lost itself, and nothing can be read": {
			first: func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished}; x.unreadable() }, between: (*tries).readable,
			firstOutcome: respond.Unknown, outcome: respond.Unknown, notes: 1,
		},
		"it was lost itself, nothing can be read, and it can't come any more": {
			first: func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished}; x.unreadable() }, between: func(x *tries) { x.readable(); x.waited() },
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 1, notified: 1,
		},
		"still nothing can be read": {
			first: func(x *tries) {
				x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished}
				x.unreadable()
				x.fake.Before["POLICY"] = func() {
					for range 6 {
						x.fake.Troubles["incident"] = append(x.fake.Troubles["incident"], vanished)
					}
				}
			},
			firstOutcome: respond.Unknown, outcome: respond.Unknown, notes: 1,
		},
		"another reason in between": {
			first:        func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{arrived}; x.unreadable() },
			between:      func(x *tries) { x.readable(); x.r.Reason = "because" },
			firstOutcome: respond.Unknown, outcome: respond.Already, notes: 1, notified: 1,
		},
		"a step was ticked in between": {
			first:        func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{arrived}; x.unreadable() },
			between:      func(x *tries) { x.readable(); x.r.Tried = map[string][]string{"I1": {"restarted it"}} },
			firstOutcome: respond.Unknown, outcome: respond.Already, notes: 1, notified: 1,
		},
		"another name in between": {
			first: func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{arrived}; x.unreadable() },
			between: func(x *tries) {
				x.readable()
				me := *x.w.Me
				me.Name = "Dana Miller"
				x.w.Me = &me
			},
			firstOutcome: respond.Unknown, outcome: respond.Already, notes: 1, notified: 1,
		},
		"who acts can't be read in between": {
			first:        func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{arrived}; x.unreadable() },
			between:      func(x *tries) { x.readable(); x.w.Me, x.email, x.w.Settings.Email = nil, "", "" },
			firstOutcome: respond.Unknown, outcome: respond.Already, notes: 1, notified: 1,
		},
		"another note in between": {
			first: func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished}; x.unreadable() },
			between: func(x *tries) {
				x.readable()
				x.waited()
				x.fake.Noted["I1"] = append(x.fake.Noted["I1"], sources.Note{ID: "X", Content: "other", User: fixture.Dana, CreatedAt: x.now})
			},
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 2, notified: 1,
		},
		"killed after the note": {
			first: func(x *tries) {
				x.fake.Before["POLICY"] = func() { x.journal.dead = true }
				x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished}
			},
			between:      func(x *tries) { x.journal.dead = false; x.waited() },
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 1, notified: 1,
		},
		"killed after the note, and at once again": {
			first: func(x *tries) {
				x.fake.Before["POLICY"] = func() { x.journal.dead = true }
				x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished}
			},
			between:      func(x *tries) { x.journal.dead = false },
			firstOutcome: respond.Unknown, outcome: respond.Unknown, notes: 1,
		},
		"killed while the note is sent": {
			first: func(x *tries) {
				x.fake.Before["NOTE"] = func() { x.journal.dead = true }
				x.fake.Troubles["NOTE"] = []fixture.Trouble{vanished}
			},
			between:      func(x *tries) { x.journal.dead = false; x.waited() },
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 1, notified: 1,
		},
		"killed while the note is sent, and at once again": {
			first: func(x *tries) {
				x.fake.Before["NOTE"] = func() { x.journal.dead = true }
				x.fake.Troubles["NOTE"] = []fixture.Trouble{vanished}
			},
			between:      func(x *tries) { x.journal.dead = false },
			firstOutcome: respond.Unknown, outcome: respond.Unknown,
		},
		"killed after the escalation": {
			first:        func(x *tries) { x.fake.Before["POLICY"] = func() { x.journal.dead = true } },
			between:      func(x *tries) { x.journal.dead = false },
			firstOutcome: respond.Done, outcome: respond.Already, notes: 1, notified: 1,
		},
		"the note's answer is lost, and nothing can be read": {
			first: func(x *tries) { x.fake.Troubles["NOTE"] = []fixture.Trouble{arrived}; x.unreadable() }, between: (*tries).readable,
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 1, notified: 1,
		},
		"sent all the same": {
			first:        func(x *tries) { x.fake.Troubles["NOTE"] = []fixture.Trouble{arrived}; x.unreadable() },
			between:      func(x *tries) { x.r.Anyway, x.r.Confirmed = true, true },
			firstOutcome: respond.Unknown, outcome: respond.Unknown, notes: 1, notified: 1, goes: true,
		},
		"sent all the same, and the note never came": {
			first:        func(x *tries) { x.fake.Troubles["NOTE"] = []fixture.Trouble{vanished}; x.unreadable() },
			between:      func(x *tries) { x.readable(); x.r.Anyway, x.r.Confirmed = true, true },
			firstOutcome: respond.Unknown, outcome: respond.Unknown, notified: 1, goes: true,
		},
		"sent all the same, and done again once it is known": {
			first: func(x *tries) { x.fake.Troubles["NOTE"] = []fixture.Trouble{vanished}; x.unreadable() },
			between: func(x *tries) {
				x.readable()
				x.r.Anyway, x.r.Confirmed = true, true
				x.do()
				x.r.Anyway = false
				x.waited()
			},
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 1, notified: 1,
		},
		"the escalation is sent all the same": {
			first:        func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished} },
			between:      func(x *tries) { x.r.Anyway, x.r.Confirmed = true, true },
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 1, notified: 1,
		},
		"a note by itself all the same": {
			r:            respond.Request{Action: respond.AddNote, Reason: "looking"},
			first:        func(x *tries) { x.fake.Troubles["NOTE"] = []fixture.Trouble{arrived}; x.unreadable() },
			between:      func(x *tries) { x.r.Anyway, x.r.Confirmed = true, true },
			firstOutcome: respond.Unknown, outcome: respond.Unknown, notes: 1, goes: true,
		},
		"a note by itself all the same, when it can't come any more": {
			r:            respond.Request{Action: respond.AddNote, Reason: "looking"},
			first:        func(x *tries) { x.fake.Troubles["NOTE"] = []fixture.Trouble{vanished}; x.unreadable() },
			between:      func(x *tries) { x.r.Anyway, x.r.Confirmed = true, true; x.waited() },
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 1,
		},
		"a note by itself": {
			r:     respond.Request{Action: respond.AddNote, Reason: "looking"},
			first: func(x *tries) { x.fake.Troubles["NOTE"] = []fixture.Trouble{arrived}; x.unreadable() }, between: (*tries).readable,
			firstOutcome: respond.Unknown, outcome: respond.Already, notes: 1,
		},
		// The outcome is known.
		"refused": {
			first: func(x *tries) {
				x.fake.Troubles["POLICY"] = []fixture.Trouble{{Err: fixture.RefusedWith(sources.Forbidden)}}
			},
			firstOutcome: respond.Failed, outcome: respond.Done, notes: 1, notified: 1,
		},
		"nobody on call there": {
			first: func(x *tries) {
				x.fake.Troubles["POLICY"] = []fixture.Trouble{{Err: fixture.RefusedWith(sources.NobodyOnCall)}}
			},
			firstOutcome: respond.Failed, outcome: respond.Done, notes: 1, notified: 1,
		},
		"lost, and read that it does not show": {
			first:        func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished} },
			firstOutcome: respond.Unknown, outcome: respond.Unknown, notes: 1,
		},
		"lost, and read later that it did not come about": {
			first:        func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished} },
			between:      (*tries).waited,
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 1, notified: 1,
		},
		"lost, and the clock was set back": {
			first:        func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished} },
			between:      func(x *tries) { x.now = x.now.Add(-time.Hour) },
			firstOutcome: respond.Unknown, outcome: respond.Unknown, notes: 1,
		},
		"lost, and the clock was set back a while ago": {
			first: func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished} },
			between: func(x *tries) {
				x.now = x.now.Add(-time.Hour)
				if again := x.do(); again.Outcome != respond.Unknown {
					x.t.Errorf("the clock went back: %+v", again)
				}
				x.waited()
			},
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 1, notified: 1,
		},
		"done, and done again after others took it away": {
			first: func(*tries) {},
			between: func(x *tries) {
				if err := x.fake.SetPolicy(context.Background(), "PPAY", "I1"); err != nil {
					x.t.Fatal(err)
				}
			},
			firstOutcome: respond.Done, outcome: respond.Done, notes: 2, notified: 3,
		},
		"done, and the very same again": {
			first: func(*tries) {}, firstOutcome: respond.Done, outcome: respond.Done, notes: 2, notified: 2,
		},
		"found out since": {
			first: func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{arrived}; x.unreadable() },
			between: func(x *tries) {
				x.readable()
				x.do() // takes the open attempt over, and finds out
			},
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 2, notified: 2,
		},
		// Another attempt, once the first can't come about any more.
		"another target": {
			first: func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished}; x.unreadable() },
			between: func(x *tries) {
				x.readable()
				x.waited()
				x.r.Target = respond.Target{Kind: respond.ToPolicy, ID: "PLATE"}
			},
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 2, notified: 1,
		},
		"another action": {
			first: func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished}; x.unreadable() },
			between: func(x *tries) {
				x.readable()
				x.waited()
				x.r.Action, x.r.Target = respond.HandOff, respond.Target{Kind: respond.ToPolicy, ID: "PFIRST"}
			},
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 2, notified: 1,
		},
		"another incident": {
			first:        func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished}; x.unreadable() },
			between:      func(x *tries) { x.readable(); x.r.Groups = x.fake.Groups("I2") },
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 2, notified: 1,
		},
		"another person": {
			first: func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished}; x.unreadable() },
			between: func(x *tries) {
				x.readable()
				x.waited()
				x.w.Me, x.email = &sources.User{ID: "UEVE", Name: "Eve Stone", Email: "eve@example.com"}, "eve@example.com"
			},
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 2, notified: 1,
		},
		"a shift later": {
			first:        func(x *tries) { x.fake.Troubles["POLICY"] = []fixture.Trouble{vanished}; x.unreadable() },
			between:      func(x *tries) { x.readable(); x.now = x.now.Add(13 * time.Hour); x.always() },
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 2, notified: 1,
		},
		"another note by itself": {
			r:     respond.Request{Action: respond.AddNote, Reason: "looking"},
			first: func(x *tries) { x.fake.Troubles["NOTE"] = []fixture.Trouble{arrived}; x.unreadable() },
			between: func(x *tries) {
				x.readable()
				x.r.Reason = "looking again"
			},
			firstOutcome: respond.Unknown, outcome: respond.Done, notes: 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := c.r
			if r.Action == "" {
				r = escalateIt
			}
			x := newTries(t, r)
			c.first(x)
			first := x.do()
			if first.Outcome != c.firstOutcome {
				t.Fatalf("first: %s: %s", first.Outcome, first.Sentence)
			}
			if c.between != nil {
				c.between(x)
			}
			x.now = x.now.Add(time.Minute)
			second := x.do()
			if second.Outcome != c.outcome {
				t.Errorf("second: %s: %s; want %s", second.Outcome, second.Sentence, c.outcome)
			}
			notes := 0
			for _, all := range x.fake.Noted {
				notes += len(all)
			}
			if notes != c.notes || len(x.fake.Notified) != c.notified {
				t.Errorf("%d notes, want %d; notified %v, want %d\n%s\n%s", notes, c.notes, x.fake.Notified, c.notified, first.Sentence, second.Sentence)
			}
			if second.Outcome == respond.Unknown && (second.EarlierUnknown == c.goes || !c.goes && !strings.Contains(second.Sentence, "look before you try again")) {
				t.Errorf("nothing says what to do: %+v", second)
			}
		})
	}
}

// A note whose answer was lost came about where what follows it was sent; where
// it is the last, that whom it is about was notified says nothing of it.
func TestANoteThatCanNotBeReadIsNotSentAgain(t *testing.T) {
	note, opened, policy := respond.Step{Kind: respond.StepNote}, respond.Step{Kind: respond.StepOpen}, respond.Step{Kind: respond.StepPolicy}
	for name, c := range map[string]struct {
		writes    []Begun
		undecided bool
		skips     []respond.Step
	}{
		"note, then escalated": {[]Begun{{Step: note, Outcome: respond.Unknown}, {Step: policy, Outcome: respond.Done}}, false, []respond.Step{note, policy}},
		"opened, then noted":   {[]Begun{{Step: opened, Outcome: respond.Done}, {Step: note, Outcome: respond.Unknown}}, true, []respond.Step{opened}},
		"noted alone":          {[]Begun{{Step: note, Outcome: respond.Unknown}}, true, nil},
		"noted in the end":     {[]Begun{{Step: note, Outcome: respond.Unknown}, {Step: note, Outcome: respond.Done}}, false, []respond.Step{note}},
		"and corrected":        {[]Begun{{Step: note, Outcome: respond.Unknown}, {Step: respond.Step{Kind: respond.StepCorrect}, Outcome: respond.Done}}, true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			f := fixture.NewFake()
			for range 9 {
				f.Troubles["notes"] = append(f.Troubles["notes"], vanished)
			}
			for n := range c.writes {
				c.writes[n].Step.IncidentID, c.writes[n].Number, c.writes[n].Attempt = "I1", int64(n+1), "a"
			}
			d := doerOf(f)
			d.Journal = nil
			r, p := newRun(d, respond.Plan{Action: respond.Escalate}), progress{retry: true}
			r.readEarlier(t.Context(), &p, c.writes)
			if p.undecided() != c.undecided {
				t.Errorf("undecided: %+v %+v, want %v", p.note, p.other, c.undecided)
			}
			for _, s := range c.skips {
				if !p.skips(s, respond.Escalate) {
					t.Errorf("%s is sent again", s.Kind)
				}
			}
		})
	}
}

// Alerts for which an incident was opened are the same subject afterwards,
// under another id.
func TestAttemptOfWhatWasOpened(t *testing.T) {
	for _, answer := range []fixture.Trouble{arrived, vanished} {
		x := newTries(t, respond.Request{Action: respond.Escalate, Reason: "why", Groups: []triage.Group{fixture.AlertsGroup()}})
		x.fake.Troubles["OPEN"] = []fixture.Trouble{answer}
		x.fake.Before["OPEN"] = func() {
			x.fake.Troubles["bykey"] = []fixture.Trouble{vanished, vanished, vanished}
		}
		if first := x.do(); first.Outcome != respond.Unknown {
			t.Fatalf("first: %+v", first)
		}
		x.readable()
		for id, i := range x.fake.Incidents {
			if i.Key == fixture.AlertsGroup().ID {
				x.r.Groups = x.fake.Groups(id)
			}
		}
		second := x.do()
		if answer == vanished { // it may still come, and the key protects only while it is open
			if second.Outcome != respond.Unknown || second.MayComeUntil.IsZero() || strings.Count(x.fake.Writes(), "OPEN") != 1 {
				t.Errorf("second: %+v, sent %s", second, x.fake.Writes())
			}
			x.waited()
			second = x.do()
		}
		if second.Outcome != respond.Done {
			t.Errorf("second: %+v", second)
		}
		notes := 0
		for _, all := range x.fake.Noted {
			notes += len(all)
		}
		if notes != 1 || len(x.fake.Notified) != 1 {
			t.Errorf("%d notes, notified %v: %s", notes, x.fake.Notified, second.Sentence)
		}
	}
}

// Where only the note of an action that was done is unknown, the same again says
// that it was done, and does not offer to send it.
func TestOnlyTheNoteIsUnknown(t *testing.T) {
	for name, r := range map[string]respond.Request{
		"acknowledge": {Action: respond.Acknowledge},
		"snooze":      {Action: respond.Snooze, Until: fixture.Sunday.Add(time.Hour)},
		"urgency":     {Action: respond.SetUrgency, Urgency: "low"},
		"merge":       {Action: respond.Merge, Into: "I2"},
	} {
		t.Run(name, func(t *testing.T) {
			r.Reason, r.Groups = "why", []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}
			x := newTries(t, r)
			x.w.Incidents = []sources.Incident{*x.fake.Incidents["I1"], *x.fake.Incidents["I2"]}
			x.fake.Troubles["NOTE"] = []fixture.Trouble{vanished}
			if first := x.do(); first.Outcome != respond.Unknown {
				t.Fatalf("first: %+v", first)
			}
			second := x.do()
			if !strings.Contains(second.Sentence, " did it: ") || !strings.Contains(second.Sentence, "Only its note is unknown: ") || second.EarlierUnknown {
				t.Errorf("second: %+v", second)
			}
			if strings.Contains(second.Sentence, "whether the try") {
				t.Errorf("it says that what was done is unknown: %s", second.Sentence)
			}
		})
	}
}
