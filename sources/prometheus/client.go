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
	"encoding/json"
	"errors"
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

// Client reads one Prometheus. It is safe for concurrent use.
type Client struct {
	api *promapi.Client
	// alerts are the alerts of the last answer.
	alerts promapi.Last[read]

	// pieces are the elements of the last answer that was read piece by piece,
	// by one read at a time.
	reading sync.Mutex
	pieces  promapi.Recall[alertAnswer]

	mu            sync.Mutex
	rules         slow[rules]
	configuration slow[configuration]
	// lastNames counts the alerts of the last read by alertname.
	lastNames map[string]int
	// finished are the alerts of the last read, as they were returned.
	finished finished
}

// slow is a value that is read less often than the alerts.
type slow[T any] struct {
	// value is from the last successful read. reads counts the successful
	// reads.
	value T
	reads int
	// due is when to read it again. Zero means that it was never read.
	due     time.Time
	warning string
}

// finished are alerts with the additions from rules and configuration, and the
// values from which they were made. They are reused while these values are the
// same.
type finished struct {
	from                 []sources.Alert
	rules, configuration int
	alerts               []sources.Alert
}

var _ sources.Reader = (*Client)(nil)

// New makes a client. It sends nothing. Its error is a *sources.Error that says
// which option is wrong.
func New(o Options) (*Client, error) {
	api, err := o.Client(sources.Prometheus)
	if err != nil {
		return nil, err
	}
	return &Client{api: api}, nil
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
	answer, err := c.readAlerts(ctx, doing)
	if err != nil {
		return sources.Data{}, err
	}
	if c.configurationDue() {
		c.readConfiguration(ctx)
	}
	if due, first := c.rulesDue(answer.alerts); due {
		if first && partial != nil {
			partial(c.data(answer))
		}
		c.readRules(ctx)
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return sources.Data{}, c.api.Failure(doing, sources.Canceled, "it was stopped before the read was complete", ctx.Err())
	}
	return c.data(answer), nil
}

// read is the content of an answer.
type read struct {
	gathered
	warnings []string
}

// readAlerts reads the alerts, up to the limit.
func (c *Client) readAlerts(ctx context.Context, doing string) (answer read, err error) {
	name, most := c.Source().Name, c.api.MaxAlerts()
	err = c.api.GetLong(ctx, doing, "/api/v1/alerts", nil, func(body []byte) error {
		var err error
		answer, err = c.alerts.Read(body, func(body []byte) (read, error) {
			answer, err := decode[alertsAnswer](c.api, doing, body)
			if err != nil {
				return read{}, err
			}
			return read{answer.Data.alerts(name, most), answer.Warnings}, nil
		})
		return err
	}, func(d *json.Decoder) error {
		c.reading.Lock()
		defer c.reading.Unlock()
		g := newGatherer(name, most)
		warnings, err := g.pieces(d, &c.pieces)
		answer = read{g.gathered(), warnings}
		return err
	})
	return answer, err
}

// data returns the result of one read.
func (c *Client) data(answer read) sources.Data {
	c.mu.Lock()
	defer c.mu.Unlock()
	d := sources.Data{
		Alerts:         c.finish(answer.alerts),
		Rules:          c.rules.value.list,
		ExternalLabels: c.configuration.value.external,
		ClockOffset:    c.api.ClockOffset(),
		Warnings:       slices.Clip(answer.warnings),
		Extents:        sources.Extents{Alerts: answer.extent, Rules: c.rules.value.extent},
	}
	missing := answer.extent.Missing
	if answer.null && c.rules.warning == "" && c.rules.value.proveNone() {
		missing = ""
	}
	d.Extents.Alerts.Missing = missing
	if len(answer.warnings) > 0 {
		d.Extents.Alerts.Missing = cmp.Or(missing, answer.warnings[0])
	}
	d.Omitted = answer.omitted
	switch {
	case missing == "":
	case missing == noAlerts:
		d.Warnings = append(d.Warnings, missing+": whether any is active is unknown")
	case answer.omitted > 0:
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
// Alertmanagers receive. It does not change its argument.
func (c *Client) finish(read []sources.Alert) []sources.Alert {
	f := &c.finished
	same := len(read) > 0 && len(read) == len(f.from) && &read[0] == &f.from[0]
	if same && f.rules == c.rules.reads && f.configuration == c.configuration.reads {
		return f.alerts
	}
	alerts := make([]sources.Alert, len(read))
	for i, a := range read {
		a.GeneratorURL = c.linkOf(a)
		if c.configuration.value.relabels() {
			a.Sent = c.configuration.value.sent(a.Labels)
			a.Dropped = len(a.Sent) == 0
		}
		alerts[i] = a
	}
	*f = finished{read, c.rules.reads, c.configuration.reads, alerts}
	return alerts
}

// linkOf returns the page of the alert's expression: the alert's own link if
// the server sends one, which may be relative to the server.
func (c *Client) linkOf(a sources.Alert) string {
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
func (c *Client) rulesDue(alerts []sources.Alert) (due, first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	names := make(map[string]int, len(c.lastNames))
	for i := range alerts {
		names[alerts[i].Labels["alertname"]]++
	}
	gone := false
	for name := range c.lastNames {
		gone = gone || names[name] == 0
	}
	for name, n := range c.rules.value.listed {
		gone = gone || names[name] < n
	}
	c.lastNames = names
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
	body, err := c.api.Get(ctx, doing, "/api/v1/rules", map[string][]string{"type": {"alert"}, "exclude_alerts": {"true"}})
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
	c.rules.value = newRules(list, c.api.Base())
	c.rules.value.extent, c.rules.value.thanos = extent, answer.Data.thanos()
	c.rules.reads++
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
		c.configuration.reads++
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
