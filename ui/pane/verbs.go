package pane

import (
	"strings"

	"firstline/ui/keymap"
	"firstline/ui/room"
)

// Verbs are the commands of the pane that are written with an argument.
func (p *Pane) Verbs() []room.Verb {
	var names []string
	for _, t := range p.tabs {
		names = append(names, strings.ToLower(t.Name()))
	}
	find := func(typed string) []string {
		var found []string
		for _, n := range names {
			if strings.HasPrefix(n, strings.ToLower(typed)) && !strings.EqualFold(n, typed) {
				found = append(found, n)
			}
		}
		return found
	}
	return []room.Verb{{
		Words: []string{"tab"}, Takes: "the name of a tab, or its key", Offers: find,
		Command: func(argument string) (keymap.Command, string) {
			for i, n := range names {
				c := keymap.FirstTab + keymap.Command(i)
				if room.SameWord(argument, n) || strings.EqualFold(strings.ReplaceAll(n, " ", ""), argument) || argument == p.Keys.KeyOf(c, keymap.InNormal) {
					return c, ""
				}
			}
			return keymap.NoCommand, "the tabs are " + strings.Join(names, ", ")
		},
	}}
}
