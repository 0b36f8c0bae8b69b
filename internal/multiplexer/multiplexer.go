// Package multiplexer finds the program between firstline and the terminal, and makes it
// pass on what is meant for the terminal.
package multiplexer

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Program is a program that takes a sequence for the terminal only where it is wrapped.
type Program int

// The programs. Within several, the inner one counts.
const (
	None Program = iota
	Tmux
	Screen
)

// Of finds the program of an environment.
func Of(environment func(string) string) Program {
	inTmux, inScreen := environment("TMUX") != "", environment("STY") != ""
	switch {
	case inScreen && strings.HasPrefix(environment("TERM"), "screen."): // only GNU screen names it so
		return Screen
	case inTmux:
		return Tmux
	case inScreen:
		return Screen
	}
	return None
}

// longestString is how long a string may be that GNU screen passes on, in bytes. Its
// limit was 256 before 2014, and is 768.
const longestString = 700

// Wrap makes the program pass a sequence on to the terminal. tmux does so only with its
// option allow-passthrough.
func (p Program) Wrap(sequence string) string {
	switch {
	case sequence == "":
		return ""
	case p == Tmux:
		return ansi.TmuxPassthrough(sequence)
	case p == Screen:
		return ansi.ScreenPassthrough(sequence, longestString)
	}
	return sequence
}
