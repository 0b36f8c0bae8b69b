package ui

import (
	"slices"

	"firstline/ui/dialog"
	"firstline/ui/handover"
	"firstline/ui/help"
	"firstline/ui/keymap"
	"firstline/ui/list"
	"firstline/ui/load"
	"firstline/ui/palette"
	"firstline/ui/room"
	"firstline/ui/steprun"
)

// bindKeys puts the keymap together from the rooms' entries, and gives the commands the
// keys that the configuration says.
func (m *Model) bindKeys() {
	const at = keymap.InNormal
	own := keymap.Table{
		keymap.Key(at, keymap.Refresh, "read all sources now").In(keymap.GroupRest).Unless(m.pane.WhyNotRefresh),
		keymap.Key(at, keymap.ShowMessages, "messages and sources").In(keymap.GroupRest),
		keymap.Key(at, keymap.ShowCopied, "show what was copied last").In(keymap.GroupFind).Unless(m.terminal.WhyNothingCopied),
		keymap.Key(at, keymap.Suspend, "suspend").In(keymap.GroupRest),
		keymap.Key(at, keymap.Quit, "quit").In(keymap.GroupRest),
		keymap.Key(at, keymap.ShowHelp, "help").In(keymap.GroupRest).Hinted("*"),
		keymap.Key(at, keymap.OpenCommands, "find a command by its name").In(keymap.GroupRest),
	}
	beginning := keymap.Table{
		keymap.Key(keymap.InBeginning, keymap.FirstConfiguration, "make a first configuration").Hinted("configure"),
		keymap.Key(keymap.InBeginning, keymap.ShowDemo, "look around in the demo").Hinted("demo"),
	}
	table := slices.Concat(
		m.actions.Table(), m.list.Table(), handover.Table(m.options.Handover), m.pane.TabTable(), m.list.FindTable(), m.pane.LinkTable(), own,
		m.hands.Table(), m.pane.OwnTable(), load.Table(m.options.Load), load.Keys(), palette.Keys(), room.ReaderKeys(), help.SearchKeys(), handover.Keys(m.terminal.NoEditor, m.actions.WhyNotPost), m.steps.Table(), steprun.Keys(), steprun.FormKeys(), steprun.ListKeys(),
		dialog.Keys(), list.Keys(), list.PickerKeys(), beginning,
	)
	m.Keys = table.Bound(m.options.Keys)
	m.publishKeys()
}

// publishKeys gives the keymap to who reads the keys.
func (m *Model) publishKeys() {
	if table := m.Keys; m.bound != nil {
		m.bound.Store(&table)
	}
}
