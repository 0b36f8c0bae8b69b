// Package pagerduty reads incidents from PagerDuty and acts on them, over
// go-pagerduty with one transport of our own under it.
//
// # Requests
//
// PagerDuty allows 960 requests a minute to one person, over all terminals of
// that person together, and asks for one request at a time. So the transport
// sends one at a time, and Read is frugal:
//
//   - A full refresh pages through the open incidents. It is done at the start
//     and then every 5 minutes, or every 2 minutes a page where that is longer
//     (20 pages: every 40 minutes), so it costs at most a request in 2 minutes.
//   - include[]=first_trigger_log_entries brings the event that opened each
//     incident: its key and custom details are the first alert, without a
//     request of its own. Where alert_counts says that there is no other one,
//     that is all there is to read. Some accounts send an empty channel, and
//     some incidents are not opened by an event: these are asked about by
//     themselves, like those with several alerts.
//   - Between full refreshes one request a Read asks the delta feed,
//     GET /log_entries?since=…&is_overview=true&include[]=incidents&include[]=channels.
//     Each new entry brings its incident as it is now, and the entry that opened
//     it its event; only an incident that comes as a bare reference is read by
//     itself. "since" lies a minute back of the newest entry, because entries
//     may appear late; those seen before are skipped by their id. All times are
//     PagerDuty's own, not this machine's. More than 300 new entries, or 10 bare
//     references, bring a full refresh instead.
//   - What a log entry does not tell (a changed priority, an alert grouped into
//     an incident without an overview entry) waits for the full refresh.
//   - Services, policies, users, teams and who we are: every 30 minutes, or
//     every 10 minutes a page. Users are listed up to 300; where there are more,
//     they are searched for when somebody types a name.
//   - On-calls are asked for by policy, never as a whole: the open incidents',
//     their services' and the configured ones, or all where the account has up
//     to 50. They are good for 5 minutes or until the first turn ends, longer
//     where the answer fills many pages.
//   - Alerts of an incident that did not come with it are read once and again
//     only when its alert counts change; at most 150 incidents or 10 seconds a
//     Read, after which Data.More asks for the next Read at once; and not at all
//     while fewer than 200 requests of the minute are left.
//
// At a Read every 15 seconds and 2,000 open incidents that do not change this
// is 4 + 0.5 + 0.2 = 4.7 requests a minute. A start takes 21 + 8 requests.
//
// Brief reads what a list of the incidents needs: 20 pages at 2,000 incidents,
// who we are, the services, and on-calls of the policies that will escalate.
package pagerduty

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/mail"
	"net/url"
	"strings"
	"time"

	pd "github.com/PagerDuty/go-pagerduty"

	"firstline/sources"
)

// Options say which PagerDuty to speak to and as whom.
type Options struct {
	// Name is what the responder calls this account; "pagerduty" when empty.
	Name string
	// URL is the API's address; empty: PagerDuty's own for Region. Plain http
	// is for loopback hosts only.
	URL string
	// Region is "us" (also when empty) or "eu".
	Region string
	// Token is a user's or an account's REST API token, or an OAuth access token.
	Token string
	// TokenType is RESTToken or BearerToken; empty: the token's look decides.
	TokenType string
	// TokenFrom names where the token comes from, for advice, such as
	// "token_command".
	TokenFrom string
	// RenewToken asks for the token again where it may have changed; it is called
	// after PagerDuty did not accept one, at most once a minute. nil: the token
	// stays as it is. Its errors are sentences without any of the token.
	RenewToken func(context.Context) (string, error)
	// Email is the user whom writes are made as; account tokens need it.
	Email string
	// UserAgent is sent along; "firstline" when empty.
	UserAgent string
	// Teams are ids or names; incidents of other teams are not read.
	Teams []string
	// Policies are ids or names of escalation policies, and Services of
	// services, of which it matters who is on call also while no incident is
	// open there.
	Policies, Services []string
	// Transport is what requests go out by; nil: one of our own.
	Transport http.RoundTripper
	// Now is the clock; nil: sources.Now.
	Now func() time.Time
	// Sleep waits before a request is sent again; nil: a timer.
	Sleep func(context.Context, time.Duration) error
	// Log takes what went wrong and was mended; nil: nothing is logged.
	Log *slog.Logger
}

// Client is one PagerDuty account. It is safe for concurrent use; requests go
// out one at a time.
type Client struct {
	source    sources.Source
	base      *url.URL
	api       *pd.Client
	transport *transport
	now       func() time.Time
	log       *slog.Logger
	teamNames []string
	// policyNames and serviceNames are those of the Options.
	policyNames, serviceNames []string

	reading chan struct{} // holds a token while no Read runs
	state   state
	catalog catalog
}

var (
	_ sources.Reader    = (*Client)(nil)
	_ sources.Incidents = (*Client)(nil)
)

// The hosts of the two regions in which PagerDuty keeps accounts.
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

// Source says which account this is.
func (c *Client) Source() sources.Source { return c.source }

// address is where the API is. Plain http would show the token to everyone on
// the way, so it is for loopback only.
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
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, fmt.Errorf("url %q of [pagerduty] would send the token unencrypted: use https (plain http is for this machine only)", raw)
	}
	return u, nil
}

// isEmail reports whether s may stand in a From header.
func isEmail(s string) bool {
	a, err := mail.ParseAddress(s)
	return err == nil && a.Address == s && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f })
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
