package clean

import "unicode"

// Hidden reports whether r is invisible: it steers the direction, the joining
// or the appearance of others, fills space, or is ignored where unknown. A
// title could use such a character to imitate another title.
func Hidden(r rune) bool {
	switch {
	case r < 0xad:
		return false
	case unicode.Is(unicode.Cf, r):
		// These are visible: they are drawn above or below the digits that
		// follow.
		return !unicode.Is(unicode.Prepended_Concatenation_Mark, r)
	case r >= 0xe0000 && r <= 0xe0fff, r >= 0xfff0 && r <= 0xfff8:
		return true
	case r == 0x17b4, r == 0x17b5:
		return true
	}
	return unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r) || unicode.Is(unicode.Variation_Selector, r)
}

// blank is a braille pattern without dots. It looks like a space but is not
// one.
const blank = '\u2800'

// MaxMarks bounds the marks on one character. Languages need up to six; more
// would run over the lines above and below.
const MaxMarks = 6

// IsMark reports whether r is drawn on the character before it.
func IsMark(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case r >= 0x1161 && r <= 0x11ff, r >= 0xd7b0 && r <= 0xd7ff: // vowels and finals of Hangul
		return true
	}
	return unicode.Is(unicode.M, r)
}

const (
	nonJoiner     = '\u200c'
	joiner        = '\u200d'
	textSelector  = '\ufe0e'
	emojiSelector = '\ufe0f'
	keycap        = '\u20e3'
)

// joins reports whether a hidden character has a use between before and next:
// it makes one emoji of several, selects how one is drawn, or controls how
// letters join in a script that needs it.
func joins(r, before, next rune) bool {
	switch r {
	case textSelector, emojiSelector:
		if before >= '0' && before <= '9' || before == '#' || before == '*' {
			return next == keycap
		}
		return isEmoji(before)
	case joiner:
		return (isEmoji(before) || before == emojiSelector) && isEmoji(next) || isJoining(before) && isJoining(next)
	case nonJoiner:
		return isJoining(before) && isJoining(next)
	}
	return false
}

// isEmoji reports whether r is an emoji or part of one. It is generous, because
// it only decides whether a joiner next to r may stay.
func isEmoji(r rune) bool {
	switch {
	case r < 0xa9:
		return false
	case r == 0xa9, r == 0xae, r == 0x203c, r == 0x2049, r == 0x2122, r == 0x2139, r == 0x24c2, r == 0x3030, r == 0x303d, r == 0x3297, r == 0x3299:
		return true
	case r >= 0x2190 && r <= 0x21ff, r >= 0x2300 && r <= 0x23ff, r >= 0x25a0 && r <= 0x27bf, r >= 0x2900 && r <= 0x297f, r >= 0x2b00 && r <= 0x2bff:
		return true
	}
	return r >= 0x1f000 && r <= 0x1faff
}

// joiningScripts are the scripts in which a joiner or non-joiner between
// letters changes the text.
var joiningScripts = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Mandaic, unicode.Adlam, unicode.Hanifi_Rohingya, unicode.Phags_Pa,
	unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada,
	unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.Balinese, unicode.Javanese,
}

func isJoining(r rune) bool { return r >= 0x600 && unicode.IsOneOf(joiningScripts, r) }
