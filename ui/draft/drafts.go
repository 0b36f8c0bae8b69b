// Package draft holds what is typed and not sent, and stores it beyond the end of
// the program.
package draft

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
)

// Store stores texts beyond the end of the program, whatever ends it. Its calls
// are made off the loop.
type Store interface {
	// Drafts returns all that are stored.
	Drafts(ctx context.Context) ([]record.Draft, error)
	// SaveDraft stores a draft; an empty text drops it.
	SaveDraft(ctx context.Context, d record.Draft) error
}

// draftDelay is how long typing may go on before it is saved: a crash loses no
// more than that.
const draftDelay = 300 * time.Millisecond

// Key identifies a draft.
type Key struct{ Action, Groups string }

// with is the key with one group in the place of another.
func (k Key) with(to, from string) Key {
	ids := strings.Fields(k.Groups)
	for i, id := range ids {
		if id == from {
			ids[i] = to
		}
	}
	slices.Sort(ids)
	k.Groups = strings.Join(slices.Compact(ids), " ")
	return k
}

// Of is the key of a text for an action on groups.
func Of(action string, groups []triage.Group) Key {
	ids := make([]string, len(groups))
	for i, g := range groups {
		ids[i] = g.ID
	}
	slices.Sort(ids)
	return Key{action, strings.Join(ids, " ")}
}

// Drafts holds the texts of dialogs that are open, were closed or failed,
// and saves them in the store.
type Drafts struct {
	saver *draftSaver
	Delay time.Duration
	Texts map[Key]string
	// changed since they were last given to the store; waiting is the delay after
	// a change.
	changed map[Key]bool
	waiting reply.Loader
	// saving are the batches that are being saved, by their numbers.
	saving map[int][]record.Draft
	// resting: the last saving failed, and nothing was typed since.
	resting bool
	// failing: the store does not take them, and that was said.
	failing bool
	Say     func(sentence string)
	// moved are the groups whose place others took, in order.
	moved [][2]string
}

// New holds no drafts yet. With a nil store all end with the program.
func New(store Store) *Drafts {
	return &Drafts{saver: &draftSaver{store: store}, Delay: draftDelay, Texts: map[Key]string{}, changed: map[Key]bool{}, saving: map[int][]record.Draft{}}
}

// Drop forgets texts that were sent.
func (b *Drafts) Drop(keys ...Key) {
	for _, key := range keys {
		b.Put(key, "")
	}
}

// Text is a draft as it was left.
func (b *Drafts) Text(key Key) string { return b.Texts[b.now(key)] }

// Move gives the texts for a group to the one that took its place, also those that
// are typed later in a dialog that was opened before.
func (b *Drafts) Move(from, to string) {
	for key, text := range b.Texts {
		next := key.with(to, from)
		if next == key {
			continue
		}
		b.Put(key, "")
		if b.Texts[next] == "" {
			b.Put(next, text)
		}
	}
	b.moved = append(b.moved, [2]string{from, to})
}

// now is the key with the groups as they are now.
func (b *Drafts) now(key Key) Key {
	for _, m := range b.moved {
		key = key.with(m[1], m[0])
	}
	return key
}

// Put takes a text as it now is; an empty one is dropped.
func (b *Drafts) Put(key Key, text string) {
	key = b.now(key)
	if b.Texts[key] == text {
		return
	}
	b.changed[key], b.resting = true, false
	if text == "" {
		delete(b.Texts, key)
	} else {
		b.Texts[key] = text
	}
}

// Loaded is what the store has.
type Loaded struct {
	List []record.Draft
	Err  error
}

// Load reads what an earlier run left.
func (b *Drafts) Load(ctx context.Context, take func(Loaded)) tea.Cmd {
	store := b.saver.store
	if store == nil {
		return nil
	}
	return reply.Start(new(reply.Loader), func() Loaded {
		list, err := store.Drafts(ctx)
		return Loaded{list, err}
	}, reply.Nothing(take))
}

// Take takes the stored drafts where nothing was typed since.
func (b *Drafts) Take(list []record.Draft) {
	for _, d := range list {
		key := Key{d.Action, d.Groups}
		if _, typed := b.Texts[key]; !typed && !b.changed[key] {
			b.Texts[key] = clean.Text(d.Text)
		}
	}
}

// SaveLater starts the delay after a change, unless it runs already.
func (b *Drafts) SaveLater(ctx context.Context) tea.Cmd {
	if b.saver.store == nil || len(b.changed) == 0 || b.waiting.Busy() || b.resting || len(b.saving) > 0 {
		return nil
	}
	delay := b.Delay
	return reply.Start(&b.waiting, func() bool { return reply.Pause(ctx, delay) }, func(due bool) tea.Cmd {
		if !due {
			return nil // Flush saves them
		}
		return b.Save(ctx)
	})
}

// SaveNow saves what is not known to be saved, before the terminal is given away.
func (b *Drafts) SaveNow(ctx context.Context) tea.Cmd {
	b.again()
	return b.Save(ctx)
}

// Save gives what changed to the store.
func (b *Drafts) Save(ctx context.Context) tea.Cmd {
	batch := b.batch()
	if b.saver.store == nil || len(batch.list) == 0 {
		return nil
	}
	b.saving[batch.number] = batch.list
	return reply.Start(new(reply.Loader), func() error {
		// Begun is done: the program's end must not cut it off half way.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
		defer cancel()
		return b.saver.save(ctx, batch)
	}, reply.Nothing(func(err error) { b.saved(batch, err) }))
}

// saved ends a saving. That drafts can't be saved is said once.
func (b *Drafts) saved(batch draftBatch, err error) {
	reported := b.failing
	b.failing, b.resting = err != nil, err != nil
	delete(b.saving, batch.number)
	if err != nil {
		b.mark(batch.list)
	}
	if err == nil || reported {
		return
	}
	b.Say("What you type is not saved for the next start: " + err.Error() + ".")
}

// again counts what is being saved as not saved yet.
func (b *Drafts) again() {
	for _, list := range b.saving {
		b.mark(list)
	}
}

// mark counts drafts as not saved.
func (b *Drafts) mark(list []record.Draft) {
	for _, d := range list {
		b.changed[Key{d.Action, d.Groups}] = true
	}
}

// batch returns what changed, with a number to recognise an older one.
func (b *Drafts) batch() draftBatch {
	b.saver.batches++
	batch := draftBatch{number: b.saver.batches}
	for key := range b.changed {
		batch.list = append(batch.list, record.Draft{Action: key.Action, Groups: key.Groups, Text: b.Texts[key], At: sources.Now()})
	}
	clear(b.changed)
	return batch
}

// Flush saves what was not saved yet. It is called after the program's end,
// when no message is handled any more, so that nobody knows whether a saving
// that was begun has come to its end.
func (b *Drafts) Flush(ctx context.Context) {
	b.again()
	batch := b.batch()
	if b.saver.store == nil || len(batch.list) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), flushTime)
	defer cancel()
	_ = b.saver.save(ctx, batch) // nobody is left who would read why it failed
}

// draftBatch are drafts to save.
type draftBatch struct {
	number int
	list   []record.Draft
}

// draftSaver writes drafts to the store, one batch at a time: the last one,
// at the program's end, must not be undone by one that was begun before.
type draftSaver struct {
	store   Store
	batches int // used on the loop alone

	mu sync.Mutex
	// written is the number of the batch that last wrote each draft
	// written.
	written map[Key]int
}

func (k *draftSaver) save(ctx context.Context, batch draftBatch) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.written == nil {
		k.written = map[Key]int{}
	}
	for _, d := range batch.list {
		key := Key{d.Action, d.Groups}
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

// flushTime bounds the last saving, when the program ends.
const flushTime = 3 * time.Second
