package execute_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"firstline/internal/execute"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/sources/alertmanager"
	"firstline/sources/demo"
	"firstline/sources/pagerduty"
)

// blinding is a network that loses the answer to a write, or the write itself,
// and on which nothing can be read from then on until it is mended.
type blinding struct {
	method, path string
	arrives      bool
	// answers: the answer to the write is not lost.
	answers bool

	mu               sync.Mutex
	unreadable, over bool
}

func (b *blinding) RoundTrip(r *http.Request) (*http.Response, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.unreadable {
		return &http.Response{
			StatusCode: http.StatusForbidden, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
			Body: io.NopCloser(strings.NewReader(`{"error":{"code":2010,"message":"Access Denied"}}`)),
		}, nil
	}
	if b.over || r.Method != b.method || r.URL.Path != b.path && (!strings.HasSuffix(b.path, "/") || !strings.HasPrefix(r.URL.Path, b.path)) {
		return http.DefaultTransport.RoundTrip(r)
	}
	b.unreadable, b.over = true, true
	if !b.arrives {
		return nil, errors.New("the connection broke")
	}
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	if b.answers {
		return resp, nil
	}
	_, _ = io.Copy(&bytes.Buffer{}, resp.Body)
	_ = resp.Body.Close()
	return nil, errors.New("the connection broke")
}

func (b *blinding) mend() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.unreadable = false
}

// effects are what the stand-in counts of what Dana did.
type effects struct{ writes, notes, notified, opened int }

func (a *account) effects(c change, path string) effects {
	var e effects
	for _, q := range a.toPagerDuty.Requests() {
		if q.Method == c.method && strings.HasPrefix(q.Path, path) && (strings.HasSuffix(path, "/") || q.Path == path) &&
			!strings.Contains(q.Header.Get("From"), "ann@") {
			e.writes++
		}
	}
	for _, i := range a.pd.Incidents() {
		e.notes += len(i.Notes)
		e.opened++
	}
	e.notified = len(a.pd.Notifications())
	return e
}

func (e effects) minus(o effects) effects {
	return effects{e.writes - o.writes, e.notes - o.notes, e.notified - o.notified, e.opened - o.opened}
}

// again makes it possible that a change is done again; nil where it is possible
// as it is.
func (c change) again(a *account, id string) error {
	ctx := a.t.Context()
	switch c.name {
	case "acknowledge", "hand off", "snooze":
		return a.ann.Assign(ctx, []string{"UANN"}, id)
	case "next level", "escalate":
		return a.ann.SetPolicy(ctx, "PPAY", id)
	case "urgency":
		return a.ann.SetUrgency(ctx, "high", id)
	case "priority":
		return a.ann.SetPriority(ctx, "PP2", id)
	case "ask to join":
		a.pd.AnswerRequest(id, "UBO", "declined")
	case "open to escalate", "open to acknowledge":
		return a.ann.Resolve(ctx, "", id)
	case "resolve", "merge":
		a.trigger("again")
	}
	return nil
}

// tryAgain makes a new plan of a change, from the current state, as a person
// does who tries again.
func (c change) tryAgain(a *account, subject string) respond.Plan {
	a.t.Helper()
	fresh, err := pagerduty.New(pagerduty.Options{URL: a.url, Token: "dana", Email: "dana@example.com"})
	if err != nil {
		a.t.Fatal(err)
	}
	a.dana = fresh // which knows nothing of before
	w, groups := a.see(respond.Developer)
	alerts := triage.Group{ID: "0123456789ab", Title: "DiskFull", Service: "checkout", ServiceID: "SCHK", OwnerPolicyID: "PPAY", State: triage.Firing}
	var mine []triage.Group
	for _, g := range groups {
		if g.ID == subject || c.alerts && g.Incident.Key == alerts.ID {
			mine = append(mine, g)
		}
	}
	if len(mine) == 0 { // it is over by now, or was never opened
		mine = []triage.Group{alerts}
		if i, err := a.ann.Incident(a.t.Context(), subject); err == nil {
			mine = []triage.Group{{ID: i.ID, Title: i.Title, ServiceID: i.Service.ID, OwnerPolicyID: "PPAY", Incident: &i}}
		}
	}
	c.r.Groups, c.r.Reason = mine, "because of it"
	if c.r.Action == respond.Snooze {
		c.r.Until = time.Now().Add(2 * time.Hour)
	}
	if c.kind == respond.StepMerge {
		for _, g := range groups {
			if g.ID != subject && (c.r.Into == "" || g.Incident.Number > 1) {
				c.r.Into = g.ID
			}
		}
	}
	found, err := respond.ReadFacts(a.t.Context(), a.dana, c.r, w)
	if err != nil {
		a.t.Fatal(err)
	}
	c.r.Facts, c.r.Confirmed = found, true
	return respond.NewPlan(c.r, w).Attempt()
}

// For every action two tries of the same attempt are one effect, whether the
// first arrived or was lost, and two attempts are two.
func TestTwoTriesAreOneEffectAndTwoAttemptsAreTwo(t *testing.T) {
	for _, c := range changes() {
		for _, arrives := range []bool{true, false} {
			t.Run(c.name+map[bool]string{true: ", it arrived", false: ", it was lost"}[arrives], func(t *testing.T) {
				t.Parallel()
				a, p, path := c.ready(t)
				subject := p.Items[0].ID
				a.pd.Change(func(d *demo.Directory) { // so that there is a level after the next
					d.Policies = slices.Clone(d.Policies)
					d.Policies[0].Levels = append(slices.Clone(d.Policies[0].Levels), demo.PolicyLevel{UserIDs: []string{"UBO"}})
				})
				journal := &execute.Memory{}
				net := &blinding{method: c.method, path: path, arrives: arrives}
				dana, err := pagerduty.New(pagerduty.Options{URL: a.url, Token: "dana", Email: "dana@example.com", Transport: net})
				if err != nil {
					t.Fatal(err)
				}
				d := &execute.Doer{Incidents: dana, Email: "dana@example.com", Wait: noWait, Journal: journal, Now: a.now}
				before := a.effects(c, path)
				first := d.Do(t.Context(), p.Attempt(), nil)[0]
				if first.Outcome != respond.Unknown {
					t.Fatalf("first: %s: %s", first.Outcome, first.Sentence)
				}
				// If it still cannot be read, nothing is sent, and the result
				// says so.
				still := d.Do(t.Context(), c.tryAgain(a, subject), nil)[0]
				if one := a.effects(c, path).minus(before); still.Outcome != respond.Unknown || one.writes > 1 || one.notes > 1 {
					t.Errorf("still: %s: %s; %+v", still.Outcome, still.Sentence, one)
				}
				net.mend()
				a.waits()
				second := d.Do(t.Context(), c.tryAgain(a, subject), nil)[0]
				if second.Outcome != respond.Done && second.Outcome != respond.Already || second.Attempt != first.Attempt {
					t.Errorf("second: %s: %s; attempt %s, the first was %s", second.Outcome, second.Sentence, second.Attempt, first.Attempt)
				}
				one := a.effects(c, path).minus(before)
				if one.writes != 1 || one.notes > 1 {
					t.Errorf("two tries are %+v: %s", one, second.Sentence)
				}
				if one.opened != 0 && (!c.alerts || one.opened != 1) {
					t.Errorf("two tries opened %d", one.opened)
				}

				i, _ := c.now(a, subject)
				if err := c.again(a, i.ID); err != nil {
					t.Fatal(err)
				}
				if c.kind == respond.StepResolve || c.kind == respond.StepMerge {
					_, groups := a.see(respond.Developer)
					subject = groups[len(groups)-1].ID
				}
				before = a.effects(c, path)
				third := d.Do(t.Context(), c.tryAgain(a, subject), nil)[0]
				if third.Outcome != respond.Done || third.Attempt == first.Attempt {
					t.Errorf("third: %s: %s; attempt %s, the first was %s", third.Outcome, third.Sentence, third.Attempt, first.Attempt)
				}
				two := a.effects(c, path).minus(before)
				if c.kind == respond.StepMerge {
					two.notes = one.notes // it carries none; what is typed for one that is done becomes one
				}
				if two != one {
					t.Errorf("another attempt is %+v, the first was %+v: %s", two, one, third.Sentence)
				}
			})
		}
	}
}

// Of silences too: one of a lost answer is not made twice.
func TestTwoTriesOfASilenceAreOne(t *testing.T) {
	for _, c := range []struct {
		name         string
		r            respond.Request
		method, path string
		made         int
	}{
		{"silence", respond.Request{Action: respond.Silence}, http.MethodPost, "/api/v2/silences", 1},
		{"acknowledge by a silence", respond.Request{Action: respond.Acknowledge, Instead: respond.BySilence}, http.MethodPost, "/api/v2/silences", 1},
		{"extend", respond.Request{Action: respond.ExtendSilence}, http.MethodPost, "/api/v2/silences", 0},
		{"end", respond.Request{Action: respond.ExpireSilence}, http.MethodDelete, "/api/v2/silence/", -1},
	} {
		for _, arrives := range []bool{true, false} {
			t.Run(c.name+map[bool]string{true: ", it arrived", false: ", it was lost"}[arrives], func(t *testing.T) {
				t.Parallel()
				data := newCompany(t)
				_, groups := data.see()
				g := data.unpaged(groups)
				if c.r.Action == respond.ExtendSilence || c.r.Action == respond.ExpireSilence {
					_, g = data.silenced(g)
				}
				net := &blinding{method: c.method, path: c.path, arrives: arrives}
				am, err := alertmanager.New(alertmanager.Options{Name: "am", URL: data.demo.Alertmanager.URL(), Transport: net})
				if err != nil {
					t.Fatal(err)
				}
				d := &execute.Doer{Silencers: []sources.Silencer{am}, Email: demo.Email, Wait: noWait, Journal: &execute.Memory{}}
				until := time.Now().Add(3 * time.Hour).Truncate(time.Second)
				try := func(reason string) respond.Result {
					w, groups := data.see()
					at := slices.IndexFunc(groups, func(one triage.Group) bool { return one.ID == g.ID })
					r := c.r
					r.Groups, r.Reason, r.Until, r.Confirmed = groups[at:at+1], reason, until, true
					return d.Do(t.Context(), respond.NewPlan(r, w).Attempt(), nil)[0]
				}
				before := len(data.silences())
				first := try("because of it")
				if first.Outcome != respond.Unknown {
					t.Fatalf("first: %s: %s", first.Outcome, first.Sentence)
				}
				net.mend()
				d.Now = waited
				second := try("for another reason")
				if second.Outcome != respond.Done && second.Outcome != respond.Already && (c.r.Action != respond.ExpireSilence || !arrives) {
					t.Errorf("second: %s: %s", second.Outcome, second.Sentence)
				}
				if made := len(data.silences()) - before; made != c.made {
					t.Errorf("two tries made %d silences, want %d: %s", made, c.made, second.Sentence)
				}
				if c.r.Action == respond.Silence {
					if third := try("because of it"); third.Outcome != respond.Done || len(data.silences())-before != 2 {
						t.Errorf("another attempt: %s: %s", third.Outcome, third.Sentence)
					}
				}
			})
		}
	}
}

// A write that PagerDuty answered ok and that can't be read back is called done
// only for what its answer shows, and its sentence says that it was not read back.
func TestAnsweredAndNotReadBack(t *testing.T) {
	for _, c := range changes() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, p, path := c.ready(t)
			net := &blinding{method: c.method, path: path, arrives: true, answers: true}
			dana, err := pagerduty.New(pagerduty.Options{URL: a.url, Token: "dana", Email: "dana@example.com", Transport: net})
			if err != nil {
				t.Fatal(err)
			}
			d := &execute.Doer{Incidents: dana, Email: "dana@example.com", Wait: noWait, Journal: &execute.Memory{}, Now: a.now}
			res := d.Do(t.Context(), p.Attempt(), nil)[0]
			switch {
			case c.kind == respond.StepMerge: // is answered with the other incident
				if res.Outcome != respond.Unknown || !strings.Contains(res.Sentence, "answered ok, but its answer does not show it") {
					t.Errorf("%s: %s", res.Outcome, res.Sentence)
				}
			case c.kind == respond.StepNote || c.kind == respond.StepResponders: // the answer is the note, the request
				if res.Outcome != respond.Done {
					t.Errorf("%s: %s", res.Outcome, res.Sentence)
				}
			case !strings.Contains(res.Sentence, "it was not read back, because you have no right to do this in PagerDuty"):
				t.Errorf("%s: %s", res.Outcome, res.Sentence)
			}
		})
	}
}
