package pane

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/slo"
	"firstline/internal/slo/measure"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/ui/draw"
	"firstline/ui/lazy"
)

// How long the SLOs of a group are valid, and how long reading them may take.
const (
	slosFor  = time.Minute
	slosTime = time.Minute
)

// slos are read of the group that is shown, while its details are.
type slos struct {
	lazy.Cache[measure.Found]
}

func newSLOs(p *Pane) *slos {
	return &slos{lazy.Cache[measure.Found]{For: slosFor, Retry: slosFor, Time: slosTime, Pause: p.Options.Pause, Pace: &p.Pace}}
}

// subject is what a part of the details reads about: a group, where the details are
// shown, and what the sources said.
func (p *Pane) subject(g *triage.Group, shown bool) (id string, group triage.Group, snapshots []sources.Snapshot) {
	if g != nil && shown {
		id, group = g.ID, *g
	}
	if p.Options.Snapshots != nil {
		snapshots = p.Options.Snapshots()
	}
	return id, group, snapshots
}

// followSLOs starts reading while the details are shown.
func (d *DetailsTab) followSLOs(g *triage.Group, shown bool) tea.Cmd {
	p := d.pane
	read := p.Options.SLOs
	if read == nil {
		return nil
	}
	id, group, snapshots := p.subject(g, shown)
	return d.slos.Follow(p.Context, p.TimeNow(), id, func(ctx context.Context, _ measure.Found) (measure.Found, bool) {
		return read(ctx, group, snapshots), false
	}, p.Invalidate)
}

// slos shows the SLOs of the group: what is left of the budget, and how quickly it is
// used.
func (d *details) slos() {
	found := d.readSLOs.Value
	if len(found.Readings) == 0 {
		return
	}
	d.heading("SLO")
	for _, r := range found.Readings {
		title := r.Title()
		if r.Origin != slo.Configured {
			title += " (" + string(r.Origin) + ")"
		}
		d.field("Objective", title)
		d.fieldIn("Budget", r.Budget(), budgetRole(r))
		d.fieldIn("Burn rate", r.BurnRates(), draw.Plain)
	}
	for _, m := range found.Missing {
		d.fieldIn("", m, draw.Dim)
	}
	d.fieldIn("", d.AsRead(d.readSLOs.At), draw.Dim)
}

// budgetRole is how a budget is highlighted.
func budgetRole(r slo.Reading) draw.Role {
	switch {
	case !r.Left.Read():
		return draw.Dim
	case r.Left.Number <= 0, r.Gone > 0 && r.Gone < 24*time.Hour:
		return draw.Critical
	case r.Gone > 0 || r.Left.Number < 0.25:
		return draw.Warning
	}
	return draw.Plain
}

// The least width of the line of a group with its budget, and how long after it was
// read the budget is on it.
const (
	wideLine  = 100
	budgetFor = 10 * time.Minute
)

// GroupLine is the line of the group above a pane that has the whole screen: what line
// draws in a width, and the budget with the least left where that was read lately.
func (p *Pane) GroupLine(width int, line func(width int) string) string {
	if p.Group == nil || width < wideLine {
		return line(width)
	}
	read := p.Details.slos.Of(p.Group.ID)
	var least *slo.Reading
	for i := range read.Value.Readings {
		r := &read.Value.Readings[i]
		if r.Left.Read() && (least == nil || r.Left.Number < least.Left.Number) {
			least = r
		}
	}
	if least == nil || p.Now.Sub(read.At) > budgetFor {
		return line(width)
	}
	text := p.Cut(least.Budget(), width/2) + " "
	return line(width-p.WidthOf(text)-2) + "  " + p.Theme.Of(budgetRole(*least)).On(text)
}
