package report

import (
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/wallclock"
)

// What is behind a figure is what it counts, by hand.
func TestBehindByHand(t *testing.T) {
	r := New(readHand(t), handOptions(t))
	for _, tc := range []struct{ row, figure, want string }{
		{"ann", "sleep", "c1 c2 c5 c3 c4 d1 d2 p2"},
		{"ann", "off", "g2 w1 o1"},
		{"bob", "business", "f1 x1 f2 x2 g1"},
		{"bob", "off", "y1 t1 t2"},
		{"ann", "nights", "c1 c2 c5 c3 c4 d1 d2 p2"},
		{"ann", "nights_in_row", "c1 c2 c5 c3 c4"},
		{"cat", "nights", "d3 d4"},
		{"dan", "nights", ""},
		{"ann", "busy_shifts", "c1 c2 c5"},
		{"bob", "busy_shifts", ""},
		{"all", "busy_shifts", "c1 c2 c5 k1 k2 k3 s1 l1 l2"},
		{"bob", "most_in_shift", "f1 x1 x2 g1"},
		{"zoe", "sleep", ""},
		{"ann", "run_work", "p1 a1 c1 c2 c5 a2 c3 x2 g1 g2 c4 w1 d1 d2"},
		{"all", "run_work", "z1 z2 o2 w2"},
		{"cat", "run_work_weeks", "z1 z2 o2 w2"},
		{"dan", "run_work_weeks", ""},
	} {
		var got []string
		for _, f := range valueOf(t, r.row(tc.row), tc.figure).Facts() {
			got = append(got, f.Incident.ID)
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("behind %s of %s is %v, want %s", tc.figure, tc.row, got, tc.want)
		}
	}
}

// The interruptions behind the hours of the day are as many as the figure says, and the
// facts of the same kind stay whole for other figures.
func TestBehindIsWhatIsCounted(t *testing.T) {
	for _, by := range append(Groupings(), ByNothing) {
		o := handOptions(t)
		o.By = by
		r := New(readHand(t), o)
		for _, row := range append(r.Rows, r.Total, r.Before) {
			for _, id := range []string{"interruptions", "business", "off", "sleep"} {
				if v := row.value(id); v.Applies && v.Unknown == "" && len(v.Facts()) != int(v.Number) {
					t.Errorf("by %s behind %s of %s are %d, the figure is %v", by, id, row.Name, len(v.Facts()), v.Number)
				}
			}
		}
	}
}

// What picks a person or a week says which, and lists nothing of others.
func TestBehindNamesWhoIsMeant(t *testing.T) {
	o := handOptions(t)
	o.By = ByNothing
	r := New(readHand(t), o)
	for id, want := range map[string]string{
		"run_work":       "cat in the week from Mon 19 Oct 2026: 9 %",
		"run_work_weeks": "ann in the week from Mon 19 Oct 2026: 8 %; bob in the week from Mon 19 Oct 2026: 7 %; cat in the week from Mon 19 Oct 2026: 9 %",
		"top_share":      "ann",
		"interruptions":  "",
	} {
		if got := valueOf(t, &r.Total, id).About(); got != want {
			t.Errorf("%s is about %q, want %q", id, got, want)
		}
	}
	facts := valueOf(t, &r.Total, "top_share").Facts()
	if len(facts) != 20 || slices.ContainsFunc(facts, func(f *Fact) bool { return f.Person != "ann" }) {
		t.Errorf("behind the largest share are %d", len(facts))
	}
}

// The times of figures of hours are those of the person, all others of the report; each
// has its zone.
func TestStamp(t *testing.T) {
	r := New(readHand(t), handOptions(t))
	clock := wallclock.In(time.UTC)
	for _, tc := range []struct{ row, figure, want string }{
		{"cat", "nights", "2026-11-01 01:30 EDT"},
		{"bob", "sleep", "2026-10-22 23:30 IST"},
		{"bob", "interruptions", "2026-10-20 05:00 UTC"},
	} {
		v := valueOf(t, r.row(tc.row), tc.figure)
		if got := r.Stamp(figureOf(tc.figure), v.Facts()[0], clock); got != tc.want {
			t.Errorf("the first of %s of %s is at %s, want %s", tc.figure, tc.row, got, tc.want)
		}
	}
}

// By hour there are no nights and no shifts, and a remark says whose hours they are.
func TestByHour(t *testing.T) {
	o := handOptions(t)
	o.By = ByHour
	r := New(readHand(t), o)
	for _, row := range r.Rows {
		for _, id := range []string{"nights", "nights_in_row", "busy_shifts", "most_in_shift", "run_work", "on_call_1"} {
			if row.value(id).Applies {
				t.Errorf("at %s there is %s", row.Key, id)
			}
		}
	}
	if len(r.Remarks) != 1 || !strings.Contains(r.Remarks[0], "the hours of each person") || !strings.Contains(r.Remarks[0], "hours of UTC") {
		t.Errorf("the remarks are %q", r.Remarks)
	}
}
