package report

import (
	"fmt"
	"strconv"
	"time"

	"firstline/internal/wallclock"
	"firstline/internal/wording"
)

const week = 7 * 24 * time.Hour

// The measures of the drawings, whose width is 760.
const (
	mostBars           = 40
	barLeft, barWide   = 190, 460
	barHigh, barStep   = 16, 24
	longestName        = 26
	heatLeft, heatTop  = 44, 20
	heatWide, heatHigh = 29, 24
	heatLevels         = 5
	weekLeft, weekWide = 40, 700
	weekHigh, weekTop  = 150, 16
	widestWeek         = 56
)

// plots are the drawings.
func (d *document) plots() {
	plots := d.Plots()
	if plots.Unknown != "" {
		d.element("h2", "Plots")
		d.element("p", "Nothing is drawn, because "+plots.Unknown+".", "class", "note")
		return
	}
	if plots.Doubt != "" {
		d.note("note", wording.Sentence(plots.Doubt)+".")
	}
	if n := plots.Heat.NoZone; n > 0 {
		d.note("note", "Without a time zone in PagerDuty: the people of "+wording.Count(n, "interruption")+", which have a bar and a week, and no hour.")
	}
	d.element("h2", "Interruptions by person")
	d.plotText("is one incident that bothered one person. Who was on call at level 1 and was not interrupted has 0.", "One", "interruption")
	d.bars(plots.People)
	d.element("h2", "Interruptions by weekday and hour")
	d.plotText("began in each hour of the week, in the time zone of the person who was interrupted.", "How many", "interruptions")
	d.heat(&plots.Heat)
	d.element("h2", "Interruptions by week")
	d.plotText("began in each week from Monday on. Left of the dashed line is the time before.", "How many", "interruptions")
	d.weeksPlot(plots.Weeks)
}

// plotText says what a plot shows.
func (d *document) plotText(after, before, figure string) {
	d.start("p", "class", "definition")
	d.text(before)
	d.b.WriteString(" ")
	d.link("interruptions", figure)
	d.b.WriteString(" ")
	d.text(after)
	d.end("p")
}

// stack is one part of a bar.
type stack struct {
	kind, name string
	n          int
}

func stacked(inBusiness, inOff, inSleep, noZone int) []stack {
	return []stack{{"business", "in business hours", inBusiness}, {"off", "in off hours", inOff}, {"sleep", "in sleep hours", inSleep}, {"nozone", "where the time zone is not known", noZone}}
}

// legend says which part of a bar is what.
func (d *document) legend() {
	d.start("p", "class", "legend")
	for _, s := range stacked(0, 0, 0, 0) {
		d.start("span")
		d.start("svg", "viewBox", "0 0 11 11", "aria-hidden", "true")
		d.box(0, 0, 11, 11, s.kind, "")
		d.end("svg")
		d.text(s.name)
		d.end("span")
	}
	d.end("p")
}

// bars draws a bar for each person.
func (d *document) bars(people []Bar) {
	shown := people[:min(len(people), mostBars)]
	if len(shown) == 0 {
		d.element("p", "Nobody was interrupted, and nobody is known to have been on call.")
		return
	}
	most := max(shown[0].Total(), 1) // the most are first
	d.legend()
	d.drawing(len(shown)*barStep+4, "Interruptions by person")
	for n, one := range shown {
		y := n*barStep + 4
		d.label(barLeft-8, y+12, "left", shortened(one.Name))
		done := 0
		for _, s := range stacked(one.Business, one.Off, one.Sleep, one.NoZone) {
			if s.n > 0 {
				from, to := done*barWide/most, (done+s.n)*barWide/most
				d.box(barLeft+from, y, max(to-from, 1), barHigh, s.kind, fmt.Sprintf("%s: %d %s", one.Name, s.n, s.name))
			}
			done += s.n
		}
		d.label(barLeft+done*barWide/most+6, y+12, "number", strconv.Itoa(done))
	}
	d.end("svg")
	if rest := people[len(shown):]; len(rest) > 0 {
		n := 0
		for _, one := range rest {
			n += one.Total()
		}
		d.note("dim", fmt.Sprintf("Others, without a bar: %d, with %s. `firstline report --by person` lists all.", len(rest), wording.Count(n, "interruption")))
	}
}

// shortened cuts a name to fit beside its bar.
func shortened(name string) string {
	letters := []rune(name)
	if len(letters) <= longestName {
		return name
	}
	return string(letters[:longestName-1]) + "…"
}

// Weekdays are the names of the days of a heat map.
var Weekdays = [7]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// heat draws a cell for each hour of the week.
func (d *document) heat(h *Heat) {
	d.drawing(heatTop+7*heatHigh+8, "Interruptions by weekday and hour")
	for hour := 0; hour < 24; hour += 2 {
		d.label(heatLeft+hour*heatWide+heatWide/2, heatTop-6, "middle", strconv.Itoa(hour))
	}
	for day, hours := range h.Counts {
		y := heatTop + day*heatHigh
		d.label(heatLeft-8, y+16, "left", Weekdays[day])
		for hour, n := range hours {
			x, level := heatLeft+hour*heatWide, strconv.Itoa(h.Level(n, heatLevels))
			d.box(x, y, heatWide-2, heatHigh-2, "h"+level, fmt.Sprintf("%s %d:00: %s", Weekdays[day], hour, wording.Count(n, "interruption")))
			if n > 0 {
				d.label(x+heatWide/2-1, y+heatHigh/2+3, "in on-h"+level, strconv.Itoa(n))
			}
		}
	}
	d.end("svg")
}

// Level returns how dark a count is: 0 for none, else from 1 to levels.
func (h *Heat) Level(n, levels int) int {
	if n == 0 {
		return 0
	}
	return (n*levels + h.Most - 1) / h.Most
}

// weeksPlot draws a bar for each week, and where the time of the report begins.
func (d *document) weeksPlot(weeks []Week) {
	clock, most := wallclock.In(d.zone), 1
	for _, w := range weeks {
		most = max(most, w.Total())
	}
	const bottom = weekTop + weekHigh
	step := min(weekWide/max(len(weeks), 1), widestWeek)
	every := max((len(weeks)*widestWeek+weekWide-1)/weekWide, 1) // which weeks have a label
	d.legend()
	d.drawing(bottom+20, "Interruptions by week")
	d.line("axis", weekLeft, bottom, weekLeft+weekWide, bottom)
	d.line("axis", weekLeft, weekTop, weekLeft+weekWide, weekTop)
	d.label(weekLeft-6, weekTop+4, "left", strconv.Itoa(most))
	d.label(weekLeft-6, bottom+4, "left", "0")
	partly, unread, border := "", "", 0
	for n, w := range weeks {
		x, wide, done, day := weekLeft+n*step, max(step-3, 1), 0, clock.ShortDate(w.Start)
		for _, s := range stacked(w.Business, w.Off, w.Sleep, w.NoZone) {
			if s.n > 0 {
				from, to := done*weekHigh/most, (done+s.n)*weekHigh/most
				d.box(x, bottom-to, wide, max(to-from, 1), s.kind, fmt.Sprintf("week of %s: %d %s", day, s.n, s.name))
			}
			done += s.n
		}
		mark := strconv.Itoa(done)
		switch {
		case w.Unread && done == 0:
			mark, unread = "?", "? was not read, or not wholly: run `firstline sync`."
		case w.Unread:
			mark, unread = mark+"?", "? was not read, or not wholly: run `firstline sync`."
		case w.Partly:
			mark, partly = mark+"*", "* is not a whole week: the time begins or ends in it."
		}
		if n%every == 0 || w.Unread && step >= 16 {
			d.label(x+wide/2, bottom-done*weekHigh/most-4, "middle", mark)
		}
		if n%every == 0 {
			d.label(x+wide/2, bottom+14, "middle", day)
		}
		if at := d.Span.Since.Sub(w.Start); at >= 0 && at < week && n > 0 {
			border = x - 2 + int(at*time.Duration(step)/week)
		}
	}
	if border > 0 {
		d.line("border", border, 4, border, bottom+4)
	}
	d.end("svg")
	d.note("dim", unread)
	d.note("dim", partly)
}
