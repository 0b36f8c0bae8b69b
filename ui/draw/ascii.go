package draw

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// signs replace the other characters where the terminal has only ASCII.
// Each is as wide as what it replaces, so that nothing moves. Characters that are
// drawn together and mean different things have different signs.
var signs = func() map[string]byte {
	all := map[string]byte{}
	for sign, of := range map[byte]string{
		'|': "│┃┊▏", '-': "─━·–—−▾▃", '+': "┌┐└┘├┤┬┴┼✓▸▅",
		'>': "▌→↗↪›»❯➜", '<': "←⌫", '^': "▲↑", 'v': "▼↓",
		'*': "●•▆", 'x': "✗×", '.': "…▁░", ':': "▒▂", '=': "▄", '%': "▇", '#': "█▓",
		'"': "“”", '\'': "‘’", 'u': "µ",
	} {
		for _, r := range of {
			all[string(r)] = sign
		}
	}
	return all
}()

// OnlyASCII is coloured text for a terminal that has only ASCII. A character from
// outside that has no sign is "?" for each cell that it takes.
func (s *Pen) OnlyASCII(text string) string {
	if isASCII(text) {
		return text
	}
	var b strings.Builder
	var state byte
	for len(text) > 0 {
		piece, width, n, next := s.Method.DecodeSequenceInString(text, state, nil)
		sign, found := signs[piece]
		switch {
		case isASCII(piece):
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

// Exact is text in which each character must be seen, such as a command before it runs:
// where OnlyASCII would write "?", it has the character's number.
func (s *Pen) Exact(text string) string {
	if !s.ASCII || isASCII(text) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "\\u{%x}", r)
		}
	}
	return b.String()
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] > 0x7f {
			return false
		}
	}
	return true
}
