package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/realservers"
	"firstline/sources/demo"
)

// The routing keys of the Alertmanager configuration that realservers starts.
const (
	routingKeyRich    = "0123456789abcdef0123456789abcdef"
	routingKeyDefault = "fedcba9876543210fedcba9876543210"
)

// shop is a PagerDuty account for the rules that realservers starts.
func shop() demo.Directory {
	return demo.Directory{
		Tokens: map[string]string{demo.Token: "PUDANA1"},
		Users: []demo.User{
			{ID: "PUDANA1", Name: "Dana Okafor", Email: demo.Email, TimeZone: "Europe/Berlin"},
			{ID: "PUPRIY1", Name: "Priya Nair", Email: "priya@example.com", TimeZone: "Asia/Kolkata"},
		},
		Policies: []demo.Policy{
			{ID: "POWNER1", Name: "Developers", Levels: []demo.PolicyLevel{{Delay: 30 * time.Minute, UserIDs: []string{"PUDANA1"}}}},
			{ID: "PFIRST1", Name: "First line", Levels: []demo.PolicyLevel{{Delay: 30 * time.Minute, UserIDs: []string{"PUPRIY1"}}}},
		},
		Services: []demo.Service{
			{ID: "PVSHOP1", Name: "Shop", PolicyID: "POWNER1", RoutingKey: routingKeyRich},
			{ID: "PVSEAR1", Name: "Search", PolicyID: "POWNER1", RoutingKey: routingKeyDefault},
		},
	}
}

// TestEndToEnd has a real Prometheus whose alerts a real Alertmanager sends to
// the PagerDuty stand-in: every incident is one group with its alerts, and the
// actions change it, by the program's own command line.
func TestEndToEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		binary func(testing.TB) string
		// rule is the proof with Alertmanager, alone the one without it.
		rule, alone string
	}{
		// Up to 0.29 the event has the alerts as text, from 0.30 as an array
		// with fingerprints.
		{"Debian's Alertmanager", func(testing.TB) string { return "" }, "dedup key", "label set"},
		{"Alertmanager 0.31", realservers.NewAlertmanager, "fingerprint", "fingerprint"},
	} {
		t.Run(c.name, func(t *testing.T) { endToEnd(t, c.binary(t), c.rule, c.alone) })
	}
}

func endToEnd(t *testing.T, binary, rule, ruleAlone string) {
	t.Parallel()
	pagerDuty := demo.NewPagerDuty(demo.PagerDutyOptions{Directory: shop()})
	if err := pagerDuty.Listen(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pagerDuty.Close() })
	alertmanager := realservers.StartAlertmanager(t, realservers.Options{Binary: binary, PagerDutyURL: pagerDuty.URL()})
	prometheus := realservers.StartPrometheus(t, realservers.Options{AlertmanagerURLs: []string{alertmanager.URL}})

	account := fmt.Sprintf("[me]\nemail = %q\n[pagerduty]\nurl = %q\n[first_line]\nname = \"First line\"\nescalation_policy = \"First line\"\n",
		demo.Email, pagerDuty.URL())
	prom := fmt.Sprintf("[[prometheus]]\nname = \"prom\"\nurl = %q\n", prometheus.URL)
	am := fmt.Sprintf("[[alertmanager]]\nname = \"am\"\nurl = %q\n", alertmanager.URL)
	path := filepath.Join(t.TempDir(), "config.toml")
	configure := func(parts ...string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(strings.Join(parts, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stateHome := t.TempDir()
	run := func(args ...string) result {
		return runApp(t.Context(), "", func(a *app) { a.stateHome = stateHome }, append([]string{"--config", path}, args...)...)
	}

	// One group per incident with all its firing alerts, and nothing else.
	configure(account, prom, am)
	want := map[string]int{"CheckoutErrorRateHigh": 1, "PodCrashLooping": 2, "SearchLatencyHigh": 1}
	realservers.Eventually(t, "one group for each incident, with its alerts", func() bool {
		// Asked here first: a list costs requests, which the stand-in counts.
		if len(pagerDuty.Incidents()) < len(want) {
			return false
		}
		r := run("list", "--json")
		if r.status != exitDone {
			return false
		}
		l := readList(t, r.out)
		return len(grouped(l, "")) == len(want) && complete(l, want)
	})
	l := readList(t, run("list", "--json").want(t, exitDone).out)
	if got := grouped(l, rule); len(l.Groups) != len(want) || len(got) != len(want) {
		t.Errorf("joined by %q are %v of %d groups, want all of %v", rule, got, len(l.Groups), want)
	}
	id := ""
	for _, g := range l.Groups {
		if g.State != "triggered" || *g.Incident.EscalationPolicy != (referenceJSON{"POWNER1", "Developers"}) {
			t.Errorf("the group is %+v", g)
		}
		if g.Alerts[0].Labels["alertname"] == "PodCrashLooping" {
			id = g.ID
		}
	}

	// The same without Alertmanager as a source.
	configure(account, prom)
	if l := readList(t, run("list", "--json").want(t, exitDone).out); len(l.Groups) != len(want) || len(grouped(l, ruleAlone)) != len(want) || !complete(l, want) {
		t.Errorf("without Alertmanager, joined by %q are %v of %d groups", ruleAlone, grouped(l, ruleAlone), len(l.Groups))
	}
	configure(account, prom, am)

	// Acknowledge, escalate to first line, hand off to the owner.
	state := func() demo.IncidentState {
		all := pagerDuty.Incidents()
		return all[slices.IndexFunc(all, func(i demo.IncidentState) bool { return i.ID == id })]
	}
	readBack := func() groupJSON {
		t.Helper()
		return readList(t, run("list", "--json").want(t, exitDone).out).group(t, id)
	}
	run("ack", "--yes", id).want(t, exitDone).says(t, id+": done")
	if g := readBack(); state().Status != "acknowledged" || g.State != "acknowledged" || g.Incident.Acknowledgers[0].Name != "Dana Okafor" || len(g.Alerts) != 2 {
		t.Errorf("after ack PagerDuty has %+v and the list %+v", state(), g)
	}
	run("escalate", "--yes", "--reason", "the runbook did not help", id).want(t, exitDone).says(t, "Priya Nair", id+": done")
	if g := readBack(); state().PolicyID != "PFIRST1" || g.Incident.EscalationPolicy.ID != "PFIRST1" || g.Incident.Assignees[0].Name != "Priya Nair" {
		t.Errorf("after escalate PagerDuty has %+v and the list %+v", state(), g)
	}
	run("handoff", "--yes", "--to", "owner", "--reason", "it is the deploy", id).want(t, exitDone).says(t, id+": done")
	if g := readBack(); state().PolicyID != "POWNER1" || g.Incident.EscalationPolicy.ID != "POWNER1" || g.Incident.Assignees[0].Name != "Dana Okafor" {
		t.Errorf("after handoff PagerDuty has %+v and the list %+v", state(), g)
	}
	notes := state().Notes
	if len(notes) != 2 || !strings.Contains(notes[0], "the runbook did not help") || !strings.Contains(notes[1], "it is the deploy") ||
		!strings.Contains(notes[0], "api-0") || !strings.Contains(notes[0], "https://runbooks.example.com/api/crashloop.md") {
		t.Errorf("the notes are %q", notes)
	}
	for _, other := range pagerDuty.Incidents() {
		if other.ID != id && (other.Status != "triggered" || len(other.Notes) > 0) {
			t.Errorf("another incident was touched: %+v", other)
		}
	}
}

// grouped are the alertnames of the groups that have an incident and were
// joined by the rule; "" is any.
func grouped(l listJSON, rule string) []string {
	var names []string
	for _, g := range l.Groups {
		if g.Incident != nil && len(g.Alerts) > 0 && g.JoinedBy != nil && (rule == "" || *g.JoinedBy == rule) {
			names = append(names, g.Alerts[0].Labels["alertname"])
		}
	}
	return names
}

// complete reports whether each alertname has its number of firing alerts.
func complete(l listJSON, want map[string]int) bool {
	got := map[string]int{}
	for _, g := range l.Groups {
		for _, a := range g.Alerts {
			if a.State == "firing" {
				got[a.Labels["alertname"]]++
			}
		}
	}
	return fmt.Sprint(got) == fmt.Sprint(want)
}
