package ui

import (
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
// on one line where it fits, else on two.
func (m *Model) header(r rectangle) []string {
	who, tally := m.whoSpans(), m.countSpans()
	if r.height == 1 {
		ages := m.sourceSpans(r.width / 2)
		room := r.width - 2 - m.widthOfSpans(who) - m.widthOfSpans(tally) - m.widthOfSpans(ages)
		if room < 6 {
			who = who[:min(len(who), 3)]
			room = max(r.width-2-m.widthOfSpans(who)-m.widthOfSpans(tally)-m.widthOfSpans(ages), 2)
		}
		left := room / 2
		line := " " + m.spans(who...) + blanks(left) + m.spans(tally...) + blanks(room-left) + m.spans(ages...)
		return []string{m.fit(line, r.width)}
	}
	room := r.width - 2 - m.widthOfSpans(who) - m.widthOfSpans(tally)
	for room < 2 && len(who) > 1 {
		who = who[:len(who)-1]
		room = r.width - 2 - m.widthOfSpans(who) - m.widthOfSpans(tally)
	}
	first := " " + m.spans(who...) + blanks(max(room, 1)) + m.spans(tally...)
	ages := m.sourceSpans(r.width - 2)
	second := blanks(r.width-1-m.widthOfSpans(ages)) + m.spans(ages...)
	return []string{m.fit(first, r.width), m.fit(second, r.width)}
}

func (s *shared) widthOfSpans(list []span) int {
	n := 0
	for _, p := range list {
		n += s.widthOf(p.text)
	}
	return n
}

// whoSpans are the program, the modes, and the person with role and duty.
func (m *Model) whoSpans() []span {
	out := []span{{"firstline", accent}}
	if m.options.Demo {
		out = append(out, span{"  demo", badge})
	}
	if m.options.Respond.ReadOnly {
		out = append(out, span{"  read-only", badge})
	}
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

// countSpans are how many groups are in which state. What is zero is quiet.
func (m *Model) countSpans() []span {
	if len(m.board.order) == 0 {
		return nil
	}
	c := m.board.counts
	part := func(n int, word string, look role) []span {
		if n == 0 {
			look = dim
		}
		return []span{{strconv.Itoa(n), look}, {" " + word, dim}}
	}
	out := part(c.triggered, "triggered", critical)
	out = append(out, span{"  ", plain})
	out = append(out, part(c.acknowledged, "acked", good)...)
	out = append(out, span{"  ", plain})
	return append(out, part(c.firing, "firing", warning)...)
}

// sourceSpans are the sources with the age of what they said. Where not all
// fit into width, those that work are counted and those that fail are named.
func (m *Model) sourceSpans(width int) []span {
	var all, failing []span
	working := 0
	for _, name := range m.board.order {
		s := m.board.snapshots[name]
		pieces := m.sourceAge(s)
		all = append(all, pieces...)
		if s.Err != nil {
			failing = append(failing, pieces...)
		} else {
			working++
		}
	}
	if m.widthOfSpans(all) <= width {
		return trimLeft(all)
	}
	short := append([]span{{"  " + wording.Count(working, "source") + " ok", dim}}, failing...)
	if working == 0 {
		short = failing
	}
	for len(short) > 2 && m.widthOfSpans(short) > width {
		short = short[:len(short)-2]
	}
	return trimLeft(short)
}

// trimLeft takes the gap off before the first source.
func trimLeft(list []span) []span {
	if len(list) > 0 {
		list[0].text = strings.TrimLeft(list[0].text, " ")
	}
	return list
}

// oldAge is how old an answer may be before the header marks it although
// nothing failed: what is shown is then from before the program started, or a
// poll hangs.
const oldAge = 5 * time.Minute

// sourceAge is one source: "pagerduty 4s", "alertmanager ✗ 76s". A failing
// one with nothing to show has the age of its failure.
func (m *Model) sourceAge(s sources.Snapshot) []span {
	name := "  " + clean.Line(s.Source.Name) + " "
	old := "never"
	if !s.AsOf.IsZero() {
		old = sourceAge(m.now.Sub(s.AsOf))
	}
	switch {
	case sources.ReasonOf(s.Err) == sources.Misconfigured:
		return []span{{name, critical}, {"✗ misconfigured", critical}}
	case s.Err != nil:
		return []span{{name, critical}, {"✗ " + old, critical}}
	case s.AsOf.IsZero():
		return []span{{name, dim}, {"…", dim}}
	case s.Partial:
		return []span{{name, dim}, {old + "…", plain}}
	case m.now.Sub(s.AsOf) > oldAge:
		return []span{{name, warning}, {"! " + old, warning}}
	}
	if off := s.Data.ClockOffset; off != 0 {
		sign := "+"
		if off < 0 {
			sign, off = "-", -off
		}
		return []span{{name, warning}, {old + " clock " + sign + age(off), warning}}
	}
	return []span{{name, dim}, {old, plain}}
}
