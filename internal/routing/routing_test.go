package routing

import (
	"slices"
	"testing"
	"time"

	"firstline/internal/labelset"
	"firstline/internal/labelset/labeltest"
)

// keysOfAlert are the group keys under which an alert is sent.
func keysOfAlert(t *Tree, labels map[string]string) []string {
	var keys []string
	for _, r := range t.Reach(labels) {
		group := r.GroupLabels(labels)
		keys = append(keys, r.GroupKeys(group, labelset.Canonical(group))...)
	}
	return keys
}

func TestGroupKeys(t *testing.T) {
	tests := []struct {
		name, routing, alert string
		keys, receivers      []string
	}{
		{
			name:    "the root takes all",
			routing: `route: {receiver: a}`,
			alert:   "alertname=X", keys: []string{`{}:{}`}, receivers: []string{"a"},
		},
		{
			name:    "labels are sorted, those that are missing left out",
			routing: `route: {receiver: a, group_by: [service, alertname, cluster]}`,
			alert:   "alertname=X service=s other=o", keys: []string{`{}:{alertname="X", service="s"}`}, receivers: []string{"a"},
		},
		{
			name: "a child inherits receiver and grouping",
			routing: `
route:
  receiver: a
  group_by: [alertname]
  routes: [{matchers: ['team="x"']}]`,
			alert: "alertname=X team=x", keys: []string{`{}/{team="x"}:{alertname="X"}`}, receivers: []string{"a"},
		},
		{
			name: "three levels deep",
			routing: `
route:
  receiver: a
  routes:
  - matchers: [team="x"]
    receiver: b
    routes:
    - matchers: [severity="critical"]
      group_by: [alertname]
      routes: [{matchers: [env!="dev"], receiver: c}]`,
			alert:     "alertname=X team=x severity=critical env=prod",
			keys:      []string{`{}/{team="x"}/{severity="critical"}/{env!="dev"}:{alertname="X"}`},
			receivers: []string{"c"},
		},
		{
			name: "the first child that matches, unless it goes on",
			routing: `
route:
  receiver: a
  group_by: [alertname]
  routes:
  - {matchers: [alertname="X"], receiver: b, continue: true}
  - {matchers: [alertname=~"X|Y"], receiver: c}
  - {matchers: [alertname=~".+"], receiver: d}`,
			alert:     "alertname=X",
			keys:      []string{`{}/{alertname="X"}:{alertname="X"}`, `{}/{alertname=~"X|Y"}:{alertname="X"}`},
			receivers: []string{"b", "c"},
		},
		{
			name: "matchers sort by name, then value",
			routing: `
route:
  receiver: a
  routes: [{matchers: ['b="2"', 'a=~"x.*"', 'a!="xz"'], match: {c: "3"}}]`,
			alert: "a=xy b=2 c=3", keys: []string{`{}/{a=~"x.*",a!="xz",b="2",c="3"}:{}`}, receivers: []string{"a"},
		},
		{
			name: "match_re shows its anchors",
			routing: `
route:
  receiver: a
  routes: [{match_re: {service: "foo|bar"}}]`,
			alert: "service=bar", keys: []string{`{}/{service=~"^(?:foo|bar)$"}:{}`}, receivers: []string{"a"},
		},
		{
			name: "match of nothing and of numbers",
			routing: `
route:
  receiver: a
  routes: [{match: {gone: null, port: 8080, up: true}}]`,
			alert: "port=8080 up=true", keys: []string{`{}/{gone="",port="8080",up="true"}:{}`}, receivers: []string{"a"},
		},
		{
			name: "several matchers in a line, braces, quotes and commas in values",
			routing: `
route:
  receiver: a
  routes: [{matchers: ['{a="x,y",b="say \"hi\""}']}]`,
			alert: `a=x,y b='say "hi"'`, keys: []string{`{}/{a="x,y",b="say \"hi\""}:{}`}, receivers: []string{"a"},
		},
		{
			name: "names of any text",
			routing: `
route:
  receiver: a
  group_by: ["dienst name"]
  routes: [{matchers: ['"dienst name"="küche"']}]`,
			alert: "", keys: []string{`{}:{}`}, receivers: []string{"a"},
		},
		{
			name:    "grouping by all",
			routing: `route: {receiver: a, group_by: ['...']}`,
			alert:   "b=2 a=1", keys: []string{`{}:{a="1", b="2"}`}, receivers: []string{"a"},
		},
		{
			name: "grouping by names below grouping by all, and the other way round",
			routing: `
route:
  receiver: a
  group_by: ['...']
  routes:
  - matchers: [a="1"]
    group_by: [b]
    routes: [{matchers: [b="2"], group_by: ['...']}]`,
			alert: "b=3 a=1", keys: []string{`{}/{a="1"}:{b="3"}`}, receivers: []string{"a"},
		},
		{
			name:    "values are quoted as Go does",
			routing: `route: {receiver: a, group_by: [a]}`,
			alert:   "a='tab\tquote\"über\n'", keys: []string{`{}:{a="tab\tquote\"über\n"}`}, receivers: []string{"a"},
		},
		{
			name:    "versions sort pod and pod1 differently",
			routing: `route: {receiver: a, group_by: [pod, pod1]}`,
			alert:   "pod=a pod1=b", keys: []string{`{}:{pod="a", pod1="b"}`, `{}:{pod1="b", pod="a"}`}, receivers: []string{"a"},
		},
		{
			name: "unknown keys and time intervals are passed over",
			routing: `
global: {resolve_timeout: 5m}
future: {key: [1]}
time_intervals: [{name: nights, time_intervals: [{times: [{start_time: "00:00", end_time: "06:00"}]}]}]
route:
  receiver: a
  surprise: 1
  mute_time_intervals: [nights]
  routes: [{matchers: [a="1"], active_time_intervals: [nights], labels: {x: y}}]`,
			alert: "a=1", keys: []string{`{}/{a="1"}:{}`}, receivers: []string{"a"},
		},
		{
			name: "no child matches",
			routing: `
route:
  receiver: a
  routes: [{matchers: [a!~"1|2"], receiver: b}]`,
			alert: "a=1", keys: []string{`{}:{}`}, receivers: []string{"a"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tree, err := Read(test.routing)
			if err != nil {
				t.Fatal(err)
			}
			labels := labeltest.Set(test.alert)
			if got := keysOfAlert(tree, labels); !slices.Equal(got, test.keys) {
				t.Errorf("keys\n got %q\nwant %q", got, test.keys)
			}
			var receivers []string
			for _, r := range tree.Reach(labels) {
				receivers = append(receivers, r.Receiver)
				if !r.Groups(labels, r.GroupLabels(labels)) {
					t.Error("a route does not know its own group")
				}
			}
			if !slices.Equal(receivers, test.receivers) {
				t.Errorf("receivers %q, want %q", receivers, test.receivers)
			}
		})
	}
}

func TestMatcherWithNameOfAnyText(t *testing.T) {
	tree, err := Read(`
route:
  receiver: a
  routes: [{matchers: ['"dienst name"="küche"']}]`)
	if err != nil {
		t.Fatal(err)
	}
	got := keysOfAlert(tree, map[string]string{"dienst name": "küche"})
	if want := `{}/{"dienst name"="küche"}:{}`; len(got) != 1 || got[0] != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// twoReceivers is a configuration as an Alertmanager reports it.
const twoReceivers = `
route:
  receiver: pd-rich
  group_by: [alertname, service]
  routes:
  - receiver: pd-default
    matchers: [team="discovery"]
    continue: false
receivers:
- name: pd-rich
  pagerduty_configs:
  - send_resolved: true
    routing_key: <secret>
- name: pd-default
  pagerduty_configs:
  - routing_key: <secret>
`

func TestIntegrations(t *testing.T) {
	tree, err := Read(twoReceivers + "- name: chat\n  slack_configs: [{}]\n- name: 'null'\n- name: empty\n  pagerduty_configs: []\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"pd-rich": true, "pd-default": true, "chat": false, "null": false, "empty": false} {
		if tree.Integrations[name] > 0 != want {
			t.Errorf("receiver %s pages: %v", name, !want)
		}
	}
}

func TestGroupWaitIsInherited(t *testing.T) {
	tree, err := Read(`
route:
  receiver: a
  group_wait: 2m
  routes: [{matchers: [a="1"]}, {matchers: [b="1"], group_wait: 1s}]`)
	if err != nil {
		t.Fatal(err)
	}
	for alert, want := range map[string]time.Duration{"a=1": 2 * time.Minute, "b=1": time.Second} {
		if got := tree.Reach(labeltest.Set(alert))[0].GroupWait; got != want {
			t.Errorf("%s waits %v, want %v", alert, got, want)
		}
	}
}

func TestBadRouting(t *testing.T) {
	for _, routing := range []string{
		"", "{}", "route: 5", "route: [", "<html>", "route: {receiver: a, routes: [{matchers: ['a=~\"(\"']}]}",
		"route: {receiver: a, routes: [{match_re: {a: '('}}]}", "route: {receiver: a, routes: [{matchers: ['nonsense']}]}",
	} {
		if tree, err := Read(routing); err == nil {
			t.Errorf("%q was read: %v", routing, tree)
		}
	}
}

func FuzzRouting(f *testing.F) {
	f.Add(twoReceivers, "alertname", "X")
	f.Add("route: {receiver: a, group_by: ['...'], routes: [{match_re: {a: 'b|c'}, continue: true}]}", "a", "b")
	f.Add("route: &r {receiver: a, routes: [{matchers: ['{x=~\"y,z\"}']}]}", "x", "y,z")
	f.Fuzz(func(t *testing.T, routing, name, value string) {
		tree, err := Read(routing)
		if err != nil {
			return
		}
		labels := map[string]string{name: value}
		reached := tree.Reach(labels)
		if len(reached) == 0 && len(tree.root.matchers) == 0 {
			t.Fatal("an alert reaches no route")
		}
		for _, r := range reached {
			group := r.GroupLabels(labels)
			if !r.Groups(labels, group) || len(r.GroupKeys(group, labelset.Canonical(group))) == 0 {
				t.Fatalf("route %s does not know its group", r.key)
			}
		}
	})
}
