package ui

import (
	"slices"
	"time"
)

// previewRow is one row of something that a key confirms.
type previewRow struct {
	text string
	// mustSee names a row that must have been on the screen before; empty: it
	// need not.
	mustSee string
}

// sight is which of the rows that must be seen have been on the screen.
type sight struct {
	seen map[string]bool
	// since is when the last of them came onto it.
	since time.Time
}

// look takes the rows that are on the screen now.
func (s *sight) look(rows []previewRow, now time.Time) {
	for _, r := range rows {
		if r.mustSee == "" || s.seen[r.mustSee] {
			continue
		}
		if s.seen == nil {
			s.seen = map[string]bool{}
		}
		s.seen[r.mustSee] = true
		s.since = now
	}
}

// unseen is the first row that must still be seen, -1 where there is none.
func (s *sight) unseen(rows []previewRow) int {
	return slices.IndexFunc(rows, func(r previewRow) bool { return r.mustSee != "" && !s.seen[r.mustSee] })
}

// lastMust is the row after the last one that must be seen; 0: there is none.
func lastMust(rows []previewRow) int {
	for i, r := range slices.Backward(rows) {
		if r.mustSee != "" {
			return i + 1
		}
	}
	return 0
}

// textRows are rows that need not be seen.
func textRows(lines ...string) []previewRow {
	rows := make([]previewRow, len(lines))
	for i, l := range lines {
		rows[i].text = l
	}
	return rows
}

// window is the part of n rows that stands in some height from offset on.
func window(n, offset, height int) (from, to int) {
	from = min(max(offset, 0), max(n-height, 0))
	return from, min(from+height, n)
}
