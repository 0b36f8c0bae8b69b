// Package config reads firstline's configuration: one strict TOML file,
// overlaid by the environment, and the PagerDuty token from its source. Every
// fault has its position in the file and says what to write instead.
//
// Secrets leave this package only through Token and Server.HTTP: they are in no
// error, no log and no printed Config.
package config

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	commonconfig "github.com/prometheus/common/config"

	"firstline/internal/change"
	"firstline/internal/graph"
	"firstline/internal/keys"
	"firstline/internal/readiness"
	"firstline/internal/report"
	"firstline/internal/respond"
	"firstline/internal/slo"
	"firstline/internal/theme"
	"firstline/internal/triage"
)

// The default intervals between two reads of a source. PagerDuty counts
// requests per person, so its interval is longer.
const (
	DefaultPagerDutyInterval = 15 * time.Second
	DefaultServerInterval    = 10 * time.Second
)

// PagerDutyName is the name of an account that the configuration does not name.
const PagerDutyName = "pagerduty"

// DefaultMaxAlerts is the default limit on the alerts of a Prometheus or
// Alertmanager.
const DefaultMaxAlerts = 50_000

// Config is the whole configuration, checked.
type Config struct {
	// Path is the file that was read. It is empty without a file.
	Path string
	// WantedPath is Path, or the path where a file would be read if it existed.
	WantedPath string

	Me Me
	// PagerDuty are the accounts.
	PagerDuty    []PagerDuty
	Prometheus   []Server
	Alertmanager []Server
	// Grafana are the Grafanas whose own alerts are read.
	Grafana   []Server
	FirstLine FirstLine
	Runbooks  Runbooks
	// Postmortems is the directory of the postmortems.
	Postmortems string
	Report      Report
	// Compensation is what is paid for time on call.
	Compensation report.Compensation
	// Readiness are the limits for a service that first line is to take.
	Readiness readiness.Limits
	Labels    Labels
	// Services are the [[service]] tables, ready for triage.
	Services []triage.ServiceRule
	// SLOs are those of the [[service]] tables.
	SLOs []slo.Objective
	// Changes are the queries that show what changed.
	Changes []change.Query
	// Filters are the saved filters, sorted by name. All of them parse.
	Filters []Filter
	// Acting has the settings for actions on a service's groups, by service
	// name.
	Acting map[string]respond.ServiceSettings
	// Graphs are the further graphs of a service, by its name.
	Graphs map[string][]graph.Configured
	// Attention is what the screen does for who does not look at it.
	Attention Attention
	// Sparklines: the list has a column with them.
	Sparklines bool
	// Columns are those of the list on the screen.
	Columns []triage.Column
	Screen  Screen
	// Keys are the keys of the screen's commands.
	Keys keys.Bindings
	// Theme are the colours of the screen.
	Theme theme.Choice
	// ASCII: the screen has no other characters; nil: as the terminal says.
	ASCII *bool

	// written is what all of it was made of.
	written file
}

// Screen is how the screen begins.
type Screen struct {
	// Mouse: it acts in firstline from the start.
	Mouse bool
	// Plain: it is written as lines, for screen readers.
	Plain bool
	// Split is the list's share beside the pane, in percent; 0: as it fits.
	Split int
}

// Differs returns the tables in which another configuration differs, as their headers
// are written.
func (c Config) Differs(other Config) []string {
	var tables []string
	before, now := reflect.ValueOf(other.written), reflect.ValueOf(c.written)
	for i := range now.NumField() {
		if !reflect.DeepEqual(before.Field(i).Interface(), now.Field(i).Interface()) {
			field := now.Type().Field(i)
			s := section{path: []string{field.Tag.Get("toml")}, repeated: field.Type.Kind() == reflect.Slice}
			if also := field.Tag.Get("also"); also != "" && now.Field(i).Len() < 2 && before.Field(i).Len() < 2 {
				s.repeated = false
			}
			tables = append(tables, s.header())
		}
	}
	return tables
}

// Tables returns the tables that are written, as their headers are.
func (c Config) Tables() []string { return c.Differs(Config{}) }

// Me is the person at the screen.
type Me struct {
	Email string
	Role  respond.Role
	// Zone is the time zone of all times; nil: the one of the PagerDuty user.
	Zone *time.Location
}

// PagerDuty is an account to read and the sources of its token.
type PagerDuty struct {
	// Name is unique among all sources.
	Name string
	// Email is the person's in this account.
	Email string
	// URL is the API's address. Empty means PagerDuty's own for Region.
	URL    string
	Region string
	// TokenEnv, TokenKeyring, TokenFile and TokenCommand are tried in this order; see
	// Token. TokenKeyring is the name of an entry in the system's keyring.
	TokenEnv, TokenKeyring, TokenFile, TokenCommand string
	// oneOfSeveral: TokenVariable is not read, because it can't be of all accounts.
	oneOfSeveral bool
	// TokenType is how the token is sent: "token", "bearer", or empty, which
	// decides by the form of the token.
	TokenType string
	Teams     []string
	Interval  time.Duration
}

// Server is one Prometheus or Alertmanager.
type Server struct {
	// Name is unique among all sources.
	Name, URL string
	Interval  time.Duration
	// HTTP are Prometheus's own http client options, which may contain secrets.
	// The zero value means that none were given.
	HTTP commonconfig.HTTPClientConfig
	// http is what they were made of.
	http map[string]any
	// InsecurePlain allows credentials over plain http to another machine.
	InsecurePlain bool
	// MaxAlerts limits the alerts that are read of one answer.
	MaxAlerts int
	// Labels are added to the labels of an Alertmanager's alerts when they are
	// compared with the alerts of other sources.
	Labels map[string]string
}

// RulesName is the name of the second source of a Grafana, which has its rules.
func (s Server) RulesName() string { return s.Name + " rules" }

// String returns the server's name and URL, and nothing secret.
func (s Server) String() string { return s.Name + " " + s.URL }

// GoString returns String, so that %#v shows no secret either.
func (s Server) GoString() string { return s.String() }

// FirstLine is the support team that developers escalate to.
type FirstLine struct {
	Name string
	// EscalationPolicy is the id or name of its policy.
	EscalationPolicy string
	// Service is the id or name of its PagerDuty service, for a [[service]]
	// with move. Empty means the only service with its policy.
	Service string
}

// Labels are the chains of labels that name an alert's service and team, and
// the labels in which replicas differ. Nil means triage's defaults.
type Labels struct {
	Service, Team, Ignore []string
	// Heartbeats are the names of alerts that always fire.
	Heartbeats []string
	// Severities are the meanings of additional severity words, by the word in
	// lower case.
	Severities map[string]triage.Severity
}

// Triage returns the options of the join.
func (c Config) Triage() triage.Options {
	alertmanagers := map[string]map[string]string{}
	for _, s := range c.Alertmanager {
		if len(s.Labels) > 0 {
			alertmanagers[s.Name] = s.Labels
		}
	}
	return triage.Options{
		Services:      slices.Clone(c.Services),
		ServiceLabels: c.Labels.Service,
		TeamLabels:    c.Labels.Team,
		IgnoreLabels:  c.Labels.Ignore,
		Severities:    c.Labels.Severities,
		Alertmanagers: alertmanagers,
		Heartbeats:    c.Labels.Heartbeats,
		References:    c.Runbooks.References,
	}
}

// TokenVariables returns the names of the environment variables that may hold
// tokens, set or not.
func (c Config) TokenVariables() []string {
	names := []string{TokenVariable}
	for _, p := range c.PagerDuty {
		if name := p.tokenVariable(); name != "" {
			names = append(names, name)
		}
	}
	for _, host := range slices.Sorted(maps.Keys(c.Runbooks.Tokens)) {
		if name := c.Runbooks.Tokens[host].Env; name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// HasSource reports whether any source is configured.
func (c Config) HasSource() bool {
	return len(c.PagerDuty) > 0 || len(c.Servers()) > 0
}

// Account is the first account, or one with the defaults where none is configured.
func (c Config) Account() PagerDuty {
	if len(c.PagerDuty) > 0 {
		return c.PagerDuty[0]
	}
	return PagerDuty{Name: PagerDutyName, Email: c.Me.Email, Region: "us", Interval: DefaultPagerDutyInterval}
}

// Servers are all servers of the configuration.
func (c Config) Servers() []Server {
	return slices.Concat(c.Prometheus, c.Alertmanager, c.Grafana)
}

// String describes the configuration without secrets.
func (c Config) String() string {
	parts := []string{"configuration " + c.WantedPath}
	for _, p := range c.PagerDuty {
		parts = append(parts, p.Name)
	}
	for _, s := range c.Servers() {
		parts = append(parts, s.Name)
	}
	return strings.Join(parts, ", ")
}

// GoString returns String, so that %#v shows no secret either.
func (c Config) GoString() string { return c.String() }

// Error is one fault of the configuration with its position.
type Error struct {
	// File is the configuration file, or the name of an environment variable.
	File string
	// Line and Column count from 1, the column in bytes. 0 means that the fault
	// has no single position.
	Line, Column int
	// Sentence is for a person: what is wrong and what to write instead.
	Sentence string

	cause error
}

// Unwrap returns the cause when the file could not be read.
func (e *Error) Unwrap() error { return e.cause }

// Error returns the position in the form that editors understand, then the
// sentence.
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Sentence)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Sentence)
}
