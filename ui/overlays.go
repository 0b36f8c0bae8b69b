package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/dialog"
	"firstline/ui/draft"
	"firstline/ui/handover"
	"firstline/ui/help"
	"firstline/ui/keymap"
	"firstline/ui/messages"
	"firstline/ui/palette"
	"firstline/ui/pane"
	"firstline/ui/room"
)

// open gives the keys to a room.
func (m *Model) open(o room.Overlay) { m.overlay = o }

// Close takes the open room off.
func (m *Model) Close() { m.overlay = nil }

// openOverlay opens the room that a command asks for; false: it asks for none.
func (m *Model) openOverlay(c keymap.Command) (cmd tea.Cmd, opened bool) {
	switch c {
	case keymap.ShowHelp:
		m.open(help.New(&m.Screen))
	case keymap.ShowMessages:
		m.open(messages.New(&m.Screen, m.list.Sources.InOrder))
	case keymap.OpenCommands:
		m.open(palette.New(&m.Screen, m.obey))
	case keymap.HandOverShift:
		p, cmd := handover.New(&m.Screen, handover.Options{
			Maker: m.options.Handover, Drafts: m.drafts, Post: m.postHandover,
			Open: func() ([]triage.Group, []sources.Snapshot) {
				return slices.Clone(m.list.Sources.Groups), m.list.Sources.Current()
			},
		})
		m.open(p)
		return cmd, true
	default:
		return nil, false
	}
	return nil, true
}

// postHandover opens the note's own dialog with the text of a handover: its
// preview says on which incidents it will be.
func (m *Model) postHandover(text string) {
	note, shortened := respond.FitNote(text, "`firstline handover` prints the whole")
	if shortened {
		m.Say(room.Caution, "The text is too long for a note, and is shortened there.")
	}
	m.actions.OpenNote(m.postGroups(), note, handover.Key)
}

// postGroups are those that the text is posted on: the selected ones, else
// all, that have an incident.
func (m *Model) postGroups() []triage.Group {
	groups := m.list.Sources.Groups
	if len(m.list.Selected) > 0 {
		groups = m.list.Targets()
	}
	return slices.DeleteFunc(slices.Clone(groups), func(g triage.Group) bool { return g.Incident == nil })
}

func (m *Model) whyNotPost() string {
	switch {
	case m.options.Respond.ReadOnly:
		return "firstline runs read-only and changes nothing"
	case m.options.Doer == nil:
		return "no source that can be acted upon is configured"
	case len(m.postGroups()) == 0 && len(m.list.Selected) > 0:
		return "nobody was paged for what is selected, so there is no incident to put a note on"
	case len(m.postGroups()) == 0:
		return "no incident is open to put a note on"
	}
	return ""
}

func (m *Model) whyNoHandover() string {
	if m.options.Handover == nil {
		return "no source is configured"
	}
	return ""
}

// noteOutput puts the command and what it wrote into the draft of a note.
func (m *Model) noteOutput(groupID, output string) {
	at := slices.IndexFunc(m.list.Sources.Groups, func(g triage.Group) bool { return g.ID == groupID })
	if at < 0 {
		m.Say(room.Caution, "The group is no longer reported; y copies the output.")
		return
	}
	if why := m.whyNotAct(); why != "" {
		m.Say(room.Info, "Note: "+why)
		return
	}
	group := []triage.Group{m.list.Sources.Groups[at]}
	key := draft.Of(string(respond.AddNote), group)
	text := strings.TrimRight(m.drafts.Text(key), "\n")
	if text != "" {
		text += "\n\n"
	}
	m.drafts.Put(key, text+output)
	m.actions.Open(respond.AddNote, group)
}

// paneOptions are what the pane gets of the options.
func (m *Model) paneOptions() pane.Options {
	o := m.options
	p := pane.Options{
		Library: o.Library, RunbookDirectories: o.RunbookDirectories, ConfigName: m.configName(), Memory: o.Memory, MayRun: o.MayRun,
		ReadOnly: o.Respond.ReadOnly, Demo: o.Demo, Fill: o.Fill, History: o.History, ReadAlerts: o.ReadAlerts, Refresh: o.Refresh,
		OpenURL: o.OpenURL, Users: m.list.Sources.Users, Me: func() string { return m.header.Name() }, Focus: func() { m.focusPane(true) },
		Open: m.open, Note: m.noteOutput, Running: m.running,
	}
	return p
}

// dialogOptions are what actions get of the options.
func (m *Model) dialogOptions() dialog.Options {
	return dialog.Options{
		Respond: m.options.Respond, Doer: m.options.Doer, Drafts: m.drafts, Snapshots: m.list.Sources.Current, Open: m.open,
		Groups: func() []triage.Group { return m.list.Sources.Groups }, Targets: m.list.Targets,
		Tried: func(groups []triage.Group) map[string][]string { return m.pane.Memory.Tried(groups) },
		Learn: m.list.Sources.Learn, Sent: m.sent, Settle: m.settleLater, Done: m.list.Deselect,
	}
}

// sent reads again what an action changed.
func (m *Model) sent() {
	m.pane.Timeline.Invalidate()
	if m.options.Refresh != nil {
		m.options.Refresh()
	}
}
