package ui

import (
	"fmt"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/respond"
)

// planRows draw the plan's preview. What the dialog shows in another way, the
// choices and the note that is being written, is left out.
func (d *dialog) planRows() []previewRow {
	var rows []previewRow
	for _, section := range d.plan.Preview().Sections {
		first := section.Lines[0].Role
		if first == respond.PreviewChoice || first == respond.PreviewNote && d.action == respond.AddNote {
			continue
		}
		if section.Heading != "" {
			heading := section.Heading
			if first == respond.PreviewNote && d.writing {
				heading += ", in your own words"
			}
			if len(rows) > 0 && d.layout.body.height >= roomyHeight {
				rows = append(rows, previewRow{})
			}
			rows = append(rows, previewRow{text: d.theme.of(accent).on(heading)})
		}
		for n, line := range section.Lines {
			parts := d.previewLine(line, section.Heading == "")
			for i, text := range parts {
				row := previewRow{text: text, joined: i > 0 || n == 0 && section.Heading != ""}
				if line.MustSee {
					row.mustSee = fmt.Sprintf("%d of %d of %s", i, len(parts), line.Text)
				}
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// previewLine is one line of the preview, wrapped.
func (d *dialog) previewLine(line respond.PreviewLine, alone bool) []string {
	mark, look := "", plain
	switch line.Role {
	case respond.PreviewRefused:
		mark, look = "✗ ", critical
	case respond.PreviewConfirm, respond.PreviewWarning:
		mark, look = "! ", warning
	case respond.PreviewLater:
		look = warning
	case respond.PreviewConfirmed:
		mark, look = "✓ said yes to: ", dim
	case respond.PreviewNobody, respond.PreviewUnchanged, respond.PreviewOffer:
		look = dim
	case respond.PreviewNote:
		var lines []string
		for _, part := range d.wrap(line.Text, d.inside()-4) {
			lines = append(lines, "  "+d.theme.of(border).on("│ ")+part)
		}
		return lines
	case respond.PreviewNotified, respond.PreviewUnreached, respond.PreviewFollows:
		return d.personLines(line)
	}
	if alone {
		return d.paragraph(mark+line.Text, d.inside(), look)
	}
	edge := blanks(2 + 2*line.Depth)
	var lines []string
	for i, l := range d.wrap(mark+line.Text, d.inside()-len(edge)-2) {
		if i == 1 {
			edge += "  "
		}
		lines = append(lines, edge+d.theme.of(look).on(l))
	}
	return lines
}

// personLines is one person of the preview; a night stands out.
func (d *dialog) personLines(line respond.PreviewLine) []string {
	look := plain
	if line.Night {
		look = warning
	}
	var lines []string
	for i, l := range d.wrap(line.Text, d.inside()-4) {
		if i == 0 {
			if after, found := strings.CutPrefix(l, line.Name); found {
				lines = append(lines, "  "+d.theme.of(strong).on(line.Name)+d.theme.of(look).on(after))
				continue
			}
		}
		lines = append(lines, "    "+d.theme.of(look).on(l))
	}
	return lines
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
