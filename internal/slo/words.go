package slo

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Percent writes a part as a percentage with as many digits as matter: "99.95 %".
func Percent(part float64) string {
	text := strconv.FormatFloat(part*100, 'f', 6, 64)
	text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	return text + " %"
}

// Title is the objective for people: "checkout: 99.9 % over 30d".
func (o Objective) Title() string {
	if o.Target <= 0 || o.Target >= 1 || o.Window <= 0 {
		return o.Name
	}
	return o.Name + ": " + Percent(o.Target) + " over " + Range(o.Window)
}

// LeftPercent returns the percentage of the budget that is left, where Left is read. It
// is rounded down: no budget looks better than it is.
func (r Reading) LeftPercent() int { return int(math.Floor(r.Left.Number*100 + nothing)) }

// Budget says how much of the budget is left, and when it is gone at the rate of now.
func (r Reading) Budget() string {
	switch left := r.Left; {
	case !left.Read():
		return "budget not known: " + left.Why
	case left.Number <= nothing:
		return fmt.Sprintf("budget used up, %d %% of it", 100-r.LeftPercent())
	default:
		text := fmt.Sprintf("%d %% of the budget left", r.LeftPercent())
		if left.Number < 0.01 {
			text = "less than 1 % of the budget left"
		}
		if r.Gone > 0 {
			text += ", at this rate gone in " + Length(r.Gone)
		}
		return text
	}
}

// BurnRates writes the burn rates: "14.4 now, 6 over 1 h, …". Those that are not known
// for the same reason share it.
func (r Reading) BurnRates() string {
	var parts []string
	why := ""
	for i, v := range r.Burn {
		span := "over " + Length(Spans[i])
		if i == 0 {
			span = "now"
		}
		if v.Read() {
			parts = append(parts, rate(v.Number)+" "+span)
			why = ""
			continue
		}
		text := "? " + span
		if v.Why != why {
			text += " (" + v.Why + ")"
		}
		why = v.Why
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

func rate(v float64) string {
	switch {
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 0.1 || v <= 0:
		return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
	}
	return "< 0.1"
}

// Length is how long something is, in its two largest units: "40 m", "1 h 38 m",
// "3 d".
func Length(d time.Duration) string {
	two := func(large, small time.Duration, ofLarge, ofSmall string) string {
		if rest := d % large / small; rest > 0 {
			return fmt.Sprintf("%d %s %d %s", d/large, ofLarge, rest, ofSmall)
		}
		return fmt.Sprintf("%d %s", d/large, ofLarge)
	}
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return "less than a minute"
	case d < time.Hour:
		return fmt.Sprintf("%d m", d/time.Minute)
	case d < day:
		return two(time.Hour, time.Minute, "h", "m")
	case d < 10*day:
		return two(day, time.Hour, "d", "h")
	}
	return fmt.Sprintf("%d d", d/day)
}
