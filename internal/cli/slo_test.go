package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

// list --json --slo has the SLOs of the configuration; a list without it asks for
// none.
func TestListWithSLOs(t *testing.T) {
	w := newHarness(t)
	w.configure(w.pagerDuty(), w.prometheus(), w.alertmanager(), `[[service]]
name = "checkout"
match = 'service="checkout"'
slo = { objective = 99.9, window = "30d", errors = 'sum(rate(http_requests_total{service="checkout",code=~"5.."}[$window])) / sum(rate(http_requests_total{service="checkout"}[$window]))' }
`)
	if out := w.run("list", "--json").want(t, exitDone).out; strings.Contains(out, `"slos"`) {
		t.Error("a list has SLOs that nobody asked for")
	}
	var out listJSON
	if err := json.Unmarshal([]byte(w.run("list", "--json", "--slo", "--filter", "service=checkout").want(t, exitDone).out), &out); err != nil {
		t.Fatal(err)
	}
	if len(out.Groups) == 0 {
		t.Fatal("there is no group")
	}
	for _, g := range out.Groups {
		if g.SLOs == nil || len(*g.SLOs) != 1 {
			t.Fatalf("%s has the SLOs %+v, missing %v", g.Title, g.SLOs, g.SLOMissing)
		}
		one := (*g.SLOs)[0]
		if one.Name != "checkout" || one.Origin != "configuration" || *one.Objective != 0.999 || len(one.BurnRates) != 4 || one.BudgetLeft == nil && one.BudgetUnknown == nil {
			t.Errorf("%s: %+v", g.Title, one)
		}
	}
	w.run("list", "--slo").want(t, exitUsage).says(t, "--slo needs --json")
}
