package execute

import (
	"context"
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
