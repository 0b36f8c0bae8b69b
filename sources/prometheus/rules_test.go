package prometheus

import (
	"math"
	"strings"
	"testing"
	"time"

	"firstline/sources"
)

func TestLink(t *testing.T) {
	r := newRules([]sources.Rule{
		{Name: "A", Query: `up{job="a b"} == 0 & 1`, Labels: map[string]string{"team": "{{ $labels.team }}"}},
		{Name: "Twice", Query: "x > 1", Labels: map[string]string{"severity": "warning"}},
		{Name: "Twice", Query: "x > 2", Labels: map[string]string{"severity": "critical"}},
		{Name: "Alike", Query: "y > 1", Labels: map[string]string{"severity": "warning"}},
		{Name: "Alike", Query: "y > 2", Labels: map[string]string{"severity": "warning"}},
		{Name: "Same", Query: "z", Labels: map[string]string{"severity": "warning"}},
		{Name: "Same", Query: "z", Labels: map[string]string{"severity": "warning"}},
		{Name: "General", Query: "g1"},
		{Name: "General", Query: "g2", Labels: map[string]string{"severity": "critical"}},
		{Name: "Empty"},
	}, "https://example.com/p")
	for _, c := range []struct{ name, severity, want string }{
		{"A", "", "up%7Bjob%3D%22a+b%22%7D+%3D%3D+0+%26+1"},
		{"Twice", "warning", "x+%3E+1"},
		{"Twice", "critical", "x+%3E+2"},
		{"Twice", "info", ""},
		{"Alike", "warning", ""}, // either may have made it
		{"Same", "warning", "z"},
		{"General", "critical", "g2"},
		{"General", "warning", "g1"},
		{"Empty", "", ""},
		{"Unknown", "", ""},
	} {
		want := c.want
		if want != "" {
			want = "https://example.com/p/graph?g0.expr=" + want + "&g0.tab=1"
		}
		labels := map[string]string{"alertname": c.name, "severity": c.severity, "team": "payments"}
		if got := r.link(labels); got != want {
			t.Errorf("%s %s: %q, want %q", c.name, c.severity, got, want)
		}
	}
}

func TestSeconds(t *testing.T) {
	for s, want := range map[float64]time.Duration{0: 0, 1.5: 1500 * time.Millisecond, -1: 0, 1e300: math.MaxInt64, math.Inf(1): math.MaxInt64} {
		if got := seconds(s); got != want {
			t.Errorf("seconds(%v) = %v, want %v", s, got, want)
		}
	}
	if got := seconds(math.NaN()); got != 0 {
		t.Errorf("seconds(NaN) = %v", got)
	}
}

func TestExternalLabels(t *testing.T) {
	for _, c := range []struct {
		name, yaml, want string
		fails            bool
	}{
		{name: "some", yaml: "global:\n  external_labels:\n    cluster: dev\n    number: \"1\"\nscrape_configs: []\n", want: "dev"},
		{name: "further down", yaml: "a: b\n# c\nglobal:\n  scrape_interval: 5s\n\n# more\n  external_labels:\n    cluster: dev\nrule_files: []\n", want: "dev"},
		{name: "at the end", yaml: "a: b\nglobal:\n  external_labels: {cluster: dev}", want: "dev"},
		{name: "in flow style", yaml: "{global: {external_labels: {cluster: dev}}}", want: "dev"},
		{name: "by an alias", yaml: "x: &x {cluster: dev}\nglobal:\n  external_labels: *x\n", want: "dev"},
		{name: "of another", yaml: "remote:\n  global:\n    external_labels: {cluster: dev}\n"},
		{name: "none", yaml: "global: {}\n"},
		{name: "nothing", yaml: ""},
		{name: "no YAML", yaml: "a: [", fails: true},
		{name: "a list", yaml: "global: {external_labels: [a]}", fails: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			read, err := readConfiguration(c.yaml)
			labels := read.external
			if (err != nil) != c.fails || labels["cluster"] != c.want {
				t.Errorf("%v, %v", labels, err)
			}
		})
	}
	// An alias bomb must end in an error and must not use all memory.
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for _, l := range "bcdefghij" {
		prev := string(l - 1)
		bomb += string(l) + ": &" + string(l) + " [" + strings.Repeat("*"+prev+",", 8) + "*" + prev + "]\n"
	}
	if _, err := readConfiguration(bomb + "global: {external_labels: *j}"); err == nil {
		t.Error("an alias bomb was read")
	}
}
