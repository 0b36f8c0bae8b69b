// Package alertmanager reads alerts, their groups, silences and routing from an
// Alertmanager's API v2, and creates and ends silences.
//
// One request reads the groups with their alerts, a second the silences. The
// routing and the members of the cluster rarely change, so they are read again
// only when they are a minute old. If they cannot be read, or silences are not
// available at all, the alerts still count, the last other data is used, and
// Data.Warnings says so. If silences cannot be read this time, the whole read
// fails, because actions are verified by it.
//
// A silence without matchers is one that API v2 cannot show: since 0.32 a
// silence may have several sets of matchers. Such a silence is listed, so that
// the alerts that it silences can name it, but is never edited here.
package alertmanager

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"firstline/internal/network"
	"firstline/internal/promapi"
	"firstline/internal/wording"
	"firstline/sources"
)

// statusEvery is the greatest age of the routing and the members of the
// cluster.
const statusEvery = time.Minute

// Options describe an Alertmanager. URL is the address without /api/v2, as in
// https://alertmanager.example.com or https://mimir.example.com/alertmanager.
type Options = promapi.Server

// Dialect is how a server with Alertmanager's API differs from an Alertmanager. The
// zero value is an Alertmanager.
type Dialect struct {
	// Routing returns the routes as Alertmanager writes them, from the object config
	// of /api/v2/status. Nil: they are its text "original".
	Routing func(config []byte) (string, error)
}

// Client reads one Alertmanager and changes its silences. It is safe for
// concurrent use.
type Client struct {
	api       *promapi.Client
	dialect   Dialect
	addresses []string
	// reading is held by the one read that is under way. It has what follows.
	reading sync.Mutex
	groups  *groupsReader
	listed  promapi.Last[silences] // of the last answer
	// last are the alerts of the last read.
	last []*sources.Alert

	mu       sync.Mutex
	silences silences
	status   status
}

// silences are those of the last successful read.
type silences struct {
	list    []sources.Silence
	extent  sources.Extent
	warning string
}

// status is the configuration and the cluster of the last successful read.
type status struct {
	routing string
	peers   []string
	started time.Time
	version string
	due     time.Time // when to read it again
	warning string
}

var (
	_ sources.Reader   = (*Client)(nil)
	_ sources.Silencer = (*Client)(nil)
)

// New makes a client. It sends nothing. Its error is a *sources.Error that says
// which option is wrong.
func New(o Options) (*Client, error) { return NewWith(o, Dialect{}) }

// NewWith makes a client for a server with that dialect, as New does.
func NewWith(o Options, d Dialect) (*Client, error) {
	api, err := o.Client(sources.Alertmanager)
	if err != nil {
		return nil, err
	}
	c := newClient(api)
	c.dialect = d
	return c, nil
}

func newClient(api *promapi.Client) *Client {
	return &Client{api: api, addresses: addressesOf(api.Base()), groups: newGroupsReader(api.Source().Name, api.MaxAlerts())}
}

// addressesOf returns the address of the Alertmanager and, if that is this
// machine, its default own address: the machine's name.
func addressesOf(base string) []string {
	addresses := []string{base}
	u, err := url.Parse(base)
	if err != nil {
		return addresses
	}
	if !network.IsLoopback(u.Hostname()) {
		return addresses
	}
	if name, err := os.Hostname(); err == nil && u.Port() != "" {
		u.Host = net.JoinHostPort(name, u.Port())
		addresses = append(addresses, u.String())
	}
	return addresses
}

// Source returns the Alertmanager as a source.
func (c *Client) Source() sources.Source { return c.api.Source() }

// CloseIdleConnections closes the connections that are not in use.
func (c *Client) CloseIdleConnections() { c.api.CloseIdleConnections() }

// Read returns the alerts, each once, their groups, the active and pending
// silences, and the routing. It passes nothing to partial: alerts without the
// silences that mute them would be misleading.
func (c *Client) Read(ctx context.Context, _ func(sources.Data)) (sources.Data, error) {
	const doing = "reading alerts"
	c.reading.Lock()
	defer c.reading.Unlock()
	if err := c.api.GetStream(ctx, doing, "/api/v2/alerts/groups", nil, func(s *promapi.Stream) error {
		return c.groups.read(c.api, doing, s)
	}); err != nil {
		return sources.Data{}, err
	}
	data := c.groups.data
	if err := c.readSilences(ctx); err != nil {
		return sources.Data{}, err
	}
	if c.statusDue(data.Alerts) {
		c.readStatus(ctx)
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return sources.Data{}, c.api.Failure(doing, sources.Canceled, "it was stopped before the read was complete", ctx.Err())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	data.Silences, data.Routing, data.Peers = c.silences.list, c.status.routing, c.status.peers
	data.Addresses, data.Extents.Silences = c.addresses, c.silences.extent
	data.StartedAt, data.Version, data.ClockOffset = c.status.started, c.status.version, c.api.ClockOffset()
	data.Warnings = slices.Clip(data.Warnings)
	for _, w := range []string{c.silences.warning, c.status.warning} {
		if w != "" {
			data.Warnings = append(data.Warnings, w)
		}
	}
	return data, nil
}

// Silences reads all silences, including ended ones that Alertmanager still
// has.
func (c *Client) Silences(ctx context.Context) ([]sources.Silence, error) {
	const doing = "reading silences"
	body, err := c.api.Get(ctx, doing, "/api/v2/silences", nil)
	if err != nil {
		return nil, err
	}
	answer, err := decode[[]silenceAnswer](c.api, doing, body)
	if err != nil {
		return nil, err
	}
	all := make([]sources.Silence, 0, len(answer))
	for _, one := range answer {
		if one.odd() {
			return nil, c.api.Failure(doing, sources.BadAnswer, oddSilences(1)+": please report that with the server's version", nil)
		}
		all = append(all, one.silence(c.Source().Name))
	}
	return all, nil
}

// oddSilences says that silences have no id or state.
func oddSilences(n int) string {
	return wording.Count(n, "silence") + " without an id or a state, so that not all that is silenced is known"
}

// readSilences reads the silences, or adds a warning, or fails.
func (c *Client) readSilences(ctx context.Context) error {
	const doing = "reading silences"
	// Versions without the parameter ignore it.
	body, err := c.api.Get(ctx, doing, "/api/v2/silences", map[string][]string{"expired": {"false"}})
	var read silences
	if err == nil {
		read, err = c.listed.Read(body, func(body []byte) (silences, error) { return c.silencesOf(doing, body) })
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		if mayPass(err) {
			return err
		}
		c.silences.warning = "the silences could not be read: " + sources.Sentence(err)
		c.silences.extent.Missing = c.silences.warning
		return nil
	}
	c.silences = read
	return nil
}

// silencesOf decodes an answer.
func (c *Client) silencesOf(doing string, body []byte) (silences, error) {
	answer, err := decode[[]silenceAnswer](c.api, doing, body)
	if err != nil {
		return silences{}, err
	}
	read := silences{list: make([]sources.Silence, 0, len(answer)), extent: sources.Whole}
	odd := 0
	for _, one := range answer {
		if one.odd() {
			odd++
			continue
		}
		if s := one.silence(c.Source().Name); s.State == stateActive || s.State == statePending {
			read.list = append(read.list, s)
		}
	}
	if odd > 0 {
		read.warning = oddSilences(odd)
		read.extent.Missing = read.warning
	}
	return read, nil
}

// mayPass reports whether the next read may succeed. A server of 0.34 or later
// returns no silences at all while one has several sets.
func mayPass(err error) bool {
	switch sources.ReasonOf(err) {
	case sources.Unreachable, sources.Canceled, sources.RateLimited, sources.Unauthorized:
		return true
	case sources.ServerFailed:
		return !strings.Contains(promapi.ServerMessage(err), manySets)
	}
	return false
}

// statusDue reports whether to read the status: it is old, or alerts are gone,
// and the start time of the server decides whether they are over or only
// forgotten.
func (c *Client) statusDue(alerts []*sources.Alert) bool {
	gone := false
	if last := c.last; !sources.SameList(last, alerts) {
		now := make(map[string]bool, len(alerts))
		for _, a := range alerts {
			now[a.Fingerprint] = true
		}
		gone = slices.ContainsFunc(last, func(a *sources.Alert) bool { return !now[a.Fingerprint] })
		c.last = alerts
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return gone || !sources.Now().Before(c.status.due)
}

// readStatus reads the configuration and the members of the cluster, or adds a
// warning.
func (c *Client) readStatus(ctx context.Context) {
	const doing = "reading the routing"
	body, err := c.api.Get(ctx, doing, "/api/v2/status", nil)
	var answer statusAnswer
	if err == nil {
		answer, err = decode[statusAnswer](c.api, doing, body)
	}
	var routing string
	if err == nil {
		routing, err = c.routing(doing, answer.Config)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status.due, c.status.warning = sources.Now().Add(statusEvery), ""
	if err != nil {
		c.status.warning = "the routing could not be read: " + sources.Sentence(err)
		return
	}
	if peers := answer.peers(); !slices.Equal(c.status.peers, peers) {
		c.status.peers = peers
	}
	c.status.routing = routing
	c.status.started, c.status.version = moment(answer.Uptime), answer.VersionInfo.Version
}

// routing returns the routes in the object config of a status.
func (c *Client) routing(doing string, config json.RawMessage) (string, error) {
	if c.dialect.Routing != nil {
		text, err := c.dialect.Routing(config)
		if err != nil {
			return "", c.api.OtherForm(doing, err)
		}
		return text, nil
	}
	var written struct {
		Original string `json:"original"`
	}
	if len(config) > 0 {
		if err := json.Unmarshal(config, &written); err != nil {
			return "", c.api.OtherForm(doing, err)
		}
	}
	return written.Original, nil
}
