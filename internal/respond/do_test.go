package respond

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

var (
	_ sources.Incidents = (*fake)(nil)
	_ sources.Silencer  = (*fake)(nil)
	_ sources.Reader    = (*fake)(nil)
)

// do plans and does a request on a fake.
func do(t *testing.T, f *fake, r Request) Result {
	t.Helper()
	if r.Groups == nil {
		r.Groups = f.groups("I1")
	}
	return doerOf(f).Do(context.Background(), plan(t, r), nil)[0]
}

func plan(t *testing.T, r Request) Plan {
	t.Helper()
	if r.Action != Acknowledge && r.Reason == "" {
		r.Reason = "why"
	}
	p := NewPlan(r, world(Developer))
	if !p.Ready() {
		t.Fatalf("the plan is not ready: %+v", p)
	}
	return p
}

var (
	ackIt     = Request{Action: Acknowledge}
	escalate  = Request{Action: Escalate}
	toEve     = Request{Action: HandOff, Target: Target{Kind: ToUser, ID: "UEVE"}}
	toOwner   = Request{Action: HandOff, Target: Target{Kind: ToOwner}}
	noteIt    = Request{Action: AddNote}
	openIt    = Request{Action: Escalate, Groups: []triage.Group{alertsGroup()}}
	ackOpen   = Request{Action: Acknowledge, Groups: []triage.Group{alertsGroup()}, Instead: ByIncident}
	silenceIt = Request{Action: Acknowledge, Groups: []triage.Group{alertsGroup()}, Instead: BySilence}
)

func TestDo(t *testing.T) {
	// race changes the world between the preview and the write.
	race := func(name string, change func(*sources.Incident)) func(*fake) {
		return func(f *fake) { f.before[name] = func() { change(f.incidents["I1"]) } }
	}
	annAcks := func(i *sources.Incident) {
		*i = acknowledgedIncident("I1", ann, sunday.Add(-3*time.Second))
	}
	annResolves := func(i *sources.Incident) { *i = resolvedIncident("I1", ann, sunday.Add(-3*time.Second)) }
	toFirstLine := func(i *sources.Incident) {
		i.Policy, i.Assignments = ref("PFIRST", "Ops first line"), []sources.Assignment{{User: bo}}
	}
	elsewhere := func(i *sources.Incident) {
		i.Policy, i.Assignments = ref("PLATE", "Late"), []sources.Assignment{{User: eve}}
	}
	reassigned := func(i *sources.Incident) { i.Assignments = []sources.Assignment{{User: cy, At: sunday}} }
	fails := func(name string, all ...trouble) func(*fake) { return func(f *fake) { f.troubles[name] = all } }
	lostBut := trouble{err: lostAnswer(), happens: true}
	lostAnd := trouble{err: lostAnswer()}
	refused := func(r sources.Reason) trouble { return trouble{err: refusedWith(r)} }
	both := func(all ...func(*fake)) func(*fake) {
		return func(f *fake) {
			for _, one := range all {
				one(f)
			}
		}
	}
	tests := []struct {
		name     string
		r        Request
		world    func(*fake)
		outcome  Outcome
		sentence string // contains
		writes   string
		pages    string
	}{
		// As planned.
		{"ack", ackIt, nil, Done, "Acknowledged #12 Checkout errors.", "ACK I1", ""},
		{"ack with a reason", Request{Action: Acknowledge, Reason: "on it"}, nil, Done, "Acknowledged #12 Checkout errors. The note is on the incident.", "ACK I1; NOTE I1", ""},
		{"escalate", escalate, nil, Done, "Escalated to Ops first line: now assigned to Bo Larsen.", "NOTE I1; POLICY PFIRST I1", "UBO"},
		{"hand off to a person", toEve, nil, Done, "Handed off: now assigned to UEVE.", "NOTE I1; ASSIGN UEVE I1", "UEVE"},
		{"note", noteIt, nil, Done, "The note is on the incident.", "NOTE I1", ""},
		{"escalate alerts", openIt, nil, Done, "Opened #12 HighErrorRate checkout: assigned to Bo Larsen.", "OPEN SCHK; NOTE NEW1", "UBO"},
		{"ack alerts by incident", ackOpen, nil, Done, "Acknowledged #12 HighErrorRate checkout.", "OPEN SCHK; ACK NEW1; NOTE NEW1", "UDANA"},
		{"silence", silenceIt, nil, Done, "Acknowledged by 1 silence until 2026-11-22 02:45 UTC.", "SILENCE", ""},

		// Somebody was faster.
		{"acked by Ann", ackIt, race("incident", annAcks), Already, "Already acknowledged by Ann Berg 3 s ago.", "", ""},
		{"resolved before ack", ackIt, race("incident", annResolves), Already, "Already resolved by Ann Berg 3 s ago.", "", ""},
		{"resolved while acking", ackIt, race("ACK", annResolves), Already, "Already resolved by Ann Berg 3 s ago.", "ACK I1", ""},
		{"merged while acking", ackIt, fails("ACK", refused(sources.AlreadyMerged)), Failed, "PagerDuty says that the incident is already merged, but reading it says otherwise", "ACK I1", ""},
		{"resolved before escalate", escalate, race("incident", annResolves), Already, "Already resolved by Ann Berg 3 s ago: nothing to escalate.", "", ""},
		{"escalated by another", escalate, race("incident", toFirstLine), Already, "Already with Ops first line: assigned to Bo Larsen.", "", ""},
		{"acked before escalate", escalate, race("incident", annAcks), Refused, "It changed since the preview: now acknowledged by Ann Berg 3 s ago. It was not escalated", "", ""},
		{"elsewhere before escalate", escalate, race("incident", elsewhere), Refused, "now with Late, assigned to Eve Stone", "", ""},
		{"reassigned before escalate", escalate, race("incident", reassigned), Refused, "now assigned to Cy Park", "", ""},
		{"assigned to nobody before escalate", escalate, race("incident", func(i *sources.Incident) { i.Assignments = []sources.Assignment{} }), Refused, "now assigned to nobody.", "", ""},
		{"elsewhere, with whom is not told", escalate, race("incident", func(i *sources.Incident) { elsewhere(i); i.Assignments = nil }), Refused, "now with Late. It was not escalated", "", ""},
		{"with the target, with whom is not told", escalate, race("incident", func(i *sources.Incident) { toFirstLine(i); i.Assignments = nil }), Already, "Already with Ops first line: assigned to whom is unknown, because PagerDuty did not say.", "", ""},
		{"reassigned before hand-off", toEve, race("incident", reassigned), Refused, "It was not handed off; look again.", "", ""},
		{"given to Eve by another", toEve, race("incident", func(i *sources.Incident) { i.Assignments = []sources.Assignment{{User: eve}} }), Already, "Already assigned to Eve Stone", "", ""},
		{"opened by another at the target", openIt, func(f *fake) {
			i := incident("I9")
			i.Key, i.Policy, i.Assignments = "0123456789ab", ref("PFIRST", "Ops first line"), []sources.Assignment{{User: bo}}
			f.incidents["I9"] = &i
		}, Already, "An incident is open already: #12 Checkout errors, with Ops first line, assigned to Bo Larsen.", "", ""},
		{"opened by another elsewhere", openIt, func(f *fake) {
			i := incident("I9")
			i.Key = "0123456789ab"
			f.incidents["I9"] = &i
		}, Refused, "An incident was opened since the preview", "", ""},
		{"opened by another, ack it", ackOpen, func(f *fake) {
			i := incident("I9")
			i.Key = "0123456789ab"
			f.incidents["I9"] = &i
		}, Done, "Acknowledged #12 Checkout errors.", "ACK I9; NOTE I9", ""},
		{"shift changed", escalate, func(f *fake) { f.onCalls[0].User = cy }, Refused, "Who is on call at Ops first line changed since the preview: it would notify Cy Park. Nothing was sent", "", ""},
		{"shift ended", escalate, func(f *fake) { f.onCalls = nil }, Refused, "Nobody is on call at Ops first line any more", "", ""},
		{"shift changed before opening", openIt, func(f *fake) { f.onCalls[0].User = cy }, Refused, "it would notify Cy Park", "", ""},
		{"silenced by another", silenceIt, func(f *fake) {
			f.silences = []sources.Silence{{ID: "s0", CreatedBy: "ann"}}
			for n := range f.alerts {
				f.alerts[n].SilencedBy = []string{"s0"}
			}
		}, Already, "Already silenced by ann", "", ""},
		{"silence would catch another", silenceIt, func(f *fake) {
			twin := f.alerts[0]
			twin.Fingerprint, twin.Labels = "f8", sources.MergeLabels(twin.Labels, map[string]string{"pod": "z"})
			f.alerts = append(f.alerts, twin)
		}, Refused, "would now also match an alert that the preview did not show: HighErrorRate", "", ""},

		// Answers that were lost.
		{"ack lost, arrived", ackIt, fails("ACK", lostBut), Done, "Acknowledged #12", "ACK I1", ""},
		{"ack lost, did not arrive", ackIt, fails("ACK", lostAnd), Unknown, "does not show it yet, and it may still be carried out until ", "ACK I1", ""},
		{
			"ack lost, can't look", ackIt,
			both(fails("ACK", lostBut), func(f *fake) {
				f.before["ACK"] = func() { f.troubles["incident"] = []trouble{lostAnd, lostAnd, lostAnd, lostAnd} }
			}),
			Unknown, "The answer to the acknowledgement was lost, and looking failed as well", "ACK I1", "",
		},
		{"escalation lost, arrived", escalate, fails("POLICY", lostBut), Done, "Escalated to Ops first line", "NOTE I1; POLICY PFIRST I1", "UBO"},
		{"escalation lost, did not arrive", escalate, fails("POLICY", lostAnd), Unknown, "The note is on the incident. The answer to the escalation was lost. PagerDuty does not show it yet, and it may still be carried out until ", "NOTE I1; POLICY PFIRST I1", ""},
		{"restart lost can't be told", toOwner, both(fails("POLICY", lostAnd), fails("log", lostAnd, lostAnd, lostAnd)), Unknown, "its log could not be read", "NOTE I1; POLICY PPAY I1", ""},
		{"restart lost, and its log has none", toOwner, fails("POLICY", lostAnd), Unknown, "does not show it yet, and it may still be carried out until ", "NOTE I1; POLICY PPAY I1", ""},
		{"assignment lost, arrived", toEve, fails("ASSIGN", lostBut), Done, "Handed off", "NOTE I1; ASSIGN UEVE I1", ""},
		{"note lost, arrived", noteIt, fails("NOTE", lostBut), Done, "The note is on the incident.", "NOTE I1", ""},
		{"note lost, did not arrive", noteIt, fails("NOTE", lostAnd), Unknown, "does not show it yet, and it may still be carried out until ", "NOTE I1", ""},
		{"note of escalation lost, did not arrive", escalate, fails("NOTE", lostAnd), Unknown, "Nothing else was sent.", "NOTE I1", ""},
		{"note of escalation lost, arrived", escalate, fails("NOTE", lostBut), Done, "Escalated to Ops first line", "NOTE I1; POLICY PFIRST I1", "UBO"},
		{"note lost, can't look", noteIt, both(fails("NOTE", lostBut), fails("notes", lostAnd, lostAnd, lostAnd)), Unknown, "looking failed as well", "NOTE I1", ""},
		{"opening lost, arrived", openIt, fails("OPEN", lostBut), Done, "Opened #12", "OPEN SCHK; NOTE NEW1", "UBO"},
		{"opening lost, did not arrive", openIt, fails("OPEN", lostAnd), Unknown, "does not show it yet, and it may still be carried out until ", "OPEN SCHK", ""},
		{"opening lost, can't look", openIt, both(fails("OPEN", lostBut), fails("bykey", trouble{}, lostAnd, lostAnd, lostAnd)), Unknown, "It may have happened, or may still happen until", "OPEN SCHK", "UBO"},
		{"silence lost, arrived", silenceIt, fails("SILENCE", lostBut), Done, "Acknowledged by 1 silence", "SILENCE", ""},
		{"silence lost, did not arrive", silenceIt, fails("SILENCE", lostAnd), Unknown, "does not show it yet, and it may still be carried out until ", "SILENCE", ""},
		{"silence lost, can't look", silenceIt, both(fails("SILENCE", lostBut), fails("read", trouble{}, lostAnd, lostAnd, lostAnd)), Unknown, "looking failed as well", "SILENCE", ""},
		{"unclassified is lost", ackIt, fails("ACK", trouble{err: fmt.Errorf("what"), happens: true}), Done, "Acknowledged", "ACK I1", ""},

		// Refused by PagerDuty, or not reached.
		{"can't read before", escalate, fails("incident", lostAnd), Failed, "Nothing was sent, because the incident could not be read just before: no answer from PagerDuty", "", ""},
		{"incident gone", ackIt, func(f *fake) { delete(f.incidents, "I1") }, Failed, "Nothing was sent, because the incident could not be read just before: PagerDuty has it no more", "", ""},
		{"can't tell who is on call", escalate, fails("oncalls", lostAnd), Failed, "Nothing was sent, because who is on call at Ops first line", "", ""},
		{"policy gone, seen early", escalate, fails("oncalls", refused(sources.NotFound)), Refused, "The escalation policy Ops first line is gone from PagerDuty", "", ""},
		{"policy gone", escalate, fails("POLICY", refused(sources.NotFound)), Failed, "The note is on the incident. The escalation policy Ops first line is gone from PagerDuty: choose another target.", "NOTE I1; POLICY PFIRST I1", ""},
		{"user gone", toEve, fails("ASSIGN", refused(sources.NotFound)), Failed, "PagerDuty has no user Eve Stone any more", "NOTE I1; ASSIGN UEVE I1", ""},
		{"nobody on call", escalate, fails("POLICY", refused(sources.NobodyOnCall)), Failed, "The note is on the incident. The escalation did not come about: nobody is on call there. Choose another target.", "NOTE I1; POLICY PFIRST I1", ""},
		{"rate limited", ackIt, fails("ACK", trouble{err: &sources.Error{Reason: sources.RateLimited, RetryAfter: 42 * time.Second}}), Failed, "PagerDuty takes no more requests from you for now. Wait 42 s and try again.", "ACK I1", ""},
		{"no right", ackIt, fails("ACK", refused(sources.Forbidden)), Failed, "you have no right to do this in PagerDuty", "ACK I1", ""},
		{"no token", ackIt, fails("ACK", refused(sources.Unauthorized)), Failed, "did not accept the token", "ACK I1", ""},
		{"no plan for it", ackIt, fails("ACK", refused(sources.MissingAbility)), Failed, "plan does not include it", "ACK I1", ""},
		{"requester not known", noteIt, fails("NOTE", refused(sources.UnknownRequester)), Failed, "knows no user with your email", "NOTE I1", ""},
		{"rejected", noteIt, fails("NOTE", trouble{err: &sources.Error{Reason: sources.Rejected, Sentence: "There are 2000 notes already.\x1b[2J"}}), Failed, "The note could not be posted: There are 2000 notes already.", "NOTE I1", ""},
		{"note of escalation refused", escalate, fails("NOTE", refused(sources.Forbidden)), Failed, "Nothing else was sent.", "NOTE I1", ""},
		{"resolved while escalating", escalate, fails("POLICY", refused(sources.AlreadyResolved)), Failed, "The note is on the incident. The escalation did not come about. PagerDuty says that the incident is already resolved, but reading it says otherwise: now triggered", "NOTE I1; POLICY PFIRST I1", ""},
		{"opened, but with an error", openIt, fails("OPEN", trouble{err: refusedWith(sources.Forbidden), happens: true}), Done, "Opened #12", "OPEN SCHK; NOTE NEW1", "UBO"},
		{"not opened", openIt, fails("OPEN", refused(sources.Forbidden)), Failed, "No incident was opened: you have no right", "OPEN SCHK", ""},
		{"opened, note refused", openIt, fails("NOTE", refused(sources.Forbidden)), Done, "Opened #12 HighErrorRate checkout: assigned to Bo Larsen. The note could not be posted", "OPEN SCHK; NOTE NEW1", "UBO"},
		{"silence refused", silenceIt, fails("SILENCE", trouble{err: &sources.Error{Source: sources.Source{Kind: sources.Alertmanager, Name: "am-eu"}, Reason: sources.Forbidden}}), Failed, "you have no right to do this in am-eu", "SILENCE", ""},

		// Reading back.
		{"ack accepted, not shown", ackIt, func(f *fake) { f.me = sources.Reference{} }, Already, "Already acknowledged", "ACK I1", ""},
		{
			"escalation accepted, can't look", escalate,
			func(f *fake) {
				f.before["POLICY"] = func() { f.troubles["incident"] = []trouble{lostAnd, lostAnd, lostAnd} }
			},
			Done, "Escalated to Ops first line: now assigned to Bo Larsen. So says PagerDuty's answer; it was not read back, because", "NOTE I1; POLICY PFIRST I1", "UBO",
		},
		{
			"escalation accepted, another took it", escalate,
			func(f *fake) {
				f.before["incident"] = func() { f.before["incident"] = func() { elsewhere(f.incidents["I1"]) } }
			},
			Unknown, "PagerDuty accepted the escalation, but the incident does not show it: now triggered, with Late", "NOTE I1; POLICY PFIRST I1", "UBO",
		},
		{"silence accepted, can't look", silenceIt, fails("silence", lostAnd, lostAnd, lostAnd), Done, "am-eu answered ok, with the id of the silence; it was not read back, because", "SILENCE", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake()
			r := tt.r
			if r.Groups == nil {
				r.Groups = f.groups("I1")
			}
			if tt.world != nil {
				tt.world(f)
			}
			var reported []Result
			results := doerOf(f).Do(context.Background(), plan(t, r), func(res Result) { reported = append(reported, res) })
			if len(results) != 1 || len(reported) != 1 || reported[0].Sentence != results[0].Sentence {
				t.Fatalf("results %+v, reported %+v", results, reported)
			}
			got := results[0]
			if got.Outcome != tt.outcome || !strings.Contains(got.Sentence, tt.sentence) {
				t.Errorf("= %s %q\nwant %s %q", got.Outcome, got.Sentence, tt.outcome, tt.sentence)
			}
			if w := f.writes(); w != tt.writes {
				t.Errorf("writes = %q, want %q", w, tt.writes)
			}
			if p := strings.Join(f.pages, ","); p != tt.pages && !strings.Contains(tt.name, "lost") {
				t.Errorf("paged %q, want %q", p, tt.pages)
			}
			if strings.ContainsAny(got.Sentence, "\x1b\n") || !strings.ContainsAny(got.Sentence[len(got.Sentence)-1:], ".") {
				t.Errorf("no clean sentence: %q", got.Sentence)
			}
			if got.GroupID != r.Groups[0].ID || got.Title == "" {
				t.Errorf("whose result is it? %+v", got)
			}
		})
	}
}

// The same words from long ago do not prove that a lost note arrived.
func TestOldNoteProvesNothing(t *testing.T) {
	f := newFake()
	f.notes["I1"] = []sources.Note{{ID: "N0", Content: "why", User: dana, CreatedAt: sunday.Add(-3 * time.Hour)}}
	f.troubles["NOTE"] = []trouble{{err: lostAnswer()}}
	if got := do(t, f, noteIt); got.Outcome != Unknown {
		t.Errorf("= %+v", got)
	}
}

// A preview that was open for a while must not make a silence that has ended.
func TestSilenceBeginsWhenItIsMade(t *testing.T) {
	f := newFake()
	f.now = func() time.Time { return sunday.Add(time.Hour) }
	do(t, f, silenceIt)
	s := f.silences[0]
	if !s.StartsAt.Equal(f.now()) || !s.EndsAt.Equal(f.now().Add(AckSilence)) {
		t.Errorf("from %v until %v", s.StartsAt, s.EndsAt)
	}
}

func TestOpeningTwiceIsOnce(t *testing.T) {
	f := newFake()
	do(t, f, openIt)
	if got := do(t, f, openIt); got.Outcome != Already {
		t.Errorf("again: %+v", got)
	}
	if len(f.pages) != 1 {
		t.Errorf("paged %v", f.pages)
	}
}

// When the note had to wait, as for a rate limit, the incident is looked at
// again before somebody is paged.
func TestLooksAgainWhenTheNoteTookLong(t *testing.T) {
	f := newFake()
	now := sunday
	f.now = func() time.Time { return now }
	f.before["NOTE"] = func() {
		now = now.Add(time.Minute)
		*f.incidents["I1"] = acknowledgedIncident("I1", ann, now)
	}
	got := do(t, f, escalate)
	if got.Outcome != Refused || !strings.HasPrefix(got.Sentence, "The note is on the incident. It changed since the preview: now acknowledged by Ann Berg") {
		t.Errorf("= %+v", got)
	}
	if len(f.pages) > 0 {
		t.Errorf("paged %v", f.pages)
	}
}

func TestReadOnlyDoerSendsNothing(t *testing.T) {
	for name, r := range map[string]Request{
		"ack": ackIt, "escalate": escalate, "hand off": toEve, "note": noteIt, "open": openIt, "ack by incident": ackOpen, "silence": silenceIt,
	} {
		f := newFake()
		d := doerOf(f)
		d.ReadOnly = true
		if r.Groups == nil {
			r.Groups = f.groups("I1")
		}
		got := d.Do(context.Background(), plan(t, r), nil)[0]
		if got.Outcome != Refused || got.Sentence != readOnlySentence || len(f.calls) > 0 {
			t.Errorf("%s: %+v, calls %q", name, got, f.calls)
		}
		// And the last door is shut as well.
		sent := false
		err := (&run{d: d}).write(context.Background(), func(context.Context) error { sent = true; return nil })
		if err == nil || sent {
			t.Errorf("%s: the door is open", name)
		}
	}
}

func TestWhatThePlanRefusesIsNotSent(t *testing.T) {
	f := newFake()
	p := NewPlan(Request{Action: Escalate, Groups: f.groups("I1"), Target: Target{Kind: ToPolicy, ID: "PEMPTY"}}, world(Developer))
	if got := doerOf(f).Do(context.Background(), p, nil)[0]; got.Outcome != Refused || !strings.Contains(got.Sentence, "Nobody is on call") {
		t.Errorf("= %+v", got)
	}
	p = NewPlan(Request{Action: Acknowledge, Groups: []triage.Group{alertsGroup(), f.groups("I1")[0]}}, world(Developer))
	results := doerOf(f).Do(context.Background(), p, nil)
	if results[0].Outcome != Refused || results[1].Outcome != Done || f.writes() != "ACK I1" {
		t.Errorf("without a choice only the incident is acknowledged: %+v", results)
	}
	d := doerOf(f)
	d.Incidents = nil
	if got := d.Do(context.Background(), plan(t, Request{Action: Escalate, Groups: f.groups("I2")}), nil)[0]; got.Outcome != Refused {
		t.Errorf("= %+v", got)
	}
}

// doerOf returns a Doer for the fake's systems.
func doerOf(f *fake) *Doer {
	return &Doer{
		Incidents: f, Silencers: []sources.Silencer{f}, Now: f.now, Email: "dana@example.com",
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}
