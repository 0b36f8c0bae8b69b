package respond_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/sources"
	"firstline/sources/demo"
)

// faulty are the actions whose one write, after any note, meets a fault.
func faulty() map[respond.Action]struct {
	r      respond.Request
	method string
	came   func(i sources.Incident, notes []string) bool
} {
	type entry = struct {
		r      respond.Request
		method string
		came   func(i sources.Incident, notes []string) bool
	}
	put, post := http.MethodPut, http.MethodPost
	return map[respond.Action]entry{
		respond.Acknowledge: {respond.Request{}, put, func(i sources.Incident, _ []string) bool { return i.Status == sources.Acknowledged }},
		respond.Escalate:    {respond.Request{}, put, func(i sources.Incident, _ []string) bool { return i.Policy.ID == "POPS" }},
		respond.HandOff: {
			respond.Request{Target: respond.Target{Kind: respond.ToUser, ID: "UBO"}},
			put,
			func(i sources.Incident, _ []string) bool { return assignees(i) == "Bo Larsen" },
		},
		respond.NextLevel:  {respond.Request{}, put, func(i sources.Incident, _ []string) bool { return assignees(i) == "Dana Reyes" }},
		respond.AddNote:    {respond.Request{}, post, func(_ sources.Incident, notes []string) bool { return len(notes) == 1 }},
		respond.Resolve:    {respond.Request{}, put, func(i sources.Incident, _ []string) bool { return i.Status == sources.Resolved }},
		respond.Snooze:     {respond.Request{Until: time.Now().Add(2 * time.Hour)}, post, func(i sources.Incident, _ []string) bool { return i.Status == sources.Acknowledged }},
		respond.SetUrgency: {respond.Request{Urgency: "low"}, put, func(i sources.Incident, _ []string) bool { return i.Urgency == "low" }},
	}
}

// Whatever goes wrong with a write, its result is what is true, the journal
// knows it, nothing is sent twice that arrived once, and a note stands once.
func TestEveryWriteMeetsEveryFault(t *testing.T) {
	html := "<html><body><h1>502 Bad Gateway</h1></body></html>"
	faults := map[string]demo.Fault{
		"cut before":        {CutBefore: true, Times: 1},
		"cut after":         {CutAfter: true, Times: 1},
		"truncated answer":  {Truncate: true, Times: 1},
		"rate limited":      {Status: http.StatusTooManyRequests, Header: http.Header{"Ratelimit-Reset": {"1"}}, Body: `{"error":{"code":2020,"message":"Rate Limit Exceeded"}}`, Times: 1},
		"500":               {Status: http.StatusInternalServerError, Body: `{"error":{"code":2000,"message":"Internal"}}`, Times: 1},
		"502 as a web page": {Status: http.StatusBadGateway, Header: http.Header{"Content-Type": {"text/html"}}, Body: html, Times: 1},
		"402":               {Status: http.StatusPaymentRequired, Body: `{"error":{"code":2014,"message":"Account does not have the abilities"}}`, Times: 1},
		"403":               {Status: http.StatusForbidden, Body: `{"error":{"code":2010,"message":"Access Denied"}}`, Times: 1},
		"404":               {Status: http.StatusNotFound, Body: `{"error":{"code":2100,"message":"Not Found"}}`, Times: 1},
		"empty answer":      {Status: http.StatusOK, Times: 1},
	}
	for action, what := range faulty() {
		for name, fault := range faults {
			t.Run(fmt.Sprintf("%s, %s", action, name), func(t *testing.T) {
				t.Parallel()
				a := newAccount(t)
				a.trigger("k1")
				w, groups := a.see(respond.Developer)
				r := what.r
				r.Action, r.Groups, r.Reason = action, groups, "because of it"
				p := respond.NewPlan(r, w)
				if !p.Ready() {
					t.Fatalf("not ready: %s", strings.Join(p.Lines(), "\n"))
				}
				fault.Method, fault.Path = what.method, "/incidents"
				a.stand.Fail(fault)
				j := &forgetful{settling: true} // it forgets nothing here
				d := a.doer()
				d.Journal = j
				a.stand.ForgetRequests()
				got := d.Do(t.Context(), p, nil)[0]

				i, notes := a.incident(groups[0].ID), a.notes(groups[0].ID)
				came := what.came(i, notes)
				want := map[bool]respond.Outcome{true: respond.Done, false: respond.Failed}[came]
				if got.Outcome != want || got.Sentence == "" {
					t.Errorf("came about: %v, but it is %s: %s", came, got.Outcome, got.Sentence)
				}
				if name == "rate limited" && !came {
					t.Errorf("a limit of a second was not waited for: %s", got.Sentence)
				}
				if len(notes) > 1 {
					t.Errorf("%d notes: %q", len(notes), notes)
				}
				if last := len(j.begun); last == 0 || j.outcomes[int64(last)] != want || len(j.outcomes) != last {
					t.Errorf("the journal has %d begun, with %v; want %s", last, j.outcomes, want)
				}
				sent := 0
				for _, q := range a.stand.Requests() {
					if q.Method == what.method && (action != respond.Snooze || strings.HasSuffix(q.Path, "/snooze")) {
						sent++
					}
				}
				if most := map[bool]int{true: 2, false: 1}[name == "rate limited"]; sent > most {
					t.Errorf("it was sent %d times", sent)
				}
			})
		}
	}
}
