package cli

import (
	"testing"

	"firstline/internal/triage"
	"firstline/sources"
)

func TestCheckSaysClusters(t *testing.T) {
	am := func(name string, peers ...string) sources.Snapshot {
		return sources.Snapshot{Source: sources.Source{Kind: sources.Alertmanager, Name: name}, AsOf: noon, Data: sources.Data{Peers: peers}}
	}
	failing := am("am-c", "1")
	failing.Err = &sources.Error{Reason: sources.Unreachable, Sentence: "it is down"}
	for _, tt := range []struct {
		name      string
		snapshots []sources.Snapshot
		want      []string // names of the findings
	}{
		{"one", []sources.Snapshot{am("am-a")}, nil},
		{"a cluster", []sources.Snapshot{am("am-a", "1", "2"), am("am-b", "1", "2")}, []string{"am-a"}},
		{"two apart", []sources.Snapshot{am("am-a"), am("am-b")}, []string{"alertmanagers"}},
		{"a cluster and one apart", []sources.Snapshot{am("am-a", "1"), am("am-b", "1"), am("am-d", "4")}, []string{"am-a", "alertmanagers"}},
		{"one that fails tells nothing now", []sources.Snapshot{am("am-a", "1"), failing}, nil},
	} {
		c := &checker{}
		c.clusters(tt.snapshots)
		var got []string
		for _, f := range c.findings {
			got = append(got, f.Name)
			if f.Verdict != fine {
				t.Errorf("%s: %+v", tt.name, f)
			}
		}
		if len(got) != len(tt.want) || len(got) > 0 && got[0] != tt.want[0] {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestCheckSaysWhomNobodyHas(t *testing.T) {
	of := func(title, why string, status sources.IncidentStatus, people ...sources.Assignment) triage.Group {
		return triage.Group{
			Title: title, State: triage.State(status), WhyNobody: why,
			Incident: &sources.Incident{Title: title, Status: status, Assignments: people},
		}
	}
	nobody := func(g triage.Group) triage.Group {
		g.Incident.Assignments = []sources.Assignment{}
		return g
	}
	ann := sources.Assignment{User: sources.Reference{Name: "Ann"}}
	c := &checker{}
	c.holders(reading{groups: []triage.Group{
		of("Assigned", "", sources.Triggered, ann),
		nobody(of("Two", "nobody is on call at Ops", sources.Triggered)),
		nobody(of("One", "nobody is on call at Ops", sources.Triggered)),
		nobody(of("Three", "", sources.Triggered)),
		of("Untold", "nobody is on call at Ops", sources.Triggered),
		nobody(of("Acked", "", sources.Acknowledged)),
		of("Over", "", sources.Resolved),
		{Title: "Alerts", State: triage.Firing},
	}})
	want := []string{
		"nobody was notified of One, Two: nobody is on call at Ops",
		"Three: assigned to nobody, why is unknown",
		"who has Untold is unknown, because PagerDuty did not say",
	}
	if len(c.findings) != len(want) {
		t.Fatalf("%+v", c.findings)
	}
	for i, f := range c.findings {
		if f.Sentence != want[i] || f.Verdict != mind {
			t.Errorf("%+v, want %q", f, want[i])
		}
	}
}
