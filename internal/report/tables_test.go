package report

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/history/past"
)

// expectedRows returns the rows of a table in testdata/expected.txt.
func expectedRows(t *testing.T, id string) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile("testdata/expected.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if cells := strings.Split(strings.TrimSuffix(line, "\n")+" ", " | "); cells[0] == "table "+id {
			for n := range cells {
				cells[n] = strings.TrimSpace(cells[n])
			}
			rows = append(rows, cells[1:])
		}
	}
	if len(rows) == 0 {
		t.Fatalf("no row of %s was computed by hand", id)
	}
	return rows
}

// tableOf returns a table of a report.
func tableOf(r Report, id string) *Table {
	for n := range r.Tables {
		if r.Tables[n].ID == id {
			return &r.Tables[n]
		}
	}
	return nil
}

func sameRows(t *testing.T, got Table, want [][]string) {
	t.Helper()
	if !slices.EqualFunc(got.Rows, want, slices.Equal) || got.Unknown != "" {
		t.Errorf("%s is, %s:\n%q, want\n%q", got.ID, got.Unknown, got.Rows, want)
	}
}

func TestFairnessByHand(t *testing.T) {
	r := New(readHand(t), handOptions(t))
	sameRows(t, *tableOf(r, FairnessTable), expectedRows(t, FairnessTable))
	if want := "not counted: 5 interruptions of people without a time zone"; tableOf(r, FairnessTable).Note() != want {
		t.Errorf("the note is %q, want %q", tableOf(r, FairnessTable).Note(), want)
	}
	h := readHand(t)
	h.OnCalls = nil
	r = New(h, handOptions(t))
	if t0 := tableOf(r, FairnessTable); t0.Rows[0][1] != "?" || !strings.Contains(t0.Doubt, "who was on call") {
		t.Errorf("without on-call entries it is %q: %s", t0.Rows, t0.Doubt)
	}
	r = New(past.History{}, handOptions(t))
	if t0 := tableOf(r, FairnessTable); t0.Unknown == "" || t0.Cells() != nil {
		t.Errorf("without a history it is %+v", t0)
	}
	o := handOptions(t)
	o.Person = "ann"
	if r = New(readHand(t), o); len(r.Tables) > 0 {
		t.Errorf("of one person there are %+v", r.Tables)
	}
}

func TestCompensationByHand(t *testing.T) {
	o := handOptions(t)
	o.Compensation = Compensation{Currency: "EUR", OnCall: 2, Level2: 1, CalledOut: 40, OnCallUnit: time.Hour, CalledOutUnit: 30 * time.Minute}
	r := New(readHand(t), o)
	sameRows(t, *tableOf(r, CompensationTable), expectedRows(t, CompensationTable))
	if got := tableOf(r, CompensationTable).CSV(); !strings.HasPrefix(got, ",on call h,levels 2+ h,called out h,call-outs,longest h,on call EUR,levels 2+ EUR,called out EUR,together EUR\nann,336.00,") {
		t.Errorf("as CSV it is %s", got)
	}
	o.Compensation.OutsideBusiness = true
	r = New(readHand(t), o)
	sameRows(t, *tableOf(r, CompensationTable), expectedRows(t, "outside"))
	if !strings.Contains(tableOf(r, CompensationTable).Note(), "not known of 2 rows") {
		t.Errorf("the note is %q", tableOf(r, CompensationTable).Note())
	}
	o.Compensation = Compensation{}
	r = New(readHand(t), o)
	if got := tableOf(r, CompensationTable); len(got.Head) != 6 || !slices.Equal(got.Rows[0], []string{"ann", "336.00", "0.00", "4.90", "21", "0.50"}) { // 294 minutes
		t.Errorf("without rates it is %q: %q", got.Head, got.Rows[0])
	}
	h := readHand(t)
	h.OnCalls = nil
	if got := tableOf(New(h, o), CompensationTable); !strings.Contains(got.Unknown, "who was on call") {
		t.Errorf("without on-call entries it is %+v", got)
	}
}

func TestTablesInAllFormats(t *testing.T) {
	for _, id := range TableIDs() {
		table := NewTable(id)
		if table.ID == "" || table.Title == "" || table.Definition == "" || len(table.Head) < 2 {
			t.Errorf("%s is %+v", id, table)
		}
		if got := table.Note(); got != "none" {
			t.Errorf("an empty table says %q", got)
		}
		table.Rows = [][]string{append([]string{"=1+1 | a"}, slices.Repeat([]string{"2"}, len(table.Head)-1)...)}
		if got := table.CSV(); strings.Count(got, "\n") != 2 || !strings.Contains(got, "'=1+1 | a,2") {
			t.Errorf("as CSV it is %q", got)
		}
		if got := table.Markdown(); !strings.HasPrefix(got, "## "+table.Title) || !strings.Contains(got, `| =1+1 \| a | 2 |`) {
			t.Errorf("as Markdown it is %q", got)
		}
		table.Unknown = "nobody looked"
		if got := table.Markdown(); strings.Contains(got, "|") || !strings.Contains(got, "unknown, because nobody looked") {
			t.Errorf("unknown as Markdown it is %q", got)
		}
		if got := table.CSV(); strings.Count(got, "\n") != 1 {
			t.Errorf("unknown as CSV it is %q", got)
		}
	}
}
