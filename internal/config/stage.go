package config

import (
	"strconv"

	"firstline/internal/clean"
	"firstline/internal/respond"
	"firstline/internal/rollout"
)

// stage reads the stage of a [[service]], and checks that it has what it needs: hours
// in which the developers are notified, and a first line for all other times.
func (b *builder) stage(i int, f fileService, firstLine FirstLine) rollout.Stage {
	at := func(key string) []string { return []string{"service", strconv.Itoa(i), key} }
	stage, err := rollout.Parse(f.Stage)
	switch {
	case err != nil:
		b.fault(at("stage"), "%s", clean.Line(err.Error()))
	case stage != rollout.BusinessHours:
	case f.DevelopersOnCall == "":
		b.fault(at("stage"), "the stage %q needs the hours of the developers: set developers_on_call too", stage)
	case firstLine.EscalationPolicy == "":
		b.fault(at("stage"), "outside the hours first line has a service in the stage %q: set escalation_policy in [first_line]", stage)
	case f.Outside != "" && f.Outside != string(respond.OutsideFirstLine):
		b.fault(at("outside"), "outside = %q wakes developers outside their hours, and the stage %q does not: write outside = %q, or the stage %q",
			clean.Line(f.Outside), stage, respond.OutsideFirstLine, rollout.Full)
	}
	return stage
}
