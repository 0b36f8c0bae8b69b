package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/triage"
)

// oneLine makes text from outside fit for a line of output.
func oneLine(s string) string { return clean.Line(s) }

// findGroups finds the groups that the TARGETs name, each once, in their order.
func (l look) findGroups(targets []string) ([]triage.Group, error) {
	var found []triage.Group
	for _, target := range targets {
		g, err := l.findGroup(target)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(found, func(other triage.Group) bool { return other.ID == g.ID }) {
			found = append(found, g)
		}
	}
	return found, nil
}

// findGroup finds a group by its id, its incident's number, or the beginning
// of its id where that is the beginning of one alone.
func (l look) findGroup(target string) (triage.Group, error) {
	target = strings.TrimSpace(target)
	number, numberErr := strconv.Atoi(strings.TrimPrefix(target, "#"))
	var byPrefix []triage.Group
	for _, g := range l.groups {
		switch {
		case g.ID == target:
			return g, nil
		case g.Incident != nil && numberErr == nil && g.Incident.Number == number:
			return g, nil
		case target != "" && len(target) <= len(g.ID) && strings.EqualFold(g.ID[:len(target)], target):
			byPrefix = append(byPrefix, g)
		}
	}
	switch len(byPrefix) {
	case 1:
		return byPrefix[0], nil
	case 0:
		hint := ""
		if failed := l.failed(); len(failed) > 0 {
			hint = fmt.Sprintf(" (and %s could not be read)", oneLine(failed[0].Source.Name))
		}
		return triage.Group{}, fmt.Errorf("no open group is called %q%s: `firstline list` shows the ids", oneLine(target), hint)
	}
	ids := make([]string, len(byPrefix))
	for i, g := range byPrefix {
		ids[i] = oneLine(g.ID)
	}
	return triage.Group{}, usagef("%q is the beginning of several: %s", oneLine(target), strings.Join(ids, ", "))
}
