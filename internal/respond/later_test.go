package respond

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/notetext"
	"firstline/internal/respond/fixture"
	"firstline/internal/silencing"
	"firstline/internal/triage"
	"firstline/sources"
)

// What else chosen matchers would silence is described by all of the matchers:
// an alert that they do not match is never called silenced.
func TestLaterOfChosenMatchers(t *testing.T) {
	const fires = "alertname=DiskFull service=db severity=critical instance=n1; alertname=DiskFull service=cache severity=critical instance=n2; alertname=OnlyName; alertname=Slow service=api severity=warning pod=a"
	for _, tt := range []struct{ matchers, want string }{
		{`severity="critical"`, `any alert with severity="critical", whatever its other labels.`},
		{`severity="nothing"`, `any alert with severity="nothing", whatever its other labels.`},
		{`severity=~"critical|warning"`, `any alert with severity=~"critical|warning", whatever its other labels.`},
		{`severity="critical", instance=~"n.*"`, `any alert with instance=~"n.*" and severity="critical", whatever its other labels.`},
		{`alertname="OnlyName"`, `any OnlyName of every service, whatever its other labels.`},
		{`alertname="Unheard"`, `any Unheard of every service, whatever its other labels.`},
		{`alertname="DiskFull"`, `any DiskFull of every service, whatever its other labels.`},
		{`alertname="DiskFull", severity="critical"`, `any DiskFull of every service with severity="critical", whatever its other labels.`},
		{`alertname=~"Disk.*"`, `any alert with alertname=~"Disk.*", whatever its other labels.`},
		{`alertname="DiskFull", service="db"`, `any DiskFull of db, whatever its instance and severity, also with further labels.`},
		{`alertname="DiskFull", service="db", severity="critical"`, `any DiskFull of db with severity="critical", whatever its instance, also with further labels.`},
		{`alertname="Slow", service="api", severity="warning", pod="a"`, `any Slow that has all these labels and others besides.`},
		{`service="db"`, `any alert of db, whatever its other labels.`},
		{`service="later"`, `any alert of later, whatever its other labels.`},
		{`service="db", severity!="info"`, `any alert of db with severity!="info", whatever its other labels.`},
		{`alertname="", service="db"`, `any alert without alertname of db, whatever its other labels.`},
	} {
		matchers, err := silencing.ParseMatchers(tt.matchers)
		if err != nil {
			t.Fatal(err)
		}
		w := Data{Now: fixture.Sunday, Alertmanagers: []silencing.Alertmanager{{Name: "am", Alerts: fixture.AlertsWith(fixture.LabelSets(fires))}}}
		p := NewPlan(Request{Action: Silence, Matchers: matchers, Until: fixture.Sunday.Add(time.Hour)}, w)
		if text := strings.Join(p.Lines(), "\n"); !strings.Contains(text, "Later it also silences "+tt.want) {
			t.Errorf("{%s}: want %q in\n%s", tt.matchers, tt.want, text)
		}
	}
}

// Each of several silences says what else it would silence, right after itself.
func TestEachSilenceSaysWhatElseItSilences(t *testing.T) {
	for _, own := range []string{
		"a=1 b=2; a=2 b=3",
		"alertname=X service=api pod=a; alertname=Y service=api pod=a",
		"alertname=X cluster=eu instance=1 pod=a; alertname=X cluster=eu instance=2 pod=b",
	} {
		alerts := fixture.AlertsWith(fixture.LabelSets(own))
		w := Data{Now: fixture.Sunday, Alertmanagers: []silencing.Alertmanager{{Name: "am", Alerts: alerts}}}
		p := NewPlan(Request{Action: Silence, Groups: []triage.Group{{ID: "g", Alerts: fixture.TriageAlerts(alerts)}}, Until: fixture.Sunday.Add(time.Hour)}, w)
		steps := p.Preview().Of(PreviewStep)
		later := p.Preview().Of(PreviewLater)
		if len(steps) != 2 || len(later) != 2 {
			t.Errorf("%s: %d silences, %d sentences:\n%s", own, len(steps), len(later), strings.Join(p.Lines(), "\n"))
		}
	}
}

// No two alerts in a list look the same: the labels in which they differ are
// shown, whatever they are.
func TestListedAlertsDiffer(t *testing.T) {
	for _, differ := range []string{
		"mountpoint=/a; mountpoint=/b", "mountpoint=/a; mountpoint=/b; mountpoint=/c device=sda",
		"zone=1; ", "color=" + strings.Repeat("x", 70) + "1; color=" + strings.Repeat("x", 70) + "2",
		"pod=a; pod=b", "a=1 b=1; a=1 b=2; a=2 b=1",
	} {
		var sets []map[string]string
		for one := range strings.SplitSeq(differ, ";") {
			sets = append(sets, fixture.LabelSets("alertname=DiskFull severity=critical instance=n1 "+one)...)
		}
		alerts := fixture.AlertsWith(sets)
		g := triage.Group{ID: "g", Title: "DiskFull", Alerts: fixture.TriageAlerts(alerts)}
		w := Data{Now: fixture.Sunday, Alertmanagers: []silencing.Alertmanager{{Name: "am", Alerts: alerts}}}
		matchers := []sources.Matcher{{Name: "alertname", Value: "DiskFull", Equal: true}}
		p := NewPlan(Request{Action: Silence, Matchers: matchers, Until: fixture.Sunday.Add(time.Hour)}, w)
		lists := map[string][]string{"matches": p.Items[0].Steps[0].Matches, "note": nil}
		for line := range strings.Lines(notetext.Context(g, fixture.Sunday)) {
			if strings.HasPrefix(line, "- ") {
				lists["note"] = append(lists["note"], line)
			}
		}
		for of, lines := range lists {
			if once := slices.Compact(slices.Sorted(slices.Values(lines))); len(lines) != len(sets) || len(once) != len(sets) {
				t.Errorf("%s of %q:\n%s", of, differ, fmt.Sprint(strings.Join(lines, "\n")))
			}
		}
	}
}
