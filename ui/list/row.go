package list

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/graph"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/room"
)

// Row is what the list shows of a group: clean text, ready to be laid out. It
// is made off the loop and is comparable, so that a drawn row can be cached as
// long as nothing in it changes.
type Row struct {
	ID       string
	Severity string    // CRIT, ERR, WARN, INFO, the rule's own word, … or –
	role     draw.Role // of the severity
	// priority is PagerDuty's, with the word before a name that does not say so;
	// empty where there is no such number.
	priority string
	// unread: the severity is not read yet.
	unread  bool
	since   time.Time
	Title   string
	Service string
	// Notes say what no single source knows, the fullest first; the last one
	// fits the narrowest list. Not all need be there.
	Notes    [4]string
	noteRole draw.Role
	// deadline is when PagerDuty does by itself what next says; zero: it does
	// nothing that is known.
	deadline time.Time
	Next     string
	Who      string
	acked    bool
	// stale: a source of this group fails, so the row may be out of date.
	stale bool
	// Gone: the group is no longer reported. Its row stays only while the
	// cursor is on it.
	Gone bool
}

// NewRow makes the row of a group. me are the ids of the person at the screen, shared what
// the title is without.
func NewRow(g triage.Group, shared triage.Shared, me []string, now time.Time, clock func(time.Time) string) Row {
	r := Row{
		ID: g.ID, since: g.Since, Title: g.RowTitle(shared), Service: serviceName(&g),
		acked: g.State == triage.Acknowledged, stale: len(g.Stale) > 0, Who: "–",
	}
	r.Severity, r.role = room.SeverityWord(g)
	r.unread, r.priority = g.SeverityUnread(), priorityName(&g)
	r.Notes, r.noteRole = NotesOf(g, now, clock)
	switch {
	case !g.AckEnds.IsZero() && g.State == triage.Acknowledged:
		r.deadline, r.Next = g.AckEnds, "ends"
	case !g.EscalatesAt.IsZero() && g.State == triage.Triggered:
		r.deadline, r.Next = g.EscalatesAt, "escalates"
	case !g.ResolvesAt.IsZero() && g.State != triage.Resolved:
		r.deadline, r.Next = g.ResolvesAt, "resolves"
	}
	if g.Incident != nil {
		r.Who = WhoHasIt(*g.Incident, g.Mine && g.Asked == nil, me...)
	}
	return r
}

// serviceName is the service, and how many others its alerts are of.
func serviceName(g *triage.Group) string {
	name := clean.Line(g.ServiceLabel())
	if name == "" {
		return "–"
	}
	if slices.Contains(g.Services, g.Service) && len(g.Services) > 1 {
		name += " +" + strconv.Itoa(len(g.Services)-1)
	}
	return name
}

// priorityName is the incident's priority, so that it is not taken for a
// severity: "P1", but "priority Critical".
func priorityName(g *triage.Group) string {
	if g.Incident == nil || g.Incident.Priority == nil {
		return ""
	}
	name := clean.Line(g.Incident.Priority.Name)
	digits, isP := strings.CutPrefix(strings.ToUpper(name), "P")
	if name == "" || isP && digits != "" && strings.Trim(digits, "0123456789") == "" {
		return name
	}
	return "priority " + name
}

// WhoHasIt names who acknowledged, else who is assigned; oneself first. "?" is
// what PagerDuty did not say.
func WhoHasIt(i sources.Incident, mine bool, me ...string) string {
	people := i.Assignments
	if len(i.Acknowledgers) > 0 {
		people = i.Acknowledgers
	}
	switch {
	case len(people) > 0:
	case i.Status == sources.Resolved:
		return "–"
	case !i.AssigneesRead(), i.Status == sources.Acknowledged:
		return "?"
	default:
		return "nobody"
	}
	isMe := func(a sources.Assignment) bool { return slices.Contains(me, a.User.ID) }
	who := clean.Line(people[0].User.Label("user"))
	who = strings.TrimPrefix(strings.TrimPrefix(who, "a "), "an ") // "deleted user", "unnamed user"
	if slices.ContainsFunc(people, isMe) || (mine && len(i.Acknowledgers) == 0) {
		who = "you"
	}
	if len(people) > 1 {
		who += " +" + strconv.Itoa(len(people)-1)
	}
	return who
}

// FirstName shortens "Ben Ortiz +1" to "Ben +1".
func FirstName(who string) string {
	words := strings.Fields(who)
	if len(words) == 0 {
		return who
	}
	if last := words[len(words)-1]; len(words) > 2 && strings.HasPrefix(last, "+") {
		return words[0] + " " + last
	}
	return words[0]
}

// RowKey is all that a drawn row depends on, besides the theme.
type RowKey struct {
	Row Row
	Age string
	// left is how long it is until the row's deadline, or that it was due; near
	// whether that is soon.
	left          string
	near          bool
	Cursor, Mark  bool
	Changed       string // the sign of what changed while nobody looked
	Width, method int
	// wants is what the columns are divided by, Roomy whether the row has two lines.
	wants Wants
	Roomy bool
	// dim: the row is of the filter before the one that is being typed.
	dim bool
	// sparkColumn is how wide the sparklines are, zero where the list has none; spark
	// is the row's.
	sparkColumn int
	spark       [sparkCells]graph.Cell
}

// style is how the parts of a row are drawn.
type style struct {
	mark                              string
	severity, quiet, title, note, who draw.Role
}

func styleOf(k RowKey) style {
	r := k.Row
	w := style{mark: " ", severity: r.role, quiet: draw.Dim, title: draw.Plain, note: r.noteRole, who: draw.Plain}
	if strings.HasPrefix(r.Who, "you") {
		w.who = draw.Strong
	}
	if k.near && r.Next == "escalates" {
		w.note = draw.Warning // PagerDuty wakes the next one, or should have
	}
	if r.Gone || k.dim {
		w.severity, w.title, w.note, w.who = draw.Dim, draw.Dim, draw.Dim, draw.Dim
	}
	if k.Cursor {
		// One style for all but the severity: easy to read on the
		// background, and few bytes to send on each move.
		w.mark, w.quiet, w.title, w.note, w.who = "▌", draw.Strong, draw.Strong, draw.Strong, draw.Strong
	}
	return w
}

// cells are the marks of a row and its columns, each as wide as in c.
func (s *List) cells(k RowKey, order []triage.Column, c Columns, w style) []draw.Span {
	picked, stale, age := " ", " ", k.Age
	if k.Row.stale {
		stale = "?"
	}
	switch {
	case k.Mark:
		picked = "●"
	case k.Changed != "":
		picked = k.Changed
	case !slices.Contains(order, triage.AgeColumn):
		picked = stale
	}
	if k.Row.Gone {
		age = ""
	}
	spans := []draw.Span{{Text: w.mark + picked, Role: draw.Accent}}
	gap := 0
	add := func(text string, role draw.Role) {
		spans = append(spans, draw.Span{Text: draw.Blanks(gap) + text, Role: role})
		gap = 1
	}
	for _, column := range order {
		switch column {
		case triage.SeverityColumn:
			add(s.Fit(k.Row.Severity, severityWidth-1), w.severity)
			gap = 2
		case triage.AgeColumn:
			add(s.FitRight(age, 4)+" ", w.quiet)
			spans = append(spans, draw.Span{Text: stale, Role: draw.Warning})
		case triage.ServiceColumn:
			add(s.Fit(k.Row.Service, c.service), w.quiet)
		case triage.TitleColumn:
			add(s.Fit(s.titleIn(k.Row, c.title), c.title), w.title)
			if c.spark > 0 && !k.Roomy {
				spans = append(spans, s.sparkSpans(k, w)...)
			}
		case triage.StateColumn:
			add(s.Fit(s.noteIn(k, c.Note), c.Note), w.note)
		case triage.WhoColumn:
			add(s.Fit(s.whoIn(k.Row, c.who), c.who), w.who)
		}
	}
	return append(spans, draw.Span{Text: draw.Blanks(gap - 1 + marginWidth), Role: w.severity})
}

// titleIn is the title, with the priority before it where that has room.
func (s *List) titleIn(r Row, room int) string {
	if r.priority != "" && room-s.WidthOf(r.priority) >= leastTitle {
		return r.priority + " · " + r.Title
	}
	return r.Title
}

func (s *List) noteIn(k RowKey, room int) string {
	if k.Row.Gone {
		return "gone"
	}
	return s.NoteFor(k.Row, k.left, k.near, room)
}

// whoIn is who has it, by the first name where the whole one has no room.
func (s *List) whoIn(r Row, room int) string {
	if s.WidthOf(r.Who) > room {
		return FirstName(r.Who)
	}
	return r.Who
}

// DrawRow lays a row out, each of its lines exactly width cells wide.
func (s *List) DrawRow(k RowKey) string {
	if k.Roomy {
		return s.drawRoomy(k)
	}
	order := s.columns()
	return s.Row(k.Cursor, s.cells(k, order, columnsFor(order, k.Width, k.wants, k.sparkColumn), styleOf(k))...)
}
