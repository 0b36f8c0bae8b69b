package runbooks

import (
	"io/fs"
	"testing"
	"testing/fstest"
)

// refs are references as alerts have them.
func refs(texts ...string) []Reference {
	var all []Reference
	for _, text := range texts {
		if r, ok := ReferenceTo(text); ok {
			all = append(all, r)
		}
	}
	return all
}

func collections() *Library {
	return Open(Options{Directories: []string{"testdata/kube", "testdata/mixin", "testdata/services"}})
}

func TestFind(t *testing.T) {
	l := collections()
	if p := l.Problems(); len(p) > 0 {
		t.Fatal(p)
	}
	for _, c := range []struct {
		name                   string
		query                  Query
		runbook, heading, rule string // an empty runbook means no match
	}{
		{"kube-prometheus", Query{References: refs("https://runbooks.example.com/runbooks/kubernetes/podrestartsoften")}, "content/runbooks/kubernetes/PodRestartsOften.md", "", ByReference},
		{"with a slash at the end", Query{References: refs("https://runbooks.example.com/runbooks/kubernetes/podrestartsoften/")}, "content/runbooks/kubernetes/PodRestartsOften.md", "", ByReference},
		{"any case", Query{References: refs("HTTPS://runbooks.example.com/Runbooks/KUBERNETES/PODRESTARTSOFTEN#diagnosis")}, "content/runbooks/kubernetes/PodRestartsOften.md", "diagnosis", ByReference},
		{"another tree, the same alert", Query{References: refs("https://wiki.example.com/ops/diskslow.html"), Alerts: []string{"DiskSlow"}}, "content/runbooks/node/DiskSlow.md", "", ByReference},
		{"mixin", Query{References: refs("https://github.com/example/mixin/tree/master/runbook.md#alert-name-queuegrows")}, "runbook.md", "alert-name-queuegrows", ByReference},
		{"mixin, the second of two", Query{References: refs("https://github.com/example/mixin/tree/master/runbook.md#alert-name-targetgone-1")}, "runbook.md", "alert-name-targetgone-1", ByReference},
		{"mixin, anchor gone", Query{References: refs("https://github.com/example/mixin/tree/master/mixin/runbook.md#alert-name-other"), Alerts: []string{"QueueGrows"}}, "runbook.md", "alert-name-queuegrows", ByReference},
		{"GitHub blob", Query{References: refs("https://github.com/example/services/blob/main/checkout/HighErrorRate.md#impact")}, "checkout/HighErrorRate.md", "impact", ByReference},
		{"GitLab blob", Query{References: refs("https://gitlab.example.com/ops/services/-/blob/main/checkout/HighErrorRate.md?ref_type=heads")}, "checkout/HighErrorRate.md", "", ByReference},
		{"a directory is its index", Query{References: refs("https://github.com/example/services/tree/main/checkout")}, "checkout/README.md", "", ByReference},
		{"a directory's README", Query{References: refs("https://github.com/example/services/blob/main/checkout/README.md#steps-1")}, "checkout/README.md", "steps-1", ByReference},
		{"user content anchor", Query{References: refs("https://github.com/example/services/blob/main/checkout/README.md#user-content-diagnosis")}, "checkout/README.md", "diagnosis", ByReference},
		{"a README of elsewhere proves nothing", Query{References: refs("https://github.com/example/else/blob/main/README.md")}, "", "", ""},
		{"another service's file of the same name", Query{References: refs("https://example.com/payments/higherrorrate")}, "", "", ""},
		{"failed template", Query{References: refs("<error expanding template: https://x/checkout/HighErrorRate>"), Alerts: []string{"DiskSlow"}}, "content/runbooks/node/DiskSlow.md", "", ByAlert},
		{"not the web", Query{References: refs("file:///checkout/HighErrorRate.md")}, "", "", ""},
		{"a path", Query{References: refs("checkout/HighErrorRate.md#impact")}, "checkout/HighErrorRate.md", "impact", ByReference},
		{"a path out", Query{References: refs("../../etc/passwd")}, "", "", ""},

		{"alert, any case", Query{Alerts: []string{"DISKSLOW"}}, "content/runbooks/node/DiskSlow.md", "", ByAlert},
		{"the first alert that has one", Query{Alerts: []string{"Unheard", "DiskSlow", "PodRestartsOften"}}, "content/runbooks/node/DiskSlow.md", "", ByAlert},
		{"heading", Query{Alerts: []string{"queuegrows"}}, "runbook.md", "alert-name-queuegrows", ByAlert},
		{"heading, the first of two", Query{Alerts: []string{"TargetGone"}}, "runbook.md", "alert-name-targetgone", ByAlert},
		{"the service's own file", Query{Alerts: []string{"HighErrorRate"}, Service: "search"}, "search/high-error-rate.md", "", ByAlert},
		{"the other service's own file", Query{Alerts: []string{"HighErrorRate"}, Service: "Checkout"}, "checkout/HighErrorRate.md", "", ByAlert},
		{"no service: it may be that of either", Query{Alerts: []string{"HighErrorRate"}}, "", "", ""},
		{"a third service", Query{Alerts: []string{"HighErrorRate"}, Service: "payments"}, "", "", ""},
		{"the team's own file", Query{Alerts: []string{"HighErrorRate"}, Service: "payments", Team: "search"}, "search/high-error-rate.md", "", ByAlert},

		{"service's directory", Query{Alerts: []string{"Unheard"}, Service: "checkout"}, "checkout/README.md", "", ByService},
		{"the only file of the service's directory", Query{Service: "search"}, "search/high-error-rate.md", "", ByService},
		{"configured", Query{Service: "search", ServiceRunbook: "checkout/README.md#diagnosis"}, "checkout/README.md", "diagnosis", ByService},
		{"configured URL", Query{Service: "x", ServiceRunbook: "https://github.com/example/services/blob/main/checkout/README.md"}, "checkout/README.md", "", ByService},
		{"nothing", Query{Alerts: []string{"Unheard", ""}, Service: "unheard"}, "", "", ""},
		{"nothing known", Query{}, "", "", ""},
		{"a generic service name", Query{Service: "readme"}, "", "", ""},
	} {
		m, ok := l.Find(c.query)
		if !ok {
			if c.runbook != "" {
				t.Errorf("%s: nothing found, want %s", c.name, c.runbook)
			}
			continue
		}
		heading := ""
		if m.Heading != nil {
			heading = m.Heading.Anchor
		}
		if m.Runbook.Name != c.runbook || heading != c.heading || m.MatchedBy != c.rule {
			t.Errorf("%s: %s#%s by %s, want %s#%s by %s", c.name, m.Runbook.Name, heading, m.MatchedBy, c.runbook, c.heading, c.rule)
		}
	}
}

func TestFindPrefersTheLongestSuffixAndIsDeterministic(t *testing.T) {
	file := &fstest.MapFile{Data: []byte("# X")}
	l := Open(Options{FS: map[string]fs.FS{
		"b": fstest.MapFS{"eu/db/slow.md": file, "us/db/slow.md": file, "slow.md": file, "db/slow.md": file},
		"a": fstest.MapFS{"db/slow.md": file},
	}})
	for url, want := range map[string]string{
		"https://example.com/eu/db/slow":    "b/eu/db/slow.md",
		"https://example.com/us/db/slow.md": "b/us/db/slow.md",
		"https://example.com/db/slow":       "a/db/slow.md",
		"https://example.com/x/slow":        "b/slow.md",
	} {
		for range 20 {
			m, ok := l.Find(Query{References: refs(url)})
			if !ok || m.Runbook.Path != want {
				t.Fatalf("%s gives %v, want %s", url, m.Runbook, want)
			}
		}
	}
}

func TestFollow(t *testing.T) {
	l := collections()
	from, _ := l.Find(Query{Alerts: []string{"HighErrorRate"}, Service: "checkout"})
	volume, _ := l.Find(Query{Alerts: []string{"PodRestartsOften"}})
	for _, c := range []struct {
		from          *Runbook
		to            string
		name, heading string
	}{
		{from.Runbook, "README.md#diagnosis", "checkout/README.md", "diagnosis"},
		{from.Runbook, "readme", "checkout/README.md", ""},
		{from.Runbook, "../search/high-error-rate.md", "search/high-error-rate.md", ""},
		{from.Runbook, "/search/high-error-rate", "search/high-error-rate.md", ""},
		{from.Runbook, "..//checkout", "checkout/README.md", ""},
		{from.Runbook, "#impact", "checkout/HighErrorRate.md", "impact"},
		{from.Runbook, "#gone", "", ""},
		{from.Runbook, "gone.md", "", ""},
		{from.Runbook, "../../kube/content/_index.md", "", ""},
		{from.Runbook, "https://example.com/README.md", "", ""},
		{volume.Runbook, "./VolumeFillsUp.md", "content/runbooks/kubernetes/VolumeFillsUp.md", ""},
	} {
		m, ok := l.Follow(c.from, c.to)
		if ok != (c.name != "") {
			t.Errorf("%s: found %t", c.to, ok)
			continue
		}
		if ok && (m.Runbook.Name != c.name || (m.Heading == nil) != (c.heading == "")) {
			t.Errorf("%s leads to %s %v", c.to, m.Runbook.Name, m.Heading)
		}
	}
}
