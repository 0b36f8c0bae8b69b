package runbooks

import (
	"os"
	"path"
	"strings"
	"testing"
)

// TestCollection parses a checkout of prometheus-operator's public runbooks, if
// FIRSTLINE_RUNBOOKS names one.
func TestCollection(t *testing.T) {
	dir := os.Getenv("FIRSTLINE_RUNBOOKS")
	if dir == "" {
		t.Skip("FIRSTLINE_RUNBOOKS does not name a checkout of github.com/prometheus-operator/runbooks")
	}
	l := Open(Options{Directories: []string{dir}})
	for _, p := range l.Problems() {
		t.Errorf("problem: %s", p.Sentence)
	}
	runbooks := l.Runbooks()
	if len(runbooks) < 100 {
		t.Fatalf("read %d runbooks, want the whole collection", len(runbooks))
	}
	for _, rb := range runbooks {
		raw, err := os.ReadFile(rb.Path)
		if err != nil {
			t.Fatal(err)
		}
		lossless(t, rb, string(raw))
		if base := strings.TrimSuffix(path.Base(rb.Name), ".md"); strings.HasPrefix(rb.Name, "content/runbooks/") && !isGeneric(base) {
			findInAnyCase(t, l, rb, base)
		}
		for _, s := range []Style{{Width: 60, Dark: true}, {Width: 100}, {Width: 80, NoColor: true}} {
			r, err := Render(rb, s)
			if err != nil {
				t.Errorf("%s: %v", rb.Name, err)
			}
			checkRendered(t, rb, s, r)
		}
	}
}

// TestCollectionIsFilled fills the collection with the labels of real alerts:
// every variable that a label could fill is filled.
func TestCollectionIsFilled(t *testing.T) {
	dir := os.Getenv("FIRSTLINE_RUNBOOKS")
	if dir == "" {
		t.Skip("FIRSTLINE_RUNBOOKS does not name a checkout of github.com/prometheus-operator/runbooks")
	}
	have := map[string]string{
		"namespace": "monitoring", "pod": "prometheus-k8s-0", "container": "config-reloader", "node": "node-1.example.com",
		"name": "web", "job": "node-exporter", "pv": "pvc-1", "mountpoint": "/var/lib", "instance": "10.0.0.1:9100",
	}
	filled := 0
	unknown := map[string]bool{}
	for _, rb := range Open(Options{Directories: []string{dir}}).Runbooks() {
		other, f := rb.FilledWith(byLabel(have))
		filled += len(f.Replaced)
		for _, r := range f.Refused {
			t.Errorf("%s: %s", rb.Name, r.Sentence)
		}
		for _, name := range f.Unknown {
			unknown[name] = true
		}
		if len(other.Headings) != len(rb.Headings) {
			t.Errorf("%s: filling changed its shape", rb.Name)
		}
	}
	// The code of three others sets them itself.
	if filled < 58 {
		t.Errorf("%d variables were filled, want 58 at least", filled)
	}
	t.Logf("%d variables filled; nothing fills %v", filled, unknown)
}

func findInAnyCase(t *testing.T, l *Library, rb *Runbook, alert string) {
	t.Helper()
	for _, name := range []string{alert, strings.ToLower(alert), strings.ToUpper(alert)} {
		m, ok := l.Find(Query{Alerts: []string{name}})
		if !ok || m.Runbook != rb || m.MatchedBy != ByAlert {
			t.Errorf("Find(%s) = %v, want %s", name, m.Runbook, rb.Name)
		}
	}
	component := path.Base(path.Dir(rb.Name))
	url := "https://runbooks.prometheus-operator.dev/runbooks/" + component + "/" + strings.ToLower(alert)
	m, ok := l.Find(Query{References: refs(url), Alerts: []string{"Another"}})
	if !ok || m.Runbook != rb || m.MatchedBy != ByReference {
		t.Errorf("Find(%s) = %v, want %s", url, m.Runbook, rb.Name)
	}
}

// lossless checks that every line outside the front matter is in the body,
// except for shortcodes and tabs.
func lossless(t *testing.T, rb *Runbook, raw string) {
	t.Helper()
	raw = strings.ReplaceAll(raw, "\r\n", "\n")
	lines := strings.Split(raw, "\n")
	body := strings.Split(rb.Body, "\n")
	if got := len(lines) - len(body) + 1; got != rb.FirstLine {
		t.Errorf("%s: FirstLine = %d, want %d", rb.Name, rb.FirstLine, got)
	}
	for i, line := range body {
		want := strings.ReplaceAll(lines[i+rb.FirstLine-1], "\t", "    ")
		if strings.Contains(want, "{{<") || strings.Contains(want, "{{%") {
			continue
		}
		if line != want {
			t.Errorf("%s:%d: %q, want %q", rb.Name, rb.FileLine(i+1), line, want)
		}
	}
}
