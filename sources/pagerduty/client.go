// Package pagerduty reads incidents from PagerDuty and acts on them. It uses
// go-pagerduty with its own transport.
//
// # Requests
//
// PagerDuty allows 960 requests a minute to one person, in all terminals of
// that person together, and asks for one request at a time. So the transport
// sends one at a time, but for the reads of Brief, for which a person waits: two of
// them at most go together, while the headers of the answers say that more than 200
// requests of the minute are left. Read needs few requests:
//
//   - A full refresh pages through the open incidents, at the start and then
//     every 5 minutes, or every 2 minutes a page if that is longer (20 pages:
//     every 40 minutes). So it costs at most a request in 2 minutes.
//   - include[]=first_trigger_log_entries adds the event that opened each
//     incident. Its key and custom details are the first alert, which needs no
//     request of its own. If alert_counts reports no other alert, nothing else
//     has to be read. Some accounts send an empty channel, and some incidents
//     are not opened by an event: their alerts are read by a request, like those
//     of incidents with several alerts.
//   - Between full refreshes one request a Read asks the delta feed,
//     GET /log_entries?since=…&is_overview=true&include[]=incidents&include[]=channels.
//     Each new entry contains its incident in its current state, and the entry
//     that opened it contains its event. Only an incident that is a bare
//     reference is read by a request. "since" is a minute before the newest
//     entry, because entries may appear late; entries that were seen before are
//     skipped by their id. All times are PagerDuty's own, not this machine's.
//     More than 300 new entries, or 10 bare references, cause a full refresh
//     instead.
//   - A change without a log entry in the feed (a changed priority, an alert
//     grouped into an incident) is read by the next full refresh.
//   - Services, policies, users, teams and the token's user are read every 30
//     minutes, or every 10 minutes a page. Users are listed up to 300; in larger
//     accounts they are searched for when somebody types a name.
//   - On-calls are requested by policy, never as a whole: those of the open
//     incidents, of their services and of the configuration, or all policies of
//     accounts with up to 50. They are valid for 5 minutes or until the first
//     turn ends, and longer if the answer has many pages.
//   - Alerts that did not come with their incident are read once, and again only
//     when the incident's alert counts change. One Read reads them for at most
//     150 incidents or 10 seconds, and then sets Data.More, which asks for the
//     next Read at once. It stops while fewer than 200 requests of the minute are
//     left.
//
// At a Read every 15 seconds and 2,000 open incidents that do not change this
// is 4 + 0.5 + 0.2 = 4.7 requests a minute. A start takes 21 + 8 requests.
//
// Brief reads only what a list of the incidents needs: 20 pages at 2,000
// incidents, the token's user, the services, and on-calls of the policies that
// will escalate.
package pagerduty

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/mail"
	"net/url"
	"strings"
	"time"

	pd "github.com/PagerDuty/go-pagerduty"
	"golang.org/x/net/http/httpproxy"

	"firstline/internal/clean"
	"firstline/internal/network"
	"firstline/sources"
)

// Options configure a Client.
type Options struct {
	// Name is the responder's name for this account. Empty means "pagerduty".
	Name string
	// URL is the API's address. Empty means PagerDuty's own for Region. Plain
	// http is only for loopback hosts.
	URL string
	// Region is "us" or "eu". Empty means "us".
	Region string
	// Token is a user's or an account's REST API token, or an OAuth access token.
	Token string
	// TokenType is RESTToken or BearerToken. Empty means that the form of the
	// token decides.
	TokenType string
	// TokenFrom names the source of the token for advice, such as
	// "token_command".
	TokenFrom string
	// RenewToken returns a new token if there may be one. It is called after
	// PagerDuty did not accept a token, at most once a minute. Nil means that
	// the token never changes. Its errors are sentences without any of the
	// token.
	RenewToken func(context.Context) (string, error)
	// Email is the user as whom writes are made. Account tokens require it.
	Email string
	// UserAgent is sent with requests. Empty means "firstline".
	UserAgent string
	// Teams are ids or names. Incidents of other teams are not read.
	Teams []string
	// Policies and Services are ids or names of escalation policies and
	// services whose on-calls are read even while no incident is open there.
	Policies, Services []string
	// Transport sends the requests. Nil means a default transport.
	Transport http.RoundTripper
	// Now is the clock. Nil means sources.Now.
	Now func() time.Time
	// Sleep waits before a request is repeated. Nil means a timer.
	Sleep func(context.Context, time.Duration) error
	// Log gets faults that were recovered. Nil means that nothing is logged.
	Log *slog.Logger
}

// Client is one PagerDuty account. It is safe for concurrent use.
type Client struct {
	source    sources.Source
	base      *url.URL
	api       *pd.Client
	transport *transport
	now       func() time.Time
	log       *slog.Logger
	teamNames []string
	// policyNames and serviceNames are from the Options.
	policyNames, serviceNames []string

	reading chan struct{} // holds a token while no Read runs
	state   state
	catalog catalog
	// refusals are what is not asked again for a while.
	refusals refusals
}

var (
	_ sources.Reader        = (*Client)(nil)
	_ sources.Incidents     = (*Client)(nil)
	_ sources.ChangeEvents  = (*Client)(nil)
	_ sources.PastIncidents = (*Client)(nil)
)

// The hosts of PagerDuty's two regions.
const (
	usAddress = "https://api.pagerduty.com"
	euAddress = "https://api.eu.pagerduty.com"
)

// New makes a client. It sends nothing. Its errors are plain sentences about
// the options.
func New(o Options) (*Client, error) {
	base, err := address(o.URL, o.Region)
	if err != nil {
		return nil, err
	}
	o.Email = strings.TrimSpace(o.Email)
	if o.Email != "" && !isEmail(o.Email) {
		return nil, fmt.Errorf("email %q of [me] is not an email address", o.Email)
	}
	if o.Name == "" {
		o.Name = "pagerduty"
	}
	if o.UserAgent == "" {
		o.UserAgent = "firstline"
	}
	if o.Now == nil {
		o.Now = sources.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	token, err := newCredential(o)
	if err != nil {
		return nil, err
	}
	source := sources.Source{Kind: sources.PagerDuty, Name: o.Name}
	if o.Transport == nil {
		if err := checkProxy(source, base); err != nil {
			return nil, err
		}
	}
	c := &Client{
		source:    source,
		base:      base,
		transport: newTransport(source, base, token, o),
		now:       o.Now,
		log:       o.Log,
		teamNames: o.Teams, policyNames: o.Policies, serviceNames: o.Services,
		reading: make(chan struct{}, 1),
	}
	c.reading <- struct{}{}
	// The transport adds the token, which may change.
	c.api = pd.NewClient("", pd.WithAPIEndpoint(base.String()))
	c.api.HTTPClient = c.transport
	return c, nil
}

// Source returns the account as a source.
func (c *Client) Source() sources.Source { return c.source }

// CloseIdleConnections closes the connections that are not in use.
func (c *Client) CloseIdleConnections() { c.transport.client.CloseIdleConnections() }

// address parses the address of the API. Plain http would reveal the token on
// the network, so it is only for loopback.
func address(raw, region string) (*url.URL, error) {
	standard := usAddress
	switch strings.ToLower(region) {
	case "", "us":
	case "eu":
		standard = euAddress
	default:
		return nil, fmt.Errorf("region %q of [pagerduty] is not known: it is \"us\" or \"eu\"", region)
	}
	if raw == "" {
		raw = standard
	}
	u, err := url.Parse(strings.TrimRight(strings.TrimSpace(raw), "/"))
	if err != nil {
		return nil, fmt.Errorf("url of [pagerduty] can't be read: %w", err)
	}
	switch {
	case u.Scheme != "https" && u.Scheme != "http", u.Host == "":
		return nil, fmt.Errorf("url %q of [pagerduty] is not a web address: write it like %s", raw, standard)
	case u.User != nil, u.RawQuery != "", u.Fragment != "":
		return nil, fmt.Errorf("url of [pagerduty] may only have a host and a path: write it like %s", standard)
	case u.Scheme == "http" && !network.IsLoopback(u.Hostname()):
		return nil, fmt.Errorf("url %q of [pagerduty] would send the token unencrypted: use https (plain http is for this machine only)", raw)
	}
	return u, nil
}

// checkProxy refuses a proxy of the environment whose credentials would go over
// the network without TLS.
func checkProxy(source sources.Source, base *url.URL) error {
	proxy, err := httpproxy.FromEnvironment().ProxyFunc()(base)
	if err != nil || !network.ProxyInClear(proxy) { // with an error each request fails
		return nil //nolint:nilerr // as above
	}
	return &sources.Error{
		Source: source, Doing: "preparing to read", Reason: sources.Misconfigured,
		Sentence: "misconfigured: plain http to the proxy " + clean.Line(proxy.Host) + " would show its credentials to everyone on the network: use https:// in HTTPS_PROXY, or a proxy on this machine",
	}
}

// isEmail reports whether s is valid in a From header.
func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f })
}
