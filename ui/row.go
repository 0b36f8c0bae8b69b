package ui

import (
	"cmp"
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
	severity string // CRIT, ERR, WARN, INFO, the rule's own word, … or –
	look     role   // of the severity
	// priority is PagerDuty's, with the word before a name that does not say so;
	// empty where there is none.
	priority string
	// unread: the severity is not read yet.
	unread  bool
	since   time.Time
	title   string
	service string
	// notes say what no single source knows, the fullest first; the last one
	// fits the narrowest list. Not all need be there.
	notes    [4]string
	noteLook role
	// deadline is when PagerDuty does by itself what next says; zero: it does
	// nothing that is known.
	deadline time.Time
	next     string
	who      string
	acked    bool
	// stale: a source of this group fails, so the row may be out of date.
	stale bool
	// gone: the group is no longer reported. It keeps its place only while the
	// cursor stands on it.
	gone bool
}

// newRow makes the row of a group. me is the id of the person at the screen.
func newRow(g triage.Group, me string, clock func(time.Time) string) row {
	r := row{
		id: g.ID, since: g.Since, title: g.Headline(), service: serviceName(&g),
		acked: g.State == triage.Acknowledged, stale: len(g.Stale) > 0, who: "–",
	}
	r.severity, r.look = severityWord(g)
	r.unread, r.priority = g.SeverityUnread(), priorityName(&g)
	r.notes, r.noteLook = notesOf(g, clock)
	switch {
	case !g.AckEnds.IsZero() && g.State == triage.Acknowledged:
		r.deadline, r.next = g.AckEnds, "ends"
	case !g.EscalatesAt.IsZero() && g.State == triage.Triggered:
		r.deadline, r.next = g.EscalatesAt, "escalates"
	case !g.ResolvesAt.IsZero() && g.State != triage.Resolved:
		r.deadline, r.next = g.ResolvesAt, "resolves"
	}
	if g.Incident != nil {
		r.who = whoHasIt(*g.Incident, g.Mine && g.Asked == nil, me)
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

// severityWord says how grave a group is, in four letters, or in the rule's own
// word where it is not known, "…" where the alerts that may tell it are not read
// yet, and "–" where nothing tells it. Urgency and priority are no severity.
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
	if text := clean.Line(g.SeverityText); text != "" {
		return text, warning
	}
	if g.SeverityUnread() {
		return "…", dim
	}
	return "–", dim
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

// notesOf says how the group stands: what fires, and what doesn't fit together.
// What flaps says so first, since its state is not worth much.
func notesOf(g triage.Group, clock func(time.Time) string) ([4]string, role) {
	if g.Asked != nil {
		by := join(" by ", "asked to join", clean.Line(g.Asked.By))
		return notes(join(": ", by, clean.Line(g.Asked.Message)), by, "asked to join", "join request"), warning
	}
	list, look := standingOf(g, clock)
	if !g.Flapping() || g.State == triage.Silenced {
		return list, look
	}
	flaps := "flaps " + strconv.Itoa(g.Flaps) + "×/h"
	short := list[3]
	if g.State != triage.Acknowledged {
		short = flaps
	}
	if look == plain {
		look = warning
	}
	out := notes(list[3]+", "+flaps, short)
	if list[2] != "" {
		out[1] = list[2] + ", " + flaps
	}
	return out, look
}

// firingOf says how many alerts fire and what goes with that, and why it is in
// doubt that they do.
func firingOf(g triage.Group, clock func(time.Time) string) (firing, doubt string) {
	if n := g.Firing(); n > 0 {
		firing = strconv.Itoa(n) + " firing"
	}
	if firing != "" {
		doubt = g.FiringDoubt()
	} else {
		firing, _ = quietWords(g, clock)
	}
	if doubt != "" {
		firing = strconv.Itoa(g.Firing()) + " listed, firing unknown"
	}
	if t := g.ConditionOver(); !t.IsZero() {
		firing = join(", ", firing, "condition over since "+clock(t))
	}
	if n := g.Originals(); n > 0 {
		firing = join(", ", firing, strconv.Itoa(n)+" alerts in Prometheus")
	}
	if others := alsoPaged(g); others != "" {
		firing = join(", ", firing, others)
	}
	return firing, doubt
}

func standingOf(g triage.Group, clock func(time.Time) string) ([4]string, role) {
	firing, doubt := firingOf(g, clock)
	paged := pagedWord(g)
	_, brief := quietWords(g, clock)
	switch {
	case g.Missing != "":
		return notes(clean.Line(g.Why), "heartbeat missing", "missing"), failed
	case g.State == triage.Resolved:
		return notes("resolved"), good
	case g.NoLongerFiring() && g.State == triage.Acknowledged:
		return notes("acked, "+quietSince("no longer firing", g, clock), "acked, no longer firing", "acked, quiet"), good
	case g.NoLongerFiring():
		return notes(paged+", "+quietSince("no longer firing", g, clock), quietSince("not firing", g, clock), "not firing"), good
	case g.NobodyHas():
		return unheldNotes(firing, g), warning
	case doubt != "":
		return doubtNotes(g, doubt), warning
	case g.FiringUnknown() != "" && len(g.Alerts) == 0 && len(g.Told) > 0 && !g.AlertsUnread:
		how, last := paged, "paged, ?"
		if g.State == triage.Acknowledged {
			how, last = "acked", "acked, ?"
		} else if paged != "paged" {
			last = "?"
		}
		return notes(how+", firing unknown: "+clean.Line(g.FiringUnknown()), how+", firing unknown", "firing unknown", last), warning
	case g.State == triage.Acknowledged && g.AlertsUnread:
		return notes(join(", ", "acked", firing, g.Unread()), join(", ", "acked", firing), "acked"), good
	case g.State == triage.Acknowledged:
		return notes(join(", ", "acked", firing), "acked"), good
	case g.State == triage.Silenced && len(g.Silences) == 0 && len(g.InhibitedBy) > 0:
		return notes("inhibited by "+clean.Line(strings.Join(g.InhibitedBy, ", ")), "inhibited"), dim
	case g.State == triage.Silenced:
		return silencedUntil(g, clock), dim
	case g.State == triage.Pending && !g.Unpaged:
		return notes("pending"), dim
	case g.State == triage.Pending:
		return notes("pending, nobody paged", "pending"), dim
	case g.Unpaged && strings.HasPrefix(g.Why, "inhibited"):
		return notes(clean.Line(g.Why), "inhibited"), dim
	case g.Unpaged:
		long := join(", ", firing, "nobody paged")
		if g.Why == "" {
			return notes(long, "nobody paged"), warning
		}
		return notes(long+": "+clean.Line(g.Why), long, "nobody paged"), warning
	case g.PagedUnknown.ToTell():
		long := firing + ", not known if paged"
		return notes(long+": "+clean.Line(g.PagedUnknown.Because()), long, firing+", paged: unknown", firing), plain
	case g.AlertsUnread && firing == "":
		return notes(paged+", "+g.Unread(), g.Unread(), "not read yet"), plain
	case g.AlertsUnread:
		if brief != "" {
			return notes(firing+", "+g.Unread(), firing, brief), plain
		}
		return notes(firing+", "+g.Unread(), firing), plain
	case firing == "":
		firing = paged
	}
	short := cmp.Or(brief, paged)
	if why := g.WhyAlone(); why != "" {
		return aloneNotes(firing, short, g.Firing(), why), plain
	}
	if n := g.Firing(); n > 0 {
		short = strconv.Itoa(n) + " firing"
	}
	if firing == short {
		return notes(short), plain
	}
	if t := g.ConditionOver(); !t.IsZero() {
		return notes(firing, "condition over "+clock(t), short), plain
	}
	return notes(firing, short), plain
}

// doubtNotes say that alerts are listed and may be over all the same.
func doubtNotes(g triage.Group, why string) [4]string {
	how := ""
	switch {
	case g.State == triage.Acknowledged:
		how = "acked"
	case g.Incident != nil && pagedWord(g) == "paged":
		how = "paged"
	}
	short := join(", ", how, "firing unknown")
	return notes(join(", ", how, "firing unknown: "+clean.Line(why)), short, "firing unknown", join(", ", how, "?"))
}

// pagedWord is "paged", but for an incident of which PagerDuty did not say who
// has it: then it is not known whether anybody was.
func pagedWord(g triage.Group) string {
	if i := g.Incident; i != nil && !i.AssigneesKnown() && len(i.Acknowledgers) == 0 {
		return "paged: unknown"
	}
	return "paged"
}

// quietWords say that the alerts of an incident are silenced or inhibited;
// empty where one is heard, and without an incident.
func quietWords(g triage.Group, clock func(time.Time) string) (long, short string) {
	until, by, is := g.Quiet()
	switch {
	case !is || g.Incident == nil:
		return "", ""
	case len(by) > 0:
		return "inhibited by " + clean.Line(strings.Join(by, ", ")), "inhibited"
	case until.IsZero():
		return "silenced", "silenced"
	}
	return "silenced until " + clock(until), "silent " + clock(until)
}

// alsoPaged names the other incidents that were opened for the same alerts.
func alsoPaged(g triage.Group) string {
	var names []string
	for _, in := range g.Incidents {
		if in.ID == g.ID {
			continue
		}
		names = append(names, clean.Line(in.Short()))
	}
	if len(names) == 0 {
		return ""
	}
	return "also " + strings.Join(names, ", ")
}

// unheldNotes say that an incident is assigned to nobody, or that nobody was
// notified of it and why, where that is proven.
func unheldNotes(firing string, g triage.Group) [4]string {
	why, proven := g.NobodyNotified()
	if !proven {
		return notes(join(", ", firing, "assigned to nobody"), "nobody has it")
	}
	long := join(", ", firing, "nobody notified")
	return notes(long+": "+clean.Line(why), long, "nobody notified", "none notified")
}

// aloneNotes say that PagerDuty notifies nobody but those who have it, and how
// many alerts fire: "1 firing, low" and "1 firing, only", beside who has it.
func aloneNotes(standing, brief string, firing int, why string) [4]string {
	if firing > 0 {
		brief = strconv.Itoa(firing) + " firing"
	}
	short, last := brief+", only", "none follows"
	if why == "low urgency" {
		short, last = brief+", low", "low urgency"
	}
	if len(short) > narrowNote {
		short = strings.Replace(short, ",", "", 1)
	}
	if len(short) > narrowNote {
		short = last
	}
	return notes(standing+", "+why+": nobody follows", standing+", nobody follows", brief+", nobody follows", short)
}

// quietSince adds since when nothing fires, where that is known.
func quietSince(text string, g triage.Group, clock func(time.Time) string) string {
	if g.NotFiringSince.IsZero() {
		return text
	}
	return text + " since " + clock(g.NotFiringSince)
}

// notes puts them where rows have them: the last one always at the end.
func notes(list ...string) [4]string {
	var out [4]string
	copy(out[4-len(list):], list)
	return out
}

// silencedUntil tells the end of the silence that ends last, and who made it.
func silencedUntil(g triage.Group, clock func(time.Time) string) [4]string {
	var last sources.Silence
	for _, s := range g.Silences {
		if s.EndsAt.After(last.EndsAt) {
			last = s
		}
	}
	if last.EndsAt.IsZero() {
		return notes("silenced")
	}
	until := "silenced until " + clock(last.EndsAt)
	who, _, _ := strings.Cut(clean.Line(last.CreatedBy), "@")
	return notes(join(" by ", until, who), until, "silent "+clock(last.EndsAt))
}

// noteFor is the fullest note that has room, with what is going to happen
// where that has room too. In a narrow list it says so once it is near.
func (s *shared) noteFor(r row, left string, near bool, room int) string {
	fits := func(text string) bool { return s.widthOf(text) <= room }
	list := r.notes[:]
	for len(list) > 1 && list[0] == "" {
		list = list[1:]
	}
	if left != "" {
		for _, note := range list {
			if text := note + ", " + r.comes(left); fits(text) {
				return text
			}
		}
		if text := r.next + " " + left; near && r.next == "escalates" && !strings.HasPrefix(left, wasDue) && fits(text) {
			return text
		}
		if due, is := strings.CutPrefix(left, wasDue); is && r.next == "escalates" {
			for _, text := range []string{r.comes(left), "due " + due} {
				if fits(text) {
					return text
				}
			}
		}
	}
	for _, note := range list {
		if fits(note) {
			return note
		}
	}
	return list[len(list)-1]
}

// wasDue begins what is left until a deadline that is past.
const wasDue = "was due "

// comes says when PagerDuty does what it announced, or that it was due: what is
// past by this clock has not come, as far as it is known.
func (r row) comes(left string) string {
	if strings.HasPrefix(left, wasDue) {
		return map[string]string{"ends": "end", "escalates": "escalation", "resolves": "resolve"}[r.next] + " " + left
	}
	return r.next + " in " + left
}

// nearDeadline is how soon something happens that is more worth a narrow row's
// few cells than how the group stands.
const nearDeadline = 5 * time.Minute

// whoHasIt names who acknowledged, else who is assigned; oneself first. "?" is
// what PagerDuty did not say.
func whoHasIt(i sources.Incident, mine bool, me string) string {
	people := i.Assignments
	if len(i.Acknowledgers) > 0 {
		people = i.Acknowledgers
	}
	switch {
	case len(people) > 0:
	case i.Status == sources.Resolved:
		return "–"
	case !i.AssigneesKnown(), i.Status == sources.Acknowledged:
		return "?"
	default:
		return "nobody"
	}
	isMe := func(a sources.Assignment) bool { return me != "" && a.User.ID == me }
	who := strings.TrimPrefix(clean.Line(people[0].User.Label("user")), "a ") // "deleted user"
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
	if len(words) == 0 {
		return who
	}
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
}

// The columns whose width never changes: the cursor's and the selection's
// mark, severity, age, and the stale mark, with their gaps.
const fixedColumns = 2 + 4 + 2 + 4 + 2 + 1

// leastTitle is how much of the title stays where the priority stands before it.
const leastTitle = 16

// narrowNote is how wide the note is in a narrow list.
const narrowNote = 14

// columnsFor divides a row of that width. The title gets what is left.
func columnsFor(width int) columns {
	var c columns
	switch {
	case width >= 140:
		c = columns{service: 20, note: 44, who: 18}
	case width >= 110:
		c = columns{service: 20, note: 28, who: 18}
	case width >= 84:
		c = columns{service: 12, note: 26, who: 9}
	case width >= 70:
		c = columns{service: 12, note: narrowNote, who: 9}
	default:
		c = columns{service: 8, note: narrowNote, who: 6}
	}
	c.title = width - fixedColumns - c.service - c.note - c.who - 3
	return c
}

// rowKey is all that a drawn row depends on, besides the theme.
type rowKey struct {
	row row
	age string
	// left is how long it is until the row's deadline, or that it was due; near
	// whether that is soon.
	left          string
	near          bool
	cursor, mark  bool
	width, method int
}

// drawRow lays a row out, exactly width cells wide.
func (s *shared) drawRow(k rowKey) string {
	c := columnsFor(k.width)
	r := k.row
	note, title, age := s.noteFor(r, k.left, k.near, c.note), r.title, k.age
	if named := r.priority + " · " + title; r.priority != "" && c.title-s.widthOf(r.priority) >= leastTitle {
		title = named
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
		quiet, titleLook = strong, strong
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
	// What is chosen is marked up to its title; how it stands keeps its own
	// colours, and needs not be sent again when the cursor moves.
	return s.row(k.cursor,
		span{mark + picked, accent},
		span{s.fit(r.severity, 4), look},
		span{"  " + s.fitRight(age, 4) + " ", quiet},
		span{stale, warning},
		span{" " + s.fit(r.service, c.service) + " ", quiet},
		span{s.fit(title, c.title), titleLook},
	) + s.row(false,
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
