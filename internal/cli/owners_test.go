package cli

import (
	"strings"
	"testing"

	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
)

// An owner whose configured policy is not found differs from no owner.
func TestCheckSaysOwnersThatAreNotFound(t *testing.T) {
	w := respond.Data{
		PagerDuty: true, Policies: []sources.Policy{{ID: "PSOLO", Name: "Solo"}},
		Extents: sources.Extents{Policies: sources.Whole},
	}
	group := func(title, typed, id string) triage.Group {
		return triage.Group{Title: title, Service: "chk", OwnerPolicyTyped: typed, OwnerPolicyID: id}
	}
	const lost, none, all = "the owner of Lost can't be reached", "the owner of None is unknown", "has an owner"
	for name, tc := range map[string]struct {
		groups []triage.Group
		says   []string
	}{
		"found":     {[]triage.Group{group("A", "solo", "PSOLO"), group("B", "", "PSOLO"), group("C", "Solo", "")}, []string{all}},
		"not found": {[]triage.Group{group("Lost", "Pay", ""), group("A", "", "PSOLO")}, []string{lost}},
		"none":      {[]triage.Group{group("None", "", "")}, []string{none}},
		"both":      {[]triage.Group{group("None", "", ""), group("Lost", "Pay", "")}, []string{lost, none}},
	} {
		c := &checker{}
		c.owners(reading{groups: tc.groups}, w)
		var said []string
		for _, f := range c.findings {
			said = append(said, f.Sentence)
		}
		if len(said) != len(tc.says) {
			t.Errorf("%s: %q, want %q", name, said, tc.says)
			continue
		}
		for i := range said {
			if !strings.Contains(said[i], tc.says[i]) {
				t.Errorf("%s: %q, want %q", name, said[i], tc.says[i])
			}
		}
	}
}
