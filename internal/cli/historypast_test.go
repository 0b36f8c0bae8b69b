package cli

import (
	"slices"
	"testing"

	"firstline/internal/history/past"
)

// Who was notified by e-mail alone is not named with those whom the report counts.
func TestNotified(t *testing.T) {
	people := map[string]past.Person{"a": {Name: "Ann"}, "b": {Name: "Bob"}, "c": {Name: "Cy"}}
	entry := func(way past.Way, to ...string) past.Entry {
		return past.Entry{At: noon, Kind: past.Notify, Way: way, To: to}
	}
	for want, entries := range map[string][]past.Entry{
		"nobody was notified":                  nil,
		"by e-mail only Ann":                   {entry(past.Email, "a")},
		"notified Ann, Cy; by e-mail only Bob": {entry(past.Email, "a", "b"), entry(past.Push, "a"), entry(past.UnknownWay, "c")},
		"notified Bob":                         {entry(past.Phone, "b"), entry(past.Email, "b")},
	} {
		j := pastJSONOf(&past.Incident{ID: "Q1", CreatedAt: noon, Entries: entries}, people)
		if got := j.notified(); got != want || slices.Contains(j.Notified, "") || j.Emailed == nil {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
