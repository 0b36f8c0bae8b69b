package triage

import "firstline/internal/reference"

// GroupsOfRules returns a function that makes the group that the alerts of a rule
// would have: its owner and its references, without any alert.
func GroupsOfRules(o Options) func(labels, annotations map[string]string) Group {
	o = o.WithDefaults()
	owner := newOwner(&o)
	finder := reference.NewFinder(o.References, o.notCompared)
	return func(labels, annotations map[string]string) Group {
		own := owner.of(labels)
		found := &reference.Collector{Finder: finder}
		found.Find(annotations)
		found.Find(labels)
		g := Group{Service: own.service, Team: own.team, References: found.Found}
		if own.rule >= 0 {
			g.Service, g.ServiceRunbook = o.Services[own.rule].Name, o.Services[own.rule].Runbook
		}
		return g
	}
}
