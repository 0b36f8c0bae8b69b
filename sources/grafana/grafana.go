// Package grafana reads the alerts that Grafana itself makes: those of its rules, by
// its API like Prometheus's, and those in the Alertmanager that is part of it, by its
// API like Alertmanager's. Both are under prefixes of Grafana's address:
//
//	/api/prometheus/grafana/api/v1/alerts and /rules
//	/api/alertmanager/grafana/api/v2/alerts/groups, /silences and /status
//
// The alerts of rules have no labels of Grafana's own unless they are requested, and
// while a rule has no data or fails, its alert has another name in the Alertmanager.
package grafana

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strings"

	"firstline/internal/promapi"
	"firstline/sources"
	"firstline/sources/alertmanager"
	"firstline/sources/prometheus"
)

// Options describe a Grafana. URL is its own address, as in
// https://grafana.example.com.
type Options = promapi.Server

// New makes the clients of a Grafana: of the Alertmanager in it, and of its rules,
// which are the source with that name. It sends nothing. Its error is a *sources.Error
// that says which option is wrong.
func New(o Options, rulesName string) (*alertmanager.Client, *prometheus.Client, error) {
	o.Table = "grafana"
	under := func(prefix string) Options {
		o := o
		o.URL = strings.TrimRight(o.URL, "/") + prefix
		return o
	}
	alerts, err := alertmanager.NewWith(under("/api/alertmanager/grafana"), alertmanager.Dialect{Routing: routesOf})
	if err != nil {
		return nil, nil, fmt.Errorf("reading Grafana: %w", err)
	}
	r := under("/api/prometheus/grafana")
	r.Name = rulesName
	rules, err := prometheus.NewWith(r, prometheus.Dialect{
		Query:           map[string][]string{"includeInternalLabels": {"true"}},
		NoConfiguration: true, Sent: sent,
		Unqueried: "Grafana's rules may be about any data source, so that there is no query for them here",
	})
	if err != nil {
		return nil, nil, fmt.Errorf("reading Grafana: %w", err)
	}
	return alerts, rules, nil
}

// sent returns the labels of an alert in Grafana's Alertmanager where they differ from
// those in its rules: an alert of a rule without data, or of one that fails, goes there
// under another name (ngalert/state/compat.go).
func sent(a *sources.Alert) map[string]string {
	name := ""
	switch sources.StateWord(a.StateText) {
	case "nodata":
		name = "DatasourceNoData"
	case "error":
		name = "DatasourceError"
	default:
		return nil
	}
	set := maps.Clone(a.Labels)
	if rule, ok := set["alertname"]; ok {
		set["rulename"] = rule
	}
	set["alertname"] = name
	return set
}

// routes are the parts of Grafana's configuration that lead alerts to contact points.
// Nothing else of it is used: the settings of contact points may hold secrets.
type routes struct {
	Route     json.RawMessage `json:"route"`
	Receivers []struct {
		Name         string `json:"name"`
		Integrations []struct {
			Type string `json:"type"`
		} `json:"grafana_managed_receiver_configs"`
	} `json:"receivers"`
	Intervals    json.RawMessage `json:"time_intervals,omitempty"`
	OldIntervals json.RawMessage `json:"mute_time_intervals,omitempty"`
}

var errNoRoute = errors.New("there are no routes in it")

// routesOf returns the routes of a configuration as JSON, which is YAML too.
func routesOf(configuration []byte) (string, error) {
	if len(configuration) == 0 || string(configuration) == "null" {
		return "", errNoRoute
	}
	var r routes
	if err := json.Unmarshal(configuration, &r); err != nil {
		return "", fmt.Errorf("reading Grafana's routes: %w", err)
	}
	if len(r.Route) == 0 || string(r.Route) == "null" {
		return "", errNoRoute
	}
	text, err := json.Marshal(r)
	if err != nil {
		return "", fmt.Errorf("writing Grafana's routes: %w", err)
	}
	return string(text), nil
}
