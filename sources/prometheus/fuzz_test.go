package prometheus

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"testing"

	"firstline/internal/promapi"
	"firstline/internal/promapi/promapitest"
	"firstline/sources"
)

func fuzzClient(f *testing.F) *promapi.Client {
	f.Helper()
	return client(f, "http://prometheus.example.com").api
}

func file(f *testing.F, name string) []byte {
	f.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		f.Fatal(err)
	}
	return b
}

// classified fails the test when err is not classified.
func classified(t *testing.T, err error) {
	t.Helper()
	var e *sources.Error
	if err != nil && (!errors.As(err, &e) || e.Sentence == "" || len(e.Sentence) > 2000) {
		t.Errorf("not classified: %v", err)
	}
}

func FuzzAlerts(f *testing.F) {
	f.Add(file(f, "alerts.json"))
	f.Add([]byte(`{"status":"success","data":{"alerts":null},"warnings":["w"]}`))
	f.Add([]byte(`{"status":"success","data":[]}`))
	f.Add([]byte(`{"status":"error","error":"x"}`))
	f.Add([]byte(`{"status":"success","data":{"alerts":[{"labels":{"a":"\ud800"},"state":"firing","activeAt":"x"}]}}`))
	f.Add([]byte("alertmanager_config: |\n  route: {}\n"))
	f.Add([]byte(`{"status":"success","data":{"alerts":[{"labels":{"a":"b"},"state":"firing","value":"1","Value":"2"},{"labels":{"a":"b"},"state":"firing","value":"3"},7]}}`))
	c := client(f, "http://prometheus.example.com")
	f.Fuzz(func(t *testing.T, body []byte) {
		if promapitest.Ambiguous(body) {
			t.Skip()
		}
		var want envelope[struct {
			Alerts list[alertAnswer] `json:"alerts"`
		}]
		wantErr := json.Unmarshal(body, &want)
		if wantErr == nil && want.Status != "success" {
			wantErr = errors.New(want.Status)
		}
		r := newAlertsReader("prom", 0)
		for range 2 { // the second time nearly all is known
			err := r.read(c.api, "reading alerts", promapi.NewStream(bytes.NewReader(body)))
			classified(t, err)
			if (err == nil) != (wantErr == nil) {
				t.Fatalf("%v, want %v", err, wantErr)
			}
			if err != nil {
				return
			}
			if !r.extent().Read {
				t.Error("the alerts count as not read")
			}
			var active []alertAnswer
			for _, a := range want.Data.Alerts.items {
				if _, is, _ := alertState(a.State); is && labelled(a.Labels.Texts()) {
					active = append(active, a)
				}
			}
			if len(r.list) != len(active) {
				t.Fatalf("%d alerts, want %d", len(r.list), len(active))
			}
			for i, one := range r.list {
				a := one.alert
				if a.State != sources.AlertFiring && a.State != sources.AlertPending {
					t.Errorf("state %q", a.State)
				}
				if !maps.Equal(a.Labels, active[i].Labels.Texts()) || !maps.Equal(a.Annotations, active[i].Annotations.Texts()) || !a.ActiveSince.Equal(moment(active[i].ActiveAt)) {
					t.Errorf("alert %d is %+v, want %+v", i, a, active[i])
				}
			}
		}
	})
}

func FuzzRules(f *testing.F) {
	f.Add(file(f, "rules.json"))
	f.Add([]byte(`{"status":"success","data":{"groups":[{"name":"g","rules":[{"type":"alerting","name":"A","query":"x","duration":1e999}]}]}}`))
	f.Add([]byte(`{"status":"success","data":{"groups":[{"rules":[{"type":"alerting","name":"A","query":"\u0000","duration":-1}]}]}}`))
	api := fuzzClient(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		answer, err := decode[rulesAnswer](api, "reading rules", body)
		classified(t, err)
		list, _ := answer.Data.rules("prom")
		r := newRules(list, "http://prometheus.example.com")
		for _, one := range list {
			if one.For < 0 {
				t.Errorf("for %v", one.For)
			}
			r.link(map[string]string{"alertname": one.Name})
		}
	})
}

func FuzzConfiguration(f *testing.F) {
	f.Add("global:\n  external_labels:\n    cluster: dev\n")
	f.Add("global: {external_labels: {a: &x 1, b: *x}}")
	f.Add("a: &a [*a]")
	f.Add("global: [")
	f.Add("global: {}\nalerting:\n  alert_relabel_configs:\n  - {action: labeldrop, regex: 'replica|instance'}\n  - {target_label: a, replacement: '$1'}\n")
	f.Add("global: {}\nalerting: {alertmanagers: [{alert_relabel_configs: [{action: drop, source_labels: [a], regex: b}]}]}")
	f.Add("alerting: {alert_relabel_configs: [null]}")
	f.Fuzz(func(t *testing.T, configuration string) {
		c, err := readConfiguration(configuration)
		if err != nil && (c.external != nil || c.relabels()) {
			t.Errorf("%+v with an error", c)
		}
		for _, set := range c.sent(map[string]string{"alertname": "X", "instance": "a"}) {
			if set == nil {
				t.Error("a set of labels is nil")
			}
		}
	})
}
