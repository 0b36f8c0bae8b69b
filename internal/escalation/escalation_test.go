package escalation

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/sources"
)

var now = time.Date(2026, 11, 22, 2, 30, 0, 0, time.UTC)

func user(name string) sources.Reference { return sources.Reference{ID: "U" + name, Name: name} }

// on returns an on-call entry of a direct target of the policy.
func on(level int, name string) sources.OnCall {
	return sources.OnCall{User: user(name), Policy: sources.Reference{ID: "P"}, Level: level}
}

// turn returns an on-call entry of a schedule, in minutes from now.
func turn(level int, name, schedule string, from, to int) sources.OnCall {
	o := on(level, name)
	o.Schedule = sources.Reference{ID: "S" + schedule, Name: schedule}
	o.Start, o.End = now.Add(time.Duration(from)*time.Minute), now.Add(time.Duration(to)*time.Minute)
	return o
}

// levels returns n levels of 10, 20, 30 … minutes that notify everyone.
func levels(n int) []sources.Level {
	all := make([]sources.Level, n)
	for i := range all {
		all[i] = sources.Level{Delay: time.Duration(i+1) * 10 * time.Minute, Strategy: sources.AssignToEveryone}
	}
	return all
}

func policyOf(n, loops int, onCalls ...sources.OnCall) Policy {
	return Policy{
		ID: "P", Name: "Pay", Read: true, Levels: levels(n), Loops: loops, OnCalls: onCalls, OnCallsRead: sources.Whole,
		Until: now.Add(48 * time.Hour),
	}
}

// summary returns a forecast in one line: who is notified now, who follows in
// how many minutes at which level, and the end.
func summary(f Forecast) string {
	stage := func(s Stage) string {
		when := "?"
		if !s.At.IsZero() {
			when = fmt.Sprint(int(s.At.Sub(now).Minutes()))
		}
		missing := ""
		if s.Missing != "" {
			missing = " [" + s.Missing + "]"
		}
		return fmt.Sprintf("%s@%s/%d%s", s.Who(), when, s.Level, missing)
	}
	parts := []string{stage(f.Now)}
	for _, s := range f.Next {
		parts = append(parts, stage(s))
	}
	end := string(f.End.Kind)
	if f.End.Why != "" {
		end += " (" + f.End.Why + ")"
	}
	if f.End.Loops > 0 {
		end += fmt.Sprintf(" x%d", f.End.Loops)
	}
	return strings.Join(parts, ", ") + " | " + end
}

func high() Case { return Case{Now: now, Urgency: High} }

func TestStartingAPolicy(t *testing.T) {
	robin := func(p Policy, strategy string) Policy {
		for i := range p.Levels {
			p.Levels[i].Strategy = strategy
		}
		return p
	}
	scheduled := func(p Policy, level int, schedule string) Policy {
		p.Levels[level-1].Targets = append(p.Levels[level-1].Targets, sources.Reference{ID: "S" + schedule, Name: schedule, Type: "schedule_reference"})
		return p
	}
	partly := func(p Policy, e sources.Extent) Policy { p.OnCallsRead = e; return p }
	onlyNow := func(p Policy) Policy { p.Until = time.Time{}; return p }
	low := Case{Now: now, Urgency: Low}
	for _, tt := range []struct {
		class, name string
		p           Policy
		c           Case
		want        string
	}{
		{"levels", "one", policyOf(1, 0, on(1, "Ann")), high(), "Ann@0/1 | exhausted"},
		{"levels", "three", policyOf(3, 0, on(1, "Ann"), on(2, "Bo"), on(3, "Cy")), high(), "Ann@0/1, Bo@10/2, Cy@30/3 | exhausted"},
		{"levels", "the first is empty", policyOf(3, 0, on(2, "Bo"), on(3, "Cy")), high(), "Bo@0/2, Cy@20/3 | exhausted"},
		{"levels", "one between is empty", policyOf(3, 0, on(1, "Ann"), on(3, "Cy")), high(), "Ann@0/1, Cy@10/3 | exhausted"},
		{"levels", "the last is empty", policyOf(3, 0, on(1, "Ann"), on(2, "Bo")), high(), "Ann@0/1, Bo@10/2 | exhausted"},
		{"levels", "all are empty", policyOf(3, 2), high(), "nobody@?/0 | exhausted"},
		{"levels", "several at one", policyOf(2, 0, on(1, "Ann"), on(1, "Bo"), on(2, "Cy")), high(), "Ann and Bo@0/1, Cy@10/2 | exhausted"},
		{"levels", "one person on several", policyOf(3, 0, on(1, "Ann"), on(2, "Ann"), on(3, "Bo")), high(), "Ann@0/1, Ann@10/2, Bo@30/3 | exhausted"},
		{"levels", "one person by two schedules", policyOf(1, 0, turn(1, "Ann", "A", -9, 9), turn(1, "Ann", "B", -9, 99)), high(), "Ann@0/1 | exhausted"},
		{"levels", "ten", policyOf(10, 0, on(1, "Ann"), on(10, "Bo")), high(), "Ann@0/1, Bo@10/10 | exhausted"},

		{"urgency", "low", policyOf(2, 0, on(1, "Ann"), on(2, "Bo")), low, "Ann@0/1 | low urgency"},
		{"urgency", "low with loops", policyOf(2, 3, on(1, "Ann"), on(2, "Bo")), low, "Ann@0/1 | low urgency"},
		{"urgency", "low, the first is empty", policyOf(2, 0, on(2, "Bo")), low, "Bo@0/2 | low urgency"},
		{"urgency", "low, round robin", robin(policyOf(2, 0, on(1, "Ann"), on(1, "Bo")), sources.RoundRobin), low, "one of Ann, Bo (round robin)@0/1 | low urgency"},
		{"urgency", "low, nobody", policyOf(2, 1), low, "nobody@?/0 | exhausted"},
		{"urgency", "low, levels not read", Policy{ID: "P", OnCalls: []sources.OnCall{on(1, "Ann")}, OnCallsRead: sources.Whole}, low, "Ann@0/1 | low urgency"},
		{"urgency", "not known", policyOf(2, 0, on(1, "Ann"), on(2, "Bo")), Case{Now: now}, "Ann@0/1, Bo@10/2 | exhausted"},
		{"urgency", "of a new word", policyOf(2, 0, on(1, "Ann"), on(2, "Bo")), Case{Now: now, Urgency: "severe"}, "Ann@0/1, Bo@10/2 | exhausted"},
		{"urgency", "high", policyOf(2, 0, on(1, "Ann"), on(2, "Bo")), high(), "Ann@0/1, Bo@10/2 | exhausted"},

		{"round robin", "three", robin(policyOf(1, 0, on(1, "User 4"), on(1, "User 5"), on(1, "User 6")), sources.RoundRobin), high(), "one of User 4, User 5, User 6 (round robin)@0/1 | exhausted"},
		{"round robin", "one is all", robin(policyOf(1, 0, on(1, "Ann")), sources.RoundRobin), high(), "Ann@0/1 | exhausted"},
		{"round robin", "then everyone", func() Policy {
			p := policyOf(2, 0, on(1, "Ann"), on(1, "Bo"), on(2, "Cy"), on(2, "Di"))
			p.Levels[0].Strategy = sources.RoundRobin
			return p
		}(), high(), "one of Ann, Bo (round robin)@0/1, Cy and Di@10/2 | exhausted"},
		{"round robin", "an unknown strategy", robin(policyOf(1, 0, on(1, "Ann"), on(1, "Bo")), "by_weight"), high(), "one or all of Ann, Bo@0/1 | exhausted"},
		{"round robin", "an unknown strategy, one person", robin(policyOf(1, 0, on(1, "Ann")), "by_weight"), high(), "Ann@0/1 | exhausted"},
		{"round robin", "no strategy told", robin(policyOf(1, 0, on(1, "Ann"), on(1, "Bo")), ""), high(), "one or all of Ann, Bo@0/1 | exhausted"},
		{"round robin", "by two schedules one person", robin(policyOf(1, 0, turn(1, "Ann", "A", -9, 9), turn(1, "Ann", "B", -9, 9)), sources.RoundRobin), high(), "Ann@0/1 | exhausted"},
		{
			"round robin", "not all read", partly(robin(policyOf(1, 0, on(1, "Ann")), sources.RoundRobin), sources.Extent{Read: true, Missing: "it is capped"}), high(),
			"one of Ann (round robin), perhaps others@0/1 [not all of those on call for Pay could be read, because it is capped] | exhausted",
		},

		{"loops", "none", policyOf(2, 0, on(1, "Ann"), on(2, "Bo")), high(), "Ann@0/1, Bo@10/2 | exhausted"},
		{"loops", "once", policyOf(2, 1, on(1, "Ann"), on(2, "Bo")), high(), "Ann@0/1, Bo@10/2, Ann@30/1, Bo@40/2 | exhausted"},
		{"loops", "twice, one level", policyOf(1, 2, on(1, "Ann")), high(), "Ann@0/1, Ann@10/1, Ann@20/1 | exhausted"},
		{"loops", "the first is empty", policyOf(2, 1, on(2, "Bo")), high(), "Bo@0/2, Bo@20/2 | exhausted"},
		{"loops", "the last is empty", policyOf(2, 1, on(1, "Ann")), high(), "Ann@0/1, Ann@10/1 | exhausted"},
		{"loops", "others are on call then", policyOf(1, 1, turn(1, "Ann", "A", -9, 5), turn(1, "Bo", "A", 5, 99)), high(), "Ann@0/1, Bo@10/1 | exhausted"},
		{"loops", "nobody is on call then", policyOf(1, 1, turn(1, "Ann", "A", -9, 5)), high(), "Ann@0/1 | exhausted"},
		{"loops", "one pass is wanted", policyOf(2, 3, on(1, "Ann"), on(2, "Bo")), Case{Now: now, Urgency: High, Passes: 1}, "Ann@0/1, Bo@10/2 | repeats x3"},
		{"loops", "two passes are wanted", policyOf(1, 3, on(1, "Ann")), Case{Now: now, Urgency: High, Passes: 2}, "Ann@0/1, Ann@10/1 | repeats x2"},

		{"times", "a turn begins before it is reached", policyOf(2, 0, on(1, "Ann"), turn(2, "Bo", "A", 10, 99)), high(), "Ann@0/1, Bo@10/2 | exhausted"},
		{"times", "a turn begins just after", policyOf(2, 0, on(1, "Ann"), turn(2, "Bo", "A", 11, 99)), high(), "Ann@0/1 | exhausted"},
		{"times", "a turn ends just then", policyOf(2, 0, on(1, "Ann"), turn(2, "Bo", "A", -9, 10)), high(), "Ann@0/1 | exhausted"},
		{"times", "a turn ends just after", policyOf(2, 0, on(1, "Ann"), turn(2, "Bo", "A", -9, 11)), high(), "Ann@0/1, Bo@10/2 | exhausted"},
		{"times", "the turn changes", policyOf(2, 0, on(1, "Ann"), turn(2, "Bo", "A", -9, 10), turn(2, "Cy", "A", 10, 99)), high(), "Ann@0/1, Cy@10/2 | exhausted"},
		{"times", "one has ended, one has not begun", policyOf(1, 0, turn(1, "Ann", "A", -9, 0), turn(1, "Bo", "A", 1, 9)), high(), "nobody@?/0 | exhausted"},
		{"times", "it begins now", policyOf(1, 0, turn(1, "Ann", "A", 0, 9)), high(), "Ann@0/1 | exhausted"},
		{"times", "read for now alone, the turn goes on", onlyNow(policyOf(2, 0, on(1, "Ann"), turn(2, "Bo", "A", -9, 11))), high(), "Ann@0/1, Bo@10/2 | exhausted"},
		{
			"times", "read for now alone, the turn ends before", onlyNow(policyOf(3, 0, on(1, "Ann"), turn(2, "Bo", "A", -9, 5), on(3, "Cy"))), high(),
			"Ann@0/1, whoever is on call at level 2 then@10/2 [Bo is on call by A until Sun 02:35, and who is after that has not been read] | unknown (Bo is on call by A until Sun 02:35, and who is after that has not been read)",
		},
		{
			"times", "read for now alone, a schedule has nobody", scheduled(onlyNow(policyOf(3, 0, on(1, "Ann"), on(3, "Cy"))), 2, "A"), high(),
			"Ann@0/1, whoever is on call at level 2 then@10/2 [nobody is on call by A now, and who is later has not been read] | unknown (nobody is on call by A now, and who is later has not been read)",
		},
		{
			"times", "read for now alone, a turn has ended since", onlyNow(policyOf(1, 0, turn(1, "Ann", "A", -9, -1))), high(),
			"whoever is on call at level 1 then@0/1 [the turn of Ann on A has ended since it was read] | unknown (the turn of Ann on A has ended since it was read)",
		},

		{"unknown", "on-calls not read", partly(policyOf(2, 0), sources.Extent{}), high(), "whoever is on call at level 1 then@0/1 [who is on call for Pay has not been read] | unknown (who is on call for Pay has not been read)"},
		{"unknown", "on-calls not read, some are there", partly(policyOf(1, 0, on(1, "Ann")), sources.Extent{}), high(), "Ann, perhaps others@0/1 [who is on call for Pay has not been read] | exhausted"},
		{
			"unknown", "on-calls capped, none there", partly(policyOf(1, 0), sources.Extent{Read: true, Missing: "it is capped"}), high(),
			"whoever is on call at level 1 then@0/1 [not all of those on call for Pay could be read, because it is capped] | unknown (not all of those on call for Pay could be read, because it is capped)",
		},
		{"unknown", "policy not read", Policy{ID: "P", OnCalls: []sources.OnCall{on(1, "Ann"), on(2, "Bo")}, OnCallsRead: sources.Whole}, high(), "Ann@0/1 | unknown (the levels of the policy have not been read)"},
		{"unknown", "policy gone", Policy{ID: "P", Gone: true, OnCalls: []sources.OnCall{on(1, "Ann")}, OnCallsRead: sources.Whole}, high(), "Ann@0/1 | unknown (the policy is not in PagerDuty any more)"},
		{"unknown", "policy not read, nobody on call", Policy{ID: "P", OnCallsRead: sources.Whole}, high(), "nobody@?/0 | exhausted"},
		{"unknown", "nothing read", Policy{ID: "P"}, high(), "whoever is on call at level 1 then@0/1 [who is on call for the policy has not been read] | unknown (who is on call for the policy has not been read)"},
		{"unknown", "a level that the policy does not have", policyOf(1, 0, on(1, "Ann"), on(2, "Bo")), high(), "Ann@0/1, Bo@10/2 | exhausted"},
		{"unknown", "a level without a time", func() Policy {
			p := policyOf(2, 0, on(1, "Ann"), on(2, "Bo"))
			p.Levels[0].Delay = 0
			return p
		}(), high(), "Ann@0/1, Bo@?/2 | unknown (how long level 1 of Pay waits is not known)"},
		{"unknown", "a user without a name", policyOf(1, 0, sources.OnCall{User: sources.Reference{ID: "U9"}, Level: 1}), high(), "somebody@0/1 | exhausted"},
	} {
		t.Run(tt.class+"/"+tt.name, func(t *testing.T) {
			f := OfPolicy(tt.p, tt.c)
			if got := summary(f); got != tt.want {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
			if f.Nobody() != strings.HasPrefix(tt.want, "nobody") {
				t.Errorf("nobody: %v", f.Nobody())
			}
			if _, err := json.Marshal(f); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestOpenIncidents(t *testing.T) {
	incident := func(names ...string) sources.Incident {
		i := sources.Incident{
			ID: "I", Status: sources.Triggered, Urgency: High, AssignedVia: sources.AssignedByPolicy, Policy: sources.Reference{ID: "P", Name: "Pay"},
			CreatedAt: now.Add(-6 * time.Minute), Pending: []sources.PendingAction{{Type: "escalate", At: now.Add(4 * time.Minute)}},
		}
		for _, n := range names {
			i.Assignments = append(i.Assignments, sources.Assignment{User: user(n), At: i.CreatedAt})
		}
		return i
	}
	with := func(i sources.Incident, change func(*sources.Incident)) sources.Incident { change(&i); return i }
	quiet := func(i *sources.Incident) { i.Pending = nil }
	direct := func(i *sources.Incident) { i.AssignedVia, i.Pending = sources.AssignedDirectly, nil }
	escalates := func(minutes int) func(*sources.Incident) {
		return func(i *sources.Incident) { i.Pending[0].At = now.Add(time.Duration(minutes) * time.Minute) }
	}
	three := policyOf(3, 0, on(1, "Ann"), on(2, "Bo"), on(3, "Cy"))
	later := func(i *sources.Incident) { i.CreatedAt = now.Add(-time.Hour) }
	// empty adds schedules without anybody on call to levels.
	empty := func(p Policy, levels ...int) Policy {
		p.Levels = slices.Clone(p.Levels)
		for _, l := range levels {
			p.Levels[l-1].Targets = append(p.Levels[l-1].Targets, sources.Reference{ID: "SE", Name: "Backup", Type: "schedule_reference"})
		}
		return p
	}
	entries := func(level int) []sources.LogEntry {
		return []sources.LogEntry{{Type: "escalate", Level: level, CreatedAt: now.Add(-time.Minute)}, {Type: "assign", Level: 1, CreatedAt: now.Add(-time.Hour)}}
	}
	for _, tt := range []struct {
		class, name string
		i           sources.Incident
		p           Policy
		log         []sources.LogEntry
		want        string // the end of the summary of a forecast of one pass
		doubts      string
	}{
		{"direct", "a hand-off to a person", with(incident("Bo"), direct), three, nil, "/0 | assigned directly", ""},
		{"direct", "to somebody on no level", with(incident("Di"), direct), three, nil, "/0 | assigned directly", ""},
		{"direct", "to several", with(incident("Ann", "Bo"), direct), three, nil, "Ann and Bo@-6/0 | assigned directly", ""},
		{"direct", "low as well", with(with(incident("Bo"), direct), func(i *sources.Incident) { i.Urgency = Low }), three, nil, "| assigned directly", ""},
		{"direct", "acknowledged", with(with(incident("Bo"), direct), func(i *sources.Incident) { i.Status = sources.Acknowledged }), three, nil, "| acknowledged", ""},
		{"direct", "resolved", with(with(incident("Bo"), direct), func(i *sources.Incident) { i.Status = sources.Resolved }), three, nil, "| resolved", ""},
		{"direct", "the policy was not read", with(incident("Bo"), direct), Policy{ID: "P"}, nil, "| assigned directly", ""},
		{"direct", "to nobody", with(incident(), direct), three, nil, "nobody@?/0 | assigned directly", ""},
		{"direct", "with loops", with(incident("Bo"), direct), policyOf(2, 3, on(1, "Ann"), on(2, "Bo")), nil, "| assigned directly", ""},

		{"urgency", "low", with(with(incident("Ann"), quiet), func(i *sources.Incident) { i.Urgency = Low }), three, nil, "Ann@-6/1 | low urgency", ""},
		{"urgency", "low, but announced", with(incident("Ann"), func(i *sources.Incident) { i.Urgency = Low }), three, nil, "Ann@-6/1, Bo@4/2 | low urgency", ""},
		{"urgency", "high, nothing announced", with(incident("Ann"), quiet), three, nil, "Ann@-6/1 | not announced", ""},
		{"urgency", "high", incident("Ann"), three, nil, "Ann@-6/1, Bo@4/2, Cy@24/3 | exhausted", ""},

		{"levels", "on the second", with(incident("Bo"), escalates(14)), three, nil, "Bo@-6/2, Cy@14/3 | exhausted", ""},
		{"levels", "after the last", with(incident("Cy"), escalates(24)), three, nil, "Cy@-6/3, not known@24/0 [it uses Pay as it was when it was triggered, and it now has nobody on call after level 3] | unknown (it uses Pay as it was when it was triggered, and it now has nobody on call after level 3)", ""},
		{"levels", "after the last, it begins again", with(incident("Bo"), escalates(14)), policyOf(2, 1, on(1, "Ann"), on(2, "Bo")), nil, "Bo@-6/2, Ann@14/1, Bo@24/2 | exhausted", ""},
		{"levels", "it may begin again", incident("Ann"), policyOf(2, 2, on(1, "Ann"), on(2, "Bo")), nil, "Bo@4/2 | repeats x2", ""},
		{"levels", "the next is empty", incident("Ann"), policyOf(3, 0, on(1, "Ann"), on(3, "Cy")), nil, "Ann@-6/1, Cy@4/3 | exhausted", ""},
		{"levels", "one on several", incident("Ann"), policyOf(3, 0, on(1, "Ann"), on(2, "Ann"), on(3, "Cy")), nil, "Ann@-6/1, Ann@4/2, Cy@24/3 | exhausted", "on call at levels 1 and 2"},
		{"levels", "one on several, with another on the first", incident("Ann", "Bo"), policyOf(3, 0, on(1, "Ann"), on(1, "Bo"), on(2, "Ann"), on(3, "Cy")), nil, "/1, Ann@4/2, Cy@24/3 | exhausted", ""},
		{"levels", "the log tells it", with(incident("Ann"), escalates(14)), policyOf(3, 0, on(1, "Ann"), on(2, "Ann"), on(3, "Cy")), entries(2), "Ann@-6/2, Cy@14/3 | exhausted", ""},

		{"drift", "on no level any more", incident("Di"), three, nil, "not known@4/0 [nobody who has it is on call for Pay now] | unknown (nobody who has it is on call for Pay now)", "uses the policy as it was"},
		{"drift", "the log tells a level that is gone", incident("Cy"), policyOf(2, 0, on(1, "Ann"), on(2, "Bo")), entries(3), "| unknown (it uses Pay as it was when it was triggered, and it now has nobody on call after level 3)", ""},
		{"drift", "others are on the level that the log tells", with(incident("Di"), escalates(14)), three, entries(2), "Cy@14/3 | exhausted", "nobody who has it is on call at level 2"},
		{"drift", "it escalates sooner than the level says", with(incident("Ann"), func(i *sources.Incident) { i.Pending[0].At = now }), three, nil, "Bo@0/2, Cy@20/3 | exhausted", "level 1 of Pay waits 10 m now"},
		{"drift", "it escalates later than the level says", with(incident("Ann"), escalates(15)), three, nil, "Bo@15/2, Cy@35/3 | exhausted", "level 1 of Pay waits 10 m now"},
		{"drift", "the policy is gone", incident("Ann"), Policy{ID: "P", Gone: true, OnCalls: []sources.OnCall{on(1, "Ann"), on(2, "Bo")}, OnCallsRead: sources.Whole}, nil, "Bo@4/2 | unknown (the policy is not in PagerDuty any more)", ""},
		{"drift", "the turn of a lower level has changed since", with(incident("Bo"), escalates(14)), policyOf(3, 0, turn(1, "Ann", "A", -2, 99), on(2, "Bo"), on(3, "Cy")), nil, "Bo@-6/2, Cy@14/3 | exhausted", "A turn at level 1 of Pay began after it was assigned"},
		{"drift", "the turn of its level goes on", incident("Ann"), policyOf(2, 0, turn(1, "Ann", "A", -30, 99), on(2, "Bo")), nil, "Bo@4/2 | exhausted", ""},

		{"empty schedule", "on a later level, assigned when it was opened", incident("Ann"), empty(policyOf(3, 0, on(1, "Ann"), on(3, "Cy")), 2), nil, "Ann@-6/1, Cy@4/3 | exhausted", ""},
		{"empty schedule", "on its own level beside Ann", incident("Ann"), empty(three, 1), nil, "Bo@4/2, Cy@24/3 | exhausted", ""},
		{"empty schedule", "on two later levels", incident("Ann"), empty(policyOf(4, 0, on(1, "Ann"), on(4, "Di")), 2, 3), nil, "Di@4/4 | exhausted", ""},
		{"empty schedule", "on a later level beside Bo", incident("Ann"), empty(three, 2), nil, "Bo@4/2, Cy@24/3 | exhausted", ""},
		{"empty schedule", "on a lower level", with(incident("Bo"), escalates(14)), empty(policyOf(3, 0, on(2, "Bo"), on(3, "Cy")), 1), nil, "Bo@-6/2, Cy@14/3 | exhausted", "Nobody is on call by Backup at level 1 of Pay now, and whether somebody was"},
		{"empty schedule", "on a later level whose time is longer than is left", with(incident("Ann"), later), empty(policyOf(3, 0, on(1, "Ann"), on(3, "Cy")), 2), nil, "Cy@4/3 | exhausted", ""},
		{"empty schedule", "on a lower level, assigned later, that may be", with(with(incident("Bo"), later), escalates(14)), empty(policyOf(3, 0, on(2, "Bo"), on(3, "Cy")), 1), nil, "Cy@14/3 | exhausted", "at level 1 of Pay now"},
		{"empty schedule", "on a later level, assigned later, that may be", with(with(incident("Ann"), later), escalates(15)), empty(policyOf(3, 0, on(1, "Ann"), on(3, "Cy")), 2), nil, "Cy@15/3 | exhausted", "Nobody is on call by Backup at level 2 of Pay now"},
		{"empty schedule", "when it was assigned is not told", with(incident("Ann"), func(i *sources.Incident) { i.Assignments[0].At = time.Time{} }), empty(policyOf(3, 0, on(1, "Ann"), on(3, "Cy")), 2), nil, "Cy@4/3 | exhausted", ""},
		{"empty schedule", "the turn of its own level began since", incident("Ann"), empty(policyOf(3, 0, turn(1, "Ann", "A", -2, 99), on(3, "Cy")), 2), nil, "Cy@4/3 | exhausted", ""},

		{"unknown", "on-calls not read", incident("Ann"), Policy{ID: "P", Name: "Pay", Read: true, Levels: levels(2)}, nil, "| unknown (who is on call for Pay has not been read)", ""},
		{"unknown", "on-calls capped", incident("Ann"), func() Policy {
			p := three
			p.OnCallsRead = sources.Extent{Read: true, Missing: "it is capped"}
			return p
		}(), nil, "| unknown (not all of those on call for Pay could be read, because it is capped)", ""},
		{"unknown", "assigned to whom is not told", incident(), three, nil, "| unknown (PagerDuty did not say who has it)", ""},
		{"unknown", "assigned to nobody", with(incident(), func(i *sources.Incident) { i.Assignments = []sources.Assignment{} }), three, nil, "| unknown (it is assigned to nobody)", ""},
		{"unknown", "how it is assigned", with(with(incident("Ann"), quiet), func(i *sources.Incident) { i.AssignedVia = "" }), three, nil, "| not announced", ""},
		{"unknown", "how it is assigned, but announced", with(incident("Ann"), func(i *sources.Incident) { i.AssignedVia = "" }), three, nil, "Bo@4/2, Cy@24/3 | exhausted", ""},
		{"unknown", "a deleted assignee", with(incident("Ann"), func(i *sources.Incident) { i.Assignments[0].User = sources.Reference{} }), three, nil, "| unknown (nobody who has it is on call for Pay now)", "uses the policy"},
		{"unknown", "no policy", with(incident("Ann"), func(i *sources.Incident) { i.Policy = sources.Reference{} }), Policy{}, nil, "| unknown (who is on call for the policy has not been read)", ""},
		{"unknown", "levels not read", incident("Ann"), Policy{ID: "P", OnCalls: []sources.OnCall{on(1, "Ann")}, OnCallsRead: sources.Whole}, nil, "| unknown (the levels of the policy have not been read)", ""},
	} {
		t.Run(tt.class+"/"+tt.name, func(t *testing.T) {
			f := OfIncident(tt.i, tt.p, tt.log, Case{Now: now, Passes: 1})
			if got := summary(f); !strings.HasSuffix(got, tt.want) {
				t.Errorf("\n got %s\nwant %s", got, tt.want)
			}
			if doubts := strings.Join(f.Doubts, " "); !strings.Contains(doubts, tt.doubts) || tt.doubts == "" && doubts != "" {
				t.Errorf("doubts %q, want %q", doubts, tt.doubts)
			}
		})
	}
}

// TestAcknowledged: whether an acknowledged incident escalates after the
// acknowledgement has ended.
func TestAcknowledged(t *testing.T) {
	const plain, triggered = "It does not escalate while it is acknowledged.", " The acknowledgement ends in 30 m; then it is triggered again."
	const direct = "It does not escalate while it is acknowledged, nor after that, because it is assigned directly: PagerDuty notifies nobody else."
	const low = "It does not escalate while it is acknowledged, nor after that while its urgency is low: PagerDuty notifies nobody else."
	ends := []sources.PendingAction{{Type: "unacknowledge", At: now.Add(30 * time.Minute)}}
	for name, tt := range map[string]struct {
		via     sources.AssignedVia
		urgency string
		pending []sources.PendingAction
		want    string
		never   bool
	}{
		"by policy":                {sources.AssignedByPolicy, High, ends, plain + triggered, false},
		"by policy, for ever":      {sources.AssignedByPolicy, High, nil, plain, false},
		"directly":                 {sources.AssignedDirectly, High, ends, direct + triggered, true},
		"directly, for ever":       {sources.AssignedDirectly, High, nil, direct, true},
		"directly, low":            {sources.AssignedDirectly, Low, ends, direct + triggered, true},
		"low":                      {sources.AssignedByPolicy, Low, ends, low + triggered, true},
		"low, for ever":            {sources.AssignedByPolicy, Low, nil, low, true},
		"how is not known":         {"", High, ends, plain + triggered, false},
		"urgency is not known":     {sources.AssignedByPolicy, "", ends, plain + triggered, false},
		"how is not known, low":    {"", Low, nil, low, true},
		"directly, of no urgency":  {sources.AssignedDirectly, "", nil, direct, true},
		"of a new word of urgency": {sources.AssignedByPolicy, "severe", nil, plain, false},
	} {
		i := sources.Incident{
			ID: "I", Status: sources.Acknowledged, Urgency: tt.urgency, AssignedVia: tt.via, Policy: sources.Reference{ID: "P"},
			Assignments: []sources.Assignment{{User: user("Ann"), At: now}}, Pending: tt.pending,
		}
		f := OfIncident(i, policyOf(2, 0, on(1, "Ann"), on(2, "Bo")), nil, Case{Now: now})
		got := f.Sentence(func(at time.Time) string { return fmt.Sprintf("in %d m", int(at.Sub(now).Minutes())) })
		if got != tt.want || f.Never() != tt.never {
			t.Errorf("%s:\n got %s (never: %v)\nwant %s", name, got, f.Never(), tt.want)
		}
	}
}

// TestNotifiedByRules: which rules of a person apply, if any.
func TestNotifiedByRules(t *testing.T) {
	rule := func(urgency string, minutes int) sources.NotificationRule {
		return sources.NotificationRule{Urgency: urgency, Delay: time.Duration(minutes) * time.Minute}
	}
	for name, tt := range map[string]struct {
		rules    []sources.NotificationRule
		read     bool
		urgency  string
		notified Notified
		after    time.Duration
	}{
		"not read":                  {nil, false, High, NotRead, 0},
		"none":                      {nil, true, High, WithNone, 0},
		"none, urgency not known":   {nil, true, "", WithNone, 0},
		"at once":                   {[]sources.NotificationRule{rule(High, 0)}, true, High, ByRule, 0},
		"the first counts":          {[]sources.NotificationRule{rule(High, 7), rule(High, 3), rule(Low, 0)}, true, High, ByRule, 3 * time.Minute},
		"only for low":              {[]sources.NotificationRule{rule(Low, 0)}, true, High, WithNone, 0},
		"only for high, it is low":  {[]sources.NotificationRule{rule(High, 0)}, true, Low, WithNone, 0},
		"for low":                   {[]sources.NotificationRule{rule(Low, 5), rule(High, 0)}, true, Low, ByRule, 5 * time.Minute},
		"urgency not known":         {[]sources.NotificationRule{rule(High, 0)}, true, "", NotRead, 0},
		"too late":                  {[]sources.NotificationRule{rule(High, 11)}, true, High, TooLate, 11 * time.Minute},
		"just when it escalates":    {[]sources.NotificationRule{rule(High, 10)}, true, High, ByRule, 10 * time.Minute},
		"late, but it is low":       {[]sources.NotificationRule{rule(Low, 99)}, true, Low, ByRule, 99 * time.Minute},
		"a rule of another urgency": {[]sources.NotificationRule{{Urgency: "severe"}}, true, High, WithNone, 0},
	} {
		c := Case{Now: now, Urgency: tt.urgency, User: func(id string) (sources.User, bool) {
			return sources.User{ID: id, Rules: tt.rules, RulesRead: tt.read}, id == "UAnn"
		}}
		f := OfPolicy(policyOf(2, 0, on(1, "Ann"), on(2, "Bo")), c)
		if p := f.Now.People[0]; p.Notified != tt.notified || p.After != tt.after {
			t.Errorf("%s: %q after %s, want %q after %s", name, p.Notified, p.After, tt.notified, tt.after)
		}
		if len(f.Next) > 0 && f.Next[0].People[0].Notified != NotRead {
			t.Errorf("%s: of Bo nothing was read", name)
		}
	}
}

// Where PagerDuty does not say what it will do by itself, it is not said to
// announce nothing.
func TestWhatPagerDutyDoesNextIsUnread(t *testing.T) {
	i := sources.Incident{Status: sources.Triggered, Urgency: High, AssignedVia: sources.AssignedByPolicy, PendingUnread: true}
	f := OfIncident(i, Policy{}, nil, Case{})
	if s := f.Sentence(func(time.Time) string { return "" }); f.End.Kind != Unknown || s != "Who follows is not known: PagerDuty does not say when it escalates." {
		t.Errorf("%+v: %q", f.End, s)
	}
	i.PendingUnread = false
	if f := OfIncident(i, Policy{}, nil, Case{}); f.End.Kind != NotAnnounced {
		t.Errorf("%+v", f.End)
	}
}
