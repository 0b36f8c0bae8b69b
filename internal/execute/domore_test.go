package execute

import (
	"context"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/internal/rollout"
	"firstline/internal/triage"
	"firstline/sources"
)

// TestDoMore is TestDo for levels, moves, silences, and what leaves an
// incident with whom it is with.
func TestDoMore(t *testing.T) {
	race := func(name string, change func(*sources.Incident)) func(*fixture.Fake) {
		return func(f *fixture.Fake) { f.Before[name] = func() { change(f.Incidents["I1"]) } }
	}
	annAcks := func(i *sources.Incident) {
		*i = fixture.AcknowledgedIncident("I1", fixture.Ann, fixture.Sunday.Add(-3*time.Second))
	}
	annResolves := func(i *sources.Incident) {
		*i = fixture.ResolvedIncident("I1", fixture.Ann, fixture.Sunday.Add(-3*time.Second))
	}
	toEve := func(i *sources.Incident) {
		i.Assignments = []sources.Assignment{{User: fixture.Eve, At: fixture.Sunday}}
	}
	fails := func(name string, all ...fixture.Trouble) func(*fixture.Fake) {
		return func(f *fixture.Fake) { f.Troubles[name] = all }
	}
	lostBut := fixture.Trouble{Err: fixture.LostAnswer(), Happens: true}
	lostAnd := fixture.Trouble{Err: fixture.LostAnswer()}
	refused := func(r sources.Reason) fixture.Trouble { return fixture.Trouble{Err: fixture.RefusedWith(r)} }
	ended := func(f *fixture.Fake) { f.Silences[0].State = "expired" }
	noReads := func(name string) func(*fixture.Fake) {
		return func(f *fixture.Fake) {
			f.Troubles[name] = []fixture.Trouble{lostBut}
			f.Before[name] = func() { f.Troubles["incident"] = []fixture.Trouble{lostAnd, lostAnd, lostAnd, lostAnd} }
		}
	}
	noSilenceRead := func(name string) func(*fixture.Fake) {
		return func(f *fixture.Fake) {
			f.Troubles[name] = []fixture.Trouble{lostBut}
			f.Before[name] = func() { f.Troubles["silence"] = []fixture.Trouble{lostAnd, lostAnd, lostAnd, lostAnd} }
		}
	}
	until := fixture.Sunday.Add(2 * time.Hour)
	var (
		next     = respond.Request{Action: respond.NextLevel, Reason: "why"}
		resolve  = respond.Request{Action: respond.Resolve}
		snooze   = respond.Request{Action: respond.Snooze, Until: until}
		merge    = respond.Request{Action: respond.Merge, Into: "I2"}
		lower    = respond.Request{Action: respond.SetUrgency, Urgency: "low"}
		priority = respond.Request{Action: respond.SetPriority, PriorityID: "PR2"}
		join     = respond.Request{Action: respond.HandOff, Responders: true, Target: respond.Target{Kind: respond.ToUser, ID: "UBO"}, Reason: "why"}
		moveIt   = respond.Request{Action: respond.Escalate, Reason: "why"}
		exact    = respond.Request{Action: respond.Silence, Until: until, Groups: []triage.Group{fixture.AlertsGroup()}}
		chosen   = respond.Request{Action: respond.Silence, Until: until, Matchers: []sources.Matcher{{Name: "service", Value: "check.*", Regex: true, Equal: true}}}
		extend   = respond.Request{Action: respond.ExtendSilence, Until: until, SilenceID: "s0"}
		expire   = respond.Request{Action: respond.ExpireSilence, SilenceID: "s0"}
	)
	for _, tt := range []struct {
		name     string
		r        respond.Request
		planData func(*fixture.Fake)
		outcome  respond.Outcome
		sentence string // contains
		writes   string
		notifies string
	}{
		// As planned.
		{"next level", next, nil, respond.Done, "Escalated to level 2 of Payments on call: now assigned to Eve Stone.", "NOTE I1; LEVEL 2 I1", "UEVE"},
		{"resolve", resolve, nil, respond.Done, "Resolved #12 Checkout errors.", "RESOLVE I1", ""},
		{"snooze", snooze, nil, respond.Done, "Snoozed #12 Checkout errors until Sun 22 Nov 04:30 UTC.", "SNOOZE 2h0m0s I1", ""},
		{"merge", merge, nil, respond.Done, "Merged #12 Checkout errors.", "MERGE I2 I1", ""},
		{"urgency", lower, nil, respond.Done, "The urgency of #12 Checkout errors is low now.", "URGENCY low I1", ""},
		{"priority", priority, nil, respond.Done, "The priority of #12 Checkout errors is P2 now.", "PRIORITY PR2 I1", ""},
		{"ask responders", join, nil, respond.Done, "Asked Bo Larsen to join #12 Checkout errors.", "NOTE I1; RESPONDERS I1 UBO", "UBO"},
		{"move", moveIt, nil, respond.Done, "Escalated to Ops first line, moved to SOPS: now assigned to Bo Larsen.", "NOTE I1; MOVE SOPS PFIRST I1", "UBO"},
		{"silence these alerts", exact, nil, respond.Done, "Made 1 silence until Sun 22 Nov 04:30 UTC.", "SILENCE", ""},
		{"silence by matchers", chosen, nil, respond.Done, "Made 1 silence until", "SILENCE", ""},
		{"extend", extend, nil, respond.Done, "Extended 1 silence until Sun 22 Nov 04:30 UTC.", "SILENCE", ""},
		{"expire", expire, nil, respond.Done, "Ended 1 silence.", "EXPIRE s0", ""},

		// Somebody was faster.
		{"next level, resolved", next, race("incident", annResolves), respond.Already, "Already resolved by Ann Berg 3 s ago", "", ""},
		{"next level, escalated by PagerDuty", next, race("incident", toEve), respond.Refused, "It changed since the preview: now assigned to Eve Stone. It was not escalated", "", ""},
		{"next level, the log says another", next, func(f *fixture.Fake) {
			f.Entries = []sources.LogEntry{{Type: "escalate", Level: 2, CreatedAt: fixture.Sunday, Incident: fixture.Ref("I1", "")}}
		}, respond.Refused, "#12 Checkout errors is not on level 1 of Payments on call any more. Nothing was sent", "", ""},
		{"next level, shift changed", next, func(f *fixture.Fake) { f.Turns[3].User = fixture.Cy }, respond.Refused, "it would notify Cy Park. Nothing was sent", "", ""},
		{"next level, shift ended", next, func(f *fixture.Fake) { f.Turns = f.Turns[:3] }, respond.Refused, "Nobody is on call at Payments on call any more", "", ""},
		{"resolved before", resolve, race("incident", annResolves), respond.Already, "Already resolved by Ann Berg 3 s ago.", "", ""},
		{"resolved while resolving", resolve, race("RESOLVE", annResolves), respond.Already, "Already resolved by Ann Berg 3 s ago.", "RESOLVE I1", ""},
		{"resolve what Ann works on", resolve, race("incident", annAcks), respond.Refused, "now acknowledged by Ann Berg 3 s ago. It was not resolved; look again.", "", ""},
		{"snooze what is resolved", snooze, race("incident", annResolves), respond.Already, "nothing to snooze", "", ""},
		{"snooze what Ann works on", snooze, race("incident", annAcks), respond.Refused, "It was not snoozed", "", ""},
		{"merge what is resolved", merge, race("incident", annResolves), respond.Already, "nothing to merge", "", ""},
		{"merge into what is resolved", merge, func(f *fixture.Fake) {
			*f.Incidents["I2"] = fixture.ResolvedIncident("I2", fixture.Ann, fixture.Sunday.Add(-3*time.Second))
		}, respond.Refused, "which it was to be merged into, is resolved by Ann Berg 3 s ago. Nothing was sent", "", ""},
		{"merged while merging", merge, fails("MERGE", refused(sources.AlreadyMerged)), respond.Failed, "PagerDuty says that the incident is already merged, but reading it says otherwise", "MERGE I2 I1", ""},
		{"urgency as wanted by now", lower, race("incident", func(i *sources.Incident) { i.Urgency = "low" }), respond.Already, "Already so. The urgency of #12 Checkout errors is low now.", "", ""},
		{"priority as wanted by now", priority, race("incident", func(i *sources.Incident) { i.Priority = &sources.Priority{ID: "PR2"} }), respond.Already, "Already so.", "", ""},
		{"join what is resolved", join, race("incident", annResolves), respond.Already, "nothing to hand off", "", ""},
		{"join what Ann works on", join, race("incident", annAcks), respond.Done, "Asked Bo Larsen to join", "NOTE I1; RESPONDERS I1 UBO", "UBO"},
		{"moved by another", moveIt, race("incident", func(i *sources.Incident) { i.Policy = fixture.Ref("PFIRST", "Ops first line") }), respond.Already, "Already with Ops first line", "", ""},
		{"extend what has ended", extend, ended, respond.Refused, "has ended since the preview: make a new one", "", ""},
		{"extend what lasts longer", extend, func(f *fixture.Fake) { f.Silences[0].EndsAt = until.Add(time.Hour) }, respond.Already, "lasts until Sun 22 Nov 05:30 UTC already", "", ""},
		{"extend what matches another", extend, func(f *fixture.Fake) { f.Silences[0].Matchers = f.Silences[0].Matchers[:0] }, respond.Refused, "was changed since the preview", "", ""},
		{"end what has ended", expire, ended, respond.Already, "The silence has ended already.", "", ""},
		{"end what is forgotten", expire, func(f *fixture.Fake) { f.Silences = nil }, respond.Failed, "Nothing was sent, because the silence could not be read just before", "", ""},

		// Answers that were lost.
		{"level lost, arrived", next, fails("LEVEL", lostBut), respond.Done, "Escalated to level 2", "NOTE I1; LEVEL 2 I1", "UEVE"},
		{"level lost, did not arrive", next, fails("LEVEL", lostAnd), respond.Unknown, "The note is on the incident. The answer to the escalation was lost. PagerDuty does not show it yet, and it may still be carried out until ", "NOTE I1; LEVEL 2 I1", ""},
		{"level lost, can't look", next, noReads("LEVEL"), respond.Unknown, "looking failed as well", "NOTE I1; LEVEL 2 I1", "UEVE"},
		{"resolve lost, arrived", resolve, fails("RESOLVE", lostBut), respond.Done, "Resolved", "RESOLVE I1", ""},
		{"resolve lost, did not arrive", resolve, fails("RESOLVE", lostAnd), respond.Unknown, "does not show it yet, and it may still be carried out until ", "RESOLVE I1", ""},
		{"resolve lost, can't look", resolve, noReads("RESOLVE"), respond.Unknown, "looking failed as well", "RESOLVE I1", ""},
		{"snooze lost, arrived", snooze, fails("SNOOZE", lostBut), respond.Done, "Snoozed", "SNOOZE 2h0m0s I1", ""},
		{"snooze lost, did not arrive", snooze, fails("SNOOZE", lostAnd), respond.Unknown, "does not show it yet, and it may still be carried out until ", "SNOOZE 2h0m0s I1", ""},
		{"merge lost, arrived", merge, fails("MERGE", lostBut), respond.Unknown, "the incident does not show", "MERGE I2 I1", ""},
		{"merge lost, did not arrive", merge, fails("MERGE", lostAnd), respond.Unknown, "does not show it yet, and it may still be carried out until ", "MERGE I2 I1", ""},
		{"urgency lost, arrived", lower, fails("URGENCY", lostBut), respond.Done, "is low now", "URGENCY low I1", ""},
		{"urgency lost, did not arrive", lower, fails("URGENCY", lostAnd), respond.Unknown, "does not show it yet, and it may still be carried out until ", "URGENCY low I1", ""},
		{"priority lost, arrived", priority, fails("PRIORITY", lostBut), respond.Done, "is P2 now", "PRIORITY PR2 I1", ""},
		{"priority lost, did not arrive", priority, fails("PRIORITY", lostAnd), respond.Unknown, "does not show it yet, and it may still be carried out until ", "PRIORITY PR2 I1", ""},
		{"asking lost", join, fails("RESPONDERS", lostBut), respond.Unknown, "The note is on the incident. The answer to asking Bo Larsen was lost", "NOTE I1; RESPONDERS I1 UBO", "UBO"},
		{"move lost, arrived", moveIt, fails("MOVE", lostBut), respond.Done, "moved to SOPS", "NOTE I1; MOVE SOPS PFIRST I1", "UBO"},
		{"move lost, did not arrive", moveIt, fails("MOVE", lostAnd), respond.Unknown, "does not show it yet, and it may still be carried out until ", "NOTE I1; MOVE SOPS PFIRST I1", ""},
		{"extension lost, arrived", extend, fails("SILENCE", lostBut), respond.Done, "Extended 1 silence", "SILENCE", ""},
		{"extension lost, did not arrive", extend, fails("SILENCE", lostAnd), respond.Unknown, "does not show it yet, and it may still be carried out until ", "SILENCE", ""},
		{"extension lost, can't look", extend, noSilenceRead("SILENCE"), respond.Unknown, "looking failed as well", "SILENCE", ""},
		{"end lost, arrived", expire, fails("EXPIRE", lostBut), respond.Done, "Ended 1 silence.", "EXPIRE s0", ""},
		{"end lost, did not arrive", expire, fails("EXPIRE", lostAnd), respond.Unknown, "does not show it yet, and it may still be carried out until ", "EXPIRE s0", ""},
		{"end lost, can't look", expire, noSilenceRead("EXPIRE"), respond.Unknown, "looking failed as well", "EXPIRE s0", ""},

		// Refused, or not reached.
		{"level refused", next, fails("LEVEL", refused(sources.Rejected)), respond.Failed, "The note is on the incident. The escalation did not come about", "NOTE I1; LEVEL 2 I1", ""},
		{"log can't be read", next, fails("log", lostAnd), respond.Failed, "Nothing was sent, because the incident's log could not be read just before", "", ""},
		{"no plan for responders", join, fails("RESPONDERS", refused(sources.MissingAbility)), respond.Failed, "Asking Bo Larsen to join did not come about: this account's PagerDuty plan does not include it.", "NOTE I1; RESPONDERS I1 UBO", ""},
		{"no plan for priorities", priority, fails("PRIORITY", refused(sources.MissingAbility)), respond.Failed, "The change of the priority did not come about", "PRIORITY PR2 I1", ""},
		{"policy of a move gone", moveIt, fails("MOVE", refused(sources.NotFound)), respond.Failed, "The escalation policy Ops first line is gone", "NOTE I1; MOVE SOPS PFIRST I1", ""},
		{"extension refused", extend, fails("SILENCE", refused(sources.Forbidden)), respond.Failed, "The silence in am-eu was not changed", "SILENCE", ""},
		{"end refused", expire, fails("EXPIRE", refused(sources.Forbidden)), respond.Failed, "The silence in am-eu was not changed", "EXPIRE s0", ""},
		{"target of a merge can't be read", merge, func(f *fixture.Fake) {
			f.Before["incident"] = func() { f.Troubles["incident"] = []fixture.Trouble{{}, lostAnd} }
		}, respond.Failed, "Nothing was sent, because the incident to merge into could not be read just before", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := fixture.NewFake()
			w, _ := quietData(planData(respond.Developer))
			if tt.r.Action == respond.Silence {
				w = planData(respond.Developer)
			}
			f.Silences = append(f.Silences, w.Alertmanagers[0].Silences...)
			w.Incidents = []sources.Incident{*f.Incidents["I1"], *f.Incidents["I2"]}
			w.Settings.Services = map[string]respond.ServiceSettings{"checkout": {Move: true}}
			r := tt.r
			if r.Groups == nil {
				r.Groups = f.Groups("I1")
			}
			p := respond.NewPlan(r, w)
			if !p.Ready() || len(p.Confirm) > 0 {
				t.Fatalf("the plan is not ready: %+v", p)
			}
			if tt.planData != nil {
				tt.planData(f)
			}
			got := doerOf(f).Do(context.Background(), p, nil)[0]
			if got.Outcome != tt.outcome || !strings.Contains(got.Sentence, tt.sentence) {
				t.Errorf("= %s %q\nwant %s %q", got.Outcome, got.Sentence, tt.outcome, tt.sentence)
			}
			if w := f.Writes(); w != tt.writes {
				t.Errorf("writes = %q, want %q", w, tt.writes)
			}
			if notifies := strings.Join(f.Notified, ","); notifies != tt.notifies {
				t.Errorf("notified %q, want %q", notifies, tt.notifies)
			}
			if !strings.HasSuffix(got.Sentence, ".") {
				t.Errorf("no sentence: %q", got.Sentence)
			}
		})
	}
}

// TestUnconfirmedIsNotSent: what asks once more is sent when the answer was
// yes, and the journal knows that somebody chose so.
func TestUnconfirmedIsNotSent(t *testing.T) {
	w := planData(respond.FirstLine)
	w.Settings.Services = map[string]respond.ServiceSettings{"checkout": {Hours: hours(t, "Mon-Fri 09:00-17:00 Europe/Berlin"), Outside: respond.OutsideFirstLine}}
	f := fixture.NewFake()
	r := respond.Request{Action: respond.Escalate, Groups: f.Groups("I1"), Reason: "why"}
	p := respond.NewPlan(r, w)
	if len(p.Confirm) != 1 || !p.Ready() || p.Confirmed {
		t.Fatalf("plan = %+v", p)
	}
	want := "It is outside the hours of checkout's developers (Mon-Fri 09:00-17:00 Europe/Berlin; next from Mon 09:00): until then the ops desk takes it. This would wake Ann Berg."
	if p.Confirm[0] != want {
		t.Errorf("confirm = %q", p.Confirm[0])
	}
	res := doerOf(f).Do(t.Context(), p, nil)[0]
	if res.Outcome != respond.Refused || !strings.HasPrefix(res.Sentence, "It was not confirmed: It is outside the hours") || f.Writes() != "" {
		t.Errorf("result = %+v, sent %q", res, f.Writes())
	}

	r.Confirmed = true
	d := doerOf(f)
	j := &confirmations{}
	d.Journal = j
	if res := d.Do(t.Context(), respond.NewPlan(r, w), nil)[0]; res.Outcome != respond.Done {
		t.Errorf("result = %+v", res)
	}
	if len(j.written) == 0 || j.written[0] != want {
		t.Errorf("the journal knows %q", j.written)
	}
}

// TestHoursEndAfterThePreview: what wakes developers in their hours is not sent when
// these are over.
func TestHoursEndAfterThePreview(t *testing.T) {
	for _, stage := range []rollout.Stage{rollout.Full, rollout.BusinessHours} {
		w := planData(respond.FirstLine)
		w.Settings.Services = map[string]respond.ServiceSettings{"checkout": {Hours: hours(t, "Sun 01:00-03:00 UTC"), Stage: stage}}
		f := fixture.NewFake()
		p := respond.NewPlan(respond.Request{Action: respond.Escalate, Groups: f.Groups("I1"), Reason: "why"}, w)
		d := doerOf(f)
		d.Now = func() time.Time { return fixture.Sunday.Add(30 * time.Minute) }
		res := d.Do(t.Context(), p, nil)[0]
		if res.Outcome != respond.Refused || !strings.HasPrefix(res.Sentence, "The hours of its developers ended at Sun 03:00 UTC") || f.Writes() != "" {
			t.Errorf("%s: result = %+v, sent %q", stage, res, f.Writes())
		}
		if res := doerOf(f).Do(t.Context(), p, nil)[0]; res.Outcome != respond.Done {
			t.Errorf("%s: result = %+v", stage, res)
		}

		// They end while several are sent.
		f, late := fixture.NewFake(), false
		p = respond.NewPlan(respond.Request{Action: respond.Escalate, Groups: f.Groups("I1", "I2"), Reason: "why"}, w)
		d = doerOf(f)
		d.Now = func() time.Time {
			if late {
				return fixture.Sunday.Add(30 * time.Minute)
			}
			return fixture.Sunday
		}
		all := d.Do(t.Context(), p, func(respond.Result) { late = true })
		if all[0].Outcome != respond.Done || all[1].Outcome != respond.Refused || strings.Contains(f.Writes(), "I2") {
			t.Errorf("%s: results = %+v, sent %q", stage, all, f.Writes())
		}
	}
}

// confirmations is a journal that records what was confirmed.
type confirmations struct {
	Memory
	written []string
}

func (c *confirmations) Intent(ctx context.Context, i Begun) (int64, error) {
	c.written = append(c.written, i.Confirmed...)
	return c.Memory.Intent(ctx, i)
}

// TestSilencesOfACluster: one Alertmanager of a cluster knows the silence that
// was made in another, and gets no second one.
func TestSilencesOfACluster(t *testing.T) {
	w := planData(respond.Developer)
	second := w.Alertmanagers[0]
	second.Name = "am-us"
	w.Alertmanagers = append(w.Alertmanagers, second)
	r := respond.Request{Action: respond.Silence, Until: fixture.Sunday.Add(time.Hour), Groups: []triage.Group{fixture.AlertsGroup()}}
	for _, cluster := range []bool{true, false} {
		f := fixture.NewFake()
		other := &otherFake{Fake: f, name: "am-us"}
		if !cluster {
			other.Fake = fixture.NewFake()
		}
		d := doerOf(f)
		d.Silencers = []sources.Silencer{f, other}
		res := d.Do(t.Context(), respond.NewPlan(r, w), nil)[0]
		if made := len(f.Silences); res.Outcome != respond.Done || made != 1 {
			t.Errorf("cluster %v: %d silences, %+v", cluster, made, res)
		}
		if !cluster && len(other.Silences) != 1 {
			t.Errorf("the other Alertmanager has %d silences", len(other.Silences))
		}
	}
}

// otherFake is a fake Alertmanager under another name.
type otherFake struct {
	*fixture.Fake
	name string
}

func (n *otherFake) Source() sources.Source {
	return sources.Source{Kind: sources.Alertmanager, Name: n.name}
}

// Who was asked and has not answered, or has joined, is not asked again.
func TestAskingTwice(t *testing.T) {
	bo := respond.Target{Kind: respond.ToUser, ID: "UBO"}
	for state, want := range map[string]string{
		"pending": "Bo Larsen was asked already by Ann Berg 3 m ago, and has not answered yet.",
		"joined":  "Bo Larsen has joined #12 Checkout errors already.", "declined": "",
	} {
		asked := fixture.Incident("I1")
		asked.Responders = []sources.Responder{{User: fixture.Ref("UBO", "Bo Larsen"), State: state, At: fixture.Sunday.Add(-3 * time.Minute), By: fixture.Ann}}
		request := respond.Request{Action: respond.HandOff, Responders: true, Target: bo}

		request.Groups = []triage.Group{fixture.GroupOf(asked)}
		p := respond.NewPlan(request, planData(respond.Developer))
		if item := p.Items[0]; item.Already != (want != "") || want != "" && item.Sentence != want {
			t.Errorf("%s: planned as already %v: %s", state, item.Already, item.Sentence)
		}

		// Somebody else asks between the preview and the sending.
		f := fixture.NewFake()
		request.Groups = f.Groups("I1")
		p = respond.NewPlan(request, planData(respond.Developer))
		f.Incidents["I1"].Responders = asked.Responders
		got := doerOf(f).Do(t.Context(), p, nil)[0]
		if want != "" && (got.Outcome != respond.Already || got.Sentence != want || f.Writes() != "") {
			t.Errorf("%s: %s: %s; sent %q", state, got.Outcome, got.Sentence, f.Writes())
		}
		if want == "" && got.Outcome != respond.Done {
			t.Errorf("%s: %s: %s", state, got.Outcome, got.Sentence)
		}
	}
}

// What was begun is named in a sentence, and only what notified somebody notifies
// again.
func TestActionsOfBefore(t *testing.T) {
	for _, a := range append(respond.Actions(), respond.Undo) {
		if got := (&run{d: &Doer{}}).titleOf(Begun{At: fixture.Sunday, Action: a, Title: "X"}); !strings.HasSuffix(got, ", "+a.On("X")) {
			t.Errorf("what was begun of %s is written as %q", a, got)
		}
		r := newRun(&Doer{}, respond.Plan{Action: a})
		for _, notified := range []bool{true, false} {
			if got := r.came(progress{at: fixture.Sunday, notified: notified}, nil).sentence; strings.Contains(got, "notify again") != notified {
				t.Errorf("%s that notified: %v, again: %s", a, notified, got)
			}
		}
	}
}
