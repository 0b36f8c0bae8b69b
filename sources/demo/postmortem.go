package demo

import (
	"strings"
	"time"

	"firstline/internal/wallclock"
)

// Postmortem returns the text of a postmortem that the team payments wrote, with
// follow-ups around a time.
func Postmortem(now time.Time) string {
	day := func(away int) string { return wallclock.In(time.UTC).FileDay(now.AddDate(0, 0, away)) }
	return strings.Join([]string{
		"# Checkout failed for 20 minutes", "", "## Follow-ups", "",
		"- [x] Roll back by itself when the error rate rises (Ann Schmidt, " + day(-20) + ")",
		"- [ ] Alert before the connection pool is exhausted (Dana Okafor, " + day(-6) + ")",
		"- [ ] Say in the runbook how to switch the payment provider (Ann Schmidt, " + day(8) + ")",
		"- [ ] Test the switch each month (Jonas Weber, " + day(21) + ")", "",
	}, "\n")
}
