package dialog

import (
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/internal/wording"
	"firstline/ui/draw"
	"firstline/ui/keymap"
)

// sameAlerts is the part of a dialog that knows of the other incidents that were
// opened for the alerts of its groups.
type sameAlerts struct {
	// opened are the groups that the dialog was opened for, others those of the
	// other incidents. all: the action is on both.
	opened, others []triage.Group
	all            bool
}

// offerOthers lets the action be done to the other incidents too.
func (d *Dialog) offerOthers(others []triage.Group) {
	if d.action.OnIncidents() {
		d.others = others
		d.resize()
	}
}

// toggleAll takes the other incidents for the same alerts along, or leaves them.
func (d *Dialog) toggleAll() {
	if len(d.others) == 0 || d.finished {
		return
	}
	d.all = !d.all
	d.Groups = d.opened
	if d.all {
		d.Groups = slices.Concat(d.opened, d.others)
	}
	// It is another question: nothing of the one before was said yes to.
	d.confirmed, d.surprise, d.scroll, d.Plan, d.done = "", false, 0, respond.Plan{}, 0
	d.Shown = d.TimeNow()
	d.resize()
	d.Rethink()
}

// othersLines say that there are other incidents for the same alerts, and which
// key takes them.
func (d *Dialog) othersLines() []string {
	if len(d.others) == 0 || d.sending || d.finished {
		return nil
	}
	key := d.keyOf(keymap.AllIncidents)
	own, all := shortNames(d.opened), shortNames(slices.Concat(d.opened, d.others))
	text := key + " takes all " + wording.Count(len(d.opened)+len(d.others), "incident") + " for these alerts (" + all + ")"
	if d.all {
		text = "all incidents for these alerts (" + all + "); " + key + " takes " + own + " alone"
	}
	return d.Paragraph(text, d.inside(), draw.Notice)
}

// shortNames are the groups by their incidents' numbers.
func shortNames(groups []triage.Group) string {
	var names []string
	for _, g := range groups {
		if g.Incident != nil {
			names = append(names, clean.Line(g.Incident.Short()))
		}
	}
	return strings.Join(names, ", ")
}
