package execute

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/internal/silencing"
	"firstline/internal/triage"
	"firstline/sources"
)

var (
	_ sources.Incidents = (*fixture.Fake)(nil)
	_ sources.Silencer  = (*fixture.Fake)(nil)
	_ sources.Reader    = (*fixture.Fake)(nil)
)

// do plans and does a request on a fake.
func do(t *testing.T, f *fixture.Fake, r respond.Request) respond.Result {
	t.Helper()
	if r.Groups == nil {
		r.Groups = f.Groups("I1")
	}
	return doerOf(f).Do(context.Background(), plan(t, r), nil)[0]
}

func plan(t *testing.T, r respond.Request) respond.Plan {
	t.Helper()
	if r.Action != respond.Acknowledge && r.Reason == "" {
		r.Reason = "why"
	}
	p := respond.NewPlan(r, planData(respond.Developer))
	if !p.Ready() {
		t.Fatalf("the plan is not ready: %+v", p)
	}
	return p
}

var (
	ackIt     = respond.Request{Action: respond.Acknowledge}
	escalate  = respond.Request{Action: respond.Escalate}
	toEve     = respond.Request{Action: respond.HandOff, Target: respond.Target{Kind: respond.ToUser, ID: "UEVE"}}
	toOwner   = respond.Request{Action: respond.HandOff, Target: respond.Target{Kind: respond.ToOwner}}
	noteIt    = respond.Request{Action: respond.AddNote}
	openIt    = respond.Request{Action: respond.Escalate, Groups: []triage.Group{fixture.AlertsGroup()}}
	ackOpen   = respond.Request{Action: respond.Acknowledge, Groups: []triage.Group{fixture.AlertsGroup()}, Instead: respond.ByIncident}
	silenceIt = respond.Request{Action: respond.Acknowledge, Groups: []triage.Group{fixture.AlertsGroup()}, Instead: respond.BySilence}
)

func TestDo(t *testing.T) {
	// race changes the planData between the preview and the write.
	race := func(name string, change func(*sources.Incident)) func(*fixture.Fake) {
		return func(f *fixture.Fake) { f.Before[name] = func() { change(f.Incidents["I1"]) } }
	}
	annAcks := func(i *sources.Incident) {
		*i = fixture.AcknowledgedIncident("I1", fixture.Ann, fixture.Sunday.Add(-3*time.Second))
	}
	annResolves := func(i *sources.Incident) {
		*i = fixture.ResolvedIncident("I1", fixture.Ann, fixture.Sunday.Add(-3*time.Second))
	}
	toFirstLine := func(i *sources.Incident) {
		i.Policy, i.Assignments = fixture.Ref("PFIRST", "Ops first line"), []sources.Assignment{{User: fixture.Bo}}
	}
	elsewhere := func(i *sources.Incident) {
		i.Policy, i.Assignments = fixture.Ref("PLATE", "Late"), []sources.Assignment{{User: fixture.Eve}}
	}
	reassigned := func(i *sources.Incident) {
		i.Assignments = []sources.Assignment{{User: fixture.Cy, At: fixture.Sunday}}
	}
	fails := func(name string, all ...fixture.Trouble) func(*fixture.Fake) {
		return func(f *fixture.Fake) { f.Troubles[name] = all }
	}
	lostBut := fixture.Trouble{Err: fixture.LostAnswer(), Happens: true}
	lostAnd := fixture.Trouble{Err: fixture.LostAnswer()}
	refused := func(r sources.Reason) fixture.Trouble { return fixture.Trouble{Err: fixture.RefusedWith(r)} }
	both := func(all ...func(*fixture.Fake)) func(*fixture.Fake) {
		return func(f *fixture.Fake) {
			for _, one := range all {
				one(f)
			}
		}
	}
	tests := []struct {
		name     string
		r        respond.Request
		planData func(*fixture.Fake)
		outcome  respond.Outcome
		sentence string // contains
		writes   string
		notifies string
	}{
		// As planned.
		{"ack", ackIt, nil, respond.Done, "Acknowledged #12 Checkout errors.", "ACK I1", ""},
		{"ack with a reason", respond.Request{Action: respond.Acknowledge, Reason: "on it"}, nil, respond.Done, "Acknowledged #12 Checkout errors. The note is on the incident.", "ACK I1; NOTE I1", ""},
		{"escalate", escalate, nil, respond.Done, "Escalated to Ops first line: now assigned to Bo Larsen.", "NOTE I1; POLICY PFIRST I1", "UBO"},
		{"hand off to a person", toEve, nil, respond.Done, "Handed off: now assigned to UEVE.", "NOTE I1; ASSIGN UEVE I1", "UEVE"},
		{"note", noteIt, nil, respond.Done, "The note is on the incident.", "NOTE I1", ""},
		{"escalate alerts", openIt, nil, respond.Done, "Opened #12 HighErrorRate checkout: assigned to Bo Larsen.", "OPEN SCHK; NOTE NEW1", "UBO"},
		{"ack alerts by incident", ackOpen, nil, respond.Done, "Acknowledged #12 HighErrorRate checkout.", "OPEN SCHK; ACK NEW1; NOTE NEW1", "UDANA"},
		{"silence", silenceIt, nil, respond.Done, "Acknowledged by 1 silence until 02:45.", "SILENCE", ""},

		// Somebody was faster.
		{"acked by Ann", ackIt, race("incident", annAcks), respond.Already, "Already acknowledged by Ann Berg 3 s ago.", "", ""},
		{"resolved before ack", ackIt, race("incident", annResolves), respond.Already, "Already resolved by Ann Berg 3 s ago.", "", ""},
		{"resolved while acking", ackIt, race("ACK", annResolves), respond.Already, "Already resolved by Ann Berg 3 s ago.", "ACK I1", ""},
		{"merged while acking", ackIt, fails("ACK", refused(sources.AlreadyMerged)), respond.Failed, "PagerDuty says that the incident is already merged, but reading it says otherwise", "ACK I1", ""},
		{"resolved before escalate", escalate, race("incident", annResolves), respond.Already, "Already resolved by Ann Berg 3 s ago: nothing to escalate.", "", ""},
		{"escalated by another", escalate, race("incident", toFirstLine), respond.Already, "Already with Ops first line: assigned to Bo Larsen.", "", ""},
		{"acked before escalate", escalate, race("incident", annAcks), respond.Refused, "It changed since the preview: now acknowledged by Ann Berg 3 s ago. It was not escalated", "", ""},
		{"elsewhere before escalate", escalate, race("incident", elsewhere), respond.Refused, "now with Late, assigned to Eve Stone", "", ""},
		{"reassigned before escalate", escalate, race("incident", reassigned), respond.Refused, "now assigned to Cy Park", "", ""},
		{"assigned to nobody before escalate", escalate, race("incident", func(i *sources.Incident) { i.Assignments = []sources.Assignment{} }), respond.Refused, "now assigned to nobody.", "", ""},
		{"elsewhere, with whom is not told", escalate, race("incident", func(i *sources.Incident) { elsewhere(i); i.Assignments = nil }), respond.Refused, "now with Late. It was not escalated", "", ""},
		{"with the target, with whom is not told", escalate, race("incident", func(i *sources.Incident) { toFirstLine(i); i.Assignments = nil }), respond.Already, "Already with Ops first line: assigned to whom is unknown, because PagerDuty did not say.", "", ""},
		{"reassigned before hand-off", toEve, race("incident", reassigned), respond.Refused, "It was not handed off; look again.", "", ""},
		{"given to Eve by another", toEve, race("incident", func(i *sources.Incident) { i.Assignments = []sources.Assignment{{User: fixture.Eve}} }), respond.Already, "Already assigned to Eve Stone", "", ""},
		{"opened by another at the target", openIt, func(f *fixture.Fake) {
			i := fixture.Incident("I9")
			i.Key, i.Policy, i.Assignments = "0123456789ab", fixture.Ref("PFIRST", "Ops first line"), []sources.Assignment{{User: fixture.Bo}}
			f.Incidents["I9"] = &i
		}, respond.Already, "An incident is open already: #12 Checkout errors, with Ops first line, assigned to Bo Larsen.", "", ""},
		{"opened by another elsewhere", openIt, func(f *fixture.Fake) {
			i := fixture.Incident("I9")
			i.Key = "0123456789ab"
			f.Incidents["I9"] = &i
		}, respond.Refused, "An incident was opened since the preview", "", ""},
		{"opened by another, ack it", ackOpen, func(f *fixture.Fake) {
			i := fixture.Incident("I9")
			i.Key = "0123456789ab"
			f.Incidents["I9"] = &i
		}, respond.Done, "Acknowledged #12 Checkout errors.", "ACK I9; NOTE I9", ""},
		{"shift changed", escalate, func(f *fixture.Fake) { f.Turns[0].User = fixture.Cy }, respond.Refused, "Who is on call at Ops first line changed since the preview: it would notify Cy Park. Nothing was sent", "", ""},
		{"shift ended", escalate, func(f *fixture.Fake) { f.Turns = nil }, respond.Refused, "Nobody is on call at Ops first line any more", "", ""},
		{"shift changed before opening", openIt, func(f *fixture.Fake) { f.Turns[0].User = fixture.Cy }, respond.Refused, "it would notify Cy Park", "", ""},
		{"silenced by another", silenceIt, func(f *fixture.Fake) {
			f.Silences = []sources.Silence{{ID: "s0", CreatedBy: "ann"}}
			for n := range f.Alerts {
				f.Alerts[n].SilencedBy = []string{"s0"}
			}
		}, respond.Already, "Already silenced by ann", "", ""},
		{"silence would catch another", silenceIt, func(f *fixture.Fake) {
			twin := f.Alerts[0]
			twin.Fingerprint, twin.Labels = "f8", sources.MergeLabels(twin.Labels, map[string]string{"pod": "z"})
			f.Alerts = append(f.Alerts, twin)
		}, respond.Refused, "would now also match an alert that the preview did not show: HighErrorRate", "", ""},

		// Answers that were lost.
		{"ack lost, arrived", ackIt, fails("ACK", lostBut), respond.Done, "Acknowledged #12", "ACK I1", ""},
		{"ack lost, did not arrive", ackIt, fails("ACK", lostAnd), respond.Unknown, "does not show it yet, and it may still be carried out until ", "ACK I1", ""},
		{
			"ack lost, can't look", ackIt,
			both(fails("ACK", lostBut), func(f *fixture.Fake) {
				f.Before["ACK"] = func() { f.Troubles["incident"] = []fixture.Trouble{lostAnd, lostAnd, lostAnd, lostAnd} }
			}),
			respond.Unknown, "The answer to the acknowledgement was lost, and looking failed as well", "ACK I1", "",
		},
		{"escalation lost, arrived", escalate, fails("POLICY", lostBut), respond.Done, "Escalated to Ops first line", "NOTE I1; POLICY PFIRST I1", "UBO"},
		{"escalation lost, did not arrive", escalate, fails("POLICY", lostAnd), respond.Unknown, "The note is on the incident. The answer to the escalation was lost. PagerDuty does not show it yet, and it may still be carried out until ", "NOTE I1; POLICY PFIRST I1", ""},
		{"restart lost can't be told", toOwner, both(fails("POLICY", lostAnd), fails("log", lostAnd, lostAnd, lostAnd)), respond.Unknown, "its log could not be read", "NOTE I1; POLICY PPAY I1", ""},
		{"restart lost, and its log has none", toOwner, fails("POLICY", lostAnd), respond.Unknown, "does not show it yet, and it may still be carried out until ", "NOTE I1; POLICY PPAY I1", ""},
		{"assignment lost, arrived", toEve, fails("ASSIGN", lostBut), respond.Done, "Handed off", "NOTE I1; ASSIGN UEVE I1", ""},
		{"note lost, arrived", noteIt, fails("NOTE", lostBut), respond.Done, "The note is on the incident.", "NOTE I1", ""},
		{"note lost, did not arrive", noteIt, fails("NOTE", lostAnd), respond.Unknown, "does not show it yet, and it may still be carried out until ", "NOTE I1", ""},
		{"note of escalation lost, did not arrive", escalate, fails("NOTE", lostAnd), respond.Unknown, "Nothing else was sent.", "NOTE I1", ""},
		{"note of escalation lost, arrived", escalate, fails("NOTE", lostBut), respond.Done, "Escalated to Ops first line", "NOTE I1; POLICY PFIRST I1", "UBO"},
		{"note lost, can't look", noteIt, both(fails("NOTE", lostBut), fails("notes", lostAnd, lostAnd, lostAnd)), respond.Unknown, "looking failed as well", "NOTE I1", ""},
		{"opening lost, arrived", openIt, fails("OPEN", lostBut), respond.Done, "Opened #12", "OPEN SCHK; NOTE NEW1", "UBO"},
		{"opening lost, did not arrive", openIt, fails("OPEN", lostAnd), respond.Unknown, "does not show it yet, and it may still be carried out until ", "OPEN SCHK", ""},
		{"opening lost, can't look", openIt, both(fails("OPEN", lostBut), fails("bykey", fixture.Trouble{}, lostAnd, lostAnd, lostAnd)), respond.Unknown, "It may have happened, or may still happen until", "OPEN SCHK", "UBO"},
		{"silence lost, arrived", silenceIt, fails("SILENCE", lostBut), respond.Done, "Acknowledged by 1 silence", "SILENCE", ""},
		{"silence lost, did not arrive", silenceIt, fails("SILENCE", lostAnd), respond.Unknown, "does not show it yet, and it may still be carried out until ", "SILENCE", ""},
		{"silence lost, can't look", silenceIt, both(fails("SILENCE", lostBut), fails("read", fixture.Trouble{}, lostAnd, lostAnd, lostAnd)), respond.Unknown, "looking failed as well", "SILENCE", ""},
		{"unclassified is lost", ackIt, fails("ACK", fixture.Trouble{Err: fmt.Errorf("what"), Happens: true}), respond.Done, "Acknowledged", "ACK I1", ""},

		// Refused by PagerDuty, or not reached.
		{"can't read before", escalate, fails("incident", lostAnd), respond.Failed, "Nothing was sent, because the incident could not be read just before: no answer from PagerDuty", "", ""},
		{"incident gone", ackIt, func(f *fixture.Fake) { delete(f.Incidents, "I1") }, respond.Failed, "Nothing was sent, because the incident could not be read just before: PagerDuty has it no more", "", ""},
		{"can't tell who is on call", escalate, fails("oncalls", lostAnd), respond.Failed, "Nothing was sent, because who is on call at Ops first line", "", ""},
		{"policy gone, seen early", escalate, fails("oncalls", refused(sources.NotFound)), respond.Refused, "The escalation policy Ops first line is gone from PagerDuty", "", ""},
		{"policy gone", escalate, fails("POLICY", refused(sources.NotFound)), respond.Failed, "The note is on the incident. The escalation policy Ops first line is gone from PagerDuty: choose another target.", "NOTE I1; POLICY PFIRST I1", ""},
		{"user gone", toEve, fails("ASSIGN", refused(sources.NotFound)), respond.Failed, "PagerDuty has no user Eve Stone any more", "NOTE I1; ASSIGN UEVE I1", ""},
		{"nobody on call", escalate, fails("POLICY", refused(sources.NobodyOnCall)), respond.Failed, "The note is on the incident. The escalation did not come about: nobody is on call there. Choose another target.", "NOTE I1; POLICY PFIRST I1", ""},
		{"rate limited", ackIt, fails("ACK", fixture.Trouble{Err: &sources.Error{Reason: sources.RateLimited, RetryAfter: 42 * time.Second}}), respond.Failed, "PagerDuty takes no more requests from you for now. Wait 42 s and try again.", "ACK I1", ""},
		{"no right", ackIt, fails("ACK", refused(sources.Forbidden)), respond.Failed, "you have no right to do this in PagerDuty", "ACK I1", ""},
		{"no token", ackIt, fails("ACK", refused(sources.Unauthorized)), respond.Failed, "did not accept the token", "ACK I1", ""},
		{"no plan for it", ackIt, fails("ACK", refused(sources.MissingAbility)), respond.Failed, "plan does not include it", "ACK I1", ""},
		{"requester not known", noteIt, fails("NOTE", refused(sources.UnknownRequester)), respond.Failed, "knows no user with your email", "NOTE I1", ""},
		{"rejected", noteIt, fails("NOTE", fixture.Trouble{Err: &sources.Error{Reason: sources.Rejected, Sentence: "There are 2000 notes already.\x1b[2J"}}), respond.Failed, "The note could not be posted: There are 2000 notes already.", "NOTE I1", ""},
		{"note of escalation refused", escalate, fails("NOTE", refused(sources.Forbidden)), respond.Failed, "Nothing else was sent.", "NOTE I1", ""},
		{"resolved while escalating", escalate, fails("POLICY", refused(sources.AlreadyResolved)), respond.Failed, "The note is on the incident. The escalation did not come about. PagerDuty says that the incident is already resolved, but reading it says otherwise: now triggered", "NOTE I1; POLICY PFIRST I1", ""},
		{"opened, but with an error", openIt, fails("OPEN", fixture.Trouble{Err: fixture.RefusedWith(sources.Forbidden), Happens: true}), respond.Done, "Opened #12", "OPEN SCHK; NOTE NEW1", "UBO"},
		{"not opened", openIt, fails("OPEN", refused(sources.Forbidden)), respond.Failed, "No incident was opened: you have no right", "OPEN SCHK", ""},
		{"opened, note refused", openIt, fails("NOTE", refused(sources.Forbidden)), respond.Done, "Opened #12 HighErrorRate checkout: assigned to Bo Larsen. The note could not be posted", "OPEN SCHK; NOTE NEW1", "UBO"},
		{"silence refused", silenceIt, fails("SILENCE", fixture.Trouble{Err: &sources.Error{Source: sources.Source{Kind: sources.Alertmanager, Name: "am-eu"}, Reason: sources.Forbidden}}), respond.Failed, "you have no right to do this in am-eu", "SILENCE", ""},

		// Reading back.
		{"ack accepted, not shown", ackIt, func(f *fixture.Fake) { f.Me = sources.Reference{} }, respond.Already, "Already acknowledged", "ACK I1", ""},
		{
			"escalation accepted, can't look", escalate,
			func(f *fixture.Fake) {
				f.Before["POLICY"] = func() { f.Troubles["incident"] = []fixture.Trouble{lostAnd, lostAnd, lostAnd} }
			},
			respond.Done, "Escalated to Ops first line: now assigned to Bo Larsen. So says PagerDuty's answer; it was not read back, because", "NOTE I1; POLICY PFIRST I1", "UBO",
		},
		{
			"escalation accepted, another took it", escalate,
			func(f *fixture.Fake) {
				f.Before["incident"] = func() { f.Before["incident"] = func() { elsewhere(f.Incidents["I1"]) } }
			},
			respond.Unknown, "PagerDuty accepted the escalation, but the incident does not show it: now triggered, with Late", "NOTE I1; POLICY PFIRST I1", "UBO",
		},
		{"silence accepted, can't look", silenceIt, fails("silence", lostAnd, lostAnd, lostAnd), respond.Done, "am-eu answered ok, with the id of the silence; it was not read back, because", "SILENCE", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := fixture.NewFake()
			r := tt.r
			if r.Groups == nil {
				r.Groups = f.Groups("I1")
			}
			if tt.planData != nil {
				tt.planData(f)
			}
			var reported []respond.Result
			results := doerOf(f).Do(context.Background(), plan(t, r), func(res respond.Result) { reported = append(reported, res) })
			if len(results) != 1 || len(reported) != 1 || reported[0].Sentence != results[0].Sentence {
				t.Fatalf("results %+v, reported %+v", results, reported)
			}
			got := results[0]
			if got.Outcome != tt.outcome || !strings.Contains(got.Sentence, tt.sentence) {
				t.Errorf("= %s %q\nwant %s %q", got.Outcome, got.Sentence, tt.outcome, tt.sentence)
			}
			if w := f.Writes(); w != tt.writes {
				t.Errorf("writes = %q, want %q", w, tt.writes)
			}
			if p := strings.Join(f.Notified, ","); p != tt.notifies && !strings.Contains(tt.name, "lost") {
				t.Errorf("notified %q, want %q", p, tt.notifies)
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
	f := fixture.NewFake()
	f.Noted["I1"] = []sources.Note{{ID: "N0", Content: "why", User: fixture.Dana, CreatedAt: fixture.Sunday.Add(-3 * time.Hour)}}
	f.Troubles["NOTE"] = []fixture.Trouble{{Err: fixture.LostAnswer()}}
	if got := do(t, f, noteIt); got.Outcome != respond.Unknown {
		t.Errorf("= %+v", got)
	}
}

// A preview that was open for a while must not make a silence that has ended.
func TestSilenceBeginsWhenItIsMade(t *testing.T) {
	f := fixture.NewFake()
	f.Now = func() time.Time { return fixture.Sunday.Add(time.Hour) }
	do(t, f, silenceIt)
	s := f.Silences[0]
	if !s.StartsAt.Equal(f.Now()) || !s.EndsAt.Equal(f.Now().Add(silencing.AckSilence)) {
		t.Errorf("from %v until %v", s.StartsAt, s.EndsAt)
	}
}

func TestOpeningTwiceIsOnce(t *testing.T) {
	f := fixture.NewFake()
	do(t, f, openIt)
	if got := do(t, f, openIt); got.Outcome != respond.Already {
		t.Errorf("again: %+v", got)
	}
	if len(f.Notified) != 1 {
		t.Errorf("notified %v", f.Notified)
	}
}

// When the note had to wait, as for a rate limit, the incident is looked at
// again before somebody is notified.
func TestReadsAgainWhenTheNoteTookLong(t *testing.T) {
	f := fixture.NewFake()
	now := fixture.Sunday
	f.Now = func() time.Time { return now }
	f.Before["NOTE"] = func() {
		now = now.Add(time.Minute)
		*f.Incidents["I1"] = fixture.AcknowledgedIncident("I1", fixture.Ann, now)
	}
	got := do(t, f, escalate)
	if got.Outcome != respond.Refused || !strings.HasPrefix(got.Sentence, "The note is on the incident. It changed since the preview: now acknowledged by Ann Berg") {
		t.Errorf("= %+v", got)
	}
	if len(f.Notified) > 0 {
		t.Errorf("notified %v", f.Notified)
	}
}

func TestReadOnlyDoerSendsNothing(t *testing.T) {
	for name, r := range map[string]respond.Request{
		"ack": ackIt, "escalate": escalate, "hand off": toEve, "note": noteIt, "open": openIt, "ack by incident": ackOpen, "silence": silenceIt,
	} {
		f := fixture.NewFake()
		d := doerOf(f)
		d.ReadOnly = true
		if r.Groups == nil {
			r.Groups = f.Groups("I1")
		}
		got := d.Do(context.Background(), plan(t, r), nil)[0]
		if got.Outcome != respond.Refused || got.Sentence != respond.ReadOnlySentence || len(f.Calls) > 0 {
			t.Errorf("%s: %+v, calls %q", name, got, f.Calls)
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
	f := fixture.NewFake()
	p := respond.NewPlan(respond.Request{Action: respond.Escalate, Groups: f.Groups("I1"), Target: respond.Target{Kind: respond.ToPolicy, ID: "PEMPTY"}}, planData(respond.Developer))
	if got := doerOf(f).Do(context.Background(), p, nil)[0]; got.Outcome != respond.Refused || !strings.Contains(got.Sentence, "Nobody is on call") {
		t.Errorf("= %+v", got)
	}
	p = respond.NewPlan(respond.Request{Action: respond.Acknowledge, Groups: []triage.Group{fixture.AlertsGroup(), f.Groups("I1")[0]}}, planData(respond.Developer))
	results := doerOf(f).Do(context.Background(), p, nil)
	if results[0].Outcome != respond.Refused || results[1].Outcome != respond.Done || f.Writes() != "ACK I1" {
		t.Errorf("without a choice only the incident is acknowledged: %+v", results)
	}
	d := doerOf(f)
	d.Incidents = nil
	if got := d.Do(context.Background(), plan(t, respond.Request{Action: respond.Escalate, Groups: f.Groups("I2")}), nil)[0]; got.Outcome != respond.Refused {
		t.Errorf("= %+v", got)
	}
}

// doerOf returns a Doer for the fake's systems.
func doerOf(f *fixture.Fake) *Doer {
	return &Doer{
		Incidents: f, Silencers: []sources.Silencer{f}, Now: f.Now, Email: "dana@example.com",
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}
