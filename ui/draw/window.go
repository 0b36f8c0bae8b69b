package draw

import (
	"slices"
	"time"
)

// Row is one row of something that a key confirms.
type Row struct {
	Text string
	// MustSee names a row that must have been on the screen before; empty: it
	// need not.
	MustSee string
	// Joined: it is read together with the row before it, as the rest of a
	// sentence or the first line under a heading, and never cut from that.
	Joined bool
}

// Seen is which of the rows that must be seen have been on the screen.
type Seen struct {
	seen map[string]bool
	// Since is when the last of them came onto it.
	Since time.Time
}

// Note takes the rows that are on the screen now.
func (s *Seen) Note(rows []Row, now time.Time) {
	for _, r := range rows {
		if r.MustSee == "" || s.seen[r.MustSee] {
			continue
		}
		if s.seen == nil {
			s.seen = map[string]bool{}
		}
		s.seen[r.MustSee] = true
		s.Since = now
	}
}

// Unseen returns the first row that must still be seen, or -1.
func (s *Seen) Unseen(rows []Row) int {
	return slices.IndexFunc(rows, func(r Row) bool { return r.MustSee != "" && !s.seen[r.MustSee] })
}

// LastMust returns the index after the last row that must be seen, or 0.
func LastMust(rows []Row) int {
	for i, r := range slices.Backward(rows) {
		if r.MustSee != "" {
			return i + 1
		}
	}
	return 0
}

// TextRows are rows that need not be seen.
func TextRows(lines ...string) []Row {
	rows := make([]Row, len(lines))
	for i, l := range lines {
		rows[i].Text = l
	}
	return rows
}

// blockAt is the first row of what is read together with a row.
func blockAt(rows []Row, at int) int {
	for at > 0 && at < len(rows) && rows[at].Joined {
		at--
	}
	return at
}

// blockAfter is the first row from at on that begins something.
func blockAfter(rows []Row, at int) int {
	for at > 0 && at < len(rows) && rows[at].Joined {
		at++
	}
	return at
}

// WholeWindow returns the part of the rows that fits into a height from offset on,
// without what would be cut: it begins and ends with whole blocks, but where one
// block is higher than all.
func WholeWindow(rows []Row, offset, height int) (from, to int) {
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

// Scrolled is the offset that is n rows further: at least one block, or one row
// of a block that is higher than all.
func Scrolled(rows []Row, offset, n, height int) int {
	from, _ := WholeWindow(rows, offset, height)
	to := from + n
	if n > 0 && to < len(rows) {
		if start := blockAt(rows, to); blockAfter(rows, start+1)-start <= height {
			to = blockAfter(rows, to)
		}
	}
	from, _ = WholeWindow(rows, to, height)
	return from
}

// Window returns the part of n rows that fits into a height from offset on.
func Window(n, offset, height int) (from, to int) {
	from = min(max(offset, 0), max(n-height, 0))
	return from, min(from+height, n)
}
