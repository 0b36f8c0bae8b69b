package ui

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/record"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// Drafts keeps texts beyond the end of the program, whatever ends it. Its calls
// are made off the loop.
type Drafts interface {
	// Drafts are all that are kept.
	Drafts(ctx context.Context) ([]record.Draft, error)
	// SaveDraft keeps a draft; an empty text drops it.
	SaveDraft(ctx context.Context, d record.Draft) error
}

// draftDelay is how long typing may go on before it is kept: a crash loses no
// more than that.
const draftDelay = 300 * time.Millisecond

// flushTime bounds the last keeping, when the program ends.
const flushTime = 3 * time.Second

// draftKey is what a draft is kept under.
type draftKey struct{ action, groups string }

// draftOf is the key of a text for an action on groups.
func draftOf(action string, groups []triage.Group) draftKey {
	ids := make([]string, len(groups))
	for i, g := range groups {
		ids[i] = g.ID
	}
	slices.Sort(ids)
	return draftKey{action, strings.Join(ids, " ")}
}

// draftBook holds the texts of dialogs that are open, were closed or failed,
// and keeps them in the store.
type draftBook struct {
	keeper *draftKeeper
	delay  time.Duration
	texts  map[draftKey]string
	// changed since they were last given to the store; waiting is the delay after
	// a change.
	changed map[draftKey]bool
	waiting reply.Loader
	// saving is what is being saved; empty when nothing is.
	saving []record.Draft
	// resting: the last saving failed, and nothing was typed since.
	resting bool
	// failing: the store does not take them, and that was said.
	failing bool
	say     func(sentence string)
}

func newDraftBook(store Drafts) *draftBook {
	return &draftBook{keeper: &draftKeeper{store: store}, delay: draftDelay, texts: map[draftKey]string{}, changed: map[draftKey]bool{}}
}

// drop forgets texts that were sent.
func (b *draftBook) drop(keys ...draftKey) {
	for _, key := range keys {
		b.put(key, "")
	}
}

// text is a draft as it was left.
func (b *draftBook) text(key draftKey) string { return b.texts[key] }

// put takes a text as it now is; an empty one is dropped.
func (b *draftBook) put(key draftKey, text string) {
	if b.texts[key] == text {
		return
	}
	b.changed[key], b.resting = true, false
	if text == "" {
		delete(b.texts, key)
	} else {
		b.texts[key] = text
	}
}

// loadedDrafts is what the store kept.
type loadedDrafts struct {
	list []record.Draft
	err  error
}

// load reads what an earlier run left.
func (b *draftBook) load(ctx context.Context, take func(loadedDrafts)) tea.Cmd {
	store := b.keeper.store
	if store == nil {
		return nil
	}
	return reply.Start(new(reply.Loader), func() loadedDrafts {
		list, err := store.Drafts(ctx)
		return loadedDrafts{list, err}
	}, reply.Nothing(take))
}

// take puts what the store kept where nothing was typed since.
func (b *draftBook) take(list []record.Draft) {
	for _, d := range list {
		key := draftKey{d.Action, d.Groups}
		if _, typed := b.texts[key]; !typed && !b.changed[key] {
			b.texts[key] = clean.Text(d.Text)
		}
	}
}

// keep starts the delay after a change, unless it runs already.
func (b *draftBook) keep(ctx context.Context) tea.Cmd {
	if b.keeper.store == nil || len(b.changed) == 0 || b.waiting.Busy() || b.resting || len(b.saving) > 0 {
		return nil
	}
	delay := b.delay
	return reply.Start(&b.waiting, func() bool { return pause(ctx, delay) }, func(due bool) tea.Cmd {
		if !due {
			return nil // flush keeps them
		}
		return b.save(ctx)
	})
}

// save gives what changed to the store.
func (b *draftBook) save(ctx context.Context) tea.Cmd {
	batch := b.batch()
	if b.keeper.store == nil || len(batch.list) == 0 {
		return nil
	}
	b.saving = batch.list
	return reply.Start(new(reply.Loader), func() error {
		// Begun is done: the program's end must not cut it off half way.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
		defer cancel()
		return b.keeper.save(ctx, batch)
	}, reply.Nothing(b.saved))
}

// saved ends a saving. That drafts can't be saved is said once.
func (b *draftBook) saved(err error) {
	known := b.failing
	b.failing, b.resting = err != nil, err != nil
	if err != nil {
		b.again()
	}
	b.saving = nil
	if err == nil || known {
		return
	}
	b.say("What you type is not kept for the next start: " + err.Error() + ".")
}

// again counts what is being saved as not kept yet.
func (b *draftBook) again() {
	for _, d := range b.saving {
		b.changed[draftKey{d.Action, d.Groups}] = true
	}
}

// batch is what changed, with a number by which an older one is known.
func (b *draftBook) batch() draftBatch {
	b.keeper.batches++
	batch := draftBatch{number: b.keeper.batches}
	for key := range b.changed {
		batch.list = append(batch.list, record.Draft{Action: key.action, Groups: key.groups, Text: b.texts[key], At: sources.Now()})
	}
	clear(b.changed)
	return batch
}

// flush keeps what was not kept yet. It is called after the program's end,
// when no message is handled any more, so that nobody knows whether a saving
// that was begun has come to its end.
func (b *draftBook) flush(ctx context.Context) {
	b.again()
	batch := b.batch()
	if b.keeper.store == nil || len(batch.list) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
	defer cancel()
	_ = b.keeper.save(ctx, batch) // there is nobody left to tell
}

// draftBatch are drafts to keep.
type draftBatch struct {
	number int
	list   []record.Draft
}

// draftKeeper writes drafts to the store, one batch at a time: the last one,
// at the program's end, must not be undone by one that was begun before.
type draftKeeper struct {
	store   Drafts
	batches int // used on the loop alone

	mu sync.Mutex
	// written is the number of the batch by which each draft was last
	// written.
	written map[draftKey]int
}

func (k *draftKeeper) save(ctx context.Context, batch draftBatch) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.written == nil {
		k.written = map[draftKey]int{}
	}
	for _, d := range batch.list {
		key := draftKey{d.Action, d.Groups}
		if k.written[key] > batch.number {
			continue
		}
		if err := k.store.SaveDraft(ctx, d); err != nil {
			return err
		}
		k.written[key] = batch.number
	}
	return nil
}

// takeDrafts takes what the store kept, also into a dialog that was opened
// before it came and in which nothing was typed.
func (m *Model) takeDrafts(msg loadedDrafts) {
	if msg.err != nil {
		m.Say(room.Caution, "What was typed before and not sent can't be read: "+msg.err.Error()+".")
	}
	m.drafts.take(msg.list)
	if d := m.dialog; d != nil && !d.sending && d.unwritten() {
		d.restore(m.drafts)
		d.rethink()
	}
}
