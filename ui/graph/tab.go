// Package graph is the tab of the pane that draws what the alerts of a group measure:
// the expression of their rule with its threshold, and the graphs that are configured
// for their service.
package graph

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/graph"
	"firstline/internal/triage"
	"firstline/ui/keymap"
	"firstline/ui/pane"
	"firstline/ui/queries"
	"firstline/ui/reply"
)

// Options are what the tab needs besides the screen.
type Options struct {
	// Queries ask the Prometheuses.
	Queries *queries.Queries
	// Configured are the further graphs of a service.
	Configured map[string][]graph.Configured
}

// span is how much time a graph shows.
type span struct {
	length time.Duration
	name   string
}

var spans = []span{{15 * time.Minute, "15 min"}, {time.Hour, "1 h"}, {6 * time.Hour, "6 h"}, {24 * time.Hour, "24 h"}, {7 * 24 * time.Hour, "7 d"}}

// Tab is the tab. It asks for one graph at a time, while it is shown.
type Tab struct {
	pane.Basic
	pane    *pane.Pane
	options Options
	// groupID is the group that the rest is about.
	groupID   string
	questions []graph.Question
	// at is the graph that is shown, span how much time.
	at, span int
	// end is the end of the time that is shown; zero: now.
	end time.Time
	// cursor is the column from the right where values are read; -1: none is.
	cursor int
	// shown: the tab was on the screen. rows is the height that it was drawn for.
	shown  bool
	rows   int
	redraw reply.Loader
	// drawn was drawn last, for a graph.
	drawn   queries.Read
	drawnOf view
}

// view is which graph of a group is shown, and when.
type view struct {
	groupID  string
	at, span int
	end      time.Time
}

// New makes the tab.
func New(p *pane.Pane, o Options) *Tab {
	t := &Tab{pane: p, options: o, span: 1, cursor: -1}
	o.Queries.OnTaken(func(k queries.Key) {
		if w, wanted := t.wanted(); wanted && t.shown && w.Key == k {
			p.Invalidate()
		}
	})
	return t
}

// Configure has other further graphs of services shown.
func (t *Tab) Configure(graphs map[string][]graph.Configured) {
	t.options.Configured = graphs
	t.questions, t.drawn, t.drawnOf = nil, queries.Read{}, view{}
}

// Name is the tab's name.
func (t *Tab) Name() string { return "Graph" }

// Mode is where the keys of the tab act.
func (t *Tab) Mode() keymap.Mode { return keymap.InGraph }

// Table is the keys of the graph.
func (t *Tab) Table() keymap.Table {
	const at = keymap.InGraph
	return keymap.Table{
		keymap.Key(at, keymap.Leave, "no values, now again, then back to the list").Hinted("list"),
		keymap.Key(at, keymap.EarlierTime, "earlier").In(keymap.GroupGraph).Hinted("*"),
		keymap.Key(at, keymap.LaterTime, "later").In(keymap.GroupGraph).Hinted("*").Vain(t.whyNotLater),
		keymap.Key(at, keymap.LessTime, "less time: 15 min, 1 h, 6 h, 24 h, 7 d").In(keymap.GroupGraph).Hinted("zoom"),
		keymap.Key(at, keymap.MoreTime, "more time").In(keymap.GroupGraph).Hinted("*"),
		keymap.Key(at, keymap.CursorLeft, "read values, further to the left").In(keymap.GroupGraph).Hinted("values|"),
		keymap.Key(at, keymap.CursorRight, "read values, further to the right").In(keymap.GroupGraph),
		keymap.Key(at, keymap.NextGraph, "next graph").In(keymap.GroupGraph).HintedNow(t.otherHint).Unless(t.whyNoOther),
		keymap.Key(at, keymap.PreviousGraph, "previous graph").In(keymap.GroupGraph).Unless(t.whyNoOther),
	}
}

func (t *Tab) whyNotLater() string {
	if t.end.IsZero() {
		return "the graph ends now"
	}
	return ""
}

func (t *Tab) otherHint() string {
	if len(t.questions) < 2 {
		return ""
	}
	return "next graph"
}

func (t *Tab) whyNoOther() string {
	if len(t.questions) < 2 {
		return "there is only one graph"
	}
	return ""
}

// besides is about how many columns are not the plot's.
const besides = 10

// Do carries out a key of the graph.
func (t *Tab) Do(c keymap.Command) (cmd tea.Cmd, done bool) {
	now := t.pane.TimeNow()
	half := spans[t.span].length / 2
	switch c {
	case keymap.EarlierTime:
		if t.end.IsZero() {
			t.end = now.Truncate(time.Minute)
		}
		t.end = t.end.Add(-half)
	case keymap.LaterTime:
		if t.end.IsZero() {
			break
		}
		if t.end = t.end.Add(half); !t.end.Before(now) {
			t.end = time.Time{}
		}
	case keymap.LessTime:
		t.span = max(t.span-1, 0)
	case keymap.MoreTime:
		t.span = min(t.span+1, len(spans)-1)
	case keymap.CursorLeft:
		t.cursor = min(t.cursor+1, max(t.pane.Wide()-besides, 1))
	case keymap.CursorRight:
		t.cursor = max(t.cursor-1, -1)
	case keymap.NextGraph, keymap.PreviousGraph:
		step := 1
		if c == keymap.PreviousGraph {
			step = len(t.questions) - 1
		}
		t.at = (t.at + step) % max(len(t.questions), 1)
	default:
		return nil, false
	}
	t.pane.Invalidate()
	return nil, true
}

// Back takes the cursor off, then goes back to now.
func (t *Tab) Back() bool {
	if t.cursor < 0 && t.end.IsZero() {
		return false
	}
	if t.cursor >= 0 {
		t.cursor = -1
	} else {
		t.end = time.Time{}
	}
	t.pane.Invalidate()
	return true
}

// Refresh has what is shown asked again when everything is read.
func (t *Tab) Refresh(all bool) {
	if all {
		t.options.Queries.Refresh()
	}
}

// turnTo finds the graphs of a group. Another group begins with its first graph, now.
func (t *Tab) turnTo(g *triage.Group) {
	if t.groupID != g.ID {
		t.groupID, t.at, t.end, t.cursor = g.ID, 0, time.Time{}, -1
	}
	t.questions = graph.Questions(*g, t.options.Queries.Snapshots(), t.options.Configured[g.Service])
	t.at = min(t.at, max(len(t.questions)-1, 0))
}

// wanted is what is to be asked now; false: nothing is.
func (t *Tab) wanted() (w queries.Wish, ok bool) {
	if t.at >= len(t.questions) || t.questions[t.at].Why != "" {
		return w, false
	}
	return t.options.Queries.Wish(t.questions[t.at], spans[t.span].length, t.end, t.points()), true
}

// readOf is what was read for a question. Where the alerts of a group have just
// changed, it is what was drawn before.
func (t *Tab) readOf(k queries.Key) queries.Read {
	of := view{t.groupID, t.at, t.span, t.end}
	got := t.options.Queries.Of(k)
	switch {
	case got != nil && (!got.At.IsZero() || got.Err != nil):
		t.drawn, t.drawnOf = *got, of
	case t.drawnOf != of:
		t.drawn, t.drawnOf = queries.Read{}, of
	}
	return t.drawn
}

// points is how many points a line may have: two in a column.
func (t *Tab) points() int { return max(2*t.pane.Wide(), queries.LeastPoints) }

// ShowsChanges has what changed around the problem read.
func (t *Tab) ShowsChanges() bool { return true }

// Draws marks it as drawn: a graph is as wide as the pane.
func (t *Tab) Draws() {}

// Prepare draws the graph, while the tab is shown.
func (t *Tab) Prepare(g triage.Group) pane.Work {
	if !t.shown {
		return func(context.Context, *pane.Writer, int) pane.Content { return pane.Content{} }
	}
	t.turnTo(&g)
	p := drawing{
		refresh: t.pane.Keys.KeyOf(keymap.Refresh, keymap.InNormal),
		rows:    t.rows, count: len(t.questions), at: t.at, span: spans[t.span], end: t.end, cursor: t.cursor, ascii: t.pane.ASCII,
		noMetrics: !t.options.Queries.Can(), now: t.pane.Now,
	}
	if t.at < len(t.questions) {
		p.question = t.questions[t.at]
		p.marks = graph.Marks(g, p.question)
		for _, c := range t.pane.Changes(g.ID) {
			p.marks = append(p.marks, graph.Mark{At: c.At, Letter: graph.Change, Text: c.Text})
		}
		slices.SortStableFunc(p.marks, func(a, b graph.Mark) int { return a.At.Compare(b.At) })
	}
	if w, ok := t.wanted(); ok {
		p.read = t.readOf(w.Key)
	}
	return func(_ context.Context, w *pane.Writer, width int) pane.Content { return p.content(w, width) }
}

// Follow asks for what is shown when it is not there, or old.
func (t *Tab) Follow(g *triage.Group, shown bool) tea.Cmd {
	if g == nil || !shown {
		t.shown = false
		t.options.Queries.Stop(queries.Graph)
		return nil
	}
	if !t.shown || t.rows != t.pane.Rows() {
		t.shown, t.rows = true, t.pane.Rows()
		t.pane.Invalidate()
		return reply.Replace(&t.redraw, func() bool { return true }, reply.Nothing(func(bool) {}))
	}
	if t.groupID != g.ID {
		t.turnTo(g)
	}
	w, wanted := t.wanted()
	if !wanted {
		return nil
	}
	return t.options.Queries.Follow(queries.Graph, &w)
}

// Leave, Restore, Found and Notice: the tab is not read from a line on.

// Leave forgets nothing.
func (t *Tab) Leave() {}

// Restore goes nowhere.
func (t *Tab) Restore(pane.Content, int, bool, bool) {}

// Found is empty.
func (t *Tab) Found() string { return "" }

// Notice is empty.
func (t *Tab) Notice() string { return "" }

// Line is the line itself.
func (t *Tab) Line(_ int, line string) (margin, drawn string) { return " ", line }
