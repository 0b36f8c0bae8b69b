// Package pagerduty reads incidents from PagerDuty and acts on them.
package pagerduty

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

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
	// Token is a user's or an account's REST API token.
	Token string
	// Email is the user whom writes are made as; account tokens need it.
	Email     string
	UserAgent string
	// Teams are ids or names; incidents of other teams are not read.
	Teams []string
	// Transport is what requests go out by; nil: one of our own.
	Transport http.RoundTripper
	// Now is the clock; nil: time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// Client is one PagerDuty account.
type Client struct{ options Options }

var (
	_ sources.Reader    = (*Client)(nil)
	_ sources.Incidents = (*Client)(nil)
)

var errUnfinished = errors.New("unfinished")

// New makes a client.
func New(o Options) (*Client, error) { return &Client{options: o}, nil }

// TokenKind is what kind of token the client has.
type TokenKind string

// The kinds of token.
const (
	UserToken    TokenKind = "user"
	AccountToken TokenKind = "account"
	UnknownToken TokenKind = "unknown"
)

// Report is what Check found.
type Report struct {
	Host  string
	Token TokenKind
	// Me is the user whom writes are made as; nil when that can't be told.
	Me *sources.User
	// Missing are sentences about what is missing, and what to do.
	Missing []string
}

// Check asks PagerDuty who we are.
func (c *Client) Check(ctx context.Context) (Report, error) { return Report{}, errUnfinished }

// Policy reads one escalation policy; *sources.Error with NotFound when it is
// not there.
func (c *Client) Policy(ctx context.Context, id string) (sources.Policy, error) {
	return sources.Policy{}, errUnfinished
}

// Source says which account this is.
func (c *Client) Source() sources.Source {
	return sources.Source{Kind: sources.PagerDuty, Name: c.options.Name}
}

// Read reads the open incidents and what belongs to them.
func (c *Client) Read(ctx context.Context, partial func(sources.Data)) (sources.Data, error) {
	return sources.Data{}, errUnfinished
}

// Incident reads one incident with its alerts.
func (c *Client) Incident(ctx context.Context, id string) (sources.Incident, error) {
	return sources.Incident{}, errUnfinished
}

// IncidentsByKey reads the open incidents with that key.
func (c *Client) IncidentsByKey(ctx context.Context, key string) ([]sources.Incident, error) {
	return nil, errUnfinished
}

// Notes reads an incident's notes.
func (c *Client) Notes(ctx context.Context, id string) ([]sources.Note, error) {
	return nil, errUnfinished
}

// LogEntries reads an incident's history.
func (c *Client) LogEntries(ctx context.Context, id string) ([]sources.LogEntry, error) {
	return nil, errUnfinished
}

// OnCalls reads who is on call for the policies.
func (c *Client) OnCalls(ctx context.Context, policyIDs ...string) ([]sources.OnCall, error) {
	return nil, errUnfinished
}

// Acknowledge acknowledges incidents.
func (c *Client) Acknowledge(ctx context.Context, ids ...string) error { return errUnfinished }

// Resolve resolves incidents.
func (c *Client) Resolve(ctx context.Context, resolution string, ids ...string) error {
	return errUnfinished
}

// AddNote adds a note.
func (c *Client) AddNote(ctx context.Context, id, content string) (sources.Note, error) {
	return sources.Note{}, errUnfinished
}

// SetPolicy restarts the incidents at level 1 of the policy.
func (c *Client) SetPolicy(ctx context.Context, policyID string, ids ...string) error {
	return errUnfinished
}

// SetLevel escalates within the present policy.
func (c *Client) SetLevel(ctx context.Context, level int, ids ...string) error {
	return errUnfinished
}

// Assign assigns the incidents to users.
func (c *Client) Assign(ctx context.Context, userIDs []string, ids ...string) error {
	return errUnfinished
}

// AskResponders asks users and policies to join.
func (c *Client) AskResponders(ctx context.Context, id, message string, userIDs, policyIDs []string) error {
	return errUnfinished
}

// Open opens an incident.
func (c *Client) Open(ctx context.Context, n sources.NewIncident) (sources.Incident, error) {
	return sources.Incident{}, errUnfinished
}

// Snooze quiets an incident.
func (c *Client) Snooze(ctx context.Context, id string, d time.Duration) error {
	return errUnfinished
}

// Merge merges incidents into one.
func (c *Client) Merge(ctx context.Context, into string, ids ...string) error { return errUnfinished }

// SetUrgency sets "high" or "low".
func (c *Client) SetUrgency(ctx context.Context, urgency string, ids ...string) error {
	return errUnfinished
}
