package runbooks

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseRules(t *testing.T) {
	rules, err := ParseRules([]byte(`
groups:
- name: a
  labels: {team: payments, severity: info}
  rules:
  - record: x
    expr: y
  - alert: One
    expr: sum by (pod) (up) == 0
    for: 5m
    labels: {severity: critical}
    annotations: {runbook_url: https://example.com/one.md}
---
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
spec:
  groups:
  - rules: [{alert: Two, expr: 1}]
---
kind: List
items:
- spec: {groups: [{rules: [{alert: Three, expr: vector(1)}]}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	var got string
	for _, r := range rules {
		got += fmt.Sprintln(r.Name, r.Labels, r.Annotations, r.Expression)
	}
	want := "One map[severity:critical team:payments] map[runbook_url:https://example.com/one.md] sum by (pod) (up) == 0\nTwo map[] map[] 1\nThree map[] map[] vector(1)\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, bad := range []string{"groups: 5", "{", "a: b: c", "groups: [{rules: [{alert: [1]}]}]"} {
		if _, err := ParseRules([]byte(bad)); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func FuzzParseRules(f *testing.F) {
	f.Add([]byte("groups: [{rules: [{alert: A, expr: b, labels: {a: b}}]}]"))
	f.Add([]byte("spec: {groups: []}\n---\nitems: [{groups: []}]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		rules, err := ParseRules(data)
		if err != nil && len(rules) > 0 {
			t.Error("rules and an error")
		}
		for _, r := range rules {
			if r.Name == "" {
				t.Errorf("a rule without a name: %+v", r)
			}
		}
	})
}
