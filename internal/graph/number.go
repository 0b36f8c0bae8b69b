package graph

import (
	"math"
	"strconv"
	"strings"

	"firstline/internal/expression"
)

// Number writes a value for people, in its unit.
func Number(value float64, unit expression.Unit) string {
	switch {
	case math.IsNaN(value):
		return "NaN"
	case math.IsInf(value, 1):
		return "+Inf"
	case math.IsInf(value, -1):
		return "-Inf"
	}
	switch unit {
	case expression.Bytes:
		return scaled(value, 1024, "B", "KiB", "MiB", "GiB", "TiB", "PiB")
	case expression.BytesPerSecond:
		return scaled(value, 1024, "B/s", "KiB/s", "MiB/s", "GiB/s", "TiB/s")
	case expression.Seconds:
		return seconds(value)
	case expression.Ratio:
		return digits(value*100) + " %"
	case expression.Percent:
		return digits(value) + " %"
	}
	return scaled(value, 1000, "", "k", "M", "G", "T", "P")
}

// scaled divides a value until it is short; the words are for each division.
func scaled(value, by float64, words ...string) string {
	i := 0
	for math.Abs(value) >= by*0.9995 && i+1 < len(words) {
		value /= by
		i++
	}
	return strings.TrimSpace(digits(value) + " " + words[i])
}

func seconds(value float64) string {
	switch size := math.Abs(value); {
	case size == 0:
		return "0 s"
	case size < 0.9995e-3:
		return digits(value*1e6) + " µs"
	case size < 0.9995:
		return digits(value*1e3) + " ms"
	case size < 120:
		return digits(value) + " s"
	case size < 2*3600:
		return digits(value/60) + " min"
	case size < 2*86400:
		return digits(value/3600) + " h"
	}
	return digits(value/86400) + " d"
}

// digits writes three digits that count, and more only before the point.
func digits(value float64) string {
	size := math.Abs(value)
	switch {
	case size == 0:
		return "0"
	case size < 1e-4 || size >= 1e7:
		return strconv.FormatFloat(value, 'g', 3, 64)
	case size >= 100:
		return strconv.FormatFloat(value, 'f', 0, 64)
	}
	decimals := 2 - int(math.Floor(math.Log10(size)))
	text := strconv.FormatFloat(value, 'f', decimals, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
