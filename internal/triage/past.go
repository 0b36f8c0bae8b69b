package triage

import (
	"time"

	"firstline/sources"
)

const (
	// flapWindow is the time in which an alert's beginnings are counted.
	flapWindow = time.Hour
	// FlapsFrom is how often an alert must have begun within an hour to be
	// called flapping.
	FlapsFrom = 3
	// wakeGap is how long nothing may have been looked at for what changed
	// meanwhile to have a time: after a night of sleep nobody knows it.
	wakeGap = 2 * time.Minute
	// mostRemembered bounds the alerts whose beginnings are known.
	mostRemembered = 100_000
)

// past is what no source tells about what was: when an incident's alerts
// stopped, and how often an alert began. It is what the joins since the start
// have seen, and so says less than was, never more.
type past struct {
	// at is how new the alerts of the last join were.
	at time.Time
	// alerts are by the hash of their labels.
	alerts map[uint64]*begun
	// quiet is since when the alerts of an incident are not firing, by its
	// source and id; zero where that was before it was looked at.
	quiet map[incidentKey]time.Time
}

type incidentKey struct{ source, id string }

// begun is an alert's recent past.
type begun struct {
	// firing: it was, in the last join. since is when it began, as the kind of
	// source that it was told by says; they do not agree with each other.
	firing, routed bool
	since          time.Time
	// starts are those within the window, oldest first.
	starts []time.Time
}

// newest is how new the alerts of the snapshots are.
func newest(snapshots []sources.Snapshot) time.Time {
	var at time.Time
	for i := range snapshots {
		if s := &snapshots[i]; s.Source.Kind != sources.PagerDuty && s.AsOf.After(at) {
			at = s.AsOf
		}
	}
	return at
}

// whole reports whether every source of alerts told all it has, so that what
// is missing has ended.
func whole(snapshots []sources.Snapshot) bool {
	for i := range snapshots {
		s := &snapshots[i]
		if s.Source.Kind != sources.PagerDuty && (!s.OK() || s.Partial || s.AsOf.IsZero() || len(s.Data.Warnings) > 0) {
			return false
		}
	}
	return true
}

// see takes in the alerts of a join, before the groups are made of them.
func (p *past) see(snapshots []sources.Snapshot, alerts []known, now time.Time) {
	if p.alerts == nil {
		p.alerts = map[uint64]*begun{}
	}
	seen := make(map[uint64]bool, len(alerts))
	for i := range alerts {
		k := &alerts[i]
		if k.State == sources.AlertPending {
			continue
		}
		seen[k.hash] = true
		b := p.alerts[k.hash]
		switch {
		case b == nil:
			if len(p.alerts) >= mostRemembered {
				continue
			}
			b = &begun{}
			p.alerts[k.hash] = b
			b.begin(k, now)
		case !b.firing:
			b.begin(k, now)
		case b.routed == k.routed && k.ActiveSince.After(b.since.Add(time.Second)):
			// It ended and began again between two looks.
			b.begin(k, now)
		case b.routed != k.routed:
			b.routed, b.since = k.routed, k.ActiveSince
		}
	}
	gone := whole(snapshots)
	for hash, b := range p.alerts {
		if !seen[hash] && gone {
			b.firing = false
		}
		for len(b.starts) > 0 && now.Sub(b.starts[0]) >= flapWindow {
			b.starts = b.starts[1:]
		}
		if !b.firing && len(b.starts) == 0 {
			delete(p.alerts, hash)
		}
	}
}

func (b *begun) begin(k *known, now time.Time) {
	b.firing, b.routed, b.since = true, k.routed, k.ActiveSince
	at := k.ActiveSince
	if n := len(b.starts); at.IsZero() || at.After(now) || n > 0 && at.Before(b.starts[n-1]) {
		at = now
	}
	if now.Sub(at) < flapWindow {
		b.starts = append(b.starts, at)
	}
}

// flaps is how often the alert began within the hour.
func (p *past) flaps(hash uint64) int {
	if b := p.alerts[hash]; b != nil {
		return len(b.starts)
	}
	return 0
}

// tell sets since when incidents' alerts are not firing any more.
func (p *past) tell(groups []Group, at time.Time) {
	quiet := map[incidentKey]time.Time{}
	for i := range groups {
		g := &groups[i]
		if g.Incident == nil || !g.NoLongerFiring {
			continue
		}
		key := incidentKey{g.Incident.Source, g.Incident.ID}
		since, known := p.quiet[key]
		if !known && !p.at.IsZero() && at.Sub(p.at) <= wakeGap && g.Incident.CreatedAt.Before(p.at) {
			since = at
		}
		quiet[key] = since
		g.NotFiringSince = since
	}
	p.quiet, p.at = quiet, at
}
