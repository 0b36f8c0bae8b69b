package ui

import (
	"bytes"
	"fmt"
	"image/color"
	"slices"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"

	"firstline/ui/list"
)

// BenchmarkKeyToFrame is a key's way to a drawn frame at 200x50: the state,
// the text of the screen, and the bytes that the terminal gets. The pane's
// contents are made between the keys, off the measured way, as they are off the
// loop.
func BenchmarkKeyToFrame(b *testing.B) {
	for _, n := range []int{100, 10_000} {
		for _, key := range []string{"j", "ctrl+d"} {
			b.Run(fmt.Sprintf("%d groups/%s", n, key), func(b *testing.B) { benchmarkKey(b, n, key) })
		}
	}
}

func benchmarkKey(b *testing.B, n int, key string) {
	h := newHarness(b, 200, 50, func(o *Options) {
		o.Initial = storySources()[1:2]
		withRunbooks(o)
	})
	h.send(tea.BackgroundColorMsg{Color: color.Black})
	h.send(snapshotsMsg{list: fleet(noon, n)})
	screen := newTerminal(200, 50)
	screen.draw(h)

	var took []time.Duration
	sent := 0
	msg := keyPress(key)
	b.ResetTimer()
	for range b.N {
		if h.m.list.Cursor == n-1 {
			h.press("g")
			screen.draw(h)
		}
		begin := time.Now()
		_, cmd := h.m.Update(msg)
		sent += screen.draw(h)
		took = append(took, time.Since(begin))
		b.StopTimer()
		h.run(cmd)
		screen.draw(h)
		b.StartTimer()
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-p50")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms-p99")
	b.ReportMetric(float64(sent)/float64(b.N), "bytes/key")
}

// wireTerminal is Bubble Tea's way from a view to bytes, without its clock.
type wireTerminal struct {
	out    bytes.Buffer
	render *uv.TerminalRenderer
	cells  uv.ScreenBuffer
}

func newTerminal(width, height int) *wireTerminal {
	t := &wireTerminal{cells: uv.NewScreenBuffer(width, height)}
	t.render = uv.NewTerminalRenderer(&t.out, []string{"TERM=xterm-256color", "COLORTERM=truecolor"})
	t.render.SetColorProfile(colorprofile.TrueColor)
	t.render.SetFullscreen(true)
	t.render.SetRelativeCursor(false)
	t.render.SetScrollOptim(true)
	t.render.Resize(width, height)
	return t
}

// draw gives how many bytes a frame took.
func (t *wireTerminal) draw(h *harness) int {
	n := t.drawInto(h)
	t.out.Reset()
	return n
}

// drawInto leaves the bytes in out.
func (t *wireTerminal) drawInto(h *harness) int {
	t.cells.Clear()
	uv.NewStyledString(h.m.View().Content).Draw(t.cells, t.cells.Bounds())
	t.render.Render(t.cells.RenderBuffer)
	_ = t.render.Flush()
	return t.out.Len()
}

// BenchmarkPollWithoutChange is what a poll that brings nothing new costs the
// loop, the join aside.
func BenchmarkPollWithoutChange(b *testing.B) {
	h := newHarness(b, 200, 50, func(o *Options) { o.Initial = storySources()[1:2] })
	h.send(snapshotsMsg{list: fleet(noon, 10_000)})
	a := list.Arranged{Groups: h.m.list.Sources.Groups, Rows: h.m.list.Sources.Rows, Joined: true}
	for i := range a.Rows {
		a.Visible = append(a.Visible, i)
	}
	b.ReportAllocs()
	for b.Loop() {
		h.m.takeArranged(a)
		h.m.View()
	}
}
