package cli

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/faults"
	"firstline/internal/readiness"
	"firstline/internal/triage"
	"firstline/sources"
)

func readinessOf(t *testing.T, r result) readinessJSON {
	t.Helper()
	var j readinessJSON
	if err := json.Unmarshal([]byte(r.out), &j); err != nil {
		t.Fatal(err)
	}
	return j
}

func (s *serviceReadinessJSON) criterion(id string) criterionJSON {
	at := slices.IndexFunc(s.Criteria, func(c criterionJSON) bool { return c.ID == id })
	return s.Criteria[max(at, 0)]
}

func TestReadiness(t *testing.T) {
	w := withPast(t)
	// Without a history only what needs one is unknown.
	before := readinessOf(t, w.run("readiness", "checkout", "--json").want(t, exitWanting))
	one := &before.Services[0]
	if len(before.Services) != 1 || len(one.Criteria) != len(readiness.Criteria()) || one.Since != nil || one.Verdict != "not ready" {
		t.Fatalf("%+v", before)
	}
	if c := one.criterion("interruptions"); c.Verdict != "unknown" || c.Because == nil || c.Value != nil {
		t.Errorf("%+v", c)
	}
	if c := one.criterion("runbook"); c.Verdict != "ready" {
		t.Errorf("%+v", c)
	}
	onScreen(t, w, nil)
	w.run("sync", "--since", "20d").want(t, exitDone)
	// Of 42 days 20 were read: what is not enough already is not known.
	after := readinessOf(t, w.run("readiness", "checkout", "--json").want(t, exitWanting))
	if c := after.Services[0].criterion("never_actionable"); c.Verdict != "unknown" || c.Because == nil {
		t.Errorf("%+v", c)
	}
	onScreen(t, w, &after.Services[0])
	w.run("readiness").want(t, exitWanting).says(t, "checkout (payments): not ready for first line", "newsletter (growth)")
	w.run("readiness", "checkout").want(t, exitWanting).says(t, "level 2 has only Jonas Weber", "To do", "1. Add people")
	w.run("readiness", "checkout", "--format", "markdown").want(t, exitWanting).says(t, "## checkout (payments)", "| nobody alone | not ready |")
	w.run("readiness", "chekout").want(t, exitFailed).says(t, "the nearest: checkout")
	w.run("readiness", "--format", "pdf").want(t, exitUsage)
	w.run("readiness", "a", "b").want(t, exitUsage)
	w.run("readiness", " ").want(t, exitUsage).says(t, "the SERVICE is empty")
}

// The demo has each criterion in each verdict but for an owner and an SLO that could not
// be read, and one service that is ready. What depends on the time of day is left out.
func TestReadinessOfTheDemo(t *testing.T) {
	r := runApp(t.Context(), "", nil, "readiness", "--demo", "--json").want(t, exitWanting)
	verdicts := map[string]map[string]string{}
	for _, s := range readinessOf(t, r).Services {
		for _, c := range s.Criteria {
			if verdicts[c.ID] == nil {
				verdicts[c.ID] = map[string]string{}
			}
			verdicts[c.ID][c.Verdict] = s.Service
		}
		if ready := s.Verdict == string(readiness.Ready); ready != (s.Service == "storage") {
			t.Errorf("%s is %s", s.Service, s.Verdict)
		}
	}
	for _, c := range readiness.Criteria() {
		wanted := []readiness.Verdict{readiness.Ready, readiness.NotReady, readiness.Unknown}
		switch c.ID {
		case "contained", "unexplained":
			wanted = []readiness.Verdict{readiness.Ready, readiness.Unknown, readiness.NotAsked}
		case "owner", "slo":
			wanted = wanted[:2]
		}
		for _, v := range wanted {
			if verdicts[c.ID][string(v)] == "" {
				t.Errorf("%s is never %s: %v", c.ID, v, verdicts[c.ID])
			}
		}
	}
}

// The history of one team says nothing of the services of others.
func TestReadinessOfSyncedTeams(t *testing.T) {
	of := func(scopes ...string) *measuring {
		m := &measuring{loads: map[string]syncedLoads{}}
		for n, scope := range scopes {
			m.loads[scope] = syncedLoads{until: noon.Add(time.Duration(n) * time.Hour)}
		}
		return m
	}
	service := &ownedService{pagerDuty: sources.Service{ID: "s", Teams: []sources.Reference{{ID: "pay"}, {ID: "web"}}}}
	for _, c := range []struct {
		m    *measuring
		want int // the hour of the scope, or -1
	}{
		{of(), -1},
		{of(""), 0},
		{of("search"), -1},
		{of("search", "pay"), 1},
		{of("search,web"), 0},
		{of("", "ops,pay"), 1},
		{of("", "search"), 0},
	} {
		got, found := c.m.loadsOf(service)
		if found != (c.want >= 0) || found && !got.until.Equal(noon.Add(time.Duration(c.want)*time.Hour)) {
			t.Errorf("of %v: %v, %v", c.m.loads, got.until, found)
		}
	}
	m := of("search")
	m.s = &setup{}
	if r := m.report(service); r.FirstLine != "" || !strings.Contains(r.Findings[8].Because, "of other teams") {
		t.Errorf("%+v", r.Findings[8])
	}
}

// onScreen checks that the screen, which reads the history of one service only, has the
// same of checkout as the command, or nothing.
func onScreen(t *testing.T, w *harness, want *serviceReadinessJSON) {
	t.Helper()
	a := newApp(strings.NewReader(""), io.Discard, io.Discard, "test")
	a.flags.config, a.now, a.stateHome = w.config, w.clock, w.state
	s, err := a.newSetup(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	if warning := s.openState(t.Context()); warning != "" {
		t.Fatal(warning)
	}
	l := s.read(t.Context())
	read := s.readReadiness()
	got, failed := read(t.Context(), triage.Group{Service: "checkout"}, l.snapshots)
	if failed || want == nil && len(got.Findings) > 0 {
		t.Fatalf("failed is %v, findings are %+v", failed, got.Findings)
	}
	if want == nil {
		return
	}
	if one := readinessJSONOf([]readiness.Report{got}).Services[0]; !reflect.DeepEqual(one, *want) {
		t.Errorf("the screen has %+v, the command %+v", one, *want)
	}
	if again, _ := read(t.Context(), triage.Group{Service: "checkout"}, nil); !reflect.DeepEqual(again, got) {
		t.Error("it was measured again at once")
	}
	l.snapshots[0].Err = errors.New("no answer")
	if _, failed := read(t.Context(), triage.Group{Service: "search"}, l.snapshots); !failed {
		t.Error("a source did not answer, and it has not failed")
	}
	if none, failed := read(t.Context(), triage.Group{Service: "nothing of the kind"}, l.snapshots); len(none.Findings) > 0 || failed {
		t.Errorf("a service that is not there has %+v", none.Findings)
	}
}

// What a source does not answer is unknown, and fails nothing.
func TestReadinessWithoutAnswers(t *testing.T) {
	w := newHarness(t)
	w.configure("[[prometheus]]\nurl = \"http://127.0.0.1:1\"\n", w.pagerDuty())
	j := readinessOf(t, w.run("readiness", "checkout", "--json"))
	for _, id := range []string{"severity", "runbook", "evaluates", "slo", "budget", "dashboard", "rollback", "interruptions"} {
		if c := j.Services[0].criterion(id); c.Verdict != "unknown" || c.Because == nil {
			t.Errorf("%+v", c)
		}
	}
	w.toPagerDuty.Fail(faults.Fault{Status: http.StatusServiceUnavailable})
	w.run("readiness").want(t, exitFailed)
}
