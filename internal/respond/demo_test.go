package respond_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/sources/alertmanager"
	"firstline/sources/demo"
	"firstline/sources/pagerduty"
	"firstline/sources/prometheus"
)

// TestSilenceOverHTTP acknowledges an alert of the demo that nobody was paged
// for, as joined from all three systems, and looks at what became silent.
func TestSilenceOverHTTP(t *testing.T) {
	ctx := context.Background()
	d, err := demo.Start(demo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	pd, err := pagerduty.New(pagerduty.Options{URL: d.PagerDuty.URL(), Token: demo.Token, Email: demo.Email})
	if err != nil {
		t.Fatal(err)
	}
	prom, err := prometheus.New(prometheus.Options{Name: "prom", URL: d.Prometheus.URL()})
	if err != nil {
		t.Fatal(err)
	}
	am, err := alertmanager.New(alertmanager.Options{Name: "am", URL: d.Alertmanager.URL()})
	if err != nil {
		t.Fatal(err)
	}
	see := func() (respond.World, []triage.Group) {
		var all []sources.Snapshot
		for _, r := range []sources.Reader{pd, prom, am} {
			s := sources.ReadOnce(ctx, r)
			if s.Err != nil {
				t.Fatal(s.Err)
			}
			all = append(all, s)
		}
		now := time.Now()
		return respond.NewWorld(all, respond.Settings{Email: demo.Email, HasPagerDuty: true, Silencers: []string{"am"}}, now),
			triage.Join(all, triage.Options{}, now)
	}
	w, groups := see()
	at := slices.IndexFunc(groups, func(g triage.Group) bool { return g.Incident == nil && g.State == triage.Firing })
	if at < 0 {
		t.Fatal("the demo has no firing alert without an incident")
	}
	g := groups[at]
	p := respond.NewPlan(respond.Request{Action: respond.Acknowledge, Groups: []triage.Group{g}, Instead: respond.BySilence, Reason: "on it"}, w)
	if !p.Ready() || len(p.Pages) > 0 {
		t.Fatalf("%s", strings.Join(p.Lines(), "\n"))
	}
	doer := &respond.Doer{Incidents: pd, Silencers: []sources.Silencer{am}, Email: demo.Email}
	got := doer.Do(ctx, p, nil)[0]
	if got.Outcome != respond.Done || len(got.SilenceIDs) == 0 {
		t.Fatalf("= %+v", got)
	}
	silence, err := am.Silence(ctx, got.SilenceIDs[0])
	if err != nil || !strings.HasPrefix(silence.Comment, "ACK! on it by ") || silence.EndsAt.Sub(silence.StartsAt).Round(time.Minute) != respond.AckSilence {
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
