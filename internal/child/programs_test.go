package child

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestProgramsThatAreInstalledLater(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	now := time.Date(2026, 11, 20, 2, 30, 0, 0, time.UTC)
	p := Programs{Now: func() time.Time { return now }}
	if p.Installed("tool") {
		t.Fatal("it is found before it is there")
	}
	if err := os.WriteFile(filepath.Join(dir, "tool"), []byte("#!/bin/sh\n"), 0o700); err != nil { //nolint:gosec // it must be a program
		t.Fatal(err)
	}
	if p.Installed("tool") {
		t.Error("it is looked for again at once")
	}
	for _, later := range []time.Duration{remembered, -time.Hour} { // the clock may be set back
		p.found = map[string]bool{"tool": false}
		p.since = now
		now = now.Add(later)
		if !p.Installed("tool") {
			t.Errorf("it is not looked for %v later", later)
		}
	}
}
