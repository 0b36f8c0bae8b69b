package handover

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/history"
	"firstline/internal/record"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
)

// open lists the open groups, in the order of the screen.
func (w *writer) open() {
	most := ""
	if w.OpenUnknown {
		most = ", perhaps more"
	}
	w.heading(fmt.Sprintf("Open (%d%s)", len(w.Groups), most))
	if len(w.Groups) == 0 {
		w.line(map[bool]string{false: "Nothing.", true: "Nothing that is known."}[w.OpenUnknown])
		return
	}
	for i, g := range w.Groups {
		if i == mostOpen {
			w.line("- and %d more", len(w.Groups)-mostOpen)
			break
		}
		w.group(g)
	}
}

// group writes one open group: what it is, who has it, what was tried.
func (w *writer) group(g triage.Group) {
	var facts []string
	for _, fact := range []string{inline(g.SeverityName()), inline(g.Service), string(g.State)} {
		if fact != "" {
			facts = append(facts, fact)
		}
	}
	if !g.Since.IsZero() {
		facts = append(facts, "since "+w.clock(g.Since))
	}
	w.line("- **%s** %s", nameOf(g), strings.Join(facts, ", "))
	for _, sentence := range w.situation(g) {
		w.line("  - %s", sentence)
	}
	w.tried(g)
	if notes := w.notesOf(g); len(notes) > 0 {
		w.line("  - last note: %s", notes[len(notes)-1])
	}
	if g.Incident != nil && clean.URL(g.Incident.URL) != "" {
		w.line("  - %s", clean.URL(g.Incident.URL))
	}
}

// nameOf returns the name of a group for people: "#12 Checkout errors".
func nameOf(g triage.Group) string {
	name := inline(g.Headline())
	if g.Incident != nil && g.Incident.Number > 0 {
		return fmt.Sprintf("#%d %s", g.Incident.Number, name)
	}
	return name
}

// closedName returns such a name for a group that is no longer open.
// PagerDuty's log calls it "[#12] Checkout errors".
func closedName(title, id string) string {
	if rest, found := strings.CutPrefix(title, "[#"); found {
		if number, words, found := strings.Cut(rest, "] "); found && strings.Trim(number, "0123456789") == "" {
			return "#" + number + " " + inline(triage.ShortTitle(words))
		}
	}
	return inline(cmp.Or(triage.ShortTitle(title), id))
}

// situation returns the sentences about who has a group and what is due next.
func (w *writer) situation(g triage.Group) []string {
	var sentences []string
	add := func(format string, a ...any) { sentences = append(sentences, fmt.Sprintf(format, a...)) }
	if i := g.Incident; i != nil {
		add("%s", whoHas(g))
	}
	if why, is := g.NobodyNotified(); is {
		add("**nobody was notified**: %s", inline(why))
	}
	if g.Unpaged {
		why := ""
		if g.Why != "" {
			why = ": " + inline(g.Why)
		}
		add("nobody was notified%s", why)
	}
	if g.NotifiedUnknown.ToShow() {
		add("it is not known whether somebody was notified, because %s", inline(g.NotifiedUnknown.Because()))
	}
	if g.AlertsUnread {
		add("%s", g.Unread())
	}
	switch firing := g.Firing(); {
	case g.NoLongerFiring() && !g.NotFiringSince.IsZero():
		add("notified, but no longer firing since %s", w.clock(g.NotFiringSince))
	case g.NoLongerFiring():
		add("notified, but no longer firing")
	case g.FiringUnknown() != "" && len(g.Alerts) == 0 && len(g.SentNames) > 0 || g.FiringDoubt() != "":
		add("whether it still fires is unknown: %s", inline(g.FiringUnknown()))
	case firing > 0:
		add("%s firing", wording.Count(firing, "alert"))
	}
	if g.Flapping() {
		add("flapping: it began firing %d times in an hour", g.Flaps)
	}
	if !g.AckEnds.IsZero() {
		what := "acknowledgement"
		if g.Snoozed {
			what = "snooze"
		}
		if g.AckEnds.Before(w.Until) {
			add("the end of the %s was due %s", what, w.clock(g.AckEnds))
		} else {
			add("the %s ends at %s", what, w.clock(g.AckEnds))
		}
	}
	if !g.EscalatesAt.IsZero() {
		to := ""
		if who := g.Follows(); who != "" {
			to = " to " + inline(who)
		}
		if g.EscalatesAt.Before(w.Until) {
			add("the escalation%s was due %s", to, w.clock(g.EscalatesAt))
		} else {
			add("escalates at %s%s", w.clock(g.EscalatesAt), to)
		}
	}
	if g.Alone() {
		add("%s: PagerDuty notifies nobody else", g.WhyAlone())
	}
	for _, silence := range g.Silences {
		if g.Unpaged && strings.HasPrefix(g.Why, "silenced") {
			break // the sentence above covers it
		}
		add("silenced until %s by %s%s", w.clock(silence.EndsAt), inline(silence.CreatedBy), quoted(silence.Comment))
	}
	if len(g.Stale) > 0 {
		add("may be out of date: %s could not be read", inline(strings.Join(g.Stale, ", ")))
	}
	return sentences
}

// whoHas says who acknowledged an incident, else that nobody did and who it is
// assigned to.
func whoHas(g triage.Group) string {
	i := g.Incident
	switch {
	case len(i.Acknowledgers) > 0:
		return "acknowledged by " + names(i.Acknowledgers)
	case i.Status == sources.Acknowledged:
		return "acknowledged, by whom is unknown, because " + sources.WhoUnknown
	}
	const not = "**nobody has acknowledged it**, assigned to "
	switch {
	case len(i.Assignments) > 0:
		return not + names(i.Assignments)
	case !i.AssigneesRead():
		return not + "whom is unknown, because " + sources.WhoUnknown
	}
	return not + "nobody"
}

func (w *writer) tried(g triage.Group) {
	ticks := w.ticksOf(g.ID)
	for i, t := range ticks {
		if i == mostSteps {
			w.line("  - and %s more", wording.Count(len(ticks)-mostSteps, "step"))
			break
		}
		w.line("  - tried: %s", w.tickText(t))
	}
}

func (w *writer) tickText(t record.Tick) string {
	by := w.clock(t.At)
	if t.By != "" {
		by = inline(t.By) + ", " + by
	}
	return inline(t.Text) + " (" + by + ")"
}

func (w *writer) ticksOf(groupID string) []record.Tick {
	var ticks []record.Tick
	for _, t := range w.Ticks {
		if t.GroupID == groupID {
			ticks = append(ticks, t)
		}
	}
	slices.SortStableFunc(ticks, func(a, b record.Tick) int { return a.At.Compare(b.At) })
	return ticks
}

func (w *writer) notesOf(g triage.Group) []string {
	var notes []string
	for _, e := range w.Events {
		if isNote(e) && e.GroupID == g.ID {
			notes = append(notes, w.noteText(e))
		}
	}
	return notes
}

func (w *writer) noteText(e history.Event) string {
	by := w.clock(e.At)
	if e.By != "" {
		by = inline(e.By) + ", " + by
	}
	return noteWords(e) + " (" + by + ")"
}

// noteWords returns the text that a person wrote. After a blank line our notes
// describe the problem, which the handover does elsewhere.
func noteWords(e history.Event) string {
	words, _, _ := strings.Cut(e.Text, "\n\n")
	return "“" + inline(words) + "”"
}
