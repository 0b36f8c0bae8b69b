package list

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/draw"
)

// First is what a screen begins with: the first rows of an earlier one, until what
// the sources said is read. They are drawn with their age, and no key is about them.
type First struct {
	Rows []Row
	// Groups is how many groups there were.
	Groups int
	Counts triage.Counts
	Wants  Wants
	// Sources are those whose answers were joined to the rows.
	Sources []FirstSource
	// Zone is the name of the zone of the times in the rows, Dark whether the
	// terminal's background was dark.
	Zone string
	Dark bool
}

// FirstSource is a source as the header shows it.
type FirstSource struct {
	sources.Source
	AsOf time.Time
	// Whole: nothing was missing from what was read. Omitted and Offset are those of
	// sources.Data.
	Whole   bool
	Omitted int
	Offset  time.Duration
	// Person and Team are whom the source named as the person at the screen.
	Person, Team string
}

// mostFirstRows is more rows than any terminal has lines.
const mostFirstRows = 120

// First returns what a later screen can begin with; false where not all sources were
// read since this one was begun. The function that makes it is for off the loop.
func (l *List) First() (make func() First, ok bool) {
	b := l.Sources
	if !l.ready || b.last == nil || !b.live() {
		return nil, false
	}
	f := First{Groups: len(b.Groups), Counts: b.Counts, Wants: b.wants, Zone: l.Location.String(), Dark: l.Theme.Colors.Dark}
	for _, s := range b.Current() {
		one := FirstSource{
			Source: s.Source, AsOf: s.AsOf, Whole: (sources.Snapshot{Source: s.Source, Data: s.Data, AsOf: s.AsOf}).Whole(),
			Omitted: s.Data.Omitted, Offset: s.Data.ClockOffset,
		}
		if me := s.Data.Me; me != nil {
			one.Person = clean.Line(me.Name)
			if len(me.Teams) > 0 {
				one.Team = clean.Line(me.Teams[0].Name)
			}
		}
		if !one.AsOf.IsZero() {
			f.Sources = append(f.Sources, one)
		}
	}
	groups, rows, by := b.Groups, b.Rows, b.by
	return func() First {
		f.Rows = firstRows(groups, rows, by)
		return f
	}, true
}

// firstRows are the first rows in the order in which every screen begins.
func firstRows(groups []triage.Group, rows []Row, by triage.By) []Row {
	if by != triage.ByRank {
		lines := make(map[string]Row, len(rows))
		for _, r := range rows {
			lines[r.ID] = r
		}
		groups = slices.Clone(groups)
		triage.Sort(groups, triage.ByRank)
		rows = make([]Row, len(groups))
		for i := range groups {
			rows[i] = lines[groups[i].ID]
		}
	}
	return slices.Clone(rows[:min(len(rows), mostFirstRows)])
}

// snapshot is the source for the header, without anything to join.
func (f FirstSource) snapshot() sources.Snapshot {
	s := sources.Snapshot{Source: f.Source, AsOf: f.AsOf, Earlier: true}
	s.Data.Omitted, s.Data.ClockOffset = f.Omitted, f.Offset
	if f.Whole {
		s.Data.Extents = sources.Extents{Incidents: sources.Whole, Alerts: sources.Whole, Silences: sources.Whole}
	}
	if f.Person != "" {
		s.Data.Me = &sources.User{Name: f.Person}
		if f.Team != "" {
			s.Data.Me.Teams = []sources.Reference{{Name: f.Team}}
		}
	}
	return s
}

// startsWith reports whether the rows of an earlier screen are shown.
func (l *List) startsWith() bool { return !l.ready && len(l.options.First.Rows) > 0 }

// Shown are the sources as they were when what is shown was read, in their order.
func (l *List) Shown() []sources.Snapshot {
	shown := l.Sources.InOrder()
	if !l.startsWith() {
		return shown
	}
	for i, s := range shown {
		at := slices.IndexFunc(l.options.First.Sources, func(f FirstSource) bool { return f.Source == s.Source })
		if at < 0 || !s.AsOf.IsZero() && !s.Earlier {
			continue
		}
		first := l.options.First.Sources[at].snapshot()
		first.Err, first.FailingSince = s.Err, s.FailingSince
		shown[i] = first
	}
	return shown
}

// Counts are how many groups are counted as what.
func (l *List) Counts() triage.Counts {
	if l.startsWith() {
		return l.options.First.Counts
	}
	return l.Sources.Counts
}

// lastRead is how long ago what is shown was read, where no source has answered since
// this screen was begun; false: one has, or there is nothing.
func (l *List) lastRead() (ago time.Duration, earlier bool) {
	var oldest time.Time
	for _, s := range l.Shown() {
		if s.AsOf.IsZero() {
			continue
		}
		if !s.Earlier {
			return 0, false
		}
		if oldest.IsZero() || s.AsOf.Before(oldest) {
			oldest = s.AsOf
		}
	}
	return l.Now.Sub(oldest), !oldest.IsZero()
}

// firstLines draws the rows of an earlier screen. The cursor is on none of them.
func (l *List) firstLines() []string {
	f := &l.options.First
	var out []string
	for _, r := range f.Rows[:min(len(f.Rows), l.firstHeight())] {
		out = append(out, l.rowLines(r, false, false)...)
	}
	return out
}

// firstHeight is how many rows of an earlier screen fit.
func (l *List) firstHeight() int {
	if l.Roomy {
		return l.Height() / 2
	}
	return l.Height()
}

// firstFits reports whether all groups of an earlier screen fit with two lines each.
func (l *List) firstFits() bool {
	f := &l.options.First
	return l.startsWith() && f.Groups == len(f.Rows) && 2*f.Groups <= l.Height()
}

// storedFirst is First as it is stored. Its form has a number, because another
// firstline may have written it.
type storedFirst struct {
	Form    int
	Rows    []storedRow
	Groups  int
	Counts  triage.Counts
	Wants   [5]int
	Sources []FirstSource
	Zone    string
	Dark    bool
}

// storedRow is a Row as it is stored.
type storedRow struct {
	ID, Severity          string
	Role                  draw.Role
	Priority              string
	Unread                bool
	Since                 time.Time
	Title, Service        string
	Notes                 [4]string
	NoteRole              draw.Role
	Deadline              time.Time
	Next, Who             string
	Acked, Stale, HasGone bool
}

// form is the form of what is stored.
const form = 1

// Encode writes what DecodeFirst reads.
func (f First) Encode() ([]byte, error) {
	stored := storedFirst{
		Form: form, Groups: f.Groups, Counts: f.Counts, Wants: [5]int{f.Wants.service, f.Wants.title, f.Wants.note, f.Wants.who, f.Wants.given},
		Sources: f.Sources, Zone: f.Zone, Dark: f.Dark,
	}
	for _, r := range f.Rows {
		stored.Rows = append(stored.Rows, storedRow{
			r.ID, r.Severity, r.role, r.priority, r.unread, r.since, r.Title, r.Service, r.Notes, r.noteRole, r.deadline, r.Next, r.Who,
			r.acked, r.stale, r.Gone,
		})
	}
	return json.Marshal(stored)
}

var errOtherForm = errors.New("the first rows are stored in another form")

// DecodeFirst reads what Encode wrote. It may come from anywhere: its text is cleaned
// again, and what does not fit together is an error.
func DecodeFirst(text []byte) (First, error) {
	var stored storedFirst
	if err := json.Unmarshal(text, &stored); err != nil {
		return First{}, fmt.Errorf("reading the first rows: %w", err)
	}
	if stored.Form != form {
		return First{}, errOtherForm
	}
	if stored.Groups < len(stored.Rows) || stored.Groups != stored.Counts.Total() || len(stored.Rows) > mostFirstRows || slices.Min(stored.Wants[:]) < 0 {
		return First{}, errors.New("the first rows are damaged")
	}
	w := stored.Wants
	f := First{Groups: stored.Groups, Counts: stored.Counts, Wants: Wants{w[0], w[1], w[2], w[3], w[4]}, Zone: stored.Zone, Dark: stored.Dark}
	for _, s := range stored.Sources {
		s.Person, s.Team = clean.Line(s.Person), clean.Line(s.Team)
		f.Sources = append(f.Sources, s)
	}
	for _, r := range stored.Rows {
		row := Row{
			r.ID, clean.Line(r.Severity), r.Role.Valid(), clean.Line(r.Priority), r.Unread, r.Since, clean.Line(r.Title), clean.Line(r.Service),
			[4]string{},
			r.NoteRole.Valid(), r.Deadline, clean.Line(r.Next), clean.Line(r.Who), r.Acked, r.Stale, r.HasGone,
		}
		for i, note := range r.Notes {
			row.Notes[i] = clean.Line(note)
		}
		f.Rows = append(f.Rows, row)
	}
	return f, nil
}
