package ui

import (
	"context"
	"math"
	"strings"
	"testing"
	"time"

	"firstline/sources"
)

// rates is a Prometheus in which errors rise, in two regions where they are asked for.
type rates struct{}

func (rates) Source() sources.Source { return storySources()[1] }

func (rates) Query(context.Context, string, time.Time) (sources.Answer, error) {
	return sources.Answer{Extent: sources.Whole}, nil
}

func (rates) QueryRange(_ context.Context, expression string, r sources.Range) (sources.Answer, error) {
	a := sources.Answer{Extent: sources.Whole}
	for i, region := range []string{"eu", "us"} {
		s := sources.Series{Labels: map[string]string{"namespace": "prod", "service": "checkout"}}
		if strings.Contains(expression, "region") {
			s.Labels["region"] = region
		} else if i > 0 {
			break
		}
		n := 0
		for at := r.From; !at.After(r.To); at = at.Add(r.Step) {
			share := float64(at.Sub(r.From)) / float64(r.To.Sub(r.From))
			value := 0.01 + 0.005*math.Sin(share*40+float64(i)) + 0.2*math.Pow(share, 8)/float64(i+1)
			if n++; share < 0.4 || share > 0.5 || i == 0 {
				s.Points = append(s.Points, sources.Point{At: at, Value: value})
			}
		}
		a.Series = append(a.Series, s)
	}
	return a, nil
}

// withRates has a Prometheus that can be asked.
func withRates(o *Options) { o.Metrics = []sources.Metrics{rates{}} }

// graphOf shows the graph of the first group, whose alert has the expression.
func graphOf(expression string, keys ...string) func(*harness) {
	return func(h *harness) {
		snapshots := story(noon)
		snapshots[1].Data.Rules = append(snapshots[1].Data.Rules, sources.Rule{
			Name: "HighErrorRate", Query: expression, For: 2 * time.Minute, Labels: map[string]string{"severity": "critical"},
		})
		h.send(snapshotsMsg{list: snapshots})
		h.press("4")
		h.tick(time.Second)
		h.press(keys...)
		h.tick(time.Second)
	}
}

func withSparklines(o *Options) {
	withRates(o)
	o.Sparklines = true
}

// sparklines has the sparklines of the rows read.
func sparklines(h *harness) {
	graphOf(`errors_ratio > 0.05`, "1")(h)
	for range 10 {
		h.tick(time.Second)
	}
}

// counting counts what is asked.
type counting struct {
	rates
	asked *int
}

func (c counting) QueryRange(ctx context.Context, expression string, r sources.Range) (sources.Answer, error) {
	*c.asked++
	return c.rates.QueryRange(ctx, expression, r)
}

// Nothing is asked for rows while the list is covered, not on the screen, or without
// sparklines.
func TestSparklinesThatNobodySees(t *testing.T) {
	asked := 0
	change := func(o *Options) { o.Metrics, o.Sparklines = []sources.Metrics{counting{asked: &asked}}, true }
	h := newHarness(t, 200, 50, change)
	h.send(snapshotsMsg{list: story(noon)})
	h.press("?")
	asked = 0
	wait := func(h *harness) {
		for range 30 {
			h.tick(10 * time.Second)
		}
	}
	for _, behind := range []struct{ name, keys string }{{"the help", ""}, {"the pane alone", "esc Z"}} {
		h.press(strings.Fields(behind.keys)...)
		asked = 0
		wait(h)
		if asked > 0 {
			t.Errorf("asked %d times behind %s", asked, behind.name)
		}
	}
	h.press("Z", "esc")
	wait(h)
	if asked == 0 {
		t.Error("nothing is asked for a list that is on the screen")
	}
	off := newHarness(t, 200, 50, func(o *Options) { change(o); o.Sparklines = false })
	off.send(snapshotsMsg{list: story(noon)})
	asked = 0
	wait(off)
	if asked > 0 {
		t.Errorf("asked %d times without sparklines", asked)
	}
}
