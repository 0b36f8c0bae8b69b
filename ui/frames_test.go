package ui

import (
	"io"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
)

// clockTrace is a clock that notes how it was set.
type clockTrace struct{ set []time.Duration }

func (c *clockTrace) Reset(d time.Duration) { c.set = append(c.set, d) }

// A frame comes soon after a view, views in between share one, and frames that are
// wanted all the time come at the usual rate.
func TestFrames(t *testing.T) {
	for name, c := range map[string]struct {
		// at is when views are made, frames when they are drawn.
		at, frames []time.Duration
	}{
		"one":             {[]time.Duration{0}, []time.Duration{soon}},
		"one, later":      {[]time.Duration{0, 3 * time.Second}, []time.Duration{soon, 3*time.Second + soon}},
		"two at once":     {[]time.Duration{0, soon / 2}, []time.Duration{soon}},
		"a held key":      {[]time.Duration{0, 33 * ms, 66 * ms}, []time.Duration{soon, 33*ms + soon, 66*ms + soon}},
		"a burst of keys": {[]time.Duration{0, ms, 2 * ms, 3 * ms, 9 * ms, 10 * ms}, []time.Duration{soon, soon + betweenFrames, soon + 2*betweenFrames}},
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			now, trace := begin, &clockTrace{}
			f := &frames{find: func() clock { return trace }, now: func() time.Time { return now }}
			t.Cleanup(f.stop)
			var frames []time.Duration
			for _, at := range c.at {
				now = begin.Add(at)
				before := len(trace.set)
				f.want()
				if len(trace.set) > before {
					frames = append(frames, at+trace.set[before])
				}
			}
			if !slices.Equal(frames, c.frames) {
				t.Errorf("frames come at %v, want %v", frames, c.frames)
			}
		})
	}
}

// The clock rests once the frame was drawn, and not while another one is wanted.
func TestFramesRest(t *testing.T) {
	begin := time.Now()
	now, trace := begin, &clockTrace{}
	f := &frames{find: func() clock { return trace }, now: func() time.Time { return now }}
	t.Cleanup(f.stop)
	for n, c := range []struct {
		after time.Duration
		rests bool
	}{{soon, false}, {soon + restAfter - 1, false}, {soon + restAfter, true}} {
		now = begin.Add(time.Duration(n) * time.Hour)
		f.want()
		f.rest.Stop() // it is called here
		now = now.Add(c.after)
		f.slowDown()
		if got := trace.set[len(trace.set)-1]; (got == slow) != c.rests {
			t.Errorf("%s after a view it ticks after %s", c.after, got)
		}
	}
}

// Without a clock to set, Bubble Tea draws at its own rate.
func TestFramesWithoutAClock(t *testing.T) {
	f := &frames{find: func() clock { return nil }, now: time.Now}
	f.want()
	f.stop()
}

// clockFinder is a program that finds its clock and ends.
type clockFinder struct {
	program *tea.Program
	before  *time.Ticker
	found   *time.Ticker
}

func (m *clockFinder) Init() tea.Cmd { return tea.Quit }

func (m *clockFinder) Update(tea.Msg) (tea.Model, tea.Cmd) { return m, nil }

func (m *clockFinder) View() tea.View {
	m.found = clockOf(m.program)
	return tea.NewView("")
}

// This version of Bubble Tea has the clock that frames sets. Where it has none any
// more, see whether it draws when there is something to draw.
func TestBubbleTeaHasTheClock(t *testing.T) {
	m := &clockFinder{}
	m.program = tea.NewProgram(m, tea.WithContext(t.Context()), tea.WithInput(nil), tea.WithOutput(io.Discard), tea.WithoutSignalHandler())
	m.before = clockOf(m.program)
	if _, err := m.program.Run(); err != nil {
		t.Fatal(err)
	}
	if m.before != nil || m.found == nil {
		t.Errorf("the clock is %v before it starts, and then %v", m.before, m.found)
	}
}
