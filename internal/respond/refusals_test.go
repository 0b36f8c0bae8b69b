package respond

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

// refusalCase is an action with the write that PagerDuty refuses.
type refusalCase struct {
	name string
	r    Request
	call string
	// did makes the incident as the write would.
	did func(*sources.Incident)
}

func refusalCases() []refusalCase {
	toBo := Target{Kind: ToUser, ID: "UBO"}
	assign := func(u sources.Reference) func(*sources.Incident) {
		return func(i *sources.Incident) {
			i.AssignedVia, i.Assignments = sources.AssignedDirectly, []sources.Assignment{{User: u, At: sunday}}
		}
	}
	return []refusalCase{
		{"acknowledge", Request{Action: Acknowledge}, "ACK", func(i *sources.Incident) { *i = acknowledgedIncident("I1", dana, sunday) }},
		{"escalate", Request{Action: Escalate}, "POLICY", func(i *sources.Incident) { i.Policy = ref("PFIRST", "Ops first line") }},
		{"hand off", Request{Action: HandOff, Target: toBo}, "ASSIGN", assign(bo)},
		{"next level", Request{Action: NextLevel}, "LEVEL", func(i *sources.Incident) { i.Assignments = []sources.Assignment{{User: eve, At: sunday}} }},
		{"ask to join", Request{Action: HandOff, Responders: true, Target: toBo}, "RESPONDERS", func(i *sources.Incident) {
			i.Asked = []sources.ResponderRequest{{By: dana, Targets: []sources.Reference{bo}}}
		}},
		{"resolve", Request{Action: Resolve}, "RESOLVE", func(i *sources.Incident) { *i = resolvedIncident("I1", dana, sunday) }},
		{"snooze", Request{Action: Snooze, Until: sunday.Add(time.Hour)}, "SNOOZE", func(i *sources.Incident) {
			*i = acknowledgedIncident("I1", dana, sunday)
			i.Pending = []sources.PendingAction{{Type: "unacknowledge", At: sunday.Add(time.Hour)}}
		}},
		{"merge", Request{Action: Merge, Into: "I2"}, "MERGE", func(i *sources.Incident) {
			*i = resolvedIncident("I1", dana, sunday)
			i.MergedInto = "I2"
		}},
		{"urgency", Request{Action: SetUrgency, Urgency: "low"}, "URGENCY", func(i *sources.Incident) { i.Urgency = "low" }},
		{"priority", Request{Action: SetPriority, PriorityID: "PR1"}, "PRIORITY", func(i *sources.Incident) { i.Priority = &sources.Priority{ID: "PR1", Name: "P1"} }},
	}
}

// refusalReasons are all classes of a refusal.
var refusalReasons = []sources.Reason{
	sources.AlreadyAcknowledged, sources.AlreadyResolved, sources.AlreadyMerged, sources.NobodyOnCall, sources.Rejected, sources.Forbidden,
	sources.NotFound, sources.MissingAbility, sources.UnknownRequester, sources.Unauthorized, sources.RateLimited,
}

// TestRefusals: whatever PagerDuty refuses, what is said of the incident is what
// reading it shows; where it can't be read, that it is unknown.
func TestRefusals(t *testing.T) {
	unread := trouble{err: lostAnswer()}
	for _, c := range refusalCases() {
		for _, reason := range refusalReasons {
			for _, shows := range []string{"as it was", "resolved", "done by another", "merged", "nothing", "gone"} {
				t.Run(fmt.Sprintf("%s, %s, %s", c.name, reason, shows), func(t *testing.T) {
					f := newFake()
					r := c.r
					r.Groups, r.Reason = f.groups("I1"), "why"
					f.incidents["I1"].Asked = []sources.ResponderRequest{}
					r.Groups[0].Incident.Asked = []sources.ResponderRequest{}
					w := world(Developer)
					w.Me = &w.Users[0]
					w.Incidents = []sources.Incident{*f.incidents["I1"], *f.incidents["I2"]}
					p := NewPlan(r, w)
					if !p.Ready() {
						t.Fatal(strings.Join(p.Lines(), "\n"))
					}
					f.troubles[c.call] = []trouble{{err: refusedWith(reason)}}
					f.before[c.call] = func() {
						switch shows {
						case "resolved":
							*f.incidents["I1"] = resolvedIncident("I1", ann, sunday)
						case "done by another":
							c.did(f.incidents["I1"])
						case "merged":
							*f.incidents["I1"] = resolvedIncident("I1", ann, sunday)
							f.incidents["I1"].MergedInto = "I7"
						case "nothing":
							f.troubles["incident"] = []trouble{unread, unread, unread, unread}
						case "gone":
							gone := trouble{err: refusedWith(sources.NotFound)}
							f.troubles["incident"] = []trouble{gone, gone, gone, gone}
						}
					}
					res := doerOf(f).Do(t.Context(), p, nil)[0]
					if strings.Count(f.writes(), c.call) != 1 {
						t.Fatalf("sent %s", f.writes())
					}
					claims := reason == sources.AlreadyAcknowledged || reason == sources.AlreadyResolved || reason == sources.AlreadyMerged
					want, outcome := "did not come about", Failed
					switch {
					case reason == sources.RateLimited: // it asks for rest, so nothing is read
					case shows == "nothing":
						want = "unknown"
						if claims {
							outcome = Unknown
						}
					case shows == "gone":
						want = "gone from PagerDuty"
					case shows == "merged" || shows == "done by another" && c.name == "merge":
						want, outcome = "Already merged", Already
					case shows == "resolved" || shows == "done by another" && c.name == "resolve":
						want, outcome = "Already resolved", Already
					case shows == "done by another" && c.name == "acknowledge":
						want, outcome = "Already acknowledged by you", Already
					case shows == "done by another":
						want, outcome = "it is so already", Already
					case claims:
						want = "reading it says otherwise: now triggered"
					}
					if reason == sources.NotFound && shows == "as it was" && (c.call == "POLICY" || c.call == "ASSIGN") {
						want = "any more"
						if c.call == "POLICY" {
							want = "is gone from PagerDuty"
						}
					}
					if res.Outcome != outcome || !strings.Contains(res.Sentence, want) {
						t.Errorf("%s: %s\nwant %s: …%s…", res.Outcome, res.Sentence, outcome, want)
					}
					// Nothing is said to be resolved, acknowledged or merged that is not.
					for word, is := range map[string]bool{
						"Already resolved":     shows == "resolved" || shows == "merged" || c.name == "resolve" && shows == "done by another" || c.name == "merge" && shows == "done by another",
						"Already merged":       shows == "merged" || c.name == "merge" && shows == "done by another",
						"Already acknowledged": shows == "done by another" && (c.name == "acknowledge" || c.name == "snooze"),
					} {
						if strings.Contains(res.Sentence, word) && !is {
							t.Errorf("it claims %q: %s", word, res.Sentence)
						}
					}
					if strings.Count(res.Sentence, ":") > 2 {
						t.Errorf("hard to read: %s", res.Sentence)
					}
				})
			}
		}
	}
}

// TestAcknowledgingTheResolved: what a fresh read shows as resolved is never
// acknowledged, which PagerDuty may take for opening it again; where PagerDuty
// did, that is said.
func TestAcknowledgingTheResolved(t *testing.T) {
	resolve := func(f *fake, id string) {
		*f.incidents[id] = resolvedIncident(id, ann, f.now())
	}
	t.Run("resolved before", func(t *testing.T) {
		f := newFake()
		p := NewPlan(Request{Action: Acknowledge, Groups: f.groups("I1", "I2", "I3")}, world(Developer))
		resolve(f, "I2")
		res := doerOf(f).Do(t.Context(), p, nil)
		if f.writes() != "ACK I1 I3" || res[1].Outcome != Already {
			t.Errorf("sent %s: %+v", f.writes(), res[1])
		}
	})
	t.Run("resolved after it was opened", func(t *testing.T) {
		f := newFake()
		w := world(Developer)
		w.Me = &w.Users[0]
		p := NewPlan(Request{Action: Acknowledge, Instead: ByIncident, Groups: []triage.Group{alertsGroup()}}, w)
		reads := 0
		var hook func()
		hook = func() {
			if reads++; reads == 2 { // read back after opening, then before acknowledging
				for id, i := range f.incidents {
					if i.Key == "0123456789ab" {
						resolve(f, id)
					}
				}
			}
			f.before["incident"] = hook
		}
		f.before["incident"] = hook
		res := doerOf(f).Do(t.Context(), p, nil)[0]
		if strings.Contains(f.writes(), "ACK") || !strings.Contains(res.Sentence, "Already resolved by Ann Berg") {
			t.Errorf("sent %s: %+v", f.writes(), res)
		}
	})
	t.Run("resolved while an undo gives it back", func(t *testing.T) {
		f := newFake()
		i := acknowledgedIncident("I1", dana, sunday.Add(-time.Minute))
		done := Plan{Action: Escalate, Items: []Item{{Group: groupOf(i), ID: "I1", Steps: []Step{{Kind: StepPolicy, IncidentID: "I1", PolicyID: "PFIRST", PolicyName: "Ops first line"}}}}}
		after := i
		after.Policy, after.Assignments = ref("PFIRST", ""), []sources.Assignment{{User: bo, At: sunday}}
		*f.incidents["I1"] = after
		w := world(Developer)
		w.Me = &w.Users[0]
		p, _ := UndoOf(done, []Result{{Outcome: Done, Incident: &after}}, sunday, w, Known{})
		set := false
		var hook func()
		hook = func() {
			if set = set || strings.Contains(f.writes(), "POLICY"); set && f.incidents["I1"].Policy.ID == "PPAY" {
				f.incidents["I1"].Status, f.incidents["I1"].ChangedBy = sources.Resolved, ann
			}
			f.before["incident"] = hook
		}
		f.before["incident"] = hook
		res := doerOf(f).Do(t.Context(), p, nil)[0]
		if strings.Contains(f.writes(), "ACK") || !strings.Contains(res.Sentence, "lready resolved by Ann Berg") {
			t.Errorf("sent %s: %+v", f.writes(), res)
		}
	})
	for name, tt := range map[string]struct {
		entries []sources.LogEntry
		holders []sources.Reference
		log     error
		says    string
	}{
		"opened again": {
			[]sources.LogEntry{{Type: "resolve", Incident: ref("I1", ""), Agent: ann, CreatedAt: sunday}},
			[]sources.Reference{dana},
			nil,
			"It was resolved by Ann Berg just now, and the acknowledgement opened it again: now assigned to you.",
		},
		"opened again, the log can't be read": {nil, []sources.Reference{dana}, lostAnswer(), "whether it was resolved meanwhile, and is open again by this, is unknown"},
		"given to me by another":              {[]sources.LogEntry{{Type: "assign", Incident: ref("I1", ""), Agent: ann, CreatedAt: sunday}}, []sources.Reference{dana}, nil, ""},
		"resolved long ago":                   {[]sources.LogEntry{{Type: "resolve", Incident: ref("I1", ""), Agent: ann, CreatedAt: sunday.Add(-time.Hour)}}, []sources.Reference{dana}, nil, ""},
		"as it should":                        {nil, []sources.Reference{ann}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			w := world(Developer)
			w.Me = &w.Users[0]
			p := NewPlan(Request{Action: Acknowledge, Groups: f.groups("I1")}, w)
			f.before["ACK"] = func() {
				f.entries = tt.entries
				f.incidents["I1"].Assignments = nil
				for _, h := range tt.holders {
					f.incidents["I1"].Assignments = append(f.incidents["I1"].Assignments, sources.Assignment{User: h, At: sunday})
				}
				if tt.log != nil {
					f.troubles["log"] = []trouble{{err: tt.log}}
				}
			}
			res := doerOf(f).Do(t.Context(), p, nil)[0]
			again := strings.Contains(res.Sentence, "again")
			if res.Outcome != Done || again != (tt.says != "") || !strings.Contains(res.Sentence, tt.says) {
				t.Errorf("%s: %s", res.Outcome, res.Sentence)
			}
		})
	}
}

// TestRefusedOpening: where PagerDuty refuses to open an incident, what is said
// is what reading shows: another may have opened one just then.
func TestRefusedOpening(t *testing.T) {
	for _, reason := range refusalReasons {
		for shows, want := range map[string]struct {
			says    string
			outcome Outcome
		}{
			"none":                 {"No incident was opened: ", Failed},
			"one at the target":    {"An incident is open already: ", Already},
			"one somewhere else":   {"An incident was opened since the preview: ", Refused},
			"one that is resolved": {"No incident was opened: ", Failed},
			"nothing":              {"Whether one is open all the same is unknown", Failed},
		} {
			f := newFake()
			p := NewPlan(Request{Action: Escalate, Groups: []triage.Group{alertsGroup()}, Reason: "why"}, world(Developer))
			f.troubles["OPEN"] = []trouble{{err: refusedWith(reason)}}
			f.before["OPEN"] = func() {
				i := incident("I9")
				i.Key = "0123456789ab"
				switch shows {
				case "one at the target":
					i.Policy = ref("PFIRST", "Ops first line")
				case "one that is resolved":
					i.Status = sources.Resolved
				case "nothing":
					unread := trouble{err: lostAnswer()}
					f.troubles["bykey"] = []trouble{unread, unread, unread}
					return
				case "none":
					return
				}
				f.incidents["I9"] = &i
			}
			res := doerOf(f).Do(t.Context(), p, nil)[0]
			if reason == sources.RateLimited { // it asks for rest, so nothing is read
				want.says, want.outcome = "No incident was opened: ", Failed
			}
			if res.Outcome != want.outcome || !strings.Contains(res.Sentence, want.says) || f.writes() != "OPEN SCHK" {
				t.Errorf("%s, %s: %s: %s (sent %s)", reason, shows, res.Outcome, res.Sentence, f.writes())
			}
		}
	}
}
