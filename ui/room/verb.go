package room

import (
	"strings"

	"firstline/ui/keymap"
)

// Verb is a command that is written with an argument, such as "snooze 2h".
type Verb struct {
	// Words are how it is written; the first is the usual one.
	Words []string
	// Takes says what the argument is, such as "how long".
	Takes string
	// Offers are arguments that fit what is typed, the best first.
	Offers func(typed string) []string
	// Command is what an argument asks for; why says what is wrong with it. NoCommand
	// asks only for With.
	Command func(argument string) (c keymap.Command, why string)
	// With takes the argument once the command has opened what it opens, if it did. It
	// may be nil.
	With func(argument string)
}

var blanks = strings.NewReplacer("_", " ", "-", " ")

// Blanks is what is typed with blanks in place of hyphens and underscores, with which
// flags and the configuration write the same words.
func Blanks(typed string) string { return blanks.Replace(typed) }

// SameWord reports whether what is typed is a word of a command.
func SameWord(typed, word string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(Blanks(typed)), " "), Blanks(word))
}
