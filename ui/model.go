package ui

import (
	"context"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"firstline/sources"
	"firstline/ui/draft"
	"firstline/ui/draw"
	"firstline/ui/keyboard"
	"firstline/ui/reply"
	"firstline/ui/room"
)

// mode is what the keys go to.
type mode int

const (
	normal mode = iota
	filtering
	inAction // a dialog is open
	reading  // the help or the messages are
	commanding
	handingOver
	searching // text is looked for in the page
	choosing  // a list in the pane is open
	inRunner  // a step's command is asked about, runs or has run
)

// Model is the whole screen. Its Update routes each message to the part that
// it is for; the parts keep their own state.
type Model struct {
	*shared
	ctx  context.Context
	mode mode
	// paneFocused: the pane is read; else the keys move in the list.
	paneFocused bool

	board  *board
	list   *list
	pane   *pane
	prompt *filterPrompt
	dialog *dialog
	reader *reader
	// commands is where a command is looked for, while that is so.
	commands *commandPrompt
	timeline *timeline

	// handover is the text of a shift hand-off, while it is shown.
	handover *handoverPage

	// runner is the command of a step, while it is on the screen; running are
	// those that have not ended.
	runner  *runner
	running sync.WaitGroup

	// snapshots and notices are what comes in by itself.
	snapshots, notices reply.Loader
	// settling finds out what became of earlier actions, editing is the
	// person's own editor.
	settling, editing reply.Loader

	person person
	drafts *draft.Drafts
	unread unreadAlerts
	sendings
	// last is the last action that came about; nil: none did.
	last *doneAction
	// filtered: the responder changed the filter, and what the cursor stood
	// on may leave the list.
	filtered bool
	// timer waits for the next tick; tests put their own clock in its place.
	timer func() tea.Cmd
	// pressed is when a key was pressed last.
	pressed time.Time
	// exec hands the terminal to another program; tests have none.
	exec func(tea.ExecCommand, tea.ExecCallback) tea.Cmd
	// release ends the reading of keys before another program has the terminal,
	// and reads the rest of a burst; nil: keys are not read here.
	release func()
	// leaving: q was pressed while something is being sent.
	leaving bool
	// interrupted: the last key was ctrl-c.
	interrupted bool
	// undelivered is what came of a program that had the terminal, until it is
	// taken.
	undelivered tea.Msg
}

// New makes the screen. It reads nothing and starts nothing: Init does.
func New(o Options) *Model {
	if o.Now == nil {
		o.Now = sources.Now
	}
	s := &shared{options: o, Screen: room.Screen{
		Pen: draw.Pen{Method: ansi.WcWidth, Location: o.Location}, Now: o.Now(), TimeNow: o.Now, Messages: &room.Messages{},
	}}
	if s.Location == nil {
		s.Location = time.Local
	}
	s.Theme = draw.NewTheme(true, o.NoColor, false)
	m := &Model{
		shared: s, ctx: context.Background(), drafts: draft.New(o.Drafts), sendings: newSendings(), timeline: newTimeline(),
		board: newBoard(s), list: newList(s), pane: newPane(s), prompt: newFilterPrompt(s),
	}
	s.Keys = m.newKeymap()
	m.timer, m.exec, m.pressed = m.wait, tea.Exec, m.TimeNow()
	m.pane.memory.say = func(sentence string) { m.Say(room.Caution, sentence) }
	m.drafts.Say = m.pane.memory.say
	m.person = m.findPerson()
	for _, w := range o.Warnings {
		m.Say(room.Caution, w)
	}
	if o.Filter != "" {
		f, err := s.parseFilter(o.Filter)
		if err != nil {
			m.Say(room.Failure, filterFault(o.Filter, err))
		} else {
			m.board.setFilter(f)
		}
	}
	return m
}

// tickMsg comes once a second, so that ages tell the truth. When nobody has
// pressed a key for a while it comes half as often: each means a whole frame,
// and the program stays open for weeks.
type tickMsg time.Time

// idleAfter is how long after the last key nobody is taken to look.
const idleAfter = time.Minute

func (m *Model) tickEvery() time.Duration {
	if m.TimeNow().Sub(m.pressed) > idleAfter {
		return 2 * time.Second
	}
	return time.Second
}

// wait waits for the next tick, but not longer than the program runs.
func (m *Model) wait() tea.Cmd {
	ctx, every := m.ctx, m.tickEvery()
	return func() tea.Msg {
		timer := time.NewTimer(every)
		defer timer.Stop()
		select {
		case t := <-timer.C:
			return tickMsg(t)
		case <-ctx.Done():
			return nil
		}
	}
}

// Init asks the terminal for its background and begins to listen.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, m.timer(), m.listen(), m.drafts.Load(m.ctx, m.takeDrafts),
		m.pane.memory.loadPositions(m.ctx, m.takePositions), m.settle(0))
}

// listen begins to take what the sources say and other sentences to show.
func (m *Model) listen() tea.Cmd {
	ctx, from := m.ctx, m.options.Snapshots
	var cmds []tea.Cmd
	if from != nil {
		next := func() ([]sources.Snapshot, bool) { return nextSnapshots(ctx, from) }
		cmds = append(cmds, reply.Listen(&m.snapshots, next, reply.Nothing(m.takeSnapshots)))
	}
	if m.options.Notices != nil {
		cmds = append(cmds, reply.Listen(&m.notices, nextNotice(ctx, m.options.Notices), reply.Nothing(m.takeNotice)))
	}
	return tea.Batch(cmds...)
}

// Update routes a message and then starts whatever became due by it.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := tea.Batch(m.route(msg), m.follow())
	m.look()
	return m, cmd
}

func (m *Model) route(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case keyboard.Typed:
		return m.takeTyped(msg)
	case tea.KeyPressMsg, tea.PasteMsg:
		return m.takeTyped(keyboard.Typed{Msg: msg, At: m.TimeNow()})
	case tea.WindowSizeMsg:
		m.Width, m.Height = msg.Width, msg.Height
		m.relayout()
	case tea.BackgroundColorMsg:
		m.setTheme(msg.IsDark(), m.Theme.NoColor, m.Theme.FewColors)
	case tea.ColorProfileMsg:
		m.setTheme(m.Theme.Dark, m.options.NoColor || msg.Profile <= colorprofile.ASCII, msg.Profile == colorprofile.ANSI)
	case tea.ModeReportMsg:
		m.learnWidths(msg)
	case tickMsg:
		m.tick()
		return m.timer()
	case returnedMsg:
		return m.takeReturned(msg)
	case reply.Message:
		return msg.Deliver()
	}
	return nil
}

// follow starts what became due: a join, the pane of another group, the plan
// of a dialog.
func (m *Model) follow() tea.Cmd {
	m.pane.show(m.list.current())
	if m.mode == choosing && m.pane.chooser == nil {
		m.mode = normal // its group has gone
	}
	cmds := []tea.Cmd{m.board.arrange(m.takeArranged), m.pane.prepare(m.ctx, m.timeline), m.readTimeline(), m.readUnread(), m.drafts.Keep(m.ctx), m.followRunbook()}
	if m.mode == filtering {
		cmds = append(cmds, m.prompt.learn(m.board.groups))
	}
	if m.dialog != nil {
		cmds = append(cmds, m.dialog.think(m.ctx, m.board.current))
	}
	return tea.Batch(cmds...)
}

func (m *Model) relayout() {
	m.Layout = room.Arrange(m.Width, m.Height, m.paneFocused)
	m.list.clamp()
	m.list.see()
	m.prompt.fitInto(m.filterRoom())
	if m.dialog != nil {
		m.dialog.resize()
	}
	if m.handover != nil {
		m.handover.clamp()
	}
	m.reread()
	if m.runner != nil {
		m.runner.rewrap()
	}
}

// reread makes the text that is being read anew, for another width or theme.
func (m *Model) reread() {
	if m.reader == nil {
		return
	}
	offset := m.reader.offset
	if m.reader.title == helpTitle {
		m.reader = m.newHelp()
	} else {
		m.reader = m.newMessages()
	}
	m.reader.offset = offset
	m.reader.clamp()
}

// focusPane gives the keys to the pane or back to the list; where not both are
// on the screen, that shows the other.
func (m *Model) focusPane(focused bool) {
	m.paneFocused = focused
	m.relayout()
}

func (m *Model) setTheme(dark, noColor, fewColors bool) {
	if m.Theme.Dark == dark && m.Theme.NoColor == noColor && m.Theme.FewColors == fewColors {
		return
	}
	m.Theme = draw.NewTheme(dark, noColor, fewColors)
	m.list.forget()
	m.reread()
}

// learnWidths: a terminal that knows mode 2027 counts the cells of a grapheme
// as a whole, and Bubble Tea then draws so.
func (m *Model) learnWidths(msg tea.ModeReportMsg) {
	if msg.Mode == ansi.ModeUnicodeCore && (msg.Value == ansi.ModeReset || msg.Value == ansi.ModeSet || msg.Value == ansi.ModePermanentlySet) {
		m.Method = ansi.GraphemeWidth
	}
}

func (m *Model) tick() {
	before := m.Now
	m.Now = m.TimeNow()
	m.Messages.Expire(m.Now)
	m.pane.late()
	if before.Truncate(time.Minute) != m.Now.Truncate(time.Minute) {
		m.pane.refresh(false)
		m.person = m.findPerson()
		m.pane.again()
		m.board.rejoin()
	}
}

func (m *Model) takeSnapshots(list []sources.Snapshot) {
	m.Now = m.TimeNow()
	for _, news := range m.board.take(list) {
		m.Say(news.Level, news.Text)
	}
	m.person = m.findPerson()
}

func (m *Model) takeArranged(a arranged) {
	m.board.accept(a)
	m.Now = m.TimeNow()
	m.list.apply(a, m.filtered)
	m.filtered = false
	if m.dialog != nil && a.joined && !m.dialog.sending && !m.dialog.finished {
		m.dialog.refreshGroups(a.groups)
	}
}
