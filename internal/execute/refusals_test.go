package execute

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// refusalCase is an action with the write that PagerDuty refuses.
type refusalCase struct {
	name string
	r    respond.Request
	call string
	// did makes the incident as the write would.
	did func(*sources.Incident)
}

func refusalCases() []refusalCase {
	toBo := respond.Target{Kind: respond.ToUser, ID: "UBO"}
	assign := func(u sources.Reference) func(*sources.Incident) {
		return func(i *sources.Incident) {
			i.AssignedVia, i.Assignments = sources.AssignedDirectly, []sources.Assignment{{User: u, At: fixture.Sunday}}
		}
	}
	return []refusalCase{
		{"acknowledge", respond.Request{Action: respond.Acknowledge}, "ACK", func(i *sources.Incident) { *i = fixture.AcknowledgedIncident("I1", fixture.Dana, fixture.Sunday) }},
		{"escalate", respond.Request{Action: respond.Escalate}, "POLICY", func(i *sources.Incident) { i.Policy = fixture.Ref("PFIRST", "Ops first line") }},
		{"hand off", respond.Request{Action: respond.HandOff, Target: toBo}, "ASSIGN", assign(fixture.Bo)},
		{"next level", respond.Request{Action: respond.NextLevel}, "LEVEL", func(i *sources.Incident) {
			i.Assignments = []sources.Assignment{{User: fixture.Eve, At: fixture.Sunday}}
		}},
		{"ask to join", respond.Request{Action: respond.HandOff, Responders: true, Target: toBo}, "RESPONDERS", func(i *sources.Incident) {
			i.Asked = []sources.ResponderRequest{{By: fixture.Dana, Targets: []sources.Reference{fixture.Bo}}}
		}},
		{"resolve", respond.Request{Action: respond.Resolve}, "RESOLVE", func(i *sources.Incident) { *i = fixture.ResolvedIncident("I1", fixture.Dana, fixture.Sunday) }},
		{"snooze", respond.Request{Action: respond.Snooze, Until: fixture.Sunday.Add(time.Hour)}, "SNOOZE", func(i *sources.Incident) {
			*i = fixture.AcknowledgedIncident("I1", fixture.Dana, fixture.Sunday)
			i.Pending = []sources.PendingAction{{Type: "unacknowledge", At: fixture.Sunday.Add(time.Hour)}}
		}},
		{"merge", respond.Request{Action: respond.Merge, Into: "I2"}, "MERGE", func(i *sources.Incident) {
			*i = fixture.ResolvedIncident("I1", fixture.Dana, fixture.Sunday)
			i.MergedInto = "I2"
		}},
		{"urgency", respond.Request{Action: respond.SetUrgency, Urgency: "low"}, "URGENCY", func(i *sources.Incident) { i.Urgency = "low" }},
		{"priority", respond.Request{Action: respond.SetPriority, PriorityID: "PR1"}, "PRIORITY", func(i *sources.Incident) { i.Priority = &sources.Priority{ID: "PR1", Name: "P1"} }},
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
	unread := fixture.Trouble{Err: fixture.LostAnswer()}
	for _, c := range refusalCases() {
		for _, reason := range refusalReasons {
			for _, shows := range []string{"as it was", "resolved", "done by another", "merged", "nothing", "gone"} {
				t.Run(fmt.Sprintf("%s, %s, %s", c.name, reason, shows), func(t *testing.T) {
					f := fixture.NewFake()
					r := c.r
					r.Groups, r.Reason = f.Groups("I1"), "why"
					f.Incidents["I1"].Asked = []sources.ResponderRequest{}
					r.Groups[0].Incident.Asked = []sources.ResponderRequest{}
					w := planData(respond.Developer)
					w.Me = &w.Users[0]
					w.Incidents = []sources.Incident{*f.Incidents["I1"], *f.Incidents["I2"]}
					p := respond.NewPlan(r, w)
					if !p.Ready() {
						t.Fatal(strings.Join(p.Lines(), "\n"))
					}
					f.Troubles[c.call] = []fixture.Trouble{{Err: fixture.RefusedWith(reason)}}
					f.Before[c.call] = func() {
						switch shows {
						case "resolved":
							*f.Incidents["I1"] = fixture.ResolvedIncident("I1", fixture.Ann, fixture.Sunday)
						case "done by another":
							c.did(f.Incidents["I1"])
						case "merged":
							*f.Incidents["I1"] = fixture.ResolvedIncident("I1", fixture.Ann, fixture.Sunday)
							f.Incidents["I1"].MergedInto = "I7"
						case "nothing":
							f.Troubles["incident"] = []fixture.Trouble{unread, unread, unread, unread}
						case "gone":
							gone := fixture.Trouble{Err: fixture.RefusedWith(sources.NotFound)}
							f.Troubles["incident"] = []fixture.Trouble{gone, gone, gone, gone}
						}
					}
					res := doerOf(f).Do(t.Context(), p, nil)[0]
					if strings.Count(f.Writes(), c.call) != 1 {
						t.Fatalf("sent %s", f.Writes())
					}
					claims := reason == sources.AlreadyAcknowledged || reason == sources.AlreadyResolved || reason == sources.AlreadyMerged
					want, outcome := "did not come about", respond.Failed
					switch {
					case reason == sources.RateLimited: // it asks for rest, so nothing is read
					case shows == "nothing":
						want = "unknown"
						if claims {
							outcome = respond.Unknown
						}
					case shows == "gone":
						want = "gone from PagerDuty"
					case shows == "merged" || shows == "done by another" && c.name == "merge":
						want, outcome = "Already merged", respond.Already
					case shows == "resolved" || shows == "done by another" && c.name == "resolve":
						want, outcome = "Already resolved", respond.Already
					case shows == "done by another" && c.name == "acknowledge":
						want, outcome = "Already acknowledged by you", respond.Already
					case shows == "done by another":
						want, outcome = "it is so already", respond.Already
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
	resolve := func(f *fixture.Fake, id string) {
		*f.Incidents[id] = fixture.ResolvedIncident(id, fixture.Ann, f.Now())
	}
	t.Run("resolved before", func(t *testing.T) {
		f := fixture.NewFake()
		p := respond.NewPlan(respond.Request{Action: respond.Acknowledge, Groups: f.Groups("I1", "I2", "I3")}, planData(respond.Developer))
		resolve(f, "I2")
		res := doerOf(f).Do(t.Context(), p, nil)
		if f.Writes() != "ACK I1 I3" || res[1].Outcome != respond.Already {
			t.Errorf("sent %s: %+v", f.Writes(), res[1])
		}
	})
	t.Run("resolved after it was opened", func(t *testing.T) {
		f := fixture.NewFake()
		w := planData(respond.Developer)
		w.Me = &w.Users[0]
		p := respond.NewPlan(respond.Request{Action: respond.Acknowledge, Instead: respond.ByIncident, Groups: []triage.Group{fixture.AlertsGroup()}}, w)
		reads := 0
		var hook func()
		hook = func() {
			if reads++; reads == 2 { // read back after opening, then before acknowledging
				for id, i := range f.Incidents {
					if i.Key == "0123456789ab" {
						resolve(f, id)
					}
				}
			}
			f.Before["incident"] = hook
		}
		f.Before["incident"] = hook
		res := doerOf(f).Do(t.Context(), p, nil)[0]
		if strings.Contains(f.Writes(), "ACK") || !strings.Contains(res.Sentence, "Already resolved by Ann Berg") {
			t.Errorf("sent %s: %+v", f.Writes(), res)
		}
	})
	t.Run("resolved while an undo gives it back", func(t *testing.T) {
		f := fixture.NewFake()
		i := fixture.AcknowledgedIncident("I1", fixture.Dana, fixture.Sunday.Add(-time.Minute))
		done := respond.Plan{Action: respond.Escalate, Items: []respond.Item{{Group: fixture.GroupOf(i), ID: "I1", Steps: []respond.Step{{Kind: respond.StepPolicy, IncidentID: "I1", PolicyID: "PFIRST", PolicyName: "Ops first line"}}}}}
		after := i
		after.Policy, after.Assignments = fixture.Ref("PFIRST", ""), []sources.Assignment{{User: fixture.Bo, At: fixture.Sunday}}
		*f.Incidents["I1"] = after
		w := planData(respond.Developer)
		w.Me = &w.Users[0]
		p, _ := respond.UndoOf(done, []respond.Result{{Outcome: respond.Done, Incident: &after}}, w, respond.Facts{})
		set := false
		var hook func()
		hook = func() {
			if set = set || strings.Contains(f.Writes(), "POLICY"); set && f.Incidents["I1"].Policy.ID == "PPAY" {
				f.Incidents["I1"].Status, f.Incidents["I1"].ChangedBy = sources.Resolved, fixture.Ann
			}
			f.Before["incident"] = hook
		}
		f.Before["incident"] = hook
		res := doerOf(f).Do(t.Context(), p, nil)[0]
		if strings.Contains(f.Writes(), "ACK") || !strings.Contains(res.Sentence, "lready resolved by Ann Berg") {
			t.Errorf("sent %s: %+v", f.Writes(), res)
		}
	})
	for name, tt := range map[string]struct {
		entries []sources.LogEntry
		holders []sources.Reference
		log     error
		says    string
	}{
		"opened again": {
			[]sources.LogEntry{{Type: "resolve", Incident: fixture.Ref("I1", ""), Agent: fixture.Ann, CreatedAt: fixture.Sunday}},
			[]sources.Reference{fixture.Dana},
			nil,
			"It was resolved by Ann Berg just now, and the acknowledgement opened it again: now assigned to you.",
		},
		"opened again, the log can't be read": {nil, []sources.Reference{fixture.Dana}, fixture.LostAnswer(), "whether it was resolved meanwhile, and is open again by this, is unknown"},
		"given to me by another":              {[]sources.LogEntry{{Type: "assign", Incident: fixture.Ref("I1", ""), Agent: fixture.Ann, CreatedAt: fixture.Sunday}}, []sources.Reference{fixture.Dana}, nil, ""},
		"resolved long ago":                   {[]sources.LogEntry{{Type: "resolve", Incident: fixture.Ref("I1", ""), Agent: fixture.Ann, CreatedAt: fixture.Sunday.Add(-time.Hour)}}, []sources.Reference{fixture.Dana}, nil, ""},
		"as it should":                        {nil, []sources.Reference{fixture.Ann}, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := fixture.NewFake()
			w := planData(respond.Developer)
			w.Me = &w.Users[0]
			p := respond.NewPlan(respond.Request{Action: respond.Acknowledge, Groups: f.Groups("I1")}, w)
			f.Before["ACK"] = func() {
				f.Entries = tt.entries
				f.Incidents["I1"].Assignments = nil
				for _, h := range tt.holders {
					f.Incidents["I1"].Assignments = append(f.Incidents["I1"].Assignments, sources.Assignment{User: h, At: fixture.Sunday})
				}
				if tt.log != nil {
					f.Troubles["log"] = []fixture.Trouble{{Err: tt.log}}
				}
			}
			res := doerOf(f).Do(t.Context(), p, nil)[0]
			again := strings.Contains(res.Sentence, "again")
			if res.Outcome != respond.Done || again != (tt.says != "") || !strings.Contains(res.Sentence, tt.says) {
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
			outcome respond.Outcome
		}{
			"none":                 {"No incident was opened: ", respond.Failed},
			"one at the target":    {"An incident is open already: ", respond.Already},
			"one somewhere else":   {"An incident was opened since the preview: ", respond.Refused},
			"one that is resolved": {"No incident was opened: ", respond.Failed},
			"nothing":              {"Whether one is open all the same is unknown", respond.Failed},
		} {
			f := fixture.NewFake()
			p := respond.NewPlan(respond.Request{Action: respond.Escalate, Groups: []triage.Group{fixture.AlertsGroup()}, Reason: "why"}, planData(respond.Developer))
			f.Troubles["OPEN"] = []fixture.Trouble{{Err: fixture.RefusedWith(reason)}}
			f.Before["OPEN"] = func() {
				i := fixture.Incident("I9")
				i.Key = "0123456789ab"
				switch shows {
				case "one at the target":
					i.Policy = fixture.Ref("PFIRST", "Ops first line")
				case "one that is resolved":
					i.Status = sources.Resolved
				case "nothing":
					unread := fixture.Trouble{Err: fixture.LostAnswer()}
					f.Troubles["bykey"] = []fixture.Trouble{unread, unread, unread}
					return
				case "none":
					return
				}
				f.Incidents["I9"] = &i
			}
			res := doerOf(f).Do(t.Context(), p, nil)[0]
			if reason == sources.RateLimited { // it asks for rest, so nothing is read
				want.says, want.outcome = "No incident was opened: ", respond.Failed
			}
			if res.Outcome != want.outcome || !strings.Contains(res.Sentence, want.says) || f.Writes() != "OPEN SCHK" {
				t.Errorf("%s, %s: %s: %s (sent %s)", reason, shows, res.Outcome, res.Sentence, f.Writes())
			}
		}
	}
}
