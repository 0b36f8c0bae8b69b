package realservers_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"firstline/internal/realservers"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func get(t *testing.T, url string) string {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestAlertmanagers(t *testing.T) {
	for name, binary := range realservers.Alertmanagers() {
		t.Run(name, func(t *testing.T) {
			s := realservers.StartAlertmanager(t, realservers.Options{Binary: binary(t), PagerDutyURL: "http://127.0.0.1:18080/"})
			if status := get(t, s.URL+"/api/v2/status"); !strings.Contains(status, "http://127.0.0.1:18080/v2/enqueue") {
				t.Errorf("the PagerDuty URL did not reach the configuration: %s", status)
			}
			s.PostAlerts(t, realservers.Alert{Labels: map[string]string{"alertname": "Posted"}})
			realservers.Eventually(t, "the posted alert", func() bool {
				return strings.Contains(get(t, s.URL+"/api/v2/alerts/groups"), `"Posted"`)
			})
			s.Stop()
			s.Stop()
			if _, err := http.Get(s.URL); err == nil {
				t.Error("it answers after Stop")
			}
		})
	}
}

func TestCluster(t *testing.T) {
	for name, binary := range realservers.Alertmanagers() {
		t.Run(name, func(t *testing.T) {
			members := realservers.StartCluster(t, realservers.Options{Binary: binary(t)}, 2)
			if members[0].URL == members[1].URL {
				t.Errorf("both members are at %s", members[0].URL)
			}
		})
	}
}

func TestPrometheus(t *testing.T) {
	am := realservers.StartAlertmanager(t, realservers.Options{})
	s := realservers.StartPrometheus(t, realservers.Options{
		AlertmanagerURLs: []string{am.URL},
		ExternalLabels:   map[string]string{"cluster": "test", "replica": "b"},
	})
	if config := get(t, s.URL+"/api/v1/status/config"); !strings.Contains(config, "replica: b") {
		t.Errorf("the external labels did not reach the configuration: %s", config)
	}
	realservers.Eventually(t, "the alert in Alertmanager", func() bool {
		return strings.Contains(get(t, am.URL+"/api/v2/alerts"), `"CheckoutErrorRateHigh"`)
	})
	if alerts := get(t, am.URL+"/api/v2/alerts"); !strings.Contains(alerts, `"cluster":"test"`) || strings.Contains(alerts, "replica") {
		t.Errorf("relabelling: %s", alerts)
	}
	s.ReplaceRules(t, "groups: [{name: other, rules: [{alert: Replaced, expr: vector(1)}]}]")
	realservers.Eventually(t, "the replaced rules", func() bool {
		return strings.Contains(get(t, s.URL+"/api/v1/rules"), `"Replaced"`)
	})
}
