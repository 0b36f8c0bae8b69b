package list

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/internal/clean"
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

// NewRow makes the row of a group. me is the id of the person at the screen.
func NewRow(g triage.Group, me string, clock func(time.Time) string) Row {
	r := Row{
		ID: g.ID, since: g.Since, Title: g.Headline(), Service: serviceName(&g),
		acked: g.State == triage.Acknowledged, stale: len(g.Stale) > 0, Who: "–",
	}
	r.Severity, r.role = room.SeverityWord(g)
	r.unread, r.priority = g.SeverityUnread(), priorityName(&g)
	r.Notes, r.noteRole = NotesOf(g, clock)
	switch {
	case !g.AckEnds.IsZero() && g.State == triage.Acknowledged:
		r.deadline, r.Next = g.AckEnds, "ends"
	case !g.EscalatesAt.IsZero() && g.State == triage.Triggered:
		r.deadline, r.Next = g.EscalatesAt, "escalates"
	case !g.ResolvesAt.IsZero() && g.State != triage.Resolved:
		r.deadline, r.Next = g.ResolvesAt, "resolves"
	}
	if g.Incident != nil {
		r.Who = WhoHasIt(*g.Incident, g.Mine && g.Asked == nil, me)
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
func WhoHasIt(i sources.Incident, mine bool, me string) string {
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
	isMe := func(a sources.Assignment) bool { return me != "" && a.User.ID == me }
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

// Columns is how wide each column of the list is.
type Columns struct {
	service, title, Note, who int
}

// The columns whose width never changes: the cursor's and the selection's
// mark, severity, age, and the stale mark, with their gaps.
const fixedColumns = 2 + 4 + 2 + 4 + 2 + 1

// leastTitle is how much of the title stays where the priority is before it.
const leastTitle = 16

// NarrowNote is how wide the note is in a narrow list.
const NarrowNote = 14

// ColumnsFor divides a row of that width. The title gets what is left.
func ColumnsFor(width int) Columns {
	var c Columns
	switch {
	case width >= 140:
		c = Columns{service: 20, Note: 44, who: 18}
	case width >= 110:
		c = Columns{service: 20, Note: 28, who: 18}
	case width >= 84:
		c = Columns{service: 12, Note: 26, who: 9}
	case width >= 70:
		c = Columns{service: 12, Note: NarrowNote, who: 9}
	default:
		c = Columns{service: 8, Note: NarrowNote, who: 6}
	}
	c.title = width - fixedColumns - c.service - c.Note - c.who - 3
	return c
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
}

// DrawRow lays a row out, exactly width cells wide.
func (s *List) DrawRow(k RowKey) string {
	c := ColumnsFor(k.Width)
	r := k.Row
	note, title, age := s.NoteFor(r, k.left, k.near, c.Note), r.Title, k.Age
	if named := r.priority + " · " + title; r.priority != "" && c.title-s.WidthOf(r.priority) >= leastTitle {
		title = named
	}
	who, whoRole := r.Who, draw.Dim
	if strings.HasPrefix(who, "you") {
		whoRole = draw.Strong
	}
	role, quiet, titleRole, noteRole := r.role, draw.Dim, draw.Plain, r.noteRole
	if k.near && r.Next == "escalates" {
		noteRole = draw.Warning // PagerDuty wakes the next one, or should have
	}
	if r.Gone {
		age, note = "", "gone"
		role, titleRole, noteRole, whoRole = draw.Dim, draw.Dim, draw.Dim, draw.Dim
	}
	if k.Cursor {
		// One look for all but the severity: easy to read on the background,
		// and few bytes to send on each move.
		quiet, titleRole = draw.Strong, draw.Strong
	}
	stale := " "
	if r.stale {
		stale = "?"
	}
	mark, picked := " ", " "
	if k.Cursor {
		mark = "▌"
	}
	switch {
	case k.Mark:
		picked = "●"
	case k.Changed != "":
		picked = k.Changed
	}
	if s.WidthOf(who) > c.who {
		who = FirstName(who)
	}
	// What is chosen is marked up to its title; its state has its own
	// colours, and needs not be sent again when the cursor moves.
	return s.Row(k.Cursor,
		draw.Span{Text: mark + picked, Role: draw.Accent},
		draw.Span{Text: s.Fit(r.Severity, 4), Role: role},
		draw.Span{Text: "  " + s.FitRight(age, 4) + " ", Role: quiet},
		draw.Span{Text: stale, Role: draw.Warning},
		draw.Span{Text: " " + s.Fit(r.Service, c.service) + " ", Role: quiet},
		draw.Span{Text: s.Fit(title, c.title), Role: titleRole},
	) + s.Row(false,
		draw.Span{Text: " " + s.Fit(note, c.Note), Role: noteRole},
		draw.Span{Text: " " + s.Fit(who, c.who), Role: whoRole},
	)
}
