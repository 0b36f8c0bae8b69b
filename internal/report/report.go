// Package report computes what on-call costs from the stored history: who was
// interrupted when, how long it took, what escalated. It is pure. Every figure has a
// definition, the incidents behind it, and a reason where it is unknown.
package report

import (
	"cmp"
	"sync"
	"time"

	"firstline/internal/feedback"
	"firstline/internal/history/past"
	"firstline/internal/rollout"
	"firstline/internal/weekhours"
	"firstline/sources"
)

// Options say what to report.
type Options struct {
	// Span is the time to report on.
	Span sources.Span
	// Before is the time to compare with. Zero: as long a time just before it.
	Before sources.Span
	// Begins is when the history begins that can be read. Zero: that is not known.
	Begins time.Time
	// Team, Service and Person limit the report, by id or name. Empty means all.
	Team, Service, Person string
	// By groups the figures.
	By Grouping
	// FirstLine is the id or name of first line's escalation policy. Empty means
	// that none is configured.
	FirstLine string
	// Hours are when a service's developers may be woken.
	Hours func(service past.Name) (weekhours.Hours, bool)
	// Stage is the stage of a service's rollout today. Nil means that none is
	// configured, so that all are in full.
	Stage func(service past.Name) rollout.Stage
	// ShiftLimit is how many interruptions a 12-hour shift may have.
	ShiftLimit int
	// RunWork is the part of the working week, Week, that engaged time may take.
	RunWork float64
	Week    time.Duration
	// Compensation is what is paid.
	Compensation Compensation
	// Recorded is what was recorded on this machine, since some time before the span;
	// nil: it was not read.
	Recorded *feedback.Facts
	// SLOs are those of the services, and SLOsUnread is why they are not known.
	SLOs       []ServiceSLOs
	SLOsUnread string
	// Zone is that of weeks.
	Zone *time.Location
}

// Grouping says what a row of the report is about.
type Grouping string

// The groupings.
const (
	ByNothing Grouping = ""
	ByPerson  Grouping = "person"
	ByTeam    Grouping = "team"
	ByService Grouping = "service"
	ByStage   Grouping = "stage"
	ByWeek    Grouping = "week"
	ByHour    Grouping = "hour"
)

// Groupings returns all groupings but ByNothing.
func Groupings() []Grouping {
	return []Grouping{ByPerson, ByTeam, ByService, ByStage, ByWeek, ByHour}
}

// Report is a whole report.
type Report struct {
	// Span is the time that it is about, BeforeSpan the one that it is compared with.
	Span, BeforeSpan sources.Span
	// Total is about everything, Before about the time that it is compared with.
	Total, Before Row
	// Rows are by Grouping, in order.
	Rows []Row
	// Recent says that the end of the time may not be whole yet; empty: it is.
	Recent string
	// Remarks are sentences on how to read the rows.
	Remarks []string
	// Tables are what is no single figure, in order. The caller adds those that need
	// more than the history.
	Tables []Table
	// Missing are sentences on what the figures lack, MissingBefore on what those of the
	// time before lack.
	Missing, MissingBefore []string
	// People are all who are named, by id.
	People map[string]past.Person

	// selection names what the report is limited to, or is empty.
	selection string
	// by is what a row is about, zone that of weeks, read what was read of the log.
	by   Grouping
	zone *time.Location
	read []sources.Span
	// local returns a time in the zone of a person, if that is read.
	local func(who string, at time.Time) (time.Time, bool)
}

// Row has the figures of one group.
type Row struct {
	// Key is the id of a person, team or service, a stage, the first day of a week,
	// or an hour. Name is for people.
	Key, Name string
	// Values are in the order of Figures.
	Values []Value
}

// Value is one figure of a row.
type Value struct {
	// Unknown is why it is not known, in words that follow "because". Number means
	// nothing then.
	Unknown string
	// Number is a count, seconds, or a share from 0 to 1, as the figure's unit says.
	Number float64
	// Doubt is a sentence on what may be missing from the number, or empty.
	Doubt string
	// Applies is false where the figure makes no sense for the row.
	Applies bool

	// partly: it is unknown only because there was none in the part that was read.
	partly bool

	// facts are all of the figure's kind, and counted returns those that the figure
	// counts; nil: all.
	facts   []*Fact
	counted func([]*Fact) []*Fact
	about   func([]*Fact) string
}

// About names the people and weeks that the value is about, or is empty where it is about all.
func (v Value) About() string {
	if v.about == nil || v.Unknown != "" {
		return ""
	}
	return v.about(v.Facts())
}

// Facts returns what is behind the value, the oldest first.
func (v Value) Facts() []*Fact {
	if v.counted == nil {
		return v.facts
	}
	return v.counted(v.facts)
}

// Fact is one event that counts.
type Fact struct {
	At time.Time
	// Incident is nil for time on call.
	Incident *past.Incident
	// Person is whom it is about, or empty.
	Person string
	// Number is a length in seconds, or 1, or 0 in a share for what does not count.
	Number float64
	// By is who did it: the id of a person, or TimeOut, and Why what they wrote.
	By, Why string
	// Alert is the key of an alert.
	Alert string
}

// TimeOut is who escalates where nobody does.
const TimeOut = "time-out"

// withDefaults returns the options with the defaults of what is not set.
func (o Options) withDefaults() Options {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.ShiftLimit == 0 {
		o.ShiftLimit = 2
	}
	if o.Before == (sources.Span{}) {
		o.Before = sources.Span{Since: o.Span.Since.Add(-o.Span.Until.Sub(o.Span.Since)), Until: o.Span.Since}
	}
	o.RunWork, o.Week = cmp.Or(o.RunWork, RunWorkLimit), cmp.Or(o.Week, WorkingWeek)
	return o
}

// New computes a report. h must have the span and the time that it is compared with.
func New(h past.History, o Options) Report {
	o = o.withDefaults()
	var before *computation
	var beforeRow Row
	var both sync.WaitGroup
	both.Go(func() {
		before = newComputation(&h, o, o.Before)
		beforeRow = before.row("", "before", &before.facts, ByNothing)
	})
	c := newComputation(&h, o, o.Span)
	r := Report{Span: o.Span, BeforeSpan: o.Before, People: h.People, Missing: c.missing, selection: selectionOf(&h, &o), by: o.By, zone: o.Zone, read: h.Log, local: c.local}
	r.Total = c.row("", "all", &c.facts, ByNothing)
	r.Rows = c.rows()
	switch o.By {
	case ByStage:
		r.Remarks = stageRemarks(o.Stage != nil)
	case ByWeek:
		r.Remarks = []string{"weeks begin on Monday at 0:00 in " + r.ZoneName()}
	case ByHour:
		r.Remarks = []string{hourRemark(r.ZoneName())}
	}
	if o.Person == "" {
		r.Tables = c.tables()
	}
	if c.unread == "" {
		r.Recent = recent(&h, &o)
	}
	both.Wait()
	r.Before, r.MissingBefore = beforeRow, before.missing
	return r
}

// ByName returns who did it, for people.
func (f Fact) ByName(people map[string]past.Person) string {
	if f.By == TimeOut {
		return "a time-out"
	}
	return NameOf(people, f.By)
}
