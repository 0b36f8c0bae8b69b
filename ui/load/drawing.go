package load

import (
	"fmt"
	"strconv"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/report"
	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/room"
)

// twoColumns is the width from which on there are two columns, and gap is between them.
// The figures need no more than widestFigures.
const twoColumns, gap, widestFigures = 140, 4, 66

// drawn are the lines of the report in a width.
func (r *Room) drawn(width int) []string {
	c := r.content
	switch {
	case r.reading.Busy():
		return []string{r.Theme.Of(draw.Dim).On("Reading the stored history …")}
	case c == nil:
		return nil
	case c.err != nil:
		return r.Paragraph("! "+wording.Sentence(clean.Line(c.err.Error()))+".", width, draw.Warning)
	}
	lines := r.Wrap(r.Times().Whole(c.span.Since)+" to "+r.Times().Named().Whole(c.span.Until)+"; before: "+r.Times().Whole(c.before.Since)+" to "+r.Times().Whole(c.before.Until)+". Hours are those of each person.", width)
	for _, sentence := range c.missing {
		lines = append(lines, r.Paragraph("! "+wording.Sentence(sentence)+".", width, draw.Warning)...)
	}
	lines = append(lines, "")
	if width < twoColumns || r.Plain {
		lines = append(lines, r.figures("Now and before", c.headlines, width)...)
		lines = append(lines, r.plots(width)...)
		return append(lines, r.figures("All other figures", c.others, width)...)
	}
	wide := min((width-gap)/2, widestFigures)
	left := append(r.figures("Now and before", c.headlines, wide), r.figures("All other figures", c.others, wide)...)
	right := r.plots(width - wide - gap)
	for i := range max(len(left), len(right)) {
		line := ""
		if i < len(left) {
			line = left[i]
		}
		line = r.Fit(line, wide+gap)
		if i < len(right) {
			line += right[i]
		}
		lines = append(lines, line)
	}
	return lines
}

func (r *Room) heading(text string) string { return r.Theme.Of(draw.Accent).On(text) }

// figures are figures with the time before. What is not known of them is below, each
// reason once.
func (r *Room) figures(heading string, all []figure, width int) []string {
	const numbers = 10
	title := min(30, width-2*numbers-2)
	lines := []string{r.heading(heading)}
	var reasons []string
	titles := map[string][]string{}
	for _, f := range all {
		if r.Plain {
			lines = append(lines, "  "+f.title+": "+strings.TrimSpace(f.now)+", before: "+strings.TrimSpace(f.before))
		} else {
			lines = append(lines, "  "+r.Fit(f.title, title)+r.Theme.Of(draw.Strong).On(r.FitRight(f.now, numbers))+r.Theme.Of(draw.Dim).On(r.FitRight(f.before, numbers)))
		}
		if f.note == "" {
			continue
		}
		if titles[f.note] == nil {
			reasons = append(reasons, f.note)
		}
		titles[f.note] = append(titles[f.note], f.title)
	}
	for _, reason := range reasons {
		for _, l := range r.Wrap(strings.Join(titles[reason], "; ")+": "+reason, width-2) {
			lines = append(lines, "  "+r.Theme.Of(draw.Warning).On(l))
		}
	}
	return append(lines, "")
}

// plots are the drawings.
func (r *Room) plots(width int) []string {
	p := &r.content.plots
	if p.Unknown != "" {
		return append(room.Indented(r.Wrap("Nothing is drawn, because "+clean.Line(p.Unknown)+".", width-2)), "")
	}
	lines := []string{r.heading("Interruptions by person")}
	if !r.Plain {
		lines = append(lines, r.legend(width)...)
	}
	lines = append(lines, r.people(width)...)
	lines = append(lines, "", r.heading("Interruptions by weekday and hour"))
	lines = append(lines, r.heat(width)...)
	lines = append(lines, "", r.heading("Interruptions by week"))
	lines = append(lines, r.weeks(width)...)
	return append(lines, "")
}

// part is a part of a bar.
type part struct {
	n    int
	sign string
	role draw.Role
	name string
}

// parts are those of a bar. They differ by their signs too.
func (r *Room) parts(inBusiness, inOff, inSleep, noZone int) []part {
	signs := [4]string{"░", "▒", "█", "?"}
	return []part{
		{inBusiness, signs[0], draw.Good, "business hours"},
		{inOff, signs[1], draw.Notice, "off hours"},
		{inSleep, signs[2], draw.Critical, "sleep hours"},
		{noZone, signs[3], draw.Dim, "time zone not known"},
	}
}

// legend says what the parts of a bar are.
func (r *Room) legend(width int) []string {
	line, lines := "", []string(nil)
	for _, p := range r.parts(0, 0, 0, 0) {
		next := r.Theme.Of(p.role).On(p.sign) + " " + p.name
		if line != "" && r.WidthOf(line)+3+r.WidthOf(next) > width-2 {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += "   "
		}
		line += next
	}
	return room.Indented(append(lines, line))
}

// bar draws parts. As many as most fill the width.
func (r *Room) bar(parts []part, most, width int) string {
	if r.Plain {
		var words []string
		for _, p := range parts {
			if p.n > 0 {
				words = append(words, strconv.Itoa(p.n)+" "+p.name)
			}
		}
		return strings.Join(append(words, "in all"), ", ")
	}
	var b strings.Builder
	done := 0
	for _, p := range parts {
		from, to := cells(done, most, width), cells(done+p.n, most, width)
		b.WriteString(r.Theme.Of(p.role).On(strings.Repeat(p.sign, to-from)))
		done += p.n
	}
	return b.String()
}

// cells is how many cells a number takes: at least one, unless it is 0.
func cells(n, most, width int) int { return (n*width + most - 1) / most }

// people are the bars of people.
func (r *Room) people(width int) []string {
	p := &r.content.plots
	if len(p.People) == 0 {
		return room.Indented(r.Wrap("Nobody was interrupted, and nobody is known to have been on call.", width-2))
	}
	name := min(24, width/3)
	most := max(p.People[0].Total(), 1) // the most are first
	digits := len(strconv.Itoa(most))
	var lines []string
	for _, b := range p.People {
		bar := r.bar(r.parts(b.Business, b.Off, b.Sleep, b.NoZone), most, width-name-digits-4)
		if bar != "" {
			bar += " "
		}
		lines = append(lines, "  "+r.Fit(b.Name, name)+" "+bar+strconv.Itoa(b.Total()))
	}
	return lines
}

// heat is a table of the hours of the week.
func (r *Room) heat(width int) []string {
	h := &r.content.plots.Heat
	if r.Plain {
		return r.heatInWords(width)
	}
	const days = 4
	wide := 2
	if days+24*3 <= width {
		wide = 3
	}
	const none = "·"
	head := draw.Blanks(days)
	for hour := range 24 {
		text := ""
		if hour%3 == 0 {
			text = strconv.Itoa(hour)
		}
		head += r.FitRight(text, wide)
	}
	lines := []string{r.Theme.Of(draw.Dim).On(head)}
	much := ""
	for weekday, hours := range h.Counts {
		line := r.Fit(report.Weekdays[weekday], days)
		for _, n := range hours {
			text := strconv.Itoa(n)
			switch {
			case n == 0:
				text = none
			case len(text) >= wide:
				text, much = "+", fmt.Sprintf("+ is %s or more.", map[int]string{2: "10", 3: "100"}[wide])
			}
			role := [4]draw.Role{draw.Dim, draw.Plain, draw.Warning, draw.Critical}[h.Level(n, 3)]
			line += r.Theme.Of(role).On(r.FitRight(text, wide))
		}
		lines = append(lines, line)
	}
	for _, note := range []string{much, r.noZone(h.NoZone)} {
		if note != "" {
			lines = append(lines, r.Paragraph(note, width, draw.Dim)...)
		}
	}
	return lines
}

// heatInWords are the hours of the week that have interruptions.
func (r *Room) heatInWords(width int) []string {
	h := &r.content.plots.Heat
	var lines []string
	for weekday, hours := range h.Counts {
		var words []string
		for hour, n := range hours {
			if n > 0 {
				words = append(words, fmt.Sprintf("%d from %d:00", n, hour))
			}
		}
		if len(words) == 0 {
			words = []string{"none"}
		}
		lines = append(lines, report.Weekdays[weekday]+": "+strings.Join(words, ", "))
	}
	if note := r.noZone(h.NoZone); note != "" {
		lines = append(lines, r.Paragraph(note, width, draw.Dim)...)
	}
	return lines
}

func (r *Room) noZone(n int) string {
	if n == 0 {
		return ""
	}
	return "Without an hour here: " + wording.Count(n, "interruption") + " of people without a time zone in PagerDuty."
}

// weeks are the bars of weeks, the newest first.
func (r *Room) weeks(width int) []string {
	weeks := r.content.plots.Weeks
	most := 1
	for _, w := range weeks {
		most = max(most, w.Total())
	}
	const date = 8
	digits := len(strconv.Itoa(most)) + 1
	var lines, notes []string
	partly, unread := false, false
	for i := len(weeks) - 1; i >= 0; i-- {
		w := weeks[i]
		bar := r.bar(r.parts(w.Business, w.Off, w.Sleep, w.NoZone), most, width-date-digits-4)
		text := strconv.Itoa(w.Total())
		switch {
		case w.Unread && w.Total() == 0:
			text, unread = "?", true
		case w.Unread:
			text, unread = text+"?", true
		case w.Partly:
			text, partly = text+"*", true
		}
		if bar != "" {
			bar += " "
		}
		lines = append(lines, "  "+r.FitRight(r.Times().ShortDate(w.Start), date-2)+"  "+bar+text)
		if holds(w, r.content.span.Since) && i > 0 {
			lines = append(lines, r.Theme.Of(draw.Dim).On("  what is above began on "+r.Times().ShortDate(r.content.span.Since)+", below is the time before"))
		}
	}
	if unread {
		notes = append(notes, "? was not read, or not wholly: run `firstline sync`.")
	}
	if partly {
		notes = append(notes, "* is not a whole week: the time begins or ends in it.")
	}
	for _, note := range notes {
		lines = append(lines, r.Paragraph(note, width, draw.Dim)...)
	}
	return lines
}
