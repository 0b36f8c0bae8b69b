// Package frame draws what is around the rooms: the header, the status line and
// the line of keys. It also puts a room over the others.
package frame

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/room"
)

// Header says who is at the screen, what is open, and how old each source's answer
// is.
type Header struct {
	*room.Screen
	Options Options
	// Sources are what the sources last said, in the order of the configuration.
	Sources func() []sources.Snapshot
	// Counts returns how many groups are in which state.
	Counts func() triage.Counts
	person person
	night  night
}

// Options are what the header says of the program.
type Options struct {
	Demo, ReadOnly bool
	Role           respond.Role
	// Email names the person until a source has.
	Email string
	// Machine is the zone of this machine's clock; nil: the usual one.
	Machine *time.Location
	// Night reads the last night; nil: nothing is stored.
	Night NightReader
}

// Name is the name of the person at the screen.
func (h *Header) Name() string { return h.person.name }

// View draws the header on one line where it fits, else on two. The first to give
// way are the last night and the person, then the sources that answer, then the counts
// and the name of the program. That it is the demo, or read-only, is always there.
func (h *Header) View() []string {
	const gap = 2
	r, snapshots := h.Layout.Header, h.Sources()
	room := r.Width - 2
	program, who := h.programSpans(), h.whoSpans()
	modes := h.WidthOfSpans(program[1:])
	counts := h.countSpans(snapshots, room-modes-gap)
	zone, brief := h.zoneNames()
	countsWidth := h.WidthOfSpans(counts)
	if r.Height == 1 {
		if zone != "" {
			program = append(program, draw.Span{Text: "  " + zone, Role: draw.Notice})
		}
		ages := h.sourceSpans(snapshots, max(room-countsWidth-h.WidthOfSpans(program)-2*gap, room/2))
		room -= h.WidthOfSpans(ages)
		counts = h.countSpans(snapshots, room-modes-2*gap)
		countsWidth = h.WidthOfSpans(counts)
		who = h.withNight(h.fitWho(program, who, room-countsWidth-2*gap), room-countsWidth-2*gap)
		room -= countsWidth + h.WidthOfSpans(who)
		left := max(room/2, min(room, gap))
		line := " " + h.Spans(who...) + draw.Blanks(left) + h.Spans(counts...) + draw.Blanks(room-left) + h.Spans(ages...)
		return []string{h.Fit(line, r.Width)}
	}
	who = h.fitWho(program, who, room-countsWidth-gap)
	first := " " + h.Spans(who...) + draw.Blanks(room-h.WidthOfSpans(who)-countsWidth) + h.Spans(counts...)
	ages := h.sourceSpans(snapshots, room)
	if zone != "" && h.WidthOfSpans(ages)+h.WidthOf(zone)+gap > room {
		zone = brief
		ages = h.sourceSpans(snapshots, room-h.WidthOf(zone)-gap)
	}
	var left []draw.Span
	if zone != "" {
		left = []draw.Span{{Text: zone, Role: draw.Notice}, {Text: "  ", Role: draw.Plain}}
	}
	if text := h.nightText(room - h.WidthOfSpans(ages) - h.WidthOfSpans(left) - gap); text != "" {
		left = append(left, draw.Span{Text: text, Role: draw.Dim})
	}
	second := " " + h.Spans(left...) + draw.Blanks(room-h.WidthOfSpans(left)-h.WidthOfSpans(ages)) + h.Spans(ages...)
	return []string{h.Fit(first, r.Width), h.Fit(second, r.Width)}
}

// programSpans are the program and its modes.
func (h *Header) programSpans() []draw.Span {
	out := []draw.Span{{Text: "firstline", Role: draw.Accent}}
	if h.Options.Demo {
		out = append(out, draw.Span{Text: "  demo", Role: draw.Badge})
	}
	if h.Options.ReadOnly {
		out = append(out, draw.Span{Text: "  read-only", Role: draw.Badge})
	}
	return out
}

// zoneNames names the zone of all times, and briefly, where this machine's clock shows
// another time; else both are empty.
func (h *Header) zoneNames() (name, brief string) {
	machine := h.Options.Machine
	if machine == nil {
		machine = time.Local
	}
	now := h.Now.In(h.Location)
	if !wallclock.Differs(now, machine) {
		return "", ""
	}
	brief = wallclock.Abbreviation(now)
	return "times in " + clean.Line(h.Location.String()), brief
}

// whoSpans are the person with duty, role and team, in the order of what may give way
// last.
func (h *Header) whoSpans() []draw.Span {
	var out []draw.Span
	me := h.person
	if me.name != "" {
		out = append(out, draw.Span{Text: "  " + me.name, Role: draw.Strong})
	}
	if me.duty != "" {
		out = append(out, draw.Span{Text: " · " + me.duty, Role: draw.Dim})
	}
	out = append(out, draw.Span{Text: " · " + roleName(h.Options.Role), Role: draw.Dim})
	if me.team != "" {
		out = append(out, draw.Span{Text: " · " + me.team, Role: draw.Dim})
	}
	return out
}

// fitWho is the program and as much of the person as fits: a part that does not fit
// is left out, since half a time is another time. Only a name is cut.
func (h *Header) fitWho(program, who []draw.Span, width int) []draw.Span {
	if len(program) > 1 && h.WidthOfSpans(program) > width {
		program = trimLeft(program[1:]) // the name of the program goes before its modes
	}
	for len(who) > 1 && h.WidthOfSpans(program)+h.WidthOfSpans(who) > width {
		who = who[:len(who)-1]
	}
	return h.CutSpans(slices.Concat(program, who), width)
}

func roleName(r respond.Role) string {
	if r == respond.FirstLine {
		return "first line"
	}
	return "developer"
}

// person is what the header says of the one at the screen.
type person struct {
	// ids are those of the accounts.
	ids              []string
	name, team, duty string
}

// FindPerson finds the person at the screen in what the sources said.
func (h *Header) FindPerson() {
	snapshots := h.Sources()
	p := person{ids: sources.Selves(snapshots), duty: h.dutyOf(snapshots)}
	for _, s := range snapshots {
		if me := s.Data.Me; me != nil {
			p.name = cmp.Or(p.name, clean.Line(me.Name))
			if len(me.Teams) > 0 {
				p.team = cmp.Or(p.team, clean.Line(me.Teams[0].Name))
			}
		}
	}
	if p.name == "" {
		p.name, _, _ = strings.Cut(clean.Line(h.Options.Email), "@")
	}
	h.person = p
}

// dutyOf says that the person is on call, and until when the last turn lasts.
func (h *Header) dutyOf(snapshots []sources.Snapshot) string {
	var last time.Time
	for i := range snapshots {
		d := &snapshots[i].Data
		for _, o := range d.OnCalls {
			switch {
			case d.Me == nil || o.User.ID != d.Me.ID:
			case o.End.IsZero():
				return "on call"
			case o.End.After(h.Now) && (o.Start.IsZero() || !o.Start.After(h.Now)) && o.End.After(last):
				last = o.End
			}
		}
	}
	if last.IsZero() {
		return ""
	}
	return "on call until " + h.Clock(last, h.Now)
}

// countSpans are how many groups are counted as what, those that count most first: together
// they are all rows. What is zero is left out. While no source has answered no
// number is known. What does not fit into width is one number.
func (h *Header) countSpans(snapshots []sources.Snapshot, width int) []draw.Span {
	if len(snapshots) == 0 {
		return nil
	}
	if !slices.ContainsFunc(snapshots, func(s sources.Snapshot) bool { return !s.AsOf.IsZero() }) {
		return []draw.Span{{Text: "–", Role: draw.Plain}, {Text: " triggered  ", Role: draw.Dim}, {Text: "–", Role: draw.Plain}, {Text: " unpaged  ", Role: draw.Dim}, {Text: "–", Role: draw.Plain}, {Text: " acked", Role: draw.Dim}}
	}
	c := h.Counts()
	var parts [][]draw.Span
	left := c.Total()
	others := func() []draw.Span {
		return []draw.Span{{Text: "  " + strconv.Itoa(left), Role: draw.Plain}, {Text: " others", Role: draw.Dim}}
	}
	used := 0
	for _, s := range triage.EachCountedAs() {
		n := c.Of(s)
		if n == 0 {
			continue
		}
		part := []draw.Span{{Text: "  " + strconv.Itoa(n), Role: room.CountedRole(s)}, {Text: " " + s.Word(), Role: draw.Dim}}
		need := h.WidthOfSpans(part)
		if rest := left - n; rest > 0 {
			need += len("  others") + len(strconv.Itoa(rest))
		}
		if used+need-2 > width && len(parts) > 0 {
			parts = append(parts, others())
			break
		}
		used += h.WidthOfSpans(part)
		left -= n
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return []draw.Span{{Text: "0", Role: draw.Dim}, {Text: " groups", Role: draw.Dim}}
	}
	return trimLeft(slices.Concat(parts...))
}

// sourceSpans are the sources with the age of what they said. Where not all
// fit into width, those that work are counted, then those that are not quite as
// they should be, and at last those that fail.
func (h *Header) sourceSpans(snapshots []sources.Snapshot, width int) []draw.Span {
	var all []draw.Span
	var failing, doubtful [][]draw.Span
	working, waiting := 0, 0
	for _, s := range snapshots {
		pieces, state := h.sourceAge(s)
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
	if list := trimLeft(all); h.WidthOfSpans(list) <= width {
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
			if h.WidthOfSpans(try) <= width && len(try) > 0 || named == 0 {
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
func (h *Header) sourceAge(s sources.Snapshot) ([]draw.Span, health) {
	name := "  " + clean.Line(s.Source.Name) + " "
	old := "never"
	if !s.AsOf.IsZero() {
		old = draw.SourceAge(h.Now.Sub(s.AsOf))
	}
	switch {
	case sources.ReasonOf(s.Err) == sources.Misconfigured:
		return []draw.Span{{Text: name, Role: draw.Critical}, {Text: "✗ misconfigured", Role: draw.Critical}}, fails
	case s.Err != nil:
		return []draw.Span{{Text: name, Role: draw.Critical}, {Text: "✗ " + old, Role: draw.Critical}}, fails
	case s.AsOf.IsZero():
		return []draw.Span{{Text: name, Role: draw.Dim}, {Text: "…", Role: draw.Dim}}, isAwaited
	case s.Partial, s.Data.More:
		return []draw.Span{{Text: name, Role: draw.Dim}, {Text: old + "…", Role: draw.Plain}}, isAwaited
	case h.Now.Sub(s.AsOf) > oldAge:
		return []draw.Span{{Text: name, Role: draw.Warning}, {Text: "! " + old, Role: draw.Warning}}, isDoubtful
	}
	var doubts []string
	switch n := s.Data.Omitted; {
	case n > 0:
		doubts = append(doubts, wording.Count(n, "alert")+" omitted")
	case !s.Whole():
		doubts = append(doubts, "in part")
	}
	if off := s.Data.ClockOffset; off != 0 {
		sign := "+"
		if off < 0 {
			sign, off = "-", -off
		}
		doubts = append(doubts, "clock "+sign+draw.Age(off))
	}
	if len(doubts) > 0 {
		return []draw.Span{{Text: name, Role: draw.Warning}, {Text: old + " " + strings.Join(doubts, ", "), Role: draw.Warning}}, isDoubtful
	}
	return []draw.Span{{Text: name, Role: draw.Dim}, {Text: old, Role: draw.Plain}}, isWell
}
