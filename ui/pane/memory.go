package pane

import (
	"context"
	"slices"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/record"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// Memory stores what was done with runbooks beyond the end of the program. Its
// calls are made off the loop.
type Memory interface {
	// Ticks and Runs are those of a group, oldest first.
	Ticks(ctx context.Context, groupID string) ([]record.Tick, error)
	SetTick(ctx context.Context, t record.Tick) error
	Runs(ctx context.Context, groupID string) ([]record.Run, error)
	AddRun(ctx context.Context, r record.Run) error
	// Positions are those of all groups.
	Positions(ctx context.Context) ([]record.Position, error)
	SetPosition(ctx context.Context, p record.Position) error
	// Remarks are what was said of steps since a time, for all groups.
	Remarks(ctx context.Context, since time.Time) ([]record.Remark, error)
	SetRemark(ctx context.Context, r record.Remark) error
	// AddOpening stores that a runbook was read.
	AddOpening(ctx context.Context, o record.Opening) error
	// MoveGroup gives what is stored of a group to the one that took its place.
	MoveGroup(ctx context.Context, from, to string) error
}

// remembered is what is known of one group.
type remembered struct {
	Ticks []record.Tick
	runs  []record.Run
}

// recorder caches what was done for the groups and stores what is new.
type recorder struct {
	store  Memory
	Groups map[string]remembered
	// read is the number for which each group was read.
	read      map[string]int
	number    int
	loading   reply.Loader
	positions map[string]record.Position
	// remarks are what was said of the steps of all runbooks, oldest first. opened are
	// the openings that are stored, without person and time.
	remarks []record.Remark
	opened  map[record.Opening]bool
	// moved are the groups whose place others took, with the ids of those.
	moved   map[string]string
	failing bool // it was said that nothing is saved
	say     func(sentence string)
	writes  writes
}

func newRecorder(store Memory, say func(string)) *recorder {
	return &recorder{store: store, say: say, Groups: map[string]remembered{}, read: map[string]int{}, number: 1, positions: map[string]record.Position{}, opened: map[record.Opening]bool{}, moved: map[string]string{}}
}

// Of is what is known of a group.
func (b *recorder) Of(id string) remembered {
	r := b.Groups[id]
	return remembered{slices.Clone(r.Ticks), slices.Clone(r.runs)}
}

// invalidate reads what other terminals have written meanwhile.
func (b *recorder) invalidate() { b.number++ }

// loaded is what the store has of a group.
type loaded struct {
	GroupID string
	number  int
	Found   remembered
	Remarks []record.Remark
	err     error
	// unwritten is why something could not be written before.
	unwritten error
}

// loadedPositions is where all groups were left.
type loadedPositions struct {
	all []record.Position
	err error
}

func (b *recorder) loadPositions(ctx context.Context, take func(loadedPositions)) tea.Cmd {
	store := b.store
	if store == nil {
		return nil
	}
	return reply.Start(new(reply.Loader), func() loadedPositions {
		all, err := store.Positions(ctx)
		return loadedPositions{all, err}
	}, reply.Nothing(take))
}

// load reads what the store has of the first of the groups that was not read,
// one at a time.
func (b *recorder) load(ctx context.Context, take func(loaded), ids ...string) tea.Cmd {
	if b.store == nil || b.loading.Busy() {
		return nil
	}
	at := slices.IndexFunc(ids, func(id string) bool { return b.read[id] != b.number })
	if at < 0 {
		return nil
	}
	store, m := b.store, loaded{GroupID: ids[at], number: b.number}
	return reply.Start(&b.loading, func() loaded {
		m.unwritten = b.writes.work(ctx) // what it reads has what was done before
		if m.Found.Ticks, m.err = store.Ticks(ctx, m.GroupID); m.err == nil {
			m.Found.runs, m.err = store.Runs(ctx, m.GroupID)
		}
		if m.err == nil {
			m.Remarks, m.err = store.Remarks(ctx, time.Time{})
		}
		return m
	}, reply.Nothing(take))
}

// Take merges what the store has with what was ticked while it was read.
func (b *recorder) Take(m loaded) (changed bool) {
	b.read[m.GroupID] = m.number
	if m.unwritten != nil {
		b.written(m.unwritten)
	}
	if m.err != nil {
		return false
	}
	before := b.Groups[m.GroupID]
	now := m.Found
	remarks := m.Remarks
	for _, r := range b.remarks {
		remarks = record.SetRemark(remarks, r)
	}
	changed = !slices.Equal(b.remarks, remarks)
	b.remarks = remarks
	for _, t := range before.Ticks {
		if !slices.ContainsFunc(now.Ticks, func(o record.Tick) bool { return o.Runbook == t.Runbook && o.Step == t.Step && !o.At.Before(t.At) }) {
			now.SetTick(t)
		}
	}
	for _, r := range before.runs {
		if !slices.ContainsFunc(now.runs, func(o record.Run) bool { return o.Command == r.Command && o.At.Sub(r.At).Abs() < time.Second }) {
			now.runs = append(now.runs, r)
		}
	}
	b.Groups[m.GroupID] = now
	return changed || !slices.EqualFunc(before.Ticks, now.Ticks, sameTick) || len(before.runs) != len(now.runs)
}

func sameTick(a, b record.Tick) bool {
	return a.Runbook == b.Runbook && a.Step == b.Step && a.Done == b.Done && a.By == b.By && a.At.Equal(b.At)
}

// SetTick puts a tick in the place of an earlier one of its step.
func (r *remembered) SetTick(t record.Tick) {
	r.Ticks = slices.DeleteFunc(slices.Clone(r.Ticks), func(o record.Tick) bool { return o.Runbook == t.Runbook && o.Step == t.Step })
	r.Ticks = append(r.Ticks, t)
}

// tick is the tick of a step; false when it is not ticked.
func (r remembered) tick(runbook, step string) (record.Tick, bool) {
	for _, t := range r.Ticks {
		if t.Runbook == runbook && t.Step == step {
			return t, t.Done
		}
	}
	return record.Tick{}, false
}

// lastRun is the last run of a step.
func (r remembered) lastRun(runbook, step string) (record.Run, bool) {
	for _, run := range slices.Backward(r.runs) {
		if run.Runbook == runbook && run.Step == step {
			return run, true
		}
	}
	return record.Run{}, false
}

// save writes something in the order in which it was asked for, off the loop.
func (b *recorder) save(ctx context.Context, write func(context.Context, Memory) error) tea.Cmd {
	if b.store == nil {
		return nil
	}
	store := b.store
	b.writes.add(func(ctx context.Context) error { return write(ctx, store) })
	return b.write(ctx)
}

// move gives what was done for a group to the one that took its place. The store
// does the same before it is read again.
func (b *recorder) move(from, to string) {
	b.moved[from] = to
	old, now := b.Of(from), b.Of(to)
	for _, t := range old.Ticks {
		if _, ticked := now.tick(t.Runbook, t.Step); !ticked {
			t.GroupID = to
			now.SetTick(t)
		}
	}
	for _, r := range old.runs {
		r.GroupID = to
		now.runs = append(now.runs, r)
	}
	b.Groups[to] = now
	delete(b.Groups, from)
	b.remarks = slices.Clone(b.remarks)
	for i := range b.remarks {
		if b.remarks[i].GroupID == from {
			b.remarks[i].GroupID = to
		}
	}
	if position, read := b.positions[from]; read && b.positions[to].GroupID == "" {
		position.GroupID = to
		b.positions[to] = position
	}
	delete(b.positions, from)
	if store := b.store; store != nil {
		b.writes.add(func(ctx context.Context) error { return store.MoveGroup(ctx, from, to) })
		b.invalidate() // the store may have more of it
	}
}

// now returns the group that a group is now.
func (b *recorder) now(id string) string {
	if to, moved := b.moved[id]; moved {
		return to
	}
	return id
}

// saveAll writes what waits to be written, and waits for what is being written.
func (b *recorder) saveAll(ctx context.Context) tea.Cmd {
	if b.store == nil {
		return nil
	}
	return b.write(ctx)
}

// write writes what waits to be written. That it can't be is said once.
func (b *recorder) write(ctx context.Context) tea.Cmd {
	return reply.Start(new(reply.Loader), func() error { return b.writes.work(ctx) }, reply.Nothing(b.written))
}

func (b *recorder) written(err error) {
	reported := b.failing
	b.failing = err != nil
	if err == nil || reported {
		return
	}
	b.say("Ticks, runs and reading positions are not saved: " + err.Error() + ".")
}

// writes writes one thing after another. What the program's end finds
// unwritten is written then.
type writes struct {
	working sync.Mutex // one writer at a time

	mu   sync.Mutex
	jobs []func(context.Context) error
}

func (k *writes) add(job func(context.Context) error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.jobs = append(k.jobs, job)
}

// work writes all that is to be written. Begun is done: the program's end must
// not cut it off half way.
func (k *writes) work(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
	defer cancel()
	k.working.Lock()
	defer k.working.Unlock()
	var failed error
	for {
		k.mu.Lock()
		if len(k.jobs) == 0 {
			k.mu.Unlock()
			return failed
		}
		job := k.jobs[0]
		k.jobs = k.jobs[1:]
		k.mu.Unlock()
		if err := job(ctx); err != nil {
			failed = err
		}
	}
}

// SavePosition notes how far the shown runbook was read, for keepPositions.
func (p *RunbookTab) SavePosition() {
	b := p.part().shown
	at := *p.offset(p)
	if b == nil || p.Group == nil || p.Made.groupID != p.Group.ID || at < 0 || p.trails[p.Made.groupID] != nil && p.trails[p.Made.groupID].here != nil {
		return
	}
	line, _ := b.sourceAt(p.offsetOf(p))
	position := record.Position{GroupID: p.Made.groupID, Runbook: b.Match.Runbook.Path, Line: line, At: p.TimeNow()}
	old := p.Memory.positions[position.GroupID]
	if old.Runbook == position.Runbook && old.Line == position.Line || p.Memory.store == nil {
		return
	}
	p.Memory.positions[position.GroupID] = position
	store := p.Memory.store
	p.Memory.writes.add(func(ctx context.Context) error { return store.SetPosition(ctx, position) })
}

// savedOffset is the line of the text where the group's runbook was left in
// an earlier run; -1: it was not read.
func (p *RunbookTab) savedOffset(b *Shown) int {
	found, ok := p.Memory.positions[p.Made.groupID]
	if !ok || found.Runbook != b.Match.Runbook.Path {
		return -1
	}
	return b.lineOf(found.Line)
}

// savePositions writes the positions that are not written yet.
func (b *recorder) savePositions(ctx context.Context) tea.Cmd {
	b.writes.mu.Lock()
	defer b.writes.mu.Unlock()
	if len(b.writes.jobs) == 0 {
		return nil
	}
	return b.write(ctx)
}

// LoadPositions reads where runbooks were left in an earlier run.
func (p *RunbookTab) LoadPositions() tea.Cmd {
	return p.Memory.loadPositions(p.Context, p.takePositions)
}

// takePositions takes where runbooks were left in an earlier run.
func (p *RunbookTab) takePositions(msg loadedPositions) {
	if msg.err != nil {
		p.Say(room.Caution, "Where runbooks were left can't be read: "+msg.err.Error()+".")
	}
	for _, position := range msg.all {
		if _, found := p.Memory.positions[position.GroupID]; !found {
			p.Memory.positions[position.GroupID] = position
		}
	}
	// The first content may have come before.
	if b := p.part().shown; b != nil && p.ready() {
		if at := p.offset(p); *at < 0 {
			*at = p.savedOffset(b)
		}
	}
}

func (p *RunbookTab) takeMemory(msg loaded) {
	if msg.err != nil {
		p.Say(room.Caution, "The ticked steps can't be read: "+msg.err.Error()+".")
	}
	if p.Memory.Take(msg) {
		p.Invalidate()
	}
}

// flushTime bounds the last keeping, when the program ends.
const flushTime = 3 * time.Second
