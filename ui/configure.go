package ui

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/sources"
	"firstline/ui/graph"
	"firstline/ui/oncall"
	"firstline/ui/past"
	"firstline/ui/room"
)

// Configuration is one that takes the place of the one in use.
type Configuration struct {
	// Tables are the headers of the tables that differ.
	Tables []string
	// Take puts it in use, and does not wait for anything. It returns the options, and
	// the sources whose earlier answers do not hold any more, or that have none. nil: there
	// is nothing to use.
	Take func() (o Options, unread []string)
	// Refused says why the file, as it is now, is not used; what was offered before may
	// be. AsItWas: it could not be used before, and says again what is in use. Where
	// neither is set and Take is nil, what was offered before is not wanted any more.
	Refused string
	AsItWas bool
}

// use puts a configuration in use.
func (m *Model) use(c Configuration) tea.Cmd {
	o, unread := c.Take()
	m.configure(o, unread)
	m.Say(room.OK, "The configuration was changed and is used now: "+strings.Join(c.Tables, ", "))
	for _, w := range o.Warnings {
		m.Say(room.Caution, w)
	}
	return m.listening.toSources(o.Snapshots, m.takeSnapshots)
}

// configure has every part work with other options. unread are the sources
// whose earlier answers do not hold any more, or that have none.
func (m *Model) configure(o Options, unread []string) {
	before := m.options
	o.First = before.First
	m.options = o
	m.TimeNow, m.ASCII = o.Now, o.ASCII
	m.storing.store = o.StoreFirst
	m.queries.Configure(o.Metrics)
	m.actions.Configure(m.dialogOptions(), slices.ContainsFunc(o.Initial, func(s sources.Source) bool {
		return s.Kind == sources.PagerDuty && slices.Contains(unread, s.Name)
	}))
	m.pane.Configure(m.paneOptions())
	for _, t := range m.pane.Tabs() {
		switch t := t.(type) {
		case *graph.Tab:
			t.Configure(o.Graphs)
		case *past.Tab:
			t.Configure(o.Past)
		case *oncall.Tab:
			t.Configure(onCallOptions(o))
		}
	}
	m.hands.Configure(handsOptions(before), handsOptions(o))
	m.bindKeys()
	colors := m.Theme.Colors
	colors.Choice = o.Theme
	m.setTheme(colors)
	m.header.Options = headerOptions(o)
	m.signals.Configure(o.Attention)
	m.list.Configure(listOptions(o, m.configName(), m.queries, func() bool { return m.pane.Focused }), unread)
	m.setNow()
	m.header.FindPerson()
	m.relayout()
}
