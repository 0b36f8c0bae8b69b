package handover

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"firstline/internal/clean"
	"firstline/internal/history"
	"firstline/internal/respond"
	"firstline/internal/wallclock"
	"firstline/internal/wording"
	"firstline/sources"
)

// Bounds of the text. A person who is about to begin reads it, and it may be
// posted as a note.
const (
	mostOpen     = 40
	mostDone     = 60
	mostSteps    = 8
	mostServices = 12
	longestLine  = 300 // bound of a person's text, in bytes
	// soon is how far ahead the end of a silence is mentioned.
	soon = 12 * time.Hour
)

// Markdown returns the text. Text from outside is clean in it, and cannot form
// a link, image, tag or heading.
func (s Shift) Markdown() string {
	w := writer{Shift: s}
	w.head()
	w.open()
	w.check()
	w.done()
	w.failed()
	w.notes()
	w.silences()
	w.services()
	return strings.TrimRight(w.b.String(), "\n") + "\n"
}

// title begins every text.
const title = "# Shift handover"

// isHandover reports whether a note is the text of an earlier shift, perhaps
// with text around it. Such a note is not repeated.
func isHandover(e history.Event) bool {
	return e.Kind == history.Noted && strings.Contains(e.Text, title+", ")
}

// writer builds the text.
type writer struct {
	Shift
	b strings.Builder
}

func (w *writer) line(format string, a ...any) { fmt.Fprintf(&w.b, format+"\n", a...) }

func (w *writer) heading(text string) { w.line("\n## %s\n", text) }

func (w *writer) head() {
	zone := wallclock.In(w.Location)
	w.line(title+", %s %s", zone.Day(w.Until), zone.Named().Minute(w.Until))
	w.line("")
	by := ""
	if w.By != "" {
		by = "By " + inline(w.By) + ". "
	}
	w.line("%sShift since %s%s.", by, zone.Whole(w.Since), bracketed(inline(w.Begin)))
	for _, m := range w.Missing {
		w.line("**Not known:** %s", inline(m))
	}
}

// check lists the actions whose outcome is unknown.
func (w *writer) check() {
	var lines []string
	for _, e := range w.Events {
		if e.Outcome == history.Unsettled || e.Outcome == respond.Unknown {
			lines = append(lines, fmt.Sprintf("- %s %s: %s", w.clock(e.At), closedName(e.Title, e.GroupID), inline(e.Text)))
		}
	}
	if len(lines) == 0 {
		return
	}
	w.heading("To check: begun, and not confirmed")
	for _, l := range lines {
		w.line("%s", l)
	}
}

// failed lists the actions that failed: an incident may have a note that asks
// for one of them.
func (w *writer) failed() {
	var lines []string
	for _, e := range w.Events {
		if e.Outcome == respond.Failed {
			lines = append(lines, fmt.Sprintf("- %s %s: %s%s", w.clock(e.At), closedName(e.Title, e.GroupID), inline(e.Text), bracketed(inline(e.By))))
		}
	}
	w.list("Tried, and not done", lines)
}

// list writes a heading with the lines below it, or nothing without lines.
func (w *writer) list(heading string, lines []string) {
	if len(lines) == 0 {
		return
	}
	w.heading(heading)
	for i, l := range lines {
		if i == mostDone {
			w.line("- and %d more", len(lines)-mostDone)
			break
		}
		w.line("%s", l)
	}
}

// isNote reports whether an event is a note that is on an incident.
func isNote(e history.Event) bool {
	return e.Kind == history.Noted && e.Person && !isHandover(e) && (e.Outcome == "" || e.Outcome == respond.Done)
}

// notes lists the notes as people wrote them. What was done is a section of its
// own.
func (w *writer) notes() {
	open := w.openNames()
	var lines []string
	for _, e := range w.Events {
		if !isNote(e) {
			continue
		}
		name, is := open[e.GroupID]
		if !is {
			name = closedName(e.Title, e.GroupID)
		}
		lines = append(lines, fmt.Sprintf("- %s %s, note by %s: %s", w.clock(e.At), name, inline(cmp.Or(e.By, "somebody")), noteWords(e)))
	}
	w.list("Notes of this shift", lines)
}

// openNames returns the names of the open groups, by their ids.
func (w *writer) openNames() map[string]string {
	open := make(map[string]string, len(w.Groups))
	for _, g := range w.Groups {
		open[g.ID] = nameOf(g)
	}
	return open
}

// done lists what people did, grouped by incident or group, in the order it
// began. It uses PagerDuty's log and the journal, never the text of a note.
func (w *writer) done() {
	open := w.openNames()
	type about struct {
		title string
		lines []string
	}
	var order []string
	groups := map[string]*about{}
	of := func(id, title string) *about {
		if groups[id] == nil {
			groups[id] = &about{}
			order = append(order, id)
		}
		groups[id].title = cmp.Or(groups[id].title, title)
		return groups[id]
	}
	lines, byThemselves := 0, 0
	for _, e := range w.Events {
		if e.Kind == history.Resolved && !e.Person {
			byThemselves++
		}
		if !e.Person || e.Kind == history.Notified || e.Kind == history.Noted || e.Outcome != "" && e.Outcome != respond.Done {
			continue
		}
		text := inline(e.Text)
		if e.By != "" && !strings.Contains(text, inline(e.By)) {
			text += " (" + inline(e.By) + ")"
		}
		a := of(e.GroupID, e.Title)
		a.lines = append(a.lines, w.clock(e.At)+" "+text)
		lines++
	}
	for _, t := range w.Ticks {
		if _, is := open[t.GroupID]; !is {
			a := of(t.GroupID, "")
			a.lines = append(a.lines, "tried: "+w.tickText(t))
			lines++
		}
	}
	w.heading("Done in this shift")
	switch noted := slices.ContainsFunc(w.Events, isNote); {
	case lines > 0:
	case noted && w.DoneUnknown:
		w.line("Nothing that is known but the notes below.")
	case noted:
		w.line("Nothing but the notes below.")
	case w.DoneUnknown:
		w.line("Nothing that is known.")
	default:
		w.line("Nothing by anybody.")
	}
	shown := 0
	for i, id := range order {
		if shown >= mostDone {
			w.line("- and something for %s more", wording.Count(len(order)-i, "group"))
			break
		}
		a := groups[id]
		if name, is := open[id]; is {
			w.line("- **%s** (open)", name)
		} else {
			w.line("- **%s** (%s)", closedName(a.title, id), w.stateOf(id))
		}
		for _, l := range a.lines {
			w.line("  - %s", l)
		}
		shown += len(a.lines)
	}
	switch {
	case byThemselves == 1:
		w.line("\n1 incident was resolved by nobody: what it was about ended.")
	case byThemselves > 1:
		w.line("\n%d incidents were resolved by nobody: what they were about ended.", byThemselves)
	}
}

// stateOf says of a group that is not among the open ones whether it is closed: it was
// resolved, or all that is open was read.
func (w *writer) stateOf(id string) string {
	resolved := slices.ContainsFunc(w.Events, func(e history.Event) bool {
		return e.GroupID == id && e.Kind == history.Resolved && (e.Outcome == "" || e.Outcome == respond.Done)
	})
	if resolved || !w.OpenUnknown && !slices.Contains(w.Elsewhere, id) {
		return "closed"
	}
	return "whether it is open is not known"
}

// silences lists those that end within the next shift: the alerts that they
// mute will then notify.
func (w *writer) silences() {
	var ending []sources.Silence
	seen := map[string]bool{}
	for _, s := range w.Silences {
		if s.State == "active" && s.EndsAt.After(w.Until) && s.EndsAt.Sub(w.Until) <= soon && !seen[s.ID] {
			seen[s.ID] = true // the members of a cluster report the same silence
			ending = append(ending, s)
		}
	}
	if len(ending) == 0 {
		return
	}
	slices.SortStableFunc(ending, func(a, b sources.Silence) int { return a.EndsAt.Compare(b.EndsAt) })
	w.heading("Silences that end soon")
	for _, s := range ending {
		matchers := make([]string, len(s.Matchers))
		for i, m := range s.Matchers {
			matchers[i] = m.String()
		}
		w.line("- %s ends at %s, by %s%s", inline(cmp.Or(strings.Join(matchers, " "), s.ID)), w.clock(s.EndsAt), inline(s.CreatedBy), quoted(s.Comment))
	}
}

// services lists which were loud and which were quiet.
func (w *writer) services() {
	incidents := map[string]int{}
	for _, e := range w.Events {
		if e.Kind == history.Triggered && e.Source == history.FromPagerDuty {
			incidents[cmp.Or(e.Service, "a service that is not known")]++
		}
	}
	loud := make([]string, 0, len(incidents))
	for name := range incidents {
		loud = append(loud, name)
	}
	slices.SortFunc(loud, func(a, b string) int { return cmp.Or(incidents[b]-incidents[a], cmp.Compare(a, b)) })
	busy := map[string]bool{}
	for _, g := range w.Groups {
		busy[g.ServiceID], busy[g.Service] = true, true
	}
	delete(busy, "") // an empty name matches no service
	var quiet []string
	for _, s := range w.Services {
		if !w.DoneUnknown && !w.OpenUnknown && incidents[clean.Line(s.Name)] == 0 && !busy[s.ID] && !busy[s.Name] {
			quiet = append(quiet, inline(s.Name))
		}
	}
	if len(loud) == 0 && len(quiet) == 0 {
		return
	}
	w.heading("Services")
	for i, name := range loud {
		if i == mostServices {
			w.line("- and %s more", wording.Count(len(loud)-mostServices, "service"))
			break
		}
		w.line("- %s: %s", inline(name), wording.Count(incidents[name], "incident"))
	}
	if len(quiet) > 0 {
		slices.Sort(quiet)
		more := ""
		if len(quiet) > mostServices {
			more = fmt.Sprintf(" and %d more", len(quiet)-mostServices)
			quiet = quiet[:mostServices]
		}
		w.line("- quiet: %s%s", strings.Join(quiet, ", "), more)
	}
}
