package report

import (
	"cmp"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/history/past"
	"firstline/internal/rollout"
	"firstline/internal/wording"
)

// stageOf returns the stage of a service today.
func (c *computation) stageOf(service past.Name) rollout.Stage {
	if c.o.Stage == nil {
		return rollout.Full
	}
	return c.o.Stage(service).OrFull()
}

// stageAt returns the position of a stage among all.
func stageAt(s string) int { return slices.Index(rollout.Stages(), rollout.Stage(s)) }

// mostServices is how many services are named in the row of a stage.
const mostServices = 3

// stageNames returns the names of stages with the services in them.
func (c *computation) stageNames(groups map[string]*[kinds][]*Fact) map[string]string {
	names := map[string]string{}
	for stage, facts := range groups {
		var services []string
		seen := map[string]bool{}
		for k := range facts {
			for _, f := range facts[k] {
				if f.Incident != nil && !seen[f.Incident.Service.ID] {
					seen[f.Incident.Service.ID] = true
					services = append(services, cmp.Or(clean.Line(f.Incident.Service.Name), "an unnamed service"))
				}
			}
		}
		slices.Sort(services)
		if n := len(services); n > mostServices {
			services = append(services[:mostServices], wording.Count(n-mostServices, "other"))
		}
		names[stage] = stage + ": " + strings.Join(services, ", ")
	}
	return names
}

// stageRemarks are sentences on how to read the rows of stages.
func stageRemarks(configured bool) []string {
	if !configured {
		return []string{"No [[service]] has a stage, so all services are in the stage full."}
	}
	return []string{"The stage is that of today: in which stage a service was at the time of an incident is not recorded. A service without a stage is in full, and a stage with several services has what all of them have together."}
}
