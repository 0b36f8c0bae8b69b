package ui

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

// Memory keeps what was done with runbooks beyond the end of the program. Its
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
}

// remembered is what is known of one group.
type remembered struct {
	ticks []record.Tick
	runs  []record.Run
}

// memoryBook holds what is known of the groups and keeps what is new.
type memoryBook struct {
	store Memory
	known map[string]remembered
	// read is the number for which each group was read.
	read      map[string]int
	number    int
	loading   reply.Loader
	positions map[string]record.Position
	failing   bool // that nothing is kept was said
	say       func(sentence string)
	keeping   keeping
}

func newMemoryBook(store Memory) *memoryBook {
	return &memoryBook{store: store, known: map[string]remembered{}, read: map[string]int{}, number: 1, positions: map[string]record.Position{}}
}

// of is what is known of a group.
func (b *memoryBook) of(id string) remembered {
	r := b.known[id]
	return remembered{slices.Clone(r.ticks), slices.Clone(r.runs)}
}

// again reads what other terminals have written meanwhile.
func (b *memoryBook) again() { b.number++ }

// loaded is what is kept of a group.
type loaded struct {
	groupID string
	number  int
	found   remembered
	err     error
}

// loadedPositions is where all groups were left.
type loadedPositions struct {
	all []record.Position
	err error
}

func (b *memoryBook) loadPositions(ctx context.Context, take func(loadedPositions)) tea.Cmd {
	store := b.store
	if store == nil {
		return nil
	}
	return reply.Start(new(reply.Loader), func() loadedPositions {
		all, err := store.Positions(ctx)
		return loadedPositions{all, err}
	}, reply.Nothing(take))
}

// load reads what is kept of the first of the groups that is not known yet,
// one at a time.
func (b *memoryBook) load(ctx context.Context, take func(loaded), ids ...string) tea.Cmd {
	if b.store == nil || b.loading.Busy() {
		return nil
	}
	at := slices.IndexFunc(ids, func(id string) bool { return b.read[id] != b.number })
	if at < 0 {
		return nil
	}
	store, m := b.store, loaded{groupID: ids[at], number: b.number}
	return reply.Start(&b.loading, func() loaded {
		if m.found.ticks, m.err = store.Ticks(ctx, m.groupID); m.err == nil {
			m.found.runs, m.err = store.Runs(ctx, m.groupID)
		}
		return m
	}, reply.Nothing(take))
}

// take merges what is kept with what was ticked while it was read.
func (b *memoryBook) take(m loaded) (changed bool) {
	b.read[m.groupID] = m.number
	if m.err != nil {
		return false
	}
	before := b.known[m.groupID]
	now := m.found
	for _, t := range before.ticks {
		if !slices.ContainsFunc(now.ticks, func(o record.Tick) bool { return o.Runbook == t.Runbook && o.Step == t.Step && !o.At.Before(t.At) }) {
			now.setTick(t)
		}
	}
	for _, r := range before.runs {
		if !slices.ContainsFunc(now.runs, func(o record.Run) bool { return o.Command == r.Command && o.At.Sub(r.At).Abs() < time.Second }) {
			now.runs = append(now.runs, r)
		}
	}
	b.known[m.groupID] = now
	return !slices.EqualFunc(before.ticks, now.ticks, sameTick) || len(before.runs) != len(now.runs)
}

func sameTick(a, b record.Tick) bool {
	return a.Runbook == b.Runbook && a.Step == b.Step && a.Done == b.Done && a.By == b.By && a.At.Equal(b.At)
}

// setTick puts a tick in the place of an earlier one of its step.
func (r *remembered) setTick(t record.Tick) {
	r.ticks = slices.DeleteFunc(slices.Clone(r.ticks), func(o record.Tick) bool { return o.Runbook == t.Runbook && o.Step == t.Step })
	r.ticks = append(r.ticks, t)
}

// tick is the tick of a step; false when it is not ticked.
func (r remembered) tick(runbook, step string) (record.Tick, bool) {
	for _, t := range r.ticks {
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

// keep writes something in the order in which it was asked for, off the loop.
func (b *memoryBook) keep(ctx context.Context, write func(context.Context, Memory) error) tea.Cmd {
	if b.store == nil {
		return nil
	}
	store := b.store
	b.keeping.add(func(ctx context.Context) error { return write(ctx, store) })
	return b.write(ctx)
}

// write writes what waits to be written. That it can't be is said once.
func (b *memoryBook) write(ctx context.Context) tea.Cmd {
	return reply.Start(new(reply.Loader), func() error { return b.keeping.work(ctx) }, reply.Nothing(b.written))
}

func (b *memoryBook) written(err error) {
	known := b.failing
	b.failing = err != nil
	if err == nil || known {
		return
	}
	b.say("Ticks, runs and reading positions are not kept: " + err.Error() + ".")
}

// keeping writes one thing after another. What the program's end finds
// unwritten is written then.
type keeping struct {
	working sync.Mutex // one writer at a time

	mu   sync.Mutex
	jobs []func(context.Context) error
}

func (k *keeping) add(job func(context.Context) error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.jobs = append(k.jobs, job)
}

// work writes all that is to be written. Begun is done: the program's end must
// not cut it off half way.
func (k *keeping) work(ctx context.Context) error {
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

// keepPosition notes how far the shown runbook was read, for keepPositions.
func (p *pane) keepPosition() {
	b := p.pages[runbookTab].book
	at := p.placesOf(p.shown.groupID)[runbookTab]
	if b == nil || p.group == nil || p.shown.groupID != p.group.ID || at < 0 || p.trails[p.shown.groupID] != nil && p.trails[p.shown.groupID].here != nil {
		return
	}
	line, _ := b.sourceAt(p.offsetOf(runbookTab))
	position := record.Position{GroupID: p.shown.groupID, Runbook: b.match.Runbook.Path, Line: line, At: p.TimeNow()}
	old := p.memory.positions[position.GroupID]
	if old.Runbook == position.Runbook && old.Line == position.Line || p.memory.store == nil {
		return
	}
	p.memory.positions[position.GroupID] = position
	store := p.memory.store
	p.memory.keeping.add(func(ctx context.Context) error { return store.SetPosition(ctx, position) })
}

// keptPosition is the line of the page where the group's runbook was left in
// an earlier run; -1: it was not read.
func (p *pane) keptPosition(b *book) int {
	known, ok := p.memory.positions[p.shown.groupID]
	if !ok || known.Runbook != b.match.Runbook.Path {
		return -1
	}
	return b.lineOf(known.Line)
}

// keepPositions writes the positions that are not written yet.
func (b *memoryBook) keepPositions(ctx context.Context) tea.Cmd {
	b.keeping.mu.Lock()
	defer b.keeping.mu.Unlock()
	if len(b.keeping.jobs) == 0 {
		return nil
	}
	return b.write(ctx)
}

func (m *Model) takePositions(msg loadedPositions) {
	if msg.err != nil {
		m.Say(room.Caution, "Where runbooks were left can't be read: "+msg.err.Error()+".")
	}
	for _, p := range msg.all {
		if _, known := m.pane.memory.positions[p.GroupID]; !known {
			m.pane.memory.positions[p.GroupID] = p
		}
	}
	// The first page may have come before.
	if b := m.pane.pages[runbookTab].book; b != nil && m.pane.ready() {
		if at := &m.pane.placesOf(m.pane.shown.groupID)[runbookTab]; *at < 0 {
			*at = m.pane.keptPosition(b)
		}
	}
}

func (m *Model) takeMemory(msg loaded) {
	if msg.err != nil {
		m.Say(room.Caution, "The ticked steps can't be read: "+msg.err.Error()+".")
	}
	if m.pane.memory.take(msg) {
		m.pane.again()
	}
}

// flushTime bounds the last keeping, when the program ends.
const flushTime = 3 * time.Second
