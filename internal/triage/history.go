package triage

import (
	"slices"
	"time"

	"firstline/internal/merged"
	"firstline/internal/parallel"
	"firstline/sources"
)

const (
	// flapsWithin is how far back beginnings to fire are counted.
	flapsWithin = time.Hour
	// FlapsFrom is how often an alert must have begun within an hour to be
	// called flapping.
	FlapsFrom = 3
	// longestGap is the longest gap between two reads of a source after which the
	// time of a change is still known: more than its interval and the minute
	// after which the screen joins in any case.
	longestGap = 5 * time.Minute
	// mostBeginnings and mostFollowed bound what is remembered, of one alert and
	// of all.
	mostBeginnings = 60
	mostFollowed   = 100_000
)

// history is what a Joiner remembers of earlier joins: when each alert began to
// fire, and until when each incident's alerts fired. Times are Unix
// nanoseconds, since there may be a lot of them.
type history struct {
	alerts    map[uint64]*alertHistory
	incidents map[string]incidentHistory
}

// alertHistory is one alert, by its identity.
type alertHistory struct {
	// source reported that it fires since then; earlier holds the beginnings
	// before that one, the oldest first.
	source  string
	since   int64
	earlier []int64
	// seen is when it was last seen to fire, group in which group it then was.
	seen  int64
	group string
	// manager is the Alertmanager that had it last, hadAt when.
	manager string
	hadAt   int64
}

// incidentHistory is one incident.
type incidentHistory struct {
	// seen is when an alert of it was last seen, or 0 for never. missed is when
	// the first read since then did not find any, or 0 for never or for a read
	// that came too late.
	seen, missed int64
	// at is when the incident itself was last there.
	at int64
}

// update sets the fields of groups that depend on earlier joins, and remembers
// this join for the next. members returns the alerts of a group.
func (h *history) update(b *builder, groups []Group, members func(int) []int32) {
	if h.alerts == nil {
		h.alerts, h.incidents = make(map[uint64]*alertHistory, len(b.Alerts)), make(map[string]incidentHistory, len(b.incidents))
	}
	w := b.lastReads()
	now := b.now.UnixNano()
	begin := now - int64(flapsWithin)
	group := make([]int32, len(b.Alerts)) // each is in one, or in none
	for i := range group {
		group[i] = merged.None
	}
	for i := range groups {
		for _, at := range members(i) {
			group[at] = int32(i)
		}
	}
	begun := make([]*alertHistory, len(b.Alerts)) // alerts that are new
	flaps := make([]int32, len(b.Alerts))
	parallel.Do(len(b.Alerts), func(i int) {
		if group[i] == merged.None {
			return
		}
		k := &b.Alerts[i]
		f := h.alerts[k.Identity]
		if k.Routed && f != nil {
			f.at(b, k)
		}
		if k.State != sources.AlertPending && k.From.Shares(&w.from) {
			if f == nil {
				f = &alertHistory{source: k.Base.Source, since: k.Base.ActiveSince.UnixNano()}
				begun[i] = f
				f.at(b, k)
			}
			f.see(k, groups[group[i]].ID, w.at, begin)
		}
		if f != nil {
			flaps[i] = int32(f.count(begin))
		}
	})
	for i, f := range begun {
		if f != nil {
			h.alerts[b.Alerts[i].Identity] = f
		}
		if at := group[i]; at != merged.None {
			groups[at].Flaps = max(groups[at].Flaps, int(flaps[i]))
		}
	}
	for i := range groups {
		if in := groups[i].Incident; in != nil {
			groups[i].Flaps = max(groups[i].Flaps, beginnings(in, b.now.Add(-flapsWithin)))
		}
	}
	for i := range b.incidents {
		h.incident(b, &b.incidents[i], members(i), &groups[i], w, now)
	}
	gone := h.forget(w, begin, now)
	for i := range groups {
		groups[i].Flaps = max(groups[i].Flaps, gone[groups[i].ID])
	}
}

// lastRead is the sources of alerts that answered lately, and when the last of them
// did.
type lastRead struct {
	from merged.SourceSet
	at   int64
}

func (b *builder) lastReads() lastRead {
	var w lastRead
	for i := range b.Snapshots {
		s := &b.Snapshots[i]
		if s.Source.Kind == sources.PagerDuty || !s.OK() || b.now.Sub(s.AsOf) > longestGap {
			continue
		}
		w.from.Add(i)
		w.at = max(w.at, min(s.AsOf.UnixNano(), b.now.UnixNano()))
	}
	return w
}

// at notes an Alertmanager that has the alert.
func (f *alertHistory) at(b *builder, k *merged.Alert) {
	for i := range b.Snapshots {
		if s := &b.Snapshots[i]; s.Source.Kind == sources.Alertmanager && k.From.Has(i) && b.silentNow[i] == "" {
			f.manager, f.hadAt = s.Source.Name, s.AsOf.UnixNano()
			return
		}
	}
}

// see notes that the alert fires.
func (f *alertHistory) see(k *merged.Alert, group string, now, begin int64) {
	since := k.Base.ActiveSince.UnixNano()
	switch {
	case since > f.since && (k.Base.Source == f.source || since > f.seen):
		// Another source may only have noticed later; that it began after it was
		// last seen can't be so.
		f.earlier = append(f.earlier, f.since)
		f.earlier = slices.DeleteFunc(f.earlier, func(t int64) bool { return t < begin })
		f.earlier = f.earlier[max(0, len(f.earlier)-mostBeginnings):]
		f.source, f.since = k.Base.Source, since
	case k.Base.Source != f.source:
		f.source, f.since = k.Base.Source, max(f.since, since)
	}
	f.seen, f.group = now, group
}

// count is how often it began to fire since begin.
func (f *alertHistory) count(begin int64) int {
	n := 0
	for _, t := range f.earlier {
		if t >= begin {
			n++
		}
	}
	if f.since >= begin {
		n++
	}
	return n
}

// beginnings returns how often the most frequent alert of the incident was sent
// again: PagerDuty opens another alert for a key when the previous one is
// resolved.
func beginnings(in *sources.Incident, begin time.Time) int {
	if len(in.Alerts) == 0 {
		return 0
	}
	most := 0
	times := make(map[string]int, 1)
	for i := range in.Alerts {
		if a := &in.Alerts[i]; a.Key != "" && !a.CreatedAt.Before(begin) {
			times[a.Key]++
			most = max(most, times[a.Key])
		}
	}
	return most
}

// incident remembers an incident and sets since when its alerts no longer fire.
func (h *history) incident(b *builder, in *joinedIncident, members []int32, g *Group, w lastRead, now int64) {
	o := h.incidents[in.ID]
	o.at = now
	there := func(at int32) bool { return b.Alerts[at].From.Shares(&w.from) }
	switch {
	case slices.ContainsFunc(members, there) || slices.ContainsFunc(in.open(), func(p proof) bool { return there(p.alert) }):
		o.seen, o.missed = w.at, 0
	case g.NoLongerFiring() && o.seen > 0:
		if w.at-o.seen <= int64(longestGap) {
			o.missed = w.at
		}
		o.seen = 0
	}
	if g.NoLongerFiring() && o.missed > 0 {
		g.NotFiringSince = time.Unix(0, o.missed).In(b.now.Location())
	}
	h.incidents[in.ID] = o
}

// forget drops entries that are too old to matter, and returns how often alerts that
// are currently gone began to fire, by group.
func (h *history) forget(w lastRead, begin, now int64) map[string]int {
	gone := map[string]int{}
	full := len(h.alerts) > mostFollowed
	for hash, f := range h.alerts {
		switch {
		case f.seen >= w.at:
		case h.incidents[f.group].at == now && f.manager != "" && !full:
			// That it is gone proves something about an open incident.
			if f.seen >= begin {
				gone[f.group] = max(gone[f.group], f.count(begin))
			}
		case f.seen < begin || full:
			delete(h.alerts, hash)
		default:
			gone[f.group] = max(gone[f.group], f.count(begin))
		}
	}
	full = len(h.incidents) > mostFollowed
	for id, o := range h.incidents {
		if o.at < begin || full && o.at < now {
			delete(h.incidents, id)
		}
	}
	return gone
}
