package serverclock

import (
	"net/http"
	"testing"
	"time"
)

func TestClock(t *testing.T) {
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	dated := func(off time.Duration) http.Header {
		return http.Header{"Date": {noon.Add(off).Format(http.TimeFormat)}}
	}
	with := func(h http.Header, name, value string) http.Header {
		h.Set(name, value)
		return h
	}
	type answer struct {
		header http.Header
		took   time.Duration
	}
	one := func(h http.Header) []answer { return []answer{{header: h}} }
	for _, c := range []struct {
		name    string
		answers []answer
		want    time.Duration
	}{
		{"nothing was answered", nil, 0},
		{"the same", one(dated(0)), 0},
		{"a little ahead", one(dated(50 * time.Second)), 0},
		{"a little behind", one(dated(-50 * time.Second)), 0},
		{"a minute, to the second", one(dated(59 * time.Second)), 0},
		{"more than a minute ahead", one(dated(62 * time.Second)), 62 * time.Second},
		{"more than a minute behind", one(dated(-63 * time.Second)), -63 * time.Second},
		{"hours behind", one(dated(-2 * time.Hour)), -2 * time.Hour},
		{"a day ahead", one(dated(24 * time.Hour)), 24 * time.Hour},
		{"another time zone in the header", one(with(dated(0), "Date", noon.Add(time.Hour).In(time.FixedZone("X", 3600)).Format(time.RFC1123Z))), 0},
		{"a date in another form", one(with(dated(0), "Date", noon.Add(time.Hour).Format(time.ANSIC))), time.Hour},
		{"no date", one(http.Header{}), 0},
		{"no date that can be read", one(with(dated(0), "Date", "yesterday")), 0},
		{"out of a cache", one(with(dated(-2*time.Hour), "Age", "7200")), 0},
		{"a slow answer, dated in its middle", []answer{{dated(40 * time.Second), 80 * time.Second}}, 0},
		{"a slow answer of a wrong clock", []answer{{dated(time.Hour), 80 * time.Second}}, time.Hour - 40*time.Second},
		{"it wavers", []answer{{header: dated(2 * time.Minute)}, {header: dated(2*time.Minute + 15*time.Second)}}, 2 * time.Minute},
		{"it is set", []answer{{header: dated(2 * time.Hour)}, {header: dated(0)}}, 0},
		{"it goes wrong", []answer{{header: dated(0)}, {header: dated(-5 * time.Minute)}}, -5 * time.Minute},
		{"one without a date after that", []answer{{header: dated(-5 * time.Minute)}, {header: http.Header{}}}, -5 * time.Minute},
	} {
		var clock Clock
		for _, a := range c.answers {
			clock.Compare(a.header, noon, noon.Add(a.took))
		}
		if got := clock.Offset(); (got-c.want).Abs() > time.Second || (got == 0) != (c.want == 0) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// The server's time is by its last date, however small the offset is.
func TestTime(t *testing.T) {
	noon := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	var clock Clock
	if got, read := clock.Time(noon); read || !got.Equal(noon) {
		t.Errorf("without an answer: %v, %v", got, read)
	}
	for _, off := range []time.Duration{20 * time.Second, -45 * time.Second, time.Hour, 3 * time.Second} {
		clock.Compare(http.Header{"Date": {noon.Add(off).Format(http.TimeFormat)}}, noon, noon)
		clock.Compare(http.Header{}, noon, noon)
		if got, read := clock.Time(noon); !read || got.Sub(noon.Add(off)).Abs() > time.Second {
			t.Errorf("off by %v: %v, %v", off, got, read)
		}
	}
}
