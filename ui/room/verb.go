package room

import "firstline/ui/keymap"

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
