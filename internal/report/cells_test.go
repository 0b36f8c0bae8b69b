package report

import (
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/record"
	"firstline/internal/slo"
	"firstline/sources"
)

// textColumns are those of tables that have no numbers.
var textColumns = map[string][]int{
	SLOTable: {0, 1, 5}, StepsTable: {0, 1}, CompareTable: {0, 4, 5}, ExceptionsTable: {0, 1, 2, 3, 4},
}

// For programs each cell of a number is that number, or empty, and says what people read;
// no text is cut off.
func TestDataOfTables(t *testing.T) {
	h, o := readHand(t), handOptions(t)
	long := strings.Repeat("look at the errors ", 8)
	o.Recorded = recordedByHand(t)
	o.Recorded.Ticks = append(o.Recorded.Ticks, record.Tick{GroupID: "a1", Text: long, Done: true, At: instant(t, "2026-10-20T08:10Z")})
	o.Compensation = Compensation{Currency: "EUR", OnCall: 2, OutsideBusiness: true}
	pay := ServicesOf(&h, o)[0]
	reading := func(left float64) slo.Reading {
		return slo.Reading{Objective: slo.Objective{Name: "pay", Target: 0.999, Window: 30 * 24 * time.Hour}, Left: slo.Value{Number: left}}
	}
	o.SLOs = []ServiceSLOs{
		{Service: pay, Readings: []slo.Reading{reading(-0.81), reading(0.5), {Objective: slo.Objective{Name: "x"}, Left: slo.Unknown("there is no data")}}},
		{Service: past.Name{Name: "shop"}},
	}
	r := New(h, o)
	var theirs []sources.AnalyzedIncident
	for n := range 9 {
		theirs = append(theirs, sources.AnalyzedIncident{ID: fmt.Sprintf("QGONE%d", n)})
	}
	tables := slices.Concat(r.Tables, []Table{Compare(h, o, theirs, sources.Whole)})
	for n := range tables {
		table := &tables[n]
		data := table.Data()
		if len(data) != len(table.Rows) || table.Unknown != "" {
			t.Fatalf("%s has %d rows for programs, and %d: %s", table.ID, len(data), len(table.Rows), table.Unknown)
		}
		for i, row := range data {
			for k, cell := range row {
				read := table.Rows[i][k]
				if strings.Contains(cell, "…") || cell == "?" || cell == "-" {
					t.Errorf("%s has the cell %q", table.ID, cell)
				}
				if k == 0 || slices.Contains(textColumns[table.ID], k) || cell == "" {
					continue
				}
				number, err := strconv.ParseFloat(cell, 64)
				if err != nil {
					t.Errorf("%s in %s is %q, which is no number", table.Head[k], table.ID, cell)
				}
				if percent, is := strings.CutSuffix(read, " %"); is {
					if x, err := strconv.ParseFloat(percent, 64); err != nil || math.Abs(x-100*number) > 0.51 {
						t.Errorf("%s in %s is %s, and %s for programs", table.Head[k], table.ID, read, cell)
					}
				}
			}
		}
		cells, err := csv.NewReader(strings.NewReader(table.CSV())).ReadAll()
		if err != nil || len(cells) != len(data)+1 {
			t.Fatalf("as CSV %s is %q, %v", table.ID, cells, err)
		}
		for i, row := range data {
			if !slices.Equal(cells[i+1], row) {
				t.Errorf("as CSV %s has %q, want %q", table.ID, cells[i+1], row)
			}
		}
	}
	steps := tableOf(r, StepsTable)
	if !slices.ContainsFunc(steps.Data(), func(row []string) bool { return row[0] == strings.TrimSpace(long) || row[0] == long }) {
		t.Errorf("the steps for programs are %q", steps.Data())
	}
	if row := tableOf(r, SLOTable).Data()[1]; !slices.Equal(row[4:], []string{"31560", "pay", "0.999", "2592000", "0.99819", "-0.81"}) {
		t.Errorf("the SLO for programs is %q", row)
	}
}

// A spreadsheet runs nothing, and sees numbers as numbers.
func TestFormulaFree(t *testing.T) {
	for text, want := range map[string]string{
		"-0.81": "-0.81", "12": "12", "": "", "=1+1": "'=1+1", "-1+cmd": "'-1+cmd", "@x": "'@x", "+49 1": "'+49 1", "Ann": "Ann", "-": "'-",
	} {
		if got := formulaFree(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
