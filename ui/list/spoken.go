package list

import (
	"fmt"
	"strings"

	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/plain"
	"firstline/ui/room"
)

// Spoken is the row under the cursor in words.
func (l *List) Spoken() plain.Row {
	switch {
	case l.startsWith():
		return plain.Row{ID: "first", Parts: []string{"The groups are being read. There were " + wording.Count(l.options.First.Groups, "group") + " before."}}
	case len(l.Visible) == 0:
		var lines []string
		for _, line := range l.emptyList(110, 40) {
			lines = append(lines, strings.TrimSpace(l.Bare(line)))
		}
		return plain.Row{ID: "none", Parts: []string{draw.Join(". ", lines...)}}
	}
	at := fmt.Sprintf("%d of %d", l.Cursor+1, len(l.Visible))
	if s := l.HeadingAt(l.Cursor); s != nil {
		return plain.Row{ID: "heading " + s.Title, Name: s.Title, Position: at, Parts: []string{"heading " + s.Title, "closed", wording.Count(s.to-s.from, "group")}}
	}
	r := l.CurrentRow()
	selected, changed, stale, gone := "", "", "", ""
	if l.Selected[r.ID] {
		selected = "selected"
	}
	if r.Gone {
		gone = "no longer reported"
	}
	switch l.Changed(r.ID) {
	case "+":
		changed = "new"
	case "~":
		changed = "changed"
	}
	if r.stale {
		stale = "may be out of date"
	}
	return plain.Row{
		ID: r.ID, Name: draw.Join(", ", r.Service, r.Title), Position: at, Ages: l.agesOf(r),
		Parts: []string{selected, gone, changed, stale, room.SeveritySaid(r.Severity), r.priority, r.Service, r.Title, l.noteOf(r), ownerInWords(r.Who)},
	}
}

// ownerInWords is who has a row, as it is said.
func ownerInWords(who string) string {
	switch {
	case strings.HasPrefix(who, "you"):
		return "yours" + strings.TrimPrefix(who, "you")
	case who == "?":
		return "it is not known who has it"
	case who == "–" || who == "nobody":
		return "nobody has it"
	}
	return who + " has it"
}

// agesOf are the times of a row, which change all the time.
func (l *List) agesOf(r Row) []string {
	deadline, age := "", ""
	if left, _ := l.LeftOf(r); left != "" && r.Next != "" {
		deadline = r.Next + " in " + left
		if strings.HasPrefix(left, wasDue) {
			deadline = r.Next + " " + left
		}
	}
	if t := l.ageOf(r); t != "" {
		age = "for " + t
	}
	return []string{deadline, age}
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

// SpokenFilter is what is wrong with the filter that is typed, or how many groups it has.
func (l *List) SpokenFilter() string {
	if l.Prompt.Wrong != "" {
		return l.Prompt.Wrong
	}
	return strings.TrimSpace(strings.TrimPrefix(l.matchCount(), " ── ")) + " groups"
}
