package store

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// Whatever is stored in whatever order: the runbooks that stay are those fetched
// last, they have room, and one more would have none.
func TestRunbooksHaveABoundedSize(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 9))
	const most = 10_000
	for round := range 20 {
		s := openAt(t, filepath.Join(t.TempDir(), "state.sqlite"))
		var stored []Page
		for i := range 30 {
			p := Page{URL: fmt.Sprint(i), FetchedAt: time.Unix(int64(random.IntN(1_000_000)), 0), Body: make([]byte, random.IntN(most/2))}
			if random.IntN(5) == 0 && len(stored) > 0 {
				p.URL = stored[random.IntN(len(stored))].URL // fetched again
			}
			if err := s.SetPage(t.Context(), p, most); err != nil {
				t.Fatal(err)
			}
			stored = slices.DeleteFunc(stored, func(other Page) bool { return other.URL == p.URL })
			stored = append(stored, p)
			slices.SortFunc(stored, func(a, b Page) int { return b.FetchedAt.Compare(a.FetchedAt) })
			size := 0
			for n, p := range stored {
				if size += len(p.Body); size > most {
					stored = stored[:n]
					break
				}
			}
			for _, p := range stored {
				if got, ok, err := s.Page(t.Context(), p.URL); err != nil || !ok || len(got.Body) != len(p.Body) {
					t.Fatalf("round %d: page %s is lost: %v", round, p.URL, err)
				}
			}
			var n int
			if err := s.db.QueryRowContext(t.Context(), "SELECT count(*) FROM pages").Scan(&n); err != nil || n != len(stored) {
				t.Fatalf("round %d: %d pages are stored, want %d: %v", round, n, len(stored), err)
			}
		}
		if err := s.Tidy(t.Context(), time.Time{}, 0); err != nil {
			t.Fatal(err)
		}
		for _, p := range stored {
			if _, ok, err := s.Page(t.Context(), p.URL); len(p.Body) > 0 && (ok || err != nil) {
				t.Fatalf("round %d: page %s has no room and stays: %v", round, p.URL, err)
			}
		}
	}
}
