package ui

import (
	"context"
	"sync"

	tea "charm.land/bubbletea/v2"

	"firstline/ui/keyboard"
	"firstline/ui/keymap"
	"firstline/ui/reply"
)

// opening is the screen until what it works with is open: it draws the rows of an
// earlier screen before anything waits for a disk. What is typed meanwhile waits for
// the whole screen, apart from the keys that leave.
type opening struct {
	open func(ctx context.Context) Options
	// begun: the screen has its size, and open is called.
	begun bool
	// said is what the terminal said, typed what was typed, for the whole screen.
	said, typed []tea.Msg

	// mu is held while open runs. ended: it must not begin any more.
	mu    sync.Mutex
	ended bool
}

// headStart is for how long the first frame has the processors for itself: reading
// what was stored takes all of them.
const headStart = betweenFrames

// openedMsg brings the options of the whole screen.
type openedMsg struct{ options Options }

// update answers a message while the screen of g is not whole.
func (o *opening) update(g *guarded, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case openedMsg:
		return o.finish(g, msg.options)
	case tea.WindowSizeMsg, tea.BackgroundColorMsg, tea.ColorProfileMsg, tea.ModeReportMsg, tea.FocusMsg, tea.BlurMsg:
		o.said = append(o.said, msg)
	case keyboard.Typed:
		if _, clicked := msg.Msg.(tea.MouseClickMsg); clicked {
			return nil // on what is not whole yet
		}
		leaves := false
		if key, is := msg.Msg.(tea.KeyPressMsg); is {
			c, _ := g.Keys.Command(key, keymap.InNormal)
			leaves = c == keymap.Quit
		}
		if !leaves {
			o.typed = append(o.typed, msg)
			return nil
		}
	}
	_, cmd := g.Model.Update(msg)
	if g.Width == 0 || o.begun {
		return cmd
	}
	o.begun = true
	ctx := g.Context
	return tea.Batch(cmd, func() tea.Msg {
		reply.Pause(ctx, headStart)
		o.mu.Lock()
		defer o.mu.Unlock()
		if o.ended {
			return nil
		}
		return openedMsg{o.open(ctx)}
	})
}

// finish puts the whole screen in the place of the first one. It hears what the
// terminal said, and then gets what was typed.
func (o *opening) finish(g *guarded, options Options) tea.Cmd {
	first := g.Model
	g.Model, g.opening = New(options), nil
	g.Context, g.terminal.ReleaseKeys = first.Context, first.terminal.ReleaseKeys
	g.bound = first.bound
	g.publishKeys()
	var cmds []tea.Cmd
	for _, msg := range o.said {
		_, cmd := g.Model.Update(msg)
		cmds = append(cmds, cmd)
	}
	cmds = append(cmds, g.Model.Init())
	for _, msg := range o.typed {
		_, cmd := g.Model.Update(msg)
		cmds = append(cmds, cmd)
	}
	return tea.Batch(cmds...)
}

// end waits for what is being opened, and lets nothing begin any more.
func (o *opening) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
}
