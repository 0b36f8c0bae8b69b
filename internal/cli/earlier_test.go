package cli

import (
	"context"
	"slices"
	"testing"
	"time"

	"firstline/internal/accounts"
	"firstline/internal/earlier"
	"firstline/sources"
)

// pastAccount has one incident, and maybe its log.
type pastAccount struct {
	accounts.Account
	log   []sources.LogEntry
	asked []string
	at    time.Time
}

func (a *pastAccount) LogEntries(context.Context, string) ([]sources.LogEntry, sources.Extent, error) {
	return a.log, sources.Whole, nil
}

func (a *pastAccount) Notes(context.Context, string) ([]sources.Note, error) { return nil, nil }

func (a *pastAccount) Incident(_ context.Context, id string) (sources.Incident, error) {
	a.asked = append(a.asked, id)
	return sources.Incident{ID: id, Status: sources.Resolved, ChangedAt: a.at}, nil
}

// TestTheEndOfAnEarlierIncident: the incident is read where nothing else says when it
// ended.
func TestTheEndOfAnEarlierIncident(t *testing.T) {
	at := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		log   []sources.LogEntry
		ended time.Time
		asked []string
	}{
		"an empty log":              {asked: []string{"Q1"}},
		"a log without its resolve": {log: []sources.LogEntry{{CreatedAt: at, Type: "trigger"}}, asked: []string{"Q1"}},
		"the log has it":            {log: []sources.LogEntry{{CreatedAt: at, Type: "trigger"}, {CreatedAt: at.Add(time.Minute), Type: "resolve"}}},
		"the list had it":           {ended: at},
	} {
		a := &pastAccount{log: tc.log, at: at}
		o := (&setup{account: a}).openEarlier(t.Context(), earlier.Time{Incident: earlier.Incident{ID: "Q1"}, Ended: tc.ended}, nil)
		if !slices.Equal(a.asked, tc.asked) || o.Err != nil || tc.asked != nil && (!o.Ends() || !o.Incident.ChangedAt.Equal(at)) {
			t.Errorf("%s: asked %q, %+v", name, a.asked, o)
		}
	}
}
