package store

import (
	"testing"
	"time"
)

// TestClaim: of two firstlines of a person one shows a change, of two persons each.
func TestClaim(t *testing.T) {
	path := t.TempDir() + "/state.sqlite"
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	var both [2]*Store
	for i := range both {
		var err error
		if both[i], err = Open(t.Context(), path); err != nil {
			t.Fatal(err)
		}
		defer both[i].Close()
	}
	for _, c := range []struct {
		by     int
		person string
		keys   []string
		after  time.Duration
		want   bool
	}{
		{0, "dana", []string{"P1 new"}, 0, true},
		{1, "dana", []string{"P1 new"}, time.Second, false},
		{0, "dana", []string{"P1 new"}, time.Minute, true}, // its own
		{1, "ann", []string{"P1 new"}, time.Minute, true},
		{1, "dana", []string{"P1 new", "P2 new"}, time.Minute, true},
		{0, "dana", []string{"P2 new"}, time.Minute, false},
		{0, "dana", []string{"P2 graver"}, time.Minute, true},
		{1, "dana", []string{"P1 new"}, 16 * time.Minute, true},
	} {
		at := noon.Add(c.after)
		first, err := both[c.by].Claim(t.Context(), []string{"one", "other"}[c.by], c.person, c.keys, at, at.Add(-15*time.Minute))
		if err != nil || first != c.want {
			t.Errorf("%+v: %v, %v", c, first, err)
		}
	}
}
