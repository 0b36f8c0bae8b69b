package sources

import (
	"maps"
	"reflect"
	"slices"
	"time"
)

// SameList reports whether both are the very same list.
func SameList[T any](a, b []T) bool { return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0]) }

// same reports whether d says the same as other. Values of alerts and times of
// evaluations, which move all the time, make no difference. Long lists are the same
// only if they are the identical list, as that of a source is while nothing in it is
// new.
func (d *Data) same(other *Data) bool {
	a, b := *d, *other
	if !SameList(a.Incidents, b.Incidents) || !SameList(a.Alerts, b.Alerts) || !SameList(a.Groups, b.Groups) || !sameRules(a.Rules, b.Rules) ||
		!maps.Equal(a.Extents.OnCalls, b.Extents.OnCalls) {
		return false
	}
	for _, x := range []*Data{&a, &b} {
		x.Incidents, x.Alerts, x.Groups, x.Rules, x.Moved, x.Extents.OnCalls = nil, nil, nil, nil, 0, nil
	}
	dropSame(&a.Silences, &b.Silences)
	dropSame(&a.OnCalls, &b.OnCalls)
	dropSame(&a.Services, &b.Services)
	dropSame(&a.Policies, &b.Policies)
	dropSame(&a.Users, &b.Users)
	dropSame(&a.Teams, &b.Teams)
	return reflect.DeepEqual(a, b)
}

// dropSame removes a list that is the same one, which need not be compared.
func dropSame[T any](a, b *[]T) {
	if SameList(*a, *b) {
		*a, *b = nil, nil
	}
}

// sameRules reports whether the rules are the same, whenever they were evaluated.
func sameRules(a, b []Rule) bool {
	return SameList(a, b) || slices.EqualFunc(a, b, func(x, y Rule) bool {
		x.LastEvaluation, y.LastEvaluation = time.Time{}, time.Time{}
		return reflect.DeepEqual(x, y)
	})
}
