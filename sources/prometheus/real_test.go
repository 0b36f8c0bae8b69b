package prometheus

import (
	"strings"
	"testing"

	"firstline/internal/realservers"
	"firstline/sources"
)

// rules that fire, are pending and fail.
const oddRules = `
groups:
  - name: odd
    interval: 1s
    rules:
      - alert: Fires
        expr: vector(1)
        labels: {severity: critical}
      - alert: Waits
        expr: vector(1)
        for: 1h
      - alert: Doubled
        expr: label_replace(vector(1),"pod","a","","") or label_replace(vector(2),"pod","b","","")
        labels: {pod: same}
      - record: job:up
        expr: vector(1)
`

func TestReadRealPrometheus(t *testing.T) {
	t.Parallel()
	s := realservers.StartPrometheus(t, realservers.Options{Rules: oddRules, ExternalLabels: map[string]string{"cluster": "test"}})
	c := client(t, s.URL)
	var data sources.Data
	realservers.Eventually(t, "alerts firing and pending", func() bool {
		var err error
		if data, err = c.Read(t.Context(), none); err != nil {
			t.Fatal(err)
		}
		return len(data.Alerts) == 2
	})
	states := map[string]*sources.Alert{}
	for _, a := range data.Alerts {
		states[a.Name()] = a
	}
	if a := states["Fires"]; a.State != sources.AlertFiring || a.Value.String() != "1e+00" || a.Labels["severity"] != "critical" || a.ActiveSince.IsZero() ||
		a.GeneratorURL != s.URL+"/graph?g0.expr=vector%281%29&g0.tab=1" {
		t.Errorf("%+v", a)
	}
	if a := states["Waits"]; a.State != sources.AlertPending {
		t.Errorf("%+v", a)
	}
	if data.ExternalLabels["cluster"] != "test" || len(data.Rules) != 3 || len(data.Warnings) > 0 {
		t.Errorf("%v, %d rules, %q", data.ExternalLabels, len(data.Rules), data.Warnings)
	}
	// The state of the rules may be older than that of the alerts.
	fresh := client(t, s.URL)
	data, err := fresh.Read(t.Context(), none)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range data.Rules {
		if r.Name == "Doubled" && (r.Health != "err" || !strings.Contains(r.LastError, "same labelset")) {
			t.Errorf("%+v", r)
		}
	}
	s.Stop()
	if _, err := c.Read(t.Context(), none); sources.ReasonOf(err) != sources.Unreachable || !strings.Contains(sources.Sentence(err), "refuses connections") {
		t.Errorf("after its end: %v", err)
	}
}

// An Alertmanager under [[prometheus]] is detected, whatever its version.
func TestReadRealAlertmanager(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		binary func(testing.TB) string
		want   string
	}{
		"0.25": {func(testing.TB) string { return "" }, "answered as an Alertmanager does"},
		"new":  {realservers.NewAlertmanager, "list it under [[alertmanager]]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := realservers.StartAlertmanager(t, realservers.Options{Binary: c.binary(t)})
			_, err := client(t, s.URL).Read(t.Context(), none)
			if sources.ReasonOf(err) != sources.NotAnAPI || !strings.Contains(sources.Sentence(err), c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

// A real rule whose condition is over holds its alert firing, and reports since
// when.
func TestKeepFiringReally(t *testing.T) {
	t.Parallel()
	rules := func(expression string) string {
		return "groups: [{name: g, interval: 1s, rules: [{alert: Kept, expr: '" + expression + "', keep_firing_for: 1h}]}]"
	}
	s := realservers.StartPrometheus(t, realservers.Options{Rules: rules("vector(1)")})
	c := client(t, s.URL)
	held := func(over bool) func() bool {
		return func() bool {
			data, err := c.Read(t.Context(), none)
			if err != nil {
				t.Fatal(err)
			}
			return len(data.Alerts) == 1 && data.Alerts[0].State == sources.AlertFiring && data.Alerts[0].KeepFiringSince.IsZero() != over
		}
	}
	realservers.Eventually(t, "the alert whose condition holds", held(false))
	s.ReplaceRules(t, rules("vector(1) > 2"))
	realservers.Eventually(t, "the alert whose condition is over", held(true))
}
