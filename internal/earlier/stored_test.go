package earlier

import (
	"context"
	"errors"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/sources"
)

func TestStoredHistory(t *testing.T) {
	incident := func(id, alert, service string, status sources.IncidentStatus, entries ...past.Entry) past.Incident {
		return past.Incident{
			ID: id, ReadAt: noon, Number: 7, Title: "x", Alert: alert, Service: past.Name{ID: service}, Status: status,
			CreatedAt: ago(50 * time.Hour), ChangedAt: ago(49 * time.Hour), Entries: entries,
		}
	}
	entry := func(kind past.Kind, before time.Duration) past.Entry {
		return past.Entry{Kind: kind, At: ago(before), By: "U1"}
	}
	merged := incident("Q8", "HighErrorRate", "PS", sources.Resolved)
	merged.MergedInto = "Q9"
	h := past.History{
		ReadAt: ago(time.Hour), Log: []sources.Span{{Since: ago(90 * 24 * time.Hour), Until: noon}}, People: map[string]past.Person{"U1": {Name: "Ann"}},
		Incidents: []past.Incident{
			incident("Q1", "HighErrorRate", "PS", sources.Triggered), // that of now
			incident("Q2", "HighErrorRate", "PS", sources.Resolved, entry(past.Trigger, 50*time.Hour), entry(past.Resolve, 48*time.Hour)),
			incident("Q3", "HighErrorRate", "PX", sources.Resolved), incident("Q4", "Other", "PS", sources.Resolved),
			incident("Q5", "HighErrorRate", "PS", sources.Resolved), // without its log
			incident("Q6", "HighErrorRate", "PS", sources.Triggered, entry(past.Resolve, 48*time.Hour), entry(past.Trigger, 47*time.Hour)),
			{ID: "Q7"},
			merged,
		},
	}
	p := Stored{func(context.Context, sources.Span) (past.History, error) { return h, nil }}.Find(t.Context(), question())
	want := map[string]struct {
		lasted time.Duration
		by     string
	}{"Q2": {2 * time.Hour, "Ann"}, "Q5": {time.Hour, ""}, "Q6": {}, "Q8": {time.Hour, "merged into another incident"}}
	if len(p.Times) != len(want) || !p.Since.Equal(ago(90*24*time.Hour)) || !p.AsOf.Equal(ago(time.Hour)) {
		t.Errorf("%+v", p)
	}
	for _, one := range p.Times {
		lasted, _ := one.Lasted()
		if w, is := want[one.Incident.ID]; !is || lasted != w.lasted || one.EndedBy != w.by {
			t.Errorf("%s lasted %v, ended by %q", one.Incident.ID, lasted, one.EndedBy)
		}
	}
	h.Log = nil
	if p := (Stored{func(context.Context, sources.Span) (past.History, error) { return h, nil }}).Find(t.Context(), question()); len(p.Times) != 0 || len(p.Missing) != 1 {
		t.Errorf("nothing is stored: %+v", p)
	}
	if p := (Stored{func(context.Context, sources.Span) (past.History, error) { return h, errors.New("the file is gone") }}).Find(t.Context(), question()); !p.Failed || p.Missing[0] != "The file is gone" {
		t.Errorf("%+v", p)
	}
	// An incident that PagerDuty and the history have is one, with what either knows.
	all := merge([]Part{{Times: []Time{{Incident: Incident{ID: "Q2"}, Began: ago(50 * time.Hour), Similar: true}}}, {Times: []Time{{Incident: Incident{ID: "Q2", Number: 7}, Began: ago(50 * time.Hour), Ended: ago(48 * time.Hour), EndedBy: "Ann"}}}})
	if lasted, found := all[0].Lasted(); len(all) != 1 || !found || lasted != 2*time.Hour || all[0].EndedBy != "Ann" || all[0].Similar || all[0].Incident.Number != 7 {
		t.Errorf("%+v", all)
	}
}
