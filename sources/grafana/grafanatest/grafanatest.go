// Package grafanatest has a stand-in for Grafana's alerting: the answers of its rules
// and of the Alertmanager in it, as its source code makes them.
package grafanatest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/common/model"
)

// Token is the only token of a service account that the stand-in accepts.
const Token = "glsa_stand-in"

// Secret is in the settings of a contact point, as Grafana shows them to an admin.
const Secret = "integration-key-of-grafana"

// Alert is an instance of a rule.
type Alert struct {
	Rule, UID string
	// State is Grafana's word, such as "Alerting", "Normal" or "NoData".
	State  string
	Labels map[string]string
}

// Grafana is a stand-in. It is safe for concurrent use.
type Grafana struct {
	// URL is the address, which ends in the path where Grafana is served.
	URL string

	mu       sync.Mutex
	began    time.Time
	alerts   []Alert
	silences []map[string]any
	asked    []string
}

// New starts a stand-in with these alerts, under a path such as "/grafana".
func New(path string, began time.Time, alerts ...Alert) (*Grafana, func()) {
	g := &Grafana{began: began, alerts: alerts}
	mux := http.NewServeMux()
	prometheus, alertmanager := path+"/api/prometheus/grafana/api/v1", path+"/api/alertmanager/grafana/api/v2"
	mux.HandleFunc("GET "+prometheus+"/alerts", g.ruleAlerts)
	mux.HandleFunc("GET "+prometheus+"/rules", g.rules)
	mux.HandleFunc("GET "+alertmanager+"/alerts/groups", g.groups)
	mux.HandleFunc("GET "+alertmanager+"/status", g.status)
	mux.HandleFunc("GET "+alertmanager+"/silences", g.listSilences)
	mux.HandleFunc("POST "+alertmanager+"/silences", g.silence)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusNotFound, map[string]any{"message": "Not found"})
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		g.asked = append(g.asked, r.Method+" "+r.URL.RequestURI())
		g.mu.Unlock()
		if r.Header.Get("Authorization") != "Bearer "+Token {
			answer(w, http.StatusUnauthorized, map[string]any{"message": "Invalid API key", "messageId": "api-key.invalid", "statusCode": 401, "traceID": ""})
			return
		}
		mux.ServeHTTP(w, r)
	}))
	g.URL = server.URL + path
	return g, server.Close
}

// Asked are the requests so far.
func (g *Grafana) Asked() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.asked)
}

func answer(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body)
}

// labels are those of the alert in the state of its rule.
func (a Alert) labels() map[string]string {
	set := maps.Clone(a.Labels)
	set["alertname"], set["grafana_folder"] = a.Rule, "infra"
	set["__alert_rule_uid__"], set["__alert_rule_namespace_uid__"] = a.UID, "folder-1"
	return set
}

// Sent are the labels of the alert in the Alertmanager.
func (a Alert) Sent() map[string]string {
	set := a.labels()
	switch a.State {
	case "NoData":
		set["rulename"], set["alertname"] = a.Rule, "DatasourceNoData"
	case "Error":
		set["rulename"], set["alertname"] = a.Rule, "DatasourceError"
	}
	return set
}

// firing: the alert is in the Alertmanager.
func (a Alert) firing() bool {
	word, _, _ := strings.Cut(a.State, " ")
	return slices.Contains([]string{"Alerting", "NoData", "Error", "Recovering"}, word)
}

func (g *Grafana) ruleAlerts(w http.ResponseWriter, r *http.Request) {
	all := []any{}
	for _, a := range g.alerts {
		all = append(all, map[string]any{
			"labels": shown(a.labels(), r), "annotations": map[string]string{"summary": "the summary of " + a.Rule},
			"state": a.State, "activeAt": g.began, "value": "B: 1.5e+01, C: 1e+00",
		})
	}
	answer(w, http.StatusOK, map[string]any{"status": "success", "data": map[string]any{"alerts": all}})
}

// shown are the labels with or without those of Grafana's own.
func shown(labels map[string]string, r *http.Request) map[string]string {
	if r.URL.Query().Get("includeInternalLabels") != "true" {
		maps.DeleteFunc(labels, func(name, _ string) bool { return strings.HasPrefix(name, "__") })
	}
	return labels
}

func (g *Grafana) rules(w http.ResponseWriter, r *http.Request) {
	all := []any{}
	for _, a := range g.alerts {
		state, health := "inactive", "ok"
		switch {
		case a.State == "Pending":
			state = "pending"
		case a.State == "NoData":
			health = "nodata"
		case a.State == "Error":
			health = "error"
		case a.firing():
			state = "firing"
		}
		own := map[string]string{"__alert_rule_uid__": a.UID, "severity": a.Labels["severity"]}
		all = append(all, map[string]any{
			"state": state, "name": a.Rule, "query": "select 1", "duration": 60.0, "labels": shown(own, r),
			"health": health, "type": "alerting", "lastEvaluation": g.began, "evaluationTime": 0.1,
			"folderUid": "folder-1", "uid": a.UID,
		})
	}
	answer(w, http.StatusOK, map[string]any{"status": "success", "data": map[string]any{
		"groups": []any{map[string]any{"name": "every minute", "file": "infra", "rules": all, "interval": 60.0, "lastEvaluation": g.began}},
		"totals": map[string]int{"firing": 1},
	}})
}

// grouping are the labels of the only route.
var grouping = []string{"alertname", "grafana_folder"}

// GroupKey is the key of the notification group of an alert with these labels.
func GroupKey(labels map[string]string) string {
	set := model.LabelSet{}
	for _, name := range grouping {
		set[model.LabelName(name)] = model.LabelValue(labels[name])
	}
	return "{}/{severity=\"critical\"}:" + set.String()
}

// DedupKey is what the contact point sends to PagerDuty for the group of an alert.
func DedupKey(labels map[string]string) string {
	sum := sha256.Sum256([]byte(GroupKey(labels)))
	return hex.EncodeToString(sum[:])
}

// FiringText is the text "firing" in the details of the event of an alert.
func FiringText(a Alert) string {
	sent := a.Sent()
	maps.DeleteFunc(sent, func(name, _ string) bool { return strings.HasPrefix(name, "__") })
	var b strings.Builder
	b.WriteString("\nValue: B=15, C=1\nLabels:\n - alertname = " + sent["alertname"] + "\n")
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		if name != "alertname" {
			fmt.Fprintf(&b, " - %s = %s\n", name, sent[name])
		}
	}
	b.WriteString("Annotations:\n - summary = the summary of " + a.Rule + "\n")
	b.WriteString("Source: https://grafana.example.com/alerting/grafana/" + a.UID + "/view\n")
	b.WriteString("Silence: https://grafana.example.com/alerting/silence/new?alertmanager=grafana\n")
	b.WriteString("Dashboard: https://grafana.example.com/d/disks\nPanel: https://grafana.example.com/d/disks?viewPanel=2\n")
	return b.String()
}

func (g *Grafana) groups(w http.ResponseWriter, _ *http.Request) {
	all := []any{}
	for _, a := range g.alerts {
		if !a.firing() {
			continue
		}
		sent, set, group := a.Sent(), model.LabelSet{}, map[string]string{}
		for name, value := range sent {
			set[model.LabelName(name)] = model.LabelValue(value)
		}
		for _, name := range grouping {
			group[name] = sent[name]
		}
		receiver := map[string]any{"name": "pagerduty", "active": true, "integrations": []any{}}
		all = append(all, map[string]any{"labels": group, "receiver": receiver, "alerts": []any{map[string]any{
			"labels":      sent,
			"annotations": map[string]string{"summary": "the summary of " + a.Rule, "__orgId__": "1", "__values__": `{"B":15}`},
			"startsAt":    g.began, "updatedAt": g.began, "endsAt": g.began.Add(time.Hour), "fingerprint": set.Fingerprint().String(),
			"generatorURL": "https://grafana.example.com/alerting/grafana/" + a.UID + "/view",
			"receivers":    []any{map[string]any{"name": "pagerduty", "active": nil, "integrations": nil}},
			"status":       map[string]any{"state": "active", "silencedBy": []string{}, "inhibitedBy": []string{}},
		}}})
	}
	answer(w, http.StatusOK, all)
}

func (g *Grafana) status(w http.ResponseWriter, _ *http.Request) {
	answer(w, http.StatusOK, map[string]any{
		"cluster": map[string]any{"name": "", "peers": []any{}, "status": "disabled"},
		"config": map[string]any{
			"route": map[string]any{
				"receiver": "grafana-default-email", "group_by": grouping,
				"routes": []any{map[string]any{"receiver": "pagerduty", "object_matchers": [][]string{{"severity", "=", "critical"}}}},
			},
			"receivers": []any{
				map[string]any{"name": "grafana-default-email", "grafana_managed_receiver_configs": []any{map[string]any{"uid": "", "name": "email receiver", "type": "email", "settings": map[string]any{"addresses": "<example@email.com>"}}}},
				map[string]any{"name": "pagerduty", "grafana_managed_receiver_configs": []any{map[string]any{"uid": "p", "name": "pagerduty", "type": "pagerduty", "settings": map[string]any{"integrationKey": Secret}}}},
			},
			"templates": nil,
		},
		"uptime":      g.began.Add(-time.Hour),
		"versionInfo": map[string]any{"branch": "N/A", "buildDate": "N/A", "buildUser": "N/A", "goVersion": "N/A", "revision": "N/A", "version": "N/A"},
	})
}

func (g *Grafana) listSilences(w http.ResponseWriter, _ *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	answer(w, http.StatusOK, append([]map[string]any{}, g.silences...))
}

func (g *Grafana) silence(w http.ResponseWriter, r *http.Request) {
	var s map[string]any
	if err := json.NewDecoder(r.Body).Decode(&s); err != nil {
		answer(w, http.StatusBadRequest, map[string]any{"message": "bad request data"})
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", len(g.silences))
	s["id"], s["status"], s["updatedAt"] = id, map[string]any{"state": "active"}, g.began
	g.silences = append(g.silences, s)
	answer(w, http.StatusAccepted, map[string]any{"id": id, "message": "silence created", "silenceID": id})
}
