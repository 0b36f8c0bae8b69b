package pane

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/readiness"
	"firstline/internal/triage"
	"firstline/ui/lazy"
	"firstline/ui/reply"
)

// alertsTime is how long reading the alerts of one incident may take.
const alertsTime = time.Minute

// mostAsked bounds how many incidents are remembered as read.
const mostAsked = 1000

// DetailsTab is everything known about the group under the cursor. It reads the
// alerts of the incident that is shown where they may have a severity that did not
// come with it: one incident at a time, and each once until it changes.
type DetailsTab struct {
	Basic
	pane    *Pane
	asked   map[string]time.Time // when the incident was updated, by its id
	reading reply.Loader
	slos    *slos
	// readiness is measured of the group's service.
	readiness lazy.Cache[readiness.Report]
}

func newDetailsTab(p *Pane) *DetailsTab {
	return &DetailsTab{pane: p, slos: newSLOs(p), readiness: newReadiness(p)}
}

// Name is the tab's name.
func (d *DetailsTab) Name() string { return "Details" }

// ShowsChanges reports that it lists what changed.
func (d *DetailsTab) ShowsChanges() bool { return true }

// Prepare writes the details of a group.
func (d *DetailsTab) Prepare(g triage.Group) Work {
	o := d.pane.Options
	from := DetailsOf{Group: g, Now: d.pane.Now, Whole: d.pane.WholeNotes, changed: d.pane.readChanges(g), readSLOs: d.slos.Of(g.ID), readReadiness: d.readiness.Of(g.ID)}
	if o.Snapshots != nil {
		from.Snapshots = o.Snapshots()
	}
	return func(_ context.Context, w *Writer, width int) Content { return w.DetailsContent(from, width) }
}

// Follow starts reading when the tab is shown: SLOs, readiness, and alerts where a
// severity is unread.
func (d *DetailsTab) Follow(g *triage.Group, shown bool) tea.Cmd {
	return tea.Batch(d.followAlerts(g, shown), d.followSLOs(g, shown), d.followReadiness(g, shown))
}

// Refresh has the SLOs read again when all is.
func (d *DetailsTab) Refresh(all bool) {
	if all {
		d.slos.Forget()
		d.readiness.Forget()
	}
}

func (d *DetailsTab) followAlerts(g *triage.Group, shown bool) tea.Cmd {
	read := d.pane.Options.ReadAlerts
	if g == nil || read == nil || !shown || d.reading.Busy() || !g.SeverityUnread() {
		return nil
	}
	id, updated := g.Incident.ID, g.Incident.UpdatedAt
	if at, done := d.asked[id]; done && at.Equal(updated) {
		return nil
	}
	if d.asked == nil || len(d.asked) >= mostAsked {
		d.asked = map[string]time.Time{}
	}
	d.asked[id] = updated
	ctx := d.pane.Context
	return reply.Start(&d.reading, func() error {
		ctx, cancel := context.WithTimeout(ctx, alertsTime)
		defer cancel()
		return read(ctx, id)
	}, reply.Nothing(d.takeAlertsRead))
}

// takeAlertsRead asks for the snapshot that has what was read.
func (d *DetailsTab) takeAlertsRead(err error) {
	if err == nil && d.pane.Options.Refresh != nil {
		d.pane.Options.Refresh()
	}
}
