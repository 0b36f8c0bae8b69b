// Package past is the tab that shows when the alert of a group fired before, and
// what was done about it.
package past

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/earlier"
	"firstline/internal/history"
	"firstline/internal/record"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/keymap"
	"firstline/ui/lazy"
	"firstline/ui/pane"
)

// Options are what the tab needs besides the pane.
type Options struct {
	// Find finds when an alert fired before, Open reads what was done then. Both are
	// called off the loop; nil: nothing can.
	Find func(ctx context.Context, q earlier.Question, before earlier.Found) earlier.Found
	Open func(ctx context.Context, t earlier.Time, users []sources.User) Opened
}

// Opened is what was done about an incident.
type Opened struct {
	History history.History
	// Incident is the incident as it is now. It is empty where its end was known
	// without it, or where it was not read.
	Incident sources.Incident
	// Ticks and Runs are those of this machine.
	Ticks []record.Tick
	Runs  []record.Run
	// Err is why not all was read.
	Err error
}

// notes are the notes of that time, the oldest first.
func (o *Opened) notes() []history.Event {
	var notes []history.Event
	for _, e := range o.History.Events {
		if e.Kind == history.Noted {
			notes = append(notes, e)
		}
	}
	return notes
}

// Ends reports whether the log says when the incident was resolved.
func (o *Opened) Ends() bool {
	at, _ := o.end()
	return !at.IsZero()
}

// end is when it was resolved and by whom, according to its log, else to the incident
// itself; zero where nothing says so.
func (o *Opened) end() (at time.Time, by string) {
	for _, e := range o.History.Events {
		switch e.Kind {
		case history.Resolved:
			at = e.At
		case history.Triggered, history.Acknowledged, history.Unacknowledged:
			at = time.Time{} // it was opened again
		}
	}
	if in := o.Incident; at.IsZero() && in.Status == sources.Resolved {
		at, by = in.ChangedAt, earlier.EndedBy(in.ChangedBy)
	}
	return at, by
}

// open reports whether the incident says that it is not resolved.
func (o *Opened) open() bool {
	return o.Incident.Status == sources.Triggered || o.Incident.Status == sources.Acknowledged
}

// How long what was read is valid, after what time a read that failed is tried
// again, and how long one may take.
const (
	findFor  = 10 * time.Minute
	findTime = time.Minute
	openFor  = time.Hour
	openTime = 30 * time.Second
	retry    = time.Minute
)

// Tab shows when the alert fired before. It reads only while it is shown.
type Tab struct {
	pane.Basic
	pane    *pane.Pane
	options Options
	found   lazy.Cache[earlier.Found]
	details lazy.Cache[Opened]
	// at is the row under the cursor, and opened the id of the time that is open;
	// empty: none is.
	at     int
	opened string
	// arriving: the next content is another one.
	arriving bool
}

// New makes the tab of a pane.
func New(p *pane.Pane, o Options) *Tab {
	return &Tab{
		pane: p, options: o,
		found:   lazy.Cache[earlier.Found]{For: findFor, Retry: retry, Time: findTime, Pause: p.Options.Pause, Pace: &p.Pace},
		details: lazy.Cache[Opened]{For: openFor, Retry: retry, Time: openTime, Pause: p.Options.Pause, Pace: &p.Pace},
	}
}

// Configure has other options used.
func (t *Tab) Configure(o Options) {
	t.options = o
	t.found.Forget()
	t.details.Forget()
}

// Name is the tab's name.
func (t *Tab) Name() string { return "Past" }

// Mode is where keys act while the tab is read.
func (t *Tab) Mode() keymap.Mode {
	if t.opened != "" {
		return keymap.InPastOne
	}
	return keymap.InPast
}

// Table is the keys of the tab.
func (t *Tab) Table() keymap.Table {
	const at = keymap.InPast
	return keymap.Table{
		keymap.Key(at, keymap.NextPast, "next time").Hinted("*"),
		keymap.Key(at, keymap.PreviousPast, "time before").Hinted("*"),
		keymap.Key(at, keymap.OpenPast, "what was done then, in the past").In(keymap.GroupMove).Hinted("open").Unless(t.whyNoRow),
		keymap.Key(at, keymap.CopyPastNote, "its notes into a note, in the past").In(keymap.GroupMove).Hinted("copy note").Unless(t.whyNoNote),
		keymap.Key(at, keymap.Leave, "back to the list").Hinted("list"),
		keymap.Key(keymap.InPastOne, keymap.Leave, "back to the times").Hinted("back"),
		keymap.Key(keymap.InPastOne, keymap.CopyPastNote, "its notes into a note").Hinted("copy note").Unless(t.whyNoNote),
	}
}

// times are those of the group that is shown.
func (t *Tab) times() []earlier.Time {
	if t.pane.Group == nil {
		return nil
	}
	return t.found.Of(t.pane.Group.ID).Value.Times
}

// current is the time that is open, else that under the cursor.
func (t *Tab) current() *earlier.Time {
	times := t.times()
	if t.opened != "" {
		for i := range times {
			if idOf(&times[i]) == t.opened {
				return &times[i]
			}
		}
		return nil
	}
	if len(times) == 0 {
		return nil
	}
	return &times[min(t.at, len(times)-1)]
}

// idOf identifies a time.
func idOf(t *earlier.Time) string {
	if t.Incident.ID != "" {
		return t.Incident.ID
	}
	return t.From + " " + t.Title + " " + t.Began.UTC().Format(time.RFC3339)
}

func (t *Tab) whyNoRow() string {
	switch {
	case t.options.Find == nil:
		return "no source with a past is configured"
	case t.current() == nil:
		return "no earlier time is known"
	}
	return ""
}

func (t *Tab) whyNoNote() string {
	if why := t.whyNoRow(); why != "" {
		return why
	}
	one := t.current()
	if one.Incident.ID == "" {
		return "it had no incident, and so no notes"
	}
	read := t.details.Of(one.Incident.ID)
	switch {
	case read.At.IsZero() && t.opened == "":
		return t.pane.Keys.KeyOf(keymap.OpenPast, keymap.InPast) + " reads its notes first"
	case read.At.IsZero():
		return "its notes are not read yet"
	case len(read.Value.notes()) == 0 && read.Value.Err != nil:
		return "its notes could not be read"
	case len(read.Value.notes()) == 0:
		return "it has no notes"
	}
	return ""
}

// Do carries out a command.
func (t *Tab) Do(c keymap.Command) (cmd tea.Cmd, done bool) {
	switch c {
	case keymap.NextPast, keymap.PreviousPast:
		t.move(map[keymap.Command]int{keymap.NextPast: 1, keymap.PreviousPast: -1}[c])
	case keymap.OpenPast:
		if one := t.current(); one != nil {
			t.opened = idOf(one)
			t.turn()
		}
	case keymap.CopyPastNote:
		one := t.current()
		if one == nil || t.whyNoNote() != "" {
			return nil, true
		}
		read := t.details.Of(one.Incident.ID).Value
		t.pane.Options.Note(t.pane.Group.ID, noteOf(one, read.notes()))
	default:
		return nil, false
	}
	return nil, true
}

// move goes to another row; where there are none it scrolls.
func (t *Tab) move(by int) {
	times := len(t.times())
	rows, _ := t.pane.ContentOf(t).Own.([]int)
	t.at = min(max(t.at+by, 0), max(times-1, 0))
	switch {
	case times == 0 || t.at >= len(rows):
		t.pane.Update(map[int]keymap.Command{1: keymap.MoveDown, -1: keymap.MoveUp}[by])
	case t.at == 0:
		t.pane.Reveal(0)
		t.pane.Reveal(rows[0])
	default:
		t.pane.Reveal(rows[t.at])
	}
}

// turn shows another content from its begin.
func (t *Tab) turn() {
	t.arriving = true
	t.pane.Remake()
}

// Back closes what is open.
func (t *Tab) Back() bool {
	if t.opened == "" {
		return false
	}
	t.opened = ""
	t.turn()
	return true
}

// Leave ends the stay at a group.
func (t *Tab) Leave() { t.at, t.opened = 0, "" }

// Restore goes to the begin of another content, or to the row under the cursor.
func (t *Tab) Restore(_ pane.Content, _ int, _, _ bool) {
	if !t.arriving {
		return
	}
	t.arriving = false
	t.pane.StartAt(t, 0)
	if rows, _ := t.pane.ContentOf(t).Own.([]int); t.opened == "" && t.at < len(rows) {
		t.pane.Reveal(rows[t.at])
	}
}

// Line marks the row under the cursor.
func (t *Tab) Line(number int, line string) (margin, drawn string) {
	rows, _ := t.pane.ContentOf(t).Own.([]int)
	if t.opened == "" && t.at < len(rows) && rows[t.at] == number && t.pane.Focused {
		return "▌", line
	}
	return " ", line
}

// Found finds nothing: there is no search.
func (t *Tab) Found() string { return "" }

// Notice has nothing to say.
func (t *Tab) Notice() string { return "" }

// Follow starts reading what is due.
func (t *Tab) Follow(g *triage.Group, shown bool) tea.Cmd {
	find, open := t.options.Find, t.options.Open
	if find == nil {
		return nil
	}
	id, now, ctx := "", t.pane.TimeNow(), t.pane.Context
	var q earlier.Question
	if shown && g != nil {
		id, q = g.ID, earlier.QuestionOf(*g, now)
	}
	cmds := []tea.Cmd{t.found.Follow(ctx, now, id, func(ctx context.Context, before earlier.Found) (earlier.Found, bool) {
		found := find(ctx, q, before)
		return found, found.Failed()
	}, t.taken)}
	which := ""
	var one earlier.Time
	if c := t.current(); shown && open != nil && t.opened != "" && c != nil && c.Incident.ID != "" {
		which, one = c.Incident.ID, *c
	}
	var users []sources.User
	if which != "" {
		users = t.pane.Options.Users()
	}
	return tea.Batch(append(cmds, t.details.Follow(ctx, now, which, func(ctx context.Context, before Opened) (Opened, bool) {
		read := open(ctx, one, users)
		if read.Err != nil && len(read.History.Events) < len(before.History.Events) {
			read.History = before.History
		}
		if read.Err != nil && read.Incident.ID == "" {
			read.Incident = before.Incident
		}
		return read, read.Err != nil
	}, t.pane.Invalidate))...)
}

// taken has the cursor on a row when the times are read again.
func (t *Tab) taken() {
	if n := len(t.times()); t.at >= n {
		t.at = max(n-1, 0)
	}
	if t.opened != "" && !slices.ContainsFunc(t.times(), func(one earlier.Time) bool { return idOf(&one) == t.opened }) {
		t.opened = ""
		t.arriving = true
	}
	t.pane.Invalidate()
}

// Refresh has the times read again when all is.
func (t *Tab) Refresh(all bool) {
	if all {
		t.found.Forget()
		t.details.Forget()
	}
}
