package describe

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/escalation"
	"firstline/sources"
)

func TestThere(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 20, 0, 0, time.UTC)
	for want, user := range map[string]sources.User{
		"Ann (15:20 in Europe/Berlin)":               {Name: "Ann", TimeZone: "Europe/Berlin"},
		"Ben (22:20 in Asia/Singapore, night there)": {Name: "Ben", TimeZone: "Asia/Singapore"},
		"Cy":                          {Name: "Cy", TimeZone: "UTC"},
		"Dora (local time not known)": {Name: "Dora", TimeZone: "Mars/Base"},
		"an unnamed user (15:20 in Europe/Berlin)": {ID: "P1", TimeZone: "Europe/Berlin"},
	} {
		if got := There(user, now); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := There(sources.User{Name: "Cy", TimeZone: "UTC"}, now.Add(8*time.Hour)); got != "Cy (night)" {
		t.Errorf("%q", got)
	}
}

func TestGaps(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 20, 0, 0, time.UTC)
	at := func(hours int) time.Time { return now.Add(time.Duration(hours) * time.Hour) }
	until := at(14 * 24)
	for want, c := range map[string]escalation.Coverage{
		"": {Until: until},
		"nobody now, until Mon 23 Nov 16:20 (in 2 h)":                                                                     {Until: until, Gaps: []escalation.Gap{{From: now, To: at(2)}}},
		"nobody from Tue 24 Nov 14:20 until Wed 25 Nov 15:20, for 25 h":                                                   {Until: until, Gaps: []escalation.Gap{{From: at(24), To: at(49)}}},
		"nobody now, at least until Mon 7 Dec 14:20":                                                                      {Until: until, Gaps: []escalation.Gap{{From: now}}},
		"nobody now; not known, because x":                                                                                {Until: until, Gaps: []escalation.Gap{{From: now}}, Unknown: now, Because: "x"},
		"nobody from Tue 24 Nov 14:20 on, at least until Wed 25 Nov 14:20; not known from Wed 25 Nov 14:20 on, because x": {Until: until, Gaps: []escalation.Gap{{From: at(24)}}, Unknown: at(48), Because: "x"},
		"not known from Tue 24 Nov 14:20 on, because x":                                                                   {Until: until, Unknown: at(24), Because: "x"},
	} {
		if got := strings.Join(Gaps(c, now), "; "); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
