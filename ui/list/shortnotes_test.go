package list

import (
	"testing"

	"firstline/internal/triage"
)

// Where all notes are short, titles have what these do not need.
func TestTitlesHaveWhatShortNotesLeave(t *testing.T) {
	for width := 56; width < 200; width++ {
		wants := Wants{service: 4, title: 190, note: 5, who: 3, given: 3}
		short := columnsFor(triage.Columns(), width, wants, 0)
		wants.note = NarrowNote
		long := columnsFor(triage.Columns(), width, wants, 0)
		if short.Note != wants.note-9 || short.title != long.title+9 {
			t.Errorf("at %d: notes have %d and titles %d, where notes need 9 more these have %d and %d", width, short.Note, short.title, long.Note, long.title)
		}
	}
}

// Two blanks are between the columns where titles have them to spare.
func TestColumnsHaveTwoBlanksWhereThereIsRoom(t *testing.T) {
	for width := 84; width < 200; width++ {
		c := columnsFor(triage.Columns(), width, Wants{service: 8, title: 10, note: 8, who: 5, given: 5}, 0)
		if c.service != 9 || c.Note != 9 || c.title < 11 {
			t.Errorf("at %d the columns are %+v", width, c)
		}
		if cut := columnsFor(triage.Columns(), width, Wants{service: 8, title: 190, note: 8, who: 5, given: 5}, 0); cut.service != 8 || cut.Note != 8 {
			t.Errorf("at %d blanks cut a title: %+v", width, cut)
		}
	}
}
