package palette

import (
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/clean"
	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/room"
)

// split takes what is typed apart: the verb that it begins with, the words it is
// written with, and the argument. It is nil where no verb with a blank begins it.
func split(typed string, verbs []room.Verb) (verb *room.Verb, words, argument string) {
	typed = strings.TrimLeft(typed, " ")
	for i := range verbs {
		for _, w := range verbs[i].Words {
			n := len(w)
			if len(typed) <= n && strings.Contains(typed, " ") && strings.EqualFold(room.Blanks(typed), w[:len(typed)]) {
				return nil, "", "" // the words themselves are not all there
			}
			if len(typed) > n && len(w) > len(words) && typed[n] == ' ' && strings.EqualFold(room.Blanks(typed[:n]), w) {
				verb, words, argument = &verbs[i], w, strings.TrimSpace(typed[n:])
			}
		}
	}
	return verb, words, argument
}

// verbOf is the verb of a command; nil: it is written without an argument.
func (r *Room) verbOf(e keymap.Entry) *room.Verb {
	for i, v := range r.verbs {
		if v.Words[0] == strings.ReplaceAll(e.Command.Name(), "_", " ") {
			return &r.verbs[i]
		}
	}
	return nil
}

// complete writes what is chosen: the argument, or the words of the command before
// one.
func (r *Room) complete() {
	text := ""
	switch {
	case r.verb != nil && len(r.offers) > 0:
		text = r.words + " " + r.offers[max(r.chosen, 0)]
	case r.verb == nil && r.chosen < len(r.Found):
		if v := r.verbOf(r.Found[r.chosen]); v != nil {
			text = v.Words[0] + " "
			break
		}
		r.move(1)
	}
	if text != "" {
		r.input.SetValue(text)
		r.input.CursorEnd()
		r.find()
	}
}

// argue finds out what is typed after a verb, and what fits it.
func (r *Room) argue() {
	r.verb, r.words, r.argument = split(r.input.Value(), r.verbs)
	r.offers, r.wrong = nil, ""
	if r.argument != "" && r.describes(r.input.Value()) {
		r.verb, r.words, r.argument = nil, "", ""
	}
	if r.verb == nil {
		return
	}
	r.offers = r.verb.Offers(r.argument)
	if r.argument == "" {
		return
	}
	if _, r.wrong = r.verb.Command(r.argument); r.wrong == "" {
		r.chosen = -1 // what is typed
	}
}

// tooMuch says of what no command fits that its beginning is a command, which takes
// nothing after its name; empty: nothing is.
func (r *Room) tooMuch() string {
	words := strings.Fields(room.Blanks(r.input.Value()))
	for n := len(words) - 1; n > 0; n-- {
		begin := strings.Join(words[:n], " ")
		for _, e := range r.All {
			switch f := fit(e, begin); {
			case !f.fits || !f.exact:
			case r.verbOf(e) != nil:
				return "With an argument, \"" + clean.Line(begin) + "\" is written \"" + r.verbOf(e).Words[0] + "\""
			default:
				return "\"" + clean.Line(begin) + "\" takes nothing after its name"
			}
		}
	}
	return ""
}

// describes reports whether what a command does begins with what is typed, such as
// "ask others to join".
func (r *Room) describes(typed string) bool {
	typed = strings.ToLower(strings.TrimSpace(typed))
	return slices.ContainsFunc(r.All, func(e keymap.Entry) bool { return strings.HasPrefix(strings.ToLower(e.Text()), typed) })
}

// count is how many rows there are to choose from.
func (r *Room) count() int {
	if r.verb != nil {
		return len(r.offers)
	}
	return len(r.Found)
}

// confirm does what an argument asks for: the offer that is chosen, or what is typed
// where none is.
func (r *Room) confirm() tea.Cmd {
	argument := r.argument
	if r.chosen >= 0 && r.chosen < len(r.offers) {
		argument = r.offers[r.chosen]
	}
	if argument == "" {
		return nil
	}
	c, why := r.verb.Command(argument)
	if why != "" {
		return nil // it is said
	}
	with := r.verb.With
	r.Host.Close()
	var cmd tea.Cmd
	if c != keymap.NoCommand {
		e := r.Keys.Of(c, keymap.InNormal)
		cmd = r.do(&e)
	}
	if with != nil {
		with(argument)
	}
	return cmd
}

// argumentLines are arguments that fit what is typed, from one of them on, or what is
// wrong with it, or what the verb takes.
func (r *Room) argumentLines(from, rows, width int) []string {
	var lines []string
	for i := from; i < min(from+rows, len(r.offers)); i++ {
		mark, here := "  ", i == r.chosen
		if here {
			mark = "▌ "
		}
		lines = append(lines, r.Theme.OnRow(draw.Accent, here).On(mark)+r.Theme.OnRow(draw.Plain, here).On(r.Fit(r.words+" "+clean.Line(r.offers[i]), width-2)))
	}
	switch {
	case len(lines) > 0:
	case r.wrong != "":
		for _, l := range r.Wrap(wording.Sentence(r.wrong)+".", width-2) {
			lines = append(lines, "  "+r.Theme.Of(draw.Warning).On(l))
		}
	default:
		lines = append(lines, r.Theme.Of(draw.Dim).On("  "+r.words+": "+r.verb.Takes))
	}
	return lines
}
