// Package rollout has the stages in which a team hands a service to first line.
// docs/rollout.md explains them to teams.
package rollout

import "fmt"

// Stage is how far the rollout of a service is.
type Stage string

// The stages, in their order.
const (
	// Shadow: the service is shown, and firstline notifies nobody of it.
	Shadow Stage = "shadow"
	// BusinessHours: developers are notified in their hours only; outside them first
	// line has the service.
	BusinessHours Stage = "business-hours"
	// Full: everybody is notified as the plan says. A service without a stage is in it.
	Full Stage = "full"
)

// Stages are all stages in their order.
func Stages() []Stage { return []Stage{Shadow, BusinessHours, Full} }

// Parse reads what configuration writes; empty is Full.
func Parse(s string) (Stage, error) {
	switch stage := Stage(s); stage {
	case "":
		return Full, nil
	case Shadow, BusinessHours, Full:
		return stage, nil
	}
	return "", fmt.Errorf("%q is no stage: use %q, %q or %q", s, Shadow, BusinessHours, Full)
}

// OrFull is the stage, or Full where none is set.
func (s Stage) OrFull() Stage {
	if s == "" {
		return Full
	}
	return s
}

// Effect says what the stage means for those who are notified, in words that follow
// its name. It is empty for Full.
func (s Stage) Effect() string {
	switch s {
	case Shadow:
		return "firstline notifies nobody"
	case BusinessHours:
		return "outside their hours the developers are not notified, and first line has it"
	}
	return ""
}
