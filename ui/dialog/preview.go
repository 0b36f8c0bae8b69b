package dialog

import (
	"fmt"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/ui/draw"
)

// planRows draw the plan's preview. What the dialog shows in another way, the
// choices, is left out.
func (d *Dialog) planRows() []draw.Row {
	var rows []draw.Row
	for _, section := range d.Plan.Preview().Sections {
		first := section.Lines[0].Role
		if first == respond.PreviewChoice {
			continue
		}
		if section.Heading != "" {
			heading := section.Heading
			if first == respond.PreviewNote && d.writing {
				heading += ", in your own words"
			}
			if len(rows) > 0 && d.Layout.Body.Height >= roomyHeight {
				rows = append(rows, draw.Row{})
			}
			rows = append(rows, draw.Row{Text: d.Theme.Of(draw.Accent).On(heading)})
		}
		for n, line := range section.Lines {
			parts := d.PreviewLine(line, section.Heading == "")
			for i, text := range parts {
				row := draw.Row{Text: text, Joined: i > 0 || n == 0 && section.Heading != ""}
				if line.MustSee {
					row.MustSee = fmt.Sprintf("%d of %d of %s", i, len(parts), line.Text)
				}
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// PreviewLine is one line of the preview, wrapped.
func (d *Dialog) PreviewLine(line respond.PreviewLine, alone bool) []string {
	mark, role := "", draw.Plain
	switch line.Role {
	case respond.PreviewRefused:
		mark, role = "✗ ", draw.Critical
	case respond.PreviewConfirm, respond.PreviewWarning:
		mark, role = "! ", draw.Warning
	case respond.PreviewLater:
		role = draw.Warning
	case respond.PreviewConfirmed:
		mark, role = "✓ said yes to: ", draw.Dim
	case respond.PreviewNobody, respond.PreviewUnchanged, respond.PreviewOffer:
		role = draw.Dim
	case respond.PreviewNote:
		var lines []string
		for _, part := range d.Wrap(line.Text, d.inside()-4) {
			lines = append(lines, "  "+d.Theme.Of(draw.Border).On("│ ")+part)
		}
		return lines
	case respond.PreviewNotified, respond.PreviewUnreached, respond.PreviewFollows:
		return d.personLines(line)
	}
	if alone {
		return d.Paragraph(mark+line.Text, d.inside(), role)
	}
	edge := draw.Blanks(2 + 2*line.Depth)
	var lines []string
	for i, l := range d.Wrap(mark+line.Text, d.inside()-len(edge)-2) {
		if i == 1 {
			edge += "  "
		}
		lines = append(lines, edge+d.Theme.Of(role).On(l))
	}
	return lines
}

// personLines is one person of the preview; a night is highlighted.
func (d *Dialog) personLines(line respond.PreviewLine) []string {
	role := draw.Plain
	if line.Night {
		role = draw.Warning
	}
	var lines []string
	for i, l := range d.Wrap(line.Text, d.inside()-4) {
		if i == 0 {
			if after, found := strings.CutPrefix(l, line.Name); found {
				lines = append(lines, "  "+d.Theme.Of(draw.Strong).On(line.Name)+d.Theme.Of(role).On(after))
				continue
			}
		}
		lines = append(lines, "    "+d.Theme.Of(role).On(l))
	}
	return lines
}

// resultLines are one line a group: what came of it, or that it is under way.
func (d *Dialog) resultLines() []string {
	var lines []string
	found := map[string]respond.Result{}
	for _, r := range d.results {
		found[r.GroupID] = r
	}
	for _, item := range d.Plan.Items {
		r, done := found[item.ID]
		mark, role, text := "·", draw.Dim, "under way …"
		if done {
			mark, role = outcomeMark(r.Outcome)
			text = clean.Line(r.Sentence)
		}
		if len(d.Plan.Items) > 1 {
			text = clean.Line(item.Title) + ": " + text
		}
		for i, l := range d.Wrap(text, d.inside()-2) {
			if i > 0 {
				mark = " "
			}
			lines = append(lines, d.Theme.Of(role).On(mark+" ")+l)
		}
	}
	return lines
}

// outcomeMark is the sign of an outcome.
func outcomeMark(o respond.Outcome) (string, draw.Role) {
	switch o {
	case respond.Done:
		return "✓", draw.Good
	case respond.Already:
		return "=", draw.Notice
	case respond.Unknown:
		return "?", draw.Warning
	}
	return "✗", draw.Critical
}
