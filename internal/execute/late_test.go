package execute_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"firstline/internal/execute"
	"firstline/internal/faults"
	"firstline/internal/race"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/sources/alertmanager"
	"firstline/sources/demo"
	"firstline/sources/pagerduty"
)

// gateway sits in front of a server. It answers one write without passing it
// on, and may do so later.
type gateway struct {
	method, path string
	how          string // it answers: 504, reset, timeout or kill
	// first: it passes the write on before it answers; skip: as many before.
	first bool
	skip  int
	// kill ends the program.
	kill func()

	mu   sync.Mutex
	over bool
	held *http.Request
	body []byte
}

func (g *gateway) RoundTrip(r *http.Request) (*http.Response, error) {
	g.mu.Lock()
	mine := !g.over && r.Method == g.method && (r.URL.Path == g.path || strings.HasSuffix(g.path, "/") && strings.HasPrefix(r.URL.Path, g.path))
	if !mine {
		g.mu.Unlock()
		return http.DefaultTransport.RoundTrip(r)
	}
	if g.skip--; g.skip >= 0 {
		g.mu.Unlock()
		return http.DefaultTransport.RoundTrip(r)
	}
	g.over = true
	if r.Body != nil {
		g.body, _ = io.ReadAll(r.Body)
	}
	g.held = r.Clone(context.Background())
	g.mu.Unlock()
	if g.first {
		g.pass()
	}
	switch g.how {
	case "504":
		return &http.Response{
			StatusCode: http.StatusGatewayTimeout, Header: http.Header{"Content-Type": {"application/json"}}, Request: r,
			Body: io.NopCloser(strings.NewReader(`{"message":"Endpoint request timed out"}`)),
		}, nil
	case "timeout":
		return nil, context.DeadlineExceeded
	case "kill":
		g.kill()
	}
	return nil, errors.New("read: connection reset by peer")
}

// pass carries out what is held.
func (g *gateway) pass() {
	g.mu.Lock()
	r := g.held
	g.held = nil
	g.mu.Unlock()
	if r == nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(g.body))
	if resp, err := http.DefaultTransport.RoundTrip(r); err == nil {
		_ = resp.Body.Close()
	}
}

// dying is the journal of a program that may be killed.
type dying struct {
	execute.Memory
	dead bool
}

func (j *dying) Outcome(ctx context.Context, n int64, o respond.Outcome, s string, at time.Time) error {
	if j.dead {
		return errors.New("killed")
	}
	return j.Memory.Outcome(ctx, n, o, s, at)
}

func (j *dying) End(ctx context.Context, id string, o respond.Outcome, s string, at time.Time) error {
	if j.dead {
		o, s = respond.Unknown, "" // its process is gone, and nothing else is known
	}
	return j.Memory.End(ctx, id, o, s, at)
}

func (j *dying) EndRun(ctx context.Context, run string) error {
	if j.dead {
		return errors.New("killed")
	}
	return j.Memory.EndRun(ctx, run)
}

// answers are how a gateway, or the end of the program, leaves a write open.
var answers = []string{"504", "reset", "timeout", "kill"}

// moments are when such a write is carried out.
var moments = []string{"never", "before the first look", "before the second try", "after the second try", "when it was sent anyway", "never, and it was sent anyway"}

// Whatever kind of write a gateway holds, and whenever it carries it out:
// nothing that was done is called failed, nothing that was not is called done,
// no note exists twice, and nobody is notified twice unless a person chose to
// send it anyway. A write that is never carried out is reported as failed once
// this is certain, and a repetition does it.
func TestLateWrites(t *testing.T) {
	kinds := changes()
	kinds = append(kinds, change{
		name: "the note of an escalation", r: respond.Request{Action: respond.Escalate}, kind: respond.StepNote, method: http.MethodPost, path: "/incidents/%s/notes",
		came: func(i sources.Incident, notes []string) bool { return i.Policy.ID == "POPS" && len(notes) == 1 },
	})
	repeats := []respond.StepKind{
		respond.StepAcknowledge, respond.StepResolve, respond.StepSnooze, respond.StepUrgency, respond.StepPriority, respond.StepMerge,
	}
	for n, c := range kinds {
		want := c.once(t)
		for m, how := range answers {
			for o, moment := range moments {
				if !race.Plays(n+m+o, 3) {
					continue
				}
				t.Run(c.name+", "+how+", "+moment, func(t *testing.T) {
					t.Parallel()
					c := c // each changes its own
					a, p, path := c.ready(t)
					a.moreLevels()
					subject := p.Items[0].ID
					journal := &dying{}
					net := &gateway{method: c.method, path: path, how: how, first: moment == "before the first look", kill: func() { journal.dead = true }}
					dana, err := pagerduty.New(pagerduty.Options{URL: a.url, Token: "dana", Email: "dana@example.com", Transport: net})
					if err != nil {
						t.Fatal(err)
					}
					d := &execute.Doer{Incidents: dana, Email: "dana@example.com", Wait: noWait, Journal: journal, Now: a.now}
					before := a.effects(c, path)
					check := func(when string, r respond.Result) {
						t.Helper()
						i, notes := c.now(a, subject)
						if r.Outcome == respond.Failed || r.Outcome == respond.Done && !c.came(i, notes) {
							t.Errorf("%s: %s: %s; it came about: %v", when, r.Outcome, r.Sentence, c.came(i, notes))
						}
						if r.Outcome == respond.Unknown && (r.MayComeUntil.IsZero() || !strings.Contains(r.Sentence, execute.MayComeText)) {
							t.Errorf("%s: until when it may come about is not said: %s", when, r.Sentence)
						}
					}

					first := d.Do(t.Context(), p.Attempt(), nil)[0]
					if how == "kill" {
						journal.dead = false
						for _, s := range d.Settle(t.Context(), slices.DeleteFunc(journal.Writes(), func(b execute.Begun) bool { return b.Outcome != "" })) {
							if s.Outcome == respond.Failed || s.Outcome == respond.Unknown || s.Settled() != net.first {
								t.Errorf("settled at once as %q: %s", s.Outcome, s.Sentence)
							}
						}
					} else {
						check("first", first)
						if want := map[bool]respond.Outcome{true: respond.Done, false: respond.Unknown}[net.first]; first.Outcome != want {
							t.Errorf("first: %s: %s", first.Outcome, first.Sentence)
						}
					}
					if net.first {
						return // as with any answer that was lost
					}
					if moment == "before the second try" {
						net.pass()
					}
					c.r.Anyway = strings.Contains(moment, "anyway")
					second := d.Do(t.Context(), c.tryAgain(a, subject), nil)[0]
					check("second", second)
					mayRepeat := slices.Contains(repeats, c.kind)
					switch {
					case moment == "before the second try" || mayRepeat:
						if second.Outcome != respond.Done && second.Outcome != respond.Already {
							t.Errorf("second: %s: %s", second.Outcome, second.Sentence)
						}
					case c.r.Anyway && c.kind != respond.StepNote:
						if second.Outcome != respond.Done || !strings.HasPrefix(second.Attempt, first.Attempt) {
							t.Errorf("anyway: %s: %s; attempt %s, the first was %s", second.Outcome, second.Sentence, second.Attempt, first.Attempt)
						}
					default:
						// A note alone is not sent anyway as long as it may come.
						alone := c.r.Action == respond.AddNote
						if second.Outcome != respond.Unknown || second.EarlierUnknown != (!c.r.Anyway && !alone) {
							t.Errorf("second: %s: %s; sending anyway is offered: %v", second.Outcome, second.Sentence, second.EarlierUnknown)
						}
					}
					if !strings.HasPrefix(moment, "never") {
						net.pass()
					}
					c.r.Anyway = false
					a.waits()
					last := second
					if second.Outcome == respond.Unknown {
						last = d.Do(t.Context(), c.tryAgain(a, subject), nil)[0]
						check("last", last)
						if last.Outcome != respond.Done && last.Outcome != respond.Already || how != "kill" && last.Attempt != first.Attempt {
							t.Errorf("last: %s: %s; attempt %s, the first was %s", last.Outcome, last.Sentence, last.Attempt, first.Attempt)
						}
					}
					got := a.effects(c, path).minus(before)
					if mayRepeat || moment == "when it was sent anyway" && c.kind != respond.StepNote {
						got.writes = want.writes // again without another effect, or as was chosen
					}
					if moment == "when it was sent anyway" && c.kind != respond.StepNote && !mayRepeat {
						got.notified = min(got.notified, want.notified) // as was chosen
					}
					if c.kind == respond.StepMerge {
						got.notes = want.notes // it carries none; what is typed for one that is done becomes one
					}
					if got != want {
						t.Errorf("the effects are %+v, of one they are %+v: %s", got, want, last.Sentence)
					}
				})
			}
		}
	}
}

// once are the effects of a change that goes well.
func (c change) once(t *testing.T) effects {
	t.Helper()
	a, p, path := c.ready(t)
	a.moreLevels()
	before := a.effects(c, path)
	d := a.doer()
	d.Now = a.now
	if r := d.Do(t.Context(), p.Attempt(), nil)[0]; r.Outcome != respond.Done {
		t.Fatalf("%s: %s: %s", c.name, r.Outcome, r.Sentence)
	}
	a.waits()
	return a.effects(c, path).minus(before)
}

// moreLevels makes a level after the next one.
func (a *account) moreLevels() {
	a.pd.Change(func(d *demo.Directory) {
		d.Policies = slices.Clone(d.Policies)
		d.Policies[0].Levels = append(slices.Clone(d.Policies[0].Levels), demo.PolicyLevel{UserIDs: []string{"UBO"}})
	})
}

// So with silences, which Alertmanager makes, extends and ends.
func TestLateSilences(t *testing.T) {
	for n, c := range []struct {
		name         string
		r            respond.Request
		method, path string
		made         int
		repeats      bool
	}{
		{"silence", respond.Request{Action: respond.Silence}, http.MethodPost, "/api/v2/silences", 1, false},
		{"acknowledge by a silence", respond.Request{Action: respond.Acknowledge, Instead: respond.BySilence}, http.MethodPost, "/api/v2/silences", 1, false},
		{"extend", respond.Request{Action: respond.ExtendSilence}, http.MethodPost, "/api/v2/silences", 0, true},
		{"end", respond.Request{Action: respond.ExpireSilence}, http.MethodDelete, "/api/v2/silence/", -1, true},
	} {
		for m, how := range answers {
			for o, moment := range moments[:4] {
				if !race.Plays(n+m+o, 3) {
					continue
				}
				t.Run(c.name+", "+how+", "+moment, func(t *testing.T) {
					t.Parallel()
					data := newCompany(t)
					_, groups := data.see()
					g := data.unpaged(groups)
					if c.repeats {
						_, g = data.silenced(g)
					}
					journal := &dying{}
					net := &gateway{method: c.method, path: c.path, how: how, first: moment == "before the first look", kill: func() { journal.dead = true }}
					am, err := alertmanager.New(alertmanager.Options{Name: "am", URL: data.demo.Alertmanager.URL(), Transport: net})
					if err != nil {
						t.Fatal(err)
					}
					now := sources.Now
					d := &execute.Doer{Silencers: []sources.Silencer{am}, Email: demo.Email, Wait: noWait, Journal: journal, Now: func() time.Time { return now() }}
					until := time.Now().Add(3 * time.Hour).Truncate(time.Second)
					try := func() respond.Result {
						w, groups := data.see()
						at := slices.IndexFunc(groups, func(one triage.Group) bool { return one.ID == g.ID })
						r := c.r
						r.Groups, r.Reason, r.Until, r.Confirmed = groups[at:at+1], "because of it", until, true
						return d.Do(t.Context(), respond.NewPlan(r, w).Attempt(), nil)[0]
					}
					before := len(data.silences())
					first := try()
					journal.dead = false
					if want := map[bool]respond.Outcome{true: respond.Done, false: respond.Unknown}[net.first]; first.Outcome != want {
						t.Errorf("first: %s: %s", first.Outcome, first.Sentence)
					}
					if net.first {
						return
					}
					if moment == "before the second try" {
						net.pass()
					}
					second := try()
					over := c.repeats || moment == "before the second try"
					switch ended := c.r.Action == respond.ExpireSilence && second.Outcome == respond.Refused; {
					case ended: // nothing is left to end
					case over != (second.Outcome == respond.Done || second.Outcome == respond.Already), second.Outcome == respond.Failed:
						t.Errorf("second: %s: %s", second.Outcome, second.Sentence)
					}
					if moment != "never" {
						net.pass()
					}
					now = waited
					if second.Outcome == respond.Unknown {
						if last := try(); last.Outcome != respond.Done && last.Outcome != respond.Already {
							t.Errorf("last: %s: %s", last.Outcome, last.Sentence)
						}
					}
					if made := len(data.silences()) - before; made != c.made {
						t.Errorf("%d silences more, want %d", made, c.made)
					}
				})
			}
		}
	}
}

// What waits before it is sent, as for a rate limit, may come about for longer: the
// wait counts from when it was last sent.
func TestTheWaitCountsFromWhenItWasSent(t *testing.T) {
	a := newAccount(t)
	a.trigger("k1")
	w, groups := a.see(respond.Developer)
	p := respond.NewPlan(respond.Request{Action: respond.Escalate, Reason: "why", Groups: groups}, w)
	// Twice it has to wait, and then the answer is lost.
	a.toPagerDuty.Fail(faults.Fault{
		Method: http.MethodPut, Path: "/incidents", Times: 2, Status: http.StatusTooManyRequests,
		Header: http.Header{"Ratelimit-Reset": {"60"}, "Content-Type": {"application/json"}}, Body: `{"error":{"code":2020,"message":"Rate Limit Exceeded"}}`,
	})
	slept := 0
	dana, err := pagerduty.New(pagerduty.Options{
		URL: a.url, Token: "dana", Email: "dana@example.com", Now: a.now,
		Transport: &gateway{method: http.MethodPut, path: "/incidents", how: "504", skip: 2},
		Sleep: func(_ context.Context, d time.Duration) error {
			slept++
			a.ahead.Add(int64(d))
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	journal := &execute.Memory{}
	d := &execute.Doer{Incidents: dana, Email: "dana@example.com", Wait: noWait, Journal: journal, Now: a.now}
	got := d.Do(t.Context(), p.Attempt(), nil)[0]
	writes := journal.Writes()
	last := writes[len(writes)-1]
	if slept != 2 || got.Outcome != respond.Unknown || last.SentAt.Sub(last.At) < 2*time.Minute-time.Second || !last.Until().Equal(got.MayComeUntil) {
		t.Errorf("waited %d times; %s until %v: %s; begun at %v, sent at %v", slept, got.Outcome, got.MayComeUntil, got.Sentence, last.At, last.SentAt)
	}
	if note := writes[0]; !note.SentAt.IsZero() {
		t.Errorf("the note was sent at %v, begun at %v: that needs no writing down", note.SentAt, note.At)
	}
}
