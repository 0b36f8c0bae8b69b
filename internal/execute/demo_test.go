package execute_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/execute"
	"firstline/internal/faults"
	"firstline/internal/respond"
	"firstline/internal/silencing"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/sources/alertmanager"
	"firstline/sources/demo"
	"firstline/sources/pagerduty"
	"firstline/sources/prometheus"
)

// company is the demo's, with its three systems over real HTTP.
type company struct {
	t    *testing.T
	demo *demo.Demo
	// toAlertmanager are the requests to its Alertmanager.
	toAlertmanager *faults.Injector
	pd             *pagerduty.Client
	prom           *prometheus.Client
	am             *alertmanager.Client
}

func newCompany(t *testing.T) *company {
	t.Helper()
	d, err := demo.Start(demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	c := &company{t: t, demo: d, toAlertmanager: faults.Into(d.Alertmanager)}
	if c.pd, err = pagerduty.New(pagerduty.Options{URL: d.PagerDuty.URL(), Token: demo.Token, Email: demo.Email}); err != nil {
		t.Fatal(err)
	}
	if c.prom, err = prometheus.New(prometheus.Options{Name: "prom", URL: d.Prometheus.URL()}); err != nil {
		t.Fatal(err)
	}
	if c.am, err = alertmanager.New(alertmanager.Options{Name: "am", URL: d.Alertmanager.URL()}); err != nil {
		t.Fatal(err)
	}
	return c
}

// see reads all three and joins them.
func (c *company) see() (respond.Data, []triage.Group) {
	c.t.Helper()
	var all []sources.Snapshot
	for _, r := range []sources.Reader{c.pd, c.prom, c.am} {
		s := sources.ReadOnce(c.t.Context(), r)
		if s.Err != nil {
			c.t.Fatal(s.Err)
		}
		all = append(all, s)
	}
	now := time.Now()
	return respond.NewData(all, respond.Settings{Email: demo.Email, HasPagerDuty: true, Silencers: []string{"am"}}, now),
		triage.Join(all, triage.Options{}, now)
}

// unpaged is a group that fires and that nobody was notified for.
func (c *company) unpaged(groups []triage.Group) triage.Group {
	c.t.Helper()
	at := slices.IndexFunc(groups, func(g triage.Group) bool { return g.Incident == nil && g.State == triage.Firing })
	if at < 0 {
		c.t.Fatal("the demo has no firing alert without an incident")
	}
	return groups[at]
}

// TestSilenceOverHTTP acknowledges an alert of the demo that nobody was notified
// for, as joined from all three systems, and looks at what became silent.
func TestSilenceOverHTTP(t *testing.T) {
	ctx := t.Context()
	c := newCompany(t)
	pd, am, see := c.pd, c.am, c.see
	w, groups := see()
	g := c.unpaged(groups)
	p := respond.NewPlan(respond.Request{Action: respond.Acknowledge, Groups: []triage.Group{g}, Instead: respond.BySilence, Reason: "on it"}, w)
	if !p.Ready() || len(p.Recipients) > 0 {
		t.Fatalf("%s", strings.Join(p.Lines(), "\n"))
	}
	doer := &execute.Doer{Incidents: pd, Silencers: []sources.Silencer{am}, Email: demo.Email}
	got := doer.Do(ctx, p, nil)[0]
	if got.Outcome != respond.Done || len(got.SilenceIDs) == 0 {
		t.Fatalf("= %+v", got)
	}
	silence, err := am.Silence(ctx, got.SilenceIDs[0])
	if err != nil || !strings.HasPrefix(silence.Comment, "ACK! on it by ") || silence.EndsAt.Sub(silence.StartsAt).Round(time.Minute) != silencing.AckSilence {
		t.Errorf("silence = %+v, %v", silence, err)
	}

	_, after := see()
	for _, now := range after {
		was := slices.IndexFunc(groups, func(one triage.Group) bool { return one.ID == now.ID })
		switch {
		case now.ID == g.ID && now.State != triage.Silenced:
			t.Errorf("%s is %s", now.Title, now.State)
		case now.ID != g.ID && now.State == triage.Silenced && was >= 0 && groups[was].State != triage.Silenced:
			t.Errorf("%s became silent as well", now.Title)
		}
	}
	if again := doer.Do(ctx, p, nil)[0]; again.Outcome != respond.Already || !strings.HasPrefix(again.Sentence, "Already silenced by ") {
		t.Errorf("again = %+v", again)
	}
}
