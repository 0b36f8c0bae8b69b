package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/ui/draw"
)

// header draws who looks, what is open, and how old each source's answer is:
// on one line where it fits, else on two. What is short of room gives way in
// this order: who looks, the sources that answer, the counts.
func (m *Model) header(r draw.Rectangle) []string {
	const gap = 2
	room := r.Width - 2
	program, who, counts := m.programSpans(), m.whoSpans(), m.countSpans()
	countsWidth := m.WidthOfSpans(counts)
	if r.Height == 1 {
		ages := m.sourceSpans(max(room-countsWidth-m.WidthOfSpans(program)-2*gap, room/2))
		room -= m.WidthOfSpans(ages)
		counts = m.CutSpans(counts, room-gap)
		countsWidth = m.WidthOfSpans(counts)
		who = m.CutSpans(append(program, who...), room-countsWidth-2*gap)
		room -= countsWidth + m.WidthOfSpans(who)
		left := max(room/2, min(room, gap))
		line := " " + m.Spans(who...) + draw.Blanks(left) + m.Spans(counts...) + draw.Blanks(room-left) + m.Spans(ages...)
		return []string{m.Fit(line, r.Width)}
	}
	who = m.CutSpans(append(program, who...), room-countsWidth-gap)
	first := " " + m.Spans(who...) + draw.Blanks(room-m.WidthOfSpans(who)-countsWidth) + m.Spans(counts...)
	ages := m.sourceSpans(room)
	second := draw.Blanks(r.Width-1-m.WidthOfSpans(ages)) + m.Spans(ages...)
	return []string{m.Fit(first, r.Width), m.Fit(second, r.Width)}
}

// programSpans are the program and its modes.
func (m *Model) programSpans() []draw.Span {
	out := []draw.Span{{Text: "firstline", Role: draw.Accent}}
	if m.options.Demo {
		out = append(out, draw.Span{Text: "  demo", Role: draw.Badge})
	}
	if m.options.Respond.ReadOnly {
		out = append(out, draw.Span{Text: "  read-only", Role: draw.Badge})
	}
	return out
}

// whoSpans are the person with role and duty.
func (m *Model) whoSpans() []draw.Span {
	var out []draw.Span
	me := m.person
	if me.name != "" {
		out = append(out, draw.Span{Text: "  " + me.name, Role: draw.Strong})
	}
	if me.team != "" {
		out = append(out, draw.Span{Text: " · " + me.team, Role: draw.Dim})
	}
	out = append(out, draw.Span{Text: " · " + roleName(m.options.Respond.Role), Role: draw.Dim})
	if me.duty != "" {
		out = append(out, draw.Span{Text: " · " + me.duty, Role: draw.Dim})
	}
	return out
}

func roleName(r respond.Role) string {
	if r == respond.FirstLine {
		return "first line"
	}
	return "developer"
}

// person is what the header says of the one at the screen.
type person struct{ name, team, duty string }

// findPerson looks for the person at the screen in what the sources said.
func (m *Model) findPerson() person {
	var p person
	for _, name := range m.list.Sources.Order {
		if s := m.list.Sources.Snapshots[name]; s.Data.Me != nil {
			p = personOf(s.Data, m.Now, func(t time.Time) string { return m.Clock(t, m.Now) })
		}
	}
	if p.name == "" {
		p.name, _, _ = strings.Cut(clean.Line(m.options.Respond.Email), "@")
	}
	return p
}

func personOf(d sources.Data, now time.Time, clock func(time.Time) string) person {
	p := person{name: clean.Line(d.Me.Name)}
	if len(d.Me.Teams) > 0 {
		p.team = clean.Line(d.Me.Teams[0].Name)
	}
	for _, o := range d.OnCalls {
		if o.User.ID != d.Me.ID {
			continue
		}
		if o.End.IsZero() {
			p.duty = "on call"
			return p
		}
		if o.End.After(now) && (o.Start.IsZero() || !o.Start.After(now)) {
			p.duty = "on call until " + clock(o.End)
		}
	}
	return p
}

// countSpans are how many groups are in which state. What is zero is quiet. While
// no source has answered no number is known.
func (m *Model) countSpans() []draw.Span {
	if len(m.list.Sources.Order) == 0 {
		return nil
	}
	c := m.list.Sources.Counts
	answered := slices.ContainsFunc(m.list.Sources.Order, func(name string) bool { return !m.list.Sources.Snapshots[name].AsOf.IsZero() })
	part := func(n int, word string, role draw.Role) []draw.Span {
		number := strconv.Itoa(n)
		if !answered {
			number = "–"
		}
		if n == 0 {
			role = draw.Dim
		}
		return []draw.Span{{Text: number, Role: role}, {Text: " " + word, Role: draw.Dim}}
	}
	out := part(c.Triggered, "triggered", draw.Critical)
	out = append(out, draw.Span{Text: "  ", Role: draw.Plain})
	out = append(out, part(c.Acknowledged, "acked", draw.Good)...)
	out = append(out, draw.Span{Text: "  ", Role: draw.Plain})
	return append(out, part(c.Firing, "firing", draw.Warning)...)
}

// sourceSpans are the sources with the age of what they said. Where not all
// fit into width, those that work are counted, then those that are not quite as
// they should be, and at last those that fail.
func (m *Model) sourceSpans(width int) []draw.Span {
	var all []draw.Span
	var failing, doubtful [][]draw.Span
	working, waiting := 0, 0
	for _, name := range m.list.Sources.Order {
		s := m.list.Sources.Snapshots[name]
		pieces, state := m.sourceAge(s)
		all = append(all, pieces...)
		switch state {
		case fails:
			failing = append(failing, pieces)
		case isDoubtful:
			doubtful = append(doubtful, pieces)
		case isAwaited:
			waiting++
		default:
			working++
		}
	}
	if list := trimLeft(all); m.WidthOfSpans(list) <= width {
		return list
	}
	var quiet []draw.Span
	if working > 0 {
		quiet = append(quiet, draw.Span{Text: "  " + wording.Count(working, "source") + " ok", Role: draw.Dim})
	}
	if waiting > 0 {
		quiet = append(quiet, draw.Span{Text: fmt.Sprintf("  %d awaited", waiting), Role: draw.Dim})
	}
	// The last try names none: their numbers always fit.
	for named := len(failing) + len(doubtful); ; named-- {
		f := min(named, len(failing))
		d := named - f
		list := slices.Concat(slices.Concat(failing[:f]...), slices.Concat(doubtful[:d]...))
		if hidden := len(failing) - f; hidden > 0 {
			list = append(list, draw.Span{Text: fmt.Sprintf("  +%d failing", hidden), Role: draw.Critical})
		}
		if hidden := len(doubtful) - d; hidden > 0 {
			list = append(list, draw.Span{Text: fmt.Sprintf("  +%d doubtful", hidden), Role: draw.Warning})
		}
		for _, try := range [][]draw.Span{trimLeft(slices.Concat(quiet, list)), trimLeft(list)} {
			if m.WidthOfSpans(try) <= width && len(try) > 0 || named == 0 {
				return try
			}
		}
	}
}

// trimLeft is the list without the gap before the first source.
func trimLeft(list []draw.Span) []draw.Span {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	list[0].Text = strings.TrimLeft(list[0].Text, " ")
	return list
}

// oldAge is how old an answer may be before the header marks it although
// nothing failed: what is shown is then from before the program started, or a
// poll hangs.
const oldAge = 5 * time.Minute

// health is how a source does, for the header.
type health int

const (
	isWell health = iota
	isAwaited
	// isDoubtful: it answers, and what it says is old, not whole or off.
	isDoubtful
	fails
)

// sourceAge is one source: "pagerduty 4s", "alertmanager ✗ 76s". A failing
// one with nothing to show has the age of its failure.
func (m *Model) sourceAge(s sources.Snapshot) ([]draw.Span, health) {
	name := "  " + clean.Line(s.Source.Name) + " "
	old := "never"
	if !s.AsOf.IsZero() {
		old = draw.SourceAge(m.Now.Sub(s.AsOf))
	}
	switch {
	case sources.ReasonOf(s.Err) == sources.Misconfigured:
		return []draw.Span{{Text: name, Role: draw.Critical}, {Text: "✗ misconfigured", Role: draw.Critical}}, fails
	case s.Err != nil:
		return []draw.Span{{Text: name, Role: draw.Critical}, {Text: "✗ " + old, Role: draw.Critical}}, fails
	case s.AsOf.IsZero():
		return []draw.Span{{Text: name, Role: draw.Dim}, {Text: "…", Role: draw.Dim}}, isAwaited
	case s.Partial:
		return []draw.Span{{Text: name, Role: draw.Dim}, {Text: old + "…", Role: draw.Plain}}, isAwaited
	case m.Now.Sub(s.AsOf) > oldAge:
		return []draw.Span{{Text: name, Role: draw.Warning}, {Text: "! " + old, Role: draw.Warning}}, isDoubtful
	}
	var minds []string
	if n := s.Data.Omitted; n > 0 {
		minds = append(minds, wording.Count(n, "alert")+" omitted")
	}
	if off := s.Data.ClockOffset; off != 0 {
		sign := "+"
		if off < 0 {
			sign, off = "-", -off
		}
		minds = append(minds, "clock "+sign+draw.Age(off))
	}
	if len(minds) > 0 {
		return []draw.Span{{Text: name, Role: draw.Warning}, {Text: old + " " + strings.Join(minds, ", "), Role: draw.Warning}}, isDoubtful
	}
	return []draw.Span{{Text: name, Role: draw.Dim}, {Text: old, Role: draw.Plain}}, isWell
}
