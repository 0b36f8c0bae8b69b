package demo

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// The receivers of the demo's Alertmanager; all but the chat page.
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
    pagerduty_configs: [{routing_key: <secret>}]
  - name: pagerduty-discovery
    pagerduty_configs: [{routing_key: <secret>}]
  - name: pagerduty-platform
    pagerduty_configs: [{routing_key: <secret>}]
`

// integration is how a receiver pages.
type integration struct {
	team, routingKey string
	// array: the details hold arrays, as Alertmanager sends them from 0.30
	// on; else the text of the versions before.
	array bool
}

var integrations = map[string]integration{
	receiverPayments:  {"payments", "0123456789abcdef0123456789abc001", true},
	receiverDiscovery: {"discovery", "0123456789abcdef0123456789abc002", false},
	receiverPlatform:  {"platform", "0123456789abcdef0123456789abc003", false},
}

// dedupKey is Alertmanager's: the SHA-256 of the group's key, which is the
// path of routes that led to it and its labels.
func dedupKey(g *notification) string {
	path := "{}"
	if in, pages := integrations[g.receiver]; pages {
		path += fmt.Sprintf("/{team=%q}", in.team)
	}
	sum := sha256.Sum256([]byte(path + ":" + labelSet(g.labels).String()))
	return hex.EncodeToString(sum[:])
}

// triggerBody is the event that Alertmanager sends for a group.
func (c *cluster) triggerBody(g *notification) []byte {
	common := c.sent(g.alerts[0])
	for _, a := range g.alerts[1:] {
		set := c.sent(a)
		maps.DeleteFunc(common, func(k, v string) bool { return set[k] != v })
	}
	in := integrations[g.receiver]
	details := obj{"service": common["service"], "runbook_url": g.alerts[0].rule.annotations["runbook_url"]}
	if in.array {
		details["firing"], details["resolved"] = c.firingArray(g), []obj{}
		details["num_firing"], details["num_resolved"] = len(g.alerts), 0
	} else {
		details["firing"], details["resolved"] = c.firingText(g), ""
		details["num_firing"], details["num_resolved"] = fmt.Sprint(len(g.alerts)), "0"
	}
	severity := "warning"
	if common["severity"] == "critical" {
		severity = "critical"
	}
	return mustJSON(obj{
		"routing_key": in.routingKey, "dedup_key": dedupKey(g), "event_action": "trigger",
		"payload": obj{
			"summary": subject(g, common), "source": "Alertmanager", "severity": severity,
			"class": common["alertname"], "component": common["service"], "group": common["team"], "custom_details": details,
		},
		"client": "Alertmanager", "client_url": "https://alertmanager.example.com/#/alerts?receiver=" + g.receiver,
		"links": []obj{{"href": g.alerts[0].rule.annotations["runbook_url"], "text": "Runbook"}},
	})
}

func resolveBody(g *notification) []byte {
	return mustJSON(obj{"routing_key": integrations[g.receiver].routingKey, "dedup_key": dedupKey(g), "event_action": "resolve"})
}

// mustJSON encodes what was made here of strings and numbers alone.
func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// subject is Alertmanager's default title:
// "[FIRING:n] group label values (other common label values)".
func subject(g *notification, common map[string]string) string {
	values := func(set map[string]string, without map[string]string) string {
		var all []string
		for _, k := range slices.Sorted(maps.Keys(set)) {
			if _, skip := without[k]; !skip {
				all = append(all, set[k])
			}
		}
		return strings.Join(all, " ")
	}
	return fmt.Sprintf("[FIRING:%d] %s (%s)", len(g.alerts), values(g.labels, nil), values(common, g.labels))
}

func (c *cluster) firingText(g *notification) string {
	var b strings.Builder
	pairs := func(title string, set map[string]string) {
		b.WriteString(title + ":\n")
		for _, k := range slices.Sorted(maps.Keys(set)) {
			fmt.Fprintf(&b, " - %s = %s\n", k, set[k])
		}
	}
	for _, a := range g.alerts {
		pairs("Labels", c.sent(a))
		pairs("Annotations", a.rule.annotations)
		b.WriteString("Source: " + generatorURL(a.rule) + "\n")
	}
	return b.String()
}

func (c *cluster) firingArray(g *notification) []obj {
	all := []obj{}
	for _, a := range g.alerts {
		set := c.sent(a)
		all = append(all, obj{
			"status": "firing", "labels": set, "annotations": a.rule.annotations,
			"startsAt": a.firesAt().UTC().Format(time.RFC3339Nano), "endsAt": "0001-01-01T00:00:00Z",
			"generatorURL": generatorURL(a.rule), "fingerprint": fingerprint(set),
		})
	}
	return all
}
