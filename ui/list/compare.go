package list

import (
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/triage"
	"firstline/internal/triage/changes"
	"firstline/ui/reply"
)

// compare compares a list with the last one, without what an action of this screen
// changed, and with base.
func (a *Arranged) compare(l, last, base *changes.List, learned map[string]bool) {
	a.List, a.Base, a.next = l, base, l.After(last)
	if last != nil {
		a.News = slices.DeleteFunc(changes.Between(last, l, a.me), func(c changes.Change) bool {
			// A list that is capped loses and regains groups with every read.
			return learned[c.ID] || c.Kind == changes.Unread
		})
	}
	if base != nil {
		a.Since = changes.Between(base, l, a.me)
	}
}

// live reports whether every source has answered in full since this terminal was
// begun, or failed.
func (b *Groups) live() bool {
	for _, s := range b.Snapshots {
		if !s.Answered() {
			return false
		}
	}
	return true
}

// Comparison is a list of an earlier terminal with what changed since.
type Comparison struct {
	Earlier *changes.List
	Since   []changes.Change
}

// CompareEarlier compares once, off the loop, with the last list of an earlier
// terminal, where all sources of it are stored and it is not older than longest.
func (b *Groups) CompareEarlier(longest time.Duration, take func(Comparison)) tea.Cmd {
	if b.last == nil || len(b.earlier) == 0 || len(b.restored) < len(b.Snapshots) {
		return nil
	}
	earlier, now := b.earlier, b.last
	b.earlier = nil
	var at time.Time
	for _, s := range earlier {
		if s.AsOf.After(at) {
			at = s.AsOf
		}
	}
	if len(earlier) < len(b.Snapshots) || !at.Before(now.At) || b.TimeNow().Sub(at) > longest {
		return nil
	}
	options, me := b.options.Triage, b.me
	return reply.Start(&b.comparing, func() Comparison {
		groups := new(triage.Joiner).Join(earlier, options, at)
		l := changes.Of(groups, earlier, at)
		return Comparison{l, changes.Between(l, now, me)}
	}, reply.Nothing(take))
}
