package list

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/room"
)

// NotesOf describes the group's state: what fires, and what doesn't fit together.
// What flaps says so first, since its state is not worth much.
func NotesOf(g triage.Group, now time.Time, clock func(time.Time) string) ([4]string, draw.Role) {
	if g.Asked != nil {
		by := draw.Join(" by ", "asked to join", clean.Line(g.Asked.By))
		return Notes(draw.Join(": ", by, clean.Line(g.Asked.Message)), by, "asked to join", "join request"), draw.Warning
	}
	list, role := stateNotes(g, now, clock)
	if !g.Flapping() || g.State == triage.Silenced {
		return list, role
	}
	flaps := "flaps " + strconv.Itoa(g.Flaps) + "×/h"
	short := list[3]
	if g.State != triage.Acknowledged {
		short = flaps
	}
	if role == draw.Plain {
		role = draw.Warning
	}
	out := Notes(list[3]+", "+flaps, short)
	if list[2] != "" {
		out[1] = list[2] + ", " + flaps
	}
	return out, role
}

// firingOf says how many alerts fire and what goes with that, and why it is in
// doubt that they do.
func firingOf(g triage.Group, now time.Time, clock func(time.Time) string) (firing, doubt string) {
	if n := g.Firing(); n > 0 {
		firing = strconv.Itoa(n) + " firing"
	}
	if firing != "" {
		doubt = g.FiringDoubt()
	} else {
		firing, _ = mutedWords(g, now, clock)
	}
	if doubt != "" {
		firing = strconv.Itoa(g.Firing()) + " listed, firing unknown"
	}
	if t := g.ConditionOver(); !t.IsZero() {
		firing = draw.Join(", ", firing, "condition over since "+clock(t))
	}
	if n := g.Originals(); n > 0 {
		firing = draw.Join(", ", firing, strconv.Itoa(n)+" alerts in Prometheus")
	}
	if others := room.OtherIncidents(g); others != "" {
		firing = draw.Join(", ", firing, others)
	}
	return firing, doubt
}

func stateNotes(g triage.Group, now time.Time, clock func(time.Time) string) ([4]string, draw.Role) {
	firing, doubt := firingOf(g, now, clock)
	how, acked := notifiedWord(g), ackedWords(g, now, clock)
	_, brief := mutedWords(g, now, clock)
	switch {
	case g.Missing != "":
		return Notes(clean.Line(g.Why), "heartbeat missing", "missing"), draw.Failed
	case g.State == triage.Resolved:
		return Notes("resolved"), draw.Good
	case g.NoLongerFiring() && g.State == triage.Acknowledged:
		return Notes(acked[0]+", "+quietSince("no longer firing", g, clock), acked[0]+", not firing", "acked, not firing", "ack not firing"), draw.Good
	case g.NoLongerFiring():
		return Notes(how+", "+quietSince("no longer firing", g, clock), quietSince("not firing", g, clock), "not firing"), draw.Plain
	case g.NobodyHas():
		return unheldNotes(firing, g), draw.Warning
	case doubt != "":
		return doubtNotes(g, doubt), draw.Warning
	case g.FiringUnknown() != "" && len(g.Alerts) == 0 && len(g.SentNames) > 0 && !g.AlertsUnread:
		last := "paged, ?"
		if g.State == triage.Acknowledged {
			how, last = acked[0], "acked, ?"
		} else if how != "paged" {
			last = "?"
		}
		return Notes(how+", firing unknown: "+clean.Line(g.FiringUnknown()), how+", firing unknown", "firing unknown", last), draw.Warning
	case g.State == triage.Acknowledged && g.AlertsUnread:
		return Notes(draw.Join(", ", acked[0], firing, g.Unread()), draw.Join(", ", acked[0], firing), acked[0], acked[1]), draw.Good
	case g.State == triage.Acknowledged:
		return Notes(draw.Join(", ", acked[0], firing), acked[0], acked[1]), draw.Good
	case g.State == triage.Silenced && len(g.Silences) == 0 && len(g.InhibitedBy) > 0:
		return Notes("inhibited by "+clean.Line(strings.Join(g.InhibitedBy, ", ")), "inhibited"), draw.Dim
	case g.State == triage.Silenced:
		return silencedUntil(g, now, clock), draw.Dim
	case g.State == triage.Pending:
		return Notes("pending"), draw.Dim
	case g.Unpaged && strings.HasPrefix(g.Why, "inhibited"):
		return Notes(clean.Line(g.Why), "inhibited"), draw.Dim
	case g.Unpaged:
		long := draw.Join(", ", firing, "nobody paged")
		if g.Why == "" {
			return Notes(long, "nobody paged"), draw.Warning
		}
		why, _, _ := strings.Cut(clean.Line(g.Why), " (")
		return Notes(long+": "+clean.Line(g.Why), "nobody paged: "+why, "unpaged: "+why, "nobody paged"), draw.Warning
	case g.NotifiedUnknown.ToShow():
		long := firing + ", not known if paged"
		return Notes(long+": "+clean.Line(g.NotifiedUnknown.Because()), long, firing+", paged: unknown", firing), draw.Plain
	case g.AlertsUnread && firing == "":
		return Notes(how+", "+g.Unread(), g.Unread(), "not read yet"), draw.Plain
	case g.AlertsUnread:
		if brief != "" {
			return Notes(firing+", "+g.Unread(), firing, brief), draw.Plain
		}
		return Notes(firing+", "+g.Unread(), firing), draw.Plain
	case firing == "":
		firing = how
	}
	short := cmp.Or(brief, how)
	if why := g.WhyAlone(); why != "" {
		return aloneNotes(firing, short, g.Firing(), why), draw.Plain
	}
	if n := g.Firing(); n > 0 {
		short = strconv.Itoa(n) + " firing"
	}
	if firing == short {
		return Notes(short), draw.Plain
	}
	if t := g.ConditionOver(); !t.IsZero() {
		return Notes(firing, "condition over "+clock(t), short), draw.Plain
	}
	return Notes(firing, short), draw.Plain
}

// ackedWords say that a group is acknowledged or snoozed, and until when where
// PagerDuty says so; the second fits the narrowest list.
func ackedWords(g triage.Group, now time.Time, clock func(time.Time) string) [2]string {
	if g.AckEnds.IsZero() {
		return [2]string{"acked", "acked"}
	}
	until := clock(g.AckEnds)
	if g.Snoozed {
		return [2]string{"snoozed until " + until, endsAt("snoozed", g.AckEnds, now, clock)}
	}
	return [2]string{"acked until " + until, endsAt("acked to", g.AckEnds, now, clock)}
}

// endsAt is a word with when something ends, within the narrowest note: without the
// day where the hour alone says it, else without the hour, or the word alone where not
// even that fits.
func endsAt(word string, end, now time.Time, clock func(time.Time) string) string {
	until := clock(end)
	at := strings.LastIndex(until, " ")
	switch {
	case utf8.RuneCountInString(word+" "+until) <= NarrowNote || at < 0:
	case end.Sub(now) < 24*time.Hour:
		until = until[at+1:]
	default:
		until = until[:at]
	}
	for _, text := range []string{word, strings.TrimSuffix(word, " to")} {
		if text += " " + until; utf8.RuneCountInString(text) <= NarrowNote {
			return text
		}
	}
	return word
}

// doubtNotes say that alerts are listed and may be over all the same.
func doubtNotes(g triage.Group, why string) [4]string {
	how := ""
	switch {
	case g.State == triage.Acknowledged:
		how = "acked"
	case g.Incident != nil && notifiedWord(g) == "paged":
		how = "paged"
	}
	short := draw.Join(", ", how, "firing unknown")
	return Notes(draw.Join(", ", how, "firing unknown: "+clean.Line(why)), short, "firing unknown", draw.Join(", ", how, "?"))
}

// notifiedWord is "paged", except for an incident where PagerDuty did not say who
// has it: then it is not known whether anybody was.
func notifiedWord(g triage.Group) string {
	if i := g.Incident; i != nil && !i.AssigneesRead() && len(i.Acknowledgers) == 0 {
		return "paged: unknown"
	}
	return "paged"
}

// mutedWords say that the alerts of an incident are silenced or inhibited;
// empty where one is heard, and without an incident.
func mutedWords(g triage.Group, now time.Time, clock func(time.Time) string) (long, short string) {
	until, by, is := g.Muted()
	switch {
	case !is || g.Incident == nil:
		return "", ""
	case len(by) > 0:
		return "inhibited by " + clean.Line(strings.Join(by, ", ")), "inhibited"
	case until.IsZero():
		return "silenced", "silenced"
	}
	return "silenced until " + clock(until), endsAt("silenced", until, now, clock)
}

// unheldNotes say that an incident is assigned to nobody, or that nobody was
// notified of it and why, where that is proven.
func unheldNotes(firing string, g triage.Group) [4]string {
	why, proven := g.NobodyNotified()
	if !proven {
		return Notes(draw.Join(", ", firing, "assigned to nobody"), "nobody has it")
	}
	long := draw.Join(", ", firing, "nobody notified")
	return Notes(long+": "+clean.Line(why), long, "nobody notified", "none notified")
}

// aloneNotes say that PagerDuty notifies nobody but those who have it, and how
// many alerts fire: "1 firing, low" and "1 firing, only", beside who has it.
func aloneNotes(assessment, brief string, firing int, why string) [4]string {
	if firing > 0 {
		brief = strconv.Itoa(firing) + " firing"
	}
	short, last := brief+", only", "none follows"
	if why == "low urgency" {
		short, last = brief+", low", "low urgency"
	}
	if len(short) > NarrowNote {
		short = strings.Replace(short, ",", "", 1)
	}
	if len(short) > NarrowNote {
		short = last
	}
	return Notes(assessment+", "+why+": nobody follows", assessment+", nobody follows", brief+", nobody follows", short)
}

// quietSince adds since when nothing fires, where that is known.
func quietSince(text string, g triage.Group, clock func(time.Time) string) string {
	if g.NotFiringSince.IsZero() {
		return text
	}
	return text + " since " + clock(g.NotFiringSince)
}

// Notes puts them where rows have them, each once: the last one always at the end.
func Notes(list ...string) [4]string {
	var out [4]string
	list = slices.Compact(list)
	copy(out[4-len(list):], list)
	return out
}

// silencedUntil says when the last silence ends, and who made it.
func silencedUntil(g triage.Group, now time.Time, clock func(time.Time) string) [4]string {
	var last sources.Silence
	for _, s := range g.Silences {
		if s.EndsAt.After(last.EndsAt) {
			last = s
		}
	}
	if last.EndsAt.IsZero() {
		return Notes("silenced")
	}
	until := "silenced until " + clock(last.EndsAt)
	who, _, _ := strings.Cut(clean.Line(last.CreatedBy), "@")
	return Notes(draw.Join(" by ", until, who), until, endsAt("silenced", last.EndsAt, now, clock))
}

// NoteFor is the fullest note that has room, with what is going to happen
// where that has room too. In a narrow list it says so once it is near.
func (s *List) NoteFor(r Row, left string, near bool, room int) string {
	fits := func(text string) bool { return s.WidthOf(text) <= room }
	list := r.Notes[:]
	for len(list) > 1 && list[0] == "" {
		list = list[1:]
	}
	due, past := strings.CutPrefix(left, wasDue)
	switch {
	case left == "":
	case r.Next == "ends" && past:
		for _, note := range list {
			if text := strings.Replace(note, " until "+due, "", 1) + ", " + r.comes(left); fits(text) {
				return text
			}
		}
		if text := "due " + due; fits(text) {
			return text
		}
	case r.Next != "ends": // until when is in the note
		for _, note := range list {
			if text := note + ", " + r.comes(left); fits(text) {
				return text
			}
		}
		if text := r.Next + " " + left; near && r.Next == "escalates" && !strings.HasPrefix(left, wasDue) && fits(text) {
			return text
		}
		if past && r.Next == "escalates" {
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
func (r Row) comes(left string) string {
	if strings.HasPrefix(left, wasDue) {
		return map[string]string{"ends": "end", "escalates": "escalation", "resolves": "resolve"}[r.Next] + " " + left
	}
	return r.Next + " in " + left
}

// nearDeadline is how soon something happens that is more worth a narrow row's
// few cells than the group's state.
const nearDeadline = 5 * time.Minute
