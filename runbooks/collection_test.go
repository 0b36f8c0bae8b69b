package runbooks

import (
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

// collection opens the checkout of a public collection of runbooks that
// FIRSTLINE_RUNBOOKS names.
func collection(t *testing.T) *Library {
	t.Helper()
	dir := os.Getenv("FIRSTLINE_RUNBOOKS")
	if dir == "" {
		t.Skip("FIRSTLINE_RUNBOOKS does not name a checkout of runbooks")
	}
	l := Open(Options{Directories: []string{dir}})
	for _, p := range l.Problems() {
		t.Errorf("problem: %s", p.Sentence)
	}
	if len(l.Runbooks()) == 0 {
		t.Fatalf("no runbook in %s", dir)
	}
	return l
}

// TestCollection prints how far a public collection of runbooks can be worked through.
func TestCollection(t *testing.T) {
	l := collection(t)
	found := findAll(t, l)
	pages, empty, steps := 0, 0, 0
	filled, over := 0, 0
	var blocks, hasLabel, offered, wrong, lost int
	labels := labelled(t)
	for _, rb := range l.Runbooks() {
		if saysWhatToDo(rb) {
			pages++
			if n := len(rb.Steps(nil)); n == 0 {
				empty++
				t.Logf("without a step: %s", rb.Name)
			} else {
				steps += n
			}
		}
		n, own := fillAll(t, rb)
		filled += n
		over += own
		for _, c := range rb.CodeIn(nil) {
			label := labels[hashOf(c)]
			blocks++
			if c.Inline || label == "" {
				continue
			}
			hasLabel++
			switch {
			case c.Command() && label != "command":
				offered++
				wrong++
				t.Logf("offered: %s:%d", rb.Name, rb.FileLine(c.Line))
			case c.Command():
				offered++
			case label == "command":
				lost++
				t.Logf("not offered: %s:%d", rb.Name, rb.FileLine(c.Line))
			}
		}
	}
	t.Logf("pages: %d", len(l.Runbooks()))
	t.Logf("alerts: %d, found: %d, at the right heading: %d", found.alerts, found.pages, found.headings)
	t.Logf("pages with sections that say what to do: %d, without a step: %d (%.1f %%), steps: %d", pages, empty, percent(empty, pages), steps)
	t.Logf("variables filled: %d, over the page's own: %d", filled, over)
	t.Logf("blocks with a label: %d of %d pieces of code; offered to run: %d, of these no commands: %d (%.1f %%); commands not offered: %d",
		hasLabel, blocks, offered, wrong, percent(wrong, offered), lost)
	if percent(empty, pages) >= 10 || over > 0 || percent(wrong, offered) >= 1 {
		t.Error("the goals are: pages without a step < 10 %, filled over the page's own 0, no commands < 1 %")
	}
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(max(whole, 1)) }

func saysWhatToDo(rb *Runbook) bool {
	for _, h := range rb.Headings {
		if purposeOf(h.Text) == forDoing {
			return true
		}
	}
	return false
}

type foundAlerts struct{ alerts, pages, headings int }

// findAll looks for each alert that a file or a heading is named after: by its name, and
// by an address in lower case, with an anchor where it is a heading.
func findAll(t *testing.T, l *Library) (all foundAlerts) {
	t.Helper()
	count := func(rb *Runbook, h *Heading, q Query) {
		all.alerts++
		m, ok := l.Find(q)
		if !ok || m.Runbook != rb && m.Runbook.Title != rb.Title && path.Base(m.Runbook.Name) != path.Base(rb.Name) {
			t.Logf("not found: %+v", q)
			return
		}
		all.pages++
		if m.Runbook != rb || m.Heading == h || h != nil && rb.below(h) == m.Heading {
			all.headings++
		} else {
			t.Logf("not at the heading: %+v", q)
		}
	}
	for _, rb := range l.Runbooks() {
		base := strings.TrimSuffix(path.Base(rb.Name), path.Ext(rb.Name))
		named := alertName.MatchString(base) && !isGeneric(base)
		if named {
			h := rb.headingNamed(base)
			count(rb, h, Query{Alerts: []string{base}})
			address := "https://example.com/" + strings.ToLower(strings.TrimSuffix(rb.Name, path.Ext(rb.Name)))
			count(rb, nil, Query{References: refs(address), Alerts: []string{"Another"}})
			continue
		}
		for i := range rb.Headings {
			h := &rb.Headings[i]
			if !alertName.MatchString(h.Text) || rb.headingNamed(h.Text) != h {
				continue
			}
			count(rb, h, Query{Alerts: []string{h.Text}})
			anchor := h.Anchor
			if h.Level == RowLevel {
				anchor = "alert-name-" + strings.ToLower(h.Text)
			}
			count(rb, h, Query{References: refs("https://example.com/blob/main/" + rb.Name + "#" + anchor), Alerts: []string{"Another"}})
		}
	}
	return all
}

// headingNamed returns the first heading with the name of an alert.
func (rb *Runbook) headingNamed(alert string) *Heading {
	for i := range rb.Headings {
		if alertHeading(rb.Headings[i].Text) == fold(alert) {
			return rb.below(&rb.Headings[i])
		}
	}
	return nil
}

var (
	// setsByLine finds what a line of code sets, without any parser.
	setsByLine = regexp.MustCompile(`^\s*(?:\$ )?(?:export\s+|local\s+)?([A-Za-z_][A-Za-z0-9_]*)=(\S*)`)
	askedValue = regexp.MustCompile(`^["']?(?:<|TODO|CHANGEME|\.\.\.)`)
)

// fillAll fills a runbook with a label for each name that it uses, and counts those that
// it sets itself in an earlier line of the same section or of one above it, which no label
// may replace.
func fillAll(t *testing.T, rb *Runbook) (filled, over int) {
	t.Helper()
	have := map[string]string{
		"namespace": "monitoring", "pod": "prometheus-k8s-0", "container": "config-reloader", "node": "node-1.example.com",
		"job": "node-exporter", "instance": "10.0.0.1:9100",
	}
	_, f := rb.FilledWith()
	for _, name := range f.Unknown {
		have[strings.ToLower(name)] = "value"
	}
	own := map[string][]int{} // lines by name
	lines := strings.Split(rb.Body, "\n")
	for i, line := range lines {
		if m := setsByLine.FindStringSubmatch(line); m != nil && !askedValue.MatchString(m[2]) {
			own[m[1]] = append(own[m[1]], i+1)
			have[strings.ToLower(m[1])] = "value"
		}
	}
	other, f := rb.FilledWith(byLabel(have))
	if len(other.Headings) != len(rb.Headings) {
		t.Errorf("%s: filling changed its shape", rb.Name)
	}
	for _, r := range f.Replaced {
		name := strings.Trim(r.Variable, "${}")
		for _, line := range own[name] {
			if _, last := rb.Section(rb.sectionAt(line)); line < r.Line && r.Line <= last {
				over++
				t.Logf("%s:%d: %s is the page's own, from line %d", rb.Name, rb.FileLine(r.Line), r.Variable, rb.FileLine(line))
				break
			}
		}
	}
	return len(f.Replaced), over
}

// sectionAt returns the heading above a line.
func (rb *Runbook) sectionAt(line int) (h *Heading) {
	for i := range rb.Headings {
		if rb.Headings[i].Line <= line {
			h = &rb.Headings[i]
		}
	}
	return h
}

// TestCollectionIsShown reads and draws a whole collection.
func TestCollectionIsShown(t *testing.T) {
	l := collection(t)
	for _, rb := range l.Runbooks() {
		raw, err := os.ReadFile(rb.Path)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Count(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n") - strings.Count(rb.Body, "\n") + 1
		if lines != rb.FirstLine {
			t.Errorf("%s: FirstLine = %d, want %d", rb.Name, rb.FirstLine, lines)
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
