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
)

// cleanName is a name from configuration or a server, for one line.
func cleanName(s string) string { return clean.Line(s) }

// header draws who looks, what is open, and how old each source's answer is:
// on one line where it fits, else on two. What is short of room gives way in
// this order: who looks, the sources that answer, the counts.
func (m *Model) header(r rectangle) []string {
	const gap = 2
	room := r.width - 2
	program, who, tally := m.programSpans(), m.whoSpans(), m.countSpans()
	tallyWidth := m.widthOfSpans(tally)
	if r.height == 1 {
		ages := m.sourceSpans(max(room-tallyWidth-m.widthOfSpans(program)-2*gap, room/2))
		room -= m.widthOfSpans(ages)
		tally = m.cutSpans(tally, room-gap)
		tallyWidth = m.widthOfSpans(tally)
		who = m.cutSpans(append(program, who...), room-tallyWidth-2*gap)
		room -= tallyWidth + m.widthOfSpans(who)
		left := max(room/2, min(room, gap))
		line := " " + m.spans(who...) + blanks(left) + m.spans(tally...) + blanks(room-left) + m.spans(ages...)
		return []string{m.fit(line, r.width)}
	}
	who = m.cutSpans(append(program, who...), room-tallyWidth-gap)
	first := " " + m.spans(who...) + blanks(room-m.widthOfSpans(who)-tallyWidth) + m.spans(tally...)
	ages := m.sourceSpans(room)
	second := blanks(r.width-1-m.widthOfSpans(ages)) + m.spans(ages...)
	return []string{m.fit(first, r.width), m.fit(second, r.width)}
}

// cutSpans is as many of the pieces as have room, the last one cut.
func (s *shared) cutSpans(list []span, width int) []span {
	for i, p := range list {
		w := s.widthOf(p.text)
		if w <= width {
			width -= w
			continue
		}
		// An ellipsis behind two characters says nothing.
		if p.text = s.cut(p.text, width); s.widthOf(p.text) > 6 {
			return append(list[:i:i], p)
		}
		return list[:i:i]
	}
	return list
}

func (s *shared) widthOfSpans(list []span) int {
	n := 0
	for _, p := range list {
		n += s.widthOf(p.text)
	}
	return n
}

// programSpans are the program and its modes.
func (m *Model) programSpans() []span {
	out := []span{{"firstline", accent}}
	if m.options.Demo {
		out = append(out, span{"  demo", badge})
	}
	if m.options.Respond.ReadOnly {
		out = append(out, span{"  read-only", badge})
	}
	return out
}

// whoSpans are the person with role and duty.
func (m *Model) whoSpans() []span {
	var out []span
	me := m.person
	if me.name != "" {
		out = append(out, span{"  " + me.name, strong})
	}
	if me.team != "" {
		out = append(out, span{" · " + me.team, dim})
	}
	out = append(out, span{" · " + roleName(m.options.Respond.Role), dim})
	if me.duty != "" {
		out = append(out, span{" · " + me.duty, dim})
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
	for _, name := range m.board.order {
		if s := m.board.snapshots[name]; s.Data.Me != nil {
			p = personOf(s.Data, m.now, func(t time.Time) string { return m.clock(t, m.now) })
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
func (m *Model) countSpans() []span {
	if len(m.board.order) == 0 {
		return nil
	}
	c := m.board.counts
	answered := slices.ContainsFunc(m.board.order, func(name string) bool { return !m.board.snapshots[name].AsOf.IsZero() })
	part := func(n int, word string, look role) []span {
		number := strconv.Itoa(n)
		if !answered {
			number = "–"
		}
		if n == 0 {
			look = dim
		}
		return []span{{number, look}, {" " + word, dim}}
	}
	out := part(c.triggered, "triggered", critical)
	out = append(out, span{"  ", plain})
	out = append(out, part(c.acknowledged, "acked", good)...)
	out = append(out, span{"  ", plain})
	return append(out, part(c.firing, "firing", warning)...)
}

// sourceSpans are the sources with the age of what they said. Where not all
// fit into width, those that work are counted, then those that are not quite as
// they should be, and at last those that fail.
func (m *Model) sourceSpans(width int) []span {
	var all []span
	var failing, doubtful [][]span
	working, waiting := 0, 0
	for _, name := range m.board.order {
		s := m.board.snapshots[name]
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
	if list := trimLeft(all); m.widthOfSpans(list) <= width {
		return list
	}
	var quiet []span
	if working > 0 {
		quiet = append(quiet, span{"  " + wording.Count(working, "source") + " ok", dim})
	}
	if waiting > 0 {
		quiet = append(quiet, span{fmt.Sprintf("  %d awaited", waiting), dim})
	}
	// The last try names none: their numbers always fit.
	for named := len(failing) + len(doubtful); ; named-- {
		f := min(named, len(failing))
		d := named - f
		list := slices.Concat(slices.Concat(failing[:f]...), slices.Concat(doubtful[:d]...))
		if hidden := len(failing) - f; hidden > 0 {
			list = append(list, span{fmt.Sprintf("  +%d failing", hidden), critical})
		}
		if hidden := len(doubtful) - d; hidden > 0 {
			list = append(list, span{fmt.Sprintf("  +%d doubtful", hidden), warning})
		}
		for _, try := range [][]span{trimLeft(slices.Concat(quiet, list)), trimLeft(list)} {
			if m.widthOfSpans(try) <= width && len(try) > 0 || named == 0 {
				return try
			}
		}
	}
}

// trimLeft is the list without the gap before the first source.
func trimLeft(list []span) []span {
	if len(list) == 0 {
		return nil
	}
	list = slices.Clone(list)
	list[0].text = strings.TrimLeft(list[0].text, " ")
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
func (m *Model) sourceAge(s sources.Snapshot) ([]span, health) {
	name := "  " + clean.Line(s.Source.Name) + " "
	old := "never"
	if !s.AsOf.IsZero() {
		old = sourceAge(m.now.Sub(s.AsOf))
	}
	switch {
	case sources.ReasonOf(s.Err) == sources.Misconfigured:
		return []span{{name, critical}, {"✗ misconfigured", critical}}, fails
	case s.Err != nil:
		return []span{{name, critical}, {"✗ " + old, critical}}, fails
	case s.AsOf.IsZero():
		return []span{{name, dim}, {"…", dim}}, isAwaited
	case s.Partial:
		return []span{{name, dim}, {old + "…", plain}}, isAwaited
	case m.now.Sub(s.AsOf) > oldAge:
		return []span{{name, warning}, {"! " + old, warning}}, isDoubtful
	}
	var minds []string
	if n := s.Data.NotKept; n > 0 {
		minds = append(minds, wording.Count(n, "alert")+" not kept")
	}
	if off := s.Data.ClockOffset; off != 0 {
		sign := "+"
		if off < 0 {
			sign, off = "-", -off
		}
		minds = append(minds, "clock "+sign+age(off))
	}
	if len(minds) > 0 {
		return []span{{name, warning}, {old + " " + strings.Join(minds, ", "), warning}}, isDoubtful
	}
	return []span{{name, dim}, {old, plain}}, isWell
}
