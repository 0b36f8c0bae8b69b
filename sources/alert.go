package sources

import (
	"maps"
	"time"
)

// Alert is one active alert as one source reports it.
type Alert struct {
	// Source is the name of the source that reported it.
	Source      string
	Labels      map[string]string
	Annotations map[string]string
	State       AlertState
	// StateText is the source's own word for the state, where that says more,
	// such as Grafana's "Alerting (NoData)".
	StateText string
	// ActiveSince is Prometheus's activeAt (since pending) or Alertmanager's
	// startsAt (since firing).
	ActiveSince time.Time
	// KeepFiringSince is since when the expression holds no more, while the rule
	// keeps the alert firing; zero where it holds or the source does not tell.
	KeepFiringSince time.Time
	// Value is the expression's value as text; only Prometheus tells it.
	Value string
	// Fingerprint is Alertmanager's: the hash of the whole label set,
	// external labels included. Empty from a Prometheus.
	Fingerprint string
	// GeneratorURL is where the alert's expression can be looked at.
	GeneratorURL string
	// SilencedBy and InhibitedBy are ids of silences and fingerprints of the
	// alerts that keep this one quiet.
	SilencedBy  []string
	InhibitedBy []string
	// Receivers are the Alertmanager receivers its routes lead to.
	Receivers []string
	// Sent are the label sets under which Alertmanagers get the alert of a
	// Prometheus that relabels it; nil where it only adds its external labels.
	Sent []map[string]string
	// Dropped: the Prometheus's relabelling keeps it from every Alertmanager.
	Dropped bool
}

// Name is the alert's alertname.
func (a Alert) Name() string { return a.Labels["alertname"] }

// AlertState is the state of one alert.
type AlertState string

// The states of an alert.
const (
	AlertFiring    AlertState = "firing"
	AlertPending   AlertState = "pending"
	AlertSilenced  AlertState = "silenced"
	AlertInhibited AlertState = "inhibited"
)

// NotificationGroup is a group of alerts that Alertmanager notifies about
// together; one such group is one PagerDuty alert.
type NotificationGroup struct {
	// Source is the name of the Alertmanager.
	Source   string
	Receiver string
	// Labels are those it was grouped by.
	Labels map[string]string
	// Fingerprints are its alerts', which stand in Data.Alerts; best sorted,
	// which spares the work to do so.
	Fingerprints []string
	// MutedBy are the time intervals that keep the group from being notified
	// about; Alertmanager tells them since 0.28.
	MutedBy []string
}

// MergeLabels is base with over laid upon it; neither is changed.
func MergeLabels(base, over map[string]string) map[string]string {
	m := make(map[string]string, len(base)+len(over))
	maps.Copy(m, base)
	maps.Copy(m, over)
	return m
}
