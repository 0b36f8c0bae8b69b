package ui

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"firstline/internal/triage"
	"firstline/sources"
)

// sentOf are the details of an incident that was sent with custom details, beside
// alerts that the sources list.
func sentOf(t *testing.T, width int, details any, listed ...triage.Alert) string {
	t.Helper()
	text, _ := detailsOf(t, triage.Group{
		State: triage.Triggered, Alerts: listed,
		Incident: &sources.Incident{AlertsRead: true, Alerts: []sources.IncidentAlert{{ID: "A1", Summary: "[FIRING:2] Down (prod)", Details: details}}},
	}, width)
	return text
}

// sentAlert is an alert as Alertmanager sends it since 0.30.
func sentAlert(pod string) map[string]any {
	return map[string]any{
		"status": "firing", "startsAt": "2026-03-10T11:48:00.08987265Z", "endsAt": "0001-01-01T00:00:00Z", "fingerprint": "f" + pod,
		"labels":       map[string]any{"alertname": "Down", "namespace": "prod", "pod": pod},
		"annotations":  map[string]any{"summary": "all say this"},
		"generatorURL": "https://prometheus.example.com/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
	}
}

const sentText = "Labels:\n - alertname = Down\n - namespace = prod\n - pod = a\nAnnotations:\n - summary = all say this\nSource: https://prometheus.example.com/graph?g0.expr=up+%3D%3D+0\n" +
	"Labels:\n - alertname = Down\n - namespace = prod\n - pod = b\nAnnotations:\n - summary = all say this\nSource: https://prometheus.example.com/graph?g0.expr=up+%3D%3D+0\n"

// Each form in which alerts are sent gives a block for each alert, with what
// differs, and once what all have.
func TestSentAlertsAreBlocks(t *testing.T) {
	for name, details := range map[string]any{
		"array":         map[string]any{"firing": []any{sentAlert("a"), sentAlert("b")}, "num_firing": "2"},
		"text":          map[string]any{"firing": sentText, "num_firing": "2"},
		"text, CRLF":    map[string]any{"firing": strings.ReplaceAll(sentText, "\n", "\r\n"), "num_firing": "2"},
		"text alone":    sentText,
		"webhook":       map[string]any{"alerts": []any{sentAlert("a"), sentAlert("b")}, "num_firing": 2.0},
		"within others": map[string]any{"custom_details": map[string]any{"firing": []any{sentAlert("a"), sentAlert("b")}}},
		"twice":         map[string]any{"firing": []any{sentAlert("a"), sentAlert("b")}, "firing_json": []any{sentAlert("a"), sentAlert("b")}},
	} {
		for _, width := range []int{40, 74, 120} {
			text := sentOf(t, width, details)
			if strings.Count(text, "sent as firing") != 2 {
				t.Errorf("%s, %d cells: two alerts were sent:\n%s", name, width, text)
			}
			for _, want := range []string{"pod=a", "pod=b", "summary     Down (prod)"} {
				if !strings.Contains(text, want) {
					t.Errorf("%s, %d cells: %q is missing:\n%s", name, width, want, text)
				}
			}
			if name == "array" && width > 60 && !strings.Contains(text, "pod=a  sent as firing since 11:48 (11m ago)") {
				t.Errorf("%s: since when is missing:\n%s", name, text)
			}
			for _, once := range []string{"all say this", "namespace=prod", "up == 0"} {
				if n := strings.Count(text, once); n != 1 {
					t.Errorf("%s, %d cells: %q stands %d times in\n%s", name, width, once, n, text)
				}
			}
			for _, not := range []string{"0001", "FIRING", "firing[", "Labels:", "…"} {
				if strings.Contains(text, not) {
					t.Errorf("%s, %d cells: it shows %q:\n%s", name, width, not, text)
				}
			}
		}
	}
}

// Alerts that the sources list are counted and not repeated; the others are shown.
func TestSentAlertsThatAreListed(t *testing.T) {
	details := map[string]any{"firing": []any{sentAlert("a"), sentAlert("b")}}
	a, b := alertWith("eu", "alertname", "Down", "namespace", "prod", "pod", "a"), alertWith("eu", "alertname", "Down", "namespace", "prod", "pod", "b")
	if text := sentOf(t, 74, details, a, b); !strings.Contains(text, "2 alerts, listed above") || strings.Contains(text, "sent as firing") {
		t.Errorf("both are listed:\n%s", text)
	}
	text := sentOf(t, 74, details, a)
	if !strings.Contains(text, "1 of 2 are listed above") || strings.Count(text, "sent as firing") != 1 || !strings.Contains(text, "namespace=prod  pod=b") {
		t.Errorf("one is listed:\n%s", text)
	}
	// A listed alert with one label more is another one.
	c := alertWith("eu", "alertname", "Down", "namespace", "prod", "pod", "a", "zone", "x")
	if text := sentOf(t, 74, details, c); strings.Count(text, "sent as firing") != 2 {
		t.Errorf("none is listed:\n%s", text)
	}
}

// What can't be read as alerts without a loss stays as it was sent.
func TestSentTextsThatAreNoAlertsStay(t *testing.T) {
	for name, details := range map[string]any{
		"text before": map[string]any{"firing": "Look here first\n" + sentText},
		"no pairs":    map[string]any{"firing": "Labels:\nnothing\n" + sentText},
		"other items": map[string]any{"firing": []any{sentAlert("a"), "Look here first"}},
		"resolved":    map[string]any{"firing": []any{map[string]any{"status": "resolved", "labels": map[string]any{"pod": "Look here first"}}, sentAlert("b")}},
	} {
		text := sentOf(t, 74, details)
		if want := "Look here first"; name != "no pairs" && !strings.Contains(text, want) || name == "no pairs" && !strings.Contains(text, "nothing") {
			t.Errorf("%s: something was lost:\n%s", name, text)
		}
	}
}

// Custom details have whole and distinct names, times by the clock and no zero
// times, readable numbers, and short links.
func TestCustomDetailsCanBeRead(t *testing.T) {
	details := map[string]any{
		"a_rather_long_name_of_one": "one", "a_rather_long_name_of_two": "two", "num_resolved": "0", "twelve_cells": "beside",
		"value": "2.9e-01", "bytes": 8.2e9, "id": 1234567890.0, "started": "2026-03-10T11:48:00Z", "ended": "0001-01-01T00:00:00Z", "epoch": "1970-01-01T00:00:00Z",
		"nested": map[string]any{"the_name_within_it_a": "first", "the_name_within_it_b": "second"},
		"graph":  "https://prometheus.example.com/" + strings.Repeat("long/", 40) + "graph?g0.expr=up",
	}
	for _, width := range []int{30, 56, 90} {
		text := sentOf(t, width, details)
		flat := strings.Join(strings.Fields(text), " ")
		for _, want := range []string{
			"a_rather_long_name_of_one one", "a_rather_long_name_of_two two", "num_resolved 0", "twelve_cells beside", "value 0.29", "bytes 8200000000",
			"id 1234567890", "started 11:48 (12m ago)", "nested.the_name_within_it_a first", "nested.the_name_within_it_b second",
		} {
			if !strings.Contains(flat, want) {
				t.Errorf("%d cells: %q is missing:\n%s", width, want, text)
			}
		}
		if strings.Contains(text, "0001") || strings.Contains(text, "1970") || strings.Contains(text, "ended") || strings.Contains(text, "long/long") {
			t.Errorf("%d cells:\n%s", width, text)
		}
	}
}

// Whatever the names: no two of them look the same.
func TestNoTwoNamesAreCutToTheSame(t *testing.T) {
	details := map[string]any{}
	for i := range 30 {
		details[strings.Repeat("x", i)+"_name"] = fmt.Sprintf("value%02d", i)
	}
	text := sentOf(t, 60, details)
	if strings.Contains(text, "…") {
		t.Errorf("a name is cut:\n%s", text)
	}
	if n := len(regexp.MustCompile(`\bvalue\d\d\b`).FindAllString(text, -1)); n != 30 {
		t.Errorf("%d of 30 values are shown:\n%s", n, text)
	}
}
