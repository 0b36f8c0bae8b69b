package ui

import (
	"cmp"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/respond"
)

// planLines are the preview: what one needs to decide comes first.
func (d *dialog) planLines() []string {
	p, width := d.plan, d.inside()
	var lines []string
	head := func(text string) {
		if len(lines) > 0 && d.layout.body.height >= roomyHeight {
			lines = append(lines, "")
		}
		lines = append(lines, d.theme.of(accent).on(text))
	}
	body := func(look role, text string) {
		for i, l := range d.wrap(clean.Line(text), width-4) {
			gap := "  "
			if i > 0 {
				gap = "    "
			}
			lines = append(lines, gap+d.theme.of(look).on(l))
		}
	}
	if p.Refused != "" {
		lines = append(lines, d.paragraph("✗ "+clean.Line(p.Refused), width, critical)...)
	}
	var now, next []respond.Page
	for _, page := range p.Pages {
		if page.Now {
			now = append(now, page)
		} else {
			next = append(next, page)
		}
	}
	switch {
	case len(now) > 0:
		head("Paged now")
		for _, page := range now {
			lines = append(lines, d.pageLines(page)...)
		}
	case p.Ready():
		lines = append(lines, d.theme.of(dim).on("Nobody is paged."))
	}
	for _, w := range p.Confirm {
		mark, look := "! ", warning
		if p.Confirmed {
			mark, look = "✓ said yes to: ", dim
		}
		lines = append(lines, d.paragraph(mark+clean.Line(w), width, look)...)
	}
	for _, w := range d.warnings() {
		lines = append(lines, d.paragraph("! "+clean.Line(w), width, warning)...)
	}
	d.itemLines(head, body)
	if len(next) > 0 {
		head("If nobody answers")
		for _, page := range next {
			lines = append(lines, d.pageLines(page)...)
		}
	}
	if d.carriesNote() {
		title := "The note that goes along"
		if d.writing {
			title += ", in your own words"
		}
		head(title)
		note := clean.Text(p.Note)
		if besides := p.NoteBesides(); besides != "" {
			note += "\n" + besides
		}
		for _, l := range strings.Split(note, "\n") {
			for _, part := range d.wrap(l, width-4) {
				lines = append(lines, "  "+d.theme.of(border).on("│ ")+part)
			}
		}
	}
	return lines
}

// warnings are those of the plan and of its items, each once.
func (d *dialog) warnings() []string {
	all := slices.Clone(d.plan.Warnings)
	for _, i := range d.plan.Items {
		for _, w := range i.Warnings {
			if !slices.Contains(all, w) {
				all = append(all, w)
			}
		}
	}
	return all
}

// carriesNote reports whether a note goes along.
func (d *dialog) carriesNote() bool {
	return d.action != respond.AddNote && d.plan.Note != "" && d.plan.Refused == "" &&
		slices.ContainsFunc(d.plan.Items, func(i respond.Item) bool {
			return slices.ContainsFunc(i.Steps, func(s respond.Step) bool {
				return s.Kind == respond.StepNote || s.Kind == respond.StepOpen || s.Kind == respond.StepResolve
			})
		})
}

// pageLines is one person of the preview; a night stands out.
func (d *dialog) pageLines(page respond.Page) []string {
	name, rest, _ := strings.Cut(page.Line(d.plan), ", ")
	look := plain
	if page.Night {
		look = warning
	}
	var lines []string
	for i, l := range d.wrap(name+", "+rest, d.inside()-4) {
		if i == 0 {
			if after, found := strings.CutPrefix(l, name); found {
				lines = append(lines, "  "+d.theme.of(strong).on(name)+d.theme.of(look).on(after))
				continue
			}
		}
		lines = append(lines, "    "+d.theme.of(look).on(l))
	}
	return lines
}

// itemLines tell what changes, and what does not and why.
func (d *dialog) itemLines(head func(string), body func(role, string)) {
	var change, rest []string
	for _, i := range d.plan.Items {
		name := clean.Line(cmp.Or(i.Title, i.ID)) + ": "
		if len(d.plan.Items) == 1 {
			name = ""
		}
		switch {
		case i.NeedsChoice:
		case i.Refused != "":
			if i.Refused != d.plan.Refused {
				rest = append(rest, name+i.Refused)
			}
		case i.Already:
			rest = append(rest, name+i.Sentence)
		default:
			change = append(change, i.Sentence)
			for _, s := range i.Steps {
				if s.Silence != nil {
					change = append(change, s.Sentence)
					change = append(change, s.Matches...)
				}
			}
		}
	}
	if len(change) > 0 {
		head("What changes")
		for _, c := range change {
			body(plain, c)
		}
	}
	if len(rest) > 0 {
		head("What does not change")
		for _, c := range rest {
			body(dim, c)
		}
	}
}

// resultLines are one line a group: what came of it, or that it is under way.
func (d *dialog) resultLines() []string {
	var lines []string
	known := map[string]respond.Result{}
	for _, r := range d.results {
		known[r.GroupID] = r
	}
	for _, item := range d.plan.Items {
		r, done := known[item.ID]
		mark, look, text := "·", dim, "under way …"
		if done {
			mark, look = outcomeMark(r.Outcome)
			text = clean.Line(r.Sentence)
		}
		if len(d.plan.Items) > 1 {
			text = clean.Line(item.Title) + ": " + text
		}
		for i, l := range d.wrap(text, d.inside()-2) {
			if i > 0 {
				mark = " "
			}
			lines = append(lines, d.theme.of(look).on(mark+" ")+l)
		}
	}
	return lines
}

// outcomeMark is the sign of an outcome.
func outcomeMark(o respond.Outcome) (string, role) {
	switch o {
	case respond.Done:
		return "✓", good
	case respond.Already:
		return "=", notice
	case respond.Unknown:
		return "?", warning
	}
	return "✗", critical
}
