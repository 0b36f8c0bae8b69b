package graph_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	internal "firstline/internal/graph"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/graph"
	"firstline/ui/keymap"
	"firstline/ui/pane"
	"firstline/ui/queries"
	"firstline/ui/room"
	"firstline/ui/roomtest"
)

// metrics is a Prometheus that gives the answers of a test, and notes what it is asked.
type metrics struct {
	now    *time.Time
	answer func(expression string, r sources.Range) (sources.Answer, error)
	asked  []string
	at     []time.Time
	ranges []sources.Range
}

func (m *metrics) Source() sources.Source {
	return sources.Source{Kind: sources.Prometheus, Name: "prom"}
}

func (m *metrics) Query(context.Context, string, time.Time) (sources.Answer, error) {
	return sources.Answer{}, errors.New("not asked")
}

func (m *metrics) QueryRange(_ context.Context, expression string, r sources.Range) (sources.Answer, error) {
	m.asked, m.at, m.ranges = append(m.asked, expression), append(m.at, *m.now), append(m.ranges, r)
	return m.answer(expression, r)
}

// wave is one series that rises to a value.
func wave(r sources.Range, labels map[string]string, last float64) sources.Series {
	s := sources.Series{Labels: labels}
	for at := r.From; !at.After(r.To); at = at.Add(r.Step) {
		share := float64(at.Sub(r.From)) / float64(r.To.Sub(r.From))
		s.Points = append(s.Points, sources.Point{At: at, Value: last * share * share})
	}
	return s
}

// screen is the tab in a pane.
type screen struct {
	*room.Screen
	pane    *pane.Pane
	tab     *graph.Tab
	metrics *metrics
	rules   []sources.Rule
	now     time.Time
	ascii   bool

	configured map[string][]internal.Configured
}

func newScreen(width, height int) *screen { return newScreenWith(width, height, false) }

func newScreenWith(width, height int, ascii bool) *screen {
	s := &screen{now: roomtest.Noon, ascii: ascii, configured: map[string][]internal.Configured{}}
	s.Screen, _ = roomtest.Screen(width, height, nil)
	s.ASCII = ascii
	s.TimeNow = func() time.Time { return s.now }
	s.metrics = &metrics{now: &s.now, answer: func(_ string, r sources.Range) (sources.Answer, error) {
		return sources.Answer{Extent: sources.Whole, Series: []sources.Series{
			wave(r, map[string]string{"pod": "api-1", "job": "api"}, 12), wave(r, map[string]string{"pod": "api-2", "job": "api"}, 3),
		}}, nil
	}}
	s.rules = []sources.Rule{{Name: "Errors", Query: "errors > 5"}}
	s.pane = pane.New(s.Screen, pane.Options{
		PassedOn: func() []triage.Group { return nil },
		Tabs: func(p *pane.Pane) []pane.Tab {
			s.tab = graph.New(p, graph.Options{
				Configured: s.configured,
				Queries: queries.New(s.Screen, queries.Options{
					Metrics: []sources.Metrics{s.metrics}, Pause: func(context.Context, time.Duration) bool { return true },
					Snapshots: func() []sources.Snapshot {
						return []sources.Snapshot{{Source: s.metrics.Source(), Data: sources.Data{Rules: s.rules}}}
					},
				}),
			})
			return []pane.Tab{s.tab}
		},
	})
	s.Keys = append(s.pane.TabTable(), s.pane.OwnTable()...)
	s.pane.Focused = true
	return s
}

func group(id string) *triage.Group {
	return &triage.Group{ID: id, Alerts: []triage.Alert{{Alert: sources.Alert{
		Labels: map[string]string{"alertname": "Errors", "job": "api", "pod": "api-1"}, State: sources.AlertFiring, ActiveSince: roomtest.Noon.Add(-10 * time.Minute),
	}, Sources: []string{"prom"}}}}
}

// follow does what became due, until nothing is.
func (s *screen) follow() {
	s.Now = s.now
	for range 4 {
		roomtest.Run(s.pane.Follow())
	}
}

func (s *screen) open(g *triage.Group) {
	s.pane.Show(g)
	s.pane.Update(keymap.FourthTab)
	s.follow()
}

func (s *screen) press(t *testing.T, key tea.KeyPressMsg) {
	t.Helper()
	c, e := s.Keys.Command(key, keymap.InGraph)
	if e == nil {
		t.Fatalf("no key %v", key)
	}
	roomtest.Run(s.pane.Do(c))
	s.follow()
}

func (s *screen) text() string { return s.Bare(strings.Join(s.pane.Lines(), "\n")) }

func (s *screen) reads(t *testing.T, words ...string) {
	t.Helper()
	text := s.text()
	for _, w := range words {
		if !strings.Contains(strings.Join(strings.Fields(text), " "), strings.Join(strings.Fields(w), " ")) {
			t.Errorf("the tab does not say %q:\n%s", w, text)
		}
	}
}

func (s *screen) asked(t *testing.T, want int) {
	t.Helper()
	if len(s.metrics.asked) != want {
		t.Errorf("asked %d times, want %d: %v", len(s.metrics.asked), want, s.metrics.asked)
	}
}
