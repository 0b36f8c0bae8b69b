package cli

import (
	"cmp"
	"strings"

	"firstline/internal/respond"
	"firstline/internal/rollout"
)

// stages reports the stage of each service that is not in full. One that nothing
// belongs to would notify as in full.
func (c *checker) stages(w respond.Data) {
	for _, rule := range c.s.config.Services {
		stage := c.s.config.Acting[rule.Name].Stage
		if stage.Effect() == "" {
			continue
		}
		name := "service " + rule.Name
		called := cmp.Or(rule.PagerDuty, rule.Name)
		found := !w.Extents.Services.Whole() || w.PagerDutyErr != nil || !rule.Match.Empty()
		for _, s := range w.Services {
			found = found || s.ID == called || strings.EqualFold(s.Name, called)
		}
		if !found {
			c.add(name, mind, "is in the stage %s, and PagerDuty has no service %q: only alerts whose labels name the service are in this stage; set pagerduty or match", stage, called)
			continue
		}
		effect := stage.Effect()
		if stage == rollout.BusinessHours {
			effect += " (" + c.s.config.Acting[rule.Name].Hours.String() + ")"
		}
		c.add(name, fine, "is in the stage %s: %s", stage, effect)
	}
}
