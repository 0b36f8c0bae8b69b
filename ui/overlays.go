package ui

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/dialog"
	"firstline/ui/frame"
	"firstline/ui/graph"
	"firstline/ui/handover"
	"firstline/ui/hands"
	"firstline/ui/help"
	"firstline/ui/keymap"
	"firstline/ui/list"
	"firstline/ui/load"
	"firstline/ui/messages"
	"firstline/ui/oncall"
	"firstline/ui/palette"
	"firstline/ui/pane"
	"firstline/ui/past"
	"firstline/ui/queries"
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
		m.open(help.New(&m.Screen, m.pane.HelpGroup()))
	case keymap.ShowMessages:
		m.open(messages.New(&m.Screen, m.list.Sources.InOrder))
	case keymap.ShowCopied:
		m.open(m.terminal.Copied())
	case keymap.OpenCommands:
		also := keymap.InNormal
		if m.list.Sources.None() {
			also = keymap.InBeginning
		}
		m.open(palette.New(&m.Screen, m.obey, also, slices.Concat(m.actions.Verbs(), m.list.Verbs(), m.pane.Verbs())...))
	case keymap.ShowReport:
		r, cmd := load.New(&m.Screen, load.Options{Read: m.options.Load})
		m.open(r)
		return cmd, true
	case keymap.BackgroundSteps:
		m.steps.Open()
	case keymap.HandOverShift:
		p, cmd := handover.New(&m.Screen, handover.Options{
			Maker: m.options.Handover, Drafts: m.drafts, Post: func(text string) { m.actions.PostHandover(text, handover.Key) },
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

// paneOptions are what the pane gets of the options.
func (m *Model) paneOptions() pane.Options {
	o := m.options
	p := pane.Options{
		Library: o.Library, RunbookDirectories: o.RunbookDirectories, ConfigName: m.configName(), Memory: o.Memory, MayRun: o.MayRun, Installed: o.Installed,
		ReadOnly: o.Respond.ReadOnly, Demo: o.Demo, Fill: o.Fill, History: o.History, ReadAlerts: o.ReadAlerts, Refresh: o.Refresh,
		Snapshots: m.list.Sources.Current, OnCall: true, SLOs: o.SLOs, Readiness: o.Readiness, Changes: o.Changes, Pause: o.Pause,
		OpenURL: o.OpenURL, Users: m.list.Sources.Users, Me: func() string { return m.header.Name() }, Focus: func() { m.focusPane(true) },
		Open: m.open, Note: func(groupID, text string) { m.actions.NoteOutput(groupID, text) }, Drafts: m.drafts, Steps: m.steps, WhyNoGroup: m.list.WhyNoGroup,
		PassedOn: func() []triage.Group { return m.actions.PassedOn() },
	}
	p.Stage = stageOf(o.Respond)
	p.Tabs = func(p *pane.Pane) []pane.Tab {
		return []pane.Tab{
			graph.New(p, graph.Options{Queries: m.queries, Configured: o.Graphs}), past.New(p, o.Past), oncall.New(p, onCallOptions(o)),
		}
	}
	return p
}

// onCallOptions are what the tab On call gets of the options.
func onCallOptions(o Options) oncall.Options {
	return oncall.Options{
		Turns: o.OnCallsUntil, Overrides: o.Overrides, FirstLineName: o.Respond.FirstLineName, FirstLinePolicy: o.Respond.FirstLinePolicy,
	}
}

// headerOptions are what the header gets of the options.
func headerOptions(o Options) frame.Options {
	return frame.Options{Demo: o.Demo, ReadOnly: o.Respond.ReadOnly, Role: o.Respond.Role, Email: o.Respond.Email, Machine: o.Machine, Night: o.Night}
}

// stageOf says in which stage of its rollout the service of a group is, for the pane.
func stageOf(s respond.Settings) func(triage.Group, []sources.Snapshot, time.Time) string {
	return func(g triage.Group, snapshots []sources.Snapshot, now time.Time) string {
		var services []sources.Service
		for i := range snapshots {
			services = append(services, snapshots[i].Data.Services...)
		}
		return s.StageText(g, services, now)
	}
}

// handsOptions are what the mouse and the divider get of the options.
func handsOptions(o Options) hands.Options {
	return hands.Options{Mouse: o.Mouse, Split: o.Split, Store: o.StoreSplit}
}

// listOptions are what the list gets of the options.
func listOptions(o Options, configName string, q *queries.Queries, paneRead func() bool) list.Options {
	l := list.Options{
		Initial: o.Initial, First: o.First, Triage: o.Triage, Filters: o.Filters, ConfigName: configName, PaneRead: paneRead,
		Columns: o.Columns,
	}
	if o.Sparklines {
		l.Queries = q
	}
	return l
}

// coversList reports whether an open room is drawn over the list.
func coversList(o room.Overlay) bool {
	return o != nil && !slices.Contains([]keymap.Mode{keymap.InFilter, keymap.InSearch, keymap.InChoice}, o.Mode())
}

// dialogOptions are what actions get of the options.
func (m *Model) dialogOptions() dialog.Options {
	return dialog.Options{
		Respond: m.options.Respond, Doer: m.options.Doer, Drafts: m.drafts, Snapshots: m.list.Sources.Current, Open: m.open,
		Groups: func() []triage.Group { return m.list.Sources.Groups }, Targets: m.list.Targets,
		Tried: func(groups []triage.Group) map[string][]string { return m.pane.Runbook.Memory.Tried(groups) },
		Learn: m.list.Sources.Learn, Sent: m.sent, Done: m.list.Deselect, Next: m.list.Next, Return: m.list.Return, Position: m.list.Position,
		WhyNoTarget: m.list.WhyNoTarget, Selecting: func() bool { return len(m.list.Selected) > 0 },
		Settle: m.options.Settle, Settled: func() { m.pane.Timeline.ReadAgain() }, // the journal is in it
	}
}

// sent reads again what an action changed.
func (m *Model) sent() {
	m.pane.Timeline.ReadAgain()
	if m.options.Refresh != nil {
		m.options.Refresh()
	}
}
