// Package ascii replaces our own signs, such as lines, dots and arrows, where there is only
// ASCII. Each sign is as wide as what it replaces, so that nothing moves.
package ascii

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// signs replace the other characters. Characters that are drawn together and mean
// different things have different signs. An ellipsis is no full stop, which could be of
// the text itself.
var signs = func() map[string]byte {
	all := map[string]byte{}
	for sign, of := range map[byte]string{
		'|': "│┃┊▏", '-': "─━·–—−▾▃", '+': "┌┐└┘├┤┬┴┼✓▸▅",
		'>': "▌→↗↪›»❯➜", '<': "←⌫", '^': "▲↑", 'v': "▼↓",
		'*': "●•▆", 'x': "✗×", '.': "▁░", '~': "…", ':': "▒▂", '=': "▄", '%': "▇", '#': "█▓",
		'"': "“”", '\'': "‘’", 'u': "µ",
	} {
		for _, r := range of {
			all[string(r)] = sign
		}
	}
	return all
}()

// Signs is text with ASCII in place of our own signs, wherever they come from. Letters
// stay.
func Signs(text string) string {
	if Is(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if sign, found := signs[string(r)]; found {
			b.WriteByte(sign)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Only is coloured text in nothing but ASCII. A character that has no sign is "?" for each
// cell that it takes.
func Only(text string, method ansi.Method) string {
	if Is(text) {
		return text
	}
	var b strings.Builder
	var state byte
	for len(text) > 0 {
		piece, width, n, next := method.DecodeSequenceInString(text, state, nil)
		sign, found := signs[piece]
		switch {
		case Is(piece):
			b.WriteString(piece)
		case found && width == 1:
			b.WriteByte(sign)
		case piece[0] != '\x1b': // else a link; its address is ASCII where it is valid
			b.WriteString(strings.Repeat("?", width))
		}
		state, text = next, text[n:]
	}
	return b.String()
}

// Is reports whether text is ASCII.
func Is(text string) bool {
	for i := range len(text) {
		if text[i] > 0x7f {
			return false
		}
	}
	return true
}
