package ui

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/sources"
)

// row is what the list shows of a group: clean text, ready to be laid out. It
// is made off the loop and is comparable, so that a drawn row can be kept as
// long as nothing in it changes.
type row struct {
	id       string
	severity string // CRIT, ERR, WARN, INFO, HIGH, LOW or –
	look     role   // of the severity
	since    time.Time
	title    string
	service  string
	// note is what no single source knows, in full; short is the same for
	// narrow lists.
	note, short string
	noteLook    role
	who         string
	acked       bool
	// stale: a source of this group fails, so the row may be out of date.
	stale bool
	// gone: the group is no longer reported. It keeps its place only while the
	// cursor stands on it.
	gone bool
}

// newRow makes the row of a group. me is the id of the person at the screen.
func newRow(g triage.Group, me string, clock func(time.Time) string) row {
	r := row{
		id: g.ID, since: g.Since, title: shortTitle(clean.Line(g.Title)), service: clean.Line(g.Service),
		acked: g.State == triage.Acknowledged, stale: len(g.Stale) > 0, who: "–",
	}
	if r.title == "" {
		r.title = "(no title)"
	}
	if r.service == "" {
		r.service = "–"
	}
	r.severity, r.look = severityWord(g)
	r.note, r.short, r.noteLook = noteOf(g, clock)
	if g.Incident != nil {
		r.who = whoHasIt(*g.Incident, g.Mine, me)
	}
	return r
}

// shortTitle is the title as the row has room for it.
func shortTitle(title string) string { return triage.ShortTitle(title) }

// severityWord says how grave a group is, in at most four letters. PagerDuty's
// urgency stands in where nothing tells a severity.
func severityWord(g triage.Group) (string, role) {
	switch g.Severity {
	case triage.Critical:
		return "CRIT", critical
	case triage.Error:
		return "ERR", failed
	case triage.Warning:
		return "WARN", warning
	case triage.Info:
		return "INFO", notice
	}
	switch g.Urgency {
	case "high":
		return "HIGH", critical
	case "low":
		return "LOW", dim
	}
	return "–", dim
}

// noteOf says how the group stands: what fires, and what doesn't fit together.
func noteOf(g triage.Group, clock func(time.Time) string) (long, short string, look role) {
	firing := ""
	if n := g.Firing(); n > 0 {
		firing = strconv.Itoa(n) + " firing"
	}
	switch {
	case g.State == triage.Resolved:
		return "resolved", "resolved", good
	case g.NoLongerFiring && g.State == triage.Acknowledged:
		return "acked, no longer firing", "acked, quiet", good
	case g.NoLongerFiring:
		return "paged, no longer firing", "not firing", good
	case g.State == triage.Acknowledged:
		return join(", ", "acked", firing), "acked", good
	case g.State == triage.Silenced:
		long, short = silencedUntil(g, clock)
		return long, short, dim
	case g.State == triage.Pending:
		return "pending, nobody paged", "pending", dim
	case g.Unpaged && g.Why == "inhibited":
		return "inhibited, nobody paged", "inhibited", dim
	case g.Unpaged:
		return join(", ", firing, "nobody paged"), "nobody paged", warning
	case firing == "":
		return "paged", "paged", plain
	}
	return firing, firing, plain
}

// silencedUntil tells the end of the silence that ends last.
func silencedUntil(g triage.Group, clock func(time.Time) string) (long, short string) {
	var end time.Time
	for _, s := range g.Silences {
		if s.EndsAt.After(end) {
			end = s.EndsAt
		}
	}
	if end.IsZero() {
		return "silenced", "silenced"
	}
	return "silenced until " + clock(end), "silent " + clock(end)
}

// whoHasIt names who acknowledged, else who is assigned; oneself first.
func whoHasIt(i sources.Incident, mine bool, me string) string {
	people := i.Assignments
	if len(i.Acknowledgers) > 0 {
		people = i.Acknowledgers
	}
	if len(people) == 0 {
		if i.Policy.Name != "" {
			return "–"
		}
		return "nobody"
	}
	isMe := func(a sources.Assignment) bool { return me != "" && a.User.ID == me }
	who := clean.Line(people[0].User.Name)
	if slices.ContainsFunc(people, isMe) || (mine && len(i.Acknowledgers) == 0) {
		who = "you"
	}
	if len(people) > 1 {
		who += " +" + strconv.Itoa(len(people)-1)
	}
	return who
}

// firstName shortens "Ben Ortiz +1" to "Ben +1".
func firstName(who string) string {
	words := strings.Fields(who)
	if last := words[len(words)-1]; len(words) > 2 && strings.HasPrefix(last, "+") {
		return words[0] + " " + last
	}
	return words[0]
}

func join(separator string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), separator)
}

// columns is how wide each column of the list is.
type columns struct {
	service, title, note, who int
	wide                      bool
}

// The columns whose width never changes: the cursor's and the selection's
// mark, severity, age, and the stale mark, with their gaps.
const fixedColumns = 2 + 4 + 2 + 4 + 2 + 1

// columnsFor divides a row of that width. The title gets what is left.
func columnsFor(width int) columns {
	var c columns
	switch {
	case width >= 110:
		c = columns{service: 20, note: 26, who: 18, wide: true}
	case width >= 84:
		c = columns{service: 12, note: 24, who: 9, wide: true}
	case width >= 70:
		c = columns{service: 12, note: 12, who: 10}
	default:
		c = columns{service: 9, note: 12, who: 6}
	}
	c.title = width - fixedColumns - c.service - c.note - c.who - 3
	return c
}

// rowKey is all that a drawn row depends on, besides the theme.
type rowKey struct {
	row           row
	age           string
	cursor, mark  bool
	width, method int
}

// drawRow lays a row out, exactly width cells wide.
func (s *shared) drawRow(k rowKey) string {
	c := columnsFor(k.width)
	r := k.row
	note, title, age := r.note, r.title, k.age
	if !c.wide {
		note = r.short
	}
	who, whoLook := r.who, dim
	if strings.HasPrefix(who, "you") {
		whoLook = strong
	}
	look, quiet, titleLook, noteLook := r.look, dim, plain, r.noteLook
	if r.gone {
		age, note = "", "gone"
		look, titleLook, noteLook, whoLook = dim, dim, dim, dim
	}
	if k.cursor {
		// One look for all but the severity: easy to read on the background,
		// and few bytes to send on each move.
		quiet, titleLook, noteLook, whoLook = strong, strong, strong, strong
	}
	stale := " "
	if r.stale {
		stale = "?"
	}
	mark, picked := " ", " "
	if k.cursor {
		mark = "▌"
	}
	if k.mark {
		picked = "●"
	}
	if s.widthOf(who) > c.who {
		who = firstName(who)
	}
	return s.row(k.cursor,
		span{mark + picked, accent},
		span{s.fit(r.severity, 4), look},
		span{"  " + s.fitRight(age, 4) + " ", quiet},
		span{stale, warning},
		span{" " + s.fit(r.service, c.service) + " ", quiet},
		span{s.fit(title, c.title), titleLook},
		span{" " + s.fit(note, c.note), noteLook},
		span{" " + s.fit(who, c.who), whoLook},
	)
}

// row draws pieces that stand beside each other. Blanks take the look of what
// stands before them, so that the terminal need not be told of another one.
func (s *shared) row(selected bool, pieces ...span) string {
	var b strings.Builder
	last := style("")
	for _, p := range pieces {
		look := s.theme.onRow(p.role, selected)
		if look != last && strings.TrimLeft(p.text, " ") != "" {
			if last != "" {
				b.WriteString(ansi.ResetStyle)
			}
			b.WriteString(string(look))
			last = look
		}
		b.WriteString(p.text)
	}
	if last != "" {
		b.WriteString(ansi.ResetStyle)
	}
	return b.String()
}
