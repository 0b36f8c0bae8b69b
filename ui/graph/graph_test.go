package graph_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	internal "firstline/internal/graph"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/graph"
	"firstline/ui/keymap"
	"firstline/ui/pane"
	"firstline/ui/queries"
	"firstline/ui/room"
	"firstline/ui/roomtest"
)

func TestNothingIsAskedWhileHidden(t *testing.T) {
	s := newScreen(200, 50)
	s.pane.Show(group("Q1"))
	s.follow()
	s.now = s.now.Add(time.Hour)
	s.follow()
	s.asked(t, 0)
	s.open(group("Q1"))
	s.asked(t, 1)
	s.pane.Update(keymap.FirstTab)
	s.now = s.now.Add(time.Hour)
	s.follow()
	s.asked(t, 1)
}

func TestWhatIsShown(t *testing.T) {
	s := newScreen(120, 40)
	s.open(group("Q1"))
	s.reads(t, "Errors  errors", "1 h until now · fires above 5 · prom · read 12:00:00", "pod=api-1", "12  beyond", "F fired 11:50", "11:30")
	if s.metrics.asked[0] != "errors" || !strings.Contains(s.text(), "job=api") {
		t.Errorf("asked %v:\n%s", s.metrics.asked, s.text())
	}
}

// Without other characters than ASCII, lines are their letters.
func TestASCII(t *testing.T) {
	s := newScreenWith(120, 40, true)
	s.open(group("Q1"))
	s.press(t, roomtest.Key("<"))
	s.reads(t, "aaa", "-----a", "beyond")
	for _, line := range s.pane.Lines()[3:20] {
		for _, r := range s.OnlyASCII(s.Bare(line)) {
			if r > 126 {
				t.Fatalf("%q is not ASCII", line)
			}
		}
	}
}

// Without colours the letters are on the lines.
func TestNoColour(t *testing.T) {
	s := newScreen(200, 50)
	s.Theme = draw.NewTheme(draw.Colors{Dark: true, NoColor: true})
	g := group("Q1")
	g.Alerts = append(g.Alerts, g.Alerts[0])
	g.Alerts[1].Labels = map[string]string{"alertname": "Errors", "job": "api", "pod": "api-2"}
	s.open(g)
	var plot strings.Builder
	for _, line := range s.pane.Lines()[3:29] {
		if _, after, found := strings.Cut(s.Bare(line), "│"); found {
			plot.WriteString(after)
		}
	}
	if text := plot.String(); strings.Count(text, "a") < 3 || strings.Count(text, "b") < 3 {
		t.Errorf("the lines have no letters:\n%s", s.text())
	}
}

// Groups with the same expression and other alerts have graphs of their own, and one
// whose alerts change shows what was there until it is read again.
func TestTheAlertsDecideWhatIsDrawn(t *testing.T) {
	s := newScreen(120, 40)
	s.open(group("Q1"))
	s.reads(t, "job=api pod=api-1", "12 beyond")
	other := group("Q2")
	other.Alerts[0].Labels = map[string]string{"alertname": "Errors", "job": "api", "pod": "api-2"}
	s.now = s.now.Add(time.Second)
	s.open(other)
	s.asked(t, 2)
	s.reads(t, "job=api pod=api-2", "a 3")
	changed := group("Q2")
	changed.Alerts = append(changed.Alerts, other.Alerts[0])
	works := s.metrics.answer
	s.metrics.answer = func(_ string, r sources.Range) (sources.Answer, error) {
		s.reads(t, "job=api pod=api-2")
		return works("", r)
	}
	s.now = s.now.Add(time.Second)
	s.open(changed)
	s.asked(t, 3)
	s.reads(t, "b pod=api-2")
}

func TestLaterThanNowIsNow(t *testing.T) {
	s := newScreen(120, 40)
	s.open(group("Q1"))
	s.press(t, tea.KeyPressMsg{Code: tea.KeyRight})
	s.reads(t, "1 h until now")
}

func TestConfiguredGraphs(t *testing.T) {
	s := newScreen(120, 40)
	s.configured["api"] = []internal.Configured{{Title: "requests", Expression: `requests{pod="$pod"}`}}
	g := group("Q1")
	g.Service = "api"
	s.open(g)
	s.asked(t, 1)
	s.now = s.now.Add(time.Second)
	s.press(t, roomtest.Key("J"))
	s.reads(t, `requests (2 of 2) requests{pod="api-1"}`)
	s.asked(t, 2)
	if strings.Contains(s.text(), "No threshold") {
		t.Error("a threshold is missed")
	}
}

func TestQuickSwitchingAsksLittle(t *testing.T) {
	s := newScreen(200, 50)
	s.rules = nil
	for i := range 40 {
		s.rules = append(s.rules, sources.Rule{Name: fmt.Sprint("E", i), Query: fmt.Sprintf("x%d > 5", i)})
	}
	for i := range 40 {
		g := group(fmt.Sprint("Q", i))
		g.Alerts[0].Labels = map[string]string{"alertname": fmt.Sprint("E", i)}
		s.open(g)
		s.now = s.now.Add(50 * time.Millisecond)
	}
	for i := 1; i < len(s.metrics.at); i++ {
		if d := s.metrics.at[i].Sub(s.metrics.at[i-1]); d < 300*time.Millisecond {
			t.Errorf("asked again after %v", d)
		}
	}
	s.now = s.now.Add(300 * time.Millisecond)
	s.follow()
	if n := len(s.metrics.asked); n < 3 || n > 8 || s.metrics.asked[n-1] != "x39" {
		t.Errorf("asked %v", s.metrics.asked)
	}
	s.reads(t, "E39  x39", "beyond")
	// What was read is there at once when the cursor comes back.
	n := len(s.metrics.asked)
	g := group("Q0")
	g.Alerts[0].Labels = map[string]string{"alertname": "E0"}
	s.open(g)
	s.asked(t, n)
	s.reads(t, "E0  x0", "beyond")
}

func TestLateRepliesAreDropped(t *testing.T) {
	s := newScreen(200, 50)
	s.rules = []sources.Rule{{Name: "Errors", Query: "old > 5"}, {Name: "Other", Query: "new > 5"}}
	s.pane.Show(group("Q1"))
	s.pane.Update(keymap.FourthTab)
	first := group("Q1")
	s.tab.Follow(first, true)
	held := s.tab.Follow(first, true)
	if held == nil {
		t.Fatal("nothing is asked")
	}
	second := group("Q2")
	second.Alerts[0].Labels = map[string]string{"alertname": "Other"}
	s.now = s.now.Add(time.Second)
	s.open(second)
	s.reads(t, "Other  new", "beyond")
	s.metrics.answer = func(string, sources.Range) (sources.Answer, error) { return sources.Answer{}, errors.New("late") }
	roomtest.Run(held)
	s.follow()
	s.reads(t, "Other  new", "beyond")
	if strings.Contains(s.text(), "late") {
		t.Errorf("a late reply is shown:\n%s", s.text())
	}
}

func TestLive(t *testing.T) {
	s := newScreen(200, 50)
	s.open(group("Q1"))
	s.now = s.now.Add(10 * time.Second)
	s.follow()
	s.asked(t, 1)
	s.now = s.now.Add(25 * time.Second)
	s.follow()
	s.asked(t, 2)
	s.reads(t, "read 12:00:35")
	// What is past stays.
	s.press(t, tea.KeyPressMsg{Code: tea.KeyLeft})
	s.now = s.now.Add(time.Second)
	s.follow()
	s.asked(t, 3)
	s.reads(t, "1 h until 11:30")
	s.now = s.now.Add(time.Hour)
	s.follow()
	s.asked(t, 3)
	if last := s.metrics.ranges[2]; !last.To.Equal(roomtest.Noon.Add(-30 * time.Minute)) {
		t.Errorf("asked for %+v", last)
	}
	if !s.tab.Back() || s.tab.Back() {
		t.Error("back does not lead to now, once")
	}
}

func TestKeys(t *testing.T) {
	s := newScreen(120, 40)
	s.open(group("Q1"))
	s.now = s.now.Add(time.Second)
	s.press(t, roomtest.Key("+"))
	s.reads(t, "15 min until now")
	for _, want := range []string{"1 h", "6 h", "24 h", "7 d", "7 d"} {
		s.now = s.now.Add(time.Second)
		s.press(t, roomtest.Key("-"))
		s.reads(t, want+" until now")
	}
	if r := s.metrics.ranges[len(s.metrics.ranges)-1]; r.To.Sub(r.From) < 7*24*time.Hour || int(r.To.Sub(r.From)/r.Step) > 300 {
		t.Errorf("asked for %+v", r)
	}
	s.press(t, roomtest.Key("<"))
	s.press(t, roomtest.Key("<"))
	s.reads(t, "at ")
	if !s.tab.Back() {
		t.Error("there is no cursor")
	}
	next := s.Keys.Of(keymap.NextGraph, keymap.InGraph)
	if why := next.Refuses(); why != "there is only one graph" {
		t.Errorf("the next graph: %q", why)
	}
	several := group("Q2")
	other := several.Alerts[0]
	other.Labels = map[string]string{"alertname": "Other"}
	several.Alerts = append(several.Alerts, other)
	s.open(several)
	s.reads(t, "Errors (1 of 2)")
	s.press(t, roomtest.Key("J"))
	s.reads(t, "What Other measures is unknown, because prom has no rule of this name, and the alert does not say its expression.")
	s.press(t, roomtest.Key("J"))
	s.reads(t, "Errors (1 of 2)")
}

func TestSentences(t *testing.T) {
	nan := func(r sources.Range) sources.Series {
		w := wave(r, nil, 1)
		for i := range w.Points {
			w.Points[i].Value = math.NaN()
		}
		return w
	}
	for name, c := range map[string]struct {
		query  string
		answer func(r sources.Range) (sources.Answer, error)
		want   []string
	}{
		"empty":  {"errors > 5", func(sources.Range) (sources.Answer, error) { return sources.Answer{Extent: sources.Whole}, nil }, []string{"There is nothing to draw: prom has no such series in this time."}},
		"absent": {"absent(up)", func(sources.Range) (sources.Answer, error) { return sources.Answer{Extent: sources.Whole}, nil }, []string{"No threshold: the rule fires while there is nothing to draw (absent).", "nothing to draw: prom"}},
		"failing": {"errors > 5", func(sources.Range) (sources.Answer, error) {
			return sources.Answer{}, &sources.Error{Sentence: "it is too busy"}
		}, []string{"! It is too busy."}},
		"refusing": {"errors > 5", func(sources.Range) (sources.Answer, error) {
			return sources.Answer{}, &sources.Error{Reason: sources.Forbidden, Sentence: "no right"}
		}, []string{"! No right. It is asked again in an hour"}},
		"NaN": {"errors > 5", func(r sources.Range) (sources.Answer, error) {
			return sources.Answer{Series: []sources.Series{nan(r)}}, nil
		}, []string{"All values are NaN (no number)."}},
		"histograms": {"errors > 5", func(sources.Range) (sources.Answer, error) { return sources.Answer{Histograms: 3}, nil }, []string{"only native histograms"}},
		"huge": {"errors > 5", func(r sources.Range) (sources.Answer, error) {
			a := sources.Answer{Extent: sources.Extent{Read: true, Missing: "only 1000 of 3000 series are read"}}
			for i := range 1000 {
				a.Series = append(a.Series, wave(r, map[string]string{"pod": fmt.Sprint(i)}, float64(i)))
			}
			return a, nil
		}, []string{"Not all is known: only 1000 of 3000", "pod=999", "the worst 8 of 1000", "No series has the labels of the alerts"}},
		"hostile": {"errors > 5", func(r sources.Range) (sources.Answer, error) {
			return sources.Answer{Series: []sources.Series{wave(r, map[string]string{"pod": "a\x1b[2Jb\nc"}, 9), wave(r, map[string]string{"pod": "d"}, 9)}}, nil
		}, []string{"beyond"}},
	} {
		s := newScreen(120, 50)
		s.rules[0].Query = c.query
		s.metrics.answer = func(_ string, r sources.Range) (sources.Answer, error) { return c.answer(r) }
		s.open(group("Q1"))
		t.Run(name, func(t *testing.T) {
			s.reads(t, c.want...)
			if strings.ContainsAny(s.text(), "\x1b\r") {
				t.Errorf("the terminal is steered: %q", s.text())
			}
		})
	}
}

// A refusal is said once, and not asked for again for an hour.
func TestARefusalIsNotRepeated(t *testing.T) {
	for _, e := range []*sources.Error{{Reason: sources.Rejected, Status: 402}, {Reason: sources.Forbidden, Status: 403}, {Reason: sources.NotFound, Status: 404}} {
		s := newScreen(120, 40)
		s.metrics.answer = func(string, sources.Range) (sources.Answer, error) { return sources.Answer{}, e }
		s.open(group("Q1"))
		for range 50 {
			s.now = s.now.Add(time.Minute)
			s.follow()
		}
		s.asked(t, 1)
		s.now = s.now.Add(11 * time.Minute)
		s.follow()
		s.asked(t, 2)
		s.now = s.now.Add(time.Second)
		s.pane.Refresh(true)
		s.follow()
		s.asked(t, 3)
	}
}

// What was read stays when the next question fails, and it is asked again.
func TestAFailureLeavesWhatWasRead(t *testing.T) {
	s := newScreen(120, 40)
	s.open(group("Q1"))
	works := s.metrics.answer
	s.metrics.answer = func(string, sources.Range) (sources.Answer, error) {
		return sources.Answer{}, &sources.Error{Reason: sources.Unreachable, Sentence: "no network"}
	}
	s.now = s.now.Add(40 * time.Second)
	s.follow()
	s.reads(t, "! No network.", "pod=api-1", "read 12:00:00")
	s.metrics.answer = works
	s.now = s.now.Add(40 * time.Second)
	s.follow()
	s.reads(t, "read 12:01:20")
	if strings.Contains(s.text(), "No network") {
		t.Errorf("an old failure is shown:\n%s", s.text())
	}
}

func TestNoPrometheus(t *testing.T) {
	s := newScreen(120, 40)
	p := pane.New(s.Screen, pane.Options{
		PassedOn: func() []triage.Group { return nil },
		Tabs: func(p *pane.Pane) []pane.Tab {
			return []pane.Tab{graph.New(p, graph.Options{Queries: queries.New(s.Screen, queries.Options{Snapshots: func() []sources.Snapshot { return nil }})})}
		},
	})
	p.Show(group("Q1"))
	p.Update(keymap.FourthTab)
	for range 3 {
		roomtest.Run(p.Follow())
	}
	if text := s.Bare(strings.Join(p.Lines(), "\n")); !strings.Contains(text, "No Prometheus is configured") {
		t.Errorf("%s", text)
	}
}

// BenchmarkDraw draws 8 series of 1,000 points.
func BenchmarkDraw(b *testing.B) {
	s := newScreen(200, 50)
	s.metrics.answer = func(_ string, r sources.Range) (sources.Answer, error) {
		r.Step = r.To.Sub(r.From) / 1000
		var a sources.Answer
		for i := range 8 {
			w := wave(r, map[string]string{"pod": fmt.Sprint(i)}, float64(i+3))
			for k := range w.Points {
				w.Points[k].Value += math.Sin(float64(k)/20) * float64(i)
			}
			a.Series = append(a.Series, w)
		}
		return a, nil
	}
	s.open(group("Q1"))
	w := &pane.Writer{Screen: *s.Screen}
	for b.Loop() {
		work := s.tab.Prepare(*group("Q1"))
		if c := work(b.Context(), w, 90); len(c.Lines) < 20 {
			b.Fatalf("%d lines", len(c.Lines))
		}
	}
}

// Whatever a server answers is drawn within the pane.
func TestAnyAnswer(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		size := rapid.SampledFrom([][2]int{{60, 15}, {80, 24}, {120, 30}, {200, 50}}).Draw(r, "size")
		s := newScreenWith(size[0], size[1], rapid.Bool().Draw(r, "ascii"))
		s.rules[0].Query = rapid.SampledFrom([]string{"x > 5", "x < -1e305", "x == 0", "x", "x_bytes > 1e9", "x_seconds >= 0"}).Draw(r, "query")
		value := rapid.OneOf(rapid.Float64(), rapid.Float64Range(-10, 10), rapid.SampledFrom([]float64{0, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, 5e-324}))
		s.metrics.answer = func(_ string, of sources.Range) (a sources.Answer, err error) {
			for i := range rapid.IntRange(0, 12).Draw(r, "series") {
				one := sources.Series{Labels: map[string]string{"pod": rapid.String().Draw(r, "label"), "n": fmt.Sprint(i)}}
				at := of.From.Add(rapid.SampledFrom([]time.Duration{-time.Hour, 0, time.Minute}).Draw(r, "from"))
				for range rapid.IntRange(0, 40).Draw(r, "points") {
					one.Points = append(one.Points, sources.Point{At: at, Value: value.Draw(r, "value")})
					at = at.Add(of.Step * time.Duration(rapid.IntRange(1, 9).Draw(r, "step")))
				}
				a.Series = append(a.Series, one)
			}
			return a, nil
		}
		s.pane.Layout = room.Arrange(size[0], size[1], true, 0)
		s.open(group("Q1"))
		for range rapid.IntRange(0, 3).Draw(r, "cursor") {
			roomtest.Run(s.pane.Do(keymap.CursorLeft))
			s.follow()
		}
		for _, line := range s.pane.Lines() {
			if w := s.WidthOf(line); w > size[0] || strings.ContainsAny(s.Bare(line), "\x1b\n\t") {
				r.Fatalf("%d cells: %q", w, line)
			}
		}
	})
}

// Read line by line, there is no drawing: words say how low and how high the lines are.
func TestInLines(t *testing.T) {
	s := newScreen(120, 40)
	s.Plain = true
	s.open(group("Q1"))
	s.reads(t, "a: lowest ", " at 11:", ", highest 12 at ", "12  beyond", "F fired 11:50")
	if strings.ContainsAny(s.text(), "─│⣀⣿└") {
		t.Errorf("it is drawn:\n%s", s.text())
	}
}
