package graph

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"

	"firstline/internal/expression"
)

// Number writes a value for people, in its unit: three of its digits count.
func Number(value float64, unit expression.Unit) string {
	return short(value, unit, fewDigits).String()
}

// Exact writes a value so that it reads back as the same number: as people write it
// where that is exact, else with all its digits.
func Exact(value float64, unit expression.Unit) string {
	n := short(value, unit, fewDigits)
	if math.IsNaN(value) || math.IsInf(value, 0) || n.is(value) {
		return n.String()
	}
	switch unit {
	case expression.Bytes:
		return shifted(value, 0) + " B"
	case expression.BytesPerSecond:
		return shifted(value, 0) + " B/s"
	case expression.Seconds:
		return shifted(value, 0) + " s"
	case expression.Ratio:
		return shifted(value, 2) + " %"
	case expression.Percent:
		return shifted(value, 0) + " %"
	}
	return shifted(value, 0)
}

// Numbers writes values that differ as texts that differ, with as few digits as that
// takes.
func Numbers(values []float64, unit expression.Unit) []string {
	texts := make([]string, len(values))
	for count := fewDigits; ; count++ {
		for i, v := range values {
			texts[i] = short(v, unit, count).String()
		}
		same := false
		for i := 1; i < len(values); i++ {
			same = same || texts[i] == texts[i-1] && values[i] != values[i-1]
		}
		if !same || count == mostDigits {
			return texts
		}
	}
}

// The number of digits that count: few are read quickly, more than most say nothing.
const (
	fewDigits  = 3
	mostDigits = 15
)

// number is a value as it is written: digits, a word for its unit, and how much one
// of these is, as text.
type number struct{ digits, word, one string }

func (n number) String() string { return strings.TrimSpace(n.digits + " " + n.word) }

// is reports whether the digits are the value itself.
func (n number) is(value float64) bool {
	written, read := new(big.Rat).SetString(n.digits)
	one, valid := new(big.Rat).SetString(n.one)
	exact, finite := new(big.Rat).SetString(strconv.FormatFloat(value, 'g', -1, 64))
	return read && valid && finite && written.Mul(written, one).Cmp(exact) == 0
}

// short is a value in the unit in which it has few digits.
func short(value float64, unit expression.Unit, count int) number {
	switch {
	case math.IsNaN(value):
		return number{"NaN", "", "1"}
	case math.IsInf(value, 1):
		return number{"+Inf", "", "1"}
	case math.IsInf(value, -1):
		return number{"-Inf", "", "1"}
	}
	switch unit {
	case expression.Bytes:
		return scaled(value, 1024, count, "B", "KiB", "MiB", "GiB", "TiB", "PiB")
	case expression.BytesPerSecond:
		return scaled(value, 1024, count, "B/s", "KiB/s", "MiB/s", "GiB/s", "TiB/s")
	case expression.Seconds:
		return seconds(value, count)
	case expression.Ratio:
		return number{digits(value*100, count), "%", "1e-2"}
	case expression.Percent:
		return number{digits(value, count), "%", "1"}
	}
	return scaled(value, 1000, count, "", "k", "M", "G", "T", "P")
}

// scaled divides a value until it is short; the words are for each division. What is
// too much for the last is a power of ten.
func scaled(value, by float64, count int, words ...string) number {
	rest, one := value, 1.0
	for i, word := range words {
		if math.Abs(rest) < by*0.9995 {
			return number{digits(rest, count), word, strconv.FormatFloat(one, 'f', 0, 64)}
		}
		if i+1 < len(words) {
			rest /= by
			one *= by
		}
	}
	return number{power(value, count), words[0], "1"}
}

func seconds(value float64, count int) number {
	switch size := math.Abs(value); {
	case size == 0:
		return number{"0", "s", "1"}
	case size < 1e-9 || size >= 1e6*86400:
		return number{power(value, count), "s", "1"}
	case size < 0.9995e-3:
		return number{digits(value*1e6, count), "µs", "1e-6"}
	case size < 0.9995:
		return number{digits(value*1e3, count), "ms", "1e-3"}
	case size < 120:
		return number{digits(value, count), "s", "1"}
	case size < 2*3600:
		return number{digits(value/60, count), "min", "60"}
	case size < 2*86400:
		return number{digits(value/3600, count), "h", "3600"}
	}
	return number{digits(value/86400, count), "d", "86400"}
}

// digits writes so many digits that count, and more only before the point.
func digits(value float64, count int) string {
	size := math.Abs(value)
	switch {
	case size == 0:
		return "0"
	case size < 1e-4 || size >= 1e7:
		return power(value, count)
	}
	decimals := max(count-1-int(math.Floor(math.Log10(size))), 0)
	text := strconv.FormatFloat(value, 'f', decimals, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}

// power writes a value with a power of ten: "1.8e+25".
func power(value float64, count int) string { return strconv.FormatFloat(value, 'g', count, 64) }

// shifted writes all digits of a value, with the point so many digits further to the
// right.
func shifted(value float64, by int) string {
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(value, 'e', -1, 64), "e")
	n, err := strconv.Atoi(exponent)
	if err != nil {
		return strconv.FormatFloat(value, 'g', -1, 64)
	}
	n += by
	exact, ok := new(big.Rat).SetString(mantissa)
	if !ok || n < -7 || n > 20 {
		return fmt.Sprintf("%se%+03d", mantissa, n)
	}
	_, after, _ := strings.Cut(mantissa, ".")
	ten, size := big.NewInt(10), big.NewInt(int64(max(n, -n)))
	times := new(big.Rat).SetInt(ten.Exp(ten, size, nil))
	if n < 0 {
		times.Inv(times)
	}
	return exact.Mul(exact, times).FloatString(max(len(after)-n, 0))
}
