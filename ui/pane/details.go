package pane

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/readiness"
	"firstline/internal/slo/measure"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/lazy"
	"firstline/ui/room"
)

// The most alerts and lines of custom details that are laid out of one group:
// nobody reads more, and a storm must not cost the screen its speed.
const (
	MostAlerts      = 200
	mostDetailLines = 60
)

// details collects the lines of the details.
type details struct {
	*Fields
	DetailsOf
	links int
	// linked are the addresses that are in the details.
	linked map[string]bool
	// query returns the query of an alert's rule.
	query func(triage.Alert) string
}

// DetailsOf is what details are written of.
type DetailsOf struct {
	Group triage.Group
	Now   time.Time
	// Whole: long comments are not folded.
	Whole bool
	// Snapshots have the escalation policies and the people.
	Snapshots []sources.Snapshot
	// changed is what changed around its problem.
	changed readChanges
	// readSLOs are its SLOs.
	readSLOs lazy.Entry[measure.Found]
	// readReadiness is the readiness of its service.
	readReadiness lazy.Entry[readiness.Report]
}

// DetailsContent is everything known about a group. It runs off the loop.
func (s *Writer) DetailsContent(from DetailsOf, width int) Content {
	g := from.Group
	d := &details{Fields: NewFields(s, from.Now, width), DetailsOf: from, linked: map[string]bool{}, query: triage.QueriesOf(from.Snapshots)}
	d.out = append(d.out, d.bold(g.Headline())...)
	d.out = append(d.out, "")
	d.state(g)
	d.slos()
	d.onCall()
	d.changes()
	d.summary(g)
	if g.Incident != nil {
		d.incident(*g.Incident)
	}
	d.silences(g.Silences)
	d.alerts(g.Alerts)
	if g.Incident != nil {
		d.incidentAlerts(*g.Incident, g.Alerts)
	}
	return d.Content()
}

// link is a field whose value can be opened by the terminal; text replaces a
// URL that is too long to be read. What is no http or https URL is left out.
func (d *details) link(label, text, address string) {
	if address = clean.URL(address); address == "" {
		return
	}
	text = clean.Line(text)
	d.linked[address] = true
	if text == "" {
		text = shortAddress(address, d.width-LabelWidth)
	} else if label != "expression" && d.WidthOf(text)+d.WidthOf(address)+1 <= d.width-LabelWidth {
		text += " " + address
	}
	label = d.above(label)
	first := len(d.out)
	d.field(label, text)
	d.links++
	open, end := ansi.SetHyperlink(address, fmt.Sprintf("id=%d", d.links)), ansi.ResetHyperlink()
	for i := first; i < len(d.out); i++ {
		// The value is a link, the label beside it is not.
		head := ansi.TruncateWc(d.out[i], LabelWidth, "")
		d.out[i] = head + open + ansi.TruncateLeftWc(d.out[i], LabelWidth, "") + end
	}
}

// shortAddress is an address in a width where it can be: without what is before the
// host and behind the path, and then without the middle of the path. The link is
// the whole of it.
func shortAddress(address string, width int) string {
	if len(address) <= width {
		return address
	}
	_, short, _ := strings.Cut(address, "://")
	if end := strings.IndexAny(short, "?#"); end >= 0 {
		short = short[:end] + "…"
	}
	host, path, _ := strings.Cut(strings.TrimRight(short, "/"), "/")
	if last := path[strings.LastIndex(path, "/")+1:]; len(short) > width && last != path {
		short = host + "/…/" + last
	}
	return short
}

// comes says when something is to happen, or that it was due: what is past by
// this clock has not come, as far as it is known.
func (d *details) comes(words, due string, t time.Time) string {
	if t.Before(d.Now) {
		return due + " was due " + d.moment(t)
	}
	return words + " " + d.moment(t)
}

// state is what the group's state is, and what happens next.
func (d *details) state(g triage.Group) {
	state := string(g.State)
	if when := d.moment(g.Since); when != "" {
		state += " since " + when
	}
	d.field("State", state)
	d.assessment(g)
	if d.Options.Stage != nil {
		d.fieldIn("Stage", d.Options.Stage(g, d.Snapshots, d.Now), draw.Warning)
	}
}

func (d *details) summary(g triage.Group) {
	d.heading("Alert group")
	severity := ""
	switch {
	case g.SeverityUnread():
		severity = "not read yet"
	case g.Severity != triage.Unknown && g.SeverityText != "" && !strings.EqualFold(g.SeverityText, string(g.Severity)):
		severity = string(g.Severity) + " (" + g.SeverityText + ")"
	case g.SeverityName() != "":
		severity = g.SeverityName()
	}
	d.field("Severity", severity)
	d.field("Urgency", g.Urgency)
	d.field("Service", several(g.ServiceLabel(), g.Services, "service"))
	d.field("Team", several(g.Team, g.Teams, "team"))
	d.readiness(g)
	if g.JoinedBy != triage.Unjoined {
		d.field("Joined by", string(g.JoinedBy))
	}
	d.sourcesOf(g)
	if clean.URL(g.RunbookURL) != "" {
		d.link("Runbook", "", g.RunbookURL)
	} else {
		d.field("Runbook", g.RunbookURL)
	}
}

// several is a name, and all of them where there are several.
func several(name string, all []string, noun string) string {
	if len(all) < 2 {
		return name
	}
	return draw.Join(" ", name, "("+wording.Count(len(all), noun)+": "+strings.Join(all, ", ")+")")
}

// assessment is what no single source knows, and what happens next.
func (d *details) assessment(g triage.Group) {
	if a := g.Asked; a != nil {
		d.fieldIn("", draw.Join(": ", draw.Join(" by ", "asked to join", a.By)+" "+d.moment(a.At), a.Message), draw.Warning)
		d.fieldIn("", d.Keys.KeyOf(keymap.OpenBrowser, keymap.InNormal)+" opens the incident, where you accept or decline: PagerDuty's public API has no call for it; "+
			d.Keys.KeyOf(keymap.AddNote, keymap.InNormal)+" answers by a note", draw.Dim)
	}
	if g.Missing != "" {
		d.fieldIn("", g.Why, draw.Warning)
	}
	if others := room.OtherIncidents(g); others != "" {
		d.fieldIn("", "paged several times: "+others+" was opened for the same alerts", draw.Warning)
	}
	if t := g.ConditionOver(); !t.IsZero() {
		d.fieldIn("", "the condition is over since "+d.moment(t)+"; keep_firing_for still holds it", draw.Good)
	}
	if why := g.FiringUnknown(); why != "" {
		d.fieldIn("", "whether it still fires is unknown: "+why, draw.Warning)
	}
	switch {
	case g.NoLongerFiring():
		text := "paged, but no source reports its alerts as firing any more"
		if when := d.moment(g.NotFiringSince); when != "" {
			text += ", since " + when
		}
		if g.Over.Because != "" {
			text += ": " + g.Over.Because
		}
		d.fieldIn("", text, draw.Good)
	case g.Unpaged && g.Why != "" && g.Missing == "":
		d.fieldIn("", "nobody was paged: "+g.Why, draw.Warning)
	case g.Unpaged:
		d.fieldIn("", "nobody was paged", draw.Warning)
	case g.NotifiedUnknown.ToShow():
		d.fieldIn("", "it is not known whether somebody was paged, because "+g.NotifiedUnknown.Because(), draw.Warning)
	}
	d.fieldIn("", g.Unheld(), draw.Warning)
	d.fieldIn("", g.Unread(), draw.Warning)
	if g.Flapping() {
		d.fieldIn("", fmt.Sprintf("flapping: began firing %d times within the last hour", g.Flaps), draw.Warning)
	}
	if len(g.InhibitedBy) > 0 {
		d.fieldIn("", "inhibited by "+strings.Join(g.InhibitedBy, ", "), draw.Dim)
	}
	if !g.AckEnds.IsZero() {
		what := "the acknowledgement"
		if g.Snoozed {
			what = "the snooze"
		}
		d.fieldIn("Next", d.comes(what+" ends", "the end of "+what, g.AckEnds), draw.Warning)
	}
	if !g.EscalatesAt.IsZero() {
		d.escalates(g)
	}
	d.alone(g)
}

// escalates says when it escalates, to which level and to whom, and why that may
// differ.
func (d *details) escalates(g triage.Group) {
	text, unsure := d.comes("escalates", "the escalation", g.EscalatesAt), ""
	if f := g.Escalation; f != nil && len(f.Next) > 0 {
		if next := f.Next[0]; len(next.People) > 0 {
			text += fmt.Sprintf(" to level %d: ", next.Level) + g.Follows()
			unsure = next.Missing
		} else {
			unsure = "to whom is not known: " + next.Missing
		}
		if len(f.Doubts) > 0 && len(f.Next[0].People) > 0 {
			unsure = f.Doubts[0]
		}
	} else if to := g.Follows(); to != "" {
		text += " to " + to
	}
	d.fieldIn("Next", text, draw.Warning)
	d.fieldIn("", unsure, draw.Dim)
}

// alone says that PagerDuty notifies nobody else, and what can be done about it.
func (d *details) alone(g triage.Group) {
	f := g.Escalation
	switch {
	case f == nil:
	case g.State == triage.Acknowledged && f.Never():
		// The end of the acknowledgement is in the line before.
		forecast := *f
		forecast.End.At = time.Time{}
		d.fieldIn("", forecast.Sentence(d.moment), draw.Dim)
	case g.State != triage.Triggered:
	case f.Alone():
		d.fieldIn("Next", f.Sentence(d.moment), draw.Warning)
		if f.End.Kind == escalation.LowUrgency {
			d.fieldIn("", "\"change the urgency\" under "+d.Keys.KeyOf(keymap.OpenCommands, keymap.InNormal)+" makes it escalate", draw.Dim)
		} else {
			d.fieldIn("", d.Keys.KeyOf(keymap.HandOff, keymap.InNormal)+" hands it off to a team or policy, so that others follow; \"ask others to join\" under "+
				d.Keys.KeyOf(keymap.OpenCommands, keymap.InNormal)+" leaves it with whom it is", draw.Dim)
		}
	case f.End.Kind == escalation.NotAnnounced:
		d.fieldIn("Next", f.Sentence(d.moment), draw.Dim)
	}
}

// sourcesOf names the sources that report the group, and those that fail.
func (d *details) sourcesOf(g triage.Group) {
	var names []string
	if g.Incident != nil {
		names = append(names, g.Incident.Source)
	}
	for _, a := range g.Alerts {
		names = append(names, a.Sources...)
	}
	names = append(names, g.Stale...)
	slices.Sort(names)
	names = slices.Compact(names)
	role := draw.Plain
	for i, name := range names {
		if slices.Contains(g.Stale, name) {
			names[i], role = name+" ✗ can't be read, may be out of date", draw.Warning
		}
	}
	d.fieldIn("Sources", strings.Join(names, ", "), role)
}

func (d *details) incident(i sources.Incident) {
	d.heading("Incident")
	if i.Number > 0 {
		d.field("Number", fmt.Sprintf("#%d  %s", i.Number, i.ID))
	} else {
		d.field("Id", i.ID)
	}
	if i.Priority != nil {
		d.field("Priority", i.Priority.Name)
	}
	const unknown = "unknown, because " + sources.WhoUnknown
	switch {
	case !i.AssigneesRead():
		d.field("Assigned", unknown+" who has it")
	case len(i.Assignments) == 0 && i.Status != sources.Resolved:
		d.field("Assigned", "to nobody")
	default:
		d.field("Assigned", people(i.Assignments))
	}
	switch {
	case len(i.Acknowledgers) > 0:
		d.field("Acked by", people(i.Acknowledgers)+", "+d.moment(i.Acknowledgers[0].At))
	case i.Status == sources.Acknowledged:
		d.field("Acked by", unknown+" by whom")
	}
	if len(i.Responders) > 0 {
		asked := make([]string, len(i.Responders))
		for n, r := range i.Responders {
			asked[n] = describe.Label(r.User, "user") + " (" + cmp.Or(responderWords[r.State], r.State) + ")"
		}
		d.field("Asked", strings.Join(asked, ", "))
	}
	d.field("Bridge", i.Conference.Number)
	d.link("Bridge", "", i.Conference.URL)
	if !i.Policy.IsZero() {
		d.field("Policy", describe.Label(i.Policy, "escalation policy"))
	}
	for _, p := range i.Pending {
		if words, due := pendingWords(p.Type); words != "" {
			d.field("Next", d.comes(words, due, p.At))
		}
	}
	d.field("Opened", d.moment(i.CreatedAt))
	d.link("Link", "", i.URL)
}

// responderWords are PagerDuty's states of somebody who was asked to join.
var responderWords = map[string]string{
	"pending": "not answered yet", "joined": "joined", "declined": "declined", "user_cancelled": "no longer asked",
}

func people(list []sources.Assignment) string {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = describe.Label(a.User, "user")
	}
	return strings.Join(names, ", ")
}

// pendingWords says what PagerDuty will do by itself, besides what is in
// the summary already, and what it is called once it was due.
func pendingWords(kind string) (words, due string) {
	switch kind {
	case "unacknowledge", "escalate":
		return "", ""
	case "resolve":
		return "resolves by itself", "the resolve"
	case "urgency_change":
		return "urgency changes", "the change of urgency"
	}
	return kind, kind
}

func (d *details) silences(list []sources.Silence) {
	for _, s := range list {
		d.heading("Silenced")
		d.field("Until", d.moment(s.EndsAt))
		d.field("By", s.CreatedBy)
		d.comment(s.Comment)
		matchers := make([]string, 0, len(s.Matchers))
		for _, m := range s.Matchers {
			matchers = append(matchers, m.String())
		}
		d.field("Matches", strings.Join(matchers, "  "))
	}
}

// comment is a silence's, in the lines in which it was written.
func (d *details) comment(text string) {
	if clean.Line(text) == "" {
		return
	}
	head := "Comment"
	for _, row := range d.NoteRows("“"+strings.TrimSpace(text)+"”", max(d.width-LabelWidth, 8), d.Whole) {
		d.out = append(d.out, d.Theme.Of(draw.Dim).On(d.Fit(head, LabelWidth))+row)
		head = ""
	}
}
