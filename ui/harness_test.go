package ui

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/execute"
	"firstline/internal/respond"
	"firstline/runbooks"
	"firstline/sources"
	"firstline/ui/dialog"
	"firstline/ui/draw"
	"firstline/ui/reply"
	"firstline/ui/room"
)

const ms = time.Millisecond

// harness drives a Model by keys, without a terminal and without timers: after
// each message all commands are run to their end.
type harness struct {
	t         testing.TB
	m         *Model
	now       time.Time
	clipboard string
	// asked is what the terminal was asked for.
	asked []string
	quit  bool
	// hold holds commands instead of running them, to look at the screen
	// while something is under way.
	hold bool
	held []tea.Cmd
	// holdReplies holds replies instead of delivering them, in replies; past are
	// all that were delivered.
	holdReplies   bool
	replies, past []reply.Message
	// left is called when the screen stops or ends; it may be nil.
	left func()
}

// snapshotsMsg is what the sources said at once.
type snapshotsMsg struct{ list []sources.Snapshot }

// revise counts the changes of what sources say, as a poller does.
func (h *harness) revise(list []sources.Snapshot) {
	for i := range list {
		before := h.m.list.Sources.Snapshots[list[i].Source.Name]
		list[i].Revision = before.Revision
		if !reflect.DeepEqual(before.Data, list[i].Data) {
			list[i].Revision++
		}
	}
}

func newHarness(t testing.TB, width, height int, change func(*Options)) *harness {
	t.Helper()
	h := &harness{t: t, now: noon}
	o := Options{
		Initial: storySources(), Refresh: func() {}, Now: func() time.Time { return h.now }, Location: time.UTC,
		Respond: respond.Settings{
			Role: respond.Developer, Email: "dana@example.com", FirstLineName: "Ops first line", FirstLinePolicy: "POPS",
			HasPagerDuty: true, Silencers: []string{"alertmanager"},
		},
		Doer:       &execute.Doer{Now: func() time.Time { return h.now }},
		ConfigPath: "~/.config/firstline/config.toml",
		Pause: func(_ context.Context, d time.Duration) bool {
			h.now = h.now.Add(d)
			return true
		},
	}
	if change != nil {
		change(&o)
	}
	h.m = New(o)
	h.m.ticker.off = true
	h.m.drafts.Delay = 0
	h.m.terminal.Start = func(c tea.ExecCommand, done tea.ExecCallback) tea.Cmd {
		return func() tea.Msg { return done(c.Run()) }
	}
	t.Cleanup(func() {
		if !t.Failed() {
			h.again()
		}
	})
	h.run(h.m.Init())
	h.send(tea.WindowSizeMsg{Width: width, Height: height})
	return h
}

// withStory has the fixtures' sources answered.
func withStory(t testing.TB, width, height int, change func(*Options)) *harness {
	t.Helper()
	h := newHarness(t, width, height, change)
	h.send(snapshotsMsg{list: story(noon)})
	return h
}

func withRunbooks(o *Options) {
	o.Library = runbooks.Open(runbooks.Options{FS: runbookFiles()})
	o.RunbookDirectories = []string{"runbooks"}
}

func (h *harness) send(msg tea.Msg) {
	h.t.Helper()
	if s, ok := msg.(snapshotsMsg); ok {
		h.revise(s.list)
		msg = h.m.listening.snapshots.Begin().Reply(func() tea.Cmd { h.m.takeSnapshots(s.list); return nil })
	}
	_, cmd := h.m.Update(msg)
	h.run(cmd)
}

// run runs a command and all that follow from it.
func (h *harness) run(cmd tea.Cmd) {
	h.t.Helper()
	if cmd == nil {
		return
	}
	if h.hold {
		h.held = append(h.held, cmd)
		return
	}
	msg := cmd()
	switch msg.(type) {
	case tea.QuitMsg, tea.InterruptMsg, tea.SuspendMsg:
		if h.left != nil {
			h.left()
		}
	}
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			h.run(c)
		}
	case tea.QuitMsg:
		h.quit = true
	case tea.RawMsg:
		h.asked = append(h.asked, fmt.Sprint(msg.Msg))
	case reply.Message:
		if h.holdReplies {
			h.replies = append(h.replies, msg)
			return
		}
		h.deliver(msg)
	default:
		if v := reflect.ValueOf(msg); v.Kind() == reflect.String && v.Type().Name() == "setClipboardMsg" {
			h.clipboard = v.String()
			return
		}
		h.send(msg)
	}
}

// deliver hands over a reply and runs what follows.
func (h *harness) deliver(r reply.Message) {
	h.t.Helper()
	h.past = append(h.past, r)
	h.send(r)
}

// deliverHeld hands over the replies that are held, and those that follow.
func (h *harness) deliverHeld() {
	h.t.Helper()
	h.holdReplies = false
	held := h.replies
	h.replies = nil
	for _, r := range held {
		h.deliver(r)
	}
}

// again hands over every reply of the past once more, the latest first: all of
// them come too late and change nothing.
func (h *harness) again() {
	h.t.Helper()
	before, _ := h.m.frame()
	for _, r := range slices.Backward(h.past) {
		if cmd := r.Deliver(); cmd != nil {
			h.t.Errorf("an old reply asks for something")
		}
	}
	if after, _ := h.m.frame(); after != before {
		h.t.Errorf("old replies changed the screen from\n%s\nto\n%s", h.m.Bare(before), h.m.Bare(after))
	}
}

// release runs what was held.
func (h *harness) release() {
	h.t.Helper()
	h.hold = false
	held := h.held
	h.held = nil
	for _, c := range held {
		h.run(c)
	}
}

// press sends keys: names as in "enter" and "ctrl+d", or single letters, with
// the time between them that a person takes.
func (h *harness) press(keys ...string) {
	h.t.Helper()
	for _, k := range keys {
		h.now = h.now.Add(room.LeastSeen)
		h.send(keyPress(k))
	}
}

// write types text letter by letter, as quick as a person can.
func (h *harness) write(text string) {
	h.t.Helper()
	for _, r := range text {
		h.now = h.now.Add(40 * ms)
		h.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

func keyPress(name string) tea.KeyPressMsg {
	special := map[string]rune{
		"enter": tea.KeyEnter, "esc": tea.KeyEscape, "tab": tea.KeyTab, "up": tea.KeyUp, "down": tea.KeyDown,
		"backspace": tea.KeyBackspace, "pgdown": tea.KeyPgDown, "pgup": tea.KeyPgUp,
	}
	switch {
	case name == "space":
		return tea.KeyPressMsg{Code: ' ', Text: " "}
	case name == "alt+right":
		return tea.KeyPressMsg{Code: tea.KeyRight, Mod: tea.ModAlt}
	case name == "shift+tab":
		return tea.KeyPressMsg{Code: tea.KeyTab, Mod: tea.ModShift}
	case strings.HasPrefix(name, "ctrl+"):
		return tea.KeyPressMsg{Code: []rune(name)[5], Mod: tea.ModCtrl}
	case special[name] != 0:
		return tea.KeyPressMsg{Code: special[name]}
	}
	return tea.KeyPressMsg{Code: []rune(name)[0], Text: name}
}

// tick lets time pass by a second's tick.
func (h *harness) tick(d time.Duration) {
	h.now = h.now.Add(d)
	h.send(tickMsg(h.now))
}

// screen is the frame without colours.
func (h *harness) screen() string {
	text, _ := h.m.frame()
	return h.m.Bare(text)
}

func (h *harness) sees(wanted ...string) {
	h.t.Helper()
	screen := h.screen()
	for _, w := range wanted {
		if !strings.Contains(screen, w) {
			h.t.Fatalf("the screen does not show %q:\n%s", w, screen)
		}
	}
}

func (h *harness) seesNot(unwanted ...string) {
	h.t.Helper()
	screen := h.screen()
	for _, u := range unwanted {
		if strings.Contains(screen, u) {
			h.t.Fatalf("the screen shows %q:\n%s", u, screen)
		}
	}
}

// The parts of the screen, without colours: each helper says that one of them shows
// all of the texts.

// header checks the header.
func (h *harness) header(wanted ...string) {
	h.t.Helper()
	h.part("the header", h.m.Layout.Header, wanted)
}

// list checks the list: its title, rows and footer.
func (h *harness) list(wanted ...string) { h.t.Helper(); h.part("the list", h.m.Layout.List, wanted) }

// reads checks the pane: its title, what is read, and its footer.
func (h *harness) reads(wanted ...string) { h.t.Helper(); h.part("the pane", h.m.Layout.Pane, wanted) }

// dialog checks the room that is open over the others.
func (h *harness) dialog(wanted ...string) {
	h.t.Helper()
	h.part("the open room", h.overlayArea(), wanted)
}

// status checks the status line.
func (h *harness) status(wanted ...string) {
	h.t.Helper()
	h.part("the status line", draw.Rectangle{Y: h.m.Height - 2, Width: h.m.Width, Height: 1}, wanted)
}

// hints checks the line of keys.
func (h *harness) hints(wanted ...string) {
	h.t.Helper()
	h.part("the line of keys", draw.Rectangle{Y: h.m.Height - 1, Width: h.m.Width, Height: 1}, wanted)
}

// row checks the row of a group, which holds a text.
func (h *harness) row(of string, wanted ...string) {
	h.t.Helper()
	lines := strings.Split(h.text(h.m.Layout.List), "\n")
	if h.m.list.Roomy { // the lines of a row are one
		for i := 1; i+1 < len(lines)-1; i += 2 {
			lines[i], lines[i+1] = lines[i]+lines[i+1], ""
		}
	}
	for _, line := range lines {
		if strings.Contains(line, of) {
			for _, w := range wanted {
				if !strings.Contains(line, w) {
					h.t.Fatalf("the row of %s does not show %q: %q", of, w, line)
				}
			}
			return
		}
	}
	h.t.Fatalf("no row holds %q:\n%s", of, h.screen())
}

// field checks the value of a field of the open dialog or of the details: the line
// that begins with its label.
func (h *harness) field(label string, wanted ...string) {
	h.t.Helper()
	area := h.overlayArea()
	if area.Empty() {
		area = h.m.Layout.Pane
	}
	for line := range strings.SplitSeq(h.text(area), "\n") {
		if value, is := strings.CutPrefix(strings.TrimLeft(line, "│ "), label); is {
			for _, w := range wanted {
				if !strings.Contains(value, w) {
					h.t.Fatalf("the field %s does not show %q: %q", label, w, line)
				}
			}
			return
		}
	}
	h.t.Fatalf("there is no field %s:\n%s", label, h.screen())
}

// overlayArea is where the open room is drawn; empty where it is drawn within
// another.
func (h *harness) overlayArea() (area draw.Rectangle) {
	if h.m.overlay != nil {
		if lines, at, _ := h.m.overlay.View(); len(lines) > 0 {
			area = at
		}
	}
	return area
}

// text is the part of the screen in an area.
func (h *harness) text(area draw.Rectangle) string {
	lines := strings.Split(h.screen(), "\n")
	var part []string
	for y := area.Y; y < min(area.Y+area.Height, len(lines)); y++ {
		part = append(part, h.m.Slice(lines[y], area.X, area.X+area.Width))
	}
	return strings.Join(part, "\n")
}

func (h *harness) part(name string, area draw.Rectangle, wanted []string) {
	h.t.Helper()
	text := h.text(area)
	for _, w := range wanted {
		if !strings.Contains(text, w) {
			h.t.Fatalf("%s does not show %q:\n%s", name, w, h.screen())
		}
	}
}

// sending is what is under way; there must be one.
func (h *harness) sending() *dialog.Sending {
	h.t.Helper()
	for s := range h.m.actions.Sending {
		return s
	}
	h.t.Fatal("nothing is being sent")
	return nil
}

// put moves the cursor to the group whose row holds text.
func (h *harness) put(text string) {
	h.t.Helper()
	h.press("g")
	for range h.m.list.Visible {
		r, names := h.m.list.CurrentRow(), h.m.list.Current().AlertNames()
		if strings.Contains(r.Title+r.Service+r.ID+strings.Join(names, " "), text) {
			return
		}
		h.press("j")
	}
	h.t.Fatalf("no row holds %q:\n%s", text, h.screen())
}

// account is a PagerDuty that remembers what was done to it.
type account struct {
	sources.Incidents // what is not used here is nil, and panics

	mu        sync.Mutex
	incidents map[string]sources.Incident
	onCalls   []sources.OnCall
	done      []string
	// fail is what every write answers while it is set.
	fail error
}

func newAccount() *account {
	d := &account{incidents: map[string]sources.Incident{}}
	data := pagerDutyData(noon)
	d.onCalls = data.OnCalls
	for _, i := range data.Incidents {
		d.incidents[i.ID] = i
	}
	return d
}

func (d *account) with(o *Options) { o.Doer.Incidents = d }

// acts are the writes so far, in order.
func (d *account) acts() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.done...)
}

func (d *account) change(act string, ids []string, f func(*sources.Incident)) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail != nil {
		return d.fail
	}
	d.done = append(d.done, act+" "+strings.Join(ids, ","))
	for _, id := range ids {
		i := d.incidents[id]
		f(&i)
		i.UpdatedAt = i.UpdatedAt.Add(time.Hour)
		d.incidents[id] = i
	}
	return nil
}

func (d *account) Incident(_ context.Context, id string) (sources.Incident, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i, found := d.incidents[id]
	if !found {
		return i, &sources.Error{Reason: sources.NotFound, Sentence: "There is no such incident."}
	}
	return i, nil
}

func (d *account) OnCalls(context.Context, ...string) ([]sources.OnCall, sources.Extent, error) {
	return d.onCalls, sources.Whole, nil
}

func (d *account) OnCallsUntil(context.Context, time.Time, ...string) ([]sources.OnCall, sources.Extent, error) {
	return d.onCalls, sources.Whole, nil
}

func (d *account) FindUsers(context.Context, string) ([]sources.User, sources.Extent, error) {
	return nil, sources.Whole, nil
}

func (d *account) User(_ context.Context, id string) (sources.User, error) {
	return sources.User{ID: id, RulesRead: true, Rules: []sources.NotificationRule{{Urgency: "high"}, {Urgency: "low"}}}, nil
}

func (d *account) ChangeNote(_ context.Context, id, noteID, content string) error {
	return d.change("change note "+noteID+": "+content, []string{id}, func(*sources.Incident) {})
}

func (d *account) Notes(context.Context, string) ([]sources.Note, error) { return nil, nil }

func (d *account) LogEntries(context.Context, string) ([]sources.LogEntry, sources.Extent, error) {
	return nil, sources.Whole, nil
}

func (d *account) Acknowledge(_ context.Context, ids ...string) error {
	return d.change("acknowledge", ids, func(i *sources.Incident) {
		i.Status = sources.Acknowledged
		i.Acknowledgers = []sources.Assignment{{User: userReference(dana), At: noon}}
	})
}

func (d *account) AddNote(_ context.Context, id, content string) (sources.Note, error) {
	err := d.change("note", []string{id}, func(*sources.Incident) {})
	if err == nil {
		d.mu.Lock()
		d.done[len(d.done)-1] += ": " + content
		d.mu.Unlock()
	}
	return sources.Note{ID: "N1", Content: content, User: userReference(dana), CreatedAt: noon}, err
}

func (d *account) SetPolicy(_ context.Context, policy string, ids ...string) error {
	return d.change("policy "+policy, ids, func(i *sources.Incident) {
		i.Policy = reference(policy, "Ops first line")
		i.Assignments = []sources.Assignment{{User: userReference(ben), At: noon}}
	})
}

func (d *account) Assign(_ context.Context, users []string, ids ...string) error {
	return d.change("assign "+strings.Join(users, ","), ids, func(i *sources.Incident) {
		i.Assignments = nil
		for _, u := range users {
			i.Assignments = append(i.Assignments, sources.Assignment{User: reference(u, u), At: noon})
		}
	})
}

// errUnreachable is a write that never reached PagerDuty.
var errUnreachable = &sources.Error{
	Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, Doing: "writing", Reason: sources.Unreachable,
	Sentence: "No connection.", Err: fmt.Errorf("refused"),
}

func windowSize(width, height int) tea.WindowSizeMsg {
	return tea.WindowSizeMsg{Width: width, Height: height}
}
