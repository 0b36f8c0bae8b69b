package graph

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"firstline/internal/expression"
	"firstline/sources"
)

// written writes cells as digits, a blank for none, with ! after one that is beyond.
func written(cells []Cell) string {
	var b strings.Builder
	for _, c := range cells {
		b.WriteByte(" 12345678"[c.Level])
		if c.Beyond {
			b.WriteByte('!')
		}
	}
	return b.String()
}

func TestCells(t *testing.T) {
	nan := math.NaN()
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	above := &expression.Threshold{Operator: ">", Value: 5}
	for name, c := range map[string]struct {
		values    []float64 // one each minute of eight
		threshold *expression.Threshold
		unmatched bool
		want      string
	}{
		"no series":            {nil, nil, false, "        "},
		"one point":            {[]float64{nan, nan, 4}, nil, false, "  5     "},
		"no number":            {[]float64{nan, math.Inf(1), nan, math.Inf(-1)}, nil, false, "        "},
		"constant":             {[]float64{4, 4, 4, 4, 4, 4, 4, 4}, nil, false, "55555555"},
		"always zero":          {[]float64{0, 0, 0, 0, 0, 0, 0, 0}, nil, false, "11111111"},
		"rising":               {[]float64{0, 1, 2, 3, 4, 5, 6, 7}, nil, false, "12345678"},
		"a gap":                {[]float64{0, 1, nan, nan, 4, 5, nan, 8}, nil, false, "12  56 8"},
		"threshold":            {[]float64{0, 2, 4, 5, 6, 8, 4, 6}, above, false, "13567!8!57!"},
		"threshold above":      {[]float64{1, 1, 1, 1, 1, 1, 1, 1}, above, false, "22222222"},
		"threshold far away":   {[]float64{1, 1, 1, 1, 1, 1, 1, 1}, &expression.Threshold{Operator: ">", Value: 1e6}, false, "55555555"},
		"beyond is below":      {[]float64{8, 8, 8, 8, 2, 2, 8, 8}, &expression.Threshold{Operator: "<", Value: 4}, false, "88883!3!88"},
		"enormous":             {[]float64{-1e300, 1e300, 0, 0, 0, 0, 0, 0}, nil, false, "18555555"},
		"of no alert":          {[]float64{1, 2, 3}, above, true, "        "},
		"values beyond a line": {[]float64{1e308, 1, 1, 1, 1, 1, 1, 1}, nil, false, " 5555555"},
	} {
		t.Run(name, func(t *testing.T) {
			d := Data{Range: sources.Range{From: at, To: at.Add(8 * time.Minute), Step: time.Minute}, Unmatched: c.unmatched}
			if c.values != nil {
				line := Line{}
				for i, v := range c.values {
					line.Points = append(line.Points, sources.Point{At: at.Add(time.Duration(i) * time.Minute), Value: v})
				}
				d.Lines = []Line{line}
			}
			q := Question{Alerts: []map[string]string{{}}}
			q.Parts.Threshold = c.threshold
			if got := written(Cells(q, d, 8)); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// Each cell has the worst value of its time, so that a peak is seen.
func TestAPeakIsSeen(t *testing.T) {
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		r := sources.Range{From: at, To: at.Add(time.Hour), Step: 30 * time.Second}
		peak := rapid.IntRange(0, 120).Draw(t, "peak")
		line := Line{}
		for i := range 121 {
			value := rapid.Float64Range(0, 4).Draw(t, "value")
			if i == peak {
				value = 6
			}
			line.Points = append(line.Points, sources.Point{At: at.Add(time.Duration(i) * r.Step), Value: value})
		}
		q := Question{}
		q.Parts.Threshold = &expression.Threshold{Operator: ">", Value: 5}
		beyond := 0
		for i, c := range Cells(q, Data{Range: r, Lines: []Line{line}}, 8) {
			if c.Level == 0 {
				t.Errorf("cell %d has no value", i)
			}
			if c.Beyond {
				beyond++
				if i != min(peak/15, 7) {
					t.Errorf("the peak %d is in cell %d", peak, i)
				}
			}
		}
		if beyond != 1 {
			t.Errorf("%d cells are beyond", beyond)
		}
	})
}
