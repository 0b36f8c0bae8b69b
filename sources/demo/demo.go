// Package demo has stand-ins for PagerDuty, Prometheus and Alertmanager over
// real HTTP on loopback, and the story that firstline --demo plays on them. The
// tests use the same stand-ins, so that the demo shows what the tests check.
package demo

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed runbooks
var embedded embed.FS

// Runbooks returns the embedded runbooks of the story's alerts.
func Runbooks() fs.FS {
	sub, err := fs.Sub(embedded, "runbooks")
	if err != nil {
		panic(err) // the folder is part of the program
	}
	return sub
}

// Options configure the demo.
type Options struct {
	// Story is one of Stories. Empty means Outage.
	Story string
	// Past also plays the weeks before: incidents that were resolved.
	Past bool
	// Now is the clock. Nil means time.Now, with which the story continues by
	// itself. With another clock, Step advances the story.
	Now func() time.Time
}

// Demo is a company with its three systems.
type Demo struct {
	PagerDuty    *PagerDuty
	Prometheus   *Prometheus
	Alertmanager *Alertmanager

	clock   func() time.Time
	cluster *cluster
	started time.Time

	mu    sync.Mutex
	beats []beat
	// past is the current time while the story before the start is played, and
	// zero afterwards.
	past time.Time
	// sent are the groups for which a trigger was sent, by dedup key.
	sent map[string]*notification

	cancel context.CancelFunc
	done   chan struct{}
}

// ExternalLabels returns the labels that the demo's Prometheus adds.
func ExternalLabels() map[string]string {
	return map[string]string{"cluster": "prod-eu"}
}

// Start starts the stand-ins and plays the story up to now.
func Start(o Options) (*Demo, error) {
	manual := o.Now != nil
	if !manual {
		o.Now = time.Now
	}
	d := &Demo{clock: o.Now, started: o.Now(), sent: map[string]*notification{}, done: make(chan struct{})}
	plays, err := storyOf(o, d.started)
	if err != nil {
		return nil, err
	}
	directory := company(d.started)
	if o.Past {
		addQuietServices(&directory)
		plays.rules, plays.series = append(plays.rules, quietRules()...), append(plays.series, quietSeries()...)
	}
	d.cluster = &cluster{now: d.now, external: ExternalLabels(), rules: plays.rules, metrics: plays.series}
	d.PagerDuty = NewPagerDuty(PagerDutyOptions{Directory: directory, Now: d.now})
	d.beats = plays.beats
	slices.SortStableFunc(d.beats, func(a, b beat) int { return int(a.at - b.at) })
	d.playPast()

	if d.Prometheus, err = newPrometheus(d.cluster); err == nil {
		d.Alertmanager, err = newAlertmanager(d.cluster)
	}
	if err == nil {
		err = d.PagerDuty.Listen()
	}
	ctx, cancel := context.WithCancel(context.Background())
	d.cancel = cancel
	if manual || err != nil {
		close(d.done)
	} else {
		go d.play(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting the demo: %w", err), d.Close())
	}
	return d, nil
}

// Close ends the story and all servers.
func (d *Demo) Close() error {
	d.cancel()
	<-d.done
	var problems []error
	if d.Prometheus != nil {
		problems = append(problems, d.Prometheus.Close())
	}
	if d.Alertmanager != nil {
		problems = append(problems, d.Alertmanager.Close())
	}
	return errors.Join(append(problems, d.PagerDuty.Close())...)
}

// now returns the story's time. It is called with and without d.mu held, so the
// past is played before anything else runs.
func (d *Demo) now() time.Time {
	if !d.past.IsZero() {
		return d.past
	}
	return d.clock()
}

// playPast plays the beats before the start, each at its time, and every half minute
// between them while an alert is active, so that alerts fire and notify at the right
// times.
func (d *Demo) playPast() {
	const step = 30 * time.Second
	for len(d.beats) > 0 && d.beats[0].at < 0 {
		b := d.beats[0]
		d.beats = d.beats[1:]
		at := d.started.Add(b.at)
		for len(d.cluster.active) > 0 && at.Sub(d.past) > step {
			d.past = d.past.Add(step)
			d.notify()
		}
		d.past = at
		b.do(d)
		d.notify()
	}
	for len(d.cluster.active) > 0 && d.started.Sub(d.past) > step {
		d.past = d.past.Add(step)
		d.notify()
	}
	d.past = time.Time{}
	d.notify()
}

// play continues the story until the context ends.
func (d *Demo) play(ctx context.Context) {
	defer close(d.done)
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			d.Step()
		}
	}
}

// Step plays what is due and lets Alertmanager and PagerDuty do what is due in
// them.
func (d *Demo) Step() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for len(d.beats) > 0 && !d.started.Add(d.beats[0].at).After(d.now()) {
		d.beats[0].do(d)
		d.beats = d.beats[1:]
	}
	d.notify()
}

// notify sends Alertmanager's events, and then lets PagerDuty do what is due.
func (d *Demo) notify() {
	for _, body := range d.due() {
		d.PagerDuty.take(body)
	}
	d.PagerDuty.Tick()
}

// due returns the events that Alertmanager would send now: a trigger for a
// group whose alerts changed, a resolve for one that ended. It sends nothing
// about silenced alerts, not even when they end: the incident then stays open.
func (d *Demo) due() [][]byte {
	c := d.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	loud := func(alerts []*activeAlert) []*activeAlert {
		return slices.DeleteFunc(slices.Clone(alerts), func(a *activeAlert) bool { return len(c.silencedBy(c.sent(a))) > 0 })
	}
	var bodies [][]byte
	fires := map[string]bool{}
	for _, g := range c.groups() {
		if _, ok := integrations[g.receiver]; !ok {
			continue
		}
		key := dedupKey(g)
		fires[key] = true
		now, before := loud(g.alerts), d.sent[key]
		if len(now) == 0 || before != nil && slices.Equal(before.alerts, now) {
			continue
		}
		var ended []*activeAlert
		if before != nil {
			ended = slices.DeleteFunc(loud(before.alerts), func(a *activeAlert) bool { return slices.Contains(g.alerts, a) })
		}
		bodies = append(bodies, c.eventBody(g, now, ended))
		d.sent[key] = &notification{g.receiver, g.labels, now}
	}
	for _, key := range slices.Sorted(maps.Keys(d.sent)) {
		if fires[key] {
			continue
		}
		if ended := loud(d.sent[key].alerts); len(ended) > 0 {
			bodies = append(bodies, c.eventBody(d.sent[key], nil, ended))
		}
		delete(d.sent, key)
	}
	return bodies
}

func (d *Demo) raise(r *rule, extra map[string]string, value string) {
	d.cluster.raise(r, extra, d.now(), value)
}

// raiseFiring raises an alert that is already past its pending time.
func (d *Demo) raiseFiring(r *rule, extra map[string]string, value string) {
	d.cluster.raise(r, extra, d.now().Add(-r.hold), value)
}

func (d *Demo) clear(r *rule) { d.cluster.clear(r) }

func (d *Demo) silence(comment, by string, lasts time.Duration, equal map[string]string) {
	c := d.cluster
	c.mu.Lock()
	defer c.mu.Unlock()
	s := &silence{StartsAt: d.now(), EndsAt: d.now().Add(lasts), CreatedBy: by, Comment: comment}
	for _, name := range slices.Sorted(maps.Keys(equal)) {
		s.Matchers = append(s.Matchers, matcher{Name: name, Value: equal[name]})
	}
	if _, err := c.store(s); err != nil {
		panic(err) // a new silence is always accepted
	}
}

// take passes an event to the stand-in as Alertmanager would over HTTP.
func (p *PagerDuty) take(body []byte) {
	e, problems := parseEvent(body)
	if len(problems) > 0 {
		panic(fmt.Sprintf("the demo sends a bad event: %v", problems))
	}
	p.accept(e)
}

// act performs an action as a user on the open incident with a dedup key.
func (p *PagerDuty) act(key, userID string, do func(*PagerDuty, *incident, agent)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i, ok := find(p.incidents, func(i *incident) bool { return i.key == key && i.open() }); ok {
		do(p, i, agent{userID: userID})
	}
}

// report opens an incident by hand.
func (p *PagerDuty) report(serviceID, userID, title, key, policyID string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s, _ := p.directory.service(serviceID)
	i := p.open(s, title, key, "low", agent{userID: userID}, obj{"type": "website"})
	p.begin(i, policyID, agent{userID: userID}, "assign")
	p.acknowledge(i, agent{userID: userID})
	i.unackAt = time.Time{}
}

// IncidentState is the state of an incident, for tests.
type IncidentState struct {
	ID, Key, Title, Status, Urgency, ServiceID, PolicyID string
	// Level is the level of the policy. It is 0 when assigned directly (Direct)
	// or to nobody.
	Level                    int
	Direct                   bool
	Assignees, Acknowledgers []string // user ids
	Notes                    []string // oldest first
	// Details is the body of an incident opened by hand.
	Resolution, Details string
}

// Incidents returns the state of all incidents, oldest first.
func (p *PagerDuty) Incidents() []IncidentState {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.catchUp()
	var all []IncidentState
	for _, i := range p.incidents {
		s := IncidentState{
			ID: i.id, Key: i.key, Title: i.title, Status: i.status, Urgency: i.urgency, ServiceID: i.serviceID,
			PolicyID: i.policy.ID, Level: i.level, Direct: i.direct, Assignees: i.assigneeIDs(), Resolution: i.resolution, Details: i.details,
		}
		for _, a := range i.acks {
			s.Acknowledgers = append(s.Acknowledgers, a.userID)
		}
		for _, n := range i.notes {
			s.Notes = append(s.Notes, n.content)
		}
		all = append(all, s)
	}
	return all
}

// Do sends a REST request as another user, for tests of races: the method, path
// and JSON body of the API. It returns the status.
func (p *PagerDuty) Do(userID, method, path, body string) int {
	p.mu.Lock()
	token := "token-of-" + userID
	if p.directory.Tokens == nil {
		p.directory.Tokens = map[string]string{}
	}
	p.directory.Tokens[token] = userID
	p.mu.Unlock()
	r, err := http.NewRequestWithContext(context.Background(), method, path, strings.NewReader(body))
	if err != nil {
		return http.StatusBadRequest
	}
	r.Header.Set("Authorization", "Token token="+token)
	w := &statusOnly{header: http.Header{}, status: http.StatusOK}
	p.handler.ServeHTTP(w, r)
	return w.status
}

// statusOnly remembers only the status of an answer.
type statusOnly struct {
	header http.Header
	status int
}

func (s *statusOnly) Header() http.Header         { return s.header }
func (s *statusOnly) WriteHeader(status int)      { s.status = status }
func (s *statusOnly) Write(b []byte) (int, error) { return len(b), nil }

var _ http.Handler = (*PagerDuty)(nil)
