package ui

import (
	tea "charm.land/bubbletea/v2"

	"firstline/internal/crash"
)

// guarded is the model that Bubble Tea runs. A panic in it ends the program as
// quit does, so that the terminal and what was typed are brought back.
type guarded struct {
	*Model
	fault *crash.Fault
	// quit ends the program from where no command can.
	quit func()
	// opening is what waits until the screen is whole; nil: it is.
	opening *opening
	// spoken writes the screen as lines; nil: it is drawn.
	spoken *spoken
	// frames has what is new drawn; nil: at the usual rate.
	frames *frames
}

// faultMsg is a panic in a command.
type faultMsg struct{ fault *crash.Fault }

func (g *guarded) Init() (cmd tea.Cmd) {
	if g.opening != nil {
		return tea.RequestBackgroundColor
	}
	if fault := guardedly(func() { cmd = guard(g.Model.Init()) }); fault != nil {
		return func() tea.Msg { return faultMsg{fault} }
	}
	return tea.Batch(tea.RequestBackgroundColor, cmd)
}

func (g *guarded) Update(msg tea.Msg) (model tea.Model, cmd tea.Cmd) {
	defer func() {
		if value := recover(); value != nil {
			g.fault, model, cmd = crash.Caught(value), g, tea.Quit
		}
	}()
	if f, ok := msg.(faultMsg); ok && g.fault == nil {
		g.fault = f.fault
	}
	if g.fault != nil {
		return g, tea.Quit
	}
	msg = g.spoken.sized(msg)
	if g.opening != nil {
		cmd = g.opening.update(g, msg)
	} else {
		_, cmd = g.Model.Update(msg)
	}
	cmd = tea.Batch(cmd, g.spoken.say(g, msg))
	return g, guard(g.spoken.sequences(cmd))
}

func (g *guarded) View() (view tea.View) {
	if g.frames != nil && g.Width > 0 {
		defer g.frames.want()
	}
	defer func() {
		if value := recover(); value != nil {
			g.fault, view = crash.Caught(value), tea.NewView("")
			go g.quit() // the loop that would take it draws now
		}
	}()
	if g.fault != nil || g.spoken != nil {
		return tea.NewView("")
	}
	return g.Model.View()
}

// guard makes a panic of a command, and of those that it brings, a message.
func guard(cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() (msg tea.Msg) {
		defer func() {
			if value := recover(); value != nil {
				msg = faultMsg{crash.Caught(value)}
			}
		}()
		msg = cmd()
		if batch, ok := msg.(tea.BatchMsg); ok {
			for i, c := range batch {
				batch[i] = guard(c)
			}
		}
		return msg
	}
}

// guardedly runs f, and gives the fault in which it ends.
func guardedly(f func()) (fault *crash.Fault) {
	defer func() {
		if value := recover(); value != nil {
			fault = crash.Caught(value)
		}
	}()
	f()
	return nil
}
