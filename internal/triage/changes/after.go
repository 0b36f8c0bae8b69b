package changes

import "slices"

// mostMissing is how many groups that a list lacks are remembered.
const mostMissing = 20_000

// After returns the list as later ones are compared with it, where before is what
// the last one was compared with, or nil. A group that is missing because a source of
// it was not read whole is still in it, and a source that was read whole once was.
// So nothing is new, or ends, only because a source did not answer for a while, and
// what changed meanwhile is found once it answers.
func (l *List) After(before *List) *List {
	if before == nil {
		return l
	}
	after := &List{At: l.At, begun: before.begun, groups: l.groups[:len(l.groups):len(l.groups)], byID: l.byID, whole: map[string]bool{}, heard: map[string]bool{}}
	for name, whole := range l.whole {
		after.whole[name] = whole || before.whole[name]
	}
	for name, heard := range l.heard {
		after.heard[name] = heard || before.heard[name]
	}
	missing := l.missing(before)
	if len(missing) == 0 {
		return after
	}
	after.byID = make(map[string]int, len(l.groups)+len(missing))
	after.groups = append(after.groups, missing...)
	for i := range after.groups {
		after.byID[after.groups[i].id] = i
	}
	return after
}

// Continuing returns the list as later ones are compared with it, where the one before was
// made of other sources or by other rules: what differs between the two did not happen.
// stays reports whether a source is the same in both.
func (l *List) Continuing(before *List, stays func(source string) bool) *List {
	left := &List{begun: l.begun, whole: map[string]bool{}, heard: map[string]bool{}}
	for _, g := range before.groups {
		if !slices.ContainsFunc(g.sources, func(name string) bool { return !stays(name) }) {
			left.groups = append(left.groups, g)
		}
	}
	for name, heard := range before.heard {
		left.heard[name], left.whole[name] = heard && stays(name), before.whole[name] && stays(name)
	}
	return l.After(left)
}

// missing are groups of before that the list lacks, although they may be there.
func (l *List) missing(before *List) []group {
	var missing []group
	var alerts map[uint64]bool // those of the list
	for _, g := range before.groups {
		if len(missing) == mostMissing {
			break
		}
		if l.Has(g.id) || l.readAll(g) {
			continue
		}
		if alerts == nil {
			alerts = map[uint64]bool{}
			for i := range l.groups {
				for _, alert := range l.groups[i].alerts {
					alerts[alert] = true
				}
			}
		}
		if g.incident || !anyOf(g.alerts, alerts) { // else its alerts are in another group now
			missing = append(missing, g)
		}
	}
	return missing
}

func anyOf(alerts []uint64, in map[uint64]bool) bool {
	for _, alert := range alerts {
		if in[alert] {
			return true
		}
	}
	return false
}
