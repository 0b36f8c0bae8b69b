package roomtest

import (
	"errors"
	"fmt"
	"time"

	"firstline/sources"
)

// Reference is a reference to something in PagerDuty.
func Reference(id, name string) sources.Reference { return sources.Reference{ID: id, Name: name} }

// The people of Story.
var (
	Dana = sources.User{
		ID: "PDANA", Name: "Dana Diaz", Email: "dana@example.com", TimeZone: "Europe/Berlin",
		Teams: []sources.Reference{Reference("TPAY", "payments")},
	}
	Ann = sources.User{ID: "PANN", Name: "Ann Okafor", Email: "ann@example.com", TimeZone: "America/Los_Angeles"}
	Ben = sources.User{ID: "PBEN", Name: "Ben Ortiz", Email: "ben@example.com", TimeZone: "Asia/Singapore"}
	Cho = sources.User{ID: "PCHO", Name: "Cho Minh", Email: "cho@example.com", TimeZone: "Europe/London"}
)

// UserReference is a reference to a user.
func UserReference(u sources.User) sources.Reference { return Reference(u.ID, u.Name) }

// PagerDutyData is an account with a first line, two services and their
// incidents.
func PagerDutyData(now time.Time) sources.Data {
	firstLine, owners := Reference("POPS", "Ops first line"), Reference("PPAY", "Payments on call")
	me := Dana
	incident := func(number int, id, title string, status sources.IncidentStatus, since time.Duration) sources.Incident {
		i := sources.Incident{
			Source: "pagerduty", ID: id, Number: number, Title: title, Status: status, Urgency: "high",
			URL: "https://example.pagerduty.com/incidents/" + id, CreatedAt: now.Add(-since), UpdatedAt: now.Add(-since),
			Service: Reference("SCHK", "checkout"), Policy: owners, Teams: []sources.Reference{Reference("TPAY", "payments")},
			Assignments: []sources.Assignment{{User: UserReference(Dana), At: now.Add(-since)}}, AlertsRead: true,
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
	lag.Service = Reference("SPAY", "payments")
	lag.Assignments = []sources.Assignment{{User: UserReference(Ann), At: lag.CreatedAt}}
	lag.Acknowledgers = []sources.Assignment{{User: UserReference(Ann), At: now.Add(-50 * time.Minute)}}
	disk := incident(4699, "Q3DISK", "Disk of payments-db-2 90% full", sources.Triggered, 3*time.Hour)
	disk.Service, disk.Urgency = Reference("SPAY", "payments"), "low"
	disk.Assignments = []sources.Assignment{{User: UserReference(Ben), At: disk.CreatedAt}, {User: UserReference(Cho), At: disk.CreatedAt}}

	return sources.Data{
		Extents: sources.Extents{
			Incidents: sources.Whole, Services: sources.Whole, Policies: sources.Whole, Users: sources.Whole, Teams: sources.Whole, Priorities: sources.Whole,
			Alerts: sources.Whole, OnCalls: map[string]sources.Extent{"POPS": sources.Whole, "PPAY": sources.Whole},
		},
		Incidents: []sources.Incident{first, lag, disk},
		Users:     []sources.User{Dana, Ann, Ben, Cho},
		Me:        &me,
		Teams:     []sources.Reference{Reference("TPAY", "payments"), Reference("TOPS", "operations")},
		Services: []sources.Service{
			{ID: "SCHK", Name: "checkout", Policy: owners, Teams: []sources.Reference{Reference("TPAY", "payments")}},
			{ID: "SPAY", Name: "payments", Policy: owners, Teams: []sources.Reference{Reference("TPAY", "payments")}},
		},
		Policies: []sources.Policy{
			{
				ID: "POPS", Name: "Ops first line", Loops: 1, Teams: []sources.Reference{Reference("TOPS", "operations")},
				Levels: []sources.Level{{Delay: 15 * time.Minute, Strategy: sources.AssignToEveryone, Targets: []sources.Reference{UserReference(Ben)}}, {Delay: 30 * time.Minute, Strategy: sources.AssignToEveryone, Targets: []sources.Reference{UserReference(Cho)}}},
			},
			{
				ID: "PPAY", Name: "Payments on call", Loops: 1, Teams: []sources.Reference{Reference("TPAY", "payments")},
				Levels: []sources.Level{{Delay: 16 * time.Minute, Strategy: sources.AssignToEveryone, Targets: []sources.Reference{UserReference(Dana)}}},
			},
		},
		OnCalls: []sources.OnCall{
			{User: UserReference(Ben), Policy: firstLine, Level: 1, Schedule: Reference("SCHOPS", "Ops primary"), Start: now.Add(-3 * time.Hour), End: now.Add(5 * time.Hour)},
			{User: UserReference(Cho), Policy: firstLine, Level: 2},
			{User: UserReference(Dana), Policy: owners, Level: 1, Schedule: Reference("SCHPAY", "Payments primary"), Start: now.Add(-3 * time.Hour), End: now.Add(6 * time.Hour)},
		},
	}
}

// Firing is an alert of Prometheus that fires.
func Firing(name, service, severity, pod string, since time.Time) *sources.Alert {
	return &sources.Alert{
		Source: "prom-eu", State: sources.AlertFiring, ActiveSince: since, Value: sources.NewValue("0.12"),
		Labels: map[string]string{"alertname": name, "service": service, "severity": severity, "pod": pod, "namespace": "prod"},
		Annotations: map[string]string{
			"summary":     "12% of " + service + " requests fail",
			"description": "More than 5% of requests have failed for ten minutes.",
		},
		GeneratorURL: "https://prometheus.example.com/graph?g0.expr=errors",
	}
}

// Story are the snapshots of three sources as they are at noon.
func Story(now time.Time) []sources.Snapshot {
	alerts := []*sources.Alert{
		Firing("HighErrorRate", "checkout", "critical", "checkout-1", now.Add(-12*time.Minute)),
		Firing("HighErrorRate", "checkout", "critical", "checkout-2", now.Add(-11*time.Minute)),
		Firing("LatencyP99", "search", "warning", "search-0", now.Add(-3*time.Minute)),
		Firing("CertificateExpires", "gateway", "info", "gateway-0", now.Add(-49*time.Hour)),
		Firing("QueueBacklog", "mail", "error", "mail-0", now.Add(-42*time.Second)),
	}
	alerts[0].Annotations["runbook_url"] = "https://runbooks.example.com/checkout#higherrorrate"
	pending := Firing("CPUThrottling", "search", "info", "search-1", now.Add(-90*time.Second))
	pending.State = sources.AlertPending
	alerts = append(alerts, pending)

	quiet := Firing("NodeDown", "batch", "critical", "node-7", now.Add(-5*time.Hour))
	quiet.Source, quiet.State, quiet.Fingerprint, quiet.SilencedBy = "alertmanager", sources.AlertSilenced, "bb07", []string{"s1"}
	silence := sources.Silence{
		Source: "alertmanager", ID: "s1", State: "active", CreatedBy: "ann@example.com", Comment: "node-7 is being replaced",
		StartsAt: now.Add(-5 * time.Hour), EndsAt: now.Add(2 * time.Hour),
		Matchers: []sources.Matcher{{Name: "pod", Value: "node-7", Equal: true}},
	}
	return []sources.Snapshot{
		{Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, AsOf: now.Add(-4 * time.Second), Data: PagerDutyData(now)},
		{Source: sources.Source{Kind: sources.Prometheus, Name: "prom-eu"}, AsOf: now.Add(-2 * time.Second), Data: sources.Data{Alerts: alerts, Extents: sources.Extents{Alerts: sources.Whole, Rules: sources.Whole}}},
		{
			Source: sources.Source{Kind: sources.Alertmanager, Name: "alertmanager"}, AsOf: now.Add(-76 * time.Second),
			Data: sources.Data{Extents: sources.Extents{Alerts: sources.Whole, Silences: sources.Whole}, Alerts: []*sources.Alert{quiet}, Silences: []sources.Silence{silence}},
			Err: &sources.Error{
				Source: sources.Source{Kind: sources.Alertmanager, Name: "alertmanager"}, Doing: "reading alerts", Reason: sources.Unreachable,
				Sentence: "No answer within 5 s; check that the address is right and reachable.", Err: errors.New("timeout"),
			},
			FailingSince: now.Add(-70 * time.Second),
		},
	}
}

// StorySources are the sources of Story.
func StorySources() []sources.Source {
	return []sources.Source{
		{Kind: sources.PagerDuty, Name: "pagerduty"},
		{Kind: sources.Prometheus, Name: "prom-eu"},
		{Kind: sources.Alertmanager, Name: "alertmanager"},
	}
}

// Fleet is one Prometheus with n alerts, each its own group.
func Fleet(now time.Time, n int) []sources.Snapshot {
	severities := []string{"critical", "error", "warning", "info"}
	alerts := make([]*sources.Alert, n)
	for i := range alerts {
		alerts[i] = Firing(fmt.Sprintf("Alert%05d", i), fmt.Sprintf("service-%02d", i%40), severities[i%4],
			fmt.Sprintf("pod-%d", i), now.Add(-time.Duration(i)*time.Minute))
	}
	return []sources.Snapshot{{
		Source: sources.Source{Kind: sources.Prometheus, Name: "prom-eu"}, AsOf: now, Data: sources.Data{Alerts: alerts},
	}}
}

// Numbered are alerts of one severity, one a group, the later the older.
func Numbered(severity string, from, to int) []*sources.Alert {
	var out []*sources.Alert
	for i := from; i < to; i++ {
		a := Firing(fmt.Sprintf("%s%03d", severity, i), fmt.Sprintf("svc-%03d", i), severity, "p", Noon.Add(-time.Duration(i+1)*time.Minute))
		a.Annotations = nil
		out = append(out, a)
	}
	return out
}

// OfServices are alerts of several services, the graver the lower the number.
func OfServices(perService ...int) []*sources.Alert {
	severities := []string{"critical", "error", "warning", "info"}
	var out []*sources.Alert
	for s, n := range perService {
		for i := range n {
			a := Firing(fmt.Sprintf("Alert%d-%02d", s, i), fmt.Sprintf("svc-%d", s), severities[s%4], fmt.Sprintf("p%d", i), Noon.Add(-time.Duration(i+1)*time.Minute))
			a.Annotations = nil
			out = append(out, a)
		}
	}
	return out
}

// Alerts are what one Prometheus says that has these alerts.
func Alerts(alerts ...*sources.Alert) []sources.Snapshot {
	return []sources.Snapshot{{
		Source: sources.Source{Kind: sources.Prometheus, Name: "prom-eu"}, AsOf: Noon, Data: sources.Data{Alerts: alerts},
	}}
}
