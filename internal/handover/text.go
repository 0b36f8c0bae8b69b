package handover

import (
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/sources"
)

// clock returns a time of day, with its date when that is not today.
func (w *writer) clock(t time.Time) string {
	t, now := t.In(w.Location), w.Until.In(w.Location)
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04")
	}
	if t.Sub(now).Abs() < 6*24*time.Hour {
		return t.Format("Mon 15:04")
	}
	return t.Format("2 Jan 15:04")
}

// inline returns text from outside for use in a line: it forms no Markdown
// except emphasis, and nothing that a reader of Markdown takes for HTML.
func inline(s string) string {
	s = clean.Line(s)
	if len(s) > longestLine {
		end := longestLine
		for end > 0 && s[end]&0xC0 == 0x80 {
			end-- // not inside a character
		}
		s = s[:end] + "…"
	}
	return escapes.Replace(s)
}

var escapes = strings.NewReplacer(`\`, `\\`, "`", "\\`", "[", `\[`, "]", `\]`, "<", `\<`)

func quoted(comment string) string {
	if c := inline(comment); c != "" {
		return ": “" + c + "”"
	}
	return ""
}

func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

func names(assignments []sources.Assignment) string {
	all := make([]string, len(assignments))
	for i, a := range assignments {
		all[i] = inline(a.User.Label("user"))
	}
	return strings.Join(all, ", ")
}
