package graph_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/sources"
	"firstline/ui/roomtest"
)

// The threshold is written as it is, and where it is not on the axis, and what has no
// position on it, is said.
func TestTheThresholdAndTheScale(t *testing.T) {
	inf, nan, huge := math.Inf(1), math.NaN(), math.MaxFloat64
	const above, below = "is above what is drawn", "is below what is drawn"
	for _, c := range []struct {
		query  string
		values []float64 // of the first half of the time, and of the second
		count  int
		want   []string
		not    []string
	}{
		{"x < 0.9995", []float64{0.9994, 0.9996}, 1, []string{"fires below 0.9995", "0.9994", "0.9996"}, []string{"fires below 1 ", above, below}},
		{"x_ratio < 0.9995", []float64{0.9994, 0.9996}, 1, []string{"fires below 99.95 %", "99.94 %"}, nil},
		{"x * 1000 > 99.96", []float64{90, 99}, 1, []string{"fires above 99.96 ·"}, nil},
		{"x > 12345678901", []float64{1, 1e10}, 1, []string{"fires above 12345678901 ·"}, nil},
		{"x > 2 ^ -5", []float64{0, 0.02}, 1, []string{"fires above 0.03125 ·"}, nil},
		{"x > 100", []float64{5, inf}, 1, []string{"1 series is infinite at times: not drawn.", "The line at 100 " + above + "."}, []string{below}},
		{"x > 100", []float64{5, inf}, 3, []string{"3 series are infinite at times: not drawn."}, nil},
		{"x < 1e9", []float64{10, 50}, 1, []string{"fires below 1 G", "The line at 1 G " + above + "."}, nil},
		{"x > -1000", []float64{10, 11}, 1, []string{"The line at -1 k " + below + "."}, []string{above}},
		{"x > 12345.678", []float64{10, 11}, 1, []string{"The line at 12345.678 " + above + "."}, nil},
		{"x > 100", []float64{5, 50}, 1, nil, []string{above, below, "not drawn"}},
		{"x > 100", []float64{5, huge}, 1, []string{"1 series is too great to draw at times: not drawn."}, []string{"infinite"}},
		{"x > 100", []float64{5, nan}, 1, nil, []string{"not drawn", "NaN ("}},
		{"x > 100", []float64{nan, nan}, 1, []string{"All values are NaN (no number)."}, []string{"infinite", above}},
		{"x > 100", []float64{inf, -inf}, 1, []string{"All values are infinite."}, []string{"number"}},
		{"x > 100", []float64{nan, inf}, 2, []string{"All values are NaN (no number) or infinite."}, nil},
		{"x > 100", []float64{huge, huge}, 1, []string{"All values are too great to draw."}, []string{"infinite"}},
		{"x > 100", []float64{inf, inf}, 20, []string{"All values of the worst 8 of 20 series are infinite."}, nil},
		{"x > 100", nil, 1, []string{"The series have no values in this time."}, nil},
		{"x @ end() > 100", []float64{5, 5}, 1, []string{"No threshold: what has @ end() is drawn with its value at the end of the graph, not with those that the rule had.", "┤"}, []string{"fires", "beyond"}},
	} {
		s := newScreen(160, 50)
		s.rules[0].Query = c.query
		s.metrics.answer = func(_ string, r sources.Range) (a sources.Answer, err error) {
			a.Extent = sources.Whole
			for i := range c.count {
				one := wave(r, map[string]string{"job": "api", "n": fmt.Sprint(i)}, 1)
				for k := range one.Points {
					if c.values != nil {
						one.Points[k].Value = c.values[k*2/(len(one.Points)+1)]
					}
				}
				if c.values == nil {
					one.Points = nil
				}
				a.Series = append(a.Series, one)
			}
			return a, nil
		}
		s.open(group("Q1"))
		s.reads(t, c.want...)
		for _, w := range c.not {
			if strings.Contains(s.text(), w) {
				t.Errorf("%s with %v: the tab says %q:\n%s", c.query, c.values, w, s.text())
			}
		}
	}
}

// What is not today has its day.
func TestTimesHaveTheirDay(t *testing.T) {
	s := newScreen(200, 50)
	g := group("Q1")
	g.Alerts[0].ActiveSince = s.now.Add(-16 * time.Hour)
	g.Incident = &sources.Incident{ID: "Q1", CreatedAt: s.now.Add(-time.Hour)}
	day := func(at time.Time, layout string) string { return at.In(s.Location).Format(layout) }
	s.open(g)
	for range 4 {
		s.now = s.now.Add(time.Second)
		s.press(t, roomtest.Key("-"))
	}
	s.reads(t, "7 d until now", "F fired "+day(g.Alerts[0].ActiveSince, "Mon 2 Jan 15:04"), "I incident "+day(g.Incident.CreatedAt, "15:04"))
	for range 20 {
		s.press(t, roomtest.Key("<"))
	}
	heading := ""
	for _, line := range s.pane.Lines() {
		if text := strings.TrimSpace(s.Bare(line)); strings.HasPrefix(text, "at ") {
			heading = text
		}
	}
	if _, err := time.Parse("at Mon 2 Jan 15:04", strings.Split(heading, "  ")[0]); err != nil {
		t.Errorf("the values are %q", heading)
	}
	s.now = s.now.Add(time.Second)
	s.press(t, tea.KeyPressMsg{Code: tea.KeyLeft})
	s.reads(t, "7 d until "+day(s.now.Truncate(time.Minute).Add(-84*time.Hour), "Mon 2 Jan 15:04"))
}
