package execute_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/faults"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/sources/pagerduty"
)

// faults are all ways in which an answer goes wrong. Those of them without a
// status carry the request out, but for cutting before.
func writeFaults() map[string]faults.Fault {
	refusal := func(status, code int, message string) faults.Fault {
		return faults.Fault{Status: status, Body: fmt.Sprintf(`{"error":{"code":%d,"message":%q}}`, code, message), Times: 1}
	}
	html := faults.Fault{Status: http.StatusBadGateway, Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html><body><h1>502 Bad Gateway</h1></body></html>", Times: 1}
	limit := refusal(http.StatusTooManyRequests, 2020, "Rate Limit Exceeded")
	limit.Header = http.Header{"Ratelimit-Reset": {"1"}}
	never := make(chan struct{})
	return map[string]faults.Fault{
		"cut before": {CutBefore: true, Times: 1}, "cut after": {CutAfter: true, Times: 1}, "truncated answer": {Truncate: true, Times: 1},
		"empty answer": {Status: http.StatusOK, Times: 1}, "rate limited": limit, "502 as a web page": html,
		"500": refusal(http.StatusInternalServerError, 2000, "Internal"), "402": refusal(http.StatusPaymentRequired, 2014, "Account does not have the abilities"),
		"403": refusal(http.StatusForbidden, 2010, "Access Denied"), "404": refusal(http.StatusNotFound, 2100, "Not Found"),
		"slow, and carried out": {Hold: never, Times: 1}, "slow, and not carried out": {Hold: never, Status: http.StatusBadGateway, Times: 1},
	}
}

// ifNotShown is the outcome of a write that met a fault and does not show: only
// what the server itself refused was surely not done.
func ifNotShown(f faults.Fault) respond.Outcome {
	if f.Status/100 == 4 && f.Body != "" {
		return respond.Failed
	}
	return respond.Unknown
}

// impatient gives up on the request that is held after a moment, as a client
// does on a slow server when its timeout is over.
type impatient struct {
	method, path string
	under        http.RoundTripper
}

func (i impatient) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != i.method || !strings.HasPrefix(r.URL.Path, i.path) {
		return i.under.RoundTrip(r)
	}
	ctx, cancel := context.WithTimeout(r.Context(), 100*time.Millisecond)
	response, err := i.under.RoundTrip(r.WithContext(ctx))
	if err != nil {
		cancel()
		return nil, err
	}
	response.Body = ending{response.Body, cancel}
	return response, nil
}

// ending ends the context of an answer with its body.
type ending struct {
	io.ReadCloser
	end func()
}

func (e ending) Close() error {
	defer e.end()
	return e.ReadCloser.Close()
}

// change is a write that meets faults.
type change struct {
	name string
	r    respond.Request
	kind respond.StepKind
	// path is the request's, where %s is the incident.
	method, path string
	// came reports whether the write was carried out, from the resulting
	// incident.
	came func(i sources.Incident, notes []string) bool
	// alerts: nobody was notified, and i is the incident that is opened.
	alerts bool
}

func changes() []change {
	put, post := http.MethodPut, http.MethodPost
	has := func(status sources.IncidentStatus) func(sources.Incident, []string) bool {
		return func(i sources.Incident, _ []string) bool { return i.Status == status }
	}
	bo := respond.Target{Kind: respond.ToUser, ID: "UBO"}
	opened := func(i sources.Incident, _ []string) bool { return i.ID != "" }
	return []change{
		{name: "acknowledge", r: respond.Request{Action: respond.Acknowledge}, kind: respond.StepAcknowledge, method: put, path: "/incidents", came: has(sources.Acknowledged)},
		{name: "escalate", r: respond.Request{Action: respond.Escalate}, kind: respond.StepPolicy, method: put, path: "/incidents", came: func(i sources.Incident, _ []string) bool { return i.Policy.ID == "POPS" }},
		{name: "hand off", r: respond.Request{Action: respond.HandOff, Target: bo}, kind: respond.StepAssign, method: put, path: "/incidents", came: func(i sources.Incident, _ []string) bool { return assignees(i) == "Bo Larsen" }},
		{name: "next level", r: respond.Request{Action: respond.NextLevel}, kind: respond.StepLevel, method: put, path: "/incidents", came: func(i sources.Incident, _ []string) bool { return assignees(i) == "Dana Reyes" }},
		{name: "note", r: respond.Request{Action: respond.AddNote}, kind: respond.StepNote, method: post, path: "/incidents/%s/notes", came: func(_ sources.Incident, notes []string) bool { return len(notes) == 1 }},
		{name: "resolve", r: respond.Request{Action: respond.Resolve}, kind: respond.StepResolve, method: put, path: "/incidents", came: has(sources.Resolved)},
		{name: "snooze", r: respond.Request{Action: respond.Snooze, Until: time.Now().Add(2 * time.Hour)}, kind: respond.StepSnooze, method: post, path: "/incidents/%s/snooze", came: has(sources.Acknowledged)},
		{name: "urgency", r: respond.Request{Action: respond.SetUrgency, Urgency: "low"}, kind: respond.StepUrgency, method: put, path: "/incidents", came: func(i sources.Incident, _ []string) bool { return i.Urgency == "low" }},
		{name: "priority", r: respond.Request{Action: respond.SetPriority, PriorityID: "PP1"}, kind: respond.StepPriority, method: put, path: "/incidents", came: func(i sources.Incident, _ []string) bool { return i.Priority != nil && i.Priority.ID == "PP1" }},
		{name: "merge", r: respond.Request{Action: respond.Merge}, kind: respond.StepMerge, method: put, path: "/incidents/", came: func(i sources.Incident, _ []string) bool { return i.MergedInto != "" }},
		{name: "ask to join", r: respond.Request{Action: respond.HandOff, Responders: true, Target: bo}, kind: respond.StepResponders, method: post, path: "/incidents/%s/responder_requests", came: func(i sources.Incident, _ []string) bool { return len(i.Asked) > 0 }},
		{name: "open to escalate", r: respond.Request{Action: respond.Escalate}, kind: respond.StepOpen, method: post, path: "/incidents", alerts: true, came: opened},
		{name: "open to acknowledge", r: respond.Request{Action: respond.Acknowledge, Instead: respond.ByIncident}, kind: respond.StepOpen, method: post, path: "/incidents", alerts: true, came: opened},
	}
}

// ready is an account in which the change is planned, with the path of its
// request.
func (c change) ready(t *testing.T) (*account, respond.Plan, string) {
	t.Helper()
	a := newAccount(t)
	if !c.alerts {
		a.trigger("k1")
	}
	if c.kind == respond.StepMerge {
		a.trigger("k2")
	}
	w, groups := a.see(respond.Developer)
	if c.alerts {
		groups = []triage.Group{{ID: "0123456789ab", Title: "DiskFull", Service: "checkout", ServiceID: "SCHK", OwnerPolicyID: "PPAY", State: triage.Firing}}
	}
	if c.kind == respond.StepMerge {
		slices.SortFunc(groups, func(x, y triage.Group) int { return x.Incident.Number - y.Incident.Number })
		c.r.Into = groups[1].ID
		groups = groups[:1]
	}
	c.r.Groups, c.r.Reason = groups, "because of it"
	p := respond.NewPlan(c.r, w)
	if !p.Ready() {
		t.Fatalf("not ready: %s", strings.Join(p.Lines(), "\n"))
	}
	return a, p, strings.Replace(c.path, "%s", groups[0].ID, 1)
}

// now is the incident that the change is about.
func (c change) now(a *account, id string) (sources.Incident, []string) {
	a.t.Helper()
	if c.alerts {
		all, err := a.ann.IncidentsByKey(a.t.Context(), id)
		if err != nil {
			a.t.Fatal(err)
		}
		if len(all) > 1 {
			a.t.Errorf("%d incidents were opened", len(all))
		}
		if len(all) == 0 {
			return sources.Incident{}, nil
		}
		id = all[0].ID
	}
	return a.incident(id), a.notes(id)
}

// Whatever fault a write meets, its result is true, the journal has it, a write
// that arrived is not sent again, and a note exists once.
func TestEveryWriteMeetsEveryFault(t *testing.T) {
	for _, c := range changes() {
		for name, fault := range writeFaults() {
			t.Run(c.name+", "+name, func(t *testing.T) {
				t.Parallel()
				a, p, path := c.ready(t)
				fault.Method, fault.Path = c.method, path
				a.toPagerDuty.Fail(fault)
				j := &forgetful{settling: true} // it forgets nothing here
				d := a.doer()
				d.Journal = j
				if fault.Hold != nil {
					d.Incidents = a.impatient(c.method, path)
				}
				a.toPagerDuty.ForgetRequests()
				got := d.Do(t.Context(), p, nil)[0]

				i, notes := c.now(a, p.Items[0].ID)
				came := c.came(i, notes)
				want := ifNotShown(fault)
				if came {
					want = respond.Done
				}
				if got.Outcome != want || got.Sentence == "" {
					t.Errorf("came about: %v, but it is %s: %s", came, got.Outcome, got.Sentence)
				}
				if carriedOut := fault.Status == 0 && !fault.CutBefore || name == "rate limited"; came != carriedOut {
					t.Errorf("came about: %v; it should be %v: %s", came, carriedOut, got.Sentence)
				}
				if len(notes) > 1 {
					t.Errorf("%d notes: %q", len(notes), notes)
				}
				for _, b := range j.begun {
					outcome, found := j.outcomes[b.Number]
					if !found || b.Step.Kind == c.kind && outcome != want {
						t.Errorf("the journal has %s as %q; want %s", b.Step.Kind, outcome, want)
					}
				}
				sent := 0
				for _, q := range a.toPagerDuty.Requests() {
					if q.Method == c.method && strings.HasPrefix(q.Path, path) && (strings.HasSuffix(path, "/") || q.Path == path) {
						sent++
					}
				}
				if most := map[bool]int{true: 2, false: 1}[name == "rate limited"]; sent == 0 || sent > most {
					t.Errorf("it was sent %d times", sent)
				}
			})
		}
	}
}

// impatient is Dana's client, which gives up on some requests soon.
func (a *account) impatient(method, path string) *pagerduty.Client {
	a.t.Helper()
	c, err := pagerduty.New(pagerduty.Options{
		URL: a.url, Token: "dana", Email: "dana@example.com", Transport: impatient{method, path, http.DefaultTransport},
	})
	if err != nil {
		a.t.Fatal(err)
	}
	return c
}
