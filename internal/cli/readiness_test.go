package cli

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"firstline/internal/faults"
	"firstline/internal/readiness"
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
	w.run("sync", "--since", "20d").want(t, exitDone)
	// Of 42 days 20 were read: what is not enough already is not known.
	after := readinessOf(t, w.run("readiness", "checkout", "--json").want(t, exitWanting))
	if c := after.Services[0].criterion("never_actionable"); c.Verdict != "unknown" || c.Because == nil {
		t.Errorf("%+v", c)
	}
	w.run("readiness").want(t, exitWanting).says(t, "checkout (payments): not ready for first line", "newsletter (growth)")
	w.run("readiness", "checkout").want(t, exitWanting).says(t, "level 2 has only Jonas Weber", "To do", "1. Add people")
	w.run("readiness", "checkout", "--format", "markdown").want(t, exitWanting).says(t, "## checkout (payments)", "| nobody alone | not ready |")
	w.run("readiness", "chekout").want(t, exitFailed).says(t, "the nearest: checkout")
	w.run("readiness", "--format", "pdf").want(t, exitUsage)
	w.run("readiness", "a", "b").want(t, exitUsage)
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
