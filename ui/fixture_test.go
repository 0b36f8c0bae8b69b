package ui

import (
	"errors"
	"fmt"
	"io/fs"
	"testing/fstest"
	"time"

	"firstline/sources"
)

// noon is the time at which the fixtures play.
var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func reference(id, name string) sources.Reference { return sources.Reference{ID: id, Name: name} }

var (
	dana = sources.User{
		ID: "PDANA", Name: "Dana Diaz", Email: "dana@example.com", TimeZone: "Europe/Berlin",
		Teams: []sources.Reference{reference("TPAY", "payments")},
	}
	ann = sources.User{ID: "PANN", Name: "Ann Okafor", Email: "ann@example.com", TimeZone: "America/Los_Angeles"}
	ben = sources.User{ID: "PBEN", Name: "Ben Ortiz", Email: "ben@example.com", TimeZone: "Asia/Singapore"}
	cho = sources.User{ID: "PCHO", Name: "Cho Minh", Email: "cho@example.com", TimeZone: "Europe/London"}
)

func userReference(u sources.User) sources.Reference { return reference(u.ID, u.Name) }

// pagerDutyData is an account with a first line, two services and their
// incidents.
func pagerDutyData(now time.Time) sources.Data {
	firstLine, owners := reference("POPS", "Ops first line"), reference("PPAY", "Payments on call")
	me := dana
	incident := func(number int, id, title string, status sources.IncidentStatus, since time.Duration) sources.Incident {
		i := sources.Incident{
			Source: "pagerduty", ID: id, Number: number, Title: title, Status: status, Urgency: "high",
			URL: "https://example.pagerduty.com/incidents/" + id, CreatedAt: now.Add(-since), UpdatedAt: now.Add(-since),
			Service: reference("SCHK", "checkout"), Policy: owners, Teams: []sources.Reference{reference("TPAY", "payments")},
			Assignments: []sources.Assignment{{User: userReference(dana), At: now.Add(-since)}}, AlertsRead: true,
		}
		return i
	}
	first := incident(4711, "Q1CHECKOUT", "HighErrorRate: 12% of checkout requests fail", sources.Triggered, 12*time.Minute)
	first.Alerts = []sources.IncidentAlert{{
		ID: "A1", Key: "k1", Status: sources.Triggered, Severity: "critical", Summary: first.Title, CreatedAt: first.CreatedAt,
		Details: map[string]any{
			"alertname": "HighErrorRate", "fingerprint": "aa01", "num_firing": "2",
			"firing": "Labels:\n - alertname = HighErrorRate\n - service = checkout\n - severity = critical\n - pod = checkout-1\nAnnotations:\n - summary = 12% of requests fail\nSource: https://prometheus.example.com/graph\n",
		},
		Links: []sources.Link{{Text: "Dashboard", Href: "https://grafana.example.com/d/checkout"}},
	}}
	first.Pending = []sources.PendingAction{{Type: "escalate", At: now.Add(4 * time.Minute)}}
	lag := incident(4708, "Q2REPLICA", "Replication lag on payments-db over 5 m", sources.Acknowledged, 65*time.Minute)
	lag.Service = reference("SPAY", "payments")
	lag.Assignments = []sources.Assignment{{User: userReference(ann), At: lag.CreatedAt}}
	lag.Acknowledgers = []sources.Assignment{{User: userReference(ann), At: now.Add(-50 * time.Minute)}}
	disk := incident(4699, "Q3DISK", "Disk of payments-db-2 90% full", sources.Triggered, 3*time.Hour)
	disk.Service, disk.Urgency = reference("SPAY", "payments"), "low"
	disk.Assignments = []sources.Assignment{{User: userReference(ben), At: disk.CreatedAt}, {User: userReference(cho), At: disk.CreatedAt}}

	return sources.Data{
		Extents: sources.Extents{
			Incidents: sources.Whole, Services: sources.Whole, Policies: sources.Whole, Users: sources.Whole, Teams: sources.Whole, Priorities: sources.Whole,
			Alerts: sources.Whole, OnCalls: map[string]sources.Extent{"POPS": sources.Whole, "PPAY": sources.Whole},
		},
		Incidents: []sources.Incident{first, lag, disk},
		Users:     []sources.User{dana, ann, ben, cho},
		Me:        &me,
		Teams:     []sources.Reference{reference("TPAY", "payments"), reference("TOPS", "operations")},
		Services: []sources.Service{
			{ID: "SCHK", Name: "checkout", Policy: owners, Teams: []sources.Reference{reference("TPAY", "payments")}},
			{ID: "SPAY", Name: "payments", Policy: owners, Teams: []sources.Reference{reference("TPAY", "payments")}},
		},
		Policies: []sources.Policy{
			{
				ID: "POPS", Name: "Ops first line", Loops: 1, Teams: []sources.Reference{reference("TOPS", "operations")},
				Levels: []sources.Level{{Delay: 15 * time.Minute, Strategy: sources.AssignToEveryone, Targets: []sources.Reference{userReference(ben)}}, {Delay: 30 * time.Minute, Strategy: sources.AssignToEveryone, Targets: []sources.Reference{userReference(cho)}}},
			},
			{
				ID: "PPAY", Name: "Payments on call", Loops: 1, Teams: []sources.Reference{reference("TPAY", "payments")},
				Levels: []sources.Level{{Delay: 16 * time.Minute, Strategy: sources.AssignToEveryone, Targets: []sources.Reference{userReference(dana)}}},
			},
		},
		OnCalls: []sources.OnCall{
			{User: userReference(ben), Policy: firstLine, Level: 1, Schedule: reference("SCHOPS", "Ops primary"), Start: now.Add(-3 * time.Hour), End: now.Add(5 * time.Hour)},
			{User: userReference(cho), Policy: firstLine, Level: 2},
			{User: userReference(dana), Policy: owners, Level: 1, Schedule: reference("SCHPAY", "Payments primary"), Start: now.Add(-3 * time.Hour), End: now.Add(6 * time.Hour)},
		},
	}
}

func firing(name, service, severity, pod string, since time.Time) sources.Alert {
	return sources.Alert{
		Source: "prom-eu", State: sources.AlertFiring, ActiveSince: since, Value: "0.12",
		Labels: map[string]string{"alertname": name, "service": service, "severity": severity, "pod": pod, "namespace": "prod"},
		Annotations: map[string]string{
			"summary":     "12% of " + service + " requests fail",
			"description": "More than 5% of requests have failed for ten minutes.",
		},
		GeneratorURL: "https://prometheus.example.com/graph?g0.expr=errors",
	}
}

// story are the snapshots of three sources as they are at noon.
func story(now time.Time) []sources.Snapshot {
	alerts := []sources.Alert{
		firing("HighErrorRate", "checkout", "critical", "checkout-1", now.Add(-12*time.Minute)),
		firing("HighErrorRate", "checkout", "critical", "checkout-2", now.Add(-11*time.Minute)),
		firing("LatencyP99", "search", "warning", "search-0", now.Add(-3*time.Minute)),
		firing("CertificateExpires", "gateway", "info", "gateway-0", now.Add(-49*time.Hour)),
		firing("QueueBacklog", "mail", "error", "mail-0", now.Add(-42*time.Second)),
	}
	alerts[0].Annotations["runbook_url"] = "https://runbooks.example.com/checkout#higherrorrate"
	pending := firing("CPUThrottling", "search", "info", "search-1", now.Add(-90*time.Second))
	pending.State = sources.AlertPending
	alerts = append(alerts, pending)

	quiet := firing("NodeDown", "batch", "critical", "node-7", now.Add(-5*time.Hour))
	quiet.Source, quiet.State, quiet.Fingerprint, quiet.SilencedBy = "alertmanager", sources.AlertSilenced, "bb07", []string{"s1"}
	silence := sources.Silence{
		Source: "alertmanager", ID: "s1", State: "active", CreatedBy: "ann@example.com", Comment: "node-7 is being replaced",
		StartsAt: now.Add(-5 * time.Hour), EndsAt: now.Add(2 * time.Hour),
		Matchers: []sources.Matcher{{Name: "pod", Value: "node-7", Equal: true}},
	}
	return []sources.Snapshot{
		{Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, AsOf: now.Add(-4 * time.Second), Data: pagerDutyData(now)},
		{Source: sources.Source{Kind: sources.Prometheus, Name: "prom-eu"}, AsOf: now.Add(-2 * time.Second), Data: sources.Data{Alerts: alerts}},
		{
			Source: sources.Source{Kind: sources.Alertmanager, Name: "alertmanager"}, AsOf: now.Add(-76 * time.Second),
			Data: sources.Data{Alerts: []sources.Alert{quiet}, Silences: []sources.Silence{silence}},
			Err: &sources.Error{
				Source: sources.Source{Kind: sources.Alertmanager, Name: "alertmanager"}, Doing: "reading alerts", Reason: sources.Unreachable,
				Sentence: "No answer within 5 s; check that the address is right and reachable.", Err: errors.New("timeout"),
			},
			FailingSince: now.Add(-70 * time.Second),
		},
	}
}

func storySources() []sources.Source {
	return []sources.Source{
		{Kind: sources.PagerDuty, Name: "pagerduty"},
		{Kind: sources.Prometheus, Name: "prom-eu"},
		{Kind: sources.Alertmanager, Name: "alertmanager"},
	}
}

// fleet is one Prometheus with n alerts, each its own group.
func fleet(now time.Time, n int) []sources.Snapshot {
	severities := []string{"critical", "error", "warning", "info"}
	alerts := make([]sources.Alert, n)
	for i := range alerts {
		alerts[i] = firing(fmt.Sprintf("Alert%05d", i), fmt.Sprintf("service-%02d", i%40), severities[i%4],
			fmt.Sprintf("pod-%d", i), now.Add(-time.Duration(i)*time.Minute))
	}
	return []sources.Snapshot{{
		Source: sources.Source{Kind: sources.Prometheus, Name: "prom-eu"}, AsOf: now, Data: sources.Data{Alerts: alerts},
	}}
}

const checkoutRunbook = `# checkout

The checkout takes orders and payments. Owner: payments.

## HighErrorRate

More than 5% of requests fail. Customers can't pay.

### Diagnosis

1. Check the deploy: ` + "`kubectl -n prod rollout history deploy/checkout`" + `
2. Look at the [dashboard](https://grafana.example.com/d/checkout).

| signal | where | means |
|---|---|---|
| 5xx from gateway | gateway logs | the checkout is down |
| 5xx from payments | payment logs | the provider is down |

### Mitigation

- [ ] Roll back: the last deploy is the usual cause.

` + "```sh\nkubectl -n prod rollout undo deploy/checkout\n```" + `

- [ ] If the provider is down, switch to the other one.

### Escalation

Bring in payments when the rollback does not help within 15 minutes.

## QueueFull

Orders wait. See **HighErrorRate** first.
`

func runbookFiles() map[string]fs.FS {
	return map[string]fs.FS{"runbooks": fstest.MapFS{"checkout.md": {Data: []byte(checkoutRunbook)}}}
}
