package keys

import (
	"maps"
	"slices"
)

// Vim is the name of the preset that holds by default.
const Vim = "vim"

// presets are the keys that differ from the default, by name.
var presets = map[string]map[string][]string{
	Vim: {},
	"emacs": {
		"down": {"ctrl+n", "down"}, "up": {"ctrl+p", "up"}, "half_down": {"ctrl+v", "pgdown"}, "half_up": {"alt+v", "pgup"},
		"first": {"alt+<", "home"}, "last": {"alt+>", "end"}, "leave": {"ctrl+g", "esc"}, "close": {"ctrl+g", "esc"},
		"filter": {"ctrl+s"}, "find": {"ctrl+s"}, "next_found": {"alt+s"}, "previous_found": {"alt+r"}, "commands": {"alt+x", ":"},
		"copy": {"alt+w"}, "copy_command": {"alt+w"}, "undo": {"ctrl+_"}, "all_incidents": {"alt+g"}, "in_editor": {"alt+e"},
		"next_step": {"alt+n"}, "previous_step": {"alt+p"}, "next_graph": {"alt+n"}, "previous_graph": {"alt+p"},
		"next_section": {"alt+}"}, "previous_section": {"alt+{"}, "help": {"f1", "?"}, "go_back": {"alt+left", "backspace"},
	},
	"arrows": {
		"down": {"down"}, "up": {"up"}, "half_down": {"pgdown"}, "half_up": {"pgup"}, "first": {"home"}, "last": {"end"},
		"next_step": {"shift+down"}, "previous_step": {"shift+up"}, "next_graph": {"shift+down"}, "previous_graph": {"shift+up"},
		"next_section": {"ctrl+down"}, "previous_section": {"ctrl+up"}, "next_found": {"f3"}, "previous_found": {"shift+f3"}, "help": {"f1", "?"},
		"choice_down": {"down"}, "choice_up": {"up"}, "go_back": {"alt+left", "backspace"}, "values_left": {"shift+left"}, "values_right": {"shift+right"},
	},
}

// Presets returns the names of the presets, the default first.
func Presets() []string {
	names := slices.Sorted(maps.Keys(presets))
	return slices.Concat([]string{Vim}, slices.DeleteFunc(names, func(n string) bool { return n == Vim }))
}
