package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"firstline/internal/faults"
)

// list runs list --json and reads it back strictly.
func (w *harness) list(args ...string) listJSON {
	w.t.Helper()
	r := w.run(append([]string{"list", "--json"}, args...)...)
	return readList(w.t, r.out)
}

func readList(t *testing.T, text string) listJSON {
	t.Helper()
	var l listJSON
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		t.Fatalf("list --json: %v\n%s", err, text)
	}
	return l
}

func (l listJSON) group(t *testing.T, id string) groupJSON {
	t.Helper()
	for _, g := range l.Groups {
		if g.ID == id {
			return g
		}
	}
	t.Fatalf("there is no group %s", id)
	return groupJSON{}
}

// TestListShape compares the names in the JSON with the documented ones, not
// with the types that write it.
func TestListShape(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	r := w.run("list", "--json").want(t, exitDone)
	var doc map[string]any
	if err := json.Unmarshal([]byte(r.out), &doc); err != nil {
		t.Fatal(err)
	}
	names := func(v any) string {
		return strings.Join(slices.Sorted(maps.Keys(v.(map[string]any))), " ")
	}
	want := func(what string, v any, keys string) {
		t.Helper()
		sorted := strings.Fields(keys)
		slices.Sort(sorted)
		if got := names(v); got != strings.Join(sorted, " ") {
			t.Errorf("%s has %s\nwant %s", what, got, strings.Join(sorted, " "))
		}
	}
	want("the list", doc, "as_of sources groups")
	for _, s := range doc["sources"].([]any) {
		want("a source", s, "name kind ok as_of error failing_since warnings complete missing incidents_with_unread_alerts alerts_not_kept")
	}
	var incidents, alerts, runbooks, bare int
	for _, g := range doc["groups"].([]any) {
		want("a group", g, "id state title service stage team severity urgency since joined_by proof nobody_paged paged_unknown_because no_longer_firing not_firing_since flaps silences inhibited_by stale_sources incident alerts runbook severity_text severity_unread counted_as firing_unknown_because incidents headline alert_names services teams firing runbook_references runbook_references_not_found runbook_suggestions")
		group := g.(map[string]any)
		if group["incident"] != nil {
			incidents++
			want("an incident", group["incident"], "id account number priority status urgency url assignees acknowledgers assignees_known nobody_notified escalation_policy service alerts_read alerts_unread acknowledgement_ends_at snoozed escalates_at escalates_to escalation resolves_at asked_to_join conference shares_alerts_with cluster")
		} else {
			bare++
			if id := group["id"].(string); !regexp.MustCompile(`^[0-9a-f]{12}$`).MatchString(id) {
				t.Errorf("the id of a group without an incident is %q", id)
			}
		}
		if group["runbook"] != nil {
			runbooks++
			want("a runbook", group["runbook"], "path heading matched_by")
		}
		for _, a := range group["alerts"].([]any) {
			alerts++
			want("an alert", a, "source sources labels annotations state active_since value fingerprint silenced_by keep_firing_since state_text severity_text generator_url clusters originals")
		}
		for _, key := range []string{"since"} {
			if _, err := time.Parse(time.RFC3339, group[key].(string)); err != nil {
				t.Error(err)
			}
		}
	}
	if incidents == 0 || alerts == 0 || runbooks == 0 || bare == 0 {
		t.Errorf("the story shows %d incidents, %d alerts, %d runbooks, %d groups without an incident: each must be there", incidents, alerts, runbooks, bare)
	}
}

func TestListJoins(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	i := w.incident("HighErrorRate")
	g := w.list().group(t, i.ID)
	if g.State != "triggered" || g.Incident.Status != "triggered" || *g.Service != "checkout" || *g.Team != "payments" || *g.Severity != "critical" {
		t.Errorf("the group is %+v", g)
	}
	if len(g.Alerts) != 3 || *g.JoinedBy != "fingerprint" {
		t.Errorf("%d alerts are joined by %s, want 3 by fingerprint", len(g.Alerts), *g.JoinedBy)
	}
	if g.Incident.Assignees[0].Name != "Dana Okafor" || g.Incident.EscalationPolicy.Name != "Payments" {
		t.Errorf("the incident is %+v", g.Incident)
	}
	if g.Runbook == nil || !strings.HasSuffix(g.Runbook.Path, "checkout/HighErrorRate.md") || g.Runbook.MatchedBy != "runbook_url" {
		t.Errorf("the runbook is %+v", g.Runbook)
	}
	silenced := w.list().group(t, w.groupID("NodeDiskPressure"))
	if silenced.State != "silenced" || len(silenced.Alerts[0].SilencedBy) != 1 {
		t.Errorf("the silenced group is %+v", silenced)
	}
}

func TestListTable(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	r := w.run("list").want(t, exitDone)
	lines := strings.Split(strings.TrimRight(r.out, "\n"), "\n")
	column := strings.Index(lines[0], "TITLE")
	i := w.incident("HighErrorRate")
	if len(lines) != len(w.list().Groups)+1 || column < 0 || !strings.HasPrefix(lines[1], i.ID) {
		t.Fatalf("the table is\n%s", r.out)
	}
	if !strings.HasPrefix(lines[1][column:], "HighErrorRate") {
		t.Errorf("the titles are not aligned:\n%s", r.out)
	}
	if strings.Contains(r.out, "\x1b") {
		t.Errorf("there are colours away from a terminal: %q", r.out)
	}
	r.says(t, "nobody was notified", "(no longer firing)")
}

// TestListCleans shows a title that would steer a terminal.
func TestListCleans(t *testing.T) {
	w := newHarness(t)
	status := w.demo.PagerDuty.Do("PUDANA1", http.MethodPost, "/incidents", `{"incident": {"type": "incident",
		"title": "evil \u001b]0;owned\u0007\u009b31m \u202etitle", "service": {"id": "PVBILL1", "type": "service_reference"}}}`)
	if status != http.StatusCreated {
		t.Fatalf("opening the incident gave %d", status)
	}
	for _, args := range [][]string{{"list"}, {"list", "--json"}, {"check"}} {
		r := w.run(args...).want(t, exitDone)
		if i := strings.IndexFunc(r.out, func(c rune) bool { return c != '\n' && !unicode.IsPrint(c) }); i >= 0 {
			t.Errorf("%v prints %q", args, r.out[i:min(i+20, len(r.out))])
		}
	}
	found := slices.ContainsFunc(w.list().Groups, func(g groupJSON) bool {
		return strings.Contains(g.Title, "\x1b]0;owned\a\u009b31m \u202etitle")
	})
	if !found {
		t.Error("the JSON does not give the title exactly")
	}
}

func TestListFilter(t *testing.T) {
	w := newHarness(t)
	l := w.list("--filter", "service=search")
	if len(l.Groups) != 1 || *l.Groups[0].Service != "search" {
		t.Errorf("service=search gives %d groups", len(l.Groups))
	}
	r := w.run("list", "--filter", "service=nothing").want(t, exitDone).says(t, "matches the filter")
	if r.out != "" {
		t.Errorf("an empty list prints %q", r.out)
	}
	w.run("list", "--filter", `service=~"("`).want(t, exitUsage).says(t, "--filter: filter, at 10:")
}

func TestListSavedFilter(t *testing.T) {
	w := newHarness(t)
	w.configure(w.pagerDuty(), w.prometheus(), w.alertmanager(), "[filters]\nlooking = \"service=search\"\n")
	l := w.list("--filter", "@looking")
	if len(l.Groups) != 1 || *l.Groups[0].Service != "search" {
		t.Errorf("@looking gives %d groups", len(l.Groups))
	}
	w.run("list", "--filter", "mine @loking").want(t, exitUsage).says(t, `--filter: filter, at 6: no filter is saved as "loking"; there are @looking`)
}

// TestListWithoutPrometheus: one source is down, the others go on.
func TestListWithoutPrometheus(t *testing.T) {
	w := newHarness(t)
	if err := w.demo.Prometheus.Close(); err != nil {
		t.Fatal(err)
	}
	r := w.run("list", "--json").want(t, exitPartly)
	l := readList(t, r.out)
	var ok []string
	for _, s := range l.Sources {
		if s.OK {
			ok = append(ok, s.Name)
		} else if s.Name != "prom" || s.Error == nil || s.AsOf != nil {
			t.Errorf("the source that failed is %+v", s)
		}
	}
	if fmt.Sprint(ok) != "[pagerduty am]" {
		t.Errorf("%v answered, want pagerduty and am", ok)
	}
	if !strings.HasPrefix(r.err, "firstline: prom: ") || strings.Count(r.err, "\n") != 1 {
		t.Errorf("standard error is %q, want one line about prom", r.err)
	}
	if g := l.group(t, w.incident("HighErrorRate").ID); len(g.Alerts) != 3 {
		t.Errorf("without Prometheus %d alerts are joined, want 3 from Alertmanager", len(g.Alerts))
	}
}

func TestListWithoutAnything(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	w.toPagerDuty.Fail(faults.Fault{Status: http.StatusBadGateway, Body: "<html>502</html>", Header: http.Header{"Content-Type": {"text/html"}}})
	w.configure(w.pagerDuty())
	r := w.run("list").want(t, exitFailed).says(t, "nothing is known: no source could be read")
	if strings.Contains(r.out, "<html>") || r.out != "" {
		t.Errorf("it prints %q", r.out)
	}
}

// TestListWithoutToken: PagerDuty can't be asked, and says why; the rest works.
func TestListWithoutToken(t *testing.T) {
	w := newHarness(t)
	t.Setenv("PAGERDUTY_TOKEN", "")
	r := w.run("list", "--json").want(t, exitPartly).says(t, "there is no PagerDuty token")
	l := readList(t, r.out)
	if len(l.Groups) == 0 || l.Sources[0].OK || *l.Sources[0].Error == "" {
		t.Errorf("the sources are %+v with %d groups", l.Sources[0], len(l.Groups))
	}
}

func TestNothingConfigured(t *testing.T) {
	alone(t)
	r := runApp(t.Context(), "", nil, "list").want(t, exitUsage).says(t, "no source is configured: run `firstline init`, or set PAGERDUTY_TOKEN", "--demo")
	if r.out != "" {
		t.Errorf("it prints %q", r.out)
	}
	runApp(t.Context(), "", nil, "check").want(t, exitFailed).says(t, "✗ sources: no source is configured")
}

func TestDemo(t *testing.T) {
	alone(t)
	r := runApp(t.Context(), "", nil, "list", "--demo", "--json").want(t, exitDone)
	l := readList(t, r.out)
	if len(l.Groups) < 5 || len(l.Sources) != 3 {
		t.Errorf("the demo shows %d groups of %d sources", len(l.Groups), len(l.Sources))
	}
	number := ""
	for _, g := range l.Groups {
		if g.Incident != nil && g.Service != nil && *g.Service == "checkout" {
			number = strconv.Itoa(g.Incident.Number)
		}
	}
	runApp(t.Context(), "", nil, "--demo", "check").want(t, exitDone)
	runApp(t.Context(), "", nil, "--demo", "--config", "x", "check").want(t, exitFailed).says(t, "there is no such file")
	for role, status := range map[string]int{"first-line": exitDone, "developer": exitDone, "bogus": exitUsage} {
		t.Setenv("FIRSTLINE_ME_ROLE", role)
		r := runApp(t.Context(), "", nil, "--demo", "escalate", number, "--reason", "why", "--dry-run").want(t, status)
		if first := strings.Contains(r.out, "to Operations first line"); first != (role == "developer") {
			t.Errorf("as %s it escalates by\n%s%s", role, r.out, r.err)
		}
	}
	t.Setenv("FIRSTLINE_ME_ROLE", "first-line")
	r = runApp(t.Context(), "", nil, "--demo", "--role", "developer", "escalate", number, "--reason", "why", "--dry-run").want(t, exitDone)
	r.says(t, "to Operations first line") // the flag counts, not the environment
	runApp(t.Context(), "", nil, "--demo", "--role", "boss", "list").want(t, exitUsage).says(t, "--role")
	runApp(t.Context(), "", nil, "--demo=none", "list").want(t, exitUsage).says(t, "outage or quiet-night")
	r = runApp(t.Context(), "", nil, "--demo=quiet-night", "list", "--json").want(t, exitDone)
	if l := readList(t, r.out); len(l.Groups) > 1 {
		t.Errorf("a quiet night has %d groups", len(l.Groups))
	}
}

func FuzzEscapeUnprintable(f *testing.F) {
	for _, s := range []string{"", "plain", "\u009b31m", "\u202e", "\U000e0041", "\x7f", "\xff", "é漢👩‍🚒", `"\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		plain, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		escaped := escapeUnprintable(plain)
		if i := strings.IndexFunc(string(escaped), func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%q is left in", escaped[i:])
		}
		var before, after string
		if err := json.Unmarshal(plain, &before); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(escaped, &after); err != nil || after != before {
			t.Errorf("%q became %q, %v", before, after, err)
		}
	})
}
