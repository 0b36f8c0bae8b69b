package ui

import (
	"context"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"firstline/internal/triage/changes"
	"firstline/sources"
	"firstline/ui/away"
	"firstline/ui/dialog"
	"firstline/ui/draft"
	"firstline/ui/draw"
	"firstline/ui/frame"
	"firstline/ui/hands"
	"firstline/ui/keyboard"
	"firstline/ui/keymap"
	"firstline/ui/list"
	"firstline/ui/pane"
	"firstline/ui/queries"
	"firstline/ui/reply"
	"firstline/ui/room"
	"firstline/ui/signal"
	"firstline/ui/steprun"
	"firstline/ui/terminal"
	"firstline/ui/tips"
)

// Model is the whole screen. Its Update routes each message to the part that
// it is for; the parts have their own state.
type Model struct {
	*shared
	// overlay is the room that is open over list and pane; nil: none is.
	overlay room.Overlay
	list    *list.List
	pane    *pane.Pane
	actions *dialog.Actions

	// steps are the commands of steps that run.
	steps *steprun.Steps

	listening listening
	// bound has the keymap for who reads the keys, off the loop; it may be nil.
	bound *atomic.Pointer[keymap.Table]

	storing *storing

	// queries ask the Prometheuses for what is on the screen.
	queries *queries.Queries

	// needs is the width that the list needed when the screen was laid out.
	needs    int
	header   *frame.Header
	tips     *tips.Tips
	away     *away.Away
	signals  *signal.Signals
	drafts   *draft.Drafts
	ticker   ticker
	terminal *terminal.Terminal
	hands    *hands.Hands
	// leaving: q was pressed while something is being sent.
	leaving bool
	// next is what Run returns when the person leaves for something else.
	next error
	// interrupted: the last key was ctrl-c.
	interrupted bool
}

// New makes the screen. It reads nothing and starts nothing: Init does.
func New(o Options) *Model {
	if o.Now == nil {
		o.Now = sources.Now
	}
	s := &shared{options: o, Screen: room.Screen{
		Pen: draw.Pen{Method: ansi.WcWidth, Location: o.Location, ASCII: o.ASCII, Plain: o.Plain}, Now: o.Now(), TimeNow: o.Now, Context: context.Background(), Messages: &room.Messages{},
	}}
	if s.Location == nil {
		s.Location = s.Now.Location()
	}
	s.Theme = draw.NewTheme(draw.Colors{Choice: o.Theme, Dark: o.First.Dark || len(o.First.Rows) == 0, NoColor: o.NoColor})
	var m *Model
	m = &Model{shared: s, drafts: draft.New(o.Drafts), queries: queries.New(&s.Screen, queries.Options{
		Metrics: o.Metrics, Pause: o.Pause, Snapshots: func() []sources.Snapshot { return m.list.Sources.Current() },
	})}
	m.list = list.New(&s.Screen, listOptions(o, s.configName(), m.queries, func() bool { return m.pane.Focused }))
	m.steps = steprun.NewSteps(&s.Screen, m.open)
	m.terminal = terminal.New(&s.Screen, terminal.Options{Editor: o.Editor, Clipboard: o.Clipboard, Lend: o.Lend, Save: m.saveAll})
	s.Terminal = m.terminal
	m.actions = dialog.New(&s.Screen, m.dialogOptions())
	m.pane = pane.New(&s.Screen, m.paneOptions())
	own := handsOptions(o)
	own.List, own.Pane, own.Overlay = m.list, m.pane, func() room.Overlay { return m.overlay }
	own.Press, own.Obey, own.Focus, own.Relayout = m.key, m.obey, m.focusPane, m.relayout
	m.hands = hands.New(&s.Screen, own)
	m.listening = listening{screen: &s.Screen, busy: func() bool { return m.overlay != nil || m.actions.Busy() }, joining: m.list.Sources.Unjoined}
	m.bindKeys()
	s.Host = m
	m.drafts.Say = func(sentence string) { m.Say(room.Caution, sentence) }
	m.header = &frame.Header{
		Screen: &s.Screen, Options: headerOptions(o),
		Sources: m.list.Shown, Counts: m.list.Counts,
	}
	m.header.FindPerson()
	m.storing = &storing{store: o.StoreFirst}
	m.tips = tips.New(&s.Screen, o.Tips, func() bool { return m.overlay == nil && !m.list.Sources.None() })
	m.away = away.New(&s.Screen, m.list.Sources.Rejoin)
	m.signals = signal.New(&s.Screen, o.Attention, m.away.There, m.away.Pressed)
	m.ticker = ticker{screen: &s.Screen, pressed: m.away.Pressed}
	m.list.Sources.Base, m.list.Sources.Seen, m.list.Changed = m.away.Base, m.away.Seen, m.away.Mark
	for _, w := range o.Warnings {
		m.Say(room.Caution, w)
	}
	if o.Filter != "" {
		m.list.StartWith(o.Filter)
	}
	return m
}

// Init begins to listen, and to read what was stored.
func (m *Model) Init() tea.Cmd {
	return tea.Batch(m.ticker.next(), m.listening.toNotices(m.options.Notices), m.listening.toConfigurations(m.options.Configurations), m.listening.toSources(m.options.Snapshots, m.takeSnapshots), m.drafts.Load(m.Context, m.actions.TakeDrafts), m.pane.Runbook.LoadPositions(), m.actions.Settle(0))
}

// Update routes a message and then starts whatever became due by it.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := tea.Batch(m.route(msg), m.follow())
	if question, asks := m.overlay.(room.Question); asks && m.Layout.Short == "" {
		question.NoteSeen()
	}
	return m, cmd
}

func (m *Model) route(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case keyboard.Typed:
		m.signals.Focus(true)
		return m.takeTyped(msg)
	case tea.KeyPressMsg, tea.PasteMsg:
		return m.takeTyped(keyboard.Typed{Msg: msg, At: m.TimeNow()})
	case tea.MouseClickMsg:
		return m.takeTyped(keyboard.Typed{Msg: msg, At: m.TimeNow()})
	case tea.MouseMsg:
		m.away.Present()
		m.hands.Route(msg)
	case tea.WindowSizeMsg:
		m.Width, m.Height = msg.Width, msg.Height
		m.relayout()
	case tea.FocusMsg:
		m.signals.Focus(true)
		m.away.Present()
	case tea.BlurMsg:
		m.signals.Focus(false)
	case tea.BackgroundColorMsg:
		c := m.Theme.Colors
		c.Dark = msg.IsDark()
		m.setTheme(c)
	case tea.ColorProfileMsg:
		c := m.Theme.Colors
		c.NoColor, c.FewColors = m.options.NoColor || msg.Profile <= colorprofile.ASCII, msg.Profile == colorprofile.ANSI
		m.setTheme(c)
	case tea.ModeReportMsg:
		m.terminal.LearnWidths(msg)
	case tickMsg:
		m.tick()
		return m.ticker.next()
	case reply.Message:
		return msg.Deliver()
	}
	return nil
}

// saveAll saves what was typed, ticked and read.
func (m *Model) saveAll() []tea.Cmd {
	return []tea.Cmd{m.drafts.SaveNow(m.Context), m.pane.Save()}
}

// follow starts what became due: a join, the pane of another group, the plan
// of a dialog.
func (m *Model) follow() tea.Cmd {
	var configured tea.Cmd
	if c := m.listening.due(); c != nil {
		configured = m.use(*c)
	}
	if m.needs != m.list.Needs() && m.Width > 0 && !m.pane.Focused {
		m.relayout() // what is being read does not move
	}
	m.pane.Show(m.list.Current())
	if m.mode() == keymap.InChoice && m.pane.Chooser == nil {
		m.Close() // its group has gone
	}
	cmds := []tea.Cmd{configured, m.list.Sources.Arrange(m.takeArranged), m.list.Sources.CompareEarlier(away.Longest, func(c list.Comparison) {
		m.away.TakeEarlier(c.Earlier, c.Since)
		m.moveGroups(c.Since)
	}), m.pane.Follow(), m.list.FollowSparks(coversList(m.overlay)), m.drafts.SaveLater(m.Context), m.actions.Follow(), m.header.Follow(), m.tips.Follow(), m.signals.Follow(), m.storing.follow(m.list, m.Now), m.hands.Follow()}
	if m.mode() == keymap.InFilter {
		cmds = append(cmds, m.list.Prompt.Learn(m.list.Sources.Groups))
	}
	return tea.Batch(cmds...)
}

func (m *Model) relayout() {
	m.needs = m.list.Needs()
	m.Layout = room.Arrange(m.Width, m.Height, room.Reading(m.Width, m.pane.Focused, m.pane.Whole), m.needs).Divide(m.hands.Split)
	m.list.Resize()
	m.list.Prompt.FitInto(m.list.FilterWidth())
	if m.overlay != nil && m.Layout.Short == "" { // else it is not shown
		m.overlay.Resize()
	}
}

// focusPane gives the keys to the pane or back to the list; where not both are
// on the screen, that shows the other.
func (m *Model) focusPane(focused bool) {
	m.pane.Focused = focused
	m.pane.Whole = m.pane.Whole && focused
	m.relayout()
}

// setTheme draws all in other colours.
func (m *Model) setTheme(c draw.Colors) {
	if m.Theme.Colors == c {
		return
	}
	m.Theme = draw.NewTheme(c)
	m.list.Drawn.Forget()
	if m.overlay != nil && m.Layout.Short == "" {
		m.overlay.Resize()
	}
}

// setNow takes the time, and with it the zone in which times are shown. Where that
// changes, what was drawn or written with times is made again.
func (m *Model) setNow() {
	m.Now = m.TimeNow()
	if zone := m.Now.Location(); m.options.Location == nil && zone != m.Location {
		m.Location = zone
		m.list.Sources.Rejoin()
		m.list.Drawn.Forget()
		m.pane.Invalidate()
	}
}

func (m *Model) tick() {
	before := m.Now
	m.setNow()
	m.Messages.Expire(m.Now)
	m.away.Tick()
	m.pane.Late()
	if before.Truncate(time.Minute) != m.Now.Truncate(time.Minute) {
		m.pane.Refresh(false)
		m.header.FindPerson()
		m.pane.Invalidate()
		m.list.Sources.Rejoin()
	}
}

func (m *Model) takeSnapshots(list []sources.Snapshot) {
	m.setNow()
	news, moved := m.list.Sources.Take(list)
	for _, n := range news {
		m.Say(n.Level, n.Text)
	}
	if moved {
		m.pane.Invalidate()
	}
	m.header.FindPerson()
}

func (m *Model) takeArranged(a list.Arranged) {
	before, reading := m.list.Sources.Groups, ""
	if g := m.list.Current(); g != nil && m.pane.Focused {
		reading = g.ID
	}
	m.list.Sources.Accept(a)
	m.setNow()
	m.list.Apply(a)
	if a.Joined {
		m.actions.TakeGroups(a.Groups)
	}
	switch {
	case a.Begins:
		m.away.Begin(a.List, a.Since)
	case a.List != nil:
		m.away.Take(a.List, a.News, a.Base, a.Since)
		m.signals.Take(a.News, before, a.Groups, reading)
		m.moveGroups(a.News)
	}
}

// moveGroups gives what was typed and ticked for alerts to the incident that was
// opened for them.
func (m *Model) moveGroups(list []changes.Change) {
	for _, c := range list {
		for _, from := range c.From {
			m.drafts.Move(from, c.ID)
			m.pane.Runbook.Move(from, c.ID)
		}
	}
}
