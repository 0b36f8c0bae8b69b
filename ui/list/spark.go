package list

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/graph"
	"firstline/internal/triage"
	"firstline/ui/draw"
	"firstline/ui/queries"
	"firstline/ui/reply"
)

// A sparkline shows what the first alert of a group measured in the last hour, of its
// worst series. It is asked only for rows that are on the screen.
const (
	sparkCells = 8
	sparkSpan  = time.Hour
	// sparkEvery is how often a row asks again, sparkTime how long what was read is
	// shown: less than the time of a cell.
	sparkEvery, sparkTime = 2 * time.Minute, 6 * time.Minute
	// questionEvery is after what time it is looked again for what an alert measures
	// where that was unknown.
	questionEvery = 20 * time.Second
	// mostSparks is how many groups are remembered that are not on the screen.
	mostSparks = 500
)

// sparks are the sparklines that were read.
type sparks struct {
	of map[string]*spark
	// finding finds what alerts measure, off the loop.
	finding reply.Loader
}

// spark is the sparkline of a group.
type spark struct {
	// question is what its alert measures, found at a time, and wish asks for it.
	question graph.Question
	found    time.Time
	wish     queries.Wish
	// cells are what was read for a key at a time; zero: nothing was.
	cells [sparkCells]graph.Cell
	key   queries.Key
	at    time.Time
}

// sparkOf is the sparkline of a group, without any cell where none is known.
func (l *List) sparkOf(id string) (cells [sparkCells]graph.Cell) {
	if s := l.sparks.of[id]; s != nil && l.Now.Sub(s.at) < sparkTime {
		return s.cells
	}
	return cells
}

// FollowSparks asks for the sparklines of the rows on the screen. covered: nobody sees
// them.
func (l *List) FollowSparks(covered bool) tea.Cmd {
	q := l.options.Queries
	if l.sparkColumn() == 0 {
		return nil
	}
	if covered || !l.sparksFit() {
		q.Stop(queries.Rows)
		return nil
	}
	now := l.TimeNow()
	shown := l.shownGroups()
	l.forgetSparks(shown)
	var unknown []triage.Group
	wishes := make([]*queries.Wish, 0, len(shown))
	for _, g := range shown {
		s := l.sparks.of[g.ID]
		if s == nil || s.old(now) {
			unknown = append(unknown, *g)
		}
		if s == nil || s.question.Why != "" {
			continue
		}
		if read := q.Of(s.wish.Key); read != nil && !read.At.IsZero() && (s.key != s.wish.Key || !s.at.Equal(read.At)) {
			s.cells, s.key, s.at = [sparkCells]graph.Cell(graph.Cells(s.question, read.Data, sparkCells)), s.wish.Key, read.At
		}
		wishes = append(wishes, &s.wish)
	}
	return tea.Batch(l.findQuestions(unknown, now), q.Follow(queries.Rows, wishes...))
}

// old reports whether what the alert measures is to be found again: its alerts may be
// others now.
func (s *spark) old(now time.Time) bool {
	every := sparkEvery
	if s.question.Why != "" {
		every = questionEvery
	}
	return now.Sub(s.found) >= every || now.Before(s.found) // the clock was set back
}

// sparkColumn is how wide the sparklines are where there is room; zero: there are none.
// Without colours the sign of what is beyond the threshold now is behind them.
func (l *List) sparkColumn() int {
	switch {
	case l.options.Queries == nil || !l.options.Queries.Can():
		return 0
	case l.Theme.NoColor:
		return sparkCells + 1
	}
	return sparkCells
}

// sparksFit reports whether the rows on the screen have room for sparklines.
func (l *List) sparksFit() bool {
	if l.Layout.List.Empty() || l.startsWith() {
		return false
	}
	width := l.Layout.List.Width - 2
	if l.Roomy {
		return roomyColumns(l.columns(), width, l.wants, l.sparkColumn()).spark > 0
	}
	return columnsFor(l.columns(), width, l.wants, l.sparkColumn()).spark > 0
}

// shownGroups are the groups whose rows are on the screen.
func (l *List) shownGroups() []*triage.Group {
	var all []*triage.Group
	for i := l.Offset; i < min(l.Offset+l.Height(), len(l.Visible)); i++ {
		if line := l.Visible[i]; line >= 0 && !l.Rows[line].Gone {
			all = append(all, &l.Groups[line])
		}
	}
	return all
}

// forgetSparks forgets those of groups that are not shown once they are many.
func (l *List) forgetSparks(shown []*triage.Group) {
	if len(l.sparks.of) <= mostSparks+len(shown) {
		return
	}
	left := map[string]*spark{}
	for _, g := range shown {
		if s := l.sparks.of[g.ID]; s != nil {
			left[g.ID] = s
		}
	}
	l.sparks.of = left
}

// findQuestions finds what the first alerts of groups measure, off the loop.
func (l *List) findQuestions(groups []triage.Group, now time.Time) tea.Cmd {
	if len(groups) == 0 || l.sparks.finding.Busy() {
		return nil
	}
	snapshots := l.options.Queries.Snapshots()
	return reply.Start(&l.sparks.finding, func() map[string]graph.Question {
		found := make(map[string]graph.Question, len(groups))
		for i := range groups {
			found[groups[i].ID] = graph.FirstQuestion(groups[i], snapshots)
		}
		return found
	}, reply.Nothing(func(found map[string]graph.Question) {
		if l.sparks.of == nil {
			l.sparks.of = map[string]*spark{}
		}
		for id, question := range found {
			s := l.sparks.of[id]
			if s == nil || s.question.Title != question.Title {
				s = &spark{} // until it is read again nothing is known
				l.sparks.of[id] = s
			}
			s.question, s.found = question, now
			s.wish = l.options.Queries.Wish(question, sparkSpan, time.Time{}, queries.LeastPoints)
			s.wish.Every = sparkEvery
		}
	}))
}

// sparkSigns are the characters of sparklines: no value, then from low to high.
var sparkSigns = []rune(" ▁▂▃▄▅▆▇█")

// sparkSpans draws a row's sparkline with a blank before it. What is beyond the
// threshold has its own style.
func (l *List) sparkSpans(k RowKey, w style) []draw.Span {
	beyond := draw.Critical
	if k.Row.Gone || k.dim || k.Cursor {
		beyond = w.quiet
	}
	spans := []draw.Span{{Text: " ", Role: w.quiet}}
	for _, c := range k.spark {
		role := w.quiet
		if c.Beyond {
			role = beyond
		}
		if last := &spans[len(spans)-1]; last.Role == role {
			last.Text += string(sparkSigns[c.Level])
		} else {
			spans = append(spans, draw.Span{Text: string(sparkSigns[c.Level]), Role: role})
		}
	}
	if k.sparkColumn > sparkCells {
		sign := " "
		if k.spark[sparkCells-1].Beyond {
			sign = "!"
		}
		spans = append(spans, draw.Span{Text: sign, Role: beyond})
	}
	return spans
}
