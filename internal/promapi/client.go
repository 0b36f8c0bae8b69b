// Package promapi is the one client for the HTTP APIs of the Prometheus family:
// client_golang's api.Client with Prometheus's own http client options. It
// bounds the answers and classifies each failure once into a *sources.Error.
//
// It repeats no request: a read comes again with the next poll, and a write
// whose answer was lost is settled before it is sent again.
package promapi

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"time"

	"github.com/prometheus/client_golang/api"
	"github.com/prometheus/common/config"

	"firstline/internal/sending"
	"firstline/internal/serverclock"
	"firstline/sources"
)

// requestTimeout bounds one request with its answer. A Prometheus with 10,000
// alerts takes a quarter of a second, an Alertmanager a second.
const requestTimeout = 30 * time.Second

// Options configure a Client.
type Options struct {
	// Source names the server. Its Kind decides how sentences say what to do.
	Source sources.Source
	// Table is the table of the configuration that has the server; empty: the one
	// of the source's kind.
	Table string
	// URL is the address up to but without /api.
	URL string
	// HTTP are Prometheus's own http client options. The zero value means the
	// defaults, with the proxy of the environment.
	HTTP      config.HTTPClientConfig
	UserAgent string
	// Transport replaces the transport that HTTP describes, for tests without a
	// network. Nil means the one of HTTP.
	Transport http.RoundTripper
	// MaxAlerts limits the alerts that are read of one answer. 0 means all.
	MaxAlerts int
	// Log is for debugging. Nil means none.
	Log *slog.Logger
}

// Server describes a source of the family.
type Server struct {
	// Name is the source's name in everything that comes from it.
	Name string
	// Table is the table of the configuration that has the server; empty: the one
	// of the source's kind.
	Table string
	// URL is the address up to but without /api.
	URL string
	// HTTP are Prometheus's own http client options. The zero value means the
	// defaults, with the proxy of the environment.
	HTTP      config.HTTPClientConfig
	UserAgent string
	// Transport replaces the transport that HTTP describes, for tests. Nil
	// means the one of HTTP.
	Transport http.RoundTripper
	// MaxAlerts limits the alerts that are read of one answer. 0 means all.
	MaxAlerts int
	// Log is for debugging. Nil means none.
	Log *slog.Logger
}

// Client makes a client for the server, as New does.
func (s Server) Client(kind sources.Kind) (*Client, error) {
	return New(Options{
		Source: sources.Source{Kind: kind, Name: s.Name}, Table: s.Table,
		URL: s.URL, HTTP: s.HTTP, UserAgent: s.UserAgent, Transport: s.Transport, MaxAlerts: s.MaxAlerts, Log: s.Log,
	})
}

// Client is a client of one server. It is safe for concurrent use.
type Client struct {
	source sources.Source
	table  string
	base   *url.URL
	http   *http.Client
	api    api.Client
	log    *slog.Logger
	clock  serverclock.Clock
	most   int // limit on the alerts of one answer; 0: all
}

// ClockOffset returns how far the server's clock is ahead of this machine's
// when that is more than a minute, else zero.
func (c *Client) ClockOffset() time.Duration { return c.clock.Offset() }

// New makes a client. It sends nothing. Its error is a *sources.Error that says
// which option is wrong.
func New(o Options) (*Client, error) {
	c := &Client{source: o.Source, table: cmp.Or(o.Table, string(o.Source.Kind)), log: o.Log, most: o.MaxAlerts}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	base, sentence := parseAddress(c.table, o.URL)
	if sentence != "" {
		return nil, c.Failure(settingUp, sources.Rejected, sentence, nil)
	}
	c.base = base
	options := o.HTTP
	if reflect.ValueOf(options).IsZero() {
		options = config.DefaultHTTPClientConfig
		options.ProxyFromEnvironment = true
	}
	if err := options.Validate(); err != nil {
		return nil, c.Failure(settingUp, sources.Rejected, "http under "+c.section()+" is not valid: "+short(err.Error()), err)
	}
	agent := o.UserAgent
	if agent == "" {
		agent = "firstline"
	}
	under, err := config.NewRoundTripperFromConfig(options, o.Source.Name, config.WithUserAgent(agent))
	if err != nil {
		return nil, c.Failure(settingUp, sources.Rejected, "http under "+c.section()+" can't be used: "+short(err.Error()), err)
	}
	if o.Transport != nil {
		under = o.Transport
	}
	c.http = &http.Client{
		Transport:     &bounded{under: under, scheme: base.Scheme, host: base.Host, max: maxBody},
		CheckRedirect: checkRedirect(options.FollowRedirects),
	}
	c.api, err = api.NewClient(api.Config{Address: base.String(), Client: c.http})
	if err != nil {
		return nil, c.Failure(settingUp, sources.Rejected, "url under "+c.section()+" can't be used: "+short(err.Error()), err)
	}
	return c, nil
}

// settingUp is the Doing of errors before anything is sent.
const settingUp = "setting up"

// Source returns the source that the client reads.
func (c *Client) Source() sources.Source { return c.source }

// Base returns the configured address without a slash at its end.
func (c *Client) Base() string { return c.base.String() }

// CloseIdleConnections closes the connections that are not in use.
func (c *Client) CloseIdleConnections() { c.http.CloseIdleConnections() }

// Get reads path below the address. doing names the operation, as in "reading
// alerts". The answer has a 2xx status and was read whole.
func (c *Client) Get(ctx context.Context, doing, path string, query url.Values) ([]byte, error) {
	return c.request(ctx, doing, http.MethodGet, path, query, nil)
}

// Send writes body, if any, as JSON. When an error's Unknown is true, the
// request may have been carried out.
func (c *Client) Send(ctx context.Context, doing, method, path string, body any) ([]byte, error) {
	var payload []byte
	if body != nil {
		var err error
		if payload, err = json.Marshal(body); err != nil {
			return nil, c.Failure(doing, sources.Rejected, "the request could not be built", err)
		}
	}
	return c.request(ctx, doing, method, path, nil, payload)
}

func (c *Client) request(ctx context.Context, doing, method, path string, query url.Values, payload []byte) ([]byte, error) {
	u := c.api.URL(path, nil)
	u.RawQuery = query.Encode()
	var body io.Reader
	if payload != nil {
		body = bytes.NewReader(payload)
	}
	limited, cancel := context.WithTimeout(ctx, requestTimeout)
	defer cancel()
	limited, watch := sending.Watching(limited)
	req, err := http.NewRequestWithContext(limited, method, u.String(), body)
	if err != nil {
		return nil, c.Failure(doing, sources.Rejected, "the request could not be built", err)
	}
	req.Header.Set("Accept", "application/json")
	if payload != nil {
		req.Header.Set("Content-Type", "application/json") // else Alertmanager says 415
	}
	write := method != http.MethodGet
	if write {
		sources.Sends(ctx)
	}
	start := time.Now()
	resp, answer, err := c.api.Do(limited, req) //nolint:bodyclose // api.Client has read and closed it
	c.log.Debug("asked", "source", c.source.Name, "method", method, "path", u.Path, "bytes", len(answer), "took", time.Since(start), "failed", err != nil)
	if resp != nil {
		c.clock.Compare(resp.Header, start, time.Now())
	}
	if err != nil {
		return nil, c.broken(ctx, doing, write, watch.NeverLeft(), err)
	}
	if resp.StatusCode/100 != 2 {
		return nil, c.refused(doing, write, resp, answer)
	}
	return answer, nil
}

// Failure makes an error of this source.
func (c *Client) Failure(doing string, reason sources.Reason, sentence string, err error) *sources.Error {
	return &sources.Error{Source: c.source, Doing: doing, Reason: reason, Sentence: sentence, Err: err}
}

// section returns the section of the configuration for this source.
func (c *Client) section() string { return sectionOf(c.table) }

func sectionOf(table string) string { return "[[" + table + "]]" }
