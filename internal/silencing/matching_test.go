package silencing

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// The matchers of a silence name what the alerts are of, and the preview what
// else they match.
func TestMatchersIdentifyTheAlerts(t *testing.T) {
	for _, tt := range []struct {
		name, own, others string
		service, ignored  []string
		want              []string
		later             string // of the first silence
	}{
		{
			name:  "two services (broad-silence)",
			own:   "alertname=DiskFull service=db severity=critical; alertname=DiskFull service=cache severity=critical",
			want:  []string{`alertname="DiskFull", severity="critical", service=~"cache|db"`},
			later: `Later it also silences any DiskFull with service=~"cache|db" and severity="critical", also with further labels.`,
		},
		{
			name:  "pods of one service",
			own:   "alertname=X service=api pod=a severity=page; alertname=X service=api pod=b severity=page",
			want:  []string{`alertname="X", service="api", severity="page"`},
			later: `Later it also silences any X of api with severity="page", whatever its pod, also with further labels.`,
		},
		{
			name:  "one alert",
			own:   "alertname=X service=api pod=a",
			want:  []string{`alertname="X", pod="a", service="api"`},
			later: "Later it also silences any X that has all these labels and others besides.",
		},
		{
			name: "nodes under an exporter's service and namespace",
			own:  "alertname=NodeFull job=node-exporter service=node-exporter namespace=monitoring instance=n1; alertname=NodeFull job=node-exporter service=node-exporter namespace=monitoring instance=n2",
			want: []string{`alertname="NodeFull", job="node-exporter", namespace="monitoring", service="node-exporter", instance=~"n1|n2"`},
		},
		{
			name: "pods told of by kube-state-metrics",
			own:  "alertname=Crash job=kube-state-metrics namespace=prod pod=a; alertname=Crash job=kube-state-metrics namespace=prod pod=b",
			want: []string{`alertname="Crash", job="kube-state-metrics", namespace="prod"`},
		},
		{
			name: "only environment and severity in common, two labels differ",
			own:  "alertname=X cluster=eu region=r severity=s prometheus=p instance=1 pod=a; alertname=X cluster=eu region=r severity=s prometheus=p instance=2 pod=b",
			want: []string{
				`alertname="X", cluster="eu", instance="1", pod="a", prometheus="p", region="r", severity="s"`,
				`alertname="X", cluster="eu", instance="2", pod="b", prometheus="p", region="r", severity="s"`,
			},
		},
		{
			name:   "what is common catches another",
			own:    "alertname=X service=api pod=a; alertname=X service=api pod=b",
			others: "alertname=X service=api pod=c",
			want:   []string{`alertname="X", service="api", pod=~"a|b"`},
		},
		{
			name:   "one of two where the other has a label more",
			own:    "alertname=X service=api",
			others: "alertname=X service=api pod=c",
			want:   []string{`alertname="X", service="api", pod=""`},
		},
		{
			name:  "replicas of one alert",
			own:   "alertname=X service=api pod=a thanos_ruler_replica=0; alertname=X service=api pod=a thanos_ruler_replica=1",
			want:  []string{`alertname="X", pod="a", service="api"`},
			later: `Later it also silences any X of api with pod="a", whatever its thanos_ruler_replica, also with further labels.`,
		},
		{
			name: "two names",
			own:  "alertname=X service=api; alertname=Y service=api",
			want: []string{`alertname="X", service="api"`, `alertname="Y", service="api"`},
		},
		{
			name: "without alertname (nameless)",
			own:  "host=a check=disk; host=a check=cpu", others: "alertname=X host=a check=disk",
			want:  []string{`alertname="", host="a"`},
			later: "Later it also silences any alert without alertname of a, whatever its check, also with further labels.",
		},
		{
			name: "without alertname, and nothing that identifies",
			own:  "a=1 b=2; a=1 b=3",
			want: []string{`alertname="", a="1", b=~"2|3"`},
		},
		{
			name: "a label that one of them lacks",
			own:  "alertname=X severity=s zone=1; alertname=X severity=s",
			want: []string{`alertname="X", severity="s", zone=~"|1"`},
		},
		{
			name: "values that are no regular expressions",
			own:  "alertname=X path=/a.b|c(; alertname=X path=^$",
			want: []string{`alertname="X", path=~"/a\\.b\\|c\\(|\\^\\$"`},
		},
		{
			name:    "a service label of the configuration",
			own:     "alertname=X squad=red v=1; alertname=X squad=red v=2",
			service: []string{"squad"},
			want:    []string{`alertname="X", squad="red"`},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := By(triage.Options{ServiceLabels: tt.service, IgnoreLabels: tt.ignored})
			own := fixture.AlertsWith(fixture.LabelSets(tt.own))
			var got []string
			lists := m.Exact(own, fixture.LabelSets(tt.others))
			for _, matchers := range lists {
				got = append(got, MatcherText(matchers))
			}
			if !slices.Equal(got, tt.want) {
				t.Fatalf("matchers\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			if later := m.Later(lists[0], own); tt.later != "" && later != tt.later {
				t.Errorf("later: %s", later)
			}
		})
	}
}

// What is matched loosely, since one silence for each would be too many, is
// said.
func TestManyAlertsTakeOneSilence(t *testing.T) {
	var own []*sources.Alert
	for n := range SilenceLimit + 5 {
		own = append(own, &sources.Alert{Labels: map[string]string{
			"alertname": "NodeFull", "severity": "s", "instance": fmt.Sprint("n", n), "device": fmt.Sprint("d", n),
		}})
	}
	m := By(triage.Options{})
	lists := m.Exact(own, nil)
	if len(lists) != 1 {
		t.Fatalf("%d silences", len(lists))
	}
	for _, a := range own {
		if !AnyMatch(lists[0], []map[string]string{a.Labels}) {
			t.Errorf("%v is not matched", a.Labels)
		}
	}
	if later := m.Later(lists[0], own); !strings.Contains(later, "instance") || !strings.Contains(later, "device") {
		t.Errorf("later: %s", later)
	}
	elsewhere := map[string]string{"alertname": "NodeFull", "severity": "s", "instance": "n1", "device": "d2"}
	if lists := m.Exact(own, []map[string]string{elsewhere}); len(lists) != len(own) {
		t.Errorf("%d silences where one would catch another alert", len(lists))
	}
}
