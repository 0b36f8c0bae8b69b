package wallclock

import (
	"strings"
	"testing"
	"time"
)

func TestParseUntil(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 23, 30, 0, 0, berlin) // a Sunday
	for in, want := range map[string]string{
		"30m":                    "2026-11-23 00:00",
		"1h30m":                  "2026-11-23 01:00",
		"for 2h":                 "2026-11-23 01:30",
		"3d":                     "2026-11-25 23:30",
		"1w":                     "2026-11-29 23:30",
		"until 09:00":            "2026-11-23 09:00",
		"9:00":                   "2026-11-23 09:00",
		"23:30":                  "2026-11-23 23:30",
		" UNTIL  Tomorrow 09:00": "2026-11-23 09:00",
		"today 23:45":            "2026-11-22 23:45",
		"sun 09:00":              "2026-11-29 09:00",
		"sunday 23:45":           "2026-11-22 23:45",
		"Mon 09:00":              "2026-11-23 09:00",
		"2026-12-01 07:15":       "2026-12-01 07:15",
	} {
		got, err := ParseUntil(in, now, berlin)
		if err != nil {
			t.Errorf("%q: %v", in, err)
			continue
		}
		if text := got.In(berlin).Format("2006-01-02 15:04"); text != want {
			t.Errorf("%q ends %s, want %s", in, text, want)
		}
	}
}

func TestParseUntilSaysWhatIsWrong(t *testing.T) {
	now := time.Date(2026, 11, 22, 23, 30, 0, 0, time.UTC)
	for in, part := range map[string]string{
		"":                 "no end is given",
		"until":            "no end is given",
		"soon":             `"soon" is no end`,
		"0h":               "is past",
		"-2h":              "is past",
		"today 09:00":      "2026-11-22 09:00 is past",
		"2020-01-01 09:00": "is past",
		"60w":              "more than a year",
		"25:00":            "is no end",
		"m 09:00x":         "is no end",
		"tue":              "is no end",
		"9000d":            "is no end",
		"su monday 09:00":  "is no end",
	} {
		_, err := ParseUntil(in, now, time.UTC)
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: %v, want %q", in, err, part)
		}
	}
}

func FuzzParseUntil(f *testing.F) {
	for _, s := range []string{"2h", "until 09:00", "tomorrow 09:00", "Mon 09:00", "2026-11-23 09:00", "9w", "-1h", "today 24:00"} {
		f.Add(s)
	}
	now := time.Date(2026, 3, 28, 23, 30, 0, 0, time.UTC) // the night before summer time
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		end, err := ParseUntil(s, now, berlin)
		if err == nil && (!end.After(now) || end.Sub(now) > longestUntil) {
			t.Errorf("%q ends %v", s, end)
		}
	})
}
