package oncall

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/internal/describe"
	"firstline/internal/escalation"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/pane"
)

// section is a policy as it is written.
type section struct {
	subject
	policy    escalation.Policy
	read      list[sources.OnCall]
	schedules []sources.Reference
	overrides []list[sources.Override] // of each schedule
}

// Prepare writes who is on call for a group.
func (t *Tab) Prepare(g triage.Group) pane.Work {
	var snapshots []sources.Snapshot
	if t.pane.Options.Snapshots != nil {
		snapshots = t.pane.Options.Snapshots()
	}
	_, found := triage.PolicyOf(snapshots, sources.Reference{})
	now, reads, overrides := t.pane.Now, t.options.Turns != nil, t.options.Overrides != nil
	var sections []section
	for _, s := range t.subjects(g, snapshots) {
		one := section{subject: s}
		if s.ref.ID != "" {
			one.policy, one.read = t.policy(s.ref, snapshots)
			one.schedules = one.policy.Schedules()
			for _, schedule := range one.schedules {
				one.overrides = append(one.overrides, t.overrides[schedule.ID])
			}
		}
		sections = append(sections, one)
	}
	return func(_ context.Context, w *pane.Writer, width int) pane.Content {
		f := &writer{Fields: pane.NewFields(w, now, width), now: now.In(w.Location), snapshots: snapshots}
		switch {
		case !found:
			f.Field("", "Who is on call is not known: no PagerDuty is configured.", draw.Dim)
		case !reads:
			f.Field("", "Who is on call next can't be read: PagerDuty is not reached with this configuration.", draw.Dim)
		}
		for i := range sections {
			if found {
				f.section(&sections[i], reads, overrides)
			}
		}
		if found {
			f.Heading("Notes")
			for _, text := range f.refused {
				f.Field("Overrides", "not known: "+text, draw.Warning)
			}
			f.Field("Night", wallclock.SleepHours+" where a person is", draw.Dim)
		}
		return f.Content()
	}
}

// writer writes sections.
type writer struct {
	*pane.Fields
	now       time.Time
	snapshots []sources.Snapshot
	// refused says why overrides could not be read, each reason once.
	refused []string
}

func (w *writer) section(s *section, reads, overrides bool) {
	if s.ref.ID == "" {
		w.Heading(s.whose)
		w.Field("", "not known: "+s.why, draw.Dim)
		return
	}
	name := describe.Label(sources.Reference{ID: s.ref.ID, Name: cmp.Or(s.policy.Name, s.ref.Name)}, "escalation policy")
	w.Heading(name + ", " + s.whose)
	w.OnCall(&s.policy, w.snapshots, true)
	if reads && s.read.tried.IsZero() {
		w.Field("", "reading who is next …", draw.Dim)
		return
	}
	w.gaps(&s.policy)
	if overrides {
		w.overridesOf(s)
	}
	switch failed := s.read.failed; {
	case failed != nil && !s.read.at.IsZero():
		w.Field("Read", w.readAt(s)+"; now it could not be: "+describe.Explain(failed), draw.Warning)
	case failed != nil:
		w.Field("", "who is next could not be read: "+describe.Explain(failed), draw.Warning)
	case !s.read.at.IsZero():
		w.Field("Read", w.readAt(s), draw.Dim)
	}
}

// readAt is when the turns were read. What was read since the last tick was read now.
func (w *writer) readAt(s *section) string {
	at := s.read.at
	if at.After(w.now) {
		at = w.now
	}
	return w.Moment(at)
}

// gaps writes when nobody is on call.
func (w *writer) gaps(p *escalation.Policy) {
	duties, _ := p.Duties(w.now)
	label, none := "Gaps", true
	until := w.now.Add(escalation.Ahead)
	if p.Until.After(w.now) && p.Until.Before(until) {
		until = p.Until
	}
	for _, d := range duties {
		for _, text := range describe.Gaps(p.Coverage(d.Level, w.now, until), w.now) {
			w.Field(label, "level "+strconv.Itoa(d.Level)+": "+text, draw.Warning)
			label, none = "", false
		}
	}
	if none && len(duties) > 0 {
		w.Field(label, "none until "+w.When(until), draw.Good)
	}
}

// overridesOf writes the turns by hand of the schedules of a policy.
func (w *writer) overridesOf(s *section) {
	label := "Overrides"
	say := func(text string, role draw.Role) {
		w.Field(label, text, role)
		label = ""
	}
	read, failed, some := 0, 0, false
	for i, schedule := range s.schedules {
		l := s.overrides[i]
		name := describe.Label(schedule, "schedule")
		if l.failed != nil {
			failed++
			if text := strings.TrimRight(sources.Sentence(l.failed), ". "); !slices.Contains(w.refused, text) {
				w.refused = append(w.refused, text)
			}
		}
		if l.at.IsZero() {
			continue
		}
		read++
		for _, o := range l.items {
			if !o.End.After(w.now) {
				continue
			}
			some = true
			who := describe.There(triage.UserOf(w.snapshots, o.User), w.now)
			say(fmt.Sprintf("%s on %s, %s", who, name, w.span(o)), draw.Plain)
		}
		if !l.extent.Whole() {
			say("perhaps others on "+name+", because "+l.extent.Why(), draw.Warning)
		}
	}
	switch {
	case failed > 0:
	case read < len(s.schedules):
		say("reading …", draw.Dim)
	case !some && read > 0:
		say("none", draw.Dim)
	}
}

// span is when an override applies.
func (w *writer) span(o sources.Override) string {
	if !o.Start.After(w.now) {
		return "until " + w.When(o.End)
	}
	return "from " + w.When(o.Start) + " until " + w.When(o.End)
}
