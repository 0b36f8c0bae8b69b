package ui

import (
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/runbooks"
)

// queryOf is what is known about a group when its runbook is wanted.
func queryOf(g triage.Group) runbooks.Query {
	return runbooks.Query{URL: g.RunbookURL, Alerts: g.AlertNames(), Service: g.Service, ServiceRunbook: g.ServiceRunbook}
}

// runbookPage finds and renders the runbook of a group. It runs off the loop.
func (s *shared) runbookPage(g triage.Group, library *runbooks.Library, cache *runbooks.Cache, width int) page {
	if library == nil {
		return s.noRunbookPage(g, nil, width)
	}
	match, found := library.Find(queryOf(g))
	if !found {
		return s.noRunbookPage(g, library.Problems(), width)
	}
	rendered, err := cache.Render(match.Runbook, runbooks.Style{Width: width, Dark: s.theme.dark, NoColor: s.theme.noColor})
	if err != nil {
		return page{lines: append(
			s.paragraph("The runbook could not be drawn: "+clean.Line(err.Error()), width, warning),
			s.wrap(match.Runbook.Body, width)...)}
	}
	p := page{lines: rendered.Lines}
	for _, line := range rendered.HeadingLines {
		if line >= 0 {
			p.sections = append(p.sections, line)
		}
	}
	slices.Sort(p.sections)
	title := clean.Line(match.Runbook.Title)
	if match.Heading != nil {
		i := slices.IndexFunc(match.Runbook.Headings, func(h runbooks.Heading) bool { return h == *match.Heading })
		if i >= 0 && i < len(rendered.HeadingLines) && rendered.HeadingLines[i] >= 0 {
			p.start = rendered.HeadingLines[i]
		}
		if heading := clean.Line(match.Heading.Text); heading != "" && heading != title {
			title += " / " + heading
		}
	}
	if p.start == 0 {
		p.start = s.pastTitle(p.lines, title)
	}
	matched := "matched by " + match.MatchedBy
	room := width - s.widthOf(matched) - 2
	if room < 16 {
		matched, room = "", width
	}
	p.head = []string{
		s.theme.of(strong).on(s.fit(title, room)) + "  " + s.theme.of(dim).on(matched),
		s.theme.of(border).on(strings.Repeat("─", width)),
	}
	return p
}

// pastTitle is where reading begins when the runbook's first line is the title
// that stands above it anyway.
func (s *shared) pastTitle(lines []string, title string) int {
	if len(lines) == 0 || strings.Trim(s.bare(lines[0]), "# ") != title {
		return 0
	}
	for i, l := range lines[1:] {
		if strings.TrimSpace(s.bare(l)) != "" {
			return i + 1
		}
	}
	return 0
}

// noRunbookPage says which names were looked for and where one belongs.
func (s *shared) noRunbookPage(g triage.Group, problems []runbooks.Problem, width int) page {
	q := queryOf(g)
	lines := []string{s.theme.of(strong).on("No runbook yet")}
	lines = append(lines, "")
	if library := s.options.Library; library == nil || (len(s.options.RunbookDirectories) == 0 && !s.options.Demo) {
		lines = append(lines, s.paragraph("No runbook directory is configured. Name one under [runbooks] directories in "+
			s.configName()+".", width, plain)...)
	} else {
		lines = append(lines, s.paragraph("firstline looked for", width, dim)...)
		var looked []string
		if url := clean.Line(q.URL); url != "" {
			looked = append(looked, "the runbook_url "+url)
		}
		for _, name := range q.Alerts {
			looked = append(looked, "a file or heading named "+clean.Line(name))
		}
		if r := clean.Line(q.ServiceRunbook); r != "" {
			looked = append(looked, "the service's runbook "+r)
		} else if q.Service != "" {
			looked = append(looked, "a file named "+clean.Line(q.Service)+", after the service")
		}
		for _, l := range looked {
			lines = append(lines, s.item(l, width)...)
		}
	}
	if len(s.options.RunbookDirectories) > 0 {
		name := "the alert"
		if len(q.Alerts) > 0 {
			name = clean.Line(q.Alerts[0])
		} else if q.Service != "" {
			name = clean.Line(q.Service)
		}
		lines = append(lines, "")
		lines = append(lines, s.paragraph("To write one, put a Markdown file named "+name+".md into", width, dim)...)
		for _, d := range s.options.RunbookDirectories {
			lines = append(lines, s.item(clean.Line(d), width)...)
		}
	}
	for _, problem := range problems {
		lines = append(lines, "")
		lines = append(lines, s.paragraph("! "+clean.Line(problem.Sentence), width, warning)...)
	}
	return page{lines: lines}
}

// paragraph wraps clean text in one role.
func (s *shared) paragraph(text string, width int, look role) []string {
	lines := s.wrap(text, width)
	for i, l := range lines {
		lines[i] = s.theme.of(look).on(l)
	}
	return lines
}

// item is a paragraph with a bullet.
func (s *shared) item(text string, width int) []string {
	lines := s.wrap(text, width-4)
	for i, l := range lines {
		if i == 0 {
			lines[i] = s.theme.of(dim).on("  · ") + l
		} else {
			lines[i] = "    " + l
		}
	}
	return lines
}

// configName is the configuration file, as the responder may know it.
func (s *shared) configName() string {
	if s.options.ConfigPath == "" {
		return "the configuration file"
	}
	return clean.Line(s.options.ConfigPath)
}
