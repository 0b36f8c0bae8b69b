package graph

import (
	"math"
	"time"
)

// Levels is how many heights a cell can have.
const Levels = 8

// Cell is a part of the time of a graph that is drawn in a few cells.
type Cell struct {
	// Level is the height of its worst value, from 1 to Levels; 0: it has no value.
	Level uint8
	// Beyond: the value is beyond the threshold.
	Beyond bool
}

// Cells draws the worst series of an answer in so many cells. All are without a value
// where no series is known to be one of the alerts'.
func Cells(q Question, d Data, count int) []Cell {
	cells := make([]Cell, count)
	length := d.Range.To.Sub(d.Range.From)
	if len(d.Lines) == 0 || length <= 0 || d.Unmatched && q.Alerts != nil {
		return cells
	}
	threshold := q.Parts.Threshold
	values := make([]float64, count)
	of := Data{Low: math.Inf(1), High: math.Inf(-1)}
	for i := range values {
		values[i] = math.NaN()
	}
	for _, p := range d.Lines[0].Points {
		if !Drawable(p.Value) || p.At.Before(d.Range.From) || p.At.After(d.Range.To) {
			continue
		}
		of.Low, of.High, of.Any = min(of.Low, p.Value), max(of.High, p.Value), true
		at := min(int(p.At.Sub(d.Range.From)/(length/time.Duration(count))), count-1)
		if math.IsNaN(values[at]) || badness(p.Value, threshold) > badness(values[at], threshold) {
			values[at] = p.Value
		}
	}
	scale := ScaleOf(of, threshold, q.Unit, Levels/2)
	for i, value := range values {
		if math.IsNaN(value) {
			continue
		}
		level := 1 + int(Levels*(value/(scale.High-scale.Low)-scale.Low/(scale.High-scale.Low)))
		cells[i] = Cell{uint8(min(max(level, 1), Levels)), threshold != nil && threshold.Beyond(value)}
	}
	return cells
}
