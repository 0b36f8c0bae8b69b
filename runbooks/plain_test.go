package runbooks

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

const (
	asciiDocText = "= Disk full\n:toc:\n\n== Meaning\nThe disk of *one* node.\n\n[source,bash]\n----\n== no heading\n  df -h $NODE\n----\n\n=== By hand\n. Look at https://example.com/a_b[the page]\n. Then <wait> & `see`.\n"
	structured   = "=========\nDisk full\n=========\n\nMeaning\n-------\n\nThe disk::\n\n   df -h $NODE\n\n1. Look.\n2. Wait.\n\nBy hand\n~~~~~~~\n\n======  =====\nA       B\n======  =====\n"
)

func plain(t *testing.T, rb *Runbook) string {
	t.Helper()
	r, err := Render(rb, Style{Width: 80, NoColor: true})
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(strings.Join(r.Lines, "\n"), "\u00a0", " ")
}

func TestPlainFormats(t *testing.T) {
	l := Open(Options{FS: map[string]fs.FS{"books": fstest.MapFS{
		"web/DiskFull.adoc": page(asciiDocText), "mail/DiskFull.rst": page(structured), "notes.txt": page("no runbook"),
	}}})
	for service, want := range map[string]struct {
		format   Format
		headings string
		shows    []string
	}{
		"web": {ASCIIDoc, "1 Disk full@1, 2 Meaning@4, 3 By hand@13", []string{
			"The disk of *one* node.\n", "[source,bash]\n", "== no heading\n", "  df -h $NODE\n", ". Look at https://example.com/a_b[the page]\n", ". Then <wait> & `see`.",
		}},
		"mail": {ReStructuredText, "1 Disk full@2, 2 Meaning@5, 3 By hand@15", []string{"The disk::\n", "   df -h $NODE\n", "1. Look.\n2. Wait.\n", "======  =====\nA"}},
	} {
		m, ok := l.Find(Query{Alerts: []string{"DiskFull"}, Service: service})
		if !ok || m.Runbook.Format != want.format {
			t.Errorf("%s: %+v", service, m)
			continue
		}
		var headings []string
		for _, h := range m.Runbook.Headings {
			headings = append(headings, string(rune('0'+h.Level))+" "+h.Text+"@"+string(rune('0'+m.Runbook.FileLine(h.Line)%10)))
		}
		// Only the last digit of a line is compared.
		if got := strings.Join(headings, ", "); got != strings.NewReplacer("@13", "@3", "@15", "@5").Replace(want.headings) {
			t.Errorf("%s: %s", service, got)
		}
		text := plain(t, m.Runbook)
		for _, part := range want.shows {
			if !strings.Contains(text+"\n", part) {
				t.Errorf("%s: %q is not in\n%s", service, part, text)
			}
		}
		if steps, code := m.Runbook.Steps(nil), m.Runbook.CodeIn(nil); len(steps)+len(code) > 0 {
			t.Errorf("%s has %d steps and %d pieces of code", service, len(steps), len(code))
		}
		if _, filled := m.Runbook.FilledWith(Values{FromLabel, map[string]string{"node": "x"}}); len(filled.Replaced) > 0 {
			t.Errorf("%s was filled: %+v", service, filled)
		}
	}
	if n := len(l.Runbooks()); n != 2 {
		t.Errorf("%d runbooks", n)
	}
	if m, ok := l.Find(Query{References: refs("https://example.com/web/DiskFull.adoc")}); !ok || m.Runbook.Format != ASCIIDoc || m.Runbook.Written() != asciiDocText {
		t.Errorf("by its address: %+v", m)
	}
}

// FuzzPlain: whatever the text, it is shown line by line, without code and steps.
func FuzzPlain(f *testing.F) {
	f.Add(asciiDocText, true)
	f.Add(structured, false)
	f.Add("a\n===\n===\n---\n\n- [ ] `x`\n    code\n<b>&amp;</b> |a|b|\n|-|-|", false)
	f.Fuzz(func(t *testing.T, text string, asciiDoc bool) {
		name := "a.rst"
		if asciiDoc {
			name = "a.adoc"
		}
		rb, err := Parse(name, []byte(text))
		if err != nil {
			return
		}
		if strings.Count(rb.Body, "\n") != strings.Count(rb.Written(), "\n") {
			t.Errorf("%q has other lines than %q", rb.Body, text)
		}
		if code := rb.CodeIn(nil); len(code) > 0 || len(rb.Steps(nil)) > 0 {
			t.Errorf("%q has code or steps: %+v", text, code)
		}
		for _, h := range rb.Headings {
			if strings.TrimSpace(strings.Split(rb.Written(), "\n")[h.Line-1]) == "" {
				t.Errorf("the heading %q of %q is on an empty line", h.Text, text)
			}
		}
	})
}
