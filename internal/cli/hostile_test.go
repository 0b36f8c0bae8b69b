package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/sources"
)

// hostileTexts are texts from outside that steer, hide or never end.
func hostileTexts() map[string]string {
	return map[string]string{
		"5 MB": strings.Repeat("x", 5<<20), "5 MB of lines": strings.Repeat("a\n", 5<<19), "5 MB of HTML": strings.Repeat("<b>x</b>", 5<<17),
		"an escape sequence": "Disk \x1b[31mfull", "an unfinished one": "Disk \x1b]0;full on db-1", "a bell": "Disk\a full", "C1": "Disk \u009b31m full",
		"bidi": "Disk \u202eabc", "zero width": "Dis\u200bk", "soft hyphens": "Di\u00adsk", "fillers": "Disk\u3164\u115f\u1160", "joiners": "Di\u200dsk\u034f",
		"tags": "Disk\U000e0041", "marks": "Disk" + strings.Repeat("\u0301", 4000), "looks": "Disk\ufe0f", "not UTF-8": "Disk \xff full",
	}
}

// Each line of the table is bounded and contains no escape sequences, whatever
// any column contains. The JSON has the whole text, escaped.
func TestHostileTextInTheList(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 22, 21, 0, 0, 0, time.UTC)
	for name, text := range hostileTexts() {
		ref := sources.Reference{ID: "P1", Name: text}
		group := triage.Group{
			ID: "g", Title: text, Service: text, Team: text,
			Incident: &sources.Incident{
				ID: "P1", Title: text, Status: sources.Triggered, AlertsRead: true, Service: ref, Policy: ref,
				Priority: &sources.Priority{Name: text}, Assignments: []sources.Assignment{{User: ref}}, Acknowledgers: []sources.Assignment{{User: ref}},
			},
		}
		var out bytes.Buffer
		a := newApp(nil, &out, &out, "test")
		if err := a.writeTable([]triage.Group{group, {ID: text, Title: text, SeverityText: text}}, table{columns: tableColumns, at: now}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(out.String(), "\n") {
			if n := utf8.RuneCountInString(line); n > 6000 || clean.Text(line) != line {
				t.Errorf("%s: a line has %d characters: %.300q", name, n, line)
			}
		}
		out.Reset()
		if err := writeJSON(&out, map[string]string{"text": text}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(out.String(), "\n") {
			if clean.Text(line) != line {
				t.Errorf("%s: the JSON has %.300q", name, line)
			}
		}
		var back map[string]string
		if err := json.Unmarshal(out.Bytes(), &back); err != nil || back["text"] != strings.ToValidUTF8(text, "\ufffd") {
			t.Errorf("%s: the JSON has another text, %v", name, err)
		}
	}
}
