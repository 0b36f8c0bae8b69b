package respond

import (
	"slices"
	"strings"
	"testing"

	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// The owner's policy is named as first line's is: by id or by name, and what is
// not found is never asked about.
func TestTheOwnersPolicyByName(t *testing.T) {
	for name, tc := range map[string]struct {
		typed, id string
		extent    sources.Extent
		asked     string
		fails     string
	}{
		"found before":        {"Payments on call", "PPAY", sources.Whole, "PPAY", ""},
		"found here":          {"payments on call ", "", sources.Whole, "", ""},
		"none of the name":    {"Payment", "", sources.Whole, "", "the owner of checkout can't be reached: PagerDuty has no escalation policy \"Payment\""},
		"not all are read":    {"Payment", "", sources.Extent{Read: true, Missing: "capped"}, "", "there may be more, because capped"},
		"not configured":      {"", "PPAY", sources.Whole, "PPAY", ""},
		"nothing tells it":    {"", "", sources.Whole, "", "who owns checkout is not known"},
		"an id that is gone":  {"", "PGONE", sources.Whole, "PGONE", "is not in PagerDuty"},
		"an id that may be":   {"", "PGONE", sources.Extent{}, "PGONE", ""},
		"a name that may be ": {"Solo", "", sources.Extent{}, "", "there may be more"},
	} {
		w := testData(FirstLine)
		w.Extents.Policies = tc.extent
		g := fixture.GroupOf(fixture.Incident("P1"))
		g.OwnerPolicyTyped, g.OwnerPolicyID = tc.typed, tc.id
		target, err := OwnerOf(g, w)
		if (err == nil) != (tc.fails == "") || err != nil && !strings.Contains(err.Error(), tc.fails) {
			t.Errorf("%s: %+v, %v; want %q", name, target, err, tc.fails)
		}
		asked := w.policiesFor(Request{Action: Escalate, Groups: []triage.Group{g}})
		if strings.Join(slices.DeleteFunc(asked, func(id string) bool { return id == "PFIRST" }), " ") != tc.asked {
			t.Errorf("%s: asked about %q, want %q", name, asked, tc.asked)
		}
	}
}
