package keymap

import (
	"strings"

	"firstline/internal/keys"
)

// KeyOf is the key of a command in a mode, to be named in a sentence. A command of the
// list without a key is named as the search for commands finds it: ":copy". It is
// empty where nothing asks for it.
func (t Table) KeyOf(c Command, at Mode) string {
	list := keys.Bindings{}.Of(at.Name(), c.Name())
	for _, e := range t {
		if e.Command == c && e.Mode == at {
			list = e.Binding.Keys()
			break
		}
	}
	if len(list) > 0 || at != InNormal && at != InBeginning || c == OpenCommands {
		return keys.ShowAll(list)
	}
	return t.KeyOf(OpenCommands, InNormal) + strings.ReplaceAll(c.Name(), "_", " ")
}

// Does says what the key of a command does, such as "enter sends"; empty where no
// key asks for it.
func (t Table) Does(at Mode, c Command, text string) string {
	key := t.KeyOf(c, at)
	if key == "" {
		return ""
	}
	return strings.TrimSpace(key + " " + text)
}
