package demo

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/common/model"

	"firstline/sources/demo/metrics"
)

// rule is an alerting rule of the demo's Prometheus.
type rule struct {
	name, query string
	hold        time.Duration // how long it is pending
	labels      map[string]string
	annotations map[string]string
	// receiver is the Alertmanager receiver of its alerts.
	receiver string
	// unevaluated: Prometheus has not evaluated it yet.
	unevaluated bool
}

// activeAlert is an active alert of the demo's Prometheus.
type activeAlert struct {
	rule   *rule
	labels map[string]string // with alertname, without external labels
	since  time.Time         // since pending
	ended  time.Time         // zero: not yet
	value  string
}

func (a *activeAlert) firing(now time.Time) bool { return !now.Before(a.since.Add(a.rule.hold)) }

// firesAt returns when it began or will begin to fire.
func (a *activeAlert) firesAt() time.Time { return a.since.Add(a.rule.hold) }

// silence is a silence of the demo's Alertmanager.
type silence struct {
	ID        string    `json:"id"`
	Status    status    `json:"status"`
	UpdatedAt time.Time `json:"updatedAt"`
	Matchers  []matcher `json:"matchers"`
	StartsAt  time.Time `json:"startsAt"`
	EndsAt    time.Time `json:"endsAt"`
	CreatedBy string    `json:"createdBy"`
	Comment   string    `json:"comment"`
}

type status struct {
	State string `json:"state"`
}

type matcher struct {
	Name    string `json:"name"`
	Value   string `json:"value"`
	IsRegex bool   `json:"isRegex"`
	IsEqual *bool  `json:"isEqual,omitempty"`
}

// cluster is the state that the stand-in Prometheus and Alertmanager share: the
// rules, the active alerts and the silences.
type cluster struct {
	now      func() time.Time
	external map[string]string
	metrics  []metrics.Series

	mu       sync.Mutex
	rules    []*rule
	active   []*activeAlert
	ended    []*activeAlert
	silences []*silence
	counter  int
}

// raise adds an alert of a rule that is active since a time. extra labels
// distinguish it from the rule's other alerts.
func (c *cluster) raise(r *rule, extra map[string]string, since time.Time, value string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	labels := maps.Clone(r.labels)
	maps.Copy(labels, extra)
	labels["alertname"] = r.name
	c.active = append(c.active, &activeAlert{rule: r, labels: labels, since: since, value: value})
}

// clear ends the alerts of a rule.
func (c *cluster) clear(r *rule) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	c.active = slices.DeleteFunc(c.active, func(a *activeAlert) bool {
		if a.rule == r {
			a.ended = now
			c.ended = append(c.ended, a)
		}
		return a.rule == r
	})
}

// sent returns the alert's label set in Alertmanager.
func (c *cluster) sent(a *activeAlert) map[string]string {
	labels := maps.Clone(a.labels)
	maps.Copy(labels, c.external)
	return labels
}

func fingerprint(labels map[string]string) string { return labelSet(labels).Fingerprint().String() }

func labelSet(labels map[string]string) model.LabelSet {
	set := make(model.LabelSet, len(labels))
	for k, v := range labels {
		set[model.LabelName(k)] = model.LabelValue(v)
	}
	return set
}

// firing returns the alerts in Alertmanager.
func (c *cluster) firing() []*activeAlert {
	now := c.now()
	var all []*activeAlert
	for _, a := range c.active {
		if a.firing(now) {
			all = append(all, a)
		}
	}
	return all
}

// silencedBy returns the ids of the active silences that match.
func (c *cluster) silencedBy(labels map[string]string) []string {
	ids := []string{}
	for _, s := range c.silences {
		if s.state(c.now()) == "active" && s.matches(labels) {
			ids = append(ids, s.ID)
		}
	}
	return ids
}

func (s *silence) state(now time.Time) string {
	switch {
	case now.Before(s.StartsAt):
		return "pending"
	case now.Before(s.EndsAt):
		return "active"
	}
	return "expired"
}

func (s *silence) matches(set map[string]string) bool {
	for _, m := range s.Matchers {
		l, err := m.compile()
		if err != nil || !l.Matches(set[m.Name]) {
			return false
		}
	}
	return true
}

// notification is one Alertmanager group that is sent to PagerDuty.
type notification struct {
	receiver string
	labels   map[string]string
	alerts   []*activeAlert
}

// groupBy is the route's group_by.
var groupBy = []string{"alertname", "service"}

// groups returns Alertmanager's groups of the firing alerts, in a stable order.
func (c *cluster) groups() []*notification {
	var all []*notification
	for _, a := range c.firing() {
		labels := map[string]string{}
		for _, name := range groupBy {
			if v, ok := a.labels[name]; ok {
				labels[name] = v
			}
		}
		g, found := find(all, func(g *notification) bool {
			return g.receiver == a.rule.receiver && maps.Equal(g.labels, labels)
		})
		if !found {
			g = &notification{receiver: a.rule.receiver, labels: labels}
			all = append(all, g)
		}
		g.alerts = append(g.alerts, a)
	}
	return all
}
