package runbooks

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
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
		got = append(got, fmt.Sprintf("%s:%d %s %s", f.Path, f.Line, f.Kind, strings.Join(f.Alerts, " ")))
		if !strings.HasSuffix(f.Sentence, ".") || len(f.Positions) == 0 {
			t.Errorf("%+v has no sentence or no position", f)
		}
	}
	want := []string{
		":0 alert without runbook Nowhere",
		"testdata/kube/content/runbooks/kubernetes/VolumeFillsUp.md:4 runbook without rule ",
		"testdata/mixin/runbook.md:1 dead anchor Renamed",
		"testdata/mixin/runbook.md:1 alert without heading Renamed",
		"testdata/services/checkout/HighErrorRate.md:1 shared name ",
		"testdata/services/checkout/HighErrorRate.md:5 dead link ",
		"testdata/services/checkout/HighErrorRate.md:10 unknown variable ",
		"testdata/services/search/high-error-rate.md:1 shared name ",
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
	if len(findings) != 1 || findings[0].Kind != AlertWithoutHeading || findings[0].Alerts[0] != "Two" {
		t.Errorf("got %+v", findings)
	}
}

// One finding for each file and kind says what was found, and where.
func TestLintOfCommands(t *testing.T) {
	fence := "```"
	l := Open(Options{FS: map[string]fs.FS{"books": fstest.MapFS{
		"payments/HighErrorRate.md": page("# HighErrorRate\n\n## Meaning\n\n## Diagnosis\n\n1. First\n\n   " + fence + "\n   kubectl get pods -l app=<thing>\n   " + fence +
			"\n\n2. Then\n\n   " + fence + "bash\n   kubectl logs <thing> -c <other> --tenant $TENANT --of $TENANT\n   " + fence + "\n\n[a](gone.md) [b](away.md#x)\n"),
		"search/HighErrorRate.md": page("# HighErrorRate\n\n## Meaning\n\n## Diagnosis\n\n" + fence + "bash\nPOD=$(kubectl get pod -o name)\nkubectl exec -it $POD -- bash\n" + fence +
			"\n\n" + fence + "bash\nls /var/$POD\n" + fence + "\n\n## Mitigation\n\n" + fence + "zsh\nkubectl delete $POD\n" + fence + "\n"),
		"web/Slow.md":  page("# Slow\n\n## Meaning\n\n## Diagnosis\n"),
		"web/Other.md": page("# Other\n\n## Diagnosis\n\nmore\n"),
	}}})
	rules := asked([]AlertRule{
		{Name: "HighErrorRate", Labels: map[string]string{"team": "payments"}},
		{Name: "HighErrorRate", Labels: map[string]string{"team": "search"}},
		{Name: "HighErrorRate", Labels: map[string]string{"team": "mail"}, Path: "rules.yaml"},
		{Name: "Slow", Labels: map[string]string{"team": "web"}},
		{Name: "Other", Annotations: map[string]string{"runbook_url": "web/Other.md#gone"}},
		{Name: "Missing", Annotations: map[string]string{"runbook_url": "docs/missing.md"}, Path: "rules.yaml"},
	})
	rules[2].Name = "HighErrorRateOfMail"
	var got []string
	for _, f := range l.Lint(rules, LintOptions{}) {
		got = append(got, fmt.Sprintf("%s:%d %s: %s", f.Path, f.Line, f.Kind, f.Sentence))
	}
	want := []string{
		"books/payments/HighErrorRate.md:1 shared name: Names that several teams use: HighErrorRate, also of search.",
		"books/payments/HighErrorRate.md:10 unfilled placeholder: The reader has to replace what no label fills: <thing>, <other> (line 16).",
		"books/payments/HighErrorRate.md:10 unlabelled command: 1 block of commands without a language; write ```sh, or the language that it is.",
		"books/payments/HighErrorRate.md:16 unknown variable: No label or configured extra is known that fills $TENANT.",
		"books/payments/HighErrorRate.md:19 dead link: 2 links to no runbook or heading: gone.md, away.md#x.",
		"books/search/HighErrorRate.md:1 shared name: Names that several teams use: HighErrorRate, also of payments.",
		"books/search/HighErrorRate.md:13 variable of another shell: Set in one shell and used in another one: $POD, set on line 8 and used in the shell of \"kubectl exec -it $POD -- bash\", $POD, set in bash on line 8 and used in zsh (line 19).",
		"books/web/Other.md:1 dead anchor: 1 reference of rules to no heading: #gone of Other.",
		"books/web/Other.md:1 missing section: Missing: Meaning.",
		"rules.yaml:0 alert without runbook: 2 alerts without a runbook: HighErrorRateOfMail (payments has one, search has one), Missing (docs/missing.md is not there).",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if found := l.Lint(rules, LintOptions{Ignore: FindingKinds()}); len(found) > 0 {
		t.Errorf("what is ignored is reported: %+v", found)
	}
	for _, f := range l.Lint(rules, LintOptions{Sections: []string{"Mitigation"}}) {
		if f.Kind == MissingSection && f.Path == "books/search/HighErrorRate.md" {
			t.Errorf("%+v", f)
		}
	}
}
