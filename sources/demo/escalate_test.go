package demo

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// night is an account with one service, whose clock the test sets.
type night struct {
	*PagerDuty
	t     *testing.T
	began time.Time
	at    time.Time
	id    string
}

// users A to F have the default rules unless a test changes them.
func newNight(t *testing.T, levels []PolicyLevel, change func(*Directory)) *night {
	t.Helper()
	began := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
	n := &night{t: t, began: began, at: began}
	d := Directory{
		Policies: []Policy{{ID: "P", Levels: levels}, {ID: "OTHER", Levels: []PolicyLevel{{Delay: 5 * time.Minute, UserIDs: []string{"F"}}, {UserIDs: []string{"E"}}}}},
		Services: []Service{{ID: "S", PolicyID: "P", RoutingKey: testKey}},
		Tokens:   map[string]string{"of A": "A"},
	}
	for _, id := range []string{"A", "B", "C", "D", "E", "F"} {
		d.Users = append(d.Users, User{ID: id, Name: id, Email: strings.ToLower(id) + "@example.com"})
	}
	if change != nil {
		change(&d)
	}
	n.PagerDuty = NewPagerDuty(PagerDutyOptions{Directory: d, Now: func() time.Time { return n.at }})
	return n
}

func (n *night) open(severity string) {
	n.t.Helper()
	n.id = n.OpenIncident("S", Event{Payload: &Payload{Severity: severity}})
}

// after sets the clock to minutes after the beginning.
func (n *night) after(minutes int) { n.at = n.began.Add(time.Duration(minutes) * time.Minute) }

// put changes the incident as A.
func (n *night) put(fields string) {
	n.t.Helper()
	if status := n.Do("A", "PUT", "/incidents", fmt.Sprintf(`{"incidents":[{"id":%q,"type":"incident",%s}]}`, n.id, fields)); status != 200 {
		n.t.Fatalf("%s: status %d", fields, status)
	}
}

// sent returns the notifications in their order: the minute, the user, and the
// contact method if it was not a push, such as "0 A, 5 B email".
func (n *night) sent() string {
	var all []string
	for _, one := range n.Notifications() {
		text := fmt.Sprintf("%v %s", one.At.Sub(n.began).Minutes(), one.UserID)
		if one.Contact != ContactPush {
			text += " " + strings.TrimSuffix(one.Contact, "_contact_method")
		}
		if one.Join {
			text += " join"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func (n *night) pending() string {
	n.t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	n.catchUp()
	var all []string
	for _, p := range n.incidentJSON(n.incident(n.id), nil)["pending_actions"].([]obj) {
		at, _ := time.Parse(time.RFC3339, p["at"].(string))
		all = append(all, fmt.Sprintf("%s %v", p["type"], at.Sub(n.began).Minutes()))
	}
	return strings.Join(all, ", ")
}

// on returns a level with users.
func on(minutes int, users ...string) PolicyLevel {
	return PolicyLevel{Delay: time.Duration(minutes) * time.Minute, UserIDs: users}
}

func inTurn(minutes int, users ...string) PolicyLevel {
	l := on(minutes, users...)
	l.RoundRobin = true
	return l
}

func loops(n int) func(*Directory) { return func(d *Directory) { d.Policies[0].Loops = n } }

func withRules(id string, rules ...NotificationRule) func(*Directory) {
	return func(d *Directory) {
		for i := range d.Users {
			if d.Users[i].ID == id {
				d.Users[i].Rules = slices.Concat([]NotificationRule{}, rules)
				if d.Users[i].Rules == nil {
					d.Users[i].Rules = []NotificationRule{}
				}
			}
		}
	}
}

// rota adds a level with two schedules. shifts are the minutes of their turns.
func rota(delay int, level int, schedules ...[]Shift) func(*Directory) {
	return func(d *Directory) {
		l := PolicyLevel{Delay: time.Duration(delay) * time.Minute}
		for n, shifts := range schedules {
			id := fmt.Sprintf("L%dS%d", level, n)
			l.ScheduleIDs = append(l.ScheduleIDs, id)
			d.Schedules = append(d.Schedules, Schedule{ID: id, Shifts: shifts})
		}
		d.Policies[0].Levels[level-1] = l
	}
}

// hours adds support hours to the service: on Friday the 20th, the day of the
// tests, for eight hours that begin an hour after the tests.
func hours(raise bool) func(*Directory) {
	return func(d *Directory) {
		d.Services[0].Hours = &SupportHours{
			TimeZone: "Europe/Berlin", Start: 4 * time.Hour, End: 12 * time.Hour, Days: []time.Weekday{time.Friday}, During: "high", Outside: "low", Raise: raise,
		}
	}
}

func shift(user string, from, to int) Shift {
	began := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
	return Shift{UserID: user, Start: began.Add(time.Duration(from) * time.Minute), End: began.Add(time.Duration(to) * time.Minute)}
}

// Who is notified when, with and without an answer.
func TestEscalation(t *testing.T) {
	high := func(n *night) { n.open("critical") }
	low := func(n *night) { n.open("warning") }
	do := func(minute int, fields string) func(*night) {
		return func(n *night) { n.after(minute); n.put(fields) }
	}
	for _, c := range []struct {
		name    string
		levels  []PolicyLevel
		change  func(*Directory)
		steps   []func(*night)
		sent    string
		pending string // after the steps
	}{
		{
			name: "three levels once", levels: []PolicyLevel{on(5, "A"), on(10, "B"), on(5, "C")}, steps: []func(*night){high},
			sent: "0 A, 5 B, 15 C", pending: "escalate 5",
		},
		{name: "one level alone", levels: []PolicyLevel{on(5, "A")}, steps: []func(*night){high}, sent: "0 A"},
		{name: "one level twice more", levels: []PolicyLevel{on(5, "A")}, change: loops(2), steps: []func(*night){high}, sent: "0 A, 5 A, 10 A", pending: "escalate 5"},
		{name: "two levels once more", levels: []PolicyLevel{on(5, "A"), on(7, "B")}, change: loops(1), steps: []func(*night){high}, sent: "0 A, 5 B, 12 A, 17 B", pending: "escalate 5"},
		{name: "an empty first level", levels: []PolicyLevel{on(5), on(5, "B"), on(5, "C")}, steps: []func(*night){high}, sent: "0 B, 5 C", pending: "escalate 5"},
		{name: "empty levels between", levels: []PolicyLevel{on(5, "A"), on(5), on(5), on(5, "D")}, steps: []func(*night){high}, sent: "0 A, 5 D", pending: "escalate 5"},
		{name: "empty levels at the end", levels: []PolicyLevel{on(5, "A"), on(5), on(5)}, steps: []func(*night){high}, sent: "0 A", pending: "escalate 5"},
		{name: "empty levels at the end and anew", levels: []PolicyLevel{on(5, "A"), on(5)}, change: loops(1), steps: []func(*night){high}, sent: "0 A, 5 A", pending: "escalate 5"},
		{name: "nobody at all", levels: []PolicyLevel{on(5), on(5)}, change: loops(3), steps: []func(*night){high}},
		{name: "one person on two levels", levels: []PolicyLevel{on(5, "A", "B"), on(5, "A")}, steps: []func(*night){high}, sent: "0 A, 0 B, 5 A", pending: "escalate 5"},
		{name: "low urgency stays where it is", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, change: loops(1), steps: []func(*night){low}, sent: "0 A email"},
		{name: "made low", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, steps: []func(*night){high, do(2, `"urgency":"low"`)}, sent: "0 A, 2 A email"},
		{name: "made high", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, steps: []func(*night){low, do(8, `"urgency":"high"`)}, sent: "0 A email, 8 A, 13 B", pending: "escalate 13"},
		{
			name: "made low and high on level 2", levels: []PolicyLevel{on(5, "A"), on(5, "B"), on(5, "C")},
			steps: []func(*night){high, do(6, `"urgency":"low"`), do(30, `"urgency":"high"`)}, sent: "0 A, 5 B, 6 B email, 30 B, 35 C", pending: "escalate 35",
		},
		{
			name: "assigned directly", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, change: loops(1),
			steps: []func(*night){high, do(3, `"assignments":[{"assignee":{"id":"C","type":"user_reference"}},{"assignee":{"id":"D","type":"user_reference"}}]`)}, sent: "0 A, 3 C, 3 D",
		},
		{
			name: "assigned directly and back by the policy", levels: []PolicyLevel{on(5, "A"), on(5, "B")},
			steps: []func(*night){high, do(6, `"assignments":[{"assignee":{"id":"C","type":"user_reference"}}]`), do(20, `"escalation_policy":{"id":"P","type":"escalation_policy_reference"}`)},
			sent:  "0 A, 5 B, 6 C, 20 A, 25 B", pending: "escalate 25",
		},
		{
			name: "another policy", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, steps: []func(*night){high, do(2, `"escalation_policy":{"id":"OTHER","type":"escalation_policy_reference"}`)},
			sent: "0 A, 2 F, 7 E", pending: "escalate 7",
		},
		{
			name: "the next level by hand", levels: []PolicyLevel{on(5, "A"), on(5, "B"), on(5, "C")}, steps: []func(*night){high, do(2, `"escalation_level":2`)},
			sent: "0 A, 2 B, 7 C", pending: "escalate 7",
		},
		{name: "acknowledged", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, steps: []func(*night){high, do(2, `"status":"acknowledged"`)}, sent: "0 A"},
		{
			name: "acknowledged for a time", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, change: func(d *Directory) { d.Services[0].AckTimeout = 30 * time.Minute },
			steps: []func(*night){high, do(6, `"status":"acknowledged"`)}, sent: "0 A, 5 B, 36 B", pending: "unacknowledge 36",
		},
		{
			name: "acknowledged for a time on a level that has a next", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, change: func(d *Directory) { d.Services[0].AckTimeout = 30 * time.Minute },
			steps: []func(*night){high, do(2, `"status":"acknowledged"`)}, sent: "0 A, 32 A, 37 B", pending: "unacknowledge 32",
		},
		{
			name: "an assignment that is acknowledged for a time", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, change: func(d *Directory) { d.Services[0].AckTimeout = 30 * time.Minute },
			steps: []func(*night){high, do(1, `"assignments":[{"assignee":{"id":"C","type":"user_reference"}}]`), do(2, `"status":"acknowledged"`)}, sent: "0 A, 1 C, 32 C", pending: "unacknowledge 32",
		},
		{name: "snoozed", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, steps: []func(*night){high, func(n *night) {
			n.after(1)
			n.Do("A", "POST", "/incidents/"+n.id+"/snooze", `{"duration":3600}`)
		}}, sent: "0 A, 61 A, 66 B", pending: "unacknowledge 61"},
		{name: "resolved", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, steps: []func(*night){high, do(2, `"status":"resolved"`)}, sent: "0 A"},
		{
			name: "resolved by itself", levels: []PolicyLevel{on(5, "A"), on(5, "B"), on(5, "C")}, change: func(d *Directory) { d.Services[0].AutoResolve = 8 * time.Minute },
			steps: []func(*night){high}, sent: "0 A, 5 B", pending: "escalate 5, resolve 8",
		},
		{
			name: "several rules", levels: []PolicyLevel{on(10, "A"), on(10, "B")},
			change: withRules("A", NotificationRule{"high", 0, ContactPush}, NotificationRule{"high", 4 * time.Minute, ContactPhone}, NotificationRule{"high", 12 * time.Minute, ContactSMS}, NotificationRule{"low", 0, ContactEmail}),
			steps:  []func(*night){high}, sent: "0 A, 4 A phone, 10 B", pending: "escalate 10",
		},
		{
			name: "several rules for low urgency", levels: []PolicyLevel{on(10, "A"), on(10, "B")},
			change: withRules("A", NotificationRule{"low", 5 * time.Minute, ContactEmail}, NotificationRule{"low", 60 * time.Minute, ContactSMS}),
			steps:  []func(*night){low}, sent: "5 A email, 60 A sms",
		},
		{name: "no rules at all", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, change: withRules("A"), steps: []func(*night){high}, sent: "5 B", pending: "escalate 5"},
		{name: "no rules for low urgency", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, change: withRules("A", NotificationRule{"high", 0, ContactPush}), steps: []func(*night){low}},
		{
			name: "an acknowledgement ends the rules", levels: []PolicyLevel{on(30, "A")}, change: withRules("A", NotificationRule{"high", 0, ContactPush}, NotificationRule{"high", 9 * time.Minute, ContactPhone}),
			steps: []func(*night){high, do(3, `"status":"acknowledged"`)}, sent: "0 A",
		},
		{
			name: "through several schedules", levels: []PolicyLevel{{}, on(5, "C")}, change: rota(5, 1, []Shift{shift("A", -60, 60)}, []Shift{shift("A", -30, 90)}, []Shift{shift("B", -10, 10)}),
			steps: []func(*night){high}, sent: "0 A, 0 B, 5 C", pending: "escalate 5",
		},
		{
			name: "a shift that begins before the level is reached", levels: []PolicyLevel{on(5, "C"), {}}, change: rota(5, 2, []Shift{shift("A", -60, 3), shift("B", 3, 90)}),
			steps: []func(*night){high}, sent: "0 C, 5 B", pending: "escalate 5",
		},
		{
			name: "a shift that ends at the moment", levels: []PolicyLevel{on(5, "C"), {}, on(5, "D")}, change: rota(5, 2, []Shift{shift("A", -60, 5)}),
			steps: []func(*night){high}, sent: "0 C, 5 D", pending: "escalate 5",
		},
		{
			name: "a shift that begins at the moment", levels: []PolicyLevel{on(5, "C"), {}}, change: rota(5, 2, []Shift{shift("A", 5, 60)}),
			steps: []func(*night){high}, sent: "0 C, 5 A", pending: "escalate 5",
		},
		{
			name: "a gap in the shifts", levels: []PolicyLevel{on(5, "C"), {}, on(5, "D")}, change: rota(5, 2, []Shift{shift("A", -60, 2), shift("B", 20, 90)}),
			steps: []func(*night){high}, sent: "0 C, 5 D", pending: "escalate 5",
		},
		{name: "a policy that changes", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, steps: []func(*night){high, func(n *night) {
			n.after(1)
			n.Change(func(d *Directory) { d.Policies[0].Levels = []PolicyLevel{on(1, "E"), on(1, "F"), on(1, "D")} })
		}}, sent: "0 A, 5 B", pending: "escalate 5"},
		{name: "a policy that changes in place", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, steps: []func(*night){high, func(n *night) {
			n.Change(func(d *Directory) { d.Policies[0].Levels[1].UserIDs[0] = "F"; d.Policies[0].Loops = 9 })
		}}, sent: "0 A, 5 B", pending: "escalate 5"},
		{name: "a policy that changes and is set again", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, steps: []func(*night){high, func(n *night) {
			n.Change(func(d *Directory) { d.Policies[0].Levels = []PolicyLevel{on(5, "E"), on(5, "F")} })
		}, do(3, `"escalation_policy":{"id":"P","type":"escalation_policy_reference"}`)}, sent: "0 A, 3 E, 8 F", pending: "escalate 8"},
		{
			name: "asked to join", levels: []PolicyLevel{on(5, "A")}, change: withRules("C", NotificationRule{"high", 0, ContactPush}, NotificationRule{"high", 6 * time.Minute, ContactPhone}, NotificationRule{"low", 0, ContactEmail}),
			steps: []func(*night){low, func(n *night) {
				n.after(1)
				n.Do("A", "POST", "/incidents/"+n.id+"/responder_requests", `{"requester_id":"A","message":"help","responder_request_targets":[{"responder_request_target":{"id":"C","type":"user_reference"}},{"responder_request_target":{"id":"OTHER","type":"escalation_policy_reference"}}]}`)
			}}, sent: "0 A email, 1 C join, 1 F join, 7 C phone join",
		},
		{
			name: "asked to join and joined", levels: []PolicyLevel{on(5, "A")}, change: withRules("C", NotificationRule{"high", 0, ContactPush}, NotificationRule{"high", 6 * time.Minute, ContactPhone}),
			steps: []func(*night){high, func(n *night) {
				n.Do("A", "POST", "/incidents/"+n.id+"/responder_requests", `{"requester_id":"A","message":"help","responder_request_targets":[{"responder_request_target":{"id":"C","type":"user_reference"}}]}`)
				n.after(3)
				n.AnswerRequest(n.id, "C", "joined")
			}}, sent: "0 A, 0 C join",
		},
		{
			name: "low until the support hours begin", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, change: hours(true), steps: []func(*night){high},
			sent: "0 A email, 60 A, 65 B", pending: "urgency_change 60",
		},
		{name: "low outside support hours", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, change: hours(false), steps: []func(*night){high}, sent: "0 A email"},
		{
			name: "high in support hours", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, change: hours(true), steps: []func(*night){func(n *night) { n.after(60); n.open("warning") }},
			sent: "60 A, 65 B", pending: "escalate 65",
		},
		{
			name: "low again after support hours", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, change: hours(false), steps: []func(*night){func(n *night) { n.after(60 + 8*60); n.open("critical") }},
			sent: "540 A email",
		},
		{
			name: "made high before the support hours begin", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, change: hours(true), steps: []func(*night){high, do(2, `"urgency":"high"`), do(3, `"urgency":"low"`)},
			sent: "0 A email, 2 A, 3 A email",
		},
		{
			name: "acknowledged when the support hours begin", levels: []PolicyLevel{on(5, "A"), on(5, "B")}, change: hours(true), steps: []func(*night){high, do(2, `"status":"acknowledged"`)},
			sent: "0 A email", pending: "urgency_change 60",
		},
		{name: "in turn, one alone", levels: []PolicyLevel{inTurn(5, "A", "B", "C"), on(5, "D")}, steps: []func(*night){high}, sent: "0 A, 5 D", pending: "escalate 5"},
		{name: "in turn, one after the other", levels: []PolicyLevel{inTurn(60, "A", "B", "C")}, steps: []func(*night){high, high, high, high}, sent: "0 A, 0 B, 0 C, 0 A"},
		{name: "in turn, the next when the policy begins anew", levels: []PolicyLevel{inTurn(5, "A", "B")}, change: loops(2), steps: []func(*night){high}, sent: "0 A, 5 B, 10 A", pending: "escalate 5"},
		{
			name: "in turn, the same one when the acknowledgement ends", levels: []PolicyLevel{inTurn(60, "A", "B")}, change: func(d *Directory) { d.Services[0].AckTimeout = 30 * time.Minute },
			steps: []func(*night){high, do(1, `"status":"acknowledged"`)}, sent: "0 A, 31 A", pending: "unacknowledge 31",
		},
		{name: "in turn, among those on call now", levels: []PolicyLevel{{}}, change: func(d *Directory) {
			rota(60, 1, []Shift{shift("A", -60, 600)}, []Shift{shift("B", -60, 600)}, []Shift{shift("C", 2, 600)})(d)
			d.Policies[0].Levels[0].RoundRobin = true
		}, steps: []func(*night){high, high, high, func(n *night) { n.after(3); n.open("critical"); n.open("critical") }}, sent: "0 A, 0 B, 0 A, 3 B, 3 C"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n := newNight(t, c.levels, c.change)
			for _, step := range c.steps {
				step(n)
			}
			if got := n.pending(); got != c.pending {
				t.Errorf("pending %q, want %q", got, c.pending)
			}
			// One leap and many steps have the same result.
			n.after(24 * 60)
			if got := n.sent(); got != c.sent {
				t.Errorf("sent %q, want %q", got, c.sent)
			}
		})
	}
}

// The result does not depend on how often anybody reads.
func TestEachChangeHappensAtItsTime(t *testing.T) {
	levels := []PolicyLevel{on(5, "A"), inTurn(7, "B", "C"), on(3), on(9, "D")}
	leap, steps := newNight(t, levels, loops(3)), newNight(t, levels, loops(3))
	for _, n := range []*night{leap, steps} {
		for range 3 {
			n.open("critical")
		}
	}
	for m := range 200 {
		steps.after(m)
		steps.Tick()
	}
	leap.after(200)
	if a, b := leap.sent(), steps.sent(); a != b || len(leap.Notifications()) < 30 {
		t.Errorf("in one leap %s\nin steps    %s", a, b)
	}
	for n, e := range leap.entries {
		if o := steps.entries[n]; !e.at.Equal(o.at) || e.kind != o.kind || e.summary != o.summary {
			t.Fatalf("log entry %d is %v %s in one leap and %v %s in steps", n, e.at, e.summary, o.at, o.summary)
		}
	}
}

func TestHowAnIncidentWasAssigned(t *testing.T) {
	n := newNight(t, []PolicyLevel{on(5, "A"), on(5, "B")}, nil)
	n.open("critical")
	via := func() any {
		n.mu.Lock()
		defer n.mu.Unlock()
		return n.incidentJSON(n.incident(n.id), nil)["assigned_via"]
	}
	for _, c := range []struct{ fields, want string }{
		{`"title":"other"`, "escalation_policy"},
		{`"assignments":[{"assignee":{"id":"C","type":"user_reference"}}]`, "direct_assignment"},
		{`"status":"acknowledged"`, "direct_assignment"},
		{`"escalation_level":2`, "escalation_policy"},
		{`"assignments":[{"assignee":{"id":"A","type":"user_reference"}}]`, "direct_assignment"},
		{`"urgency":"low"`, "direct_assignment"},
		{`"escalation_policy":{"id":"OTHER","type":"escalation_policy_reference"}`, "escalation_policy"},
	} {
		if n.put(c.fields); via() != c.want {
			t.Errorf("%s: %v, want %s", c.fields, via(), c.want)
		}
	}
}

// The stand-in must not use the rules that it checks.
func TestRulesAreIndependent(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "firstline/sources/demo").Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if !slices.Contains(deps, "firstline/sources/demo") {
		t.Fatalf("go list says %q", deps)
	}
	for _, dep := range deps {
		for _, part := range []string{"respond", "triage", "escalation", "sources/pagerduty"} {
			if strings.HasPrefix(dep, "firstline/") && strings.HasSuffix(dep, part) {
				t.Errorf("sources/demo depends on %s", dep)
			}
		}
	}
}
