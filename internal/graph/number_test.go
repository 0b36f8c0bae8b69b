package graph_test

import (
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"firstline/internal/expression"
	"firstline/internal/graph"
)

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		value float64
		unit  expression.Unit
		want  string
	}{
		{0, expression.Plain, "0"},
		{1234, expression.Plain, "1.23 k"},
		{999.6, expression.Plain, "1 k"},
		{12, expression.Plain, "12"},
		{0.00012345, expression.Plain, "0.000123"},
		{-2500000, expression.Plain, "-2.5 M"},
		{999e15, expression.Plain, "999 P"},
		{1e18, expression.Plain, "1e+18"},
		{-1e20, expression.Plain, "-1e+20"},
		{1.8e40, expression.Plain, "1.8e+40"},
		{1e30, expression.Bytes, "1e+30 B"},
		{1e30, expression.BytesPerSecond, "1e+30 B/s"},
		{1e30, expression.Seconds, "1e+30 s"},
		{1e-12, expression.Seconds, "1e-12 s"},
		{1e-12, expression.Plain, "1e-12"},
		{99.96, expression.Plain, "100"},
		{1536, expression.Bytes, "1.5 KiB"},
		{3 << 30, expression.Bytes, "3 GiB"},
		{100, expression.BytesPerSecond, "100 B/s"},
		{0.25, expression.Seconds, "250 ms"},
		{0.000012, expression.Seconds, "12 µs"},
		{90, expression.Seconds, "90 s"},
		{600, expression.Seconds, "10 min"},
		{10800, expression.Seconds, "3 h"},
		{259200, expression.Seconds, "3 d"},
		{0.0934, expression.Ratio, "9.34 %"},
		{93.4, expression.Percent, "93.4 %"},
		{math.NaN(), expression.Bytes, "NaN"},
		{math.Inf(1), expression.Plain, "+Inf"},
		{math.Inf(-1), expression.Plain, "-Inf"},
	} {
		if got := graph.Number(c.value, c.unit); got != c.want {
			t.Errorf("%v: %q, want %q", c.value, got, c.want)
		}
	}
}

func TestExact(t *testing.T) {
	for _, c := range []struct {
		value float64
		unit  expression.Unit
		want  string
	}{
		{0, expression.Plain, "0"},
		{5, expression.Plain, "5"},
		{0.9995, expression.Plain, "0.9995"},
		{0.9995, expression.Ratio, "99.95 %"},
		{0.05, expression.Ratio, "5 %"},
		{99.96, expression.Plain, "99.96"},
		{99.96, expression.Percent, "99.96 %"},
		{12345678901, expression.Plain, "12345678901"},
		{-2.5e6, expression.Plain, "-2.5 M"},
		{0.03125, expression.Plain, "0.03125"},
		{1.0 / 3, expression.Plain, "0.3333333333333333"},
		{0.30000000000000004, expression.Ratio, "30.000000000000004 %"},
		{1e30, expression.Plain, "1e+30"},
		{1.2345e30, expression.Plain, "1.2345e+30"},
		{1.2345e-12, expression.Ratio, "1.2345e-10 %"},
		{5e-324, expression.Plain, "5e-324"},
		{0.000012345, expression.Plain, "0.000012345"},
		{1 << 30, expression.Bytes, "1 GiB"},
		{1e9, expression.Bytes, "1000000000 B"},
		{1e6, expression.BytesPerSecond, "1000000 B/s"},
		{0.25, expression.Seconds, "250 ms"},
		{0.12345, expression.Seconds, "0.12345 s"},
		{200, expression.Seconds, "200 s"},
		{5400, expression.Seconds, "90 min"},
		{1e9, expression.Seconds, "1000000000 s"},
	} {
		if got := graph.Exact(c.value, c.unit); got != c.want {
			t.Errorf("%v: %q, want %q", c.value, got, c.want)
		}
	}
}

// Whatever a rule compares with reads back as the same number.
func TestExactReadsBack(t *testing.T) {
	sizes := map[string]string{
		"": "1", "k": "1e3", "M": "1e6", "G": "1e9", "T": "1e12", "P": "1e15", "s": "1", "ms": "1e-3", "µs": "1e-6", "min": "60", "h": "3600", "d": "86400",
		"B": "1", "KiB": "1024", "MiB": "1048576", "GiB": "1073741824", "TiB": "1099511627776", "PiB": "1125899906842624",
	}
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-2, 2), rapid.Float64Range(0, 1e7),
			rapid.Map(rapid.IntRange(0, 100000), func(n int) float64 { return float64(n) / 1000 })).Draw(t, "value")
		unit := expression.Unit(rapid.IntRange(0, 5).Draw(t, "unit"))
		text := graph.Exact(value, unit)
		digits, word, _ := strings.Cut(text, " ")
		size := sizes[strings.TrimSuffix(word, "/s")]
		switch unit {
		case expression.Ratio:
			size = "1e-2"
		case expression.Percent:
			size = "1"
		}
		n, ok := new(big.Rat).SetString(digits)
		one, valid := new(big.Rat).SetString(size)
		if !ok || !valid {
			t.Fatalf("%v: %q", value, text)
		}
		if got, _ := n.Mul(n, one).Float64(); got != value {
			t.Fatalf("%v is written %q, which is %v", value, text, got)
		}
	})
}

func TestNumbers(t *testing.T) {
	for want, c := range map[string]struct {
		values []float64
		unit   expression.Unit
	}{
		"0, 5, 10":                     {[]float64{0, 5, 10}, expression.Plain},
		"99.94 %, 99.95 %, 99.96 %":    {[]float64{0.9994, 0.9995, 0.9996}, expression.Ratio},
		"12.3456 G, 12.3457 G":         {[]float64{12345600000, 12345700000}, expression.Plain},
		"5, 5":                         {[]float64{5, 5}, expression.Plain},
		"1.7 G, 1.700005 G, 1.70001 G": {[]float64{1700000000, 1700005000, 1700010000}, expression.Plain},
	} {
		if got := strings.Join(graph.Numbers(c.values, c.unit), ", "); got != want {
			t.Errorf("%v: %s, want %s", c.values, got, want)
		}
	}
}
