package alertmanager

import (
	"fmt"
	"strings"
	"testing"

	"firstline/sources"
)

// What is as it was in the answer before is the same object, also when it was sent
// again.
func TestWhatStaysIsTheSame(t *testing.T) {
	one := func(name, at string) string {
		return fmt.Sprintf(`{"fingerprint":%q,"labels":{"alertname":%q},"annotations":{"summary":"s"},"updatedAt":%q,"endsAt":%q,"startsAt":"2026-11-25T23:00:00Z","receivers":[{"name":"r"}],"status":{"state":"active"}}`, name, name, at, at)
	}
	group := func(name string, alerts ...string) string {
		return fmt.Sprintf(`{"alerts":[%s],"labels":{"g":%q},"receiver":{"name":"r"}}`, strings.Join(alerts, ","), name)
	}
	a := recorded(t, "0.31")
	c := start(t, a)
	read := func(groups ...string) sources.Data {
		t.Helper()
		a["/api/v2/alerts/groups"] = answer{body: "[" + strings.Join(groups, ",") + "]"}
		data, err := c.Read(t.Context(), none)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	same := func(x, y sources.Data) bool {
		return sources.SameList(x.Alerts, y.Alerts) && sources.SameList(x.Groups, y.Groups) && sources.SameList(x.Silences, y.Silences)
	}
	first := read(group("1", one("a", "1"), one("b", "1")), group("2", one("c", "1")))
	if again := read(group("1", one("a", "1"), one("b", "1")), group("2", one("c", "1"))); !same(again, first) {
		t.Error("the same answer is another")
	}
	if again := read(group("1", one("a", "2"), one("b", "3")), group("2", one("c", "1"))); !same(again, first) {
		t.Error("what was sent again is another")
	}
	changed := read(group("1", one("a", "2"), one("d", "3")), group("2", one("c", "1")))
	if same(changed, first) || changed.Alerts[0] != first.Alerts[0] || changed.Alerts[2] != first.Alerts[2] || changed.Alerts[1].Fingerprint != "d" {
		t.Error("an alert that stays is another, or one that is new is not")
	}
	// An alert in two groups has the receivers of both, and stays the same.
	both := func() sources.Data {
		return read(group("1", one("a", "2")), strings.Replace(group("2", one("a", "2")), `"receiver":{"name":"r"}`, `"receiver":{"name":"q"}`, 1))
	}
	second := both()
	if len(second.Alerts) != 1 || strings.Join(second.Alerts[0].Receivers, " ") != "r q" || strings.Join(first.Alerts[0].Receivers, " ") != "r" {
		t.Errorf("the receivers are %q, and were %q", second.Alerts[0].Receivers, first.Alerts[0].Receivers)
	}
	if !same(both(), second) {
		t.Error("the same answer is another")
	}
	if one := read(group("1", one("a", "2"))); strings.Join(one.Alerts[0].Receivers, " ") != "r" {
		t.Errorf("the receivers are %q", one.Alerts[0].Receivers)
	}
}
