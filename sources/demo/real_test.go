package demo

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/faults"
	"firstline/internal/realservers"
)

// realRouting returns the stand-in's routing with the settings that a real
// server needs: the keys, the stand-in PagerDuty's address, and shorter waits.
func realRouting() string {
	text := strings.NewReplacer(
		"url: <secret>", "url: 'http://127.0.0.1:9/'", "group_wait: 1s", "group_wait: 100ms", "group_interval: 5s", "group_interval: 1s",
	).Replace(routing)
	for _, receiver := range []string{receiverPayments, receiverDiscovery, receiverPlatform} {
		text = strings.Replace(text, "routing_key: <secret>", "routing_key: "+integrations[receiver].routingKey+", url: '@PAGERDUTY@/v2/enqueue'", 1)
	}
	return text
}

// events returns the events of one action, as JSON objects without the fields
// that always differ between servers.
func events(t *testing.T, bodies [][]byte, action string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for _, b := range bodies {
		var e map[string]any
		if err := json.Unmarshal(b, &e); err != nil {
			t.Fatal(err)
		}
		if e["event_action"] != action {
			continue
		}
		_, e["client_url"], _ = strings.Cut(e["client_url"].(string), "/#/") // without the server's own address
		details := e["payload"].(map[string]any)["custom_details"].(map[string]any)
		for _, list := range []string{"firing", "resolved"} {
			alerts, _ := details[list].([]any)
			for _, a := range alerts {
				if one := a.(map[string]any); one["status"] == "resolved" {
					delete(one, "endsAt") // the time at which the server saw it
				}
			}
		}
		all = append(all, e)
	}
	return all
}

// counts returns how many alerts of an event fire and how many have ended.
func counts(e map[string]any) [2]string {
	details := e["payload"].(map[string]any)["custom_details"].(map[string]any)
	return [2]string{fmt.Sprint(details["num_firing"]), fmt.Sprint(details["num_resolved"])}
}

// A real Alertmanager with the demo's own configuration notifies the stand-in,
// and sends the same events as the demo's own.
func TestRealAlertmanagerNotifiesAndSendsTheSame(t *testing.T) {
	debian := func(testing.TB) string { return "" }
	for _, c := range []struct {
		name   string
		binary func(testing.TB) string
		rule   *rule
		extra  []map[string]string
	}{
		{"text of the older", debian, newScript().latency, []map[string]string{{"shard": "3"}, {"shard": "12"}}},
		{"arrays of the newer", realservers.NewAlertmanager, newScript().errors, []map[string]string{{"pod": "zz"}, {"pod": "ab"}, {"pod": "4w"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := NewPagerDuty(PagerDutyOptions{Directory: company(time.Now())})
			toPagerDuty := faults.Into(p)
			server := httptest.NewServer(p)
			defer server.Close()
			am := realservers.StartAlertmanager(t, realservers.Options{Binary: c.binary(t), Config: realRouting(), PagerDutyURL: server.URL})

			// They fire now: a group older than group_wait would be sent at
			// once and alone.
			cl := &cluster{now: time.Now, external: ExternalLabels()}
			for _, extra := range c.extra {
				cl.raise(c.rule, extra, time.Now().Add(-c.rule.hold).UTC().Truncate(time.Millisecond), "1")
			}
			group := cl.groups()[0]
			post := func(ends time.Time) {
				var alerts []realservers.Alert
				for _, a := range group.alerts {
					alerts = append(alerts, realservers.Alert{
						Labels: cl.sent(a), Annotations: a.rule.annotations, StartsAt: a.firesAt(), EndsAt: ends, GeneratorURL: generatorURL(a.rule),
					})
				}
				am.PostAlerts(t, alerts...)
			}
			sent := func(action string) []map[string]any {
				var bodies [][]byte
				for _, r := range toPagerDuty.Requests() {
					bodies = append(bodies, r.Body)
				}
				return events(t, bodies, action)
			}
			compare := func(action string, body []byte) {
				t.Helper()
				ours := events(t, [][]byte{body}, action)[0]
				var theirs map[string]any
				realservers.Eventually(t, "the event "+action+" of the whole group", func() bool {
					all := sent(action)
					whole := slices.IndexFunc(all, func(e map[string]any) bool { return counts(e) == counts(ours) })
					if whole >= 0 {
						theirs = all[whole]
					}
					return whole >= 0
				})
				if !reflect.DeepEqual(theirs, ours) {
					t.Errorf("Alertmanager sends\n%s\nand the demo\n%s", mustJSON(theirs), mustJSON(ours))
				}
			}
			incident := func(status string) IncidentState {
				t.Helper()
				var all []IncidentState
				realservers.Eventually(t, "an incident that is "+status, func() bool {
					all = p.Incidents()
					return len(all) == 1 && all[0].Status == status
				})
				return all[0]
			}

			post(time.Time{})
			compare("trigger", cl.eventBody(group, group.alerts, nil))
			if i := incident("triggered"); i.Key != dedupKey(group) || len(i.Assignees) == 0 {
				t.Errorf("paged as %+v", i)
			}
			post(time.Now())
			compare("resolve", cl.eventBody(group, nil, slices.Clone(group.alerts)))
			incident("resolved")
		})
	}
}
