// Package syncing reads an account's past into the store: incidents with their log,
// people, and who was on call. It reads in windows, and stores each with what it
// brought, so that it can be stopped and killed at any time, and a later run
// reads only what is new.
package syncing

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/labelset"
	"firstline/internal/reference"
	"firstline/internal/store"
	"firstline/internal/wording"
	"firstline/sources"
)

// Syncer reads the past of one account.
type Syncer struct {
	Past  sources.Past
	Store *store.Store
	// Now is the time of PagerDuty's clock.
	Now func() time.Time
	// References are the names of annotations that refer to runbooks; nil means the
	// usual ones.
	References []string
	// Policies are ids of further escalation policies whose on-calls are read, such
	// as the one of first line.
	Policies []string
	// Report is called after each step. It may be nil.
	Report func(Progress)
}

// Plan says what to read.
type Plan struct {
	// Since is how far back.
	Since time.Time
	// TeamIDs limit it to teams. Empty means the whole account.
	TeamIDs []string
}

// Scope returns the name of the plan's teams in the store.
func (p Plan) Scope() string {
	ids := slices.Clone(p.TeamIDs)
	slices.Sort(ids)
	return strings.Join(slices.Compact(ids), ",")
}

// Progress is how far a sync is.
type Progress struct {
	// Step is what is read now, such as "the history".
	Step string
	// Done is the part of the time that is read, from 0 to 1.
	Done float64
	// Back is how far back the history is read without a gap.
	Back time.Time
	// Incidents and Entries are what came so far.
	Incidents, Entries int
	// Left is an estimate of how long it still takes, or 0 where that is not known.
	Left time.Duration
}

// Result is what a sync brought.
type Result struct {
	Incidents, Entries, Turns int
	// Again counts the incidents that were read again, Deleted those that are
	// deleted.
	Again, Deleted int
	// Missing are sentences about what could not be read.
	Missing []string
}

// run is one sync.
type run struct {
	*Syncer
	plan    Plan
	scope   string
	started time.Time
	details details
	result  Result
	// people are the ids of the users that were listed, nil where not all were.
	people map[string]bool
	// whole are the spans of the log to read, read what of them is.
	whole, read time.Duration
	back        time.Time
}

// Sync reads what is not stored yet. With an error, what came before is stored.
func (s *Syncer) Sync(ctx context.Context, p Plan) (Result, error) {
	r := &run{Syncer: s, plan: p, scope: p.Scope(), started: s.Now().UTC().Truncate(time.Second)}
	r.details.texts.Next(labelset.Comparer{})
	r.details.finder = reference.NewFinder(s.References, func(func(string) bool) {})
	err := r.all(ctx)
	return r.result, err
}

func (r *run) all(ctx context.Context) error {
	r.report("people")
	if err := r.readPeople(ctx); err != nil {
		return err
	}
	if err := r.readLog(ctx); err != nil {
		return err
	}
	r.report("incidents that changed")
	if err := r.readAgain(ctx); err != nil {
		return err
	}
	r.report("who was on call")
	return r.readOnCalls(ctx)
}

func (r *run) report(step string) {
	if r.Report == nil {
		return
	}
	p := Progress{Step: step, Incidents: r.result.Incidents, Entries: r.result.Entries, Back: r.back}
	if r.whole > 0 {
		p.Done = float64(r.read) / float64(r.whole)
	}
	if spent := r.Now().Sub(r.started); p.Done > 0 && p.Done < 1 && spent > 0 {
		p.Left = time.Duration(float64(spent) * (1 - p.Done) / p.Done)
	}
	r.Report(p)
}

func (r *run) missing(format string, a ...any) {
	if s := fmt.Sprintf(format, a...); !slices.Contains(r.result.Missing, s) {
		r.result.Missing = append(r.result.Missing, s)
	}
}

// readPeople reads the users, and checks that the store has no other account's past.
func (r *run) readPeople(ctx context.Context) error {
	users, extent, err := r.Past.AllUsers(ctx)
	if err != nil {
		return err
	}
	if err := r.checkAccount(ctx, users); err != nil {
		return err
	}
	u := store.PastUpdate{PeopleWhole: extent.Whole()}
	if extent.Whole() {
		r.people = map[string]bool{}
	} else {
		r.missing("some users, because %s", extent.Why())
	}
	for _, one := range users {
		if r.people != nil {
			r.people[one.ID] = true
		}
		u.People = append(u.People, past.Person{ID: one.ID, Name: one.Name, Zone: one.TimeZone})
	}
	return r.Store.SavePast(ctx, u)
}

// checkAccount refuses the past of other accounts than those of the store. One that was
// added is read from the beginning, and with it all: what was read so far is of the
// others.
func (r *run) checkAccount(ctx context.Context, users []sources.User) error {
	var hosts []string
	for _, u := range users {
		if at, err := url.Parse(u.URL); err == nil && at.Host != "" && !slices.Contains(hosts, at.Host) {
			hosts = append(hosts, at.Host)
		}
	}
	slices.Sort(hosts)
	accounts := strings.Join(hosts, ", ")
	stored, err := r.Store.PastAccount(ctx)
	switch {
	case err != nil:
		return err
	case accounts == "" || accounts == stored:
		return nil
	case stored == "" || !slices.ContainsFunc(strings.Split(stored, ", "), func(host string) bool { return !slices.Contains(hosts, host) }):
		return r.Store.SetPastAccount(ctx, accounts)
	}
	return fmt.Errorf("the state file %s has the history of %s, and this is %s: set XDG_STATE_HOME to another directory for it", r.Store.Path(), stored, accounts)
}

// The lengths of windows. A window has about as many entries as are read in some
// seconds, so that little is lost when it is stopped.
const (
	firstWindow     = 24 * time.Hour
	longestWindow   = 30 * 24 * time.Hour
	entriesOfWindow = 2000
)

// nextLength returns the length of the next window after one of a length with that
// many entries.
func nextLength(length time.Duration, entries int) time.Duration {
	next := 4 * length
	if entries > 0 {
		next = min(next, time.Duration(float64(length)*entriesOfWindow/float64(entries)))
	}
	return min(max(next, time.Second), longestWindow).Truncate(time.Second)
}

// readLog reads the parts of the log that are not stored, the newest first.
func (r *run) readLog(ctx context.Context) error {
	windows, err := r.Store.PastWindows(ctx, r.scope, store.LogWindow)
	if err != nil {
		return err
	}
	want := sources.Span{Since: r.plan.Since.UTC().Truncate(time.Second), Until: r.started}
	gaps := past.Gaps(want, past.Covered(windows))
	for _, g := range gaps {
		r.whole += g.Until.Sub(g.Since)
	}
	r.back = want.Until
	r.report("the history")
	length := firstWindow
	for _, gap := range slices.Backward(gaps) {
		for until := gap.Until; until.After(gap.Since); {
			span := sources.Span{Since: gap.Since, Until: until}
			if from := until.Add(-length); from.After(span.Since) {
				span.Since = from
			}
			long := span.Until.Sub(span.Since)
			entries, total, err := r.readWindow(ctx, span)
			switch {
			case err != nil:
				return err
			case total == 0:
				length = nextLength(long, entries)
			case long > time.Second:
				length = max(min(nextLength(long, total), long/2).Truncate(time.Second), time.Second)
				continue
			default:
				r.missing("what happened in the second of %s, because more than 10,000 entries have that time", span.Since.Format(time.RFC3339))
			}
			until = span.Since
			r.read += long
			r.back = span.Since
			r.report("the history")
		}
	}
	return nil
}

// manyEntries is the number of a list that is too long and whose length PagerDuty
// did not say.
const manyEntries = 20_000

// readWindow reads and stores one window. tooMany is 0, or how many entries there
// are where they are too many.
func (r *run) readWindow(ctx context.Context, span sources.Span) (entries, tooMany int, err error) {
	r.details.texts.Next(labelset.Comparer{}) // each text is of one window
	log, err := r.Past.PastLog(ctx, span, r.plan.TeamIDs)
	if err != nil || log.TooMany {
		return 0, tooManyOf(log.TooMany, log.Total), err
	}
	readAt := r.Now().UTC()
	begun, err := r.Past.IncidentsBegun(ctx, span, r.plan.TeamIDs)
	if err != nil || begun.TooMany {
		return 0, tooManyOf(begun.TooMany, begun.Total), err
	}
	if lost := log.Lost + begun.Lost; lost > 0 {
		r.missing("%s that could not be understood", wording.Count(lost, "entry"))
	}
	u := store.PastUpdate{Scope: r.scope, Kind: store.LogWindow, Window: past.Window{Span: span, ReadAt: readAt}}
	u.Incidents, u.Met = r.ofLog(log.Items)
	listed := map[string]bool{}
	for n := range begun.Items {
		listed[begun.Items[n].ID] = true
		u.Incidents = append(u.Incidents, r.details.incident(&begun.Items[n], readAt))
	}
	gone, err := r.notListed(ctx, span, listed, begun.Lost)
	if err != nil {
		return 0, 0, err
	}
	u.Incidents = append(u.Incidents, gone...)
	if err := r.Store.SavePast(ctx, u); err != nil {
		return 0, 0, err
	}
	r.result.Entries += len(log.Items)
	r.result.Incidents += len(begun.Items)
	return len(log.Items), 0, nil
}

func tooManyOf(tooMany bool, total int) int {
	if tooMany && total == 0 {
		return manyEntries
	}
	return total
}

// ofLog returns the entries by incident, and the people whom they name.
func (r *run) ofLog(log []sources.LogEntry) ([]past.Incident, []past.Person) {
	at := map[string]int{}
	var all []past.Incident
	var met []past.Person
	seen := map[string]bool{}
	meet := func(who sources.Reference) {
		if who.ID != "" && !seen[who.ID] && !r.people[who.ID] {
			seen[who.ID] = true
			met = append(met, past.Person{ID: who.ID, Name: who.Name, Deleted: r.people != nil})
		}
	}
	for i := range log {
		e := &log[i]
		if e.Incident.ID == "" || e.ID == "" {
			continue
		}
		n, found := at[e.Incident.ID]
		if !found {
			n = len(all)
			at[e.Incident.ID] = n
			all = append(all, past.Incident{ID: e.Incident.ID})
		}
		all[n].Entries = append(all[n].Entries, past.EntryOf(*e))
		if strings.HasPrefix(e.Agent.Type, "user") {
			meet(e.Agent)
		}
		for _, who := range e.Assignees {
			meet(who)
		}
	}
	return all, met
}
