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
		a.News = slices.DeleteFunc(changes.Between(last, l, a.me...), func(c changes.Change) bool {
			// A list that is capped loses and regains groups with every read.
			return learned[c.ID] || c.Kind == changes.Unread
		})
	}
	if base != nil {
		a.Since = changes.Between(base, l, a.me...)
	}
}

// begin takes the first list of other sources or by other rules, in the place of the last
// one of those before. seen is one of those, too.
func (a *Arranged) begin(l, last, seen *changes.List, stays map[string]bool) {
	a.List, a.next, a.Begins = l, l.Continuing(last, func(name string) bool { return stays[name] }), true
	if seen == nil {
		return
	}
	for _, c := range changes.Between(seen, last, a.me...) {
		if c.Listed() == l.Has(c.ID) { // else its row went with its source, or has another id
			a.Since = append(a.Since, c)
		}
	}
}

// live reports whether every source has answered in full since this terminal was
// begun, or failed. One that was added since is not waited for.
func (b *Groups) live() bool {
	for _, s := range b.Snapshots {
		if !s.Answered() && (b.last == nil || !s.AsOf.IsZero()) {
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
		return Comparison{l, changes.Between(l, now, me...)}
	}, reply.Nothing(take))
}
