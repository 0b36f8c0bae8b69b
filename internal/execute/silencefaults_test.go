package execute_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/execute"
	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/sources/alertmanager"
	"firstline/sources/demo"
)

// Whatever goes wrong with a silence's write, its result is what is true, the
// journal knows it, and no silence is made twice.
func TestEverySilenceMeetsEveryFault(t *testing.T) {
	until := time.Now().Add(3 * time.Hour).Truncate(time.Second)
	for _, c := range []struct {
		name         string
		r            respond.Request
		method, path string
		came         func(before, now []sources.Silence) bool
	}{
		{
			"silence",
			respond.Request{Action: respond.Silence, Until: until},
			http.MethodPost, "/api/v2/silences",
			func(before, now []sources.Silence) bool { return len(now) == len(before)+1 },
		},
		{
			"acknowledge by a silence",
			respond.Request{Action: respond.Acknowledge, Instead: respond.BySilence},
			http.MethodPost, "/api/v2/silences",
			func(before, now []sources.Silence) bool { return len(now) == len(before)+1 },
		},
		{
			"extend",
			respond.Request{Action: respond.ExtendSilence, Until: until},
			http.MethodPost, "/api/v2/silences",
			func(_, now []sources.Silence) bool {
				return slices.ContainsFunc(now, func(s sources.Silence) bool { return s.EndsAt.Equal(until) })
			},
		},
		{
			"end",
			respond.Request{Action: respond.ExpireSilence},
			http.MethodDelete, "/api/v2/silence/",
			func(before, now []sources.Silence) bool { return len(now) == len(before)-1 },
		},
	} {
		for name, fault := range alertmanagerFaults() {
			t.Run(c.name+", "+name, func(t *testing.T) {
				t.Parallel()
				data := newCompany(t)
				w, groups := data.see()
				g := data.unpaged(groups)
				if c.r.Action == respond.ExtendSilence || c.r.Action == respond.ExpireSilence {
					w, g = data.silenced(g)
				}
				r := c.r
				r.Groups, r.Reason = []triage.Group{g}, "because of it"
				p := respond.NewPlan(r, w)
				if !p.Ready() {
					t.Fatalf("not ready: %s", strings.Join(p.Lines(), "\n"))
				}
				before := data.silences()
				fault.Method, fault.Path = c.method, c.path
				data.toAlertmanager.Fail(fault)
				j := &forgetful{settling: true} // it forgets nothing here
				d := &execute.Doer{Incidents: data.pd, Silencers: []sources.Silencer{data.am}, Email: demo.Email, Journal: j, Wait: noWait}
				if fault.Hold != nil {
					d.Silencers = []sources.Silencer{data.impatient(c.method, c.path)}
				}
				data.toAlertmanager.ForgetRequests()
				got := d.Do(t.Context(), p, nil)[0]

				now := data.silences()
				came := c.came(before, now)
				want := respond.Unknown
				switch {
				case came:
					want = respond.Done
				case strings.HasPrefix(name, "Alertmanager's own"):
					want = respond.Failed // only what it refused itself was surely not done
				}
				if name == "empty answer" && c.method == http.MethodDelete {
					want = respond.Unknown // it is what Alertmanager answers when it did it
				}
				if got.Outcome != want || got.Sentence == "" {
					t.Errorf("came about: %v, but it is %s: %s", came, got.Outcome, got.Sentence)
				}
				if carriedOut := fault.Status == 0 && !fault.CutBefore; came != carriedOut {
					t.Errorf("came about: %v; it should be %v: %s", came, carriedOut, got.Sentence)
				}
				if len(j.begun) != 1 || j.outcomes[1] != want {
					t.Errorf("the journal has %d begun, with %v; want %s", len(j.begun), j.outcomes, want)
				}
				sent := 0
				for _, q := range data.toAlertmanager.Requests() {
					if q.Method == c.method {
						sent++
					}
				}
				if sent != 1 {
					t.Errorf("it was sent %d times", sent)
				}
			})
		}
	}
}

// silences are those that have not ended.
func (c *company) silences() []sources.Silence {
	c.t.Helper()
	data, err := c.am.Read(c.t.Context(), func(sources.Data) {})
	if err != nil {
		c.t.Fatal(err)
	}
	return slices.DeleteFunc(slices.Clone(data.Silences), func(s sources.Silence) bool { return s.State == "expired" })
}

// silenced makes a silence for a group, and looks again.
func (c *company) silenced(g triage.Group) (respond.Data, triage.Group) {
	c.t.Helper()
	w, _ := c.see()
	p := respond.NewPlan(respond.Request{
		Action: respond.Silence, Groups: []triage.Group{g}, Reason: "known", Until: time.Now().Add(time.Hour),
	}, w)
	d := &execute.Doer{Silencers: []sources.Silencer{c.am}, Email: demo.Email, Wait: noWait}
	if got := d.Do(c.t.Context(), p, nil)[0]; got.Outcome != respond.Done {
		c.t.Fatalf("%+v", got)
	}
	w, groups := c.see()
	at := slices.IndexFunc(groups, func(one triage.Group) bool { return one.ID == g.ID })
	if at < 0 {
		c.t.Fatal("the silenced group is gone")
	}
	return w, groups[at]
}

// impatient is a client that gives up on some requests soon.
func (c *company) impatient(method, path string) *alertmanager.Client {
	c.t.Helper()
	am, err := alertmanager.New(alertmanager.Options{
		Name: "am", URL: c.demo.Alertmanager.URL(), Transport: impatient{method, path, http.DefaultTransport},
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return am
}
