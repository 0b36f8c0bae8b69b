package cli

import (
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/sources/demo"
)

// TestListChanges: only on request, with what could not be read, and not asked again
// where the plan refuses.
func TestListChanges(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	w.configure(w.pagerDuty(), w.prometheus(), "[[change]]\ntitle = \"up again\"\nquery = 'up{job=\"$nothing\"}'\n")
	checkout := w.incident("HighErrorRate")
	at := w.clock().Add(-40 * time.Minute).Truncate(time.Second)
	w.demo.PagerDuty.ReportChange(demo.ChangeEvent{ServiceIDs: []string{checkout.ServiceID}, At: at, Summary: "deploy of the test", Tool: "ci", Links: []demo.EventLink{{Href: "https://ci.example.com/7", Text: "build"}}})
	if g := w.list().group(t, checkout.ID); g.Changes != nil || g.ChangesMissing != nil {
		t.Error("changes were read without being asked for")
	}
	w.run("list", "--changes").want(t, exitUsage).says(t, "--changes needs --json")
	g := w.list("--changes").group(t, checkout.ID)
	if g.Changes == nil || g.ChangesMissing == nil {
		t.Fatal("changes were not read")
	}
	i := slices.IndexFunc(*g.Changes, func(c changeJSON) bool { return c.Text == "deploy of the test" })
	if i < 0 {
		t.Fatalf("%+v", *g.Changes)
	}
	c := (*g.Changes)[i]
	if !c.At.Equal(at) || !strings.HasSuffix(*c.When, " before") || c.Source != "pagerduty" || *c.Tool != "ci" || *c.URL != "https://ci.example.com/7" || c.Count != 1 {
		t.Errorf("%+v", c)
	}
	if !strings.Contains(strings.Join(*g.ChangesMissing, "\n"), "no label nothing in common") {
		t.Errorf("missing: %q", *g.ChangesMissing)
	}

	w.demo.PagerDuty.SetAccount(demo.Account{RefuseChanges: 402})
	before := len(w.toPagerDuty.Requests())
	for _, g := range w.list("--changes").Groups {
		if g.Changes != nil && len(*g.Changes) == 0 {
			t.Errorf("%s: no changes, although they were not read", g.Title)
		}
		if !slices.Contains(*g.ChangesMissing, "PagerDuty's plan of this account has no change events") && g.Incident != nil {
			t.Errorf("%s: missing %q", g.Title, *g.ChangesMissing)
		}
	}
	asked := 0
	for _, r := range w.toPagerDuty.Requests()[before:] {
		if strings.Contains(r.Path, "change_events") {
			asked++
		}
	}
	if asked > 2 { // of services, and related ones
		t.Errorf("%d requests for what the plan refuses", asked)
	}
}
