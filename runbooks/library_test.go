package runbooks

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func names(l *Library) string {
	var all []string
	for _, rb := range l.Runbooks() {
		all = append(all, rb.Name)
	}
	return strings.Join(all, " ")
}

// problem returns the sentence about a path.
func problem(l *Library, part string) string {
	for _, p := range l.Problems() {
		if strings.Contains(p.Path, part) {
			return p.Sentence
		}
	}
	return ""
}

func TestOpenContainsWhatIsBad(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	write(t, filepath.Join(outside, "secret.md"), "# Secret")
	write(t, filepath.Join(dir, "good.md"), "# Good")
	write(t, filepath.Join(dir, "sub", "Other.MARKDOWN"), "# Other")
	write(t, filepath.Join(dir, "notes.txt"), "no runbook")
	write(t, filepath.Join(dir, ".git", "x.md"), "# Hidden")
	write(t, filepath.Join(dir, "binary.md"), "\x7fELF\x00")
	write(t, filepath.Join(dir, "latin.md"), "caf\xe9")
	write(t, filepath.Join(dir, "deep.md"), strings.Repeat("> ", 5000))
	write(t, filepath.Join(dir, "huge.md"), "")
	if err := os.Truncate(filepath.Join(dir, "huge.md"), 50<<20); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "directory.md"), 0o700); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" {
		for name, target := range map[string]string{
			"absolute.md": filepath.Join(outside, "secret.md"),
			"relative.md": "../" + filepath.Base(outside) + "/secret.md",
			"nowhere.md":  "gone.md",
			"folder":      outside,
			"inside.md":   "good.md",
		} {
			if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
	}

	missing := filepath.Join(dir, "missing")
	l := Open(Options{Directories: []string{missing, dir}})
	if got := names(l); strings.Contains(got, "absolute") || strings.Contains(got, "folder") || !strings.Contains(got, "good.md") || !strings.Contains(got, "sub/Other.MARKDOWN") || !strings.Contains(got, "inside.md") || strings.Contains(got, "hidden") {
		t.Errorf("read %s", got)
	}
	for _, rb := range l.Runbooks() {
		if strings.Contains(rb.Body, "Secret") || strings.Contains(rb.Body, "Hidden") {
			t.Errorf("%s was read", rb.Path)
		}
	}
	for part, want := range map[string]string{
		"missing": "is not there", "binary.md": "binary", "latin.md": "UTF-8", "huge.md": "2 MiB", "deep.md": "deeply",
		"absolute.md": "leads out", "relative.md": "leads out", "nowhere.md": "leads out",
	} {
		if got := problem(l, part); !strings.Contains(got, want) {
			t.Errorf("%s: the sentence is %q, want %q in it", part, got, want)
		}
	}
	if got := problem(l, "good.md"); got != "" {
		t.Errorf("good.md has a problem: %s", got)
	}
}

func TestRefresh(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.md")
	write(t, path, "# One")
	l := Open(Options{Directories: []string{dir}, FS: map[string]fs.FS{"demo": fstest.MapFS{"b.md": {Data: []byte("# Two")}}}})
	before := l.Runbooks()
	if len(before) != 2 || before[0].Path != path || before[1].Path != "demo/b.md" || !before[0].Editable || before[1].Editable {
		t.Fatalf("opened %v", names(l))
	}
	if l.Refresh() || l.Runbooks()[0] != before[0] {
		t.Error("nothing changed, but a file was read again")
	}
	write(t, path, "# Three, longer")
	if err := os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if !l.Refresh() || l.Runbooks()[0].Title != "Three, longer" || l.Runbooks()[1] != before[1] {
		t.Errorf("after the change: %+v", l.Runbooks()[0])
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if !l.Refresh() || names(l) != "b.md" {
		t.Errorf("after the removal: %s", names(l))
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if !l.Refresh() || !strings.Contains(problem(l, dir), "not there") || names(l) != "b.md" {
		t.Errorf("after the directory went: %v", l.Problems())
	}
}

func TestLibraryIsSafeForConcurrentUse(t *testing.T) {
	l := Open(Options{Directories: []string{"testdata/kube", "testdata/services"}})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 20 {
				if i%2 == 0 {
					l.Refresh()
				}
				if _, ok := l.Find(Query{Alerts: []string{"podrestartsoften"}}); !ok {
					t.Error("not found")
				}
				l.Problems()
			}
		})
	}
	wg.Wait()
}
