// Package naming finds a thing by the name that a person typed, and the nearest names
// where nothing has that name.
package naming

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"firstline/internal/clean"
	"firstline/internal/describe"
	"firstline/internal/wording"
	"firstline/sources"
)

// Find picks the one thing that goes by a typed name. names gives what a thing
// goes by, the id first; an id that matches exactly always wins. In a list that
// is not whole, what is not found may be there all the same.
func Find[T any](noun, typed string, all []T, extent sources.Extent, names func(T) []string, label func(T) string) (T, error) {
	var none T
	if typed == "" {
		return none, fmt.Errorf("no %s is named", noun)
	}
	hits := sources.Named(all, typed, func(thing *T) []string { return names(*thing) })
	switch {
	case len(hits) == 1:
		return hits[0], nil
	case len(hits) > 1:
		var labels []string
		for _, h := range hits {
			labels = append(labels, clean.Line(label(h)))
		}
		return none, fmt.Errorf("%q is more than one %s: choose one of %s", clean.Line(typed), noun, describe.Few(labels, 5))
	case !extent.Whole():
		err := fmt.Errorf("no %s %q is among those that were read, and there may be more, because %s", noun, clean.Line(typed), clean.Line(extent.Why()))
		if near := nearest(typed, all, names, label); len(near) > 0 {
			err = fmt.Errorf("%w; the nearest: %s", err, describe.Few(near, 3))
		}
		return none, err
	case len(all) == 0:
		return none, fmt.Errorf("PagerDuty has no %s %q, or this token may not see it", noun, clean.Line(typed))
	}
	return none, fmt.Errorf("PagerDuty has no %s %q, or this token may not see it; the nearest: %s",
		noun, clean.Line(typed), describe.Few(nearest(typed, all, names, label), 3))
}

// nearest are the labels of the things whose names are closest to what was
// typed, at most three.
func nearest[T any](typed string, all []T, names func(T) []string, label func(T) string) []string {
	type candidate struct {
		label    string
		distance int
	}
	// A hostile or pasted name must not make the comparison slow.
	typed = strings.ToLower(wording.Shorten(typed, 80))
	candidates := make([]candidate, 0, len(all))
	for _, thing := range all {
		best := -1
		for _, n := range names(thing)[1:] {
			n = strings.ToLower(wording.Shorten(n, 80))
			d := levenshtein.ComputeDistance(typed, n)
			if strings.Contains(n, typed) {
				d = 0
			}
			if n != "" && (best < 0 || d < best) {
				best = d
			}
		}
		if best >= 0 {
			candidates = append(candidates, candidate{clean.Line(label(thing)), best})
		}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.label, b.label))
	})
	var labels []string
	for _, c := range candidates[:min(3, len(candidates))] {
		labels = append(labels, c.label)
	}
	return labels
}

// Nearest returns the valid name that was most likely meant, or "" when none is
// similar.
func Nearest(name string, valid []string) string {
	name = strings.ToLower(name)
	best, least := "", 0
	for _, k := range valid {
		d := levenshtein.ComputeDistance(name, k)
		if len(name) >= 3 && strings.HasPrefix(k, name) {
			d = 1 // the rest was omitted
		}
		if best == "" || d < least {
			best, least = k, d
		}
	}
	if least > max(2, len(name)/2) {
		return ""
	}
	return best
}
