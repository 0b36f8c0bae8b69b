package runbooks

import "slices"

// Entry returns the heading of the alert's own section in a file of many alerts. h is where
// the runbook opens. It returns nil where the whole page is the alert's.
func (rb *Runbook) Entry(h *Heading, alerts []string) *Heading {
	if h == nil || h.Level == RowLevel {
		return h
	}
	above := rb.above(h)
	named := func(h *Heading) bool {
		return slices.ContainsFunc(alerts, func(a string) bool { return alertHeading(h.Text) == fold(a) && fold(a) != "" })
	}
	var entry *Heading
	for _, a := range above {
		switch {
		case named(a):
			return rb.below(a) // of the title: the page is this alert's
		case rb.below(a) == nil:
		case purposeOf(a.Text) != unclear:
			return entry
		default:
			entry = a
		}
	}
	if segs := segments(rb.Name); len(segs) > 0 && slices.ContainsFunc(alerts, func(a string) bool { return fold(a) == fold(segs[len(segs)-1]) }) {
		return nil
	}
	return entry
}

// above returns the headings of the sections around a heading, the outermost first, and
// the heading itself.
func (rb *Runbook) above(h *Heading) []*Heading {
	all := []*Heading{h}
	level := h.Level
	for i := len(rb.Headings) - 1; i >= 0; i-- {
		if a := &rb.Headings[i]; a.Line < h.Line && a.Level < level {
			all = append(all, a)
			level = a.Level
		}
	}
	slices.Reverse(all)
	return all
}

// Beside returns for each heading whether its own text, up to the next heading, belongs to
// a section or to those around it, and so is to be read by who reads this section. The
// text before all headings always does.
func (rb *Runbook) Beside(h *Heading) []bool {
	belongs := make([]bool, len(rb.Headings))
	first, last := rb.Section(h)
	above := rb.above(h)
	for i := range rb.Headings {
		other := &rb.Headings[i]
		belongs[i] = other.Line >= first && other.Line <= last || slices.ContainsFunc(above, func(a *Heading) bool { return a.Line == other.Line })
	}
	return belongs
}

// HeadingAbove returns the index of the last heading on a line or before it, or -1.
func (rb *Runbook) HeadingAbove(line int) int {
	at := -1
	for i := range rb.Headings {
		if rb.Headings[i].Line <= line {
			at = i
		}
	}
	return at
}
