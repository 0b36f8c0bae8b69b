package runbooks

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

func TestOrigin(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{
			"-C", dir, "-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "init.defaultBranch=trunk", "-c", "commit.gpgsign=false",
		}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write(t, filepath.Join(dir, "sub", "A.md"), "# A\n")
	git("init", "-q")
	git("add", ".")
	git("commit", "-qm", "A")
	write(t, filepath.Join(dir, "new.md"), "# New\n")
	l := Open(Options{Directories: []string{dir}})
	find := func(name string) *Runbook {
		t.Helper()
		m, ok := l.Find(Query{Alerts: []string{name}})
		if !ok {
			t.Fatalf("%s is not found", name)
		}
		return m.Runbook
	}
	committed := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a := find("A")
	o := l.Origin(t.Context(), a)
	if o.Checkout.Branch != "trunk" || !o.Checkout.At.Equal(committed) || !o.LastChanged.Equal(committed) {
		t.Errorf("the origin is %+v", o)
	}
	if o := l.Origin(t.Context(), find("new")); o.Checkout.Branch != "trunk" || !o.LastChanged.Equal(find("new").Modified) {
		t.Errorf("a file that git does not know was changed when it was written: %+v", o)
	}
	// A refresh of the library drops the cached answers.
	git("checkout", "-qb", "other")
	if o := l.Origin(t.Context(), a); o.Checkout.Branch != "trunk" {
		t.Errorf("git was asked again at once: %+v", o)
	}
	l.Refresh()
	if o := l.Origin(t.Context(), a); o.Checkout.Branch != "other" {
		t.Errorf("the origin is %+v", o)
	}

	plain := t.TempDir()
	write(t, filepath.Join(plain, "P.md"), "# P\n")
	p := Open(Options{Directories: []string{plain}}).Runbooks()[0]
	if o := l.Origin(t.Context(), p); o.Checkout.Dir != "" || !o.LastChanged.Equal(p.Modified) {
		t.Errorf("outside of git: %+v", o)
	}
	fetched := &Runbook{URL: "https://example.com", Modified: committed}
	if o := l.Origin(t.Context(), fetched); o.Checkout.Dir != "" || !o.LastChanged.Equal(committed) {
		t.Errorf("from the web: %+v", o)
	}
}
