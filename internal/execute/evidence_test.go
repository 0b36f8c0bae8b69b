package execute

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/notetext"
	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/sources"
)

// partialLog is a fake whose logs are not whole.
type partialLog struct{ *fixture.Fake }

func (p partialLog) LogEntries(ctx context.Context, id string) ([]sources.LogEntry, sources.Extent, error) {
	entries, _, err := p.Fake.LogEntries(ctx, id)
	return entries, sources.Extent{Read: true, Missing: "a part is missing"}, err
}

// writesToSettle are writes of each kind on an incident, which does not show them.
func writesToSettle() []respond.Step {
	return []respond.Step{
		{Kind: respond.StepAcknowledge},
		{Kind: respond.StepPolicy, PolicyID: "POPS", Recipients: []string{"UBO"}},
		{Kind: respond.StepMove, PolicyID: "POPS", ServiceID: "SOPS", Recipients: []string{"UBO"}},
		{Kind: respond.StepLevel, PolicyID: "PPAY", Level: 2, Recipients: []string{"UBO"}},
		{Kind: respond.StepAssign, UserID: "UBO", Recipients: []string{"UBO"}},
		{Kind: respond.StepResolve},
		{Kind: respond.StepSnooze, Until: fixture.Sunday.Add(9 * time.Hour)},
		{Kind: respond.StepUrgency, Urgency: "low"},
		{Kind: respond.StepPriority, PriorityID: "PP1"},
		{Kind: respond.StepNote, Note: notetext.Marked("why it was done", "abcdef012345")},
	}
}

// TestOddEvidence: what a write did is never called not done by evidence that is
// incomplete, has no date, or is dated by another clock.
func TestOddEvidence(t *testing.T) {
	const done, failed, unknown = respond.Done, respond.Failed, respond.Unknown
	at := fixture.Sunday.Add(-2 * heldFor)
	me := fixture.Dana
	me.Type = "user_reference"
	type harness struct {
		f       *fixture.Fake
		e       *sources.LogEntry
		seen    *sources.Incident
		partial bool
		step    respond.Step
	}
	for _, tt := range []struct {
		name string
		odd  func(*harness)
		want respond.Outcome
		// note is what is wanted of a note; empty: want.
		note respond.Outcome
	}{
		{"just after it began", func(*harness) {}, done, ""},
		{"no entry", func(w *harness) { w.e = nil }, failed, ""},
		{"no entry in a part of the log", func(w *harness) { w.e, w.partial = nil, true }, unknown, ""},
		{"PagerDuty's clock is 45 s behind", func(w *harness) { w.f.Offset, w.e.CreatedAt = -45*time.Second, at.Add(-44*time.Second) }, done, ""},
		{"PagerDuty's clock is 10 minutes behind", func(w *harness) { w.f.Offset, w.e.CreatedAt = -10*time.Minute, at.Add(-10*time.Minute) }, done, ""},
		{"PagerDuty's clock is 2 hours ahead", func(w *harness) { w.f.Offset, w.e.CreatedAt = 2*time.Hour, at.Add(2*time.Hour) }, done, ""},
		{"45 s before, by a clock that is unknown", func(w *harness) { w.f.NoClock, w.e.CreatedAt = true, at.Add(-45*time.Second) }, unknown, done},
		{"2 hours before, by a clock that is unknown", func(w *harness) { w.f.NoClock, w.e.CreatedAt = true, at.Add(-2*time.Hour) }, unknown, done},
		{"45 s before, by a clock that agrees", func(w *harness) { w.e.CreatedAt = at.Add(-45 * time.Second) }, unknown, done},
		{"no date", func(w *harness) { w.e.CreatedAt = time.Time{} }, unknown, done},
		{"no type", func(w *harness) { w.e.Type = "" }, unknown, done},
		{"no agent", func(w *harness) { w.e.Agent = sources.Reference{} }, unknown, done},
		{"an agent of an unknown type", func(w *harness) { w.e.Agent = sources.Reference{ID: "X1", Type: "robot"} }, unknown, done},
		{"the person, without a type", func(w *harness) { w.e.Agent.Type = "" }, done, ""},
		{"another person", func(w *harness) { w.e.Agent.ID, w.e.Note = "UBO", "something" }, failed, ""},
		{"a service", func(w *harness) {
			w.e.Agent, w.e.Note = sources.Reference{ID: "SCHK", Type: "service_reference"}, "something"
		}, failed, ""},
		{"before what the incident showed", func(w *harness) {
			w.e.CreatedAt, w.seen.UpdatedAt, w.e.Note = at.Add(-20*time.Minute), at.Add(-15*time.Minute), "something"
		}, failed, ""},
		{"nobody is assigned", func(w *harness) {
			w.e = nil
			w.f.Incidents["I1"].Assignments = []sources.Assignment{}
		}, unknown, failed},
		{"a note that was cut", func(w *harness) { w.e.Note = "why it was…" }, done, unknown},
		{"a note without a text", func(w *harness) { w.e.Note = "" }, done, unknown},
		{"another note", func(w *harness) { w.e.Note = "something" }, done, failed},
	} {
		for _, step := range writesToSettle() {
			t.Run(tt.name+", "+string(step.Kind), func(t *testing.T) {
				f := fixture.NewFake()
				seen := fixture.Incident("I1")
				seen.CreatedAt, seen.UpdatedAt = at.Add(-9*time.Hour), at.Add(-9*time.Hour)
				step.IncidentID = "I1"
				kind := "annotate"
				if step.Kind != respond.StepNote {
					kind = logTypes[step.Kind][0]
				}
				w := &harness{f: f, seen: &seen, step: step, e: &sources.LogEntry{
					Type: kind, Agent: me, Incident: sources.Reference{ID: "I1"}, CreatedAt: at.Add(time.Second), Note: step.Note,
				}}
				tt.odd(w)
				if w.e != nil {
					f.Entries = []sources.LogEntry{*w.e}
				}
				d := doerOf(f)
				if w.partial {
					d.Incidents = partialLog{f}
				}
				want := tt.want
				if step.Kind == respond.StepNote {
					want = cmp.Or(tt.note, want)
				}
				got := d.Settle(t.Context(), []Begun{{
					At: at, Action: respond.Escalate, PersonID: me.ID, IncidentID: "I1", Step: step, Seen: &seen, Attempt: "abcdef012345",
				}})[0]
				if got.Outcome != want || f.Writes() != "" {
					t.Errorf("%s: %s; want %s", got.Outcome, got.Sentence, want)
				}
			})
		}
	}
}

// A write that notifies others than the preview said, since a turn ended while it
// was held, came about all the same.
func TestOtherAssigneesProveNothing(t *testing.T) {
	at := fixture.Sunday.Add(-2 * heldFor)
	for _, step := range writesToSettle() {
		if len(step.Recipients) == 0 || step.Kind == respond.StepAssign {
			continue
		}
		f := fixture.NewFake()
		f.Entries = []sources.LogEntry{{
			Type: "assign", Agent: fixture.Dana, Incident: sources.Reference{ID: "I1"}, CreatedAt: at.Add(time.Second), Assignees: []sources.Reference{{ID: "UELSE"}},
		}}
		step.IncidentID = "I1"
		seen := fixture.Incident("I1")
		got := doerOf(f).Settle(t.Context(), []Begun{{At: at, PersonID: fixture.Dana.ID, Step: step, Seen: &seen}})[0]
		if got.Outcome != respond.Unknown {
			t.Errorf("%s: %s: %s", step.Kind, got.Outcome, got.Sentence)
		}
	}
}

// PagerDuty may name the entry of a changed priority in another way than its schema.
func TestPriorityUnderAnotherName(t *testing.T) {
	at := fixture.Sunday.Add(-2 * heldFor)
	f := fixture.NewFake()
	f.Entries = []sources.LogEntry{{Type: "priority_change", Agent: fixture.Dana, Incident: sources.Reference{ID: "I1"}, CreatedAt: at.Add(time.Second)}}
	seen := fixture.Incident("I1")
	got := doerOf(f).Settle(t.Context(), []Begun{{
		At: at, PersonID: fixture.Dana.ID, Step: respond.Step{Kind: respond.StepPriority, IncidentID: "I1", PriorityID: "PP1"}, Seen: &seen,
	}})[0]
	if got.Outcome != respond.Unknown {
		t.Errorf("%s: %s", got.Outcome, got.Sentence)
	}
}

// A note that can't be read may be the one that was posted.
func TestNotesWithoutText(t *testing.T) {
	at := fixture.Sunday.Add(-2 * heldFor)
	text := notetext.Marked("why", "abcdef012345")
	for _, tt := range []struct {
		name string
		note sources.Note
		want respond.Outcome
	}{
		{"ours", sources.Note{Content: text}, respond.Done},
		{"ours, with more below", sources.Note{Content: text + "\nand more"}, respond.Done},
		{"without a text", sources.Note{ID: "N1"}, respond.Unknown},
		{"of blanks", sources.Note{ID: "N1", Content: " \r\n"}, respond.Unknown},
		{"another", sources.Note{ID: "N1", Content: "something"}, respond.Failed},
	} {
		f := fixture.NewFake()
		f.Noted["I1"] = []sources.Note{tt.note}
		got := doerOf(f).Settle(t.Context(), []Begun{{
			At: at, PersonID: fixture.Dana.ID, Attempt: "abcdef012345", Step: respond.Step{Kind: respond.StepNote, IncidentID: "I1", Note: text},
		}})[0]
		if got.Outcome != tt.want {
			t.Errorf("%s: %s: %s", tt.name, got.Outcome, got.Sentence)
		}
		posted := respond.PostedNote{Attempt: "abcdef012345", IncidentID: "I1", Text: "why"}
		if still := stillPosted(t.Context(), f, posted); still != (tt.want == respond.Unknown || tt.name == "ours") {
			t.Errorf("%s: still posted: %v", tt.name, still)
		}
	}
}

// An incident that is resolved by now may be the one that was opened, whatever
// clock dates it.
func TestOddDatesOfWhatWasOpened(t *testing.T) {
	at := fixture.Sunday.Add(-2 * heldFor)
	for _, tt := range []struct {
		name    string
		created time.Time
		offset  time.Duration
		unknown bool
		want    respond.Outcome
	}{
		{"after", at.Add(time.Second), 0, false, respond.Done},
		{"PagerDuty's clock is behind", at.Add(-10 * time.Minute), -10 * time.Minute, false, respond.Done},
		{"a minute before", at.Add(-time.Minute), 0, false, respond.Unknown},
		{"a minute before, by an unknown clock", at.Add(-time.Minute), 0, true, respond.Unknown},
		{"no date", time.Time{}, 0, false, respond.Unknown},
		{"yesterday", at.Add(-24 * time.Hour), 0, false, respond.Failed},
	} {
		f := fixture.NewFake()
		f.Offset, f.NoClock = tt.offset, tt.unknown
		i := fixture.ResolvedIncident("I9", fixture.Ann, at)
		i.Key, i.CreatedAt = "k9", tt.created
		f.Incidents["I9"] = &i
		opened := respond.Step{Kind: respond.StepOpen, Open: &sources.NewIncident{Key: "k9"}}
		if got := doerOf(f).Settle(t.Context(), []Begun{{At: at, GroupID: "k9", Step: opened}})[0]; got.Outcome != tt.want {
			t.Errorf("%s: %s: %s", tt.name, got.Outcome, got.Sentence)
		}
		note := respond.Step{Kind: respond.StepNote, Note: "why"}
		if got := doerOf(f).Settle(t.Context(), []Begun{{At: at, GroupID: "k9", Step: note}})[0]; (got.Outcome == respond.Unknown) != (tt.want == respond.Unknown) {
			t.Errorf("%s, a note: %s: %s", tt.name, got.Outcome, got.Sentence)
		}
	}
}

// Requests that contradict who is listed as asked prove nothing.
func TestContradictingResponders(t *testing.T) {
	at := fixture.Sunday.Add(-2 * heldFor)
	bo := func(by string, when time.Time) sources.Responder {
		return sources.Responder{User: sources.Reference{ID: "UBO"}, State: "pending", At: when, By: sources.Reference{ID: by}}
	}
	none := []sources.ResponderRequest{}
	asked := []sources.ResponderRequest{{By: fixture.Ann, Targets: []sources.Reference{{ID: "UBO"}}}}
	for _, tt := range []struct {
		name   string
		step   respond.Step
		before []sources.Responder
		asked  []sources.ResponderRequest
		now    []sources.Responder
		want   respond.Outcome
	}{
		{"nothing", respond.Step{UserID: "UBO"}, nil, none, nil, respond.Failed},
		{"pending, by us", respond.Step{UserID: "UBO"}, nil, none, []sources.Responder{bo(fixture.Dana.ID, at)}, respond.Done},
		{"pending, by us, a minute before", respond.Step{UserID: "UBO"}, nil, none, []sources.Responder{bo(fixture.Dana.ID, at.Add(-time.Minute))}, respond.Unknown},
		{"pending, without a date", respond.Step{UserID: "UBO"}, nil, none, []sources.Responder{bo(fixture.Dana.ID, time.Time{})}, respond.Unknown},
		{"pending, by nobody known", respond.Step{UserID: "UBO"}, nil, none, []sources.Responder{bo("", at)}, respond.Unknown},
		{"pending, through a policy", respond.Step{PolicyID: "POPS"}, nil, none, []sources.Responder{bo(fixture.Dana.ID, at)}, respond.Unknown},
		{"pending since before, with its request", respond.Step{UserID: "UBO"}, []sources.Responder{bo(fixture.Dana.ID, at)}, asked, []sources.Responder{bo(fixture.Dana.ID, at)}, respond.Failed},
		{"pending, by another", respond.Step{UserID: "UBO"}, nil, asked, []sources.Responder{bo(fixture.Ann.ID, at)}, respond.Failed},
	} {
		f := fixture.NewFake()
		seen := fixture.Incident("I1")
		seen.Asked, seen.Responders = none, tt.before
		f.Incidents["I1"].Asked, f.Incidents["I1"].Responders = tt.asked, tt.now
		tt.step.Kind, tt.step.IncidentID = respond.StepResponders, "I1"
		if got := doerOf(f).Settle(t.Context(), []Begun{{At: at, PersonID: fixture.Dana.ID, Step: tt.step, Seen: &seen}})[0]; got.Outcome != tt.want {
			t.Errorf("%s: %s: %s", tt.name, got.Outcome, got.Sentence)
		}
	}
}

// A silence that does not say since or until when it lasts proves nothing.
func TestSilencesWithoutDates(t *testing.T) {
	at := fixture.Sunday.Add(-2 * heldFor)
	want := sources.Silence{Source: "am-eu", ID: "S1", Comment: "why", CreatedBy: "dana", Matchers: []sources.Matcher{{Name: "a", Value: "b", Equal: true}}}
	for _, tt := range []struct {
		name   string
		kind   respond.StepKind
		change func(*sources.Silence)
		want   respond.Outcome
	}{
		{"made", respond.StepSilence, func(*sources.Silence) {}, respond.Done},
		{"made since nobody knows when", respond.StepSilence, func(s *sources.Silence) { s.StartsAt = time.Time{} }, respond.Unknown},
		{"made long before", respond.StepSilence, func(s *sources.Silence) { s.StartsAt = at.Add(-time.Hour) }, respond.Failed},
		{"not extended", respond.StepExtend, func(*sources.Silence) {}, respond.Failed},
		{"extended until nobody knows when", respond.StepExtend, func(s *sources.Silence) { s.EndsAt = time.Time{} }, respond.Unknown},
		{"ended, without a state", respond.StepExpire, func(s *sources.Silence) { s.State = "" }, respond.Unknown},
	} {
		f := fixture.NewFake()
		s := want
		s.StartsAt, s.EndsAt, s.State = at, at.Add(9*time.Hour), "active"
		tt.change(&s)
		f.Silences = []sources.Silence{s}
		step := respond.Step{Kind: tt.kind, Silence: &want, Until: at.Add(20 * time.Hour)}
		if got := doerOf(f).Settle(t.Context(), []Begun{{At: at, Step: step}})[0]; got.Outcome != tt.want {
			t.Errorf("%s: %s: %s", tt.name, got.Outcome, got.Sentence)
		}
	}
}

// vanishing is a fake which answers that it opened an incident that it does not
// have.
type vanishing struct{ *fixture.Fake }

func (v vanishing) Open(ctx context.Context, n sources.NewIncident) (sources.Incident, error) {
	i, err := v.Fake.Open(ctx, n)
	delete(v.Incidents, i.ID)
	return i, err
}

func TestOpenedAccordingToTheAnswerAlone(t *testing.T) {
	f := fixture.NewFake()
	d := doerOf(f)
	d.Incidents = vanishing{f}
	r := &run{d: d, p: respond.Plan{Action: respond.Escalate}, begun: map[string]bool{}, wrote: map[string]bool{}, progress: map[string]progress{}}
	res := respond.Result{}
	v := r.open(t.Context(), respond.Item{}, respond.Step{Kind: respond.StepOpen, PolicyID: "PPAY", Open: &sources.NewIncident{Key: "k9", PolicyID: "PPAY"}}, &res)
	if v.outcome != respond.Unknown || v.until.IsZero() || !strings.Contains(v.sentence, "no such incident") || res.Incident != nil {
		t.Errorf("%s: %s; %+v", v.outcome, v.sentence, res.Incident)
	}
	if !slices.ContainsFunc(f.Calls, func(c string) bool { return strings.HasPrefix(c, "OPEN") }) {
		t.Error("nothing was sent")
	}
}
