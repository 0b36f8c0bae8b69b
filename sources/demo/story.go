package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/sources/demo/metrics"
)

// runbook returns the address of a runbook in the demo's alerts. The demo never
// asks that host: the runbooks are embedded, and found by their names.
func runbook(name string) string { return "https://runbooks.example.com/" + name }

func newRule(name, service, team, severity, query, summary, path string, hold time.Duration, receiver string) *rule {
	annotations := map[string]string{"summary": summary}
	if path != "" {
		annotations["runbook_url"] = runbook(path)
	}
	return &rule{
		name: name, query: query, hold: hold, receiver: receiver, annotations: annotations,
		labels: map[string]string{"service": service, "team": team, "severity": severity, "namespace": service},
	}
}

// story is what the demo plays: its rules, the beats at times before and after its
// start, and its metrics.
type story struct {
	rules  []*rule
	beats  []beat
	series []metrics.Series
}

// The stories that can be played.
const (
	// Outage is the one that is played when none is named: a release breaks checkout.
	Outage = "outage"
	// QuietNight has one alert that begins and ends again and again.
	QuietNight = "quiet-night"
)

// Stories returns the names of the stories.
func Stories() []string { return []string{Outage, QuietNight} }

// storyOf returns the story that is wanted as it begins at a time.
func storyOf(o Options, started time.Time) (story, error) {
	s := newScript()
	switch o.Story {
	case Outage, "":
		outage := story{s.rules(), s.beats(), seriesOf(s, started)}
		if o.Past {
			outage.beats = slices.Concat(monthsBefore(started), s.past(), outage.beats)
		}
		return outage, nil
	case QuietNight:
		quiet := quietNight(s, started)
		if o.Past {
			quiet.beats = append(monthsBefore(started), quiet.beats...)
		}
		return quiet, nil
	}
	return story{}, fmt.Errorf("the demo has no story %q: there are %s", o.Story, strings.Join(Stories(), " and "))
}

// script is the story of an outage.
type script struct {
	errors, queue, provider, replication, latency, disk, certificate, pressure, newsletter *rule
}

func newScript() *script {
	return &script{
		errors: newRule("HighErrorRate", "checkout", "payments", "critical",
			`sum by (pod) (rate(http_requests_total{service="checkout",code=~"5.."}[5m])) / sum by (pod) (rate(http_requests_total{service="checkout"}[5m])) > 0.05`,
			"More than 5 % of checkout's requests fail", "checkout/HighErrorRate.md", time.Minute, receiverPayments),
		queue: newRule("OrderQueueGrowing", "checkout", "payments", "critical",
			`deriv(order_queue_length{service="checkout"}[10m]) > 1`,
			"Orders wait longer and longer", "checkout/OrderQueueGrowing.md", 2*time.Minute, receiverPayments),
		provider: newRule("PaymentProviderErrors", "checkout", "payments", "warning",
			`rate(provider_errors_total[5m]) > 0.5`,
			"A payment provider refuses more than usual", "checkout/PaymentProviderErrors.md", time.Minute, receiverPayments),
		replication: newRule("DatabaseReplicationLag", "payments-db", "payments", "critical",
			`pg_replication_lag_seconds > 30`,
			"A replica is more than 30 s behind", "payments-db/DatabaseReplicationLag.md", time.Minute, receiverPayments),
		latency: newRule("SearchLatencyP99", "search", "discovery", "warning",
			`histogram_quantile(0.99, sum by (le, shard) (rate(search_seconds_bucket[5m]))) > 0.75`,
			"Every hundredth search takes more than 0.75 s", "search/SearchLatencyP99.md", time.Minute, receiverDiscovery),
		disk: newRule("VolumeFillingUp", "object-store", "platform", "warning",
			`predict_linear(kubelet_volume_stats_available_bytes[6h], 4*24*3600) < 0`,
			"A volume will be full in four days", "platform/VolumeFillingUp.md", time.Minute, receiverPlatform),
		certificate: newRule("CertificateExpiresSoon", "edge", "platform", "warning",
			`probe_ssl_earliest_cert_expiry - time() < 7*24*3600`,
			"A certificate ends within a week", "platform/CertificateExpiresSoon.md", time.Minute, receiverPlatform),
		pressure: newRule("NodeDiskPressure", "kubernetes", "platform", "critical",
			`max by (node) (kube_node_status_condition{condition="DiskPressure",status="true"}) == 1`,
			"A node runs out of disk", "platform/NodeDiskPressure.md", time.Minute, receiverPlatform),
		newsletter: newRule("NewsletterQueueStuck", "newsletter", "growth", "warning",
			`rate(newsletter_sent_total[15m]) == 0`,
			"No newsletter was sent for 15 minutes", "", time.Minute, receiverChat),
	}
}

func (s *script) rules() []*rule {
	return []*rule{s.errors, s.queue, s.provider, s.replication, s.latency, s.disk, s.certificate, s.pressure, s.newsletter}
}

// beat is an event at a time relative to the demo's start.
type beat struct {
	at time.Duration
	do func(*Demo)
}

// beats returns the story in its order. The beats before zero have happened
// when the screen appears.
func (s *script) beats() []beat {
	pod := func(name string) map[string]string { return map[string]string{"pod": name} }
	return []beat{
		{-26 * time.Hour, func(d *Demo) {
			d.raise(s.certificate, map[string]string{"instance": "shop.example.com:443"}, "511200")
		}},
		{-25 * time.Hour, func(d *Demo) {
			d.PagerDuty.act(dedupOf(s.certificate), "PUKOFI1", func(p *PagerDuty, i *incident, by agent) {
				i.priorityID = "PPRIO03"
				p.acknowledge(i, by)
				i.unackAt = time.Time{}
				p.addNote(i, by, "The renewal job lost its DNS credentials. New ones are ordered; the old certificate holds until Friday.")
			})
		}},
		{-3 * time.Hour, func(d *Demo) {
			d.raise(s.disk, map[string]string{"persistentvolumeclaim": "data-object-store-2", "node": "node-4"}, "-8.2e+09")
		}},
		{-95 * time.Minute, func(d *Demo) {
			d.raise(s.replication, map[string]string{"instance": "payments-db-1:9187"}, "184")
		}},
		{-92 * time.Minute, func(d *Demo) {
			d.PagerDuty.act(dedupOf(s.replication), "PUANNS1", func(p *PagerDuty, i *incident, by agent) {
				p.assign(i, []string{by.userID}, by)
				p.acknowledge(i, by)
				i.unackAt = time.Time{}
				p.addNote(i, by, "Failing over to payments-db-2. Silenced for the time of it.")
			})
			d.silence("Failing over to payments-db-2", "ann@example.com", 80*time.Minute, map[string]string{"alertname": "DatabaseReplicationLag"})
		}},
		// The silence swallowed the resolve: Alertmanager sends none while an
		// alert is silenced, so the incident stays open for ever.
		{-20 * time.Minute, func(d *Demo) { d.clear(s.replication) }},
		{-50 * time.Minute, func(d *Demo) { d.raise(s.latency, map[string]string{"shard": "3"}, "1.31") }},
		{-44 * time.Minute, func(d *Demo) {
			d.PagerDuty.act(dedupOf(s.latency), "PUMART1", func(p *PagerDuty, i *incident, by agent) {
				i.priorityID = "PPRIO02"
				p.acknowledge(i, by)
				p.addNote(i, by, "Shard 3 is being reindexed; it should calm down in an hour.")
			})
		}},
		{-31 * time.Minute, func(d *Demo) {
			d.silence("Draining node-7 for the kernel upgrade", "kofi@example.com", 2*time.Hour, map[string]string{"alertname": "NodeDiskPressure", "node": "node-7"})
		}},
		{-30 * time.Minute, func(d *Demo) { d.raise(s.pressure, map[string]string{"node": "node-7"}, "1") }},
		{-25 * time.Minute, func(d *Demo) {
			d.PagerDuty.report("PVBILL1", "PUPRIY1", "Customers report invoices in the wrong currency", invoices, FirstLinePolicy)
		}},
		{-18 * time.Minute, func(d *Demo) { d.raise(s.newsletter, map[string]string{"instance": "newsletter-0:8080"}, "0") }},
		changed(-2*time.Hour-10*time.Minute, "Raise max_connections of payments-db to 400", "Terraform"),
		changed(-deployBefore, "Deploy checkout v2.4.1", deployer),
		{-9 * time.Minute, func(d *Demo) {
			d.raise(s.provider, map[string]string{"provider": "example-pay", "pod": "checkout-7d9f8c6b5-k2x4p"}, "0.83")
		}},
		{-5 * time.Minute, func(d *Demo) {
			d.raise(s.errors, pod("checkout-7d9f8c6b5-h8s2j"), "0.37")
			d.raise(s.errors, pod("checkout-7d9f8c6b5-k2x4p"), "0.41")
			d.raise(s.errors, pod("checkout-7d9f8c6b5-zq9vm"), "0.29")
		}},
		{-3 * time.Minute, func(d *Demo) {
			d.PagerDuty.act(dedupOf(s.errors), "", func(_ *PagerDuty, i *incident, _ agent) { i.priorityID = "PPRIO01" })
		}},
		{-1 * time.Minute, func(d *Demo) { d.raise(s.queue, map[string]string{"queue": "orders"}, "3.4") }},

		{45 * time.Second, func(d *Demo) { d.raiseFiring(s.errors, pod("checkout-7d9f8c6b5-4wplt"), "0.35") }},
		{70 * time.Second, func(d *Demo) {
			d.PagerDuty.act(invoices, "PUPRIY1", func(p *PagerDuty, i *incident, by agent) {
				i.bridge = Bridge{Number: "+1 415-555-0100,,,,1234#", URL: "https://meet.example.com/invoices"}
				p.request(i, by.userID, "All these customers pay in francs. Can you look at the rates with me?", []string{"PUDANA1"}, nil)
				p.addNote(i, by, "All the customers who wrote pay in francs. I asked Dana to join us on the bridge.")
			})
		}},
		{100 * time.Second, func(d *Demo) { d.clear(s.newsletter) }},
		{150 * time.Second, func(d *Demo) { d.clear(s.latency) }},
	}
}

// invoices is the key of the incident that was opened by hand.
const invoices = "invoices-in-the-wrong-currency"

// dedupOf returns the dedup key of the group of a rule's alerts.
func dedupOf(r *rule) string {
	return dedupKey(&notification{receiver: r.receiver, labels: map[string]string{"alertname": r.name, "service": r.labels["service"]}})
}
