// Package prometheus reads alerts, rules and external labels from a Prometheus
// or from what speaks its API, such as Thanos, Mimir and vmalert.
//
// Each read asks for the alerts. Rules and external labels change with a
// configuration, not with the state of the world, so they are read again only
// when they are a minute old; the last known ones go along meanwhile. When
// only they can't be read, the alerts still count and Data.Warnings says so.
//
// It speaks through client_golang's api.Client and not through its v1.API,
// which drops the warnings of a Thanos querier's partial answers.
package prometheus

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"firstline/internal/promapi"
	"firstline/sources"
)

// slowEvery is how old rules and external labels may get.
const slowEvery = time.Minute

// Options say which Prometheus and how to reach it. URL is the address without
// /api/v1, as in https://prometheus.example.com or
// https://mimir.example.com/prometheus.
type Options = promapi.Server

// Client reads one Prometheus. It is safe for use by several goroutines.
type Client struct {
	api *promapi.Client
	// alerts are those of the last answer.
	alerts promapi.Last[read]

	mu     sync.Mutex
	rules  slow[rules]
	labels slow[map[string]string]
}

// slow is what is read less often than the alerts.
type slow[T any] struct {
	// value is what was read last, also after a failure since.
	value T
	// due is when to read it again; zero means that it never was.
	due     time.Time
	warning string
}

var _ sources.Reader = (*Client)(nil)

// New makes a client. It sends nothing. An error is an *sources.Error that
// says which option is wrong.
func New(o Options) (*Client, error) {
	api, err := o.Client(sources.Prometheus)
	if err != nil {
		return nil, err
	}
	return &Client{api: api}, nil
}

// Source says which Prometheus this is.
func (c *Client) Source() sources.Source { return c.api.Source() }

// CloseIdleConnections closes the connections that are not in use.
func (c *Client) CloseIdleConnections() { c.api.CloseIdleConnections() }

// Read returns the firing and pending alerts as Prometheus gave them, without
// the external labels, which are in the answer of their own; the alerting
// rules; and what the server called incomplete. Before the rules are read for
// the first time, the alerts are handed to partial.
func (c *Client) Read(ctx context.Context, partial func(sources.Data)) (sources.Data, error) {
	const doing = "reading alerts"
	body, err := c.api.Get(ctx, doing, "/api/v1/alerts", nil)
	if err != nil {
		return sources.Data{}, err
	}
	answer, err := c.alerts.Read(body, func(body []byte) (read, error) {
		answer, err := decode[alertsAnswer](c.api, doing, body)
		if err != nil {
			return read{}, err
		}
		return read{answer.Data.alerts(c.Source().Name), answer.Warnings}, nil
	})
	if err != nil {
		return sources.Data{}, err
	}
	if due, _ := c.labelsDue(); due {
		c.readLabels(ctx)
	}
	if due, first := c.rulesDue(); due {
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

// read is what an answer holds.
type read struct {
	alerts   []sources.Alert
	warnings []string
}

// data puts together what one read answers.
func (c *Client) data(answer read) sources.Data {
	c.mu.Lock()
	defer c.mu.Unlock()
	warnings := answer.warnings
	linked := make([]sources.Alert, len(answer.alerts)) // the others stay as they were read
	for i, a := range answer.alerts {
		a.GeneratorURL = c.rules.value.link(a.Labels)
		linked[i] = a
	}
	for _, w := range []string{c.labels.warning, c.rules.warning} {
		if w != "" {
			warnings = append(warnings[:len(warnings):len(warnings)], w)
		}
	}
	return sources.Data{
		Alerts:         linked,
		Rules:          c.rules.value.list,
		ExternalLabels: c.labels.value,
		Warnings:       warnings,
	}
}

func (c *Client) rulesDue() (due, first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rules.isDue()
}

func (c *Client) labelsDue() (due, first bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.labels.isDue()
}

func (s *slow[T]) isDue() (due, first bool) {
	return !time.Now().Before(s.due), s.due.IsZero()
}

// readRules reads the alerting rules, or leaves a warning.
func (c *Client) readRules(ctx context.Context) {
	const doing = "reading rules"
	// Servers that do not know these parameters ignore them.
	body, err := c.api.Get(ctx, doing, "/api/v1/rules", map[string][]string{"type": {"alert"}, "exclude_alerts": {"true"}})
	var answer envelope[rulesAnswer]
	if err == nil {
		answer, err = decode[rulesAnswer](c.api, doing, body)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rules.due, c.rules.warning = time.Now().Add(slowEvery), ""
	if err != nil {
		c.rules.warning = "the rules could not be read: " + sources.Sentence(err)
		return
	}
	c.rules.value = newRules(answer.Data.rules(c.Source().Name), c.api.Base())
	if len(answer.Warnings) > 0 {
		c.rules.warning = "the rules may be incomplete: " + answer.Warnings[0]
	}
}

// readLabels reads the external labels, or leaves a warning. Servers that only
// speak Prometheus's API have no such configuration or do not show it: that is
// not worth one.
func (c *Client) readLabels(ctx context.Context) {
	const doing = "reading external labels"
	var labels map[string]string
	body, err := c.api.Get(ctx, doing, "/api/v1/status/config", nil)
	if err == nil {
		var answer envelope[configAnswer]
		if answer, err = decode[configAnswer](c.api, doing, body); err == nil {
			labels, err = externalLabels(answer.Data.YAML)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.labels.due, c.labels.warning = time.Now().Add(slowEvery), ""
	switch {
	case err == nil:
		c.labels.value = labels
	case !hasNone(err):
		c.labels.warning = "the external labels could not be read: " + sources.Sentence(err)
	}
}

// hasNone reports whether err says that the server does not show its
// configuration, rather than that reading it failed this time.
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
