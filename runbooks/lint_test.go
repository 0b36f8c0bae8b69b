package runbooks

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// asked gives the rules the queries for their runbooks.
func asked(rules []AlertRule) []AlertRule {
	for i := range rules {
		r := &rules[i]
		r.Query = Query{References: refs(r.Annotations["runbook_url"]), Alerts: []string{r.Name}, Service: r.Labels["service"], Team: r.Labels["team"]}
	}
	return rules
}

func TestLint(t *testing.T) {
	rules := []AlertRule{
		{Name: "PodRestartsOften", Annotations: map[string]string{"runbook_url": "https://runbooks.example.com/runbooks/kubernetes/podrestartsoften"}},
		{Name: "DiskSlow", Expression: `sum by (node, device) (rate(x{job="node"}[5m]))`},
		{Name: "HighErrorRate", Labels: map[string]string{"service": "checkout"}},
		{Name: "TargetGone"},
		{Name: "QueueGrows"},
		{Name: "Renamed", Annotations: map[string]string{"runbook_url": "https://example.com/mixin/runbook.md#alert-name-renamed"}},
		{Name: "Nowhere"},
		{Name: "Nowhere", Labels: map[string]string{"severity": "critical"}},
	}
	asked(rules)
	l := collections()
	var got []string
	for _, f := range l.Lint(rules, LintOptions{}) {
		got = append(got, fmt.Sprintf("%s:%d %s %s", f.Path, f.Line, f.Kind, f.Alert))
		if !strings.HasSuffix(f.Sentence, ".") {
			t.Errorf("%+v has no sentence", f)
		}
	}
	want := []string{
		":0 alert without runbook Nowhere",
		"testdata/kube/content/runbooks/kubernetes/VolumeFillsUp.md:4 runbook without rule ",
		"testdata/kube/content/runbooks/node/DiskSlow.md:4 missing section ",
		"testdata/kube/content/runbooks/node/DiskSlow.md:4 missing section ",
		"testdata/mixin/runbook.md:1 alert without heading Renamed",
		"testdata/mixin/runbook.md:1 missing section ",
		"testdata/mixin/runbook.md:1 missing section ",
		"testdata/mixin/runbook.md:1 missing section ",
		"testdata/mixin/runbook.md:1 missing section ",
		"testdata/services/checkout/HighErrorRate.md:5 dead link ",
		"testdata/services/checkout/HighErrorRate.md:10 unknown variable ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestLintHeadings(t *testing.T) {
	dir := t.TempDir()
	write(t, dir+"/ops/runbook.md", "# Runbook\n\n## One\n\n`kubectl get $QUEUE $TENANT $REGION_ID`\n")
	l := Open(Options{Directories: []string{dir}})
	url := map[string]string{"runbook_url": "https://example.com/ops/runbook.md"}
	findings := l.Lint(asked([]AlertRule{
		{Name: "One", Annotations: url},
		{Name: "Two", Annotations: map[string]string{"runbook_url": url["runbook_url"], "summary": "{{ $labels.tenant }} is slow"}},
	}), LintOptions{Sections: []string{}, Variables: []string{"region_id"}})
	if len(findings) != 1 || findings[0].Kind != AlertWithoutHeading || findings[0].Alert != "Two" {
		t.Errorf("got %+v", findings)
	}
}
