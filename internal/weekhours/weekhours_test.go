package weekhours

import (
	"strings"
	"testing"
	"time"
)

func TestCovers(t *testing.T) {
	const office = "Mon-Fri 09:00-17:00 Europe/Berlin"
	for _, c := range []struct {
		hours, at string
		want      bool
	}{
		{office, "2026-11-23T08:00:00Z", true}, // Monday 09:00
		{office, "2026-11-23T07:59:59Z", false},
		{office, "2026-11-23T15:59:59Z", true},
		{office, "2026-11-23T16:00:00Z", false},
		{office, "2026-07-20T07:00:00Z", true}, // summer time
		{office, "2026-11-22T10:00:00Z", false},
		{"Fri-Mon 10:00-11:00 UTC", "2026-11-22T10:30:00Z", true}, // across the end of the week
		{"Fri-Mon 10:00-11:00 UTC", "2026-11-24T10:30:00Z", false},
		{"Fri 22:00-06:00 UTC", "2026-11-21T05:59:00Z", true}, // Friday's night
		{"Fri 22:00-06:00 UTC", "2026-11-20T05:59:00Z", false},
		{"daily 00:00-24:00 Asia/Kolkata", "2026-11-21T23:59:00Z", true},
		{"Mon,Wed 09:00-12:00,13:00-17:00 UTC", "2026-11-25T12:30:00Z", false},
		{"Mon,Wed 09:00-12:00,13:00-17:00 UTC", "2026-11-25T13:00:00Z", true},
		{"Mon-Thu 09:00-17:00 Fri 09:00-13:00 UTC", "2026-11-27T14:00:00Z", false},
	} {
		h, err := Parse(c.hours)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.Covers(at); got != c.want {
			t.Errorf("%q at %s: %v, want %v", c.hours, c.at, got, c.want)
		}
	}
}

func TestNext(t *testing.T) {
	h, err := Parse("Mon-Fri 09:00-17:00 Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	sunday := time.Date(2026, 11, 22, 3, 0, 30, 0, time.UTC)
	if got, want := h.Next(sunday), time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("Next = %v, want %v", got, want)
	}
	always, err := Parse("daily 00:00-24:00 UTC")
	if err != nil {
		t.Fatal(err)
	}
	if got := always.Next(sunday); !got.IsZero() {
		t.Errorf("hours without an end change at %v", got)
	}
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	for in, part := range map[string]string{
		"":                               "want days, times and a time zone",
		"Mon-Fri 09:00-17:00":            "want days, times",
		"Mon-Fri 09:00-17:00 Berlin":     `"Berlin" is no time zone`,
		"Mon-Fri 09:00-17:00 Local":      `"Local" is no time zone`,
		"Mon-Fry 09:00-17:00 UTC":        `"Fry" is no day`,
		"Mon-Fri 9-17 UTC":               "a time of day is written",
		"Mon-Fri 09:00-24:01 UTC":        "a time of day is written",
		"Mon-Fri 09:00-09:00 UTC":        "covers no time",
		"Mon-Fri 09:00-17:00 Sat UTC":    "each days need their times",
		"Mon-Fri 09:00 UTC":              "are no times",
		"Mon-Fri 24:00-06:00 UTC":        "covers no time",
		"Mon-Fri 09:00-17:00, Mon-F UTC": "each days need",
	} {
		if _, err := Parse(in); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("Parse(%q): %v, want %q in it", in, err, part)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("Mon-Fri 09:00-17:00 Europe/Berlin")
	f.Add("Mon,Wed 09:00-12:00,13:00-17:00 Fri 22:00-06:00 UTC")
	f.Add("daily 00:00-24:00 Asia/Kolkata")
	at := time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		h, err := Parse(s)
		if err != nil {
			return
		}
		covered := false
		for minute := range 7 * minutesADay {
			covered = covered || h.Covers(at.Add(time.Duration(minute)*time.Minute))
		}
		if !covered {
			t.Errorf("%q is accepted and never covers", s)
		}
		again, err := Parse(h.String())
		if err != nil || again.Covers(at) != h.Covers(at) {
			t.Errorf("%q does not read back: %v", h.String(), err)
		}
	})
}
