package report

import (
	"fmt"
	"math"
	"strconv"

	"firstline/internal/wording"
)

// cell is a cell of a table: as people read it, and as programs do.
type cell struct{ text, data string }

// same are cells that both read alike.
func same(texts ...string) []cell {
	all := make([]cell, len(texts))
	for n, text := range texts {
		all[n] = cell{text, text}
	}
	return all
}

// shortCell is a text that people read shortened.
func shortCell(text string, longest int) cell { return cell{wording.Shorten(text, longest), text} }

// lengthCell is a number of seconds.
func lengthCell(seconds float64) cell { return cell{lengthOf(seconds), decimal(seconds)} }

// shareCell is a part of a whole. There is no part of nothing.
func shareCell(part, whole float64) cell {
	if whole == 0 {
		return cell{"-", ""}
	}
	return cell{fmt.Sprintf("%.0f %%", 100*part/whole), decimal(part / whole)}
}

// decimal writes a number with as many digits as mean something.
func decimal(n float64) string { return strconv.FormatFloat(math.Round(n*1e5)/1e5, 'f', -1, 64) }

// add adds a row.
func (t *Table) add(cells ...cell) {
	text, data := make([]string, len(cells)), make([]string, len(cells))
	for n, c := range cells {
		text[n], data[n] = c.text, c.data
	}
	t.Rows, t.data = append(t.Rows, text), append(t.data, data)
}
