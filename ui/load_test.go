package ui

import (
	"context"
	"fmt"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/report"
	"firstline/sources"
	"firstline/ui/keymap"
)

// withLoad has a history of 60 days in which people were interrupted. One of them has
// no time zone. suffix is behind every text from outside.
func withLoad(suffix string) func(*Options) {
	return func(o *Options) {
		o.Load = func(_ context.Context, back time.Duration) (report.Report, error) {
			h := past.History{People: map[string]past.Person{
				dana.ID: {ID: dana.ID, Name: dana.Name + suffix, Zone: "Europe/Berlin"}, ben.ID: {ID: ben.ID, Name: ben.Name + suffix, Zone: "Asia/Kolkata"},
				cho.ID: {ID: cho.ID, Name: cho.Name + suffix},
			}}
			since := noon.AddDate(0, 0, -60)
			h.Log = []sources.Span{{Since: since, Until: noon}}
			people := []string{dana.ID, dana.ID, ben.ID, dana.ID, cho.ID, ben.ID, dana.ID}
			for n, at := 0, since; at.Before(noon); n, at = n+1, at.Add(time.Duration(7+n%23)*time.Hour) {
				h.Incidents = append(h.Incidents, past.Incident{
					ID: fmt.Sprintf("i%d", n), ReadAt: noon, CreatedAt: at, ChangedAt: at, Status: sources.Resolved, DetailsRead: true, Title: "t" + suffix,
					Service: past.Name{ID: "s", Name: "service" + suffix}, Entries: []past.Entry{{At: at, Kind: past.Notify, Way: past.Push, To: []string{people[n%len(people)]}}},
				})
			}
			r := report.New(h, report.Options{Span: sources.Span{Since: noon.Add(-back), Until: noon}})
			if suffix != "" {
				r.Missing = append(r.Missing, "something"+suffix)
			}
			return r, nil
		}
	}
}

// The report opens by its key and by its name, where something can be stored.
func TestLoad(t *testing.T) {
	h := withStory(t, 120, 30, withLoad(""))
	h.press("L")
	if at := h.m.mode(); at != keymap.InLoad {
		t.Fatalf("L leads to %d:\n%s", at, h.screen())
	}
	h.dialog("On-call load, 30 days", "Interruptions by person", "Dana Diaz")
	h.press("L")
	if at := h.m.mode(); at != keymap.InNormal {
		t.Errorf("L does not close it")
	}
	h.press(":")
	h.write("load of on-call")
	h.press("enter")
	h.dialog("On-call load, 30 days")

	h = withStory(t, 120, 30, nil)
	h.press("L")
	h.status("nothing can be stored on this machine")
}
