package execute

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/sources"
)

// notedActions are the actions that post a note before they act, with the name of
// the write that follows.
func notedActions() map[string]struct {
	r     respond.Request
	write string
} {
	toBo := respond.Target{Kind: respond.ToUser, ID: "UBO"}
	return map[string]struct {
		r     respond.Request
		write string
	}{
		"escalate":    {respond.Request{Action: respond.Escalate, Reason: "why"}, "POLICY"},
		"hand off":    {respond.Request{Action: respond.HandOff, Target: toBo, Reason: "why"}, "ASSIGN"},
		"ask to join": {respond.Request{Action: respond.HandOff, Target: toBo, Responders: true, Reason: "why"}, "RESPONDERS"},
		"next level":  {respond.Request{Action: respond.NextLevel, Reason: "why"}, "LEVEL"},
	}
}

// failedFirst makes a try whose note is posted and whose action is refused.
func failedFirst(t *testing.T, r respond.Request, write string) *tries {
	t.Helper()
	x := newTries(t, r)
	x.r.Facts.Logs = map[string][]sources.LogEntry{"I1": nil}
	x.fake.Troubles[write] = []fixture.Trouble{{Err: fixture.RefusedWith(sources.Forbidden)}}
	if first := x.do(); first.Outcome != respond.Failed || !first.NotePosted || len(x.fake.Noted["I1"]) != 1 {
		t.Fatalf("first: %+v, notes %v, sent %s", first, x.fake.Noted["I1"], x.fake.Writes())
	}
	return x
}

// The note of an action that was refused says nothing false and is on the
// incident: the same again does not post it a second time, and the preview says
// so. What is not the same has a note of its own.
func TestTheNoteOfARefusedActionIsUsedAgain(t *testing.T) {
	forget := func(x *tries) { x.fake.Noted["I1"] = nil }
	for name, c := range map[string]struct {
		change func(*tries)
		// notes are how many are on the incident at the end, in all.
		notes int
		// previewed: the preview says that the note is there.
		previewed bool
	}{
		"at once":              {func(*tries) {}, 1, true},
		"some minutes later":   {func(x *tries) { x.now = x.now.Add(7 * time.Minute) }, 1, true},
		"refused twice":        {func(x *tries) { x.again(t) }, 1, true},
		"notes unreadable":     {func(x *tries) { x.fake.Troubles["notes"] = slices.Repeat([]fixture.Trouble{vanished}, 9) }, 1, true},
		"line ends changed":    {func(x *tries) { x.edit(func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }) }, 1, true},
		"the note was removed": {forget, 1, false},
		"the note was changed": {func(x *tries) { x.edit(func(s string) string { return "not so: " + s }) }, 2, false},
		"another reason":       {func(x *tries) { x.r.Reason = "because" }, 2, false},
		"a step was ticked":    {func(x *tries) { x.r.Tried = map[string][]string{"I1": {"restarted it"}} }, 2, false},
		"the next day":         {func(x *tries) { x.now = x.now.Add(attemptOpen + time.Minute) }, 2, false},
		"a note of their own":  {func(x *tries) { x.r.Note = "mine" }, 2, false},
		"done in between":      {func(x *tries) { x.do() }, 2, false},
	} {
		for action, a := range notedActions() {
			if name == "done in between" && action != "escalate" || name == "the next day" && action != "ask to join" {
				continue // the fixture's on-calls do not allow the same twice
			}
			t.Run(action+", "+name, func(t *testing.T) {
				x := failedFirst(t, a.r, a.write)
				x.t = t
				if name == "refused twice" {
					x.fake.Troubles[a.write] = []fixture.Trouble{{Err: fixture.RefusedWith(sources.Forbidden)}}
				}
				c.change(x)
				p := x.plan()
				lines := strings.Join(p.Lines(), "\n")
				if says := strings.Contains(lines, "The note is on #12 Checkout errors already") && !strings.Contains(lines, "goes along"); says != c.previewed {
					t.Errorf("the preview is\n%s", lines)
				}
				res := x.send(p)
				if res.Outcome != respond.Done || !res.NotePosted || len(x.fake.Noted["I1"]) != c.notes {
					t.Errorf("%+v; %d notes, want %d: %v", res, len(x.fake.Noted["I1"]), c.notes, x.fake.Noted["I1"])
				}
			})
		}
	}
}

// again tries once more.
func (x *tries) again(t *testing.T) {
	t.Helper()
	if res := x.do(); res.Outcome != respond.Failed || !res.NotePosted || !strings.Contains(res.Sentence, "The note is on the incident.") {
		t.Errorf("again: %+v", res)
	}
}

// edit changes the note on the incident.
func (x *tries) edit(change func(string) string) {
	x.fake.Noted["I1"][0].Content = change(x.fake.Noted["I1"][0].Content)
}

// A plan that was made before the note was posted, such as that of a dialog that
// stays open, does not post it again either.
func TestAPlanOfBeforeUsesTheNoteAgain(t *testing.T) {
	for action, a := range notedActions() {
		x := newTries(t, a.r)
		p := x.plan()
		x.fake.Troubles[a.write] = []fixture.Trouble{{Err: fixture.RefusedWith(sources.Forbidden)}}
		if first := x.send(p); first.Outcome != respond.Failed || !first.NotePosted {
			t.Fatalf("%s: %+v", action, first)
		}
		if second := x.send(p); second.Outcome != respond.Done || len(x.fake.Noted["I1"]) != 1 {
			t.Errorf("%s: %+v; notes %v", action, second, x.fake.Noted["I1"])
		}
	}
}

// The responder's own note was corrected, so it is posted again.
func TestACorrectedNoteIsNotUsedAgain(t *testing.T) {
	for action, a := range notedActions() {
		a.r.Reason, a.r.Note = "", "I give this to Bo."
		x := failedFirst(t, a.r, a.write)
		if second := x.do(); second.Outcome != respond.Done || len(x.fake.Noted["I1"]) != 2 || strings.Contains(x.fake.Noted["I1"][1].Content, "did not happen") {
			t.Errorf("%s: %+v; notes %v", action, second, x.fake.Noted["I1"])
		}
	}
}

// A journal that can't be read says so, and does not prevent an escalation.
func TestNotesOfAJournalThatCanNotBeRead(t *testing.T) {
	x := failedFirst(t, respond.Request{Action: respond.Escalate, Reason: "why"}, "POLICY")
	p := x.plan()
	d := doerOf(x.fake)
	d.Journal = unreadable{x.journal}
	if res := d.Do(t.Context(), p.Attempt(), nil)[0]; res.Outcome != respond.Done || !strings.Contains(res.Sentence, "journal") {
		t.Errorf("%+v", res)
	}
}

// unreadable is a journal whose earlier attempts can't be read.
type unreadable struct{ Journal }

func (unreadable) Refused(context.Context, Attempt) ([]Begun, error) {
	return nil, fixture.LostAnswer()
}
