// Package alertmanager reads alerts, their groups, silences and routing from
// an Alertmanager's API v2, and makes and ends silences there.
package alertmanager

import (
	"context"
	"log/slog"

	"github.com/prometheus/common/config"

	"firstline/internal/promapi"
	"firstline/sources"
)

// Options say which Alertmanager and how to reach it.
type Options struct {
	// Name is the source's name and stands in each alert, group and silence.
	Name string
	// URL is the address up to but without /api/v2, as in
	// https://alertmanager.example.com or https://mimir.example.com/alertmanager.
	URL string
	// HTTP are Prometheus's own http client options. The zero value means the
	// defaults, with the proxy of the environment.
	HTTP      config.HTTPClientConfig
	UserAgent string
	// Log is for debugging; nil means none.
	Log *slog.Logger
}

// Client reads one Alertmanager and acts on its silences. It is safe for use
// by several goroutines.
type Client struct{ api *promapi.Client }

var (
	_ sources.Reader   = (*Client)(nil)
	_ sources.Silencer = (*Client)(nil)
)

// New makes a client. It sends nothing. An error is an *sources.Error that
// says which option is wrong.
func New(o Options) (*Client, error) { return nil, nil }

// Source says which Alertmanager this is.
func (c *Client) Source() sources.Source { return c.api.Source() }

// CloseIdleConnections closes the connections that are not in use.
func (c *Client) CloseIdleConnections() { c.api.CloseIdleConnections() }

// Read returns the alerts, their groups, the silences and the routing.
func (c *Client) Read(ctx context.Context, partial func(sources.Data)) (sources.Data, error) {
	return sources.Data{}, nil
}

// CreateSilence creates s, or replaces the one with its ID.
func (c *Client) CreateSilence(ctx context.Context, s sources.Silence) (string, error) {
	return "", nil
}

// ExpireSilence ends the silence now.
func (c *Client) ExpireSilence(ctx context.Context, id string) error { return nil }

// Silence reads one silence.
func (c *Client) Silence(ctx context.Context, id string) (sources.Silence, error) {
	return sources.Silence{}, nil
}
