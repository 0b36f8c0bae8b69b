package report

import (
	"slices"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/sources"
)

// The loads of a whole time are the figures of the report by service.
func TestLoadsAreTheFigures(t *testing.T) {
	h, o := readHand(t), handOptions(t)
	o.By = ByService
	r, l := New(h, o), NewLoads(h, o)
	if len(r.Rows) < 2 {
		t.Fatalf("there are %d services", len(r.Rows))
	}
	for n := range r.Rows {
		row := &r.Rows[n]
		load := l.Of(row.Key, o.Span)
		count := func(id string, m Measure) {
			t.Helper()
			if v := valueOf(t, row, id); v.Unknown != m.Unknown || v.Unknown == "" && int(v.Number) != m.Count {
				t.Errorf("%s of %s: %d, want %v", id, row.Key, m.Count, v.Number)
			}
		}
		count("interruptions", load.Interruptions)
		count("sleep", load.Asleep)
		if v, m := valueOf(t, row, "contained"), load.Contained; v.Unknown == "" && v.Number != float64(m.Count)/float64(m.All) || v.Unknown != "" && m.All > 0 {
			t.Errorf("contained of %s: %d of %d, want %v", row.Key, m.Count, m.All, v.Number)
		}
		if v, m := valueOf(t, row, "to_owner"), load.Unexplained; len(v.Facts()) != m.All {
			t.Errorf("escalations of %s: %d, want %v", row.Key, m.All, v.Number)
		}
		if v, m := valueOf(t, row, "never_actionable"), load.NeverActionable; len(v.Facts()) != m.Count || m.Count > m.All {
			t.Errorf("never actionable of %s: %d of %d, want %d", row.Key, m.Count, m.All, len(v.Facts()))
		}
		if m := load.FirstLine; m.All+m.Open == 0 || m.Count > m.All {
			t.Errorf("first line of %s: %d of %d", row.Key, m.Count, m.All)
		}
	}
}

// The loads of spans that follow each other add up.
func TestLoadsOfDays(t *testing.T) {
	h, o := readHand(t), handOptions(t)
	l := NewLoads(h, o)
	sums := [3]int{}
	for at := o.Span.Since; at.Before(o.Span.Until); at = at.AddDate(0, 0, 1) {
		load := l.Of("pay", sources.Span{Since: at, Until: at.AddDate(0, 0, 1)})
		sums[0] += load.Interruptions.Count
		sums[1] += load.Asleep.Count
		sums[2] += load.Unexplained.All
	}
	whole := l.Of("pay", o.Span)
	if want := [3]int{whole.Interruptions.Count, whole.Asleep.Count, whole.Unexplained.All}; sums != want || slices.Contains(sums[:], 0) {
		t.Errorf("the days have %v, all together %v", sums, want)
	}
}

// What was not read is unknown, or open, and no quiet time.
func TestLoadsNotRead(t *testing.T) {
	h, o := readHand(t), handOptions(t)
	h.Log = []sources.Span{{Since: o.Span.Since.AddDate(0, 0, 7), Until: o.Span.Until}}
	l := NewLoads(h, o)
	if m := l.Of("pay", sources.Span{Since: o.Span.Since, Until: o.Span.Since.AddDate(0, 0, 2)}).Interruptions; m.Unknown == "" {
		t.Errorf("a time that was not read has %d interruptions", m.Count)
	}
	if m := l.Of("pay", o.Span).Interruptions; m.Unknown != "" || m.Partly == "" || m.Count == 0 {
		t.Errorf("a time that was read in part has %+v", m)
	}
	h = readHand(t)
	h.OnCalls = nil
	if m := NewLoads(h, o).Of("pay", o.Span).FirstLine; m.Open == 0 || m.All > 0 || m.Doubt == "" {
		t.Errorf("without on-calls first line has %+v", m)
	}
	o.FirstLine = ""
	if m := NewLoads(h, o).Of("pay", o.Span).Contained; m.Unknown == "" {
		t.Errorf("without a policy first line contains %+v", m)
	}
	h.Incidents = append(h.Incidents, past.Incident{ID: "only-log", Entries: []past.Entry{{At: o.Span.Since.Add(time.Hour), Kind: past.Trigger}}})
	if m := NewLoads(h, o).Of("pay", o.Span).Interruptions; m.Partly == "" {
		t.Error("an incident without its service may be of any service")
	}
}
