package list

import (
	"maps"
	"reflect"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/triage"
	"firstline/internal/triage/changes"
	"firstline/internal/triage/filter"
	"firstline/sources"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// Groups holds what the sources last said and turns it into groups, off the
// loop and one join at a time: what comes in meanwhile is joined by the next.
type Groups struct {
	*room.Screen
	options   Options
	Order     []string // the names of the sources, as they are shown
	Snapshots map[string]sources.Snapshot
	// failing are the sources whose last whole read failed, with the sentence
	// that was shown.
	failing map[string]string
	// newer are incidents as they were read after an action. They replace
	// those of a snapshot that was read before.
	newer map[string]sources.Incident
	// learned are the incidents that an action changed since the last join.
	learned map[string]bool
	// earlier are the last snapshots of an earlier run of the program. restored are
	// the sources whose last snapshot was looked for, whether there was one or not.
	earlier   []sources.Snapshot
	restored  map[string]bool
	comparing reply.Loader
	// Base returns the list that a join is compared with besides the one before
	// it; nil: with none. Seen returns the one that the responder saw last; nil: none.
	Base, Seen func() *changes.List
	last       *changes.List
	// stays are the sources that are as they were, where the next join is the first of
	// other sources or by other rules; nil: it is not.
	stays  map[string]bool
	joiner triage.Joiner // used by one command at a time

	// Filter is what the list shows. trying is a filter that is being typed, or nil:
	// it takes its place as soon as a group matches; none: no group does.
	Filter   filter.Filter
	trying   *filter.Filter
	none     bool
	by       triage.By
	grouping grouping

	Groups []triage.Group
	Rows   []Row
	// joined: the sources were joined once.
	joined    bool
	me        []string
	arranging reply.Loader
	// asked is what the arrangement under way does.
	asked due
	due
	Counts triage.Counts
	// Yours is how many incidents are triggered and the person's own.
	Yours int
	wants Wants
	// shared are the labels that titles are without.
	shared triage.Shared
}

// due is what the next arrangement does. dirty: snapshots came in since the last
// join began. refilter: the filter or the grouping changed; resort: the order
// did.
type due struct{ dirty, refilter, resort bool }

func newGroups(s *room.Screen, o Options) *Groups {
	b := &Groups{
		Screen: s, options: o, Snapshots: map[string]sources.Snapshot{}, failing: map[string]string{}, newer: map[string]sources.Incident{}, by: triage.ByRank,
		learned: map[string]bool{}, restored: map[string]bool{}, Base: func() *changes.List { return nil }, Seen: func() *changes.List { return nil },
	}
	for _, source := range o.Initial {
		b.Order = append(b.Order, source.Name)
		b.Snapshots[source.Name] = sources.Snapshot{Source: source}
	}
	return b
}

// None reports whether no source is configured.
func (b *Groups) None() bool { return len(b.Order) == 0 }

// configure has other options used, and forgets sources that are not there any more. What
// is being joined is joined again.
func (b *Groups) configure(o Options, unread []string) {
	before, stays, same := b.Snapshots, map[string]bool{}, reflect.DeepEqual(b.options.Triage, o.Triage) && len(o.Initial) == len(b.Order)
	b.options, b.Order, b.Snapshots = o, nil, map[string]sources.Snapshot{}
	for _, source := range o.Initial {
		s, found := before[source.Name]
		if !found || s.Source != source || slices.Contains(unread, source.Name) {
			s = sources.Snapshot{Source: source}
			delete(b.failing, source.Name)
			b.restored[source.Name] = true
			same = false
		} else {
			stays[source.Name] = true
		}
		b.Order = append(b.Order, source.Name)
		b.Snapshots[source.Name] = s
	}
	for id, i := range b.newer {
		if s, found := b.Snapshots[i.Source]; !found || s.AsOf.IsZero() {
			delete(b.newer, id)
		}
	}
	if !same && b.stays == nil {
		b.stays = stays
	} else if !same {
		maps.DeleteFunc(b.stays, func(name string, _ bool) bool { return !stays[name] })
	}
	b.earlier, b.shared = nil, triage.Shared{}
	b.rearrange()
	b.dirty = true
}

// Unjoined reports whether something was said that later joins are compared with, and is
// not joined yet.
func (b *Groups) Unjoined() bool { return b.last != nil && (b.dirty || b.arranging.Busy()) }

// Take stores snapshots. It returns messages about them, and whether values of
// alerts moved without a change that is joined.
func (b *Groups) Take(list []sources.Snapshot) (news []room.Message, moved bool) {
	for _, s := range list {
		old, found := b.Snapshots[s.Source.Name]
		if !found {
			b.Order = append(b.Order, s.Source.Name)
		}
		if s.Earlier {
			if !s.AsOf.IsZero() && !b.restored[s.Source.Name] {
				b.earlier = append(b.earlier, s)
			}
			b.restored[s.Source.Name] = true
			if !old.AsOf.IsZero() && !old.Earlier {
				continue // it has answered since
			}
		}
		news = append(news, b.news(old, s)...)
		b.Snapshots[s.Source.Name] = s
		b.dirty = b.dirty || !found || s.Differs(old)
		moved = moved || old.Data.Moved != s.Data.Moved
	}
	return news, moved
}

// Rejoin makes the groups again although nothing came in: silences end and
// acknowledgements run out by the clock alone.
func (b *Groups) Rejoin() { b.dirty = b.dirty || len(b.Snapshots) > 0 }

// Learn takes an incident as it was read after an action.
func (b *Groups) Learn(i sources.Incident) {
	b.newer[i.ID] = i
	b.learned[i.ID] = true
	b.dirty = true
}

// Current are the snapshots in the order of the sources, with the incidents
// that are known better.
func (b *Groups) Current() []sources.Snapshot {
	list := make([]sources.Snapshot, 0, len(b.Order))
	for _, name := range b.Order {
		list = append(list, b.withNewer(b.Snapshots[name]))
	}
	return list
}

// InOrder returns what the sources last said, in their order.
func (b *Groups) InOrder() []sources.Snapshot {
	list := make([]sources.Snapshot, 0, len(b.Order))
	for _, name := range b.Order {
		s := b.Snapshots[name]
		s.Source.Name = name
		list = append(list, s)
	}
	return list
}

// Users returns the users that the sources have.
func (b *Groups) Users() []sources.User {
	var users []sources.User
	for _, s := range b.Current() {
		users = append(users, s.Data.Users...)
	}
	return users
}

// withNewer puts incidents that were read after an action in the place of the
// older ones of a snapshot. A snapshot that is as new ends that.
func (b *Groups) withNewer(s sources.Snapshot) sources.Snapshot {
	copied := false
	for i, incident := range s.Data.Incidents {
		better, found := b.newer[incident.ID]
		if !found || better.Source != incident.Source {
			continue
		}
		if !incident.UpdatedAt.Before(better.UpdatedAt) {
			delete(b.newer, incident.ID)
			continue
		}
		if !copied {
			s.Data.Incidents = slices.Clone(s.Data.Incidents)
			copied = true
		}
		if !better.AlertsRead {
			better.Alerts, better.AlertsRead = incident.Alerts, incident.AlertsRead
		}
		s.Data.Incidents[i] = better
	}
	return s
}

// Arranged is a list ready to be shown.
type Arranged struct {
	Groups []triage.Group
	Rows   []Row
	// Visible are the rows that match, sections the headings over them.
	Visible  []int
	sections []Section
	// tried is the filter that was being typed, none: no group matches it.
	tried  *filter.Filter
	none   bool
	counts triage.Counts
	yours  int
	// Joined: the sources were joined again; same: the rows are as they were.
	Joined, same bool
	// wants is how wide the columns must be for the rows, shared what their titles
	// are without.
	wants  Wants
	shared triage.Shared
	// whole: every source had answered or failed by then, so that a group
	// that comes later is a new one.
	whole bool
	// me are the ids of the person at the screen; empty when no source knows.
	me []string
	// List is what later joins are compared with; nil: not all sources have
	// answered yet. News is what changed since the last one but by an action of
	// this screen, Since what changed since Base.
	List, Base  *changes.List
	News, Since []changes.Change
	// Begins: the list is the first one of other sources or by other rules. Nothing is new
	// in it, and Since is what changed from what the responder saw last until then.
	Begins bool
	// next is what the next list is compared with.
	next *changes.List
}

// Arrange starts a join or a filtering when one is due and none is under way.
func (b *Groups) Arrange(take func(Arranged)) tea.Cmd {
	if b.arranging.Busy() || b.due == (due{}) || b.waits() {
		return nil
	}
	var (
		dirty     = b.dirty
		resort    = b.resort
		by        = b.by
		grouping  = b.grouping
		snapshots []sources.Snapshot
		groups    = b.Groups
		before    = b.Rows
		wants     = b.wants
		shared    = b.shared
		pen       = b.Pen
		rows      = b.Rows
		counted   = b.Counts
		yours     = b.Yours
		shown     = b.Filter
		trying    = b.trying
		now       = b.TimeNow()
		options   = b.options.Triage
		clock     = func(t time.Time) string { return pen.Clock(t, now) } // in the zone of this moment
		joiner    = &b.joiner
		whole     = b.whole()
		live      = b.live()
		last      = b.last
		base      = b.Base()
		learned   = b.learned
		stays     = b.stays
		seen      = b.Seen()
	)
	if dirty {
		snapshots, b.learned, b.stays = b.Current(), map[string]bool{}, nil
	}
	me := b.me
	b.asked, b.due = b.due, due{}
	return reply.Start(&b.arranging, func() Arranged {
		if dirty {
			me = sources.Selves(snapshots)
			groups = joiner.Join(snapshots, options, now)
			shared = shared.With(groups)
		} else if resort {
			groups = slices.Clone(groups)
		}
		if dirty || resort {
			if resort || by != triage.ByRank {
				triage.Sort(groups, by)
			}
			rows = make([]Row, len(groups))
			counted, yours = triage.Counts{}, 0
			for i, g := range groups {
				rows[i] = NewRow(g, shared, me, now, clock)
				counted.Add(g.CountedAs())
				if g.Mine && g.State == triage.Triggered {
					yours++
				}
			}
			wants = wantsOf(&pen, rows)
		}
		a := Arranged{Groups: groups, Rows: rows, counts: counted, yours: yours, wants: wants, shared: shared, Joined: dirty, whole: whole, me: me}
		switch {
		case dirty && stays != nil && last != nil:
			a.begin(changes.Of(groups, snapshots, now), last, seen, stays)
		case dirty && live:
			a.compare(changes.Of(groups, snapshots, now), last, base, learned)
		}
		a.same = slices.Equal(rows, before)
		if trying != nil {
			a.Visible = matching(groups, *trying, now)
			a.tried, a.none = trying, len(a.Visible) == 0
		}
		if trying == nil || a.none {
			a.Visible = matching(groups, shown, now)
		}
		a.sections, a.Visible = divide(groups, a.Visible, grouping)
		return a
	}, reply.Nothing(take))
}

// Unsettled reports whether the rows are still those of another filter or order than what
// was asked for.
func (b *Groups) Unsettled() bool {
	return b.refilter || b.resort || b.arranging.Busy() && (b.asked.refilter || b.asked.resort)
}

// matching are the groups that a filter lets through.
func matching(groups []triage.Group, f filter.Filter, now time.Time) []int {
	out := make([]int, 0, len(groups))
	for i := range groups {
		if f.Empty() || f.Match(groups[i], now) {
			out = append(out, i)
		}
	}
	return out
}

// rearrange drops the arrangement under way, which was begun before the filter,
// the order or the grouping changed. What it would have done is done by the
// next.
func (b *Groups) rearrange() {
	if b.arranging.Busy() {
		b.arranging.Drop()
		b.dirty, b.resort = b.dirty || b.asked.dirty, b.resort || b.asked.resort
	}
	b.refilter = true
}

// waits reports whether the rows of an earlier screen stay a moment longer: what it
// stored is still being read, and a part of that would show fewer. The first answer
// of a source ends that.
func (b *Groups) waits() bool {
	if b.joined || len(b.options.First.Rows) == 0 {
		return false
	}
	waits := false
	for _, s := range b.Snapshots {
		if !s.AsOf.IsZero() && !s.Earlier {
			return false
		}
		waits = waits || s.Err == nil && !b.restored[s.Source.Name]
	}
	return waits
}

// whole reports whether every source has answered in full once, or failed.
func (b *Groups) whole() bool {
	for _, s := range b.Snapshots {
		if s.Err == nil && (s.AsOf.IsZero() || s.Partial) {
			return false
		}
	}
	return true
}

// Accept takes a finished arrangement.
func (b *Groups) Accept(a Arranged) {
	b.joined = true
	b.Groups, b.Rows, b.Counts, b.wants, b.me = a.Groups, a.Rows, a.counts, a.wants, a.me
	b.Yours, b.shared = a.yours, a.shared
	if b.none = a.none; a.tried != nil && !a.none {
		b.Filter = *a.tried
	}
	if a.List != nil {
		b.last = a.next
	}
}

// setFilter puts a filter in use.
func (b *Groups) setFilter(f filter.Filter) {
	b.Filter, b.trying, b.none = f, nil, false
	b.rearrange()
}

// try puts a filter in use as long as a group matches it; nil: none is tried.
func (b *Groups) try(f *filter.Filter) {
	b.trying, b.none = f, false
	b.rearrange()
}

// arrangeBy puts an order and a grouping in use.
func (b *Groups) arrangeBy(by triage.By, under grouping) {
	b.resort = b.resort || by != b.by
	b.by, b.grouping = by, under
	b.rearrange()
}

// news are the messages about what changed with a source between two
// snapshots: it failed, it answers again, its answer is incomplete. Polling the
// same failure again is no news, nor is part of an answer.
func (b *Groups) news(before, now sources.Snapshot) []room.Message {
	name := clean.Line(now.Source.Name)
	news, failed := b.failing[now.Source.Name]
	var out []room.Message
	switch {
	case now.Err != nil:
		if sentence := sources.Sentence(now.Err); !failed || sentence != news {
			b.failing[now.Source.Name] = sentence
			out = append(out, room.Message{Level: room.Caution, Text: name + ": " + sentence})
		}
	case failed && !now.Partial:
		delete(b.failing, now.Source.Name)
		out = append(out, room.Message{Level: room.OK, Text: name + " answers again"})
	}
	for _, w := range now.Data.Warnings {
		if !slices.Contains(before.Data.Warnings, w) {
			out = append(out, room.Message{Level: room.Caution, Text: name + ": " + w})
		}
	}
	return out
}
