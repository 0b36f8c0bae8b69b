package report

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// Where a part of the time was not read, no figure is 0 in any row: nobody knows that.
func TestPartlyReadHasNoZero(t *testing.T) {
	for _, by := range append(Groupings(), ByNothing) {
		h, o := readHand(t), handOptions(t)
		o.By = by
		h.Log = []sources.Span{{Since: o.Span.Since.Add(7 * 24 * time.Hour), Until: o.Span.Until}}
		h.OnCalls = h.Log
		h.Incidents = slices.DeleteFunc(h.Incidents, func(i past.Incident) bool { return !strings.HasPrefix(i.ID, "l") })
		r := New(h, o)
		if len(r.Missing) != 1 || !strings.Contains(strings.Join(r.Notes(), "\n"), "not read: what happened from") {
			t.Fatalf("missing is %q", r.Missing)
		}
		rows := append([]Row{r.Total}, r.Rows...)
		for _, row := range rows {
			for n, f := range Figures() {
				whole := by == ByWeek && row.Key == "2026-10-26"
				if v := row.Values[n]; v.Applies && v.Unknown == "" && v.Number == 0 && f.mayLackAll() && !whole {
					t.Errorf("by %q, %s of %s is 0", by, f.ID, row.Key)
				}
			}
		}
		cells, err := csv.NewReader(strings.NewReader(r.CSV())).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if at := slices.Index(cells[0], "to_owner"); by == ByNothing && cells[1][at] != "" {
			t.Errorf("as CSV, escalations to owners are %q", cells[1][at])
		}
		for _, table := range r.Tables {
			if table.ID != RunbooksTable && table.Unknown == "" && !strings.Contains(table.Note(), "a part of the time was not read") {
				t.Errorf("below %s is %q", table.ID, table.Note())
			}
		}
	}
}

// A week that was read whole has its zeros, though another was not read.
func TestWholeWeekHasItsZeros(t *testing.T) {
	h, o := readHand(t), handOptions(t)
	o.By = ByWeek
	h.Log = []sources.Span{{Since: o.Span.Since.Add(7 * 24 * time.Hour), Until: o.Span.Until}}
	r := New(h, o)
	if v := valueOf(t, r.row("2026-10-26"), "exceptions"); v.Unknown != "" || v.Number != 0 {
		t.Errorf("it is %+v", v)
	}
}

// A time before the history begins has no figures, and no sentence asks to read it.
func TestBeforeTheHistory(t *testing.T) {
	h, o := readHand(t), handOptions(t)
	o.Begins = o.Span.Since
	h.Log = []sources.Span{{Since: o.Span.Since, Until: o.Span.Until}}
	h.OnCalls = h.Log
	r := New(h, o)
	if len(r.Missing) > 0 || !slices.Equal(r.MissingBefore, []string{"the history begins on Mon 19 Oct 2026"}) {
		t.Errorf("missing are %q and %q", r.Missing, r.MissingBefore)
	}
	for n, f := range Figures() {
		if v := r.Before.Values[n]; v.Applies && v.Unknown == "" {
			t.Errorf("%s before is %v", f.ID, v.Number)
		}
	}
	for _, w := range r.Plots().Weeks {
		if w.Start.Before(o.Span.Since) && !w.Unread {
			t.Errorf("the week of %s was read", w.Start)
		}
	}
	o.Span.Since = o.Span.Since.Add(-48 * time.Hour)
	r = New(h, o)
	if len(r.Missing) != 1 || !strings.HasSuffix(r.Missing[0], "because the history begins then") {
		t.Errorf("missing are %q", r.Missing)
	}
	if v := valueOf(t, &r.Total, "on_call_2"); v.Unknown == "" {
		t.Errorf("the time on call is %v", v.Number)
	}
}

// Figures with the same reason are named in the order of the table, and their names stay
// apart though they have commas.
func TestNotesAreInOrder(t *testing.T) {
	h, o := readHand(t), handOptions(t)
	h.Incidents = nil
	r := New(h, o)
	want := "a person acknowledges, p50; a person acknowledges, p90; acknowledged, p50; acknowledged, p90; resolved, p50; resolved, p90: unknown, because there was none in this time"
	if !slices.Contains(r.Notes(), want) {
		t.Errorf("the notes are %q", r.Notes())
	}
}

// The figures of the time before are those of a report on it.
func TestBeforeIsAReportOfItsOwn(t *testing.T) {
	h, o := readHand(t), handOptions(t)
	o.By = ByNothing
	o.Span = sources.Span{Since: instant(t, "2026-10-26T00:00Z"), Until: instant(t, "2026-11-02T00:00Z")}
	for _, before := range []sources.Span{{}, {Since: instant(t, "2026-10-20T00:00Z"), Until: instant(t, "2026-10-24T00:00Z")}} {
		o.Before = before
		r := New(h, o)
		want := before
		if before == (sources.Span{}) {
			want = sources.Span{Since: instant(t, "2026-10-19T00:00Z"), Until: instant(t, "2026-10-26T00:00Z")}
		}
		if r.BeforeSpan != want {
			t.Fatalf("it is %v, want %v", r.BeforeSpan, want)
		}
		other := o
		other.Span = want
		alone := New(h, other)
		for n, f := range Figures() {
			if a, b := r.Before.Values[n], alone.Total.Values[n]; a.Number != b.Number || a.Unknown != b.Unknown {
				t.Errorf("%s before is %v, alone %v", f.ID, a.Number, b.Number)
			}
		}
		if text := r.Markdown(wallclock.In(time.UTC)); !strings.Contains(text, "Before: from "+wallclock.In(time.UTC).Whole(want.Since)) {
			t.Error("it does not say what before is")
		}
	}
}

// A time that ends just before it was read says from when on it may lack something, in
// each form of the report.
func TestTheLastMinutesMayBeIncomplete(t *testing.T) {
	clock := wallclock.In(time.UTC)
	for since, want := range map[time.Duration]bool{0: true, 9 * time.Minute: true, 10 * time.Minute: false, 24 * time.Hour: false} {
		h, o := readHand(t), handOptions(t)
		h.ReadAt = o.Span.Until.Add(since)
		r := New(h, o)
		for form, text := range map[string]string{"notes": strings.Join(r.Notes(), "\n"), "Markdown": r.Markdown(clock), "HTML": r.HTML(clock, o.Span.Until)} {
			if has := strings.Contains(text, "hat happened since "+clock.Whole(h.ReadAt.Add(-past.Late))+" may be incomplete"); has != want {
				t.Errorf("read %s later, %s: says so: %v", since, form, has)
			}
		}
	}
	h, o := readHand(t), handOptions(t)
	h.ReadAt, h.Log = o.Span.Until, nil
	if r := New(h, o); r.Recent != "" {
		t.Errorf("nothing was read, and it says %q", r.Recent)
	}
}
