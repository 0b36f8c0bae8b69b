package respond

import (
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

// sunday is a Sunday, 02:30 UTC: night in Europe, Saturday evening in America.
var sunday = time.Date(2026, 11, 22, 2, 30, 0, 0, time.UTC)

func ref(id, name string) sources.Reference { return sources.Reference{ID: id, Name: name} }

var (
	dana = ref("UDANA", "Dana Reyes")
	ann  = ref("UANN", "Ann Berg")
	bo   = ref("UBO", "Bo Larsen")
	cy   = ref("UCY", "Cy Park")
	eve  = ref("UEVE", "Eve Stone")
)

// pagerDutyData is an account: a first line (Bo, then Cy), the payments team
// (Ann by a schedule, then Eve directly), a policy with nobody on call and one
// whose level 1 is empty.
func pagerDutyData() sources.Data {
	user := func(r sources.Reference, email, zone string) sources.User {
		return sources.User{ID: r.ID, Name: r.Name, Email: email, TimeZone: zone}
	}
	onCall := func(u sources.Reference, policy string, level int, schedule string) sources.OnCall {
		o := sources.OnCall{User: u, Policy: ref(policy, ""), Level: level}
		if schedule != "" {
			o.Schedule = ref("S"+schedule, schedule)
			o.Start, o.End = sunday.Add(-time.Hour), sunday.Add(6*time.Hour)
		}
		return o
	}
	levels := []sources.Level{{Delay: 30 * time.Minute}, {Delay: 15 * time.Minute}}
	return sources.Data{
		Extents: sources.Extents{
			Incidents: sources.Whole, Services: sources.Whole, Policies: sources.Whole, Users: sources.Whole, Teams: sources.Whole, Priorities: sources.Whole,
			OnCalls: map[string]sources.Extent{"PFIRST": sources.Whole, "PPAY": sources.Whole, "PEMPTY": sources.Whole, "PLATE": sources.Whole},
		},
		Users: []sources.User{
			user(dana, "dana@example.com", "Europe/Berlin"), user(ann, "ann@example.com", "America/New_York"),
			user(bo, "bo@example.com", "Europe/Oslo"), user(cy, "cy@example.com", ""), user(eve, "eve@example.com", "Asia/Tokyo"),
		},
		Teams: []sources.Reference{ref("TPAY", "Payments"), ref("TTWO", "Twins"), ref("TNONE", "Loners")},
		Policies: []sources.Policy{
			{ID: "PFIRST", Name: "Ops first line", Levels: levels},
			{ID: "PPAY", Name: "Payments on call", Levels: levels, Teams: []sources.Reference{ref("TPAY", "Payments")}},
			{ID: "PEMPTY", Name: "Nobody here", Levels: levels, Teams: []sources.Reference{ref("TTWO", "Twins")}},
			{ID: "PLATE", Name: "Late", Levels: levels, Teams: []sources.Reference{ref("TTWO", "Twins")}},
		},
		OnCalls: []sources.OnCall{
			onCall(bo, "PFIRST", 1, "Ops primary"), onCall(cy, "PFIRST", 2, "Ops secondary"),
			onCall(ann, "PPAY", 1, "Payments primary"), onCall(eve, "PPAY", 2, ""),
			onCall(eve, "PLATE", 2, ""),
		},
		Priorities: []sources.Priority{{ID: "PR1", Name: "P1", Order: 2}, {ID: "PR2", Name: "P2", Order: 1}},
		Services: []sources.Service{
			{ID: "SCHK", Name: "checkout", Policy: ref("PPAY", "Payments on call")},
			{ID: "SOPS", Name: "ops", Policy: ref("PFIRST", "Ops first line")},
		},
	}
}

// alertsData is what the Alertmanager am-eu reports.
func alertsData() sources.Data {
	alert := func(fp string, labels ...string) sources.Alert {
		a := sources.Alert{
			Source: "am-eu", Fingerprint: fp, State: sources.AlertFiring, ActiveSince: sunday.Add(-12 * time.Minute),
			Labels: map[string]string{}, Annotations: map[string]string{"summary": "It hurts"},
			GeneratorURL: "https://prometheus.example.com/graph?g0.expr=up",
		}
		for i := 0; i < len(labels); i += 2 {
			a.Labels[labels[i]] = labels[i+1]
		}
		return a
	}
	return sources.Data{Extents: sources.Extents{Alerts: sources.Whole}, Alerts: []sources.Alert{
		alert("f1", "alertname", "HighErrorRate", "service", "checkout", "pod", "a", "cluster", "eu"),
		alert("f2", "alertname", "HighErrorRate", "service", "checkout", "pod", "b", "cluster", "eu"),
		alert("f3", "alertname", "HighErrorRate", "service", "search", "pod", "c", "cluster", "eu"),
		alert("f4", "alertname", "DiskFull", "cluster", "eu", "node", "n1"),
	}}
}

// incident is triggered on checkout, with the payments policy and Ann.
func incident(id string) sources.Incident {
	return sources.Incident{
		Source: "pagerduty", ID: id, Number: 12, Title: "Checkout errors", Status: sources.Triggered, Urgency: "high",
		URL: "https://example.pagerduty.com/incidents/" + id, CreatedAt: sunday.Add(-12 * time.Minute),
		ChangedAt: sunday.Add(-12 * time.Minute), Service: ref("SCHK", "checkout"), Policy: ref("PPAY", "Payments on call"),
		Assignments: []sources.Assignment{{User: ann, At: sunday.Add(-12 * time.Minute)}},
	}
}

func acknowledgedIncident(id string, by sources.Reference, at time.Time) sources.Incident {
	i := incident(id)
	i.Status, i.ChangedAt, i.ChangedBy = sources.Acknowledged, at, by
	i.Acknowledgers = []sources.Assignment{{User: by, At: at}}
	return i
}

func resolvedIncident(id string, by sources.Reference, at time.Time) sources.Incident {
	i := incident(id)
	i.Status, i.ChangedAt, i.ChangedBy, i.Assignments = sources.Resolved, at, by, nil
	return i
}

func groupOf(i sources.Incident) triage.Group {
	return triage.Group{
		ID: i.ID, Title: i.Title, Service: "checkout", State: triage.State(i.Status), Urgency: i.Urgency, Since: i.CreatedAt,
		Incident: &i, OwnerPolicyID: "PPAY", ServiceID: "SCHK", RunbookURL: "https://runbooks.example.com/checkout.md",
		Alerts: triageAlerts(alertsData().Alerts[:2]),
	}
}

func triageAlerts(alerts []sources.Alert) []triage.Alert {
	var all []triage.Alert
	for _, a := range alerts {
		all = append(all, triage.Alert{Alert: a, Sources: []string{a.Source}})
	}
	return all
}

// alertsGroup are the two alerts of checkout, without an incident.
func alertsGroup() triage.Group {
	g := groupOf(incident(""))
	g.ID, g.Incident, g.State = "0123456789ab", nil, triage.Firing
	g.Title = "HighErrorRate checkout"
	g.Labels = map[string]string{"alertname": "HighErrorRate", "service": "checkout"}
	return g
}

// strayGroup is an alert without a known owner or service.
func strayGroup() triage.Group {
	return triage.Group{
		ID: "ba9876543210", Title: "DiskFull", State: triage.Firing, Since: sunday.Add(-time.Hour),
		Labels: map[string]string{"alertname": "DiskFull"}, Alerts: triageAlerts(alertsData().Alerts[3:4]),
	}
}
