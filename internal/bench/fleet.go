//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"firstline/sources/demo"
)

// kind is how the alerts of a fleet are alike.
type kind string

const (
	// usual: the alerts of an incident are of one notification group.
	usual kind = "usual"
	// rows: each alert is a notification group of its own, so that the list has
	// as many rows.
	rows kind = "rows"
	// storm: all alerts have one name and one service.
	storm kind = "storm"
	// apart: PagerDuty says of no incident what opened it, so that the alerts of
	// each are a request of their own.
	apart kind = "apart"
)

// size says how large a fleet is.
type size struct {
	kind              kind
	incidents, alerts int
}

func (s size) String() string {
	text := fmt.Sprintf("%s + %s", thousands(s.incidents), thousands(s.alerts))
	if s.kind != usual {
		text += " (" + string(s.kind) + ")"
	}
	return text
}

func thousands(n int) string {
	text := strconv.Itoa(n)
	if n >= 1000 {
		text = text[:len(text)-3] + "," + text[len(text)-3:]
	}
	return text
}

// How a fleet changes, at its usual pace.
const (
	// ruleNames is how many rules a fleet has that is no storm.
	ruleNames = 97
	// evaluateEvery is the time between two evaluations of a rule, in which its
	// values change. The rules are evaluated one after the other, so each read
	// finds some of the values changed.
	evaluateEvery = 30 * time.Second
	// sendEvery is the time between two sends of an alert to Alertmanager, which
	// move updatedAt and endsAt.
	sendEvery = 60 * time.Second
	// A flapping alert or group fires for flapAlert or flapGroup, and is gone
	// for as long. One of flapAlerts alerts and one of flapGroups groups does.
	flapAlert, flapAlerts = 3 * time.Minute, 500
	flapGroup, flapGroups = 4 * time.Minute, 400
)

// When the alerts of the first and of the last group began, before the fleet did.
const oldest, newest = 6 * time.Hour, 10 * time.Minute

// fleet is a company with alerts and incidents, and the answers of its servers.
type fleet struct {
	size
	pagerDuty *demo.PagerDuty
	now       func() time.Time
	begun     time.Time
	// opening is when the incident began that is being opened; zero: none is.
	opening time.Time
	// pace divides all times in which something changes.
	pace float64

	mu sync.Mutex
	// sends is how often each rule was sent, as far as the answers say.
	sends  []int
	groups []group
}

// group is a notification group.
type group struct {
	key, name, service string
	// routingKey and serviceID are of the service of its incident; empty: it has none.
	routingKey, serviceID string
	head                  []byte // of Alertmanager's answer, up to its alerts
	alerts                []alert
	since                 time.Time
	flaps                 bool
	is                    bool // it fires now
}

// alert has the parts of its two answers that do not change, and the parts that
// do.
type alert struct {
	rule         int
	number       int
	flaps        bool
	firing       bool
	text         string // what an event says of it
	prometheus   []byte // up to the value
	alertmanager []byte
	// updated and ends are where the times are in alertmanager.
	updated, ends int
}

// newFleet makes a fleet whose changes come pace times as fast as usual.
func newFleet(ctx context.Context, s size, pace float64, now func() time.Time) (*fleet, error) {
	w := &fleet{size: s, now: now, begun: now(), pace: pace}
	scale := min(max(1, s.incidents/20), 100)
	account := demo.Size{Users: 20 + 3*scale, Services: 10 + 2*scale, Policies: 8 + scale, Teams: 4 + scale/3, Levels: 2, Schedules: 1}
	directory := demo.Large(account, w.begun)
	for i := range directory.Policies {
		for j := range directory.Policies[i].Levels {
			directory.Policies[i].Levels[j].Delay = 24 * time.Hour // nothing escalates by itself meanwhile
		}
	}
	w.pagerDuty = demo.NewPagerDuty(demo.PagerDutyOptions{
		Directory: directory, RequestsPerMinute: 1_000_000,
		Now: func() time.Time {
			if !w.opening.IsZero() {
				return w.opening
			}
			return now()
		},
		Account: demo.Account{NoIncidentKeys: s.kind == apart, NoChannels: s.kind == apart},
	})
	w.sends = slices.Repeat([]int{-1}, len(w.names()))
	w.fill(account.Services)
	w.open()
	return w, w.advance(ctx)
}

// open opens the first incidents, each when its alerts began. An event for each
// would compare it with all before.
func (w *fleet) open() {
	defer func() { w.opening = time.Time{} }()
	for g := range w.groups {
		w.update(g, 0)
		if one := &w.groups[g]; one.is && one.routingKey != "" {
			w.opening = one.since
			w.pagerDuty.OpenIncident(one.serviceID, one.trigger())
		}
	}
}

// fill makes the groups and their alerts.
func (w *fleet) fill(services int) {
	count := w.incidents
	if w.kind == rows || count == 0 {
		count = w.alerts
	}
	count = min(count, w.alerts)
	names := w.names()
	number := 0
	for g := range count {
		rule := g % len(w.sends)
		name, service := names[rule], fmt.Sprintf("service-%d", g)
		if w.kind == storm {
			service = "checkout"
		}
		instance := fmt.Sprintf("10.%d.%d.%d:9090", g/62_500, g/250%250, g%250)
		labels := map[string]string{"alertname": name, "instance": instance, "service": service}
		one := group{
			since: w.begun.Add(-oldest + (oldest-newest)*time.Duration(g)/time.Duration(count)).Truncate(time.Second),
			name:  name, service: service, flaps: g%flapGroups == 2,
			key:  fmt.Sprintf("%x", sha256.Sum256(fmt.Appendf(nil, `{}:{alertname=%q, instance=%q, service=%q}`, name, instance, service))),
			head: []byte(`{"labels":` + marshal(labels) + `,"receiver":{"name":"pd"},"alerts":[`),
		}
		if g < w.incidents {
			one.routingKey, one.serviceID = fmt.Sprintf("%032x", g%services+1), fmt.Sprintf("PVLARGE%d", g%services+1)
		}
		end := (g + 1) * w.alerts / count
		for ; number < end; number++ {
			one.alerts = append(one.alerts, newAlert(number, rule, name, service, instance, one.since.UTC().Format(time.RFC3339Nano)))
		}
		w.groups = append(w.groups, one)
	}
}

// names are those of the alerts, one for each rule.
func (w *fleet) names() []string {
	if w.kind == storm {
		return []string{"HighErrorRate"}
	}
	var all []string
	for rule := range ruleNames {
		all = append(all, fmt.Sprintf("FleetAlert%d", rule))
	}
	return all
}

func newAlert(number, rule int, name, service, instance, since string) alert {
	labels := map[string]string{
		"alertname": name, "service": service, "severity": "critical", "namespace": "prod", "instance": instance,
		"pod": fmt.Sprintf("pod-%d", number), "job": "kubernetes-pods",
	}
	annotations := map[string]string{
		"summary":     "More than a twentieth of the requests failed",
		"description": fmt.Sprintf("Requests to %s on pod-%d fail more often than the objective of the service allows.", service, number),
		"runbook_url": "https://runbooks.example.com/" + name,
	}
	a := alert{rule: rule, number: number, flaps: number%flapAlerts == 1}
	var text strings.Builder
	text.WriteString("Labels:\n")
	for _, k := range []string{"alertname", "instance", "job", "namespace", "pod", "service", "severity"} {
		fmt.Fprintf(&text, " - %s = %s\n", k, labels[k])
	}
	fmt.Fprintf(&text, "Annotations:\n - summary = %s\nSource: %s\n", annotations["summary"], generator)
	a.text = text.String()
	a.prometheus = []byte(`{"labels":` + marshal(labels) + `,"annotations":` + marshal(annotations) + `,"state":"firing","activeAt":"` + since + `","value":"`)
	head := `{"annotations":` + marshal(annotations) + `,"endsAt":"`
	middle := fmt.Sprintf(`","fingerprint":"%016x","receivers":[{"name":"pd"}],"startsAt":%q,"status":{"inhibitedBy":[],"mutedBy":[],"silencedBy":[],"state":"active"},"updatedAt":"`, number, since)
	a.ends = len(head)
	a.updated = a.ends + len(millis) + len(middle)
	a.alertmanager = []byte(head + millis + middle + millis + `","generatorURL":` + marshal(generator) + `,"labels":` + marshal(labels) + `}`)
	return a
}

const (
	generator = "http://prometheus.example.com/graph?g0.expr=rate%28errors%5B5m%5D%29"
	// millis is how Alertmanager writes times.
	millis = "2006-01-02T15:04:05.000Z"
)

func marshal(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings and lists of them
	}
	return string(text)
}

// play advances the fleet until ctx ends.
func (w *fleet) play(ctx context.Context) error {
	tick := time.NewTicker(w.paced(time.Second))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := w.advance(ctx); err != nil {
				return err
			}
		}
	}
}

func (w *fleet) paced(d time.Duration) time.Duration { return time.Duration(float64(d) / w.pace) }

// advance does what is due: what flaps comes or goes, and PagerDuty hears of it.
func (w *fleet) advance(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pagerDuty.Tick()
	past := w.now().Sub(w.begun)
	for g := range w.groups {
		one := &w.groups[g]
		if w.update(g, past) && one.routingKey != "" {
			if err := w.notify(ctx, one); err != nil {
				return err
			}
		}
	}
	return nil
}

// update has a group's alerts firing or gone, and reports whether any changed.
func (w *fleet) update(g int, past time.Duration) (changed bool) {
	one := &w.groups[g]
	one.is = !one.flaps || on(past, w.paced(flapGroup), g)
	for i := range one.alerts {
		a := &one.alerts[i]
		// The first alert of a group stays as long as the group.
		is := one.is && (i == 0 || !a.flaps || on(past, w.paced(flapAlert), a.number))
		changed = changed || is != a.firing
		a.firing = is
	}
	return changed
}

// on reports whether what flaps is there after a time. At first it is.
func on(past, each time.Duration, number int) bool {
	shift := time.Duration(number) * 7919 * time.Second % each
	return (past+shift)/each%2 == 0
}

// trigger is the event that Alertmanager sends when alerts of a group began.
func (g *group) trigger() demo.Event {
	text, firing := "", 0
	for _, a := range g.alerts {
		if a.firing {
			text += a.text
			firing++
		}
	}
	return demo.Event{
		RoutingKey: g.routingKey, DedupKey: g.key, Action: "trigger", Client: "Alertmanager",
		Payload: &demo.Payload{
			Summary: fmt.Sprintf("[FIRING:%d] %s %s", firing, g.name, g.service), Source: "Alertmanager", Severity: "critical",
			Details: map[string]string{"firing": text, "num_firing": strconv.Itoa(firing), "num_resolved": "0", "resolved": ""},
		},
	}
}

// notify sends PagerDuty an event, as Alertmanager does after a change.
func (w *fleet) notify(ctx context.Context, g *group) error {
	event := demo.Event{RoutingKey: g.routingKey, DedupKey: g.key, Action: "resolve", Client: "Alertmanager"}
	if g.is {
		event = g.trigger()
	}
	answer := httptest.NewRecorder()
	w.pagerDuty.ServeHTTP(answer, httptest.NewRequestWithContext(ctx, http.MethodPost, "/v2/enqueue", strings.NewReader(marshal(event))))
	if answer.Code != http.StatusAccepted {
		return fmt.Errorf("the stand-in answered an event with %d: %s", answer.Code, answer.Body)
	}
	return nil
}

// turn is how often something was done that is done every so often, with a
// rule's own phase.
func (w *fleet) turn(past, every time.Duration, rule int) (count int, at time.Time) {
	every = w.paced(every)
	phase := every * time.Duration(rule) / time.Duration(len(w.sends))
	count = int((past + phase) / every)
	return count, w.begun.Add(time.Duration(count)*every - phase)
}

// prometheusAlerts is what Prometheus answers now.
func (w *fleet) prometheusAlerts() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out bytes.Buffer
	out.Grow(w.alerts * 520)
	out.WriteString(`{"status":"success","data":{"alerts":[`)
	past, comma := w.now().Sub(w.begun), false
	for g := range w.groups {
		for i := range w.groups[g].alerts {
			a := &w.groups[g].alerts[i]
			if !a.firing {
				continue
			}
			if comma {
				out.WriteByte(',')
			}
			comma = true
			out.Write(a.prometheus)
			out.WriteString(w.value(a, past))
			out.WriteString(`"}`)
		}
	}
	out.WriteString("]}}")
	return out.Bytes()
}

// value is an alert's value. That of a third of the rules never changes.
func (w *fleet) value(a *alert, past time.Duration) string {
	if a.rule%3 == 2 {
		return "1e+00"
	}
	turn, _ := w.turn(past, evaluateEvery, a.rule)
	return fmt.Sprintf("%d.%03de-02", 5+a.number%5, (turn*7919+a.number*31)%1000)
}

// alertmanagerGroups is what Alertmanager answers now.
func (w *fleet) alertmanagerGroups() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	past := w.now().Sub(w.begun)
	moved := make([]time.Time, len(w.sends))
	for r := range w.sends {
		turn, at := w.turn(past, sendEvery, r)
		if turn != w.sends[r] {
			w.sends[r], moved[r] = turn, at
		}
	}
	var out bytes.Buffer
	out.Grow(w.alerts * 720)
	out.WriteByte('[')
	comma := false
	for g := range w.groups {
		one := &w.groups[g]
		if at := moved[one.alerts[0].rule]; !at.IsZero() {
			updated, ends := at.UTC().Format(millis), at.Add(4*time.Minute).UTC().Format(millis)
			for i := range one.alerts {
				a := &one.alerts[i]
				copy(a.alertmanager[a.updated:], updated)
				copy(a.alertmanager[a.ends:], ends)
			}
		}
		if !one.is {
			continue
		}
		if comma {
			out.WriteByte(',')
		}
		comma = true
		out.Write(one.head)
		first := true
		for i := range one.alerts {
			if a := &one.alerts[i]; a.firing {
				if !first {
					out.WriteByte(',')
				}
				first = false
				out.Write(a.alertmanager)
			}
		}
		out.WriteString("]}")
	}
	out.WriteByte(']')
	return out.Bytes()
}
