package silencing

import (
	"slices"
	"strings"
	"time"

	"firstline/internal/matcher"
	"firstline/sources"
)

const (
	// ackDelay is how long a silence may take until its alerts show it.
	ackDelay = time.Minute
	// ackGone is how long its alerts must be gone before it ends: an
	// Alertmanager that starts again has its silences at once, but the alerts
	// only when Prometheus sends them again, which it does each minute.
	ackGone = 75 * time.Second
)

// AckEnds finds the silences that acknowledged alerts which have resolved
// since: they mute nothing any more, and would mute the alerts if they fired
// again. It belongs to the reads of one Alertmanager. The zero value is ready.
//
// Only a running screen checks this. Without one such a silence ends at its own
// end, AckSilence after it was created.
type AckEnds struct {
	// gone are the silences without an alert at all reads since then.
	gone map[string]time.Time
}

// Find gives the ids of the silences of this person that are to end. A silence
// must be without alerts in all whole reads for a while, for alerts may be away
// while a Prometheus or an Alertmanager restarts.
func (e *AckEnds) Find(snap sources.Snapshot, by string, now time.Time) []string {
	if !snap.OK() || snap.Partial || by == "" {
		return nil
	}
	var ended []string
	gone := map[string]time.Time{}
	for _, s := range snap.Data.Silences {
		ours := s.CreatedBy == by && strings.HasPrefix(s.Comment, AckMark+" ") && strings.HasSuffix(s.Comment, " with firstline")
		if !ours || s.State != "active" || now.Sub(s.StartsAt) < ackDelay || holdsSomething(s, snap.Data.Alerts) {
			continue
		}
		since, before := e.gone[s.ID]
		if !before {
			since = now
		}
		gone[s.ID] = since
		if now.Sub(since) >= ackGone {
			ended = append(ended, s.ID)
		}
	}
	e.gone = gone
	return ended
}

// holdsSomething reports whether a silence mutes an alert. A silence whose
// matchers cannot be parsed may.
func holdsSomething(s sources.Silence, alerts []*sources.Alert) bool {
	m, err := matcher.Of(s.Matchers)
	return err != nil || m.Empty() || slices.ContainsFunc(alerts, func(a *sources.Alert) bool {
		return slices.Contains(a.SilencedBy, s.ID) || m.Match(a.Labels)
	})
}

// AckSilence is how long a silence that acknowledges lasts: long enough to
// look, short enough that a forgotten one does no harm.
const AckSilence = 15 * time.Minute

// AckMark begins the comment of such a silence; karma and kthxbye know it by
// that.
const AckMark = "ACK!"
