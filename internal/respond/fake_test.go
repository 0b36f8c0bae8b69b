package respond

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

// trouble is what happens to a call of the fake instead of the plain answer.
type trouble struct {
	err error
	// happens: the write is carried out, and then err is the answer.
	happens bool
}

// fake is an in-memory PagerDuty and Alertmanager in one place. All or nothing
// for many ids, as PagerDuty does it.
type fake struct {
	me        sources.Reference
	now       func() time.Time
	incidents map[string]*sources.Incident
	notes     map[string][]sources.Note
	onCalls   []sources.OnCall
	silences  []sources.Silence
	entries   []sources.LogEntry
	upcoming  []sources.OnCall
	alerts    []sources.Alert
	// silent: answers to writes do not say how an incident is.
	silent bool
	// resolved are the resolutions of the last request.
	resolved map[string]string
	// calls are all calls in order, reads in small letters, writes in capitals.
	calls []string
	// pages are the users that were paged.
	pages []string
	// troubles are used up one for each call of the name; before runs before
	// a call of the name, once.
	troubles map[string][]trouble
	before   map[string]func()
	made     int
	// user changes the answer to reading a user; may be nil.
	user func(sources.User) (sources.User, error)
}

func newFake() *fake {
	f := &fake{
		me: dana, now: func() time.Time { return sunday }, incidents: map[string]*sources.Incident{},
		notes: map[string][]sources.Note{}, onCalls: pagerDutyData().OnCalls, alerts: alertsData().Alerts,
		troubles: map[string][]trouble{}, before: map[string]func(){},
	}
	for _, id := range []string{"I1", "I2", "I3"} {
		i := incident(id)
		f.incidents[id] = &i
	}
	return f
}

func lostAnswer() error {
	return &sources.Error{Reason: sources.Unreachable, Sentence: "no answer", Unknown: true}
}

func refusedWith(r sources.Reason) error { return &sources.Error{Reason: r, Sentence: string(r) + "."} }

// call notes a call and gives what is to go wrong with it.
func (f *fake) call(name string, words ...string) (trouble, bool) {
	line := strings.Join(append([]string{name}, words...), " ")
	name, _, _ = strings.Cut(name, " ")
	if hook := f.before[name]; hook != nil {
		delete(f.before, name)
		hook()
	}
	f.calls = append(f.calls, line)
	if list := f.troubles[name]; len(list) > 0 {
		f.troubles[name] = list[1:]
		return list[0], list[0].err != nil
	}
	return trouble{}, false
}

// writes are the calls that change something.
func (f *fake) writes() string {
	var all []string
	for _, c := range f.calls {
		if c[0] >= 'A' && c[0] <= 'Z' {
			all = append(all, c)
		}
	}
	return strings.Join(all, "; ")
}

// change is a write to incidents, all or nothing.
func (f *fake) change(ctx context.Context, name string, ids []string, do func(*sources.Incident) error) error {
	t, bad := f.call(name, ids...)
	if bad && !t.happens {
		return t.err
	}
	for _, dry := range []bool{true, false} {
		for _, id := range ids {
			i, ok := f.incidents[id]
			if !ok {
				return refusedWith(sources.NotFound)
			}
			work := *i
			if err := do(&work); err != nil {
				return err
			}
			if !dry {
				*i = work
				if t.err == nil && !f.silent && !strings.HasPrefix(name, "MERGE") {
					sources.Answers(ctx, work) // a merge is answered with the other incident
				}
			}
		}
	}
	return t.err
}

func (f *fake) Incident(ctx context.Context, id string) (sources.Incident, error) {
	if ctx.Err() != nil {
		return sources.Incident{}, refusedWith(sources.Canceled)
	}
	if t, bad := f.call("incident", id); bad {
		return sources.Incident{}, t.err
	}
	i, ok := f.incidents[id]
	if !ok {
		return sources.Incident{}, refusedWith(sources.NotFound)
	}
	return *i, nil
}

func (f *fake) IncidentsByKey(_ context.Context, key string) ([]sources.Incident, error) {
	if t, bad := f.call("bykey", key); bad {
		return nil, t.err
	}
	var all []sources.Incident
	for _, i := range f.incidents {
		if i.Key == key {
			all = append(all, *i)
		}
	}
	return all, nil
}

func (f *fake) Notes(_ context.Context, id string) ([]sources.Note, error) {
	if t, bad := f.call("notes", id); bad {
		return nil, t.err
	}
	return slices.Clone(f.notes[id]), nil
}

func (f *fake) OnCalls(_ context.Context, ids ...string) ([]sources.OnCall, sources.Extent, error) {
	if t, bad := f.call("oncalls", ids...); bad {
		return nil, sources.Extent{}, t.err
	}
	return slices.Clone(f.onCalls), sources.Whole, nil
}

func (f *fake) Acknowledge(ctx context.Context, ids ...string) error {
	return f.change(ctx, "ACK", ids, func(i *sources.Incident) error {
		if i.Status == sources.Resolved {
			return refusedWith(sources.AlreadyResolved)
		}
		i.Status = sources.Acknowledged
		i.Acknowledgers = append(slices.Clone(i.Acknowledgers), sources.Assignment{User: f.me, At: f.now()})
		return nil
	})
}

func (f *fake) Resolve(ctx context.Context, resolution string, ids ...string) error {
	f.resolved = map[string]string{}
	defer func() {
		for id, text := range f.resolved {
			if text != "" {
				f.made++
				f.notes[id] = append(f.notes[id], sources.Note{ID: fmt.Sprint("N", f.made), Content: "Resolution Note: " + text, User: f.me, CreatedAt: f.now()})
			}
		}
	}()
	return f.change(ctx, "RESOLVE", ids, func(i *sources.Incident) error {
		if i.Status == sources.Resolved {
			return refusedWith(sources.AlreadyResolved)
		}
		i.Status, i.ResolvedAs, i.ChangedBy, i.ChangedAt = sources.Resolved, resolution, f.me, f.now()
		f.resolved[i.ID] = resolution
		return nil
	})
}

func (f *fake) AddNote(_ context.Context, id, content string) (sources.Note, error) {
	t, bad := f.call("NOTE", id)
	if bad && !t.happens {
		return sources.Note{}, t.err
	}
	f.made++
	n := sources.Note{ID: fmt.Sprint("N", f.made), Content: content + "\r\n", User: f.me, CreatedAt: f.now()}
	f.notes[id] = append(f.notes[id], n)
	return n, t.err
}

// setPolicy is what PagerDuty does of itself, too: the first level is paged.
func (f *fake) setPolicy(i *sources.Incident, policyID string) error {
	users := f.starts(policyID)
	if len(users) == 0 {
		return refusedWith(sources.NobodyOnCall)
	}
	i.Policy, i.Status, i.Acknowledgers = ref(policyID, policyID), sources.Triggered, nil
	i.Assignments = nil
	for _, u := range users {
		i.Assignments = append(i.Assignments, sources.Assignment{User: u, At: f.now()})
	}
	return nil
}

// starts are those whom a policy notifies first.
func (f *fake) starts(policyID string) []sources.Reference {
	for level := range 20 {
		if users := f.at(policyID, level); len(users) > 0 {
			return users
		}
	}
	return nil
}

// at are those on call for a level of a policy.
func (f *fake) at(policyID string, level int) []sources.Reference {
	var users []sources.Reference
	for _, o := range f.onCalls {
		on := !o.Start.After(f.now()) && (o.End.IsZero() || o.End.After(f.now()))
		if o.Policy.ID == policyID && o.Level == level && on && !slices.Contains(users, o.User) {
			users = append(users, o.User)
		}
	}
	return users
}

func (f *fake) paged(ids []string) {
	for _, id := range ids {
		for _, a := range f.incidents[id].Assignments {
			f.pages = append(f.pages, a.User.ID)
		}
	}
}

func (f *fake) SetPolicy(ctx context.Context, policyID string, ids ...string) error {
	before := map[string]string{}
	for _, id := range ids {
		if i, ok := f.incidents[id]; ok {
			before[id] = i.Policy.ID
		}
	}
	err := f.change(ctx, "POLICY "+policyID, ids, func(i *sources.Incident) error { return f.setPolicy(i, policyID) })
	if err == nil || f.incidents[ids[0]].Policy.ID != before[ids[0]] {
		f.paged(ids)
	}
	return err
}

func (f *fake) Assign(ctx context.Context, users []string, ids ...string) error {
	err := f.change(ctx, "ASSIGN "+strings.Join(users, " "), ids, func(i *sources.Incident) error {
		i.Assignments = nil
		for _, u := range users {
			i.Assignments = append(i.Assignments, sources.Assignment{User: ref(u, u), At: f.now()})
		}
		return nil
	})
	if err == nil {
		f.paged(ids)
	}
	return err
}

func (f *fake) Open(_ context.Context, n sources.NewIncident) (sources.Incident, error) {
	t, bad := f.call("OPEN", n.ServiceID)
	if bad && !t.happens {
		return sources.Incident{}, t.err
	}
	for _, i := range f.incidents {
		if i.Key == n.Key && i.Status != sources.Resolved {
			return *i, t.err
		}
	}
	f.made++
	i := incident(fmt.Sprint("NEW", f.made))
	i.Key, i.Title = n.Key, n.Title
	if n.PolicyID != "" {
		if err := f.setPolicy(&i, n.PolicyID); err != nil {
			return sources.Incident{}, err
		}
	}
	if len(n.UserIDs) > 0 {
		i.Assignments = nil
		for _, u := range n.UserIDs {
			i.Assignments = append(i.Assignments, sources.Assignment{User: ref(u, u), At: f.now()})
		}
	}
	f.incidents[i.ID] = &i
	f.paged([]string{i.ID})
	if sources.IsUnknown(t.err) {
		return sources.Incident{}, t.err
	}
	return i, t.err
}

func (f *fake) Source() sources.Source {
	return sources.Source{Kind: sources.Alertmanager, Name: "am-eu"}
}

func (f *fake) Read(context.Context, func(sources.Data)) (sources.Data, error) {
	if t, bad := f.call("read"); bad {
		return sources.Data{}, t.err
	}
	return sources.Data{Alerts: f.alerts, Silences: f.silences}, nil
}

func (f *fake) CreateSilence(_ context.Context, s sources.Silence) (string, error) {
	t, bad := f.call("SILENCE")
	if bad && !t.happens {
		return "", t.err
	}
	if at := slices.IndexFunc(f.silences, func(old sources.Silence) bool { return old.ID == s.ID }); at >= 0 {
		f.silences[at] = s
		return s.ID, t.err
	}
	f.made++
	s.ID, s.State = fmt.Sprint("s", f.made), "active"
	f.silences = append(f.silences, s)
	return s.ID, t.err
}

func (f *fake) Silence(_ context.Context, id string) (sources.Silence, error) {
	if t, bad := f.call("silence", id); bad {
		return sources.Silence{}, t.err
	}
	for _, s := range f.silences {
		if s.ID == id {
			return s, nil
		}
	}
	return sources.Silence{}, refusedWith(sources.NotFound)
}

// groups are the fake's incidents as the responder saw them.
func (f *fake) groups(ids ...string) []triage.Group {
	var all []triage.Group
	for _, id := range ids {
		all = append(all, groupOf(*f.incidents[id]))
	}
	return all
}
