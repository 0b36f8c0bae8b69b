package prometheus

import (
	"encoding/json"
	"errors"
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
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mistyped) && mistyped.Field == "data" && answer.Status == "success" && mistyped.Value == "array":
		return answer, api.NotAnAPI(doing, "answered as an Alertmanager does", err)
	case errors.As(err, &mistyped) && answer.Status == "success":
		return answer, api.Failure(doing, sources.BadAnswer,
			fmt.Sprintf("the field %s of the answer is a %s and can't be understood: please report that with the server's version", short(mistyped.Field), mistyped.Value), err)
	case err != nil && strings.HasPrefix(strings.TrimSpace(string(body[:min(len(body), 64)])), `{"status":`):
		return answer, api.Failure(doing, sources.BadAnswer, "the answer is damaged: check the proxy before the server", err)
	case err != nil:
		return answer, api.NotAnAPI(doing, promapi.Odd(body), err)
	case answer.Status == "error":
		return answer, api.Failure(doing, sources.Rejected, "the server refused it: "+promapi.Message(body), nil)
	case answer.Status != "success":
		return answer, api.NotAnAPI(doing, promapi.Odd(body), nil)
	}
	return answer, nil
}

// short cuts a name from outside to what a sentence bears.
func short(s string) string {
	if len(s) > 60 {
		return "…" + strings.ToValidUTF8(s[len(s)-60:], "")
	}
	return s
}

// alertsAnswer is data of /api/v1/alerts. Thanos answers null without alerts.
type alertsAnswer struct {
	Alerts []struct {
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
		State       string            `json:"state"`
		ActiveAt    string            `json:"activeAt"`
		Value       string            `json:"value"`
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

// externalLabels reads them out of a Prometheus's configuration.
func externalLabels(configuration string) (map[string]string, error) {
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
