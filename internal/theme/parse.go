package theme

import (
	"encoding/hex"
	"fmt"
	"image/color"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/clean"
)

// basic are the names of the 16 colours, in their order.
var basic = []string{"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"}

// ParseColor reads a colour as a person writes it: a name such as "red" or "bright-red", a
// number of the 256, or "#rrggbb".
func ParseColor(text string) (color.Color, error) {
	word := strings.ToLower(strings.TrimSpace(text))
	if digits, isHex := strings.CutPrefix(word, "#"); isHex {
		if b, err := hex.DecodeString(digits); err == nil && len(b) == 3 {
			return color.RGBA{R: b[0], G: b[1], B: b[2], A: 0xff}, nil
		}
		return nil, fmt.Errorf("%q is no colour: after # come six of 0 to 9 and a to f, such as \"#ff8787\"", clean.Line(text))
	}
	if word != "" && strings.Trim(word, "0123456789") == "" {
		n, err := strconv.Atoi(word)
		if err != nil || n > 255 {
			return nil, fmt.Errorf("%q is no colour: the numbers are 0 to 255", clean.Line(text))
		}
		return ansi.IndexedColor(n), nil //nolint:gosec // it is one byte
	}
	name, bright := strings.CutPrefix(word, "bright-")
	if n := slices.Index(basic, name); n >= 0 {
		if bright {
			n += len(basic)
		}
		return ansi.BasicColor(n), nil //nolint:gosec // it is below 16
	}
	return nil, fmt.Errorf("%q is no colour: write a number from 0 to 255 in quotes, \"#rrggbb\", or one of %s, each also with bright- before it", clean.Line(text), strings.Join(basic, ", "))
}

// ParseName reads the name of a built-in theme; empty is the standard one.
func ParseName(text string) (Name, error) {
	n := Name(strings.ToLower(strings.TrimSpace(text)))
	if n == "" {
		return Standard, nil
	}
	if !slices.Contains(Names(), n) {
		return "", fmt.Errorf("%q is no theme: it is %s", clean.Line(text), oneOf(Names()))
	}
	return n, nil
}

// ParseBackground reads what a person says of the background; empty asks the terminal.
func ParseBackground(text string) (Background, error) {
	b := Background(strings.ToLower(strings.TrimSpace(text)))
	switch b {
	case "":
		return Auto, nil
	case Auto, Dark, Light:
		return b, nil
	}
	return "", fmt.Errorf("%q is no background: it is %s", clean.Line(text), oneOf([]Background{Auto, Dark, Light}))
}

// oneOf names all of a list: "a", "b" or "c".
func oneOf[S ~string](list []S) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = strconv.Quote(string(s))
	}
	last := len(quoted) - 1
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}
