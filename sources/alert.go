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
	// StateText is the source's own word for the state when that is more
	// precise, such as Grafana's "Alerting (NoData)".
	StateText string
	// ActiveSince is Prometheus's activeAt (since pending) or Alertmanager's
	// startsAt (since firing).
	ActiveSince time.Time
	// KeepFiringSince is when the expression stopped being true, if the alert
	// fires only because of the rule's keep_firing_for. It is zero when the
	// expression is true or the source does not report it.
	KeepFiringSince time.Time
	// Value is the expression's newest value. Only Prometheus reports it.
	Value *Value
	// Fingerprint is Alertmanager's hash of the whole label set, including
	// external labels. It is empty from a Prometheus.
	Fingerprint string
	// GeneratorURL is the page of the alert's expression.
	GeneratorURL string
	// SilencedBy and InhibitedBy are the ids of silences and the fingerprints
	// of alerts that mute this one.
	SilencedBy  []string
	InhibitedBy []string
	// Receivers are the Alertmanager receivers of its routes.
	Receivers []string
	// Sent are the label sets under which Alertmanagers receive the alert of a
	// Prometheus that relabels it. It is nil when the Prometheus only adds its
	// external labels.
	Sent []map[string]string
	// Dropped means that the Prometheus's relabelling drops it for every
	// Alertmanager.
	Dropped bool
}

// Name returns the alert's alertname.
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

// NotificationGroup is a group of alerts about which Alertmanager notifies
// together. One such group is one PagerDuty alert.
type NotificationGroup struct {
	// Source is the name of the Alertmanager.
	Source   string
	Receiver string
	// Labels are the labels that it was grouped by.
	Labels map[string]string
	// Fingerprints are those of its alerts in Data.Alerts, preferably sorted,
	// which saves sorting them later.
	Fingerprints []string
	// MutedBy are the time intervals that mute the group. Alertmanager reports
	// them since 0.28.
	MutedBy []string
}

// MergeLabels returns base with the labels of over added or replaced. It
// changes neither.
func MergeLabels(base, over map[string]string) map[string]string {
	m := make(map[string]string, len(base)+len(over))
	maps.Copy(m, base)
	maps.Copy(m, over)
	return m
}
