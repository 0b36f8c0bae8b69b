package store

import (
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestRuns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "firstline.sqlite")
	s := openAt(t, path)
	at := time.Date(2026, 11, 23, 3, 12, 0, 0, time.UTC)
	want := []Run{
		{GroupID: "g", Runbook: "a.md", Step: "s", Command: "kubectl get pods", By: "dana", At: at, Took: 1200 * time.Millisecond},
		{GroupID: "g", Runbook: "a.md", Step: "s", Command: "kubectl get pods", ExitCode: -1, Stopped: true, By: "dana", At: at.Add(time.Minute)},
	}
	for _, r := range []Run{want[1], want[0], {GroupID: "other", At: at}} {
		if err := s.AddRun(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := openAt(t, path).Runs(t.Context(), "g")
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
}
