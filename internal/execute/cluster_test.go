package execute_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"firstline/internal/execute"
	"firstline/internal/faults"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/sources/alertmanager"
	"firstline/sources/demo"
)

// Two members of a cluster, which one stand-in plays for both: they share what
// is written.
func (c *company) cluster(am *alertmanager.Client) (respond.Data, []triage.Group, []sources.Silencer) {
	c.t.Helper()
	other, err := alertmanager.New(alertmanager.Options{Name: "am-b", URL: c.demo.Alertmanager.URL()})
	if err != nil {
		c.t.Fatal(err)
	}
	silencers := []sources.Silencer{am, other}
	var all []sources.Snapshot
	for _, r := range []sources.Reader{c.pd, c.prom, c.am, other} {
		s := sources.ReadOnce(c.t.Context(), r)
		if s.Err != nil {
			c.t.Fatal(s.Err)
		}
		if s.Source.Kind == sources.Alertmanager {
			s.Data.Peers = []string{"1", "2"}
		}
		all = append(all, s)
	}
	settings := respond.Settings{Email: demo.Email, HasPagerDuty: true, Silencers: []string{"am", "am-b"}}
	return respond.NewData(all, settings, time.Now()), triage.Join(all, triage.Options{}, time.Now()), silencers
}

// alertmanagerFaults are faults with what Alertmanager itself refuses with; the
// words of another's API come from something in its place.
func alertmanagerFaults() map[string]faults.Fault {
	all := writeFaults()
	delete(all, "rate limited")
	delete(all, "402")
	all["Alertmanager's own 403"] = faults.Fault{Status: http.StatusForbidden, Body: `"forbidden"`, Times: 1}
	all["Alertmanager's own 404"] = faults.Fault{Status: http.StatusNotFound, Body: `{"code":404,"message":"path was not found"}`, Times: 1}
	return all
}

// Whatever goes wrong with one member of a cluster, there is one silence or
// none, and the result says which. What surely was not done the next member
// does.
func TestClusterMeetsEveryFault(t *testing.T) {
	until := time.Now().Add(3 * time.Hour).Truncate(time.Second)
	// elsewhere: the member surely refused, so the other one does it.
	elsewhere := map[string]bool{"Alertmanager's own 403": true, "Alertmanager's own 404": true}
	for name, fault := range alertmanagerFaults() {
		for _, action := range []respond.Action{respond.Silence, respond.ExpireSilence} {
			t.Run(string(action)+", "+name, func(t *testing.T) {
				t.Parallel()
				fault := fault // each has its own path
				data := newCompany(t)
				method, path := http.MethodPost, "/api/v2/silences"
				_, groups := data.see()
				g := data.unpaged(groups)
				if action == respond.ExpireSilence {
					method, path = http.MethodDelete, "/api/v2/silence/"
					data.silenced(g)
				}
				am := data.am
				if fault.Hold != nil {
					am = data.impatient(method, path)
				}
				w, groups, silencers := data.cluster(am)
				for _, one := range groups {
					if one.ID == g.ID {
						g = one
					}
				}
				p := respond.NewPlan(respond.Request{Action: action, Groups: []triage.Group{g}, Reason: "because of it", Until: until}, w)
				if !p.Ready() || len(p.Items[0].Steps) != 1 {
					t.Fatalf("not one step: %s", strings.Join(p.Lines(), "\n"))
				}
				before := len(data.silences())
				fault.Method, fault.Path = method, path
				data.toAlertmanager.Fail(fault)
				data.toAlertmanager.ForgetRequests()
				j := &forgetful{settling: true} // it forgets nothing here
				d := &execute.Doer{Silencers: silencers, Email: demo.Email, Journal: j, Wait: noWait}
				got := d.Do(t.Context(), p, nil)[0]

				change := len(data.silences()) - before
				if action == respond.ExpireSilence {
					change = -change
				}
				sent := 0
				for _, q := range data.toAlertmanager.Requests() {
					if q.Method == method {
						sent++
					}
				}
				switch {
				case change > 1 || change < 0:
					t.Errorf("%d silences changed", change)
				case change == 1 && got.Outcome != respond.Done && got.Outcome != respond.Unknown,
					change == 0 && got.Outcome != respond.Failed && got.Outcome != respond.Unknown:
					t.Errorf("%d changed, and it is %s: %s", change, got.Outcome, got.Sentence)
				case elsewhere[name] && (change != 1 || sent != 2 || !strings.Contains(got.Sentence, "1 silence")):
					t.Errorf("the other member did not do it: %d changed, %d sent, %s", change, sent, got.Sentence)
				case !elsewhere[name] && sent != 1:
					t.Errorf("it was sent %d times, though the first may have come about", sent)
				}
				if len(j.begun) != sent {
					t.Errorf("%d were sent, and the journal has %d", sent, len(j.begun))
				}
			})
		}
	}
}

// A member that cannot be read gets no write: a gateway's answer in its place
// would not show whether the write was carried out.
func TestClusterPassesByWhoIsDown(t *testing.T) {
	for _, status := range []int{http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout, http.StatusInternalServerError} {
		data := newCompany(t)
		w, groups, silencers := data.cluster(data.am)
		g := data.unpaged(groups)
		p := respond.NewPlan(respond.Request{Action: respond.Silence, Groups: []triage.Group{g}, Reason: "because of it", Until: time.Now().Add(time.Hour)}, w)
		before := len(data.silences())
		data.toAlertmanager.Fail(faults.Fault{Status: status, Method: http.MethodGet, Path: "/api/v2/alerts/groups", Times: 1})
		d := &execute.Doer{Silencers: silencers, Email: demo.Email, Wait: noWait}
		got := d.Do(t.Context(), p, nil)[0]
		silences := data.silences()
		if got.Outcome != respond.Done || len(silences) != before+1 || len(got.SilenceIDs) != 1 {
			t.Errorf("%d: %s: %s; %d silences were made", status, got.Outcome, got.Sentence, len(silences)-before)
		}
	}
}
