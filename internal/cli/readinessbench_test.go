package cli

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"firstline/internal/history/past"
	"firstline/internal/readiness"
	"firstline/internal/store"
	"firstline/sources"
)

// The size of the past that readiness is measured with.
const (
	benchIncidents = 20_000
	benchServices  = 60
	benchPeople    = 40
	benchDays      = 90
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
	s.config.FirstLine.EscalationPolicy, s.config.Readiness = "p1", readiness.Defaults()
	for b.Loop() {
		m := s.measuring(s.slos())
		m.l.at = noon
		m.takeLoads(b.Context(), nil)
		if len(m.loads) == 0 {
			b.Fatal(m.loadUnread)
		}
		beyond := 0
		for n := range benchServices {
			r := m.report(&ownedService{name: serviceID(n), pagerDuty: sources.Service{ID: serviceID(n)}})
			beyond += len(r.GoesBack)
		}
		if beyond == 0 {
			b.Fatal("no service was judged by its days")
		}
	}
}

func serviceID(n int) string { return fmt.Sprintf("s%d", n%benchServices) }

func storeLargePast(b *testing.B, state *store.Store) {
	b.Helper()
	span := sources.Span{Since: noon.AddDate(0, 0, -benchDays), Until: noon}
	who := func(n int) string { return fmt.Sprintf("u%d", n%benchPeople) }
	zones := []string{"Europe/Berlin", "America/New_York", "Asia/Kolkata"}
	u := store.PastUpdate{Kind: store.LogWindow, Window: past.Window{Span: span, ReadAt: noon}}
	for n := range benchPeople {
		u.People = append(u.People, past.Person{ID: who(n), Name: who(n), Zone: zones[n%len(zones)]})
	}
	kinds := []past.Kind{past.Trigger, past.Assign, past.Notify, past.Notify, past.Acknowledge, past.Escalate, past.Notify, past.Acknowledge, past.Note, past.Resolve}
	for n := range benchIncidents {
		at := span.Since.Add(time.Duration(n) * 388 * time.Second)
		i := past.Incident{
			ID: fmt.Sprintf("i%d", n), CreatedAt: at, ChangedAt: at.Add(time.Hour), ReadAt: noon, Status: sources.Resolved, DetailsRead: true, Title: "Something is slow",
			Service: past.Name{ID: serviceID(n)}, Policy: past.Name{ID: "p1"}, Alert: fmt.Sprintf("a%d", n%420),
		}
		for k, kind := range kinds {
			e := past.Entry{Hash: uint64(n<<8 + k), At: at.Add(time.Duration(k) * 5 * time.Minute), Kind: kind, Way: past.Push}
			switch kind {
			case past.Assign, past.Notify, past.Escalate:
				e.To = []string{who(n + k/5)}
			case past.Trigger:
			default:
				e.By = who(n + k/5)
			}
			i.Entries = append(i.Entries, e)
		}
		u.Incidents = append(u.Incidents, i)
	}
	turns := store.PastUpdate{Kind: store.OnCallWindow, Window: past.Window{Span: span, ReadAt: noon}, Policies: []string{"p1"}}
	for n := range benchPeople {
		turns.Turns = append(turns.Turns, past.Turn{Policy: past.Name{ID: "p1"}, Level: 1, Person: who(n), Start: span.Since, End: span.Until})
	}
	for _, one := range []store.PastUpdate{u, turns} {
		if err := state.SavePast(b.Context(), one); err != nil {
			b.Fatal(err)
		}
	}
}
