package config

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// TestWatcher changes a file in the ways of editors, and checks after each.
func TestWatcher(t *testing.T) {
	dir := t.TempDir()
	path, target := filepath.Join(dir, "config.toml"), filepath.Join(dir, "target.toml")
	put := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := time.Now()
	touch := func(path string) { // file systems have coarse times
		t.Helper()
		at = at.Add(time.Second)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	rename := func(from, to string) {
		t.Helper()
		if err := os.Rename(from, to); err != nil {
			t.Fatal(err)
		}
	}
	w := NewWatcher(path)
	said := func(checks int) (said int) {
		for range checks {
			if w.check() {
				said++
			}
		}
		return said
	}
	for _, c := range []struct {
		what         string
		do           func()
		soon, enough int // what is said in the first check, and in many
	}{
		{"nothing", func() {}, 0, 0},
		{"it begins to be there", func() { put(path, "[me]\n") }, 0, 1},
		{"the same text, at the same time", func() {}, 0, 0},
		{"written", func() { put(path, "[list]\n"); touch(path) }, 0, 1},
		{"replaced", func() { put(path+"~", "[list]\n"); touch(path + "~"); rename(path+"~", path) }, 0, 1},
		{"a link takes its place", func() {
			put(target, "[me]\n[list]\n")
			if err := os.Symlink(target, path+"~"); err != nil {
				t.Fatal(err)
			}
			rename(path+"~", path)
		}, 0, 1},
		{"what the link leads to is written", func() { put(target, "[me]\n"); touch(target) }, 0, 1},
		{"gone", func() {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}, 0, 1},
		{"back", func() { put(path, "[me]\n"); touch(path) }, 0, 1},
	} {
		c.do()
		if n := said(1); n != c.soon {
			t.Errorf("%s: %d said at once", c.what, n)
		}
		if n := said(2 * calmChecksEmpty); n != c.enough {
			t.Errorf("%s: %d said", c.what, n)
		}
	}
	// What an editor has emptied is not read, and a file that is being written neither.
	put(path, "")
	if n := said(calmChecksEmpty - 1); n != 0 {
		t.Errorf("an empty file was said to have changed")
	}
	for range 5 {
		put(path, "[me]\n")
		touch(path)
		if n := said(1); n != 0 {
			t.Errorf("a file that is being written was said to have changed")
		}
	}
	if n := said(calmChecks); n != 1 {
		t.Errorf("%d said at the end", n)
	}
}

func TestDiffers(t *testing.T) {
	of := func(document string) Config {
		t.Helper()
		c, err := build("/nowhere/config.toml", []byte(document), func(string) (string, bool) { return "", false })
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	before := of("[me]\nrole = \"developer\"\n[[service]]\nname = \"a\"\n")
	if got := of("# the same\n[me]\nrole = 'developer'\n[[service]]\nname = \"a\"\n").Differs(before); len(got) != 0 {
		t.Errorf("the same differs in %v", got)
	}
	got := of("[me]\nrole = \"first-line\"\n[[service]]\nname = \"b\"\n[pagerduty]\n").Differs(before)
	if want := []string{"[me]", "[pagerduty]", "[[service]]"}; !slices.Equal(got, want) {
		t.Errorf("it differs in %v, want %v", got, want)
	}
}
