package pane

import (
	"math"
	"strconv"
	"strings"

	"firstline/internal/lazyregexp"
)

// scientific is a number as Prometheus writes it: "2.9e-01".
var scientific = lazyregexp.New(`^[+-]?[0-9](\.[0-9]+)?e[+-][0-9]+$`)

// mostDigits is how many digits of a number with decimals are shown.
const mostDigits = 6

// number is a number for a person: 0.29, not 2.9e-01. What is written otherwise
// stays as it is, and so does what is too small or too large to be read.
func number(text string) string {
	if !scientific.MatchString(text) {
		return text
	}
	v, err := strconv.ParseFloat(text, 64)
	size := math.Abs(v)
	if err != nil || size >= 1e15 || size != 0 && size < 1e-6 {
		return text
	}
	if size < 1e6 {
		v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'g', mostDigits, 64), 64)
	}
	digits, decimals, _ := strings.Cut(strconv.FormatFloat(v, 'f', -1, 64), ".")
	sign := ""
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	// Groups of three are read at once: 8 200 000 000.
	if len(digits) > 4 {
		for i := len(digits) - 3; i > 0; i -= 3 {
			digits = digits[:i] + " " + digits[i:]
		}
	}
	if decimals != "" {
		digits += "." + decimals
	}
	return sign + digits
}
