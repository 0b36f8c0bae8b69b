package cli

import (
	"maps"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/history/past/pasttest"
	"firstline/internal/readiness"
	"firstline/internal/store"
	"firstline/sources"
)

// BenchmarkReadiness reads the stored history of 90 days with 20,000 incidents and
// 200,000 log entries, and judges 60 services by it, each on 14 days.
func BenchmarkReadiness(b *testing.B) {
	state, err := store.Open(b.Context(), filepath.Join(b.TempDir(), "state.sqlite"))
	if err != nil {
		b.Fatal(err)
	}
	defer state.Close()
	storeLargePast(b, state)
	s := &setup{state: state, now: func() time.Time { return noon }, stateDirectory: b.TempDir(), demo: false}
	s.config.FirstLine.EscalationPolicy, s.config.Readiness = pasttest.PolicyID(0), readiness.Defaults()
	for b.Loop() {
		m := s.measuring(s.slos())
		m.l.at = noon
		m.takeLoads(b.Context(), nil)
		if len(m.loads) == 0 {
			b.Fatal(m.loadUnread)
		}
		beyond := 0
		for n := range pasttest.Services {
			r := m.report(&ownedService{name: pasttest.ServiceID(n), pagerDuty: sources.Service{ID: pasttest.ServiceID(n)}})
			beyond += len(r.GoesBack)
		}
		if beyond == 0 {
			b.Fatal("no service was judged by its days")
		}
	}
}

// storeLargePast stores the history as a sync does. Everybody is of first line, so
// each service has load to be judged by.
func storeLargePast(b *testing.B, state *store.Store) {
	b.Helper()
	h, span := pasttest.Large(noon, 1)
	window := past.Window{Span: span, ReadAt: h.ReadAt}
	var turns []past.Turn
	for id := range h.People {
		turns = append(turns, past.Turn{Policy: past.Name{ID: pasttest.PolicyID(0)}, Level: 1, Person: id, Start: span.Since, End: span.Until})
	}
	for _, u := range []store.PastUpdate{
		{Kind: store.LogWindow, Window: window, Incidents: h.Incidents, People: slices.Collect(maps.Values(h.People))},
		{Kind: store.OnCallWindow, Window: window, Turns: turns, Policies: []string{pasttest.PolicyID(0)}},
	} {
		if err := state.SavePast(b.Context(), u); err != nil {
			b.Fatal(err)
		}
	}
}
