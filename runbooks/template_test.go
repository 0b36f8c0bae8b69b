package runbooks

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCreate(t *testing.T) {
	for _, c := range []struct {
		name  string
		query Query
		want  string
	}{
		{"by its name", Query{Alerts: []string{"QueueStuck"}}, "QueueStuck.md"},
		{"in its service's directory", Query{Alerts: []string{"QueueStuck"}, Service: "checkout"}, "teams/checkout/QueueStuck.md"},
		{"where the URL leads", Query{References: refs("https://runbooks.example.com/runbooks/kubernetes/queuestuck"), Alerts: []string{"QueueStuck"}}, "QueueStuck.md"},
		{"the URL has another name", Query{References: refs("https://runbooks.example.com/newsletter/stuck.md"), Alerts: []string{"QueueStuck"}}, "QueueStuck.md"},
		{"after the service", Query{Service: "newsletter"}, "newsletter.md"},
		{"the service's own directory, no alert", Query{Service: "search"}, "search/search.md"},
		{"with spaces", Query{Alerts: []string{"Queue is stuck"}}, "Queue-is-stuck.md"},
		{"out of the directory", Query{Alerts: []string{"../../etc/passwd"}}, "etc-passwd.md"},
		{"an absolute path", Query{Alerts: []string{"/etc/passwd"}}, "etc-passwd.md"},
		{"escapes", Query{Alerts: []string{"A\x1b[31mB\n$(reboot)"}}, "AB---reboot.md"},
		{"hidden", Query{Alerts: []string{".git"}}, "git.md"},
		{"a URL that leads out", Query{References: refs("https://x.example.com/../../%2e%2e/..%2fpasswd"), Alerts: []string{"QueueStuck"}}, "QueueStuck.md"},
		{"a long name", Query{Alerts: []string{strings.Repeat("ä", 300)}}, strings.Repeat("ä", 50) + ".md"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "teams/checkout/Other.md"), "# Other\n")
			write(t, filepath.Join(dir, "search/Other.md"), "# Other\n")
			write(t, filepath.Join(dir, "search/More.md"), "# More\n")
			l := Open(Options{Directories: []string{filepath.Join(dir, "not-there"), dir}})
			n, err := l.Create(c.query)
			if err != nil {
				t.Fatal(err)
			}
			if want := filepath.Join(dir, filepath.FromSlash(c.want)); n.Path != want {
				t.Errorf("it is at %s, want %s", n.Path, want)
			}
			l.Refresh()
			m, ok := l.Find(c.query)
			if !ok || m.Runbook.Path != n.Path {
				t.Errorf("the new runbook is not found: %+v", m)
			} else if got := strings.Split(m.Runbook.Body, "\n")[n.Line-1]; got != "## Meaning" {
				t.Errorf("writing begins at %q", got)
			}
			if _, err := l.Create(c.query); !errors.Is(err, fs.ErrExist) {
				t.Errorf("it was made twice: %v", err)
			}
			if done, err := n.Discard(); !done || err != nil {
				t.Errorf("the empty template stays: %v", err)
			}
			if _, err := os.Stat(n.Path); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the empty template stays: %v", err)
			}
		})
	}
}

func TestCreatePreservesFiles(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	l := Open(Options{Directories: []string{dir}})
	n, err := l.Create(Query{Alerts: []string{"A"}})
	if err != nil {
		t.Fatal(err)
	}
	write(t, n.Path, "# mine\n")
	if done, err := n.Discard(); done || err != nil {
		t.Errorf("what was written is gone: %v, %v", done, err)
	}
	if text, err := os.ReadFile(n.Path); err != nil || string(text) != "# mine\n" {
		t.Errorf("it is %q, %v", text, err)
	}
	// A symbolic link as the file is not followed, wherever it leads.
	if err := os.Symlink(filepath.Join(outside, "B.md"), filepath.Join(dir, "B.md")); err != nil {
		t.Skip("no symbolic links here")
	}
	if _, err := l.Create(Query{Alerts: []string{"B"}}); err == nil {
		t.Error("written through a link")
	}
	if err := os.Symlink(outside, filepath.Join(dir, "away")); err != nil {
		t.Fatal(err)
	}
	if err := (New{directory: dir, name: "away/C.md"}).write(); err == nil {
		t.Error("written through a link to a directory")
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("outside now has %v, %v", entries, err)
	}
	for _, bad := range []Options{{}, {Directories: []string{filepath.Join(dir, "none")}}} {
		if _, err := Open(bad).Create(Query{Alerts: []string{"A"}}); !errors.Is(err, ErrNowhere) {
			t.Errorf("without a directory: %v", err)
		}
	}
	if _, err := l.Create(Query{}); err == nil {
		t.Error("a runbook for nothing")
	}
}

func TestTemplateHasTheSections(t *testing.T) {
	rb := mustParse(t, "A.md", Template("A\n## B", "checkout", "https://example.com/x"))
	if findings := lint(newIndex([]*Runbook{rb}, nil), asked([]AlertRule{{Name: "A"}}), LintOptions{}); len(findings) > 0 {
		t.Errorf("lint finds %+v", findings)
	}
	if len(rb.Headings) != 6 || !strings.Contains(rb.Body, "<https://example.com/x>") {
		t.Errorf("%+v in\n%s", rb.Headings, rb.Body)
	}
}
