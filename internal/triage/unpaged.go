package triage

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"firstline/internal/merged"
	"firstline/internal/routing"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// notifySlack is how long after Alertmanager's group_wait the incident may take
// to come back to us from PagerDuty.
const notifySlack = time.Minute

// why returns why nobody was notified, as far as it is known. It is about the most
// urgent alert, which decides the group's state.
func (b *builder) why(g *Group, members []int32) string {
	switch g.State {
	case Pending:
		return "pending"
	case Silenced:
		return b.whyQuiet(g)
	}
	if b.notifiedUnknown() != (NotifiedUnknown{}) {
		return ""
	}
	var (
		routing, toPagerDuty, routed, heard bool
		dropped, outside                    bool
		wait                                time.Duration
		receivers                           = map[string]bool{}
		muted                               []string
	)
	for _, i := range members {
		k := &b.Alerts[i]
		if k.State != sources.AlertFiring {
			continue
		}
		routed = routed || k.Routed
		dropped = dropped || k.Base.Dropped
		for _, at := range k.NotificationGroups {
			p := &b.NotificationGroups[at]
			routing = routing || p.RoutesRead
			toPagerDuty = toPagerDuty || p.ToPagerDuty
			receivers[p.Receiver] = true
			if p.ToPagerDuty {
				wait = max(wait, p.Wait())
				by, isOutside := b.mutedBy(p)
				heard = heard || len(by) == 0
				muted, outside = merged.Union(muted, by), outside || isOutside
			}
		}
	}
	switch {
	case dropped && !routed:
		return "dropped by alert_relabel_configs"
	case routing && !toPagerDuty:
		return "no route to PagerDuty" + toReceivers(receivers)
	case toPagerDuty && !heard:
		if outside {
			return "muted outside the time interval " + strings.Join(muted, ", ")
		}
		return "muted by the time interval " + strings.Join(muted, ", ")
	case !routed && b.overview.managers > 0:
		return "not at Alertmanager"
	}
	if why := b.whyService(g); why != "" {
		return why
	}
	switch {
	case routing && b.now.Sub(g.Since) < wait+notifySlack:
		return "waiting for the group"
	}
	return "no PagerDuty incident"
}

// mutedBy returns the time intervals that mute a notification group now: those
// that the Alertmanager reports, or, before 0.28, those of its configuration.
// outside means that it is muted because none of them is active.
func (b *builder) mutedBy(p *merged.NotificationGroup) (by []string, outside bool) {
	tree := b.Trees[p.Manager]
	isOutside := func(by []string) bool {
		return slices.ContainsFunc(p.Routes, func(r *routing.Route) bool {
			return len(by) > 0 && !slices.ContainsFunc(by, func(name string) bool { return !slices.Contains(r.Active, name) })
		})
	}
	if len(p.MutedBy) > 0 || tree == nil || len(p.Routes) == 0 {
		return p.MutedBy, isOutside(p.MutedBy)
	}
	s := &b.Snapshots[p.Manager]
	if !p.Predicted && reportsMuted(s.Data.Version) {
		return nil, false
	}
	for _, r := range p.Routes {
		muted := tree.MutedAt(r, b.now.Add(s.Data.ClockOffset))
		if len(muted) == 0 {
			return nil, false
		}
		by = merged.Union(by, slices.Sorted(slices.Values(muted)))
	}
	return by, isOutside(by)
}

// reportsMuted reports whether an Alertmanager of that version, 0.28 or later, reports
// which time intervals mute a group.
func reportsMuted(version string) bool {
	var major, minor int
	if n, _ := fmt.Sscanf(strings.TrimPrefix(version, "v"), "%d.%d", &major, &minor); n < 2 {
		return false
	}
	return major > 0 || minor >= 28
}

func toReceivers(receivers map[string]bool) string {
	names := slices.Sorted(maps.Keys(receivers))
	if len(names) == 0 {
		return ""
	}
	for i, n := range names {
		names[i] = strconv.Quote(n)
	}
	return " (goes to " + strings.Join(names, ", ") + ")"
}

// whyQuiet names the silence or the inhibiting alert.
func (b *builder) whyQuiet(g *Group) string {
	for _, a := range g.Alerts {
		if a.State != sources.AlertSilenced {
			continue
		}
		if len(g.Silences) == 0 {
			return "silenced"
		}
		s := g.Silences[len(g.Silences)-1] // the one that ends last
		text := "silenced"
		if s.CreatedBy != "" {
			text += " by " + s.CreatedBy
		}
		if !s.EndsAt.IsZero() {
			text += " until " + until(s.EndsAt, b.now)
		}
		if comment := folded(s.Comment); comment != "" {
			text += fmt.Sprintf(" %q", comment)
		}
		return text
	}
	if len(g.InhibitedBy) > 0 {
		return "inhibited by " + strings.Join(g.InhibitedBy, ", ")
	}
	return "inhibited"
}

// mostComment is how many characters of a silence's comment a sentence
// contains.
const mostComment = 80

// folded returns the first line of a comment, cut if it is long. The details
// have all of it.
func folded(comment string) string {
	line, rest, _ := strings.Cut(strings.TrimSpace(comment), "\n")
	runes := []rune(strings.TrimSpace(line))
	if len(runes) <= mostComment && rest == "" {
		return string(runes)
	}
	return strings.TrimSpace(string(runes[:min(len(runes), mostComment)])) + "…"
}

// until writes a time in now's location, with the day where it is another.
func until(t, now time.Time) string { return wallclock.In(now.Location()).Today(t, now) }
