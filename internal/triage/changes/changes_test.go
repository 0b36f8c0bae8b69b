package changes

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// account is PagerDuty read whole, metrics a Prometheus.
func account() sources.Snapshot {
	return sources.Snapshot{
		Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, AsOf: noon,
		Data: sources.Data{Extents: sources.Extents{Incidents: sources.Whole}},
	}
}

func metrics() sources.Snapshot {
	return sources.Snapshot{
		Source: sources.Source{Kind: sources.Prometheus, Name: "prom"}, AsOf: noon,
		Data: sources.Data{Extents: sources.Extents{Alerts: sources.Whole}},
	}
}

func user(id, name string) sources.Assignment {
	return sources.Assignment{User: sources.Reference{ID: id, Name: name}, At: noon.Add(-time.Hour)}
}

// incident is a group with an incident that Dana has.
func incident(number int, change func(*triage.Group)) triage.Group {
	id := fmt.Sprint("I", number)
	g := triage.Group{
		ID: id, State: triage.Triggered, Title: "Title", Severity: triage.Warning, Urgency: "high", Since: noon.Add(-time.Hour),
		Incident: &sources.Incident{
			Source: "pagerduty", ID: id, Number: number, Status: sources.Triggered, Policy: sources.Reference{ID: "P1"},
			AssignedVia: sources.AssignedByPolicy, Assignments: []sources.Assignment{user("UDANA", "Dana")}, Acknowledgers: []sources.Assignment{},
		},
	}
	if change != nil {
		change(&g)
	}
	return g
}

// alerts is a group of an alert without an incident.
func alerts(name string, change func(*triage.Group)) triage.Group {
	g := triage.Group{
		ID: name, State: triage.Firing, Title: name, Since: noon.Add(-time.Hour),
		Alerts: []triage.Alert{{Alert: sources.Alert{Labels: map[string]string{"alertname": name}}, Sources: []string{"prom"}}},
	}
	if change != nil {
		change(&g)
	}
	return g
}

func list(at time.Time, groups []triage.Group, snapshots ...sources.Snapshot) *List {
	if len(snapshots) == 0 {
		snapshots = []sources.Snapshot{account(), metrics()}
	}
	return Of(groups, snapshots, at)
}

func acknowledged(id, name string, at time.Time) func(*triage.Group) {
	return func(g *triage.Group) {
		a := user(id, name)
		a.At = at
		g.State, g.Incident.Status, g.Incident.Acknowledgers = triage.Acknowledged, sources.Acknowledged, []sources.Assignment{a}
	}
}

func assigned(via sources.AssignedVia, policy string, at time.Time, people ...sources.Assignment) func(*triage.Group) {
	return func(g *triage.Group) {
		for i := range people {
			people[i].At = at
		}
		g.Incident.Assignments, g.Incident.AssignedVia, g.Incident.Policy.ID = people, via, policy
	}
}

func TestBetween(t *testing.T) {
	type groups = []triage.Group
	failing, capped := account(), account()
	failing.Err = &sources.Error{Reason: sources.Unreachable}
	capped.Data.Extents.Incidents.Missing = "there are more"
	partial := metrics()
	partial.Partial = true
	two := noon.Add(2 * time.Minute)
	for name, c := range map[string]struct {
		before, after groups
		// then and now are the snapshots besides; nil: both whole.
		then, now []sources.Snapshot
		want      string
	}{
		"nothing":                       {groups{incident(1, nil)}, groups{incident(1, nil)}, nil, nil, ""},
		"a new incident":                {nil, groups{incident(1, nil)}, nil, nil, "New: #1 Title; 1 new"},
		"new, but it was not read":      {nil, groups{incident(1, nil)}, []sources.Snapshot{failing, metrics()}, nil, ""},
		"new, but the list was cut off": {nil, groups{incident(1, nil)}, []sources.Snapshot{capped, metrics()}, nil, ""},
		"new alerts":                    {nil, groups{alerts("A", nil)}, nil, nil, "New: A; 1 new"},
		"alerts of a partial read":      {nil, groups{alerts("A", nil)}, []sources.Snapshot{account(), partial}, nil, ""},
		"ended":                         {groups{incident(1, nil)}, nil, nil, nil, "Ended: #1 Title; 1 ended"},
		"missing from a cut list":       {groups{incident(1, nil)}, nil, nil, []sources.Snapshot{capped, metrics()}, "Not listed any longer, and its source was not read whole: #1 Title; 1 not read"},
		"missing while it fails":        {groups{incident(1, nil)}, nil, nil, []sources.Snapshot{failing, metrics()}, "Not listed any longer, and its source was not read whole: #1 Title; 1 not read"},
		"missing without its source":    {groups{incident(1, nil)}, nil, nil, []sources.Snapshot{metrics()}, "Not listed any longer, and its source was not read whole: #1 Title; 1 not read"},
		"alerts left":                   {groups{alerts("A", nil)}, nil, nil, nil, "No longer reported: A; 1 no longer reported"},
		"an incident for alerts": {
			groups{alerts("A", nil)},
			groups{incident(1, func(g *triage.Group) { g.Alerts = alerts("A", nil).Alerts })},
			nil, nil,
			"An incident was opened: #1 A: Title; 1 got an incident",
		},
		"alerts that are left of an incident": {
			groups{incident(1, func(g *triage.Group) { g.Alerts = alerts("A", nil).Alerts })}, groups{alerts("A", nil)}, nil, nil, "Ended: #1 A: Title; 1 ended",
		},
		"more than is left of an incident": {
			groups{incident(1, func(g *triage.Group) { g.Alerts = alerts("A", nil).Alerts })},
			groups{alerts("A", func(g *triage.Group) { g.Alerts = append(g.Alerts, alerts("B", nil).Alerts...) })},
			nil, nil, "New: A; Ended: #1 A: Title; 1 new, 1 ended",
		},
		"acknowledged":                 {groups{incident(1, nil)}, groups{incident(1, acknowledged("UANN", "Ann", two))}, nil, nil, "Acknowledged by Ann: #1 Title; 1 acked by Ann"},
		"acknowledged by oneself":      {groups{incident(1, nil)}, groups{incident(1, acknowledged("UDANA", "Dana", two))}, nil, nil, "Acknowledged by you: #1 Title; 1 acked by you"},
		"acknowledged by nobody knows": {groups{incident(1, nil)}, groups{incident(1, func(g *triage.Group) { g.State = triage.Acknowledged })}, nil, nil, "Acknowledged: #1 Title; 1 acked"},
		"an acknowledgement ended":     {groups{incident(1, acknowledged("UANN", "Ann", noon))}, groups{incident(1, nil)}, nil, nil, "Triggered again: #1 Title; 1 triggered again"},
		"handed off": {
			groups{incident(1, nil)},
			groups{incident(1, assigned(sources.AssignedDirectly, "P1", two, user("UJON", "Jonas")))},
			nil, nil,
			"Went to Jonas: #1 Title; 1 went to Jonas",
		},
		"escalated as announced": {
			groups{incident(1, func(g *triage.Group) { g.EscalatesAt = two })},
			groups{incident(1, assigned(sources.AssignedByPolicy, "P1", two.Add(time.Second), user("UJON", "Jonas")))},
			nil, nil,
			"Escalated to Jonas by PagerDuty: #1 Title; 1 escalated to Jonas",
		},
		"passed on before it was announced": {
			groups{incident(1, func(g *triage.Group) { g.EscalatesAt = two })},
			groups{incident(1, assigned(sources.AssignedByPolicy, "P1", two.Add(-time.Minute), user("UJON", "Jonas")))},
			nil, nil,
			"Went to Jonas: #1 Title; 1 went to Jonas",
		},
		"to another policy when an escalation was due": {
			groups{incident(1, func(g *triage.Group) { g.EscalatesAt = two })},
			groups{incident(1, assigned(sources.AssignedByPolicy, "P2", two.Add(time.Second), user("UJON", "Jonas")))},
			nil, nil,
			"Went to Jonas: #1 Title; 1 went to Jonas",
		},
		"assignees not said before":  {groups{incident(1, func(g *triage.Group) { g.Incident.Assignments = nil })}, groups{incident(1, nil)}, nil, nil, ""},
		"assignees not said now":     {groups{incident(1, nil)}, groups{incident(1, func(g *triage.Group) { g.Incident.Assignments = nil })}, nil, nil, ""},
		"one of two left":            {groups{incident(1, assigned(sources.AssignedByPolicy, "P1", noon, user("UDANA", "Dana"), user("UANN", "Ann")))}, groups{incident(1, nil)}, nil, nil, ""},
		"asked to join":              {groups{incident(1, nil)}, groups{incident(1, func(g *triage.Group) { g.Asked = &triage.Asked{By: "Ann"} })}, nil, nil, "You were asked to join by Ann: #1 Title; 1 asking you to join"},
		"asked to join by somebody":  {groups{incident(1, nil)}, groups{incident(1, func(g *triage.Group) { g.Asked = &triage.Asked{} })}, nil, nil, "You were asked to join by somebody: #1 Title; 1 asking you to join"},
		"no longer firing":           {groups{incident(1, nil)}, groups{incident(1, func(g *triage.Group) { g.Over.State = triage.IsOver })}, nil, nil, "No longer firing: #1 Title; 1 no longer firing"},
		"not known whether it fires": {groups{incident(1, nil)}, groups{incident(1, func(g *triage.Group) { g.Over.State = triage.OverUnknown })}, nil, nil, ""},
		"known again":                {groups{incident(1, func(g *triage.Group) { g.Over.State = triage.OverUnknown })}, groups{incident(1, nil)}, nil, nil, ""},
		"firing again":               {groups{incident(1, func(g *triage.Group) { g.Over.State = triage.IsOver })}, groups{incident(1, nil)}, nil, nil, "Fires again: #1 Title; 1 firing again"},
		"a severity that was read":   {groups{incident(1, func(g *triage.Group) { g.Severity = triage.Unknown })}, groups{incident(1, nil)}, nil, nil, ""},
		"a graver severity":          {groups{incident(1, nil)}, groups{incident(1, func(g *triage.Group) { g.Severity = triage.Critical })}, nil, nil, "Now critical: #1 Title; 1 now critical"},
		"a milder severity":          {groups{incident(1, nil)}, groups{incident(1, func(g *triage.Group) { g.Severity = triage.Info })}, nil, nil, ""},
		"a higher urgency":           {groups{incident(1, func(g *triage.Group) { g.Urgency = "low" })}, groups{incident(1, nil)}, nil, nil, "Now high urgency: #1 Title; 1 now high urgency"},
		"pending fires":              {groups{alerts("A", func(g *triage.Group) { g.State = triage.Pending })}, groups{alerts("A", nil)}, nil, nil, "Fires now: A; 1 now firing"},
		"silenced":                   {groups{alerts("A", nil)}, groups{alerts("A", func(g *triage.Group) { g.State = triage.Silenced })}, nil, nil, "Silenced: A; 1 silenced"},
		"two at once": {
			groups{incident(1, nil), incident(2, nil)},
			groups{incident(1, acknowledged("UANN", "Ann", two)), incident(2, acknowledged("UBO", "Bo", two))},
			nil, nil,
			"Acknowledged by Ann: #1 Title; Acknowledged by Bo: #2 Title; 2 acked",
		},
		"several kinds": {
			groups{incident(1, nil), incident(2, nil), incident(3, nil), alerts("A", nil)},
			groups{incident(4, nil), incident(1, assigned(sources.AssignedDirectly, "P1", two, user("UJON", "Jonas"))), alerts("A", nil)},
			nil, nil,
			"New: #4 Title; Went to Jonas: #1 Title; Ended: #2 Title; Ended: #3 Title; 1 new, 1 went to Jonas, 2 ended",
		},
	} {
		t.Run(name, func(t *testing.T) {
			changed := Between(list(noon, c.before, c.then...), list(noon.Add(5*time.Minute), c.after, c.now...), "UDANA")
			var got []string
			for _, s := range Sentences(changed) {
				got = append(got, s.Text)
				if s.At.Before(noon) || s.At.After(noon.Add(5*time.Minute)) {
					t.Errorf("%q at %v", s.Text, s.At)
				}
			}
			if s := Summary(changed); s != "" {
				got = append(got, s)
			}
			if got := strings.Join(got, "; "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// A list that did not change has no changes, whatever it is of.
func TestSameListHasNoChanges(t *testing.T) {
	groups := []triage.Group{incident(1, nil), incident(2, acknowledged("UANN", "Ann", noon)), alerts("A", nil), alerts("B", func(g *triage.Group) { g.Alerts = nil })}
	l := list(noon, groups)
	if got := Between(l, list(noon.Add(time.Minute), groups), "UDANA"); len(got) > 0 {
		t.Errorf("%+v", got)
	}
	if got := Between(l, list(noon.Add(time.Minute), groups, account()), ""); len(got) > 0 {
		t.Errorf("without a source: %+v", got)
	}
}

// A storm fills neither the messages nor the summary.
func TestManyChanges(t *testing.T) {
	var groups []triage.Group
	for i := range 500 {
		groups = append(groups, incident(i+1, nil))
	}
	changed := Between(list(noon, nil), list(noon.Add(time.Minute), groups), "")
	sentences := Sentences(changed)
	if len(sentences) != mostSentences+1 || sentences[mostSentences].Text != "And 492 more groups: new" {
		t.Errorf("%d: %+v", len(sentences), sentences[len(sentences)-1])
	}
	if got := Summary(changed); got != "500 new" {
		t.Error(got)
	}
}
