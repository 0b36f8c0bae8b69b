package ui

import (
	"context"
	"math"
	"strings"
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
