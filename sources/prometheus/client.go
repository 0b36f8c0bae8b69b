// Package prometheus reads alerts, rules and external labels from a Prometheus
// or another server with its API, such as Thanos, Mimir and vmalert.
//
// Each read requests the alerts. Rules, external labels and relabelling change
// with a configuration, so they are read again only when they are a minute old.
// Rules are also read when alerts of a name are gone or a rule was not
// evaluated yet. In between, the last ones are used. If only they cannot be
// read, the alerts still count, and Data.Warnings and Data.Extents say so.
//
// It uses client_golang's api.Client and not its v1.API, which drops the
// warnings of a Thanos querier's partial answers.
package prometheus

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"firstline/internal/clean"
	"firstline/internal/promapi"
	"firstline/sources"
)

// slowEvery is the greatest age of rules and configuration.
const slowEvery = time.Minute

// failingEvery is the greatest age of rules while one of them fails, so that a
// recovery is seen soon.
const failingEvery = 15 * time.Second

// Options describe a Prometheus. URL is the address without /api/v1, as in
// https://prometheus.example.com or https://mimir.example.com/prometheus.
type Options = promapi.Server

// Dialect is how a server with Prometheus's API differs from a Prometheus. The zero
// value is a Prometheus.
type Dialect struct {
	// Query goes with each request for alerts and rules.
	Query map[string][]string
	// NoConfiguration: the server has no external labels and no relabelling.
	NoConfiguration bool
	// Unqueried is why there are no metrics to query, see sources.Data; empty: there are.
	Unqueried string
	// Sent returns the labels under which Alertmanagers receive an alert, or nil
	// where these are its own.
	Sent func(*sources.Alert) map[string]string
}

// Client reads one Prometheus. It is safe for concurrent use.
type Client struct {
	api     *promapi.Client
	dialect Dialect
	// reading is held by the one read that is under way. It has what follows.
	reading sync.Mutex
	alerts  *alertsReader
	// lastNames counts the alerts of the last read by alertname, from the list at
	// counted.
	lastNames map[string]int
	counted   []*element
	// finished are the alerts of the last read, as they were returned.
	finished finished

	mu            sync.Mutex
	rules         slow[rules]
	configuration slow[configuration]
}

// slow is a value that is read less often than the alerts.
type slow[T any] struct {
	// value is from the last successful read. changes counts what it brought of
	// interest for alerts.
	value   T
	changes int
	// due is when to read it again. Zero means that it was never read.
	due     time.Time
	warning string
}

// finished are alerts with the additions from rules and configuration, and from
// what they were made. They are reused while that is the same.
type finished struct {
	from    []*element
	version int
	alerts  []*sources.Alert
}

var _ sources.Reader = (*Client)(nil)

// New makes a client. It sends nothing. Its error is a *sources.Error that says
// which option is wrong.
func New(o Options) (*Client, error) { return NewWith(o, Dialect{}) }

// NewWith makes a client for a server with that dialect, as New does.
func NewWith(o Options, d Dialect) (*Client, error) {
	api, err := o.Client(sources.Prometheus)
	if err != nil {
		return nil, err
	}
	c := newClient(api)
	c.dialect = d
	return c, nil
}

func newClient(api *promapi.Client) *Client {
	return &Client{api: api, alerts: newAlertsReader(api.Source().Name, api.MaxAlerts())}
}

// Source returns the Prometheus as a source.
func (c *Client) Source() sources.Source { return c.api.Source() }

// CloseIdleConnections closes the connections that are not in use.
func (c *Client) CloseIdleConnections() { c.api.CloseIdleConnections() }

// Read returns the firing and pending alerts as Prometheus sent them, with the
// labels that Alertmanagers receive if relabelling changes them, the external
// labels, the alerting rules, and what is incomplete. Before the rules are read
// for the first time, it passes the alerts to partial.
func (c *Client) Read(ctx context.Context, partial func(sources.Data)) (sources.Data, error) {
	const doing = "reading alerts"
	c.reading.Lock()
	defer c.reading.Unlock()
	if err := c.api.GetStream(ctx, doing, "/api/v1/alerts", c.dialect.Query, func(s *promapi.Stream) error {
		return c.alerts.read(c.api, doing, s)
	}); err != nil {
		return sources.Data{}, err
	}
	if !c.dialect.NoConfiguration && c.configurationDue() {
		c.readConfiguration(ctx)
	}
	if due, first := c.rulesDue(); due {
		if first && partial != nil {
			partial(c.data())
		}
		c.readRules(ctx)
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return sources.Data{}, c.api.Failure(doing, sources.Canceled, "it was stopped before the read was complete", ctx.Err())
	}
	return c.data(), nil
}

// data returns the result of one read.
func (c *Client) data() sources.Data {
	c.mu.Lock()
	defer c.mu.Unlock()
	last, extent := &c.alerts.last, c.alerts.extent()
	d := sources.Data{
		Alerts:         c.finish(),
		Moved:          c.alerts.moved,
		Rules:          c.rules.value.list,
		ExternalLabels: c.configuration.value.external,
		Unqueried:      c.dialect.Unqueried,
		ClockOffset:    c.api.ClockOffset(),
		Warnings:       slices.Clip(last.warnings),
		Extents:        sources.Extents{Alerts: extent, Rules: c.rules.value.extent},
	}
	missing := extent.Missing
	if last.form == null && c.rules.warning == "" && c.rules.value.proveNone() {
		missing = ""
	}
	d.Extents.Alerts.Missing = missing
	if len(last.warnings) > 0 {
		d.Extents.Alerts.Missing = cmp.Or(missing, last.warnings[0])
	}
	d.Omitted = last.omitted
	switch {
	case missing == "":
	case missing == noAlerts:
		d.Warnings = append(d.Warnings, missing+": whether any is active is unknown")
	case last.omitted > 0:
		d.Warnings = append(d.Warnings, missing)
	default:
		d.Warnings = append(d.Warnings, missing+": they are not shown, and what is missing here may be active; please report that with the server's version")
	}
	if c.rules.warning != "" {
		d.Extents.Rules.Missing = c.rules.warning
	}
	for _, w := range []string{c.configuration.warning, c.rules.warning} {
		if w != "" {
			d.Warnings = append(d.Warnings, w)
		}
	}
	return d
}

// finish adds to the alerts the links of their rules and the labels that
// Alertmanagers receive. An alert for which these are as before is the same one.
func (c *Client) finish() []*sources.Alert {
	f, list, version := &c.finished, c.alerts.list, c.rules.changes+c.configuration.changes+1
	if sources.SameList(f.from, list) && f.version == version {
		return f.alerts
	}
	alerts := make([]*sources.Alert, len(list))
	for i, one := range list {
		if one.version != version {
			c.add(one)
			one.version = version
		}
		alerts[i] = one.given
	}
	*f = finished{list, version, alerts}
	return alerts
}

// add adds to an alert what the rules and the configuration say.
func (c *Client) add(one *element) {
	a, link := one.alert, c.linkOf(one.alert)
	var sent []map[string]string
	dropped := false
	switch {
	case c.dialect.Sent != nil:
		if set := c.dialect.Sent(a); set != nil {
			sent = []map[string]string{set}
		}
	case c.configuration.value.relabels():
		sent = c.configuration.value.sent(a.Labels)
		dropped = len(sent) == 0
	}
	if was := one.given; was != nil && was.GeneratorURL == link && was.Dropped == dropped &&
		slices.EqualFunc(was.Sent, sent, maps.Equal[map[string]string, map[string]string]) {
		return
	}
	if link == a.GeneratorURL && sent == nil && !dropped {
		one.given = a
		return
	}
	with := *a
	with.GeneratorURL, with.Sent, with.Dropped = link, sent, dropped
	one.given = &with
}

// linkOf returns the page of the alert's expression: the alert's own link if
// the server sends one, which may be relative to the server.
func (c *Client) linkOf(a *sources.Alert) string {
	switch {
	case a.GeneratorURL == "":
		return c.rules.value.link(a.Labels)
	case clean.URL(a.GeneratorURL) != "":
		return a.GeneratorURL
	}
	link := strings.TrimLeft(a.GeneratorURL, "/")
	if strings.Contains(strings.SplitN(link, "/", 2)[0], ":") {
		return c.rules.value.link(a.Labels) // not http or https
	}
	return clean.URL(c.api.Base() + "/" + link)
}

// rulesDue reports whether to read the rules: they are old, or alerts of a name
// are gone, and only the current rule can prove that they are over.
func (c *Client) rulesDue() (due, first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	names, gone := c.lastNames, false
	if list := c.alerts.list; names == nil || !sources.SameList(c.counted, list) {
		names = make(map[string]int, len(c.lastNames))
		for _, one := range list {
			names[one.alert.Name()]++
		}
		for name := range c.lastNames {
			gone = gone || names[name] == 0
		}
		c.lastNames, c.counted = names, list
	}
	for name, n := range c.rules.value.listed {
		gone = gone || names[name] < n
	}
	due, first = c.rules.isDue()
	return due || gone, first
}

func (c *Client) configurationDue() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	due, _ := c.configuration.isDue()
	return due
}

func (s *slow[T]) isDue() (due, first bool) {
	return !sources.Now().Before(s.due), s.due.IsZero()
}

// readRules reads the alerting rules, or adds a warning.
func (c *Client) readRules(ctx context.Context) {
	const doing = "reading rules"
	// Servers without these parameters ignore them.
	query := map[string][]string{"type": {"alert"}, "exclude_alerts": {"true"}}
	maps.Copy(query, c.dialect.Query)
	body, err := c.api.Get(ctx, doing, "/api/v1/rules", query)
	var answer envelope[rulesAnswer]
	if err == nil {
		answer, err = decode[rulesAnswer](c.api, doing, body)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rules.due, c.rules.warning = sources.Now().Add(slowEvery), ""
	if err != nil {
		c.rules.warning = "the rules could not be read: " + sources.Sentence(err)
		return
	}
	list, extent := answer.Data.rules(c.Source().Name)
	c.rules.value.rememberFailures(list, sources.Now())
	if slices.ContainsFunc(list, func(r sources.Rule) bool { return strings.EqualFold(r.Health, "unknown") || r.Unevaluated }) {
		c.rules.due = time.Time{}.Add(1) // the server has just started: read again next time
	} else if slices.ContainsFunc(list, func(r sources.Rule) bool { return !worked(&r) }) {
		c.rules.due = sources.Now().Add(failingEvery)
	}
	links := c.rules.value.byName
	c.rules.value = newRules(list, c.api.Base())
	c.rules.value.extent, c.rules.value.thanos = extent, answer.Data.thanos()
	if !reflect.DeepEqual(links, c.rules.value.byName) {
		c.rules.changes++
	}
	switch {
	case extent.Missing != "":
		c.rules.warning = "the rules may be incomplete: " + extent.Missing
	case len(answer.Warnings) > 0:
		c.rules.warning = "the rules may be incomplete: " + answer.Warnings[0]
	}
}

// readConfiguration reads the external labels and the relabelling of alerts, or
// adds a warning. Other servers with Prometheus's API have no such
// configuration or do not show it; that causes no warning.
func (c *Client) readConfiguration(ctx context.Context) {
	const doing = "reading the configuration"
	var read configuration
	body, err := c.api.Get(ctx, doing, "/api/v1/status/config", nil)
	if err == nil {
		var answer envelope[configAnswer]
		if answer, err = decode[configAnswer](c.api, doing, body); err == nil {
			read, err = readConfiguration(answer.Data.YAML)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.configuration.due, c.configuration.warning = sources.Now().Add(slowEvery), ""
	switch {
	case err == nil && reflect.DeepEqual(read, c.configuration.value):
	case err == nil:
		c.configuration.value = read
		c.configuration.changes++
	case !hasNone(err):
		c.configuration.warning = "the external labels and alert_relabel_configs could not be read: " + sources.Sentence(err)
	}
}

// hasNone reports whether err means that the server never shows its
// configuration, and not that this read failed.
func hasNone(err error) bool {
	var e *sources.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Status {
	case http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed,
		http.StatusGone, http.StatusNotImplemented:
		return true
	}
	return e.Reason == sources.NotAnAPI
}
