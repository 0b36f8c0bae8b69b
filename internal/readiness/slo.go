package readiness

import (
	"fmt"

	"firstline/internal/clean"
	"firstline/internal/describe"
)

func (j *judge) slo() Finding {
	f := Finding{Verdict: Ready, Limit: "at least one"}
	var names []string
	for _, r := range j.SLOs {
		names = append(names, clean.Line(r.Title()))
	}
	f.Value = describe.Few(names, 3)
	switch {
	case len(names) > 0:
	case j.SLOsUnread != "":
		f.Verdict, f.Because = Unknown, j.SLOsUnread
	default:
		f.Verdict, f.Value = NotReady, "none"
		f.Fix = fmt.Sprintf("Agree on an SLO, and write it as slo into its [[service]] named %q, or record it with Sloth or Pyrra.", j.Name)
	}
	return f
}

func (j *judge) budget() Finding {
	f := Finding{Verdict: Ready, Limit: "at least " + percent(j.limits.Budget) + " left"}
	least, unread := 2.0, ""
	for _, r := range j.SLOs {
		switch {
		case !r.Left.Read() && unread == "":
			unread = clean.Line(r.Left.Why)
		case r.Left.Read() && r.Left.Number < least:
			least, f.Value = r.Left.Number, clean.Line(r.Budget())
		}
	}
	switch {
	case len(j.SLOs) == 0 && j.SLOsUnread != "":
		f.Verdict, f.Because = Unknown, j.SLOsUnread
	case len(j.SLOs) == 0:
		f.Verdict, f.Because = NotAsked, "it has no SLO"
	case least < j.limits.Budget:
		f.Verdict = NotReady
		f.Fix = "Let reliability go before features until the error budget recovers."
	case unread != "":
		f.Verdict, f.Because = Unknown, unread
	case j.SLOsUnread != "":
		f.Verdict, f.Because = Unknown, j.SLOsUnread
	}
	return f
}
