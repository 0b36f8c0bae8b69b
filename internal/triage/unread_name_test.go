package triage

import (
	"strings"
	"testing"
	"time"

	"firstline/sources"
)

// TestWhatIsUnreadIsNamed: the reason why it is unknown whether somebody was
// notified is named, with how many there are.
func TestWhatIsUnreadIsNamed(t *testing.T) {
	made := func(id string, number int, title string, age time.Duration) sources.Incident {
		in := unread(incident(id), 2)
		in.Number, in.Title, in.CreatedAt = number, title, testNow.Add(-age)
		return in
	}
	resolved := made("P9", 9, "over", 9*time.Hour)
	resolved.Status = sources.Resolved
	for name, tt := range map[string]struct {
		incidents []sources.Incident
		want      string
	}{
		"one":                      {[]sources.Incident{made("P1", 12, "Checkout errors", time.Hour)}, "the alerts of #12 Checkout errors are not read yet"},
		"two, the older is named":  {[]sources.Incident{made("P1", 12, "Checkout errors", time.Hour), made("P2", 7, "Disk", 2*time.Hour)}, "the alerts of #7 Disk and 1 other incident are not read yet"},
		"three":                    {[]sources.Incident{made("P1", 12, "a", time.Hour), made("P2", 7, "b", time.Hour), made("P3", 8, "c", time.Hour)}, "the alerts of #12 a and 2 other incidents are not read yet"},
		"one is resolved":          {[]sources.Incident{made("P1", 12, "a", time.Hour), resolved}, "the alerts of #12 a are not read yet"},
		"one is read":              {[]sources.Incident{made("P1", 12, "a", time.Hour), incident("P2")}, "the alerts of #12 a are not read yet"},
		"without a number":         {[]sources.Incident{made("P1", 0, "a", time.Hour)}, "the alerts of a are not read yet"},
		"without a title":          {[]sources.Incident{made("P1", 12, "", time.Hour)}, "the alerts of #12 are not read yet"},
		"without either":           {[]sources.Incident{made("P1", 0, "", time.Hour)}, "the alerts of P1 are not read yet"},
		"what was counted is not":  {[]sources.Incident{made("P1", 12, "[FIRING:3] a", time.Hour)}, "the alerts of #12 a are not read yet"},
		"a hostile title is clean": {[]sources.Incident{made("P1", 12, "a\x1b[2J\nb", time.Hour)}, "the alerts of #12 a b are not read yet"},
		"a long title is cut":      {[]sources.Incident{made("P1", 12, strings.Repeat("é", 99), time.Hour)}, "the alerts of #12 " + strings.Repeat("é", 59) + "… are not read yet"},
		"none":                     {[]sources.Incident{incident("P1")}, ""},
	} {
		groups := Join([]sources.Snapshot{
			manager(sources.Data{Alerts: []*sources.Alert{routedAlert("alertname=X")}}), pagerDuty(tt.incidents...),
		}, Options{}, testNow)
		for _, g := range groups {
			if g.Incident == nil {
				if got := g.NotifiedUnknown.Because(); got != tt.want || g.Unpaged != (tt.want == "") {
					t.Errorf("%s: %q, want %q", name, got, tt.want)
				}
			}
		}
	}
	// What it may have taken by resemblance names the other one.
	x := routedAlert("alertname=X service=s pod=a")
	resembles := incident("P2", sent("k2", textOf("alertname=X service=s pod=gone")))
	for _, g := range Join([]sources.Snapshot{manager(sources.Data{Alerts: []*sources.Alert{x}}), pagerDuty(resembles, made("P1", 12, "Disk", time.Hour))}, Options{}, testNow) {
		if g.Incident != nil && g.Incident.ID == "P2" && !strings.Contains(g.Over.Because, "may be its own: the alerts of #12 Disk are not read yet") {
			t.Errorf("P2: %+v", g.Over)
		}
	}
}
