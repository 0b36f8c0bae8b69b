// Package config reads firstline's configuration: one strict TOML file, the
// environment over it, and the PagerDuty token from wherever it is kept. Every
// fault is told with its place in the file and what to write instead.
//
// Secrets never leave this package by any other way than Token and
// Server.HTTP: not in an error, not in a log, not when a Config is printed.
package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	commonconfig "github.com/prometheus/common/config"

	"firstline/internal/respond"
	"firstline/internal/triage"
)

// The default intervals between two reads of a source. PagerDuty counts
// requests per person, so it is asked less often.
const (
	DefaultPagerDutyInterval = 15 * time.Second
	DefaultServerInterval    = 10 * time.Second
)

// DefaultMaxAlerts is how many alerts of a Prometheus or Alertmanager are kept
// where the file does not say it.
const DefaultMaxAlerts = 50_000

// Config is the whole configuration, checked.
type Config struct {
	// Path is the file that was read; empty when there is none.
	Path string
	// WantedPath is Path, or where a file would be read if there were one.
	WantedPath string

	Me           Me
	PagerDuty    PagerDuty
	Prometheus   []Server
	Alertmanager []Server
	FirstLine    FirstLine
	Runbooks     Runbooks
	Labels       Labels
	// Services are the configured [[service]], ready for triage.
	Services []triage.ServiceRule
	// Filters are the saved filters, sorted by name. Each can be read.
	Filters []Filter
	// Acting is what they say about acting on their groups, by name.
	Acting map[string]respond.ServiceSettings
}

// Me is who sits at the screen.
type Me struct {
	Email string
	Role  respond.Role
}

// PagerDuty says which account to read and where its token is.
type PagerDuty struct {
	// Configured: there is a [pagerduty] table, or the environment names a
	// token or an address.
	Configured bool
	// URL is the API's address; empty: PagerDuty's own for Region.
	URL    string
	Region string
	// TokenEnv, TokenFile and TokenCommand are tried in this order; see Token.
	TokenEnv, TokenFile, TokenCommand string
	// TokenType is how the token is sent: "token", "bearer", or empty where the
	// token's look decides.
	TokenType string
	Teams     []string
	Interval  time.Duration
}

// Server is one Prometheus or Alertmanager.
type Server struct {
	// Name is unique among all sources.
	Name, URL string
	Interval  time.Duration
	// HTTP are Prometheus's own http client options, which may hold secrets;
	// the zero value when none were given.
	HTTP commonconfig.HTTPClientConfig
	// InsecurePlain: credentials may go over plain http to another machine.
	InsecurePlain bool
	// MaxAlerts is how many alerts are kept of one answer at most.
	MaxAlerts int
	// Labels are those that the alerts of an Alertmanager have on top of their
	// own when they are compared with those of others.
	Labels map[string]string
}

// String names the server and nothing that could be secret.
func (s Server) String() string { return s.Name + " " + s.URL }

// GoString is String, so that %#v shows no secret either.
func (s Server) GoString() string { return s.String() }

// FirstLine is the support team that developers escalate to.
type FirstLine struct {
	Name string
	// EscalationPolicy is the id or name of its policy.
	EscalationPolicy string
	// Service is the id or name of its PagerDuty service, for [[service]] with
	// move; empty: the only one with its policy.
	Service string
}

// Labels are the chains of labels that tell an alert's service and team, and
// the labels by which replicas differ; nil: triage's defaults.
type Labels struct {
	Service, Team, Ignore []string
	// Heartbeats are the names of alerts that always fire.
	Heartbeats []string
	// Severities are what further words of the label severity mean, by the word
	// in lower case.
	Severities map[string]triage.Severity
}

// Triage is what the join needs of the configuration.
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

// TokenVariables are the environment variables that hold tokens, whether or not
// they are set.
func (c Config) TokenVariables() []string {
	names := []string{TokenVariable, c.PagerDuty.tokenVariable()}
	for _, host := range slices.Sorted(maps.Keys(c.Runbooks.Tokens)) {
		if name := c.Runbooks.Tokens[host].Env; name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// HasSource reports whether there is anything to read from.
func (c Config) HasSource() bool {
	return c.PagerDuty.Configured || len(c.Prometheus) > 0 || len(c.Alertmanager) > 0
}

// String says what is configured, without secrets.
func (c Config) String() string {
	parts := []string{"configuration " + c.WantedPath}
	if c.PagerDuty.Configured {
		parts = append(parts, "pagerduty")
	}
	for _, s := range slices.Concat(c.Prometheus, c.Alertmanager) {
		parts = append(parts, s.Name)
	}
	return strings.Join(parts, ", ")
}

// GoString is String, so that %#v shows no secret either.
func (c Config) GoString() string { return c.String() }

// Error is one fault of the configuration and its place.
type Error struct {
	// File is the configuration file, or the name of an environment variable.
	File string
	// Line and Column count from 1, the column in bytes; 0: the fault is not
	// at one place.
	Line, Column int
	// Sentence is for a person: what is wrong and what to write instead.
	Sentence string

	cause error
}

// Unwrap gives the cause, where the file could not be read.
func (e *Error) Unwrap() error { return e.cause }

// Error gives the place as editors understand it, then the sentence.
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Sentence)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Sentence)
}
