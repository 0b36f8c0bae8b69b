package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The receivers of the demo's Alertmanager. All except the chat notify through
// PagerDuty.
const (
	receiverPayments  = "pagerduty-payments"
	receiverDiscovery = "pagerduty-discovery"
	receiverPlatform  = "pagerduty-platform"
	receiverChat      = "chat"
)

// routing is the Alertmanager's configuration, as its status shows it.
const routing = `route:
  receiver: chat
  group_by: [alertname, service]
  group_wait: 1s
  group_interval: 5s
  repeat_interval: 4h
  routes:
    - matchers: ['team="payments"']
      receiver: pagerduty-payments
    - matchers: ['team="discovery"']
      receiver: pagerduty-discovery
    - matchers: ['team="platform"']
      receiver: pagerduty-platform
receivers:
  - name: chat
    webhook_configs: [{url: <secret>}]
  - name: pagerduty-payments
    pagerduty_configs: [` + pagerDutyConfig + `]
  - name: pagerduty-discovery
    pagerduty_configs: [` + pagerDutyConfig + `]
  - name: pagerduty-platform
    pagerduty_configs: [` + pagerDutyConfig + `]
`

// pagerDutyConfig is the PagerDuty configuration of these receivers: Alertmanager's
// default texts, and additions that make an incident easier to read.
const pagerDutyConfig = `{routing_key: <secret>,
      severity: '{{ if eq .CommonLabels.severity "critical" }}critical{{ else }}warning{{ end }}',
      class: '{{ .CommonLabels.alertname }}', component: '{{ .CommonLabels.service }}', group: '{{ .CommonLabels.team }}',
      links: [{href: '{{ .CommonAnnotations.runbook_url }}', text: Runbook}],
      details: {service: '{{ .CommonLabels.service }}', runbook_url: '{{ .CommonAnnotations.runbook_url }}'}}`

// integration is the PagerDuty integration of a receiver.
type integration struct {
	team, routingKey string
	// array means that the details contain arrays, as Alertmanager sends them
	// from 0.30 on. Otherwise they contain text as in earlier versions.
	array bool
}

var integrations = map[string]integration{
	receiverPayments:  {"payments", "0123456789abcdef0123456789abc001", true},
	receiverDiscovery: {"discovery", "0123456789abcdef0123456789abc002", false},
	receiverPlatform:  {"platform", "0123456789abcdef0123456789abc003", false},
}

// dedupKey returns Alertmanager's key: the SHA-256 of the group's key, which is
// the path of the routes to it and its labels.
func dedupKey(g *notification) string {
	path := "{}"
	if in, ok := integrations[g.receiver]; ok {
		path += fmt.Sprintf("/{team=%q}", in.team)
	}
	sum := sha256.Sum256([]byte(path + ":" + labelSet(g.labels).String()))
	return hex.EncodeToString(sum[:])
}

// eventBody returns Alertmanager's event for a group of firing and just
// resolved alerts. It resolves when no alert fires.
func (c *cluster) eventBody(g *notification, firing, resolved []*activeAlert) []byte {
	all := slices.Concat(firing, resolved)
	slices.SortStableFunc(all, c.order)
	common := c.sent(all[0])
	for _, a := range all[1:] {
		set := c.sent(a)
		maps.DeleteFunc(common, func(k, v string) bool { return set[k] != v })
	}
	in := integrations[g.receiver]
	link := all[0].rule.annotations["runbook_url"] // all are of one rule, since alertname groups
	details := obj{"service": common["service"], "runbook_url": link}
	if in.array {
		details["firing"], details["resolved"] = c.array(firing, false), c.array(resolved, true)
		details["num_firing"], details["num_resolved"] = len(firing), len(resolved)
	} else {
		details["firing"], details["resolved"] = c.text(firing), c.text(resolved)
		details["num_firing"], details["num_resolved"] = strconv.Itoa(len(firing)), strconv.Itoa(len(resolved))
	}
	severity := "warning"
	if common["severity"] == "critical" {
		severity = "critical"
	}
	action := "trigger"
	if len(firing) == 0 {
		action = "resolve"
	}
	return mustJSON(obj{
		"routing_key": in.routingKey, "dedup_key": dedupKey(g), "event_action": action,
		"payload": obj{
			"summary": subject(g, len(firing), common), "source": "Alertmanager", "severity": severity,
			"class": common["alertname"], "component": common["service"], "group": common["team"], "custom_details": details,
		},
		"client": "Alertmanager", "client_url": "https://alertmanager.example.com/#/alerts?receiver=" + g.receiver,
		"links": []obj{{"href": link, "text": "Runbook"}},
	})
}

// order sorts the alerts in a message as Alertmanager does: by their labels.
func (c *cluster) order(a, b *activeAlert) int {
	x, y := labelSet(c.sent(a)), labelSet(c.sent(b))
	switch {
	case x.Before(y):
		return -1
	case y.Before(x):
		return 1
	}
	return 0
}

// mustJSON encodes a value that consists of strings and numbers.
func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// subject returns Alertmanager's default title: "[FIRING:n] group label values
// (other common label values)".
func subject(g *notification, firing int, common map[string]string) string {
	state := "RESOLVED"
	if firing > 0 {
		state = fmt.Sprintf("FIRING:%d", firing)
	}
	var grouped, others []string
	for _, k := range slices.Sorted(maps.Keys(common)) {
		if _, is := g.labels[k]; is {
			grouped = append(grouped, common[k])
		} else {
			others = append(others, common[k])
		}
	}
	return fmt.Sprintf("[%s] %s (%s)", state, strings.Join(grouped, " "), strings.Join(others, " "))
}

// text returns the alerts in the details of Alertmanager up to 0.29.
func (c *cluster) text(alerts []*activeAlert) string {
	var b strings.Builder
	pairs := func(title string, set map[string]string) {
		b.WriteString(title + ":\n")
		for _, k := range slices.Sorted(maps.Keys(set)) {
			fmt.Fprintf(&b, " - %s = %s\n", k, set[k])
		}
	}
	for _, a := range slices.SortedStableFunc(slices.Values(alerts), c.order) {
		pairs("Labels", c.sent(a))
		pairs("Annotations", a.rule.annotations)
		b.WriteString("Source: " + generatorURL(a.rule) + "\n")
	}
	return b.String()
}

// array returns the alerts in the details of Alertmanager from 0.30 on.
func (c *cluster) array(alerts []*activeAlert, ended bool) []obj {
	all := []obj{}
	for _, a := range slices.SortedStableFunc(slices.Values(alerts), c.order) {
		set := c.sent(a)
		one := obj{
			"status": "firing", "labels": set, "annotations": a.rule.annotations,
			"startsAt": a.firesAt().UTC().Format(time.RFC3339Nano), "endsAt": "0001-01-01T00:00:00Z",
			"generatorURL": generatorURL(a.rule), "fingerprint": fingerprint(set),
		}
		if ended {
			one["status"], one["endsAt"] = "resolved", c.now().UTC().Format(time.RFC3339Nano)
		}
		all = append(all, one)
	}
	return all
}
