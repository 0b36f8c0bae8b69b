package demo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Past is a made-up past of an account.
type Past struct {
	// From and Until are the time in which Incidents began, evenly.
	From, Until time.Time
	Incidents   int
	// EntriesEach is about how many log entries an incident has, at least 8.
	EntriesEach int
}

// AddPast adds a past to the account: incidents that nobody acted on, that were
// acknowledged and resolved, that escalated by a time-out or by hand, that were
// snoozed, and whose acknowledgement ended. It is the same for the same seed.
func (p *PagerDuty) AddPast(past Past) {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := rand.New(rand.NewPCG(1, uint64(past.Incidents))) //nolint:gosec // a made-up past
	each := past.Until.Sub(past.From) / time.Duration(max(past.Incidents, 1))
	defer func() { p.at = time.Time{} }()
	newer := p.incidents
	p.incidents = nil
	for n := range past.Incidents {
		at := past.From.Add(time.Duration(n)*each + time.Duration(r.Int64N(int64(each)+1))).UTC().Truncate(time.Second)
		p.livedThrough(at, p.directory.Services[n%len(p.directory.Services)], n, max(past.EntriesEach, 8), r)
	}
	p.incidents = append(p.incidents, newer...)
	slices.SortStableFunc(p.entries, func(a, b *logEntry) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
}

// livedThrough adds one incident of the past with its log.
func (p *PagerDuty) livedThrough(at time.Time, s Service, n, entries int, r *rand.Rand) {
	p.at = at
	after := func(least, most time.Duration) {
		p.at = p.at.Add(least + time.Duration(r.Int64N(int64(most-least)))).Truncate(time.Second)
	}
	by := agent{serviceID: s.ID}
	name := fmt.Sprintf("%sAlert%d", s.Name, n%7)
	details := obj{"firing": fmt.Sprintf("Labels:\n - alertname = %s\n - service = %s\nAnnotations:\n - runbook_url = https://runbooks.example.com/%s\nSource: http://prometheus\n", name, s.Name, s.ID)}
	if n%5 == 0 {
		details = obj{"text": name}
	}
	i := p.open(s, name, fmt.Sprintf("past-%d", n), "high", by, obj{"type": "api", "incident_key": fmt.Sprintf("past-%d", n), "details": details, "description": name})
	first, second := p.peopleOf(i.policy, at, n)
	i.level, i.due, i.escalateAt = 1, nil, time.Time{}
	begin := len(p.entries) - 1
	left := func() int { return entries - (len(p.entries) - begin) }
	assigned := first
	notify := func(ways ...string) {
		for _, way := range ways {
			p.log(i, "notify", "Notified.", agent{userID: assigned}, func(e *logEntry) {
				e.channel = obj{"type": "auto", "notification": obj{"type": way + "_notification", "status": "success"}}
			})
		}
	}
	assign := func(kind, to string, by agent) {
		assigned = to
		i.setAssignees([]string{to}, p.now())
		p.log(i, kind, "Assigned.", by, func(e *logEntry) { e.assignees = []string{to} })
	}
	assign("assign", first, by)
	notify("push", "email")
	end := by
	switch kind := r.IntN(10); {
	case kind < 3: // it ended alone
		after(2*time.Minute, 25*time.Minute)
	case kind < 7:
		after(30*time.Second, 9*time.Minute)
		notify("sms")
		end = agent{userID: first}
		p.acknowledge(i, end)
		after(time.Minute, 40*time.Minute)
	case kind < 9: // nobody answered
		after(10*time.Minute, 11*time.Minute)
		assign("escalate", second, by)
		notify("push", "phone")
		after(time.Minute, 5*time.Minute)
		end = agent{userID: second}
		p.acknowledge(i, end)
		after(time.Minute, 90*time.Minute)
	default: // handed to the next level, then snoozed until the acknowledgement ended
		after(time.Minute, 5*time.Minute)
		p.acknowledge(i, agent{userID: first})
		p.addNote(i, agent{userID: first}, "needs the owner")
		assign("escalate", second, agent{userID: first})
		notify("push")
		end = agent{userID: second}
		p.acknowledge(i, end)
		p.log(i, "snooze", "Snoozed.", end, nil)
		after(time.Hour, 2*time.Hour)
		p.unacknowledge(i, by)
		notify("push")
		p.acknowledge(i, end)
		after(time.Minute, 30*time.Minute)
	}
	for left() > 1 {
		notify([]string{"push", "sms", "phone"}[r.IntN(3)])
	}
	p.resolve(i, "", end)
	i.assignees, i.acks = nil, nil
}

// peopleOf returns who was on call first and second for a policy, or any two users.
func (p *PagerDuty) peopleOf(policy Policy, at time.Time, n int) (first, second string) {
	users := p.directory.Users
	first, second = users[n%len(users)].ID, users[(n+1)%len(users)].ID
	if ids := p.directory.onCall(policy, 1, at); len(ids) > 0 {
		first = ids[0]
	}
	if ids := p.directory.onCall(policy, 2, at); len(ids) > 0 {
		second = ids[0]
	}
	return first, second
}

// SetLimit sets how many requests a minute are allowed.
func (p *PagerDuty) SetLimit(requests int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.limit = requests
}

// Forget removes an incident with its log, as if it was deleted.
func (p *PagerDuty) Forget(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.byID, id)
	p.incidents = slices.DeleteFunc(p.incidents, func(i *incident) bool { return i.id == id })
	p.entries = slices.DeleteFunc(p.entries, func(e *logEntry) bool { return e.incidentID == id })
}
