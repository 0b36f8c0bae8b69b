package alertmanager

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"firstline/internal/realservers"
	"firstline/sources"
)

// versions are the Alertmanagers that must work.
var versions = realservers.Alertmanagers()

// twoRoutes routes critical alerts to two receivers, and lets one alert inhibit
// another.
const twoRoutes = `
route:
  receiver: tickets
  group_by: [alertname, service]
  group_wait: 1s
  routes:
    - {matchers: ['severity="critical"'], receiver: pager, continue: true}
    - {matchers: ['severity=~"critical|warning"'], receiver: chat, group_by: [service]}
inhibit_rules:
  - {source_matchers: ['alertname="NodeDown"'], target_matchers: ['alertname="PodDown"'], equal: [cluster]}
receivers: [{name: tickets}, {name: pager}, {name: chat}]
`

func TestRealAlertmanager(t *testing.T) {
	t.Parallel()
	for name, binary := range versions {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := realservers.StartAlertmanager(t, realservers.Options{Binary: binary(t), Config: twoRoutes})
			c := client(t, s.URL)
			labels := map[string]string{"alertname": "InvoicesStuck", "cluster": "dev", "severity": "critical", "service": "billing"}
			s.PostAlerts(
				t,
				realservers.Alert{Labels: labels, Annotations: map[string]string{"summary": "größer"}, GeneratorURL: "http://prometheus.example.com/graph"},
				realservers.Alert{Labels: map[string]string{"alertname": "NodeDown", "cluster": "dev", "severity": "critical"}},
				realservers.Alert{Labels: map[string]string{"alertname": "PodDown", "cluster": "dev", "severity": "warning"}},
			)
			data := until(t, c, "the alerts and who inhibits whom", func(data sources.Data) bool {
				return len(data.Alerts) == 3 && find(data, "PodDown").State == sources.AlertInhibited
			})
			stuck := find(data, "InvoicesStuck")
			set := model.LabelSet{}
			for name, value := range labels {
				set[model.LabelName(name)] = model.LabelValue(value)
			}
			if stuck.State != sources.AlertFiring || stuck.Fingerprint != set.Fingerprint().String() || stuck.ActiveSince.IsZero() ||
				stuck.GeneratorURL != "http://prometheus.example.com/graph" || stuck.Annotations["summary"] != "größer" {
				t.Errorf("%+v", stuck)
			}
			slices.Sort(stuck.Receivers)
			if !slices.Equal(stuck.Receivers, []string{"chat", "pager"}) {
				t.Errorf("receivers %q", stuck.Receivers)
			}
			if len(data.Groups) != 4 || !strings.Contains(data.Routing, "receiver: tickets") || len(data.Warnings) > 0 {
				t.Errorf("%d groups, routing %q, warnings %q", len(data.Groups), data.Routing, data.Warnings)
			}
			silenceOne(t, c)
		})
	}
}

func find(data sources.Data, alertname string) *sources.Alert {
	for _, a := range data.Alerts {
		if a.Name() == alertname {
			return a
		}
	}
	return &sources.Alert{}
}

// until reads until the condition holds.
func until(t *testing.T, c *Client, what string, condition func(sources.Data) bool) sources.Data {
	t.Helper()
	var data sources.Data
	realservers.Eventually(t, what, func() bool {
		var err error
		if data, err = c.Read(t.Context(), none); err != nil {
			t.Fatal(err)
		}
		return condition(data)
	})
	return data
}

// silenceOne creates a silence for InvoicesStuck, changes and ends it.
func silenceOne(t *testing.T, c *Client) {
	t.Helper()
	ctx := t.Context()
	now := time.Now()
	s := sources.Silence{
		Matchers: []sources.Matcher{
			{Name: "service", Value: "billing", Equal: true},
			{Name: "severity", Value: "info|none", Regex: true},
			{Name: "team", Value: "other"},
		},
		StartsAt: now, EndsAt: now.Add(time.Hour), CreatedBy: "ann@example.com", Comment: "ACK! looking “here”",
	}
	id, err := c.CreateSilence(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Silence(ctx, id)
	if err != nil || got.ID != id || got.State != "active" || got.Comment != s.Comment || got.CreatedBy != s.CreatedBy ||
		got.EndsAt.Sub(s.EndsAt).Abs() > time.Second || !slices.Equal(got.Matchers, s.Matchers) {
		t.Errorf("read back: %+v, %v", got, err)
	}
	data := until(t, c, "the silenced alert", func(data sources.Data) bool {
		return find(data, "InvoicesStuck").State == sources.AlertSilenced
	})
	if by := find(data, "InvoicesStuck").SilencedBy; !slices.Equal(by, []string{id}) || len(data.Silences) != 1 {
		t.Errorf("silenced by %q of %+v", by, data.Silences)
	}

	longer := got
	longer.EndsAt = longer.EndsAt.Add(time.Hour)
	if same, err := c.CreateSilence(ctx, longer); err != nil || same != id {
		t.Errorf("a later end: %q, %v, want the same id", same, err)
	}
	if got, err := c.Silence(ctx, id); err != nil || !got.EndsAt.Equal(longer.EndsAt) {
		t.Errorf("the later end: %v, %v, want %v", got.EndsAt, err, longer.EndsAt)
	}
	other := longer
	other.Matchers = other.Matchers[:1]
	otherID, err := c.CreateSilence(ctx, other)
	if err != nil || otherID == id {
		t.Errorf("other matchers: %q, %v, want another id", otherID, err)
	}
	if old, err := c.Silence(ctx, id); err != nil || old.State != "expired" {
		t.Errorf("the replaced one: %+v, %v", old, err)
	}

	for range 2 { // the second time it has already ended
		if err := c.ExpireSilence(ctx, otherID); err != nil {
			t.Errorf("ending: %v", err)
		}
	}
	data = until(t, c, "the alert firing again", func(data sources.Data) bool {
		return find(data, "InvoicesStuck").State == sources.AlertFiring
	})
	if len(data.Silences) != 0 {
		t.Errorf("ended silences are listed: %+v", data.Silences)
	}

	const nowhere = "11111111-1111-4111-8111-111111111111"
	if err := c.ExpireSilence(ctx, nowhere); sources.ReasonOf(err) != sources.NotFound {
		t.Errorf("ending an unknown one: %v", err)
	}
	if _, err := c.Silence(ctx, "not-a-uuid"); sources.ReasonOf(err) != sources.NotFound {
		t.Errorf("reading what is no id: %v", err)
	}
	unknown := s
	unknown.ID = nowhere
	if _, err := c.CreateSilence(ctx, unknown); sources.ReasonOf(err) != sources.NotFound {
		t.Errorf("changing an unknown one: %v", err)
	}
	for name, change := range map[string]func(*sources.Silence){
		"start time must be before end time": func(s *sources.Silence) { s.EndsAt = s.StartsAt.Add(-time.Hour) },
		"regular expression": func(s *sources.Silence) {
			s.Matchers = []sources.Matcher{{Name: "a", Value: "(", Regex: true, Equal: true}}
		},
		"must not match the empty string": func(s *sources.Silence) {
			s.Matchers = []sources.Matcher{{Name: "a", Value: ".*", Regex: true, Equal: true}}
		},
	} {
		bad := s
		change(&bad)
		if _, err := c.CreateSilence(ctx, bad); sources.ReasonOf(err) != sources.Rejected || !strings.Contains(sources.Sentence(err), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A Prometheus under [[alertmanager]] is detected.
func TestRealPrometheusIsRefused(t *testing.T) {
	t.Parallel()
	s := realservers.StartPrometheus(t, realservers.Options{})
	_, err := client(t, s.URL).Read(t.Context(), none)
	if sources.ReasonOf(err) != sources.NotAnAPI || !strings.Contains(sources.Sentence(err), "check url under [[alertmanager]]") {
		t.Errorf("%v", err)
	}
}

// The whole path: Prometheus's rules, sent with external labels to both
// versions.
func TestRealPrometheusToAlertmanager(t *testing.T) {
	t.Parallel()
	var urls []string
	var clients []*Client
	for _, binary := range map[string]func(testing.TB) string{"0.25": versions["0.25"], "new": versions["new"]} {
		s := realservers.StartAlertmanager(t, realservers.Options{Binary: binary(t)})
		urls = append(urls, s.URL)
		clients = append(clients, client(t, s.URL))
	}
	realservers.StartPrometheus(t, realservers.Options{AlertmanagerURLs: urls})
	for _, c := range clients {
		data := until(t, c, "all four alerts", func(data sources.Data) bool { return len(data.Alerts) == 4 })
		a := find(data, "SearchLatencyHigh")
		if a.Labels["cluster"] != "dev" || a.Labels["replica"] != "" || !slices.Equal(a.Receivers, []string{"pd-default"}) {
			t.Errorf("%+v", a)
		}
		pods := 0
		for _, g := range data.Groups {
			if g.Labels["alertname"] == "PodCrashLooping" {
				pods = len(g.Fingerprints)
			}
		}
		if pods != 2 {
			t.Errorf("%d alerts in the group of PodCrashLooping: %+v", pods, data.Groups)
		}
	}
}
