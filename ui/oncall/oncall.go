// Package oncall is the tab that shows who is on call for a group's escalation
// policy and for first line: now, next, when nobody is, and the overrides.
package oncall

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/escalation"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/keymap"
	"firstline/ui/pane"
	"firstline/ui/reply"
)

// Options are what the tab needs besides the pane.
type Options struct {
	// Turns reads the turns of an escalation policy from now until a time, Overrides
	// the overrides of a schedule. They are called off the loop; nil: nothing can.
	Turns     func(ctx context.Context, until time.Time, policyID string) ([]sources.OnCall, sources.Extent, error)
	Overrides func(ctx context.Context, until time.Time, scheduleID string) ([]sources.Override, sources.Extent, error)
	// FirstLinePolicy is the id or name of first line's escalation policy.
	FirstLineName, FirstLinePolicy string
}

// How long what was read is valid, when a read that failed is tried again and when
// one that was refused by the plan or the rights, and how long one may take.
const (
	validFor = 5 * time.Minute
	retry    = time.Minute
	refused  = time.Hour
	longest  = 30 * time.Second
)

// mostLists is how many policies and schedules are remembered.
const mostLists = 64

// list is what was read of a policy or of a schedule.
type list[T any] struct {
	items  []T
	extent sources.Extent
	// until is up to when it was read, at is when; zero: not yet. tried is when that
	// was tried last, and failed is why it failed.
	until, at, tried time.Time
	failed           error
}

// due reports whether it is to be read.
func (l list[T]) due(now time.Time) bool {
	wait := validFor
	if l.failed != nil {
		wait = retry
		if isRefused(l.failed) {
			wait = refused
		}
	}
	return l.tried.IsZero() || now.Sub(l.tried) >= wait || now.Before(l.tried)
}

// isRefused reports whether the plan or the rights refuse to answer.
func isRefused(err error) bool {
	switch sources.ReasonOf(err) {
	case sources.MissingAbility, sources.Forbidden, sources.NotFound:
		return true
	}
	return false
}

// Tab shows who is on call. It reads one policy or schedule at a time, and only
// while it is shown.
type Tab struct {
	pane.Basic
	pane      *pane.Pane
	options   Options
	policies  map[string]list[sources.OnCall]
	overrides map[string]list[sources.Override]
	reading   reply.Loader
}

// New makes the tab of a pane.
func New(p *pane.Pane, o Options) *Tab {
	return &Tab{pane: p, options: o, policies: map[string]list[sources.OnCall]{}, overrides: map[string]list[sources.Override]{}}
}

// Configure has other options used. Who is on call is read again.
func (t *Tab) Configure(o Options) {
	t.options = o
	t.policies, t.overrides = map[string]list[sources.OnCall]{}, map[string]list[sources.Override]{}
	t.reading.Drop()
}

// Name is the tab's name.
func (t *Tab) Name() string { return "On call" }

// Table is the command that finds who is on call.
func (t *Tab) Table() keymap.Table {
	return keymap.Table{
		keymap.Key(keymap.InNormal, keymap.ShowOnCall, "who is on call, and who is next").In(keymap.GroupFind).Unless(func() string {
			if t.pane.Group == nil {
				return t.pane.Options.WhyNoGroup()
			}
			return ""
		}),
	}
}

// Do shows who is on call.
func (t *Tab) Do(c keymap.Command) (cmd tea.Cmd, done bool) {
	if c != keymap.ShowOnCall {
		return nil, false
	}
	t.pane.Turn(t)
	t.pane.Invalidate()
	return nil, true
}

// Refresh has all read again that was not refused. What was read stays until then.
func (t *Tab) Refresh(all bool) {
	if all {
		forget(t.policies)
		forget(t.overrides)
	}
}

func forget[T any](lists map[string]list[T]) {
	for id, l := range lists {
		if !isRefused(l.failed) {
			l.tried = time.Time{}
			lists[id] = l
		}
	}
}

// subject is a policy that is shown, and whose it is.
type subject struct {
	ref   sources.Reference
	whose string
	// why says why there is no policy.
	why string
}

// subjects are the policies of a group: that of its incident, that of its owner, and
// first line's.
func (t *Tab) subjects(g triage.Group, snapshots []sources.Snapshot) []subject {
	var all []subject
	add := func(s subject) {
		if s.ref.ID != "" && slices.ContainsFunc(all, func(other subject) bool { return other.ref.ID == s.ref.ID }) {
			return
		}
		all = append(all, s)
	}
	if g.Incident != nil && g.Incident.Policy.ID != "" {
		add(subject{ref: g.Incident.Policy, whose: "of the incident"})
	}
	switch {
	case g.OwnerPolicyID != "":
		add(subject{ref: sources.Reference{ID: g.OwnerPolicyID}, whose: "of the owner"})
	case len(all) == 0:
		add(subject{whose: "the owner", why: "PagerDuty names no escalation policy for it"})
	}
	if t.options.FirstLinePolicy != "" {
		add(t.firstLine(g.Account, snapshots))
	}
	return all
}

// firstLine is first line's policy in an account or, where that is empty, in the one
// account that has it.
func (t *Tab) firstLine(account string, snapshots []sources.Snapshot) subject {
	name := t.options.FirstLineName
	if name == "" {
		name = "first line"
	}
	extent := sources.Whole
	var found []sources.Policy
	for i := range snapshots {
		if snapshots[i].Source.Kind != sources.PagerDuty || account != "" && snapshots[i].Source.Name != account {
			continue
		}
		found = append(found, sources.Named(snapshots[i].Data.Policies, t.options.FirstLinePolicy, (*sources.Policy).Names)...)
		extent = extent.And(snapshots[i].Data.Extents.Policies)
	}
	if len(found) == 1 {
		return subject{ref: sources.Reference{ID: found[0].ID, Name: found[0].Name}, whose: "of first line"}
	}
	why := "PagerDuty lists no escalation policy, or several, that go by escalation_policy in [first_line]"
	if !extent.Whole() {
		why = "the escalation policies could not all be read, because " + extent.Why()
	}
	return subject{whose: name, why: why}
}

// policy is a policy with what was read of it.
func (t *Tab) policy(ref sources.Reference, snapshots []sources.Snapshot) (p escalation.Policy, read list[sources.OnCall]) {
	p, _ = triage.PolicyOf(snapshots, ref)
	read = t.policies[ref.ID]
	if !read.at.IsZero() && read.until.After(t.pane.TimeNow()) {
		p.OnCalls, p.OnCallsRead, p.Until = read.items, read.extent, read.until
	}
	return p, read
}

// Follow starts reading what is due of the group that is shown, one thing at a time.
func (t *Tab) Follow(g *triage.Group, shown bool) tea.Cmd {
	now := t.pane.TimeNow()
	tooSoon := t.pane.Pace.Wait(now) > 0
	if g == nil || !shown || t.options.Turns == nil || t.reading.Busy() || tooSoon {
		return nil
	}
	snapshots := t.pane.Options.Snapshots()
	subjects := t.subjects(*g, snapshots)
	for _, s := range subjects {
		if old := t.policies[s.ref.ID]; s.ref.ID != "" && old.due(now) {
			return start(t, t.policies, s.ref.ID, t.options.Turns)
		}
	}
	if t.options.Overrides == nil {
		return nil
	}
	for _, s := range subjects {
		p, _ := t.policy(s.ref, snapshots)
		for _, schedule := range p.Schedules() {
			if t.overrides[schedule.ID].due(now) {
				return start(t, t.overrides, schedule.ID, t.options.Overrides)
			}
		}
	}
	return nil
}

// start reads the list of an id.
func start[T any](t *Tab, lists map[string]list[T], id string, read func(context.Context, time.Time, string) ([]T, sources.Extent, error)) tea.Cmd {
	now, ctx := t.pane.TimeNow(), t.pane.Context
	t.pane.Pace.Begin(now)
	until := now.Add(escalation.Ahead)
	return reply.Start(&t.reading, func() list[T] {
		ctx, cancel := context.WithTimeout(ctx, longest)
		defer cancel()
		items, extent, err := read(ctx, until, id)
		return list[T]{items: items, extent: extent, until: until, at: now, failed: err}
	}, reply.Nothing(func(l list[T]) {
		if l.failed != nil { // what was read before stays
			old := lists[id]
			l.items, l.extent, l.until, l.at = old.items, old.extent, old.until, old.at
		}
		l.tried = now
		if _, is := lists[id]; !is && len(lists) >= mostLists {
			clear(lists)
		}
		lists[id] = l
		t.pane.Invalidate()
	}))
}

// Links are the schedules of the policies that are shown, and the policies themselves.
func (t *Tab) Links(g triage.Group) []pane.Link {
	snapshots := t.pane.Options.Snapshots()
	var links []pane.Link
	for _, s := range t.subjects(g, snapshots) {
		if s.ref.ID == "" {
			continue
		}
		p, _ := t.policy(s.ref, snapshots)
		for _, schedule := range p.Schedules() {
			links = pane.AddLink(links, "schedule", schedule.URL)
		}
	}
	return links
}
