package prometheus

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"firstline/internal/promapi"
	"firstline/sources"
)

// envelope is what each answer of Prometheus's API comes in.
type envelope[T any] struct {
	Status   string   `json:"status"`
	Data     T        `json:"data"`
	Error    string   `json:"error"`
	Warnings []string `json:"warnings"`
}

// decode reads an answer. One that is not {"status":"success"} is not taken
// for Prometheus's: under the same path without its prefix Mimir gives the
// tenant's Alertmanager configuration, and an old Alertmanager its alerts.
func decode[T any](api *promapi.Client, doing string, body []byte) (envelope[T], error) {
	var answer envelope[T]
	err := json.Unmarshal(body, &answer)
	if err == nil && answer.Status == "success" {
		return answer, nil
	}
	var outer envelope[json.RawMessage]
	readable := json.Unmarshal(body, &outer) == nil
	switch {
	case readable && outer.Status == "error":
		return answer, api.Failure(doing, sources.Rejected, "the server refused it: "+promapi.Message(body), nil)
	case readable && outer.Status == "success" && bytes.HasPrefix(outer.Data, []byte("[")):
		return answer, api.NotAnAPI(doing, "answered as an Alertmanager does", err)
	case readable && outer.Status == "success":
		return answer, api.Failure(doing, sources.BadAnswer, "the answer has another form than Prometheus gives it: please report that with the server's version", err)
	case !json.Valid(body) && bytes.HasPrefix(bytes.TrimSpace(body), []byte(`{"status":`)):
		return answer, api.Failure(doing, sources.BadAnswer, "the answer is damaged: check the proxy before the server", err)
	}
	return answer, api.NotAnAPI(doing, promapi.Odd(body), err)
}

// alertsAnswer is data of /api/v1/alerts. Thanos answers null without alerts.
type alertsAnswer struct {
	Alerts []struct {
		Labels      promapi.Texts `json:"labels"`
		Annotations promapi.Texts `json:"annotations"`
		State       string        `json:"state"`
		ActiveAt    string        `json:"activeAt"`
		Value       string        `json:"value"`
	} `json:"alerts"`
}

// alerts are the firing and pending ones, and no others that a compatible
// server may list.
func (a alertsAnswer) alerts(source string) []sources.Alert {
	alerts := make([]sources.Alert, 0, len(a.Alerts))
	for _, one := range a.Alerts {
		state := sources.AlertState(one.State)
		if state != sources.AlertFiring && state != sources.AlertPending {
			continue
		}
		alerts = append(alerts, sources.Alert{
			Source:      source,
			Labels:      one.Labels,
			Annotations: one.Annotations,
			State:       state,
			ActiveSince: moment(one.ActiveAt),
			Value:       one.Value,
		})
	}
	return alerts
}

// moment reads a time. One that can't be read is left out: it is no reason to
// hide an alert.
func moment(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// configAnswer is data of /api/v1/status/config.
type configAnswer struct {
	YAML string `json:"yaml"`
}

// externalLabels reads them out of a Prometheus's configuration. That may be
// megabytes of scrape configurations, so only the part that matters is parsed
// where it can be told apart.
func externalLabels(configuration string) (map[string]string, error) {
	if part, ok := globalPart(configuration); ok {
		if labels, err := parseLabels(part); err == nil {
			return labels, nil
		}
	}
	return parseLabels(configuration)
}

// globalPart is the lines of the key global in block style, as Prometheus
// writes it.
func globalPart(configuration string) (string, bool) {
	const key = "global:"
	from := 0
	if !strings.HasPrefix(configuration, key) {
		if from = strings.Index(configuration, "\n"+key) + 1; from == 0 {
			return "", false
		}
	}
	for to := from; ; {
		end := strings.IndexByte(configuration[to:], '\n')
		if end < 0 {
			return configuration[from:], true
		}
		to += end + 1
		if to < len(configuration) && !strings.ContainsRune(" #\n\r", rune(configuration[to])) {
			return configuration[from:to], true
		}
	}
}

func parseLabels(configuration string) (map[string]string, error) {
	var written struct {
		Global struct {
			ExternalLabels map[string]string `yaml:"external_labels"`
		} `yaml:"global"`
	}
	if err := yaml.Unmarshal([]byte(configuration), &written); err != nil {
		return nil, fmt.Errorf("reading Prometheus's configuration: %w", err)
	}
	return written.Global.ExternalLabels, nil
}
