package grafana

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/config"
	"go.uber.org/goleak"

	"firstline/internal/events"
	"firstline/internal/labelset"
	"firstline/internal/routing"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/sources/grafana/grafanatest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var began = time.Now().Add(-10 * time.Minute).UTC().Truncate(time.Second)

var (
	diskFull = grafanatest.Alert{Rule: "DiskFull", UID: "r1", State: "Alerting", Labels: map[string]string{"severity": "critical", "service": "checkout", "instance": "db-1"}}
	noData   = grafanatest.Alert{Rule: "QueueDepth", UID: "r2", State: "NoData", Labels: map[string]string{"severity": "critical", "service": "search", "datasource_uid": "d1", "ref_id": "A"}}
	failing  = grafanatest.Alert{Rule: "Latency", UID: "r3", State: "Error", Labels: map[string]string{"severity": "warning", "service": "search"}}
	asAlert  = grafanatest.Alert{Rule: "Errors", UID: "r4", State: "Alerting (NoData)", Labels: map[string]string{"severity": "warning", "service": "search"}}
	normal   = grafanatest.Alert{Rule: "Quiet", UID: "r5", State: "Normal", Labels: map[string]string{"severity": "warning", "service": "search"}}
	gone     = grafanatest.Alert{Rule: "Old", UID: "r6", State: "Normal (MissingSeries)", Labels: map[string]string{"severity": "warning"}}
	pending  = grafanatest.Alert{Rule: "Soon", UID: "r7", State: "Pending", Labels: map[string]string{"severity": "warning", "service": "search"}}
)

// read reads both sources of a stand-in.
func read(t *testing.T, path string, alerts ...grafanatest.Alert) (server *grafanatest.Grafana, all []sources.Snapshot) {
	t.Helper()
	server, stop := grafanatest.New(path, began, alerts...)
	t.Cleanup(stop)
	o := Options{Name: "grafana", URL: server.URL + "/", HTTP: config.HTTPClientConfig{
		Authorization: &config.Authorization{Type: "Bearer", Credentials: grafanatest.Token}, FollowRedirects: true,
	}}
	am, rules, err := New(o, "grafana rules")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(am.CloseIdleConnections)
	t.Cleanup(rules.CloseIdleConnections)
	for _, r := range []sources.Reader{am, rules} {
		data, err := r.Read(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(data.Warnings) > 0 {
			t.Errorf("%s warns %q", r.Source().Name, data.Warnings)
		}
		all = append(all, sources.Snapshot{Source: r.Source(), Revision: 1, Data: data, AsOf: time.Now()})
	}
	return server, all
}

// TestOneRow checks that an alert of a rule is one row with what the Alertmanager has
// of it, whatever the state of the rule.
func TestOneRow(t *testing.T) {
	for _, path := range []string{"", "/grafana"} {
		server, all := read(t, path, diskFull, noData, failing, asAlert, normal, gone, pending)
		found := triage.Join(all, triage.Options{}, time.Now())
		var rows []string
		for _, g := range found {
			for _, a := range g.Alerts {
				rows = append(rows, a.Name()+" "+string(a.State)+" of "+strings.Join(a.Sources, "+"))
			}
		}
		slices.Sort(rows)
		want := []string{
			"DatasourceError firing of grafana+grafana rules", "DatasourceNoData firing of grafana+grafana rules",
			"DiskFull firing of grafana+grafana rules", "Errors firing of grafana+grafana rules", "Soon pending of grafana rules",
		}
		if !slices.Equal(rows, want) {
			t.Errorf("the rows are\n%s\nwant\n%s", strings.Join(rows, "\n"), strings.Join(want, "\n"))
		}
		for _, request := range server.Asked() {
			if !strings.Contains(request, path+"/api/prometheus/grafana/api/v1/") && !strings.Contains(request, path+"/api/alertmanager/grafana/api/v2/") || strings.Contains(request, "status/config") {
				t.Errorf("asked for %s", request)
			}
		}
	}
}

// TestIncident checks that the event of a contact point leads to its alert: by the
// dedup key, and by the labels in its text.
func TestIncident(t *testing.T) {
	_, all := read(t, "", diskFull, noData, failing)
	tree, err := routing.Read(all[0].Data.Routing)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(all[0].Data.Routing, grafanatest.Secret) {
		t.Errorf("the routes hold a secret: %s", all[0].Data.Routing)
	}
	if tree.Integrations["pagerduty"] != 1 || tree.Integrations["grafana-default-email"] != 0 {
		t.Errorf("the integrations with PagerDuty are %v", tree.Integrations)
	}
	for _, a := range []grafanatest.Alert{diskFull, noData} {
		set := a.Sent()
		var keys []string
		for _, r := range tree.Reach(set) {
			group := r.GroupLabels(set)
			for _, key := range r.GroupKeys(group, labelset.Canonical(group)) {
				keys = append(keys, routing.DedupKey(key))
			}
		}
		if !slices.Contains(keys, grafanatest.DedupKey(set)) {
			t.Errorf("%s has the keys %q, want %s", a.Rule, keys, grafanatest.DedupKey(set))
		}
		memory := &events.Memory{}
		memory.Next(labelset.Comparer{})
		d := memory.Read(map[string]any{"firing": grafanatest.FiringText(a) + grafanatest.FiringText(failing), "num_firing": "2"})
		if len(d.Fired) != 2 {
			t.Fatalf("the text has %d alerts: %v", len(d.Fired), d.Fired)
		}
		maps.DeleteFunc(set, func(name, _ string) bool { return strings.HasPrefix(name, "__") })
		if !maps.Equal(d.Fired[0].Labels, set) || d.Fired[0].Annotations["summary"] != "the summary of "+a.Rule {
			t.Errorf("the text is read as %v and %v, want %v", d.Fired[0].Labels, d.Fired[0].Annotations, set)
		}
		if !strings.HasSuffix(d.Fired[0].GeneratorURL, a.UID+"/view") {
			t.Errorf("the link is %s", d.Fired[0].GeneratorURL)
		}
	}
}

func TestRouting(t *testing.T) {
	for name, c := range map[string]struct{ config, fault string }{
		"nothing":        {"", "no routes"},
		"null":           {"null", "no routes"},
		"no route":       {`{"receivers":[]}`, "no routes"},
		"a route: null":  {`{"route":null}`, "no routes"},
		"no object":      {`[]`, "Grafana's routes"},
		"the plain form": {`{"route":{"receiver":"a"},"receivers":[{"name":"a"}]}`, ""},
	} {
		text, err := routesOf([]byte(c.config))
		if c.fault == "" && err == nil {
			_, err = routing.Read(text)
		}
		if (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s: %v, want %q", name, err, c.fault)
		}
	}
	for _, matcher := range []string{`["a","="]`, `["a","~","b"]`, `["a","=~","("]`, `[]`} {
		text, err := routesOf([]byte(`{"route":{"receiver":"a","routes":[{"object_matchers":[` + matcher + `]}]}}`))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := routing.Read(text); err == nil {
			t.Errorf("the matcher %s is taken", matcher)
		}
	}
}

// TestSilence checks that a silence can be made in Grafana's Alertmanager.
func TestSilence(t *testing.T) {
	server, stop := grafanatest.New("", began, diskFull)
	defer stop()
	am, _, err := New(Options{Name: "grafana", URL: server.URL, HTTP: config.HTTPClientConfig{
		Authorization: &config.Authorization{Type: "Bearer", Credentials: grafanatest.Token},
	}}, "grafana rules")
	if err != nil {
		t.Fatal(err)
	}
	defer am.CloseIdleConnections()
	id, err := am.CreateSilence(t.Context(), sources.Silence{
		Matchers: []sources.Matcher{{Name: "alertname", Value: "DiskFull", Equal: true}}, StartsAt: began, EndsAt: began.Add(time.Hour), CreatedBy: "dana", Comment: "ACK!",
	})
	if err != nil {
		t.Fatal(err)
	}
	all, err := am.Silences(t.Context())
	if err != nil || len(all) != 1 || all[0].ID != id || all[0].Comment != "ACK!" {
		t.Errorf("the silences are %v, %v", all, err)
	}
}

func TestBadAddress(t *testing.T) {
	_, _, err := New(Options{Name: "grafana", URL: "ftp://grafana.example.com"}, "grafana rules")
	if err == nil || !strings.Contains(sources.Sentence(err), "[[grafana]]") {
		t.Errorf("an address of another scheme: %v", err)
	}
}
