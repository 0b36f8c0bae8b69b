package past

import (
	"slices"
	"time"

	"firstline/sources"
)

// Window is a span that was read.
type Window struct {
	sources.Span
	ReadAt time.Time
}

// Late is how long PagerDuty may take to list what happened.
const Late = 10 * time.Minute

// Covered returns the spans that the windows cover, in order, without the last
// minutes before each was read: entries may appear late.
func Covered(windows []Window) []sources.Span {
	spans := make([]sources.Span, 0, len(windows))
	for _, w := range windows {
		if sure := w.ReadAt.Add(-Late); w.Until.After(sure) {
			w.Until = sure
		}
		if w.Until.After(w.Since) {
			spans = append(spans, w.Span)
		}
	}
	return Union(spans)
}

// Union returns the spans in order, those that touch as one.
func Union(spans []sources.Span) []sources.Span {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b sources.Span) int { return a.Since.Compare(b.Since) })
	var all []sources.Span
	for _, s := range spans {
		n := len(all)
		switch {
		case !s.Until.After(s.Since):
		case n > 0 && !s.Since.After(all[n-1].Until):
			if s.Until.After(all[n-1].Until) {
				all[n-1].Until = s.Until
			}
		default:
			all = append(all, s)
		}
	}
	return all
}

// Gaps returns the parts of a span that the spans do not cover, in order. The spans
// are as Union returns them.
func Gaps(of sources.Span, spans []sources.Span) []sources.Span {
	var gaps []sources.Span
	at := of.Since
	for _, s := range spans {
		if !s.Until.After(at) {
			continue
		}
		if !s.Since.Before(of.Until) {
			break
		}
		if s.Since.After(at) {
			gaps = append(gaps, sources.Span{Since: at, Until: s.Since})
		}
		at = s.Until
	}
	if at.Before(of.Until) {
		gaps = append(gaps, sources.Span{Since: at, Until: of.Until})
	}
	return gaps
}
