package respond

import (
	"context"
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

// TestDoMore is TestDo for levels, moves, silences, and what leaves an
// incident with whom it is with.
func TestDoMore(t *testing.T) {
	race := func(name string, change func(*sources.Incident)) func(*fake) {
		return func(f *fake) { f.before[name] = func() { change(f.incidents["I1"]) } }
	}
	annAcks := func(i *sources.Incident) { *i = acknowledgedIncident("I1", ann, sunday.Add(-3*time.Second)) }
	annResolves := func(i *sources.Incident) { *i = resolvedIncident("I1", ann, sunday.Add(-3*time.Second)) }
	toEve := func(i *sources.Incident) { i.Assignments = []sources.Assignment{{User: eve, At: sunday}} }
	fails := func(name string, all ...trouble) func(*fake) { return func(f *fake) { f.troubles[name] = all } }
	lostBut := trouble{err: lostAnswer(), happens: true}
	lostAnd := trouble{err: lostAnswer()}
	refused := func(r sources.Reason) trouble { return trouble{err: refusedWith(r)} }
	ended := func(f *fake) { f.silences[0].State = "expired" }
	cantLook := func(name string) func(*fake) {
		return func(f *fake) {
			f.troubles[name] = []trouble{lostBut}
			f.before[name] = func() { f.troubles["incident"] = []trouble{lostAnd, lostAnd, lostAnd, lostAnd} }
		}
	}
	cantLookAtSilence := func(name string) func(*fake) {
		return func(f *fake) {
			f.troubles[name] = []trouble{lostBut}
			f.before[name] = func() { f.troubles["silence"] = []trouble{lostAnd, lostAnd, lostAnd, lostAnd} }
		}
	}
	until := sunday.Add(2 * time.Hour)
	var (
		next     = Request{Action: NextLevel, Reason: "why"}
		resolve  = Request{Action: Resolve}
		snooze   = Request{Action: Snooze, Until: until}
		merge    = Request{Action: Merge, Into: "I2"}
		lower    = Request{Action: SetUrgency, Urgency: "low"}
		priority = Request{Action: SetPriority, PriorityID: "PR2"}
		join     = Request{Action: HandOff, Responders: true, Target: Target{Kind: ToUser, ID: "UBO"}, Reason: "why"}
		moveIt   = Request{Action: Escalate, Reason: "why"}
		exact    = Request{Action: Silence, Until: until, Groups: []triage.Group{alertsGroup()}}
		chosen   = Request{Action: Silence, Until: until, Matchers: []sources.Matcher{{Name: "service", Value: "check.*", Regex: true, Equal: true}}}
		extend   = Request{Action: ExtendSilence, Until: until, SilenceID: "s0"}
		expire   = Request{Action: ExpireSilence, SilenceID: "s0"}
	)
	for _, tt := range []struct {
		name     string
		r        Request
		world    func(*fake)
		outcome  Outcome
		sentence string // contains
		writes   string
		pages    string
	}{
		// As planned.
		{"next level", next, nil, Done, "Escalated to level 2 of Payments on call: now assigned to Eve Stone.", "NOTE I1; LEVEL 2 I1", "UEVE"},
		{"resolve", resolve, nil, Done, "Resolved #12 Checkout errors.", "RESOLVE I1", ""},
		{"snooze", snooze, nil, Done, "Snoozed #12 Checkout errors until Sun 22 Nov 04:30 UTC.", "SNOOZE 2h0m0s I1", ""},
		{"merge", merge, nil, Done, "Merged #12 Checkout errors.", "MERGE I2 I1", ""},
		{"urgency", lower, nil, Done, "The urgency of #12 Checkout errors is low now.", "URGENCY low I1", ""},
		{"priority", priority, nil, Done, "The priority of #12 Checkout errors is P2 now.", "PRIORITY PR2 I1", ""},
		{"ask responders", join, nil, Done, "Asked Bo Larsen to join #12 Checkout errors.", "NOTE I1; RESPONDERS I1 UBO", "UBO"},
		{"move", moveIt, nil, Done, "Escalated to Ops first line, moved to SOPS: now assigned to Bo Larsen.", "NOTE I1; MOVE SOPS PFIRST I1", "UBO"},
		{"silence these alerts", exact, nil, Done, "Made 1 silence until Sun 22 Nov 04:30 UTC.", "SILENCE", ""},
		{"silence by matchers", chosen, nil, Done, "Made 1 silence until", "SILENCE", ""},
		{"extend", extend, nil, Done, "Extended 1 silence until Sun 22 Nov 04:30 UTC.", "SILENCE", ""},
		{"expire", expire, nil, Done, "Ended 1 silence.", "EXPIRE s0", ""},

		// Somebody was faster.
		{"next level, resolved", next, race("incident", annResolves), Already, "Already resolved by Ann Berg 3 s ago", "", ""},
		{"next level, escalated by PagerDuty", next, race("incident", toEve), Refused, "It changed since the preview: now assigned to Eve Stone. It was not escalated", "", ""},
		{"next level, the log says another", next, func(f *fake) {
			f.entries = []sources.LogEntry{{Type: "escalate", Level: 2, CreatedAt: sunday, Incident: ref("I1", "")}}
		}, Refused, "#12 Checkout errors is not on level 1 of Payments on call any more. Nothing was sent", "", ""},
		{"next level, shift changed", next, func(f *fake) { f.onCalls[3].User = cy }, Refused, "it would notify Cy Park. Nothing was sent", "", ""},
		{"next level, shift ended", next, func(f *fake) { f.onCalls = f.onCalls[:3] }, Refused, "Nobody is on call at Payments on call any more", "", ""},
		{"resolved before", resolve, race("incident", annResolves), Already, "Already resolved by Ann Berg 3 s ago.", "", ""},
		{"resolved while resolving", resolve, race("RESOLVE", annResolves), Already, "Already resolved by Ann Berg 3 s ago.", "RESOLVE I1", ""},
		{"resolve what Ann works on", resolve, race("incident", annAcks), Refused, "now acknowledged by Ann Berg 3 s ago. It was not resolved; look again.", "", ""},
		{"snooze what is resolved", snooze, race("incident", annResolves), Already, "nothing to snooze", "", ""},
		{"snooze what Ann works on", snooze, race("incident", annAcks), Refused, "It was not snoozed", "", ""},
		{"merge what is resolved", merge, race("incident", annResolves), Already, "nothing to merge", "", ""},
		{"merge into what is resolved", merge, func(f *fake) { *f.incidents["I2"] = resolvedIncident("I2", ann, sunday.Add(-3*time.Second)) }, Refused, "which it was to be merged into, is resolved by Ann Berg 3 s ago. Nothing was sent", "", ""},
		{"merged while merging", merge, fails("MERGE", refused(sources.AlreadyMerged)), Failed, "PagerDuty says that the incident is already merged, but reading it says otherwise", "MERGE I2 I1", ""},
		{"urgency as wanted by now", lower, race("incident", func(i *sources.Incident) { i.Urgency = "low" }), Already, "Already so. The urgency of #12 Checkout errors is low now.", "", ""},
		{"priority as wanted by now", priority, race("incident", func(i *sources.Incident) { i.Priority = &sources.Priority{ID: "PR2"} }), Already, "Already so.", "", ""},
		{"join what is resolved", join, race("incident", annResolves), Already, "nothing to hand off", "", ""},
		{"join what Ann works on", join, race("incident", annAcks), Done, "Asked Bo Larsen to join", "NOTE I1; RESPONDERS I1 UBO", "UBO"},
		{"moved by another", moveIt, race("incident", func(i *sources.Incident) { i.Policy = ref("PFIRST", "Ops first line") }), Already, "Already with Ops first line", "", ""},
		{"extend what has ended", extend, ended, Refused, "has ended since the preview: make a new one", "", ""},
		{"extend what lasts longer", extend, func(f *fake) { f.silences[0].EndsAt = until.Add(time.Hour) }, Already, "lasts until Sun 22 Nov 05:30 UTC already", "", ""},
		{"extend what matches another", extend, func(f *fake) { f.silences[0].Matchers = f.silences[0].Matchers[:0] }, Refused, "was changed since the preview", "", ""},
		{"end what has ended", expire, ended, Already, "The silence has ended already.", "", ""},
		{"end what is forgotten", expire, func(f *fake) { f.silences = nil }, Failed, "Nothing was sent, because the silence could not be read just before", "", ""},

		// Answers that were lost.
		{"level lost, arrived", next, fails("LEVEL", lostBut), Done, "Escalated to level 2", "NOTE I1; LEVEL 2 I1", "UEVE"},
		{"level lost, did not arrive", next, fails("LEVEL", lostAnd), Unknown, "The note is on the incident. The answer to the escalation was lost. PagerDuty does not show it yet, and it may still be carried out until ", "NOTE I1; LEVEL 2 I1", ""},
		{"level lost, can't look", next, cantLook("LEVEL"), Unknown, "looking failed as well", "NOTE I1; LEVEL 2 I1", "UEVE"},
		{"resolve lost, arrived", resolve, fails("RESOLVE", lostBut), Done, "Resolved", "RESOLVE I1", ""},
		{"resolve lost, did not arrive", resolve, fails("RESOLVE", lostAnd), Unknown, "does not show it yet, and it may still be carried out until ", "RESOLVE I1", ""},
		{"resolve lost, can't look", resolve, cantLook("RESOLVE"), Unknown, "looking failed as well", "RESOLVE I1", ""},
		{"snooze lost, arrived", snooze, fails("SNOOZE", lostBut), Done, "Snoozed", "SNOOZE 2h0m0s I1", ""},
		{"snooze lost, did not arrive", snooze, fails("SNOOZE", lostAnd), Unknown, "does not show it yet, and it may still be carried out until ", "SNOOZE 2h0m0s I1", ""},
		{"merge lost, arrived", merge, fails("MERGE", lostBut), Unknown, "the incident does not show", "MERGE I2 I1", ""},
		{"merge lost, did not arrive", merge, fails("MERGE", lostAnd), Unknown, "does not show it yet, and it may still be carried out until ", "MERGE I2 I1", ""},
		{"urgency lost, arrived", lower, fails("URGENCY", lostBut), Done, "is low now", "URGENCY low I1", ""},
		{"urgency lost, did not arrive", lower, fails("URGENCY", lostAnd), Unknown, "does not show it yet, and it may still be carried out until ", "URGENCY low I1", ""},
		{"priority lost, arrived", priority, fails("PRIORITY", lostBut), Done, "is P2 now", "PRIORITY PR2 I1", ""},
		{"priority lost, did not arrive", priority, fails("PRIORITY", lostAnd), Unknown, "does not show it yet, and it may still be carried out until ", "PRIORITY PR2 I1", ""},
		{"asking lost", join, fails("RESPONDERS", lostBut), Unknown, "The note is on the incident. The answer to asking Bo Larsen was lost", "NOTE I1; RESPONDERS I1 UBO", "UBO"},
		{"move lost, arrived", moveIt, fails("MOVE", lostBut), Done, "moved to SOPS", "NOTE I1; MOVE SOPS PFIRST I1", "UBO"},
		{"move lost, did not arrive", moveIt, fails("MOVE", lostAnd), Unknown, "does not show it yet, and it may still be carried out until ", "NOTE I1; MOVE SOPS PFIRST I1", ""},
		{"extension lost, arrived", extend, fails("SILENCE", lostBut), Done, "Extended 1 silence", "SILENCE", ""},
		{"extension lost, did not arrive", extend, fails("SILENCE", lostAnd), Unknown, "does not show it yet, and it may still be carried out until ", "SILENCE", ""},
		{"extension lost, can't look", extend, cantLookAtSilence("SILENCE"), Unknown, "looking failed as well", "SILENCE", ""},
		{"end lost, arrived", expire, fails("EXPIRE", lostBut), Done, "Ended 1 silence.", "EXPIRE s0", ""},
		{"end lost, did not arrive", expire, fails("EXPIRE", lostAnd), Unknown, "does not show it yet, and it may still be carried out until ", "EXPIRE s0", ""},
		{"end lost, can't look", expire, cantLookAtSilence("EXPIRE"), Unknown, "looking failed as well", "EXPIRE s0", ""},

		// Refused, or not reached.
		{"level refused", next, fails("LEVEL", refused(sources.Rejected)), Failed, "The note is on the incident. The escalation did not come about", "NOTE I1; LEVEL 2 I1", ""},
		{"log can't be read", next, fails("log", lostAnd), Failed, "Nothing was sent, because the incident's log could not be read just before", "", ""},
		{"no plan for responders", join, fails("RESPONDERS", refused(sources.MissingAbility)), Failed, "Asking Bo Larsen to join did not come about: this account's PagerDuty plan does not include it.", "NOTE I1; RESPONDERS I1 UBO", ""},
		{"no plan for priorities", priority, fails("PRIORITY", refused(sources.MissingAbility)), Failed, "The change of the priority did not come about", "PRIORITY PR2 I1", ""},
		{"policy of a move gone", moveIt, fails("MOVE", refused(sources.NotFound)), Failed, "The escalation policy Ops first line is gone", "NOTE I1; MOVE SOPS PFIRST I1", ""},
		{"extension refused", extend, fails("SILENCE", refused(sources.Forbidden)), Failed, "The silence in am-eu was not changed", "SILENCE", ""},
		{"end refused", expire, fails("EXPIRE", refused(sources.Forbidden)), Failed, "The silence in am-eu was not changed", "EXPIRE s0", ""},
		{"target of a merge can't be read", merge, func(f *fake) {
			f.before["incident"] = func() { f.troubles["incident"] = []trouble{{}, lostAnd} }
		}, Failed, "Nothing was sent, because the incident to merge into could not be read just before", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake()
			w, _ := quietWorld(world(Developer))
			if tt.r.Action == Silence {
				w = world(Developer)
			}
			f.silences = append(f.silences, w.Alertmanagers[0].Silences...)
			w.Incidents = []sources.Incident{*f.incidents["I1"], *f.incidents["I2"]}
			w.Settings.Services = map[string]ServiceSettings{"checkout": {Move: true}}
			r := tt.r
			if r.Groups == nil {
				r.Groups = f.groups("I1")
			}
			p := NewPlan(r, w)
			if !p.Ready() || len(p.Confirm) > 0 {
				t.Fatalf("the plan is not ready: %+v", p)
			}
			if tt.world != nil {
				tt.world(f)
			}
			got := doerOf(f).Do(context.Background(), p, nil)[0]
			if got.Outcome != tt.outcome || !strings.Contains(got.Sentence, tt.sentence) {
				t.Errorf("= %s %q\nwant %s %q", got.Outcome, got.Sentence, tt.outcome, tt.sentence)
			}
			if w := f.writes(); w != tt.writes {
				t.Errorf("writes = %q, want %q", w, tt.writes)
			}
			if pages := strings.Join(f.pages, ","); pages != tt.pages {
				t.Errorf("paged %q, want %q", pages, tt.pages)
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
	w := world(FirstLine)
	w.Settings.Services = map[string]ServiceSettings{"checkout": {Hours: hours(t, "Mon-Fri 09:00-17:00 Europe/Berlin"), Outside: OutsideFirstLine}}
	f := newFake()
	r := Request{Action: Escalate, Groups: f.groups("I1"), Reason: "why"}
	p := NewPlan(r, w)
	if len(p.Confirm) != 1 || !p.Ready() || p.Confirmed {
		t.Fatalf("plan = %+v", p)
	}
	want := "It is outside the hours of checkout's developers (Mon-Fri 09:00-17:00 Europe/Berlin; next from Mon 09:00): until then the ops desk takes it. This would wake Ann Berg."
	if p.Confirm[0] != want {
		t.Errorf("confirm = %q", p.Confirm[0])
	}
	res := doerOf(f).Do(t.Context(), p, nil)[0]
	if res.Outcome != Refused || !strings.HasPrefix(res.Sentence, "It was not confirmed: It is outside the hours") || f.writes() != "" {
		t.Errorf("result = %+v, sent %q", res, f.writes())
	}

	r.Confirmed = true
	d := doerOf(f)
	j := &confirmations{}
	d.Journal = j
	if res := d.Do(t.Context(), NewPlan(r, w), nil)[0]; res.Outcome != Done {
		t.Errorf("result = %+v", res)
	}
	if len(j.told) == 0 || j.told[0] != want {
		t.Errorf("the journal knows %q", j.told)
	}
}

// confirmations is a journal that records what was confirmed.
type confirmations struct {
	Memory
	told []string
}

func (c *confirmations) Intent(ctx context.Context, i Intent) (int64, error) {
	c.told = append(c.told, i.Confirmed...)
	return c.Memory.Intent(ctx, i)
}

// TestSilencesOfACluster: one Alertmanager of a cluster knows the silence that
// was made in another, and gets no second one.
func TestSilencesOfACluster(t *testing.T) {
	w := world(Developer)
	second := w.Alertmanagers[0]
	second.Name = "am-us"
	w.Alertmanagers = append(w.Alertmanagers, second)
	r := Request{Action: Silence, Until: sunday.Add(time.Hour), Groups: []triage.Group{alertsGroup()}}
	for _, cluster := range []bool{true, false} {
		f := newFake()
		other := &otherFake{fake: f, name: "am-us"}
		if !cluster {
			other.fake = newFake()
		}
		d := doerOf(f)
		d.Silencers = []sources.Silencer{f, other}
		res := d.Do(t.Context(), NewPlan(r, w), nil)[0]
		if made := len(f.silences); res.Outcome != Done || made != 1 {
			t.Errorf("cluster %v: %d silences, %+v", cluster, made, res)
		}
		if !cluster && len(other.silences) != 1 {
			t.Errorf("the other Alertmanager has %d silences", len(other.silences))
		}
	}
}

// otherFake is a fake Alertmanager under another name.
type otherFake struct {
	*fake
	name string
}

func (n *otherFake) Source() sources.Source {
	return sources.Source{Kind: sources.Alertmanager, Name: n.name}
}

// Who was asked and has not answered, or has joined, is not asked again.
func TestAskingTwice(t *testing.T) {
	bo := Target{Kind: ToUser, ID: "UBO"}
	for state, want := range map[string]string{
		"pending": "Bo Larsen was asked already by Ann Berg 3 m ago, and has not answered yet.",
		"joined":  "Bo Larsen has joined #12 Checkout errors already.", "declined": "",
	} {
		asked := incident("I1")
		asked.Responders = []sources.Responder{{User: ref("UBO", "Bo Larsen"), State: state, At: sunday.Add(-3 * time.Minute), By: ann}}
		request := Request{Action: HandOff, Responders: true, Target: bo}

		request.Groups = []triage.Group{groupOf(asked)}
		p := NewPlan(request, world(Developer))
		if item := p.Items[0]; item.Already != (want != "") || want != "" && item.Sentence != want {
			t.Errorf("%s: planned as already %v: %s", state, item.Already, item.Sentence)
		}

		// Somebody else asks between the preview and the sending.
		f := newFake()
		request.Groups = f.groups("I1")
		p = NewPlan(request, world(Developer))
		f.incidents["I1"].Responders = asked.Responders
		got := doerOf(f).Do(t.Context(), p, nil)[0]
		if want != "" && (got.Outcome != Already || got.Sentence != want || f.writes() != "") {
			t.Errorf("%s: %s: %s; sent %q", state, got.Outcome, got.Sentence, f.writes())
		}
		if want == "" && got.Outcome != Done {
			t.Errorf("%s: %s: %s", state, got.Outcome, got.Sentence)
		}
	}
}

// What was begun is named in a sentence, and only what notified somebody notifies
// again.
func TestActionsOfBefore(t *testing.T) {
	for _, a := range append(Actions(), Undo) {
		if got := told(Begun{At: sunday, Action: a, Title: "X"}); !strings.HasSuffix(got, ", "+a.On("X")) {
			t.Errorf("what was begun of %s is told as %q", a, got)
		}
		r := newRun(&Doer{}, Plan{Action: a})
		for _, notified := range []bool{true, false} {
			if got := r.came(progress{at: sunday, notified: notified}, nil).sentence; strings.Contains(got, "notify again") != notified {
				t.Errorf("%s that notified: %v, again: %s", a, notified, got)
			}
		}
	}
}
