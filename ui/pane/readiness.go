package pane

import (
	"context"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/describe"
	"firstline/internal/readiness"
	"firstline/internal/triage"
	"firstline/ui/draw"
	"firstline/ui/lazy"
)

// How long what was measured of a service is valid, how long where a source lacked an
// answer, and how long measuring may take.
const (
	readinessFor   = 10 * time.Minute
	readinessRetry = time.Minute
	readinessTime  = 2 * time.Minute
)

func newReadiness(p *Pane) lazy.Cache[readiness.Report] {
	return lazy.Cache[readiness.Report]{For: readinessFor, Retry: readinessRetry, Time: readinessTime, Pause: p.Options.Pause, Pace: &p.Pace}
}

// followReadiness starts measuring while the details are shown.
func (d *DetailsTab) followReadiness(g *triage.Group, shown bool) tea.Cmd {
	p := d.pane
	read := p.Options.Readiness
	if read == nil {
		return nil
	}
	id, group, snapshots := p.subject(g, shown)
	return d.readiness.Follow(p.Context, p.TimeNow(), id, func(ctx context.Context, _ readiness.Report) (readiness.Report, bool) {
		return read(ctx, group, snapshots)
	}, p.Invalidate)
}

// mostTitles is how many criteria are named.
const mostTitles = 4

// readiness shows whether first line can take the group's service, and what it lacks.
func (d *details) readiness(g triage.Group) {
	r := &d.readReadiness.Value
	if len(r.Findings) == 0 {
		return
	}
	text := r.Summary()
	if !strings.EqualFold(r.Service, g.ServiceLabel()) {
		text = r.Service + " is " + text
	}
	titles := "not met: " + describe.Few(r.Titles(readiness.NotReady), mostTitles)
	switch r.Verdict {
	case readiness.Unknown:
		titles = "unknown: " + describe.Few(r.Titles(readiness.Unknown), mostTitles)
	case readiness.Ready:
		titles = ""
	}
	d.field("Readiness", text)
	d.field("", titles)
	d.fieldIn("", r.Return(), draw.Warning)
	d.fieldIn("", "`firstline readiness "+r.Service+"` says what to do; "+d.AsRead(r.At), draw.Dim)
}
