package report

import (
	"strings"
	"testing"
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
