package pane

import (
	"fmt"
	"time"

	"firstline/internal/clean"
	"firstline/ui/draw"
)

// LabelWidth is how wide the labels of fields are.
const LabelWidth = 12

// Fields writes headings, and labels with their values, in a width.
type Fields struct {
	*Writer
	now      time.Time
	width    int
	out      []string
	sections []int
}

// NewFields begins at a time.
func NewFields(w *Writer, now time.Time, width int) *Fields {
	return &Fields{Writer: w, now: now, width: width}
}

// Content is what was written.
func (f *Fields) Content() Content { return Content{Lines: f.out, Sections: f.sections} }

// Field writes a label and its value, wrapped beside it. An empty value is left out.
func (f *Fields) Field(label, value string, role draw.Role) { f.fieldIn(label, value, role) }

// Heading begins a section.
func (f *Fields) Heading(text string) { f.heading(text) }

// Moment is a time with its age: "14:02 (12m ago)".
func (f *Fields) Moment(t time.Time) string { return f.moment(t) }

func (f *Fields) bold(text string) []string { return f.Paragraph(text, f.width, draw.Strong) }

// field is a label and its value, the value wrapped beside it.
func (f *Fields) field(label, value string) { f.fieldIn(label, value, draw.Plain) }

func (f *Fields) fieldIn(label, value string, role draw.Role) {
	if value = clean.Line(value); value == "" {
		return
	}
	if n := f.WidthOf(label); n >= LabelWidth && n+2+f.WidthOf(value) <= f.width {
		f.out = append(f.out, f.Theme.Of(draw.Dim).On(label+"  ")+f.Theme.Of(role).On(value))
		return
	}
	label = f.above(label)
	for i, line := range f.Wrap(value, max(f.width-LabelWidth, 8)) {
		head := ""
		if i == 0 {
			head = label
		}
		f.out = append(f.out, f.Theme.Of(draw.Dim).On(f.Fit(head, LabelWidth))+f.Theme.Of(role).On(line))
	}
}

// above puts a label that is too long to be beside its value above it, whole: cut,
// it may look the same as another one. It returns what is beside the value.
func (f *Fields) above(label string) string {
	if f.WidthOf(label) < LabelWidth {
		return label
	}
	for _, line := range f.Wrap(label, f.width) {
		f.out = append(f.out, f.Theme.Of(draw.Dim).On(line))
	}
	return ""
}

func (f *Fields) heading(text string) {
	if len(f.out) > 0 {
		f.out = append(f.out, "")
	}
	f.sections = append(f.sections, len(f.out))
	f.out = append(f.out, f.Theme.Of(draw.Accent).On(text))
}

// moment is a time with its age: "14:02 (12m ago)".
func (f *Fields) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	switch until := t.Sub(f.now); {
	case until >= time.Second:
		return f.Clock(t, f.now) + " (in " + ahead(until) + ")"
	case until > 0: // as exact as clocks agree
		return f.Clock(t, f.now) + " (just now)"
	}
	return f.Clock(t, f.now) + " (" + draw.Age(f.now.Sub(t)) + " ago)"
}

// ahead is how long it is until something, with the minutes of the first hours: "4h55m".
func ahead(d time.Duration) string {
	if hours, minutes := d/time.Hour, d%time.Hour/time.Minute; hours > 0 && minutes > 0 && d < 48*time.Hour {
		return fmt.Sprintf("%dh%02dm", hours, minutes)
	}
	return draw.Age(d)
}

// AsRead says when something was read. What was read since the time that is drawn was
// read just now.
func (f *Fields) AsRead(t time.Time) string {
	if t.After(f.now) {
		return "as read " + f.Clock(t, f.now) + " (just now)"
	}
	return "as read " + f.moment(t)
}
