package list

import (
	"fmt"
	"strings"

	"firstline/internal/wording"
	"firstline/ui/draw"
)

// Spoken is the row under the cursor in words. What it says is new when the key is:
// ages alone are not.
func (l *List) Spoken() (key, text string) {
	switch {
	case l.startsWith():
		return "first", "The groups are being read. There were " + wording.Count(l.options.First.Groups, "group") + " before."
	case len(l.Visible) == 0:
		var lines []string
		for _, line := range l.emptyList(110, 40) {
			lines = append(lines, strings.TrimSpace(l.Bare(line)))
		}
		text = draw.Join(". ", lines...)
		return text, text
	}
	at := fmt.Sprintf("%d of %d: ", l.Cursor+1, len(l.Visible))
	if s := l.HeadingAt(l.Cursor); s != nil {
		text = at + "heading " + s.Title + ", closed, " + wording.Count(s.to-s.from, "group")
		return text, text
	}
	r := l.CurrentRow()
	selected, changed, who, deadline, age := "", "", "nobody has it", "", ""
	if l.Selected[r.ID] {
		selected = "selected"
	}
	switch l.Changed(r.ID) {
	case "+":
		changed = "new"
	case "~":
		changed = "changed"
	}
	switch {
	case strings.HasPrefix(r.Who, "you"):
		who = "yours" + strings.TrimPrefix(r.Who, "you")
	case r.Who == "?":
		who = "it is not known who has it"
	case r.Who != "–" && r.Who != "nobody":
		who = r.Who + " has it"
	}
	stale := ""
	if r.stale {
		stale = "may be out of date"
	}
	if left, _ := l.LeftOf(r); left != "" && r.Next != "" {
		deadline = r.Next + " in " + left
		if strings.HasPrefix(left, wasDue) {
			deadline = r.Next + " " + left
		}
	}
	if t := l.ageOf(r); t != "" {
		age = "for " + t
	}
	gone := ""
	if r.Gone {
		gone = "no longer reported"
	}
	fixed := draw.Join(", ", selected, gone, changed, stale, severityInWords(r), r.priority, r.Service, r.Title, l.noteOf(r), who)
	return at + r.ID + fixed, at + draw.Join(", ", fixed, deadline, age)
}

// noteOf is the fullest note of a row.
func (l *List) noteOf(r Row) string {
	for _, note := range r.Notes {
		if note != "" {
			return note
		}
	}
	return ""
}

// severityInWords is the severity of a row as it is said.
func severityInWords(r Row) string {
	switch r.Severity {
	case "CRIT":
		return "critical"
	case "ERR":
		return "error"
	case "WARN":
		return "warning"
	case "INFO":
		return "info"
	case "–":
		return "no severity"
	case "…":
		return "severity not read yet"
	}
	return r.Severity
}

// SpokenFilter is the filter while it is typed, its fault, and what completes it.
func (l *List) SpokenFilter() []string {
	lines := []string{"Filter: " + l.Prompt.Input.Value()}
	if l.Prompt.Wrong != "" {
		return append(lines, l.Prompt.Wrong)
	}
	return append(lines, strings.TrimSpace(strings.TrimPrefix(l.matchCount(), " ── "))+" groups")
}
