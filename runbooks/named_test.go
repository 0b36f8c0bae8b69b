package runbooks

import (
	"io/fs"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func page(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }

// A name that several teams use is a suggestion, except for the team's own.
func TestNamesThatSeveralTeamsUse(t *testing.T) {
	l := Open(Options{FS: map[string]fs.FS{"books": fstest.MapFS{
		"payments/HighErrorRate.md":    page("# Errors of payments"),
		"search/high-error-rate.md":    page("# Errors of search"),
		"search/index.md":              page("# Search"),
		"checkout/README.md":           page("# Checkout\n\n## LatencyHigh\n"),
		"teams/web.md":                 page("# Web\n\n## LatencyHigh\n\n## OnlyHere\n"),
		"QueueFull.md":                 page("# QueueFull"),
		"payments/QueueFull.md":        page("# QueueFull of payments"),
		"en/kubernetes/PodCrashing.md": page("# PodCrashing"),
		"de/kubernetes/PodCrashing.md": page("# PodCrashing"),
		"search/alerts/DiskFull.md":    page("# DiskFull"),
		"payments/errors.md":           page("# Errors"),
		"web/errors.md":                page("# Errors"),
	}}})
	for _, c := range []struct {
		name  string
		query Query
		want  string   // the path
		of    []string // the owners of what is suggested
	}{
		{"the service's own", Query{Alerts: []string{"HighErrorRate"}, Service: "payments"}, "books/payments/HighErrorRate.md", nil},
		{"the team's own", Query{Alerts: []string{"HighErrorRate"}, Service: "api", Team: "Search"}, "books/search/high-error-rate.md", nil},
		{"another service's", Query{Alerts: []string{"HighErrorRate"}, Service: "api"}, "", []string{"payments", "search"}},
		{"no service", Query{Alerts: []string{"HighErrorRate"}}, "", []string{"payments", "search"}},
		{"the service's page instead", Query{Alerts: []string{"HighErrorRate"}, Service: "checkout"}, "books/checkout/README.md", []string{"payments", "search"}},
		{"nobody's is everybody's", Query{Alerts: []string{"QueueFull"}, Service: "web"}, "books/QueueFull.md", nil},
		{"own before nobody's", Query{Alerts: []string{"QueueFull"}, Service: "payments"}, "books/payments/QueueFull.md", nil},
		{"the same in two trees", Query{Alerts: []string{"PodCrashing"}, Service: "web"}, "books/de/kubernetes/PodCrashing.md", nil},
		{"a name of one team only", Query{Alerts: []string{"DiskFull"}, Service: "web"}, "books/search/alerts/DiskFull.md", nil},
		{"headings of two", Query{Alerts: []string{"LatencyHigh"}, Service: "api"}, "", []string{"checkout", "web"}},
		{"the own heading", Query{Alerts: []string{"LatencyHigh"}, Service: "web"}, "books/teams/web.md", nil},
		{"the heading of one", Query{Alerts: []string{"OnlyHere"}, Service: "api"}, "books/teams/web.md", nil},
		{"the next alert has one", Query{Alerts: []string{"HighErrorRate", "DiskFull"}, Service: "api"}, "books/search/alerts/DiskFull.md", []string{"payments", "search"}},
		{"a file's name as a reference", Query{References: refs("errors.md"), Service: "api"}, "", []string{"payments", "web"}},
		{"and the service's", Query{References: refs("errors.md"), Service: "web"}, "books/web/errors.md", nil},
	} {
		m, ok := l.Find(c.query)
		var path string
		if ok {
			path = m.Runbook.Path
		}
		var of []string
		for _, s := range m.Suggestions {
			of = append(of, s.Owner)
		}
		if path != c.want || !slices.Equal(of, c.of) {
			t.Errorf("%s: %q and of %q, want %q and of %q", c.name, path, of, c.want, c.of)
		}
	}
}

// GitLab's rules have annotations such as "runbook: docs/gitaly/README.md", relative to
// the checkout.
func TestPathsOfGitLab(t *testing.T) {
	files := fstest.MapFS{
		"README.md":                            page("# Runbooks"),
		"docs/README.md":                       page("# Docs"),
		"docs/gitaly/README.md":                page("# Gitaly\n\n## Errors\n"),
		"docs/gitaly/gitaly-down.md":           page("# Gitaly is down"),
		"docs/patroni/README.md":               page("# Patroni"),
		"docs/patroni/patroni-management.md":   page("# Patroni\n\n### Failover\n"),
		"docs/monitoring/prometheus-error.md":  page("# Errors"),
		"docs/uncategorized/alert-routing.md":  page("# Routing"),
		"docs/ci-runners/linux/README.md":      page("# Linux"),
		"docs/ci-runners/README.md":            page("# Runners"),
		"troubleshooting/service-unhealthy.md": page("# Unhealthy"),
	}
	docs, err := fs.Sub(files, "docs")
	if err != nil {
		t.Fatal(err)
	}
	whole := Open(Options{FS: map[string]fs.FS{"runbooks": files}})
	part := Open(Options{FS: map[string]fs.FS{"clone": docs}})
	for reference, want := range map[string]string{
		"docs/gitaly/README.md":                        "docs/gitaly/README.md",
		"docs/gitaly/README.md#errors":                 "docs/gitaly/README.md",
		"docs/gitaly/":                                 "docs/gitaly/README.md",
		"./docs/gitaly/gitaly-down.md":                 "docs/gitaly/gitaly-down.md",
		"/docs/patroni/README.md":                      "docs/patroni/README.md",
		"docs/patroni/patroni-management.md#failover":  "docs/patroni/patroni-management.md",
		"docs/monitoring/prometheus-error.md?ENV=gprd": "docs/monitoring/prometheus-error.md",
		"docs/ci-runners/README.md":                    "docs/ci-runners/README.md",
		"docs/ci-runners/linux/README.md":              "docs/ci-runners/linux/README.md",
		"troubleshooting/service-unhealthy.md":         "troubleshooting/service-unhealthy.md",
		"README.md":                                    "README.md",
		"docs/gone/README.md":                          "",
		"docs/uncategorized/gone.md":                   "",
	} {
		q := Query{References: refs(reference), Alerts: []string{"GitalyErrorRateTooHigh"}, Service: "gitaly"}
		if want == "" {
			q.Service = ""
		}
		m, ok := whole.Find(q)
		if ok != (want != "") || ok && m.Runbook.Name != want {
			t.Errorf("%s gives %v, want %s", reference, m.Runbook, want)
		}
		if !ok && (len(m.Missing) != 1 || m.Missing[0].Text != reference) {
			t.Errorf("%s is not told: %+v", reference, m)
		}
		// With the directory docs of the checkout alone, what is below it is found.
		if m, ok := part.Find(q); len(want) > 0 && want != "README.md" && want != "troubleshooting/service-unhealthy.md" &&
			(!ok || "docs/"+m.Runbook.Name != want) {
			t.Errorf("in docs %s gives %v, want %s", reference, m.Runbook, want)
		}
	}
}

// A path that leads to nothing is reported, also where a name helps.
func TestMissingReferences(t *testing.T) {
	l := collections()
	q := Query{References: refs("docs/gone.md", "checkout/HighErrorRate.md"), Alerts: []string{"X"}}
	if m, ok := l.Find(q); !ok || m.Runbook.Name != "checkout/HighErrorRate.md" || len(m.Missing) != 1 || m.Notice != "" {
		t.Errorf("the second reference: %+v", m)
	}
	q = Query{References: refs("docs/gone.md#x?A=b"), Alerts: []string{"DiskSlow"}}
	if m, ok := l.Find(q); !ok || m.MatchedBy != ByAlert || m.Notice != "No runbook directory has docs/gone.md#x" {
		t.Errorf("a name instead: %+v", m)
	}
	q = Query{References: refs("checkout/HighErrorRate.md#impact?CLUSTER=eu")}
	if m, ok := l.Find(q); !ok || m.Values["CLUSTER"] != "eu" || m.Heading == nil {
		t.Errorf("values behind the anchor: %+v", m)
	}
}

// Whatever else a checkout has, each of its files is found by its path, as GitLab's
// 624 rules name theirs, and a path without a file finds nothing.
func TestEachFileIsFoundByItsPath(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	parts := []string{"docs", "gitaly", "patroni", "web", "README.md", "alerts"}
	for round := range 20 {
		files, names := fstest.MapFS{}, []string{}
		for range 60 {
			var dir []string
			for range 1 + random.IntN(3) {
				dir = append(dir, parts[random.IntN(4)])
			}
			name := strings.Join(append(dir, []string{"README.md", "errors.md", "gitaly.md", "down.md"}[random.IntN(4)]), "/")
			if files[name] == nil {
				files[name] = page("# Page\n\n## Errors\n")
				names = append(names, name)
			}
		}
		l := Open(Options{FS: map[string]fs.FS{"clone": files}})
		for _, name := range names {
			q := Query{References: refs([]string{name, "./" + name, "/" + name, name + "#errors"}[random.IntN(4)]), Alerts: []string{"Errors"}, Service: parts[random.IntN(4)]}
			if m, ok := l.Find(q); !ok || m.Runbook.Name != name || m.MatchedBy != ByReference {
				t.Fatalf("round %d: %v gives %+v", round, q, m)
			}
		}
		for range 30 {
			name := parts[random.IntN(4)] + "/none/" + parts[random.IntN(4)] + ".md"
			if m, ok := l.Find(Query{References: refs(name)}); ok {
				t.Fatalf("round %d: %s gives %s", round, name, m.Runbook.Name)
			}
		}
	}
}
