package prometheus

import (
	"fmt"
	"strings"
	"testing"

	"firstline/sources"
)

// What is as it was in the answer before is the same object.
func TestWhatStaysIsTheSame(t *testing.T) {
	one := func(name, value string) string {
		return fmt.Sprintf(`{"labels":{"alertname":%q},"annotations":{"summary":"s"},"state":"firing","activeAt":"2026-11-25T23:00:00Z","value":%q}`, name, value)
	}
	s := recorded()
	c := start(t, s)
	read := func(alerts ...string) sources.Data {
		t.Helper()
		s.set("/api/v1/alerts", 200, `{"status":"success","data":{"alerts":[`+strings.Join(alerts, ",")+`]}}`)
		data, err := c.Read(t.Context(), none)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	first := read(one("A", "1"), one("B", "1"), one("C", "1"))
	if got := read(one("A", "1"), one("B", "1"), one("C", "1")); !sources.SameList(got.Alerts, first.Alerts) || got.Moved != first.Moved {
		t.Error("the same answer is another")
	}
	got := read(one("C", "1"), one("A", "2e+00"), one("B", "1")) // Prometheus gives those of a rule in any order
	if !sources.SameList(got.Alerts, first.Alerts) || got.Moved != first.Moved+1 {
		t.Errorf("another value makes another list, or %d moved", got.Moved-first.Moved)
	}
	if first.Alerts[0].Value.String() != "2e+00" || first.Alerts[1].Value.String() != "1" {
		t.Errorf("the values are %s and %s", first.Alerts[0].Value, first.Alerts[1].Value)
	}
	s.set("/api/v1/alerts", 200, `{"status":"success","data":{"alerts":[`+one("A", "3")+`,`)
	if _, err := c.Read(t.Context(), none); err == nil || first.Alerts[0].Value.String() != "2e+00" {
		t.Errorf("an answer that is damaged counts: %s, %v", first.Alerts[0].Value, err)
	}
	got = read(one("D", "1"), one("C", "1"), one("A", "4"), one("A", "4"))
	if len(got.Alerts) != 4 || got.Alerts[0] != first.Alerts[0] || got.Alerts[1] != first.Alerts[2] || got.Alerts[2].Name() != "D" || got.Alerts[3] != first.Alerts[0] {
		t.Errorf("an alert that stays is another, or in another place: %v", got.Alerts)
	}
	if again := read(one("A", "4"), one("A", "4"), one("C", "1"), one("D", "1")); !sources.SameList(again.Alerts, got.Alerts) {
		t.Error("the same answer is another")
	}
	if again := read(one("A", "4"), one("C", "1"), one("C", "1"), one("D", "1")); sources.SameList(again.Alerts, got.Alerts) || len(again.Alerts) != 4 {
		t.Error("another one twice is the same answer")
	}
	if none := read(); len(none.Alerts) != 0 {
		t.Errorf("%v are left", none.Alerts)
	}
	if back := read(one("A", "5")); back.Alerts[0] == first.Alerts[0] || back.Alerts[0].Value.String() != "5" {
		t.Error("what was gone is the same")
	}
}

// An alert stays the same when the rules are read again, unless its link changes.
func TestAlertsStayWithTheirRules(t *testing.T) {
	rules := func(query, at string) string {
		return `{"status":"success","data":{"groups":[{"name":"g","rules":[{"type":"alerting","name":"A","query":"` + query + `","health":"ok","lastEvaluation":"` + at + `"}]}]}}`
	}
	s := recorded().set("/api/v1/alerts", 200, `{"status":"success","data":{"alerts":[{"labels":{"alertname":"A"},"state":"firing"}]}}`).
		set("/api/v1/rules", 200, rules("up == 0", "2026-11-25T23:00:00Z"))
	c := start(t, s)
	read := func(query, at string) sources.Data {
		t.Helper()
		s.set("/api/v1/rules", 200, rules(query, at))
		c.rules.due = c.rules.due.AddDate(-1, 0, 0)
		data, err := c.Read(t.Context(), none)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	first := read("up == 0", "2026-11-25T23:00:00Z")
	if again := read("up == 0", "2026-11-25T23:01:00Z"); !sources.SameList(again.Alerts, first.Alerts) || again.Rules[0].LastEvaluation.Equal(first.Rules[0].LastEvaluation) {
		t.Error("another evaluation makes another list of alerts")
	}
	changed := read("up == 1", "2026-11-25T23:02:00Z")
	if changed.Alerts[0] == first.Alerts[0] || changed.Alerts[0].GeneratorURL == first.Alerts[0].GeneratorURL {
		t.Errorf("the link stays %s", changed.Alerts[0].GeneratorURL)
	}
	if first.Alerts[0].GeneratorURL != c.api.Base()+"/graph?g0.expr=up+%3D%3D+0&g0.tab=1" {
		t.Errorf("what was passed on was changed: %s", first.Alerts[0].GeneratorURL)
	}
}
