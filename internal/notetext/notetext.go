// Package notetext writes what notes say of a problem, and marks notes so that
// they are found again.
package notetext

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/labelset"
	"firstline/internal/lazyregexp"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// Limit bounds a note, in bytes. PagerDuty takes more, but a note is read
// on a telephone at night.
const Limit = 4000

// alertLines is how many alerts a note lists; the others are counted.
const alertLines = 8

// telling are the labels that say which one of several alerts it is, in the
// order in which they help.
var telling = []string{
	"severity", "cluster", "namespace", "service", "app", "job", "pod", "container",
	"instance", "node", "device", "region", "queue", "database",
}

// Context describes the problem of a group for somebody who sees it for the
// first time, as plain text. All text from outside is cleaned.
func Context(g triage.Group, now time.Time) string {
	var b strings.Builder
	b.WriteString(g.CleanTitle())
	if s := clean.Line(g.Service); s != "" {
		b.WriteString("\nService: " + s)
	}
	if !g.Since.IsZero() {
		b.WriteString("\nSince: " + wording.Clock(g.Since) + " (" + describe.Ago(g.Since, now) + ")")
	}
	if lines := firingLines(g); lines != "" {
		b.WriteString("\n" + lines)
	}
	for _, link := range linksOf(g) {
		b.WriteString("\n" + link)
	}
	return b.String()
}

// firingLines lists the alerts: first their common labels, then those in which
// they differ. It is empty when no alerts were read: only a source that would
// have them can prove that there are none.
func firingLines(g triage.Group) string {
	switch {
	case len(g.Alerts) == 0 && g.NoLongerFiring():
		return "It no longer fires."
	case len(g.Alerts) == 0 && g.AlertsUnread:
		return "It is not known which alerts belong to it: " + g.Unread() + "."
	case len(g.Alerts) == 0 && g.FiringUnknown() != "" && len(g.SentNames) > 0:
		return "Whether it still fires is unknown: " + clean.Line(g.FiringUnknown()) + "."
	case len(g.Alerts) == 0 && g.FiringUnknown() != "" && g.FiringUnknown() != triage.NoMetrics:
		return "Whether an alert that is active belongs to it is not known: " + clean.Line(g.FiringUnknown()) + "."
	case len(g.Alerts) == 0:
		return ""
	}
	var b strings.Builder
	why := clean.Line(g.FiringUnknown())
	switch {
	case g.NoLongerFiring():
		b.WriteString("No longer firing; it was ")
	case why != "":
		b.WriteString("Whether it still fires is unknown: " + why + ". It was ")
	default:
		b.WriteString("Still active: ")
	}
	b.WriteString(wording.Count(len(g.Alerts), "alert"))
	var shared AlertText
	if len(g.Alerts) > 1 {
		shared = sharedText(g.Alerts)
		b.WriteString(shared.describe())
	}
	for _, line := range Lines(g.Alerts[:min(len(g.Alerts), alertLines)], shared, wording.Clock) {
		b.WriteString("\n- " + line)
	}
	if more := len(g.Alerts) - alertLines; more > 0 {
		fmt.Fprintf(&b, "\n- and %d more", more)
	}
	if unread := g.Unread(); unread != "" {
		b.WriteString("\nIt may be more: " + unread + ".")
	}
	return b.String()
}

// AlertText is what several alerts have in common, which is said once.
type AlertText struct {
	name, summary string
	labels        map[string]string
}

func sharedText(alerts []triage.Alert) AlertText {
	shared := AlertText{alerts[0].Name(), alerts[0].Summary(), triage.CommonLabels(alerts)}
	for _, a := range alerts[1:] {
		if a.Name() != shared.name {
			shared.name = ""
		}
		if a.Summary() != shared.summary {
			shared.summary = ""
		}
	}
	return shared
}

// describe returns the common labels, for use after the number of alerts.
func (t AlertText) describe() string {
	var text string
	if name := wording.Shorten(clean.Line(t.name), 100); name != "" {
		text += " " + name
	}
	if labels := labelText(t.labels); labels != "" {
		text += " with " + labels
	}
	if t.summary != "" {
		text += ": " + wording.Shorten(t.summary, 120)
	}
	return text
}

// labelText are the telling ones among labels: "pod=a node=b".
func labelText(labels map[string]string) string {
	var parts []string
	for _, name := range telling {
		if v := wording.Shorten(clean.Line(labels[name]), 60); v != "" {
			parts = append(parts, name+"="+v)
		}
	}
	return strings.Join(parts, " ")
}

// Lines returns a line for each alert. Alerts with equal target labels also
// show the labels in which they differ. clock writes since when they fire.
func Lines(alerts []triage.Alert, shared AlertText, clock func(time.Time) string) []string {
	alike := map[string][]map[string]string{}
	key := func(a triage.Alert) string { return a.Name() + "\n" + labelText(a.Labels) }
	for _, a := range alerts {
		alike[key(a)] = append(alike[key(a)], a.Labels)
	}
	differ := map[string][]string{}
	for k, sets := range alike {
		differ[k] = describe.Differing(sets, labelset.Common(sets, func(labels *map[string]string) map[string]string { return *labels }))
	}
	lines := make([]string, len(alerts))
	for i, a := range alerts {
		lines[i] = alertLine(a, shared, differ[key(a)], clock)
	}
	return lines
}

// differingValue bounds the shown value of a label in which alerts differ,
// mostDiffering the number of such labels.
const (
	differingValue = 120
	mostDiffering  = 4
)

// differingText are the labels of these names: "mountpoint=/a".
func differingText(labels map[string]string, names []string) string {
	var parts []string
	for _, name := range names {
		if v := wording.Shorten(clean.Line(labels[name]), differingValue); v != "" && len(parts) < mostDiffering {
			parts = append(parts, clean.Line(name)+"="+v)
		}
	}
	return strings.Join(parts, " ")
}

// alertLine describes one alert: name, state, the labels in which it differs
// from the others, since when. It omits common labels. differ are the names of
// further labels in which it differs.
func alertLine(a triage.Alert, shared AlertText, differ []string, clock func(time.Time) string) string {
	var parts []string
	if shared.name == "" {
		parts = append(parts, cmp.Or(wording.Shorten(clean.Line(a.Name()), 100), "alert without a name"))
	}
	if a.State != "" {
		parts = append(parts, clean.Line(string(a.State)))
	}
	own := maps.Clone(a.Labels)
	maps.DeleteFunc(own, func(name, _ string) bool { _, is := shared.labels[name]; return is })
	if labels := differingText(a.Labels, differ); labels != "" {
		parts = append(parts, labels)
	}
	for _, name := range differ {
		delete(own, name)
	}
	if labels := labelText(own); labels != "" {
		parts = append(parts, labels)
	}
	line := strings.Join(parts, " ")
	if !a.ActiveSince.IsZero() {
		line += ", since " + clock(a.ActiveSince)
	}
	if s := a.Summary(); s != "" && shared.summary == "" {
		line += ": " + wording.Shorten(s, 120)
	}
	return wording.Shorten(line, 320)
}

// linksOf are the incident, the runbook and where the expressions can be
// looked at. A link too long to be whole is left out.
func linksOf(g triage.Group) []string {
	var lines []string
	add := func(what, link string) {
		if len(link) > 400 || clean.URL(link) == "" {
			return
		}
		if line := what + ": " + clean.URL(link); !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	if g.Incident != nil {
		add("Incident", g.Incident.URL)
	}
	add("Runbook", g.RunbookURL)
	add("Runbook", g.ServiceRunbook)
	before := len(lines)
	for _, a := range g.Alerts[:min(len(g.Alerts), alertLines)] {
		if len(lines)-before < 2 {
			add("Graph", a.GeneratorURL)
		}
	}
	return lines
}

// Marked is a note with the mark of its attempt at the end. It shows
// whether the note arrived when its answer was lost.
func Marked(note, attempt string) string { return note + "\n\n" + MarkOf(attempt) }

// MarkOf returns the mark of an attempt's note.
func MarkOf(attempt string) string { return "(firstline " + attempt + ")" }

// aMark is a mark on the last line of a note. Those of older versions were made
// of the text, in eight digits.
var aMark = lazyregexp.New(`\n\s*\(firstline [0-9a-f]{8,32}\)\s*$`)

// AttemptOf is the id of the attempt whose note it is; empty where the note has
// no mark.
func AttemptOf(note string) string {
	_, mark := SplitMark(strings.TrimSpace(strings.ReplaceAll(note, "\r\n", "\n")))
	return strings.TrimSuffix(strings.TrimPrefix(mark, "(firstline "), ")")
}

// Unmarked is a note without the mark at its end, for people to read.
func Unmarked(note string) string {
	bare, _ := SplitMark(note)
	return bare
}

// SplitMark is a text without the mark at its end, and the mark.
func SplitMark(text string) (bare, mark string) {
	at := aMark.FindStringIndex(text)
	if at == nil {
		return text, ""
	}
	return strings.TrimSpace(text[:at[0]]), strings.TrimSpace(text[at[0]:])
}

// FitNote is a text of one's own as it fits into a note. One that is too long is
// cut at the end of a line, and says so, and where the whole of it is.
func FitNote(text, whole string) (note string, shortened bool) {
	text = strings.TrimSpace(clean.Text(text))
	if len(text) <= Limit {
		return text, false
	}
	end := fmt.Sprintf("\n\n(Shortened: %s.)", wording.Shorten(clean.Line(whole), Limit/4))
	return Cut(text, Limit-len(end)) + end, true
}

// Cut shortens s to at most limit bytes, at the end of a line where it
// can.
func Cut(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	const more = "\n…"
	short := wording.Shorten(s, limit-len(more))
	if at := strings.LastIndexByte(short, '\n'); at > 0 {
		return short[:at] + more
	}
	return short
}

// SameText reports whether a note is this text. Servers change line ends and
// outer blanks.
func SameText(content, text string) bool {
	plain := func(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }
	return plain(content) == plain(text)
}

// HasMark reports whether a note is the one of an attempt.
func HasMark(n sources.Note, attempt string) bool {
	_, mark := SplitMark(strings.TrimSpace(strings.ReplaceAll(n.Content, "\r\n", "\n")))
	return attempt != "" && mark == MarkOf(attempt)
}

// noteAge is the age in a note, which differs from minute to minute.
var noteAge = lazyregexp.New(`(?m)^(Since: .*) \((?:just now|[^()]* ago)\)$`)

// SayTheSame reports whether two notes say the same: they are equal, except for
// the mark, and for how long ago it was that the problem began.
func SayTheSame(a, b string) bool {
	plain := func(s string) string { return noteAge.ReplaceAllString(Unmarked(strings.TrimSpace(s)), "$1") }
	return SameText(plain(a), plain(b))
}
