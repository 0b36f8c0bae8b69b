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
	// joined: it is read together with the row before it, as the rest of a
	// sentence or the first line under a heading, and never cut from that.
	joined bool
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

// blockAt is the first row of what is read together with a row.
func blockAt(rows []previewRow, at int) int {
	for at > 0 && at < len(rows) && rows[at].joined {
		at--
	}
	return at
}

// blockAfter is the first row from at on that begins something.
func blockAfter(rows []previewRow, at int) int {
	for at > 0 && at < len(rows) && rows[at].joined {
		at++
	}
	return at
}

// wholeWindow is the part of the rows that stands in some height from offset on,
// without what would be cut: it begins and ends with whole blocks, but where one
// block is higher than all.
func wholeWindow(rows []previewRow, offset, height int) (from, to int) {
	n := len(rows)
	last := max(n-height, 0)
	if whole := blockAfter(rows, last); whole < n {
		last = whole
	}
	from = min(max(offset, 0), last)
	if start := blockAt(rows, from); blockAfter(rows, start+1)-start <= height {
		from = start
	}
	to = min(from+height, n)
	if whole := blockAt(rows, to); to < n && whole > from {
		to = whole
	}
	return from, to
}

// scrolled is the offset that is n rows further: at least one block, or one row
// of a block that is higher than all.
func scrolled(rows []previewRow, offset, n, height int) int {
	from, _ := wholeWindow(rows, offset, height)
	to := from + n
	if n > 0 && to < len(rows) {
		if start := blockAt(rows, to); blockAfter(rows, start+1)-start <= height {
			to = blockAfter(rows, to)
		}
	}
	from, _ = wholeWindow(rows, to, height)
	return from
}

// window is the part of n rows that stands in some height from offset on.
func window(n, offset, height int) (from, to int) {
	from = min(max(offset, 0), max(n-height, 0))
	return from, min(from+height, n)
}
