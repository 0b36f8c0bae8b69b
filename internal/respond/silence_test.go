package respond

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"firstline/internal/respond/fixture"
	"firstline/internal/silencing"
	"firstline/internal/triage"
	"firstline/sources"
)

// silenced are the fingerprints that the steps' silences match among alerts.
func silenced(steps []Step, alerts []*sources.Alert) map[string]bool {
	hit := map[string]bool{}
	for _, a := range alerts {
		for _, s := range steps {
			if silencing.AnyMatch(s.Silence.Matchers, []map[string]string{a.Labels}) {
				hit[a.Fingerprint] = true
			}
		}
	}
	return hit
}

// The silences of a group match all its alerts and no other, whatever labels
// there are.
func TestSilencesMatchExactlyTheGroup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.SampledFrom([]string{"", "a", "b", "a|b", ".*"})
		label := rapid.SampledFrom([]string{"alertname", "service", "pod", "cluster"})
		sets := rapid.SliceOfNDistinct(rapid.MapOfN(label, value, 0, 4), 1, 12, func(m map[string]string) string {
			// To Prometheus and Alertmanager an empty label is absent.
			for k, v := range m {
				if v == "" {
					delete(m, k)
				}
			}
			if len(m) == 0 {
				m["pod"] = "only" // Alertmanager takes no alert without labels
			}
			return fmt.Sprint(m)
		}).Draw(t, "labels")
		var alerts []*sources.Alert
		for n, set := range sets {
			alerts = append(alerts, &sources.Alert{Fingerprint: fmt.Sprint("f", n), Labels: set})
		}
		size := rapid.IntRange(1, len(alerts)).Draw(t, "size")
		g := triage.Group{ID: "g", Alerts: fixture.TriageAlerts(alerts[:size])}
		w := Data{Now: fixture.Sunday, Alertmanagers: []silencing.Alertmanager{{Name: "am", Alerts: alerts}}}
		steps, err := silencesFor(g, "ACK! x", fixture.Sunday.Add(silencing.AckSilence), w)
		if err != nil {
			t.Fatalf("refused: %v", err)
		}
		hit := silenced(steps, alerts)
		for n, a := range alerts {
			ours := n < size
			if hit[a.Fingerprint] != ours {
				t.Fatalf("alert %v: silenced %v, of the group %v", a.Labels, hit[a.Fingerprint], ours)
			}
		}
		for _, s := range steps {
			if silencing.AnyMatch(s.Silence.Matchers, []map[string]string{{"unrelated": "x"}}) {
				t.Fatalf("%v match what has nothing to do with it", s.Silence.Matchers)
			}
		}
	})
}

func TestSilenceIsShortAndMarked(t *testing.T) {
	p := NewPlan(Request{Action: Acknowledge, Groups: []triage.Group{fixture.AlertsGroup()}, Instead: BySilence, Reason: "on\nit"}, testData(Developer))
	if len(p.Items[0].Steps) != 1 {
		t.Fatalf("steps = %+v", p.Items[0].Steps)
	}
	s := p.Items[0].Steps[0].Silence
	if s.Comment != "ACK! on it by Dana Reyes (dana@example.com) with firstline" || s.CreatedBy != "dana@example.com" || s.Source != "am-eu" {
		t.Errorf("silence = %+v", s)
	}
	if s.EndsAt.Sub(s.StartsAt) != silencing.AckSilence {
		t.Errorf("lasts %v", s.EndsAt.Sub(s.StartsAt))
	}
	if got := len(p.Items[0].Steps[0].Matches); got != 2 {
		t.Errorf("lists %d alerts", got)
	}
}

func TestSilenceNeverHangsOnTheAlertnameAlone(t *testing.T) {
	w := testData(Developer)
	all := w.Alertmanagers[0].Alerts
	for n := range all[:3] {
		delete(all[n].Labels, "cluster")
	}
	g := fixture.AlertsGroup()
	g.Labels = map[string]string{"alertname": "HighErrorRate"}
	g.Alerts = fixture.TriageAlerts(all[:3]) // of two services, so only the name is common
	steps, err := silencesFor(g, "ACK! x", fixture.Sunday.Add(silencing.AckSilence), w)
	if err != nil || len(steps) != 3 {
		t.Errorf("%d silences, %v; want one for each alert", len(steps), err)
	}
}

func TestAlertOfPrometheusIsFoundInAlertmanager(t *testing.T) {
	w := testData(Developer)
	g := fixture.AlertsGroup()
	// Prometheus's own API shows no external labels and no fingerprint.
	own := func(pod string) triage.Alert {
		return triage.Alert{Alert: sources.Alert{Labels: map[string]string{"alertname": "HighErrorRate", "service": "checkout", "pod": pod}}}
	}
	g.Alerts = []triage.Alert{own("a"), own("b")}
	steps, err := silencesFor(g, "ACK! x", fixture.Sunday.Add(silencing.AckSilence), w)
	if err != nil || len(silenced(steps, w.Alertmanagers[0].Alerts)) != 2 {
		t.Fatalf("%+v, %v", steps, err)
	}
	// The same alert from a second cluster: the intended one is unknown.
	twin := w.Alertmanagers[0].Alerts[0]
	twin.Fingerprint, twin.Labels = "f9", sources.MergeLabels(twin.Labels, map[string]string{"cluster": "us"})
	am := w.Alertmanagers[0]
	w.Alertmanagers[0] = silencing.NewAlertmanager(am.Name, sources.Data{Alerts: append(am.Alerts, twin), Silences: am.Silences})
	g.Alerts = []triage.Alert{own("a")}
	if steps, err := silencesFor(g, "ACK! x", fixture.Sunday.Add(silencing.AckSilence), w); err == nil {
		t.Errorf("guessed %+v", steps)
	}
}

func TestSilenceRefused(t *testing.T) {
	many := fixture.AlertsGroup()
	w := testData(Developer)
	w.Alertmanagers[0] = silencing.Alertmanager{Name: "am-eu"}
	many.Alerts = nil
	for n := range silencing.SilenceLimit + 1 {
		a := &sources.Alert{Fingerprint: fmt.Sprint(n), Labels: map[string]string{"alertname": fmt.Sprint("A", n)}}
		w.Alertmanagers[0].Alerts = append(w.Alertmanagers[0].Alerts, a)
		many.Alerts = append(many.Alerts, triage.Alert{Alert: *a})
	}
	for _, tt := range []struct {
		g    triage.Group
		w    Data
		want string
	}{
		{fixture.AlertsGroup(), Data{}, "no Alertmanager is configured"},
		{fixture.StrayGroup(), w, "no Alertmanager reports these alerts"},
		{many, w, "it would take 21 silences"},
	} {
		if _, err := silencesFor(tt.g, "ACK! x", fixture.Sunday.Add(silencing.AckSilence), tt.w); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("err = %v, want %q", err, tt.want)
		}
	}
}

func TestSilencedAlready(t *testing.T) {
	w := testData(Developer)
	am := &w.Alertmanagers[0]
	am.Silences = []sources.Silence{{ID: "s1", CreatedBy: "ann@example.com", EndsAt: fixture.Sunday}}
	am.Alerts[0].SilencedBy = []string{"s1"}
	if p := NewPlan(Request{Action: Acknowledge, Groups: []triage.Group{fixture.AlertsGroup()}, Instead: BySilence}, w); p.Items[0].Already {
		t.Error("one of two alerts still makes noise")
	}
	am.Alerts[1].SilencedBy = []string{"s1"}
	p := NewPlan(Request{Action: Acknowledge, Groups: []triage.Group{fixture.AlertsGroup()}}, w)
	if want := "Already silenced by ann@example.com until 02:30."; !p.Items[0].Already || p.Items[0].Sentence != want {
		t.Errorf("item = %+v", p.Items[0])
	}
}
