package escalation

import (
	"fmt"
	"slices"
	"time"

	"firstline/sources"
)

// OfPolicy forecasts a policy that starts now, at its first level with anybody
// on call.
func OfPolicy(p Policy, c Case) Forecast { return OfLevel(p, 1, c) }

// OfLevel forecasts an escalation now to a level of the incident's policy, or
// to the first level after it with anybody on call.
func OfLevel(p Policy, level int, c Case) Forecast {
	f := Forecast{Policy: sources.Reference{ID: p.ID, Name: p.Name}, Urgency: urgency(c.Urgency), Via: sources.AssignedByPolicy}
	w := walk{p: &p, c: c, level: level, at: c.Now}
	first, found := w.rest()
	w.loops = p.Loops
	switch {
	case !found:
		f.End = End{Kind: Exhausted}
		return f
	case len(first.People) == 0:
		f.Now, f.End = first, End{Kind: Unknown, Why: first.Missing}
		return f
	}
	f.Now = first
	f.follow(&w)
	return f
}

// OfPeople forecasts a direct assignment to people.
func OfPeople(users []sources.Reference, onCalls []sources.OnCall, c Case) Forecast {
	f := Forecast{Urgency: urgency(c.Urgency), Via: sources.AssignedDirectly, End: End{Kind: Direct}}
	f.Now = Stage{At: c.Now, Share: All, People: c.people(users, onCalls)}
	return f
}

// OfRequest forecasts a request to join an incident. Either users or policy is
// given. PagerDuty does not document whether a request goes on to the next
// level of a policy.
func OfRequest(p *Policy, users []sources.Reference, onCalls []sources.OnCall, c Case) Forecast {
	if p == nil {
		f := OfPeople(users, onCalls, c)
		f.Via, f.End = "", End{Kind: Exhausted}
		return f
	}
	f := OfPolicy(*p, c)
	f.Via, f.Next, f.Doubts = "", nil, nil
	if f.Now.Share == One {
		f.Now.Share = OneOrAll
	}
	if !f.Nobody() {
		f.End = End{Kind: Unknown, Why: "PagerDuty does not say whether a request to join goes on to the next level"}
	}
	return f
}

// OfUrgency forecasts a change of an open incident to high urgency: its
// assignees are notified by their rules for high urgency, and it may escalate
// again.
func OfUrgency(i sources.Incident, p Policy, entries []sources.LogEntry, c Case) Forecast {
	i.Urgency, i.Pending, i.PendingUnread = High, nil, false
	f := OfIncident(i, p, entries, c)
	f.Now.At = c.Now
	if f.End.Kind == NotAnnounced && f.Via == sources.AssignedByPolicy {
		f.End = End{Kind: Unknown, Why: "PagerDuty says when it escalates only after its urgency is high"}
	}
	return f
}

// OfIncident forecasts an incident as it is. entries are its log, or nil when
// it was not read.
func OfIncident(i sources.Incident, p Policy, entries []sources.LogEntry, c Case) Forecast {
	c.Urgency = i.Urgency
	f := Forecast{Policy: i.Policy, Urgency: urgency(i.Urgency), Via: i.AssignedVia}
	if p.Name != "" {
		f.Policy.Name = p.Name
	}
	on := LevelOf(i, p, entries, c.Now)
	f.Now = Stage{Level: on.Level, Share: All, People: c.people(assignees(i), p.OnCalls)}
	for _, a := range i.Assignments {
		if f.Now.At.IsZero() || a.At.After(f.Now.At) {
			f.Now.At = a.At
		}
	}
	if i.AssignedVia == sources.AssignedDirectly {
		f.Now.Level = 0
	}
	at := earliest(i, "escalate")
	switch {
	case i.Status == sources.Resolved:
		f.End = End{Kind: Resolved}
	case i.Status == sources.Acknowledged:
		f.End = End{Kind: Acknowledged, At: earliest(i, "unacknowledge")}
	case !at.IsZero(): // PagerDuty announces it
		f.announced(p, on, at, c)
	case i.AssignedVia == sources.AssignedDirectly:
		f.End = End{Kind: Direct}
	case i.Urgency == Low:
		f.End = End{Kind: LowUrgency, At: earliest(i, "urgency_change")}
	case i.PendingUnread:
		f.End = End{Kind: Unknown, Why: "PagerDuty does not say when it escalates"}
	default:
		f.End = End{Kind: NotAnnounced}
	}
	f.End.Due = !f.End.At.IsZero() && f.End.At.Before(c.Now)
	return f
}

// announced follows the escalation that PagerDuty announces for an open
// incident.
func (f *Forecast) announced(p Policy, on On, at time.Time, c Case) {
	f.Via = sources.AssignedByPolicy
	f.Doubts = append(f.Doubts, on.Doubts...)
	unknown := func(why string) {
		f.Next = []Stage{{At: at, Share: OneOrAll, Missing: why}}
		f.End = End{Kind: Unknown, Why: why}
	}
	if on.Level == 0 {
		unknown(on.Missing)
		return
	}
	w := walk{p: &p, c: c, level: on.Level + 1, at: at}
	next, found := w.rest()
	if !found && !p.Read {
		unknown("the levels of " + p.name() + " have not been read")
		return
	}
	if !found && p.Loops > 0 {
		// PagerDuty does not report how often the policy has begun again. After
		// the last level, the announced escalation can only be another pass.
		// After an earlier level, PagerDuty may have found nobody on the
		// remaining levels.
		w.pass, w.level = 1, 1
		if next, found = w.rest(); found && on.Level < len(p.Levels) {
			f.Doubts = append(f.Doubts, fmt.Sprintf("Nobody is on call at the levels after %d of %s, and PagerDuty does not say how often it has begun again, so it may be that nobody follows.",
				on.Level, p.name()))
		}
	}
	if !found {
		f.Doubts = nil
		unknown(fmt.Sprintf("it uses %s as it was when it was triggered, and it now has nobody on call after level %d", p.name(), on.Level))
		return
	}
	f.Next = append(f.Next, next)
	if len(next.People) == 0 {
		f.End = End{Kind: Unknown, Why: next.Missing}
		return
	}
	f.follow(&w)
	if left := p.Loops - w.pass; f.End.Kind == Exhausted && left > 0 {
		f.End = End{Kind: Repeats, Loops: left, At: f.End.At}
	}
}

// follow adds the stages after the first one, and the end.
func (f *Forecast) follow(w *walk) {
	switch {
	case f.Urgency == Low:
		f.End = End{Kind: LowUrgency}
		return
	case !w.p.Read && w.p.Gone:
		f.End = End{Kind: Unknown, Why: w.p.name() + " is not in PagerDuty any more"}
		return
	case !w.p.Read:
		f.End = End{Kind: Unknown, Why: "the levels of " + w.p.name() + " have not been read"}
		return
	}
	for {
		why := w.wait()
		if w.c.Passes > 0 && w.pass+1 >= w.c.Passes {
			w.loops = min(w.loops, w.pass)
		}
		at := w.at
		stage, found := w.next()
		switch {
		case !found && w.p.Loops > w.pass && w.c.Passes > 0:
			f.End = End{Kind: Repeats, Loops: w.p.Loops - w.pass, At: at}
			return
		case !found:
			f.End = End{Kind: Exhausted, At: at}
			return
		}
		if why != "" {
			stage.At = time.Time{}
		} else {
			f.tooLate(stage.At)
		}
		f.Next = append(f.Next, stage)
		if why == "" && len(stage.People) == 0 {
			why = stage.Missing
		}
		if why != "" {
			f.End = End{Kind: Unknown, Why: why}
			return
		}
	}
}

// tooLate marks the people of the last stage whose first notification rule
// applies only after the incident has escalated.
func (f *Forecast) tooLate(escalates time.Time) {
	last := &f.Now
	if n := len(f.Next); n > 0 {
		last = &f.Next[n-1]
	}
	for i := range last.People {
		if p := &last.People[i]; p.Notified == ByRule && last.At.Add(p.After).After(escalates) {
			p.Notified = TooLate
		}
	}
}

// walk steps through the levels of a policy in time.
type walk struct {
	p     *Policy
	c     Case
	level int // the next one to visit
	at    time.Time
	pass  int
	loops int // how often the policy may begin again
}

// next returns the next stage: the first level from w.level with anybody on
// call, continuing at the first level when the policy begins again. A level
// whose people are unknown gives a stage without people.
func (w *walk) next() (Stage, bool) {
	if stage, found := w.rest(); found || w.pass >= w.loops {
		return stage, found
	}
	w.pass++
	w.level = 1
	return w.rest()
}

// rest returns the next stage among the remaining levels of a pass.
func (w *walk) rest() (Stage, bool) {
	last := w.p.last()
	if last == 0 && !w.p.OnCallsRead.Whole() {
		last = 1 // it has levels, but none was read
	}
	for ; w.level <= last; w.level++ {
		people, missing := w.p.OnCall(w.level, w.at, w.c.Now)
		if len(people) == 0 && missing == "" {
			continue
		}
		w.c.rules(people)
		stage := Stage{
			At: w.at, Level: w.level, Pass: w.pass, People: people, Missing: missing,
			Share: w.p.share(w.level, len(people), missing != ""),
		}
		w.level++
		return stage, true
	}
	return Stage{}, false
}

// wait advances by the time of the last stage's level. If that is unknown, it
// returns why.
func (w *walk) wait() string {
	delay := w.p.delay(w.level - 1)
	if delay <= 0 {
		return fmt.Sprintf("how long level %d of %s waits is not known", w.level-1, w.p.name())
	}
	w.at = w.at.Add(delay)
	return ""
}

// people returns the persons for users who are assigned by name.
func (c Case) people(users []sources.Reference, onCalls []sources.OnCall) []Person {
	people := make([]Person, 0, len(users))
	for _, u := range users {
		if slices.ContainsFunc(people, func(p Person) bool { return p.User.ID == u.ID }) {
			continue
		}
		person := Person{User: u}
		for _, o := range onCalls {
			if o.User.ID == u.ID && Covers(o, c.Now) {
				found := join(nil, o)
				if person.OnCall {
					found = join([]Person{person}, o)
				}
				person = found[0]
				person.User, person.Via = u, nil
			}
		}
		people = append(people, person)
	}
	c.rules(people)
	return people
}

// rules sets for each person whether the person's notification rules apply.
func (c Case) rules(people []Person) {
	if c.User == nil {
		return
	}
	for i := range people {
		u, ok := c.User(people[i].User.ID)
		if !ok || !u.RulesRead {
			continue
		}
		people[i].Notified, people[i].After = notified(u.Rules, c.Urgency)
	}
}

// notified reports whether rules notify a person of an incident of an urgency,
// and how long after its assignment the first one does.
func notified(rules []sources.NotificationRule, of string) (Notified, time.Duration) {
	answer, after := WithNone, time.Duration(0)
	for _, r := range rules {
		switch {
		case urgency(of) == "":
			return NotRead, 0
		case r.Urgency != of:
		case answer == WithNone || r.Delay < after:
			answer, after = ByRule, r.Delay
		}
	}
	return answer, after
}

// urgency returns High or Low, or "" for any other value.
func urgency(s string) string {
	if s == High || s == Low {
		return s
	}
	return ""
}

func assignees(i sources.Incident) []sources.Reference {
	users := make([]sources.Reference, len(i.Assignments))
	for n, a := range i.Assignments {
		users[n] = a.User
	}
	return users
}

// earliest returns when PagerDuty will next take this kind of action by itself,
// or zero when it announces none.
func earliest(i sources.Incident, kind string) time.Time {
	var at time.Time
	for _, p := range i.Pending {
		if p.Type == kind && !p.At.IsZero() && (at.IsZero() || p.At.Before(at)) {
			at = p.At
		}
	}
	return at
}
