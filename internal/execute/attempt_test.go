package execute

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/notetext"
	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// killed is a journal whose program ends when something is about to be sent: what is
// written down before stays, and nothing is after.
type killed struct {
	*Memory
	dead bool
}

func (k *killed) Outcome(ctx context.Context, n int64, o respond.Outcome, s string, at time.Time) error {
	if k.dead {
		return errors.New("killed")
	}
	return k.Memory.Outcome(ctx, n, o, s, at)
}

func (k *killed) End(ctx context.Context, id string, o respond.Outcome, s string, at time.Time) error {
	if k.dead {
		k.mu.Lock()
		defer k.mu.Unlock()
		for _, a := range k.attempts {
			a.running = false // its process is gone
		}
		return errors.New("killed")
	}
	return k.Memory.End(ctx, id, o, s, at)
}

// tries is a person who does the same again, in a planData that changes.
type tries struct {
	t       *testing.T
	fake    *fixture.Fake
	journal *killed
	now     time.Time
	r       respond.Request
	w       respond.Data
	email   string
}

func newTries(t *testing.T, r respond.Request) *tries {
	f := fixture.NewFake()
	x := &tries{t: t, fake: f, journal: &killed{Memory: &Memory{}}, now: fixture.Sunday, r: r, w: planData(respond.Developer), email: "dana@example.com"}
	f.Now = func() time.Time { return x.now }
	return x
}

// do makes a new plan from the current state, as a person does who tries again.
func (x *tries) do() respond.Result {
	x.t.Helper()
	return x.send(x.plan())
}

// plan makes a new plan from the current state.
func (x *tries) plan() respond.Plan {
	x.t.Helper()
	r := x.r
	if r.Groups == nil {
		for _, id := range []string{"I1"} {
			r.Groups = append(r.Groups, x.fake.Groups(id)...)
		}
	}
	w := x.w
	w.Now = x.now
	var err error
	if r.Facts.Notes, err = ReadNotes(x.t.Context(), x.fake, x.journal, r, w); err != nil {
		x.t.Fatal(err)
	}
	p := respond.NewPlan(r, w)
	if !p.Ready() {
		x.t.Fatalf("not ready:\n%s", strings.Join(p.Lines(), "\n"))
	}
	return p
}

// send confirms a plan and carries it out.
func (x *tries) send(p respond.Plan) respond.Result {
	x.t.Helper()
	d := doerOf(x.fake)
	d.Journal, d.Email = x.journal, x.email
	return d.Do(x.t.Context(), p.Attempt(), nil)[0]
}

// unreadable makes every read fail that shows the outcome of a write.
func (x *tries) unreadable() {
	for _, call := range []string{"notes", "log"} {
		for range 20 {
			x.fake.Troubles[call] = append(x.fake.Troubles[call], fixture.Trouble{Err: fixture.LostAnswer()})
		}
	}
	x.fake.Before["POLICY"] = func() {
		for range 3 {
			x.fake.Troubles["incident"] = append(x.fake.Troubles["incident"], fixture.Trouble{Err: fixture.LostAnswer()})
		}
	}
}

// waited is later than anything comes about that was sent before.
func (x *tries) waited() { x.now = x.now.Add(heldFor + time.Minute) }

func (x *tries) readable() { x.fake.Troubles = map[string][]fixture.Trouble{} }

var (
	arrived  = fixture.Trouble{Err: fixture.LostAnswer(), Happens: true}
	vanished = fixture.Trouble{Err: fixture.LostAnswer()}
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

// Of several incidents each has its own attempt: what is known of one says
// nothing of the others.
func TestAttemptsOfSeveralIncidents(t *testing.T) {
	x := newTries(t, respond.Request{Action: respond.Escalate, Reason: "why"})
	x.r.Groups = x.fake.Groups("I1", "I2", "I3")
	x.fake.Troubles["POLICY"] = []fixture.Trouble{{}, arrived, {Err: fixture.RefusedWith(sources.Forbidden)}}
	x.fake.Before["POLICY"] = func() {
		x.fake.Before["POLICY"] = func() { x.fake.Troubles["incident"] = []fixture.Trouble{vanished, vanished, vanished} }
	}
	d := doerOf(x.fake)
	d.Journal = x.journal
	do := func() (respond.Plan, string) {
		p := respond.NewPlan(x.r, x.w).Attempt()
		var words []string
		for n, res := range d.Do(t.Context(), p, nil) {
			words = append(words, string(res.Outcome))
			notes := x.fake.Noted[res.GroupID]
			used := strings.Contains(res.Sentence, "The note is that of the try of")
			if res.Outcome != respond.Already && !used && !notetext.HasMark(notes[len(notes)-1], res.Attempt) {
				t.Errorf("the note of %s is %q, its attempt %q", res.GroupID, notes[len(notes)-1].Content, res.Attempt)
			}
			if res.Outcome != respond.Already && res.Attempt != p.Items[n].Attempt {
				t.Errorf("the attempt of %s is %q, confirmed was %q", res.GroupID, res.Attempt, p.Items[n].Attempt)
			}
		}
		return p, strings.Join(words, " ")
	}
	p, got := do()
	if got != "done unknown failed" {
		t.Fatalf("first: %s", got)
	}
	ids := map[string]bool{}
	for _, i := range p.Items {
		ids[i.Attempt] = true
		if !regexp.MustCompile(`^[0-9a-f]{12}$`).MatchString(i.Attempt) {
			t.Errorf("the attempt of %s is %q", i.ID, i.Attempt)
		}
	}
	if len(ids) != 3 {
		t.Errorf("the attempts are %v", slices.Collect(maps.Keys(ids)))
	}
	x.r.Groups = x.fake.Groups("I1", "I2", "I3")
	// An unknown outcome of one leaves the run open: a repetition does the
	// rest.
	if _, got := do(); got != "already already done" {
		t.Errorf("second: %s", got)
	}
	for id, want := range map[string]int{"I1": 1, "I2": 1, "I3": 1} {
		if got := len(x.fake.Noted[id]); got != want {
			t.Errorf("%s has %d notes, want %d", id, got, want)
		}
	}
	if len(x.fake.Notified) != 3 {
		t.Errorf("notified %v", x.fake.Notified)
	}
	// Now all of it is known.
	x.r.Groups = x.fake.Groups("I1", "I2", "I3")
	if _, got := do(); got != "done done done" {
		t.Errorf("third: %s", got)
	}
	if got := len(x.fake.Noted["I3"]); got != 2 {
		t.Errorf("after another attempt I3 has %d notes, want 2", got)
	}
}

// What was done in a run that was cut short, and changed by others since, is not
// done again before the person knows it.
func TestDoneInARunCutShortIsReportedBeforeItIsDoneAgain(t *testing.T) {
	x := newTries(t, respond.Request{Action: respond.Escalate, Reason: "why"})
	x.r.Groups = x.fake.Groups("I1", "I2")
	d := doerOf(x.fake)
	d.Journal = x.journal
	ctx, cancel := context.WithCancel(t.Context())
	x.fake.Before["POLICY"] = cancel
	if got := d.Do(ctx, respond.NewPlan(x.r, x.w).Attempt(), nil); got[0].Outcome != respond.Done || got[1].Outcome != respond.Failed {
		t.Fatalf("= %+v", got)
	}
	if err := x.fake.SetPolicy(t.Context(), "PPAY", "I1"); err != nil {
		t.Fatal(err)
	}
	x.r.Groups = x.fake.Groups("I1")
	first := d.Do(t.Context(), respond.NewPlan(x.r, x.w).Attempt(), nil)[0]
	if first.Outcome != respond.Already || !strings.Contains(first.Sentence, "Since then it was changed: #12 Checkout errors is triggered, with PPAY") ||
		!strings.Contains(first.Sentence, "Nothing was sent now") || len(x.fake.Noted["I1"]) != 1 {
		t.Errorf("= %+v, %d notes", first, len(x.fake.Noted["I1"]))
	}
	if got := d.Do(t.Context(), respond.NewPlan(x.r, x.w).Attempt(), nil); got[0].Outcome != respond.Done || len(x.fake.Noted["I1"]) != 2 {
		t.Errorf("= %+v, %d notes", got, len(x.fake.Noted["I1"]))
	}
}

// Two terminals that do the same at the same time: one does it, the other says
// that it is under way. Afterwards it is another attempt.
func TestTwoTerminalsAtOnce(t *testing.T) {
	x := newTries(t, respond.Request{Action: respond.Escalate, Reason: "why"})
	x.r.Groups = x.fake.Groups("I1")
	var second respond.Result
	x.fake.Before["POLICY"] = func() {
		second = x.do()
	}
	first := x.do()
	if first.Outcome != respond.Done || second.Outcome != respond.Refused || !strings.Contains(second.Sentence, "Another firstline has been doing the same") {
		t.Errorf("first %+v\nsecond %+v", first, second)
	}
	if len(x.fake.Noted["I1"]) != 1 || len(x.fake.Notified) != 1 {
		t.Errorf("%d notes, notified %v", len(x.fake.Noted["I1"]), x.fake.Notified)
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

// always makes everybody's shift last.
func (x *tries) always() {
	for n := range x.fake.Turns {
		x.fake.Turns[n].End = time.Time{}
	}
	x.w.OnCalls = slices.Clone(x.fake.Turns)
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

// While it is unknown whether another action on the same incident came about,
// and it may still, nothing that notifies is sent: both would, and the one that
// arrives last decides who has the incident.
func TestAnotherActionIsPending(t *testing.T) {
	toBo := respond.Target{Kind: respond.ToUser, ID: "UBO"}
	for name, c := range map[string]struct {
		first, second respond.Request
		write         string // of the first, whose answer is lost
		held          bool
	}{
		"hand off, then escalate":    {respond.Request{Action: respond.HandOff, Target: toBo}, respond.Request{Action: respond.Escalate}, "ASSIGN", true},
		"escalate, then hand off":    {respond.Request{Action: respond.Escalate}, respond.Request{Action: respond.HandOff, Target: toBo}, "POLICY", true},
		"escalate, then elsewhere":   {respond.Request{Action: respond.Escalate}, respond.Request{Action: respond.Escalate, Target: respond.Target{Kind: respond.ToPolicy, ID: "PLATE"}}, "POLICY", true},
		"hand off, then acknowledge": {respond.Request{Action: respond.HandOff, Target: toBo}, respond.Request{Action: respond.Acknowledge}, "ASSIGN", false},
		"snooze, then escalate":      {respond.Request{Action: respond.Snooze, Until: fixture.Sunday.Add(time.Hour)}, respond.Request{Action: respond.Escalate}, "SNOOZE", false},
	} {
		t.Run(name, func(t *testing.T) {
			for _, r := range []*respond.Request{&c.first, &c.second} {
				r.Reason, r.Groups = "why", []triage.Group{fixture.GroupOf(fixture.Incident("I1"))}
			}
			x := newTries(t, c.first)
			x.fake.Troubles[c.write] = []fixture.Trouble{vanished}
			if first := x.do(); first.Outcome != respond.Unknown {
				t.Fatalf("first: %+v", first)
			}
			notified := len(x.fake.Notified)
			x.r = c.second
			second := x.do()
			if held := second.Outcome == respond.Refused && second.EarlierUnknown; held != c.held {
				t.Fatalf("second: %+v", second)
			}
			if !c.held {
				return
			}
			if !strings.Contains(second.Sentence, MayComeText) || len(x.fake.Notified) != notified {
				t.Errorf("second: %+v, notified %v", second, x.fake.Notified)
			}
			x.r.Anyway, x.r.Confirmed = true, true
			if third := x.do(); third.Outcome != respond.Done {
				t.Errorf("anyway: %+v", third)
			}
		})
	}
}

// What shows the effect of a write that was sent again may be the second one's: the
// first may still be carried out, so nothing else that notifies is sent.
func TestTheSameSentAgainProvesNothingOfTheFirst(t *testing.T) {
	toBo := respond.Target{Kind: respond.ToUser, ID: "UBO"}
	handOff, escalate := respond.Request{Action: respond.HandOff, Target: toBo}, respond.Request{Action: respond.Escalate}
	elsewhere := respond.Request{Action: respond.Escalate, Target: respond.Target{Kind: respond.ToPolicy, ID: "PLATE"}}
	for name, c := range map[string]struct {
		first, another respond.Request
		write          string
	}{
		"hand off, then escalate":  {handOff, escalate, "ASSIGN"},
		"escalate, then elsewhere": {escalate, elsewhere, "POLICY"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, r := range []*respond.Request{&c.first, &c.another} {
				r.Reason = "why"
			}
			x := newTries(t, c.first)
			x.fake.Troubles[c.write] = []fixture.Trouble{vanished}
			if first := x.do(); first.Outcome != respond.Unknown {
				t.Fatalf("first: %+v", first)
			}
			x.r.Anyway, x.r.Confirmed = true, true
			if again := x.do(); again.Outcome != respond.Done {
				t.Fatalf("again: %+v", again)
			}
			notified := len(x.fake.Notified)
			x.r = c.another
			if held := x.do(); held.Outcome != respond.Refused || !held.EarlierUnknown || !strings.Contains(held.Sentence, MayComeText) || len(x.fake.Notified) != notified {
				t.Errorf("another: %+v, notified %v", held, x.fake.Notified)
			}
			x.now = x.now.Add(6 * time.Minute)
			if later := x.do(); later.Outcome != respond.Done || len(x.fake.Notified) != notified+1 {
				t.Errorf("later: %+v, notified %v", later, x.fake.Notified)
			}
		})
	}
}

// What somebody else did looks like the write whose answer is lost: it proves
// nothing of that one, which may still be carried out after what is done then.
func TestSomebodyElseDidTheSame(t *testing.T) {
	toBo := respond.Target{Kind: respond.ToUser, ID: "UBO"}
	elsewhere := respond.Request{Action: respond.Escalate, Reason: "why", Target: respond.Target{Kind: respond.ToPolicy, ID: "PLATE"}}
	for name, c := range map[string]struct {
		by   sources.Reference
		held bool
	}{
		"Ann did":  {sources.Reference{ID: "UANN", Name: "Ann", Type: "user_reference"}, true},
		"it is us": {sources.Reference{ID: fixture.Dana.ID, Name: "Dana", Type: "user_reference"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			x := newTries(t, respond.Request{Action: respond.HandOff, Reason: "why", Target: toBo})
			x.fake.Troubles["ASSIGN"] = []fixture.Trouble{vanished}
			if first := x.do(); first.Outcome != respond.Unknown {
				t.Fatalf("first: %+v", first)
			}
			x.now = x.now.Add(20 * time.Second)
			me := x.fake.Me
			x.fake.Me = c.by
			if err := x.fake.Assign(t.Context(), []string{"UBO"}, "I1"); err != nil {
				t.Fatal(err)
			}
			x.fake.Me = me
			x.now = x.now.Add(20 * time.Second)
			notified := len(x.fake.Notified)
			x.r = elsewhere
			second := x.do()
			if held := second.Outcome == respond.Refused && second.EarlierUnknown; held != c.held {
				t.Errorf("second: %+v", second)
			}
			if went := len(x.fake.Notified) > notified; went == c.held {
				t.Errorf("notified: %v", x.fake.Notified[notified:])
			}
		})
	}
}

// A write repeats another one when it is later, on the same, and has its effect.
func TestRepeats(t *testing.T) {
	on := func(number int64, incident string, s respond.Step) Begun {
		return Begun{Number: number, GroupID: "G" + incident, IncidentID: incident, Step: s}
	}
	toPolicy := respond.Step{Kind: respond.StepPolicy, PolicyID: "P1"}
	toUser := respond.Step{Kind: respond.StepAssign, UserID: "U1"}
	for name, c := range map[string]struct {
		first, later Begun
		want         bool
	}{
		"the same":                  {on(1, "I1", toPolicy), on(2, "I1", toPolicy), true},
		"itself":                    {on(1, "I1", toPolicy), on(1, "I1", toPolicy), false},
		"before it":                 {on(2, "I1", toPolicy), on(1, "I1", toPolicy), false},
		"on another incident":       {on(1, "I1", toPolicy), on(2, "I2", toPolicy), false},
		"the policy in another way": {on(1, "I1", toPolicy), on(2, "I1", respond.Step{Kind: respond.StepMove, PolicyID: "P1"}), true},
		"another policy, moved":     {on(1, "I1", toPolicy), on(2, "I1", respond.Step{Kind: respond.StepMove, PolicyID: "P2"}), false},
		"to a person":               {on(1, "I1", toPolicy), on(2, "I1", toUser), false},
		"the person asked":          {on(1, "I1", toUser), on(2, "I1", respond.Step{Kind: respond.StepResponders, UserID: "U1"}), true},
		"a note":                    {on(1, "I1", respond.Step{Kind: respond.StepNote}), on(2, "I1", respond.Step{Kind: respond.StepNote}), false},
		"the group, opened meanwhile": {
			Begun{Number: 1, GroupID: "G", Step: respond.Step{Kind: respond.StepOpen}},
			Begun{Number: 2, GroupID: "G", IncidentID: "I1", Step: respond.Step{Kind: respond.StepOpen}},
			true,
		},
	} {
		if got := c.first.Repeats(c.later); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
