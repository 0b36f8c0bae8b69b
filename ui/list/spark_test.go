package list_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/graph"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/list"
	"firstline/ui/queries"
	"firstline/ui/room"
	"firstline/ui/roomtest"
)

// metrics is a Prometheus that answers with a line that rises to 10, and notes what it
// is asked, and when.
type metrics struct {
	now   *time.Time
	asked []string
	at    []time.Time
	err   error
}

func (m *metrics) Source() sources.Source {
	return sources.Source{Kind: sources.Prometheus, Name: "prom"}
}

func (m *metrics) Query(context.Context, string, time.Time) (sources.Answer, error) {
	return sources.Answer{}, errors.New("not asked")
}

func (m *metrics) QueryRange(_ context.Context, expression string, r sources.Range) (sources.Answer, error) {
	m.asked, m.at = append(m.asked, expression), append(m.at, *m.now)
	s := sources.Series{Labels: map[string]string{"service": "api"}}
	for at := r.From.Add(r.To.Sub(r.From) / 4); !at.After(r.To); at = at.Add(r.Step) {
		s.Points = append(s.Points, sources.Point{At: at, Value: 10 * float64(at.Sub(r.From)) / float64(r.To.Sub(r.From))})
	}
	return sources.Answer{Extent: sources.Whole, Series: []sources.Series{s}}, m.err
}

// sparkScreen is a list with sparklines, and a clock that the test moves.
type sparkScreen struct {
	*harness
	now     time.Time
	metrics *metrics
	queries *queries.Queries
}

// newSparkScreen has a list of firing alerts of so many rules; more is added to their
// names.
func newSparkScreen(t testing.TB, width, height, alerts int, more ...string) *sparkScreen {
	t.Helper()
	s := &sparkScreen{harness: newHarness(t, width, height, onePrometheus), now: noon}
	s.TimeNow = func() time.Time { return s.now }
	s.metrics = &metrics{now: &s.now}
	data := sources.Data{Extents: sources.Extents{Alerts: sources.Whole}}
	for i := range alerts {
		name := fmt.Sprintf("Alert%03d", i) + strings.Join(more, "")
		a := firing(name, "api", "critical", "api-1", noon.Add(-time.Duration(i)*time.Second))
		a.Source, a.Annotations = "prom", nil
		data.Alerts = append(data.Alerts, a)
		data.Rules = append(data.Rules, sources.Rule{Name: name, Query: fmt.Sprintf("x%03d > 5", i)})
	}
	snapshot := sources.Snapshot{Source: s.metrics.Source(), AsOf: noon, Data: data}
	s.queries = queries.New(s.Screen, queries.Options{
		Metrics: []sources.Metrics{s.metrics}, Pause: func(context.Context, time.Duration) bool { return true },
		Snapshots: func() []sources.Snapshot { return []sources.Snapshot{snapshot} },
	})
	s.list = list.New(s.Screen, list.Options{Initial: []sources.Source{s.metrics.Source()}, Queries: s.queries})
	s.Keys = append(append(s.list.Table(), s.list.FindTable()...), append(list.Keys(), list.PickerKeys()...)...)
	s.send(snapshotsMsg{list: []sources.Snapshot{snapshot}})
	return s
}

// wait lets time go by; the screen asks for what became due every 10 ms.
func (s *sparkScreen) wait(d time.Duration, covered bool) {
	for end := s.now.Add(d); s.now.Before(end); s.now = s.now.Add(10 * time.Millisecond) {
		s.Now = s.now
		roomtest.Run(s.list.FollowSparks(covered))
	}
}

const rising = "  ▃▄▅▆▇█"

func TestSparklines(t *testing.T) {
	s := newSparkScreen(t, 115, 40, 5)
	s.seesNot("▄")
	s.wait(5*time.Second, false)
	for _, line := range strings.Split(s.screen(), "\n") {
		if strings.Contains(line, "Alert00") && !s.list.Roomy && !strings.Contains(line, rising) {
			t.Errorf("no sparkline in %q", line)
		}
	}
	if n := strings.Count(s.screen(), rising); n != 5 || len(s.metrics.asked) != 5 {
		t.Errorf("%d sparklines, asked %v:\n%s", n, s.metrics.asked, s.screen())
	}
	// They are read again, and shown meanwhile.
	s.wait(2*time.Minute, false)
	if n := strings.Count(s.screen(), rising); n != 5 || len(s.metrics.asked) != 10 {
		t.Errorf("%d sparklines, asked %d times", n, len(s.metrics.asked))
	}
	// What can't be read any more is not shown for long.
	s.metrics.err = &sources.Error{Sentence: "it is too busy"}
	s.wait(8*time.Minute, false)
	if strings.Contains(s.screen(), "█") {
		t.Errorf("what is old is shown:\n%s", s.screen())
	}
}

// Scrolling asks only for what is on the screen, at most once each 300 ms.
func TestQuickScrollingAsksLittle(t *testing.T) {
	s := newSparkScreen(t, 115, 30, 300)
	for range 100 {
		s.press("ctrl+d")
		before := len(s.metrics.asked)
		s.wait(50*time.Millisecond, false)
		shown := s.screen()
		for _, expression := range s.metrics.asked[before:] {
			if !strings.Contains(shown, "Alert"+expression[1:4]) {
				t.Errorf("%s is asked, which is not on the screen", expression)
			}
		}
	}
	for i, at := range s.metrics.at[1:] {
		if d := at.Sub(s.metrics.at[i]); d < room.Apart {
			t.Errorf("asked again after %v", d)
		}
	}
	if n := len(s.metrics.asked); n < 10 || n > 18 {
		t.Errorf("asked %d times in 5 s", n)
	}
	s.wait(20*time.Second, false)
	if n, rows := strings.Count(s.screen(), rising), strings.Count(s.screen(), "api  Alert"); n != rows || n < 5 {
		t.Errorf("%d sparklines in %d rows:\n%s", n, rows, s.screen())
	}
}

func TestNothingIsAskedUnseen(t *testing.T) {
	covered := newSparkScreen(t, 115, 30, 5)
	covered.wait(time.Minute, true)
	narrow := newSparkScreen(t, 80, 24, 5)
	narrow.wait(time.Minute, false)
	refusing := newSparkScreen(t, 115, 30, 5)
	refusing.metrics.err = &sources.Error{Reason: sources.Forbidden, Sentence: "no right"}
	refusing.wait(30*time.Minute, false)
	for name, c := range map[string]struct {
		s    *sparkScreen
		want int
	}{"covered": {covered, 0}, "narrow": {narrow, 0}, "refusing": {refusing, 1}} {
		if n := len(c.s.metrics.asked); n != c.want {
			t.Errorf("%s: asked %d times, want %d", name, n, c.want)
		}
	}
}

// A list that is covered gives up what it asked, and a late reply changes nothing.
func TestLateSparklinesAreDropped(t *testing.T) {
	s := newSparkScreen(t, 115, 30, 1)
	s.Now = s.now
	roomtest.Run(s.list.FollowSparks(false)) // finds what is measured
	held := s.list.FollowSparks(false)
	roomtest.Run(s.list.FollowSparks(true))
	roomtest.Run(held)
	s.seesNot(rising)
	s.wait(time.Second, false)
	s.sees(rising)
}

// The graph that a person looks at does not wait for the rows.
func TestTheGraphGoesFirst(t *testing.T) {
	s := newSparkScreen(t, 115, 30, 5)
	s.Now = s.now
	roomtest.Run(s.list.FollowSparks(false))
	held := s.list.FollowSparks(false) // a question of the rows is under way
	s.now = s.now.Add(room.Apart)
	q := graph.FirstQuestion(triage.Group{Alerts: []triage.Alert{{Alert: *firing("Alert004", "api", "critical", "api-1", noon), Sources: []string{"prom"}}}}, s.queries.Snapshots())
	w := s.queries.Wish(q, 6*time.Hour, time.Time{}, queries.LeastPoints)
	cmd := s.queries.Follow(queries.Graph, &w)
	if cmd == nil {
		t.Fatal("the graph waits")
	}
	if s.list.FollowSparks(false) != nil {
		t.Error("the rows ask while the graph does")
	}
	roomtest.Run(cmd)
	roomtest.Run(held)
	if r := s.queries.Of(w.Key); r == nil || r.At.IsZero() {
		t.Error("the graph is not read")
	}
	s.wait(3*time.Second, false)
	if n := strings.Count(s.screen(), rising); n != 5 {
		t.Errorf("%d sparklines", n)
	}
}

// A sparkline takes nothing from titles, and rows stay as wide as they are.
func TestSparklinesHaveRoom(t *testing.T) {
	with := newSparkScreen(t, 115, 30, 40)
	with.wait(20*time.Second, false)
	for _, noColor := range []bool{true, false} {
		with.Theme = draw.NewTheme(draw.Colors{Dark: true, NoColor: noColor})
		with.list.Drawn.Forget()
		with.haveRoom(t)
	}
}

func (s *sparkScreen) haveRoom(t *testing.T) {
	t.Helper()
	for _, width := range []int{60, 80, 100, 115, 140, 200} {
		for _, height := range []int{24, 60, 120} {
			s.send(tea.WindowSizeMsg{Width: width, Height: height})
			for _, line := range strings.Split(s.screen(), "\n") {
				if strings.HasPrefix(line, "│") && s.WidthOf(line) != s.Layout.List.Width {
					t.Errorf("%d wide: %q", width, line)
				}
			}
			if n := strings.Count(s.screen(), "Alert0"); n < 5 {
				t.Errorf("%d titles at a width of %d", n, width)
			}
		}
	}
}

// Long titles are cut only in a list that is wide.
func TestSparklinesAndLongTitles(t *testing.T) {
	for width, want := range map[int]bool{115: false, 270: true} {
		s := newSparkScreen(t, width, 30, 40, strings.Repeat("Long", 18))
		s.wait(20*time.Second, false)
		if got := strings.Contains(s.screen(), rising); got != want || got != (len(s.metrics.asked) > 0) {
			t.Errorf("sparklines at a width of %d: %v, asked %d times:\n%s", width, got, len(s.metrics.asked), s.screen())
		}
		if !strings.Contains(s.screen(), "Alert000LongLongLongLongLong") {
			t.Errorf("titles are shorter than 32:\n%s", s.screen())
		}
	}
}

// Without colours and without other characters than ASCII it is there too.
func TestASCIISparklines(t *testing.T) {
	s := newSparkScreen(t, 115, 40, 3)
	s.list = list.New(s.Screen, list.Options{Initial: []sources.Source{s.metrics.Source()}, Queries: s.queries})
	s.send(snapshotsMsg{list: s.queries.Snapshots()})
	s.wait(3*time.Second, false)
	if drawn := s.OnlyASCII(s.screen()); !strings.Contains(drawn, "  -=+*%#!") {
		t.Errorf("there is no sparkline:\n%s", drawn)
	}
}

// BenchmarkFollowSparks is what sparklines add to each key and tick.
func BenchmarkFollowSparks(b *testing.B) {
	s := newSparkScreen(b, 115, 110, 300)
	s.wait(30*time.Second, false)
	b.ReportAllocs()
	for b.Loop() {
		s.list.FollowSparks(false)
	}
}
