package triage

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"firstline/internal/labelset"
	"firstline/sources"
)

// unread is the incident as it is before its alerts are read.
func unread(in sources.Incident, count int) sources.Incident {
	in.Alerts, in.AlertsRead, in.AlertCount = nil, false, count
	return in
}

// firstOnly is the incident when only its first alert is known.
func firstOnly(in sources.Incident, count int) sources.Incident {
	in.Alerts, in.AlertsRead, in.AlertCount = in.Alerts[:1:1], false, count
	return in
}

// What is said of an incident whose alerts are not read, and of the alerts that
// may be among them: x is one that fires, of service s.
func TestUnread(t *testing.T) {
	titled := func(in sources.Incident, title string) sources.Incident {
		in.Title = title
		return in
	}
	keyed := func(in sources.Incident, key string) sources.Incident {
		in.Key = key
		return in
	}
	x := routedAlert("alertname=X service=s pod=a")
	grouped := sources.Data{Alerts: []*sources.Alert{x}, Routing: simpleRouting, Groups: []sources.NotificationGroup{
		{Source: "am", Receiver: "pd", Labels: set("alertname=X"), Fingerprints: []string{x.Fingerprint}},
	}}
	named := titled(incident("P1"), "[FIRING:1] X s (prod)")
	another := incident("P2", sent("k2", textOf("alertname=X service=s pod=gone")))
	const notRead = "the alerts of incident P1 are not read yet"
	tests := []struct {
		name      string
		incidents []sources.Incident
		unread    string // of P1
		takes     string // the id of the incident that takes x
		rule      Rule
		unpaged   bool
		because   string
	}{
		{"nothing is known of its alerts", []sources.Incident{unread(incident("P1"), 0)}, "alerts not read yet", "", Unjoined, false, notRead},
		{"it is told how many there are", []sources.Incident{unread(incident("P1"), 3)}, "3 alerts not read yet", "", Unjoined, false, notRead},
		{"there is one", []sources.Incident{unread(incident("P1"), 1)}, "1 alert not read yet", "", Unjoined, false, notRead},
		{"its title names the alert and the service", []sources.Incident{unread(named, 1)}, "1 alert not read yet", "", Unjoined, false, "the alerts of X s (prod) are not read yet"},
		{"the same once its alerts are read", []sources.Incident{named}, "", "P1", ByNameAndService, false, ""},
		{"its key proves its only alert", []sources.Incident{unread(keyed(incident("P1"), keyFor("alertname=X")), 1)}, "", "P1", ByDedupKey, false, ""},
		{"its key proves one of two alerts", []sources.Incident{unread(keyed(incident("P1"), keyFor("alertname=X")), 2)}, "2 alerts not read yet", "P1", ByDedupKey, false, ""},
		{"its key proves one of some alerts", []sources.Incident{unread(keyed(incident("P1"), keyFor("alertname=X")), 0)}, "alerts not read yet", "P1", ByDedupKey, false, ""},
		{"its key is of another group", []sources.Incident{unread(keyed(incident("P1"), keyFor("alertname=Z")), 1)}, "1 alert not read yet", "", Unjoined, false, notRead},
		{"its first alert is proven, more are not read", []sources.Incident{firstOnly(incident("P1", sent("k", arrayOf("alertname=X service=s pod=a"))), 3)}, "2 more alerts not read yet", "P1", ByFingerprint, false, ""},
		{"its first alert is proven, one more is not read", []sources.Incident{firstOnly(incident("P1", sent("k", arrayOf("alertname=X service=s pod=a"))), 2)}, "1 more alert not read yet", "P1", ByFingerprint, false, ""},
		{"its first alert is proven, nobody tells how many there are", []sources.Incident{firstOnly(incident("P1", sent("k", arrayOf("alertname=X service=s pod=a"))), 0)}, "more alerts not read yet", "P1", ByFingerprint, false, ""},
		{"its first alert is another one", []sources.Incident{firstOnly(incident("P1", sent("k", arrayOf("alertname=Z pod=a"))), 2)}, "1 more alert not read yet", "", Unjoined, false, notRead},
		{"its first alert resembles it, and nobody else may have it", []sources.Incident{firstOnly(incident("P1", sent("k", textOf("alertname=X service=s pod=gone"))), 2)}, "1 more alert not read yet", "P1", ByNameAndService, false, ""},
		{"another resembles it", []sources.Incident{unread(incident("P1"), 2), another}, "2 alerts not read yet", "", Unjoined, false, notRead},
		{"another resembles it, and all is read", []sources.Incident{incident("P1"), another}, "", "P2", ByNameAndService, false, ""},
		{"another proves it", []sources.Incident{unread(incident("P1"), 2), incident("P2", sent("k", arrayOf("alertname=X service=s pod=a")))}, "2 alerts not read yet", "P2", ByFingerprint, false, ""},
		{"it is resolved", []sources.Incident{func() sources.Incident {
			in := unread(incident("P1"), 2)
			in.Status = sources.Resolved
			return in
		}()}, "", "", Unjoined, true, ""},
		{"two of them", []sources.Incident{unread(incident("P1"), 1), unread(incident("P3"), 1)}, "1 alert not read yet", "", Unjoined, false, "the alerts of incident P1 and 1 other incident are not read yet"},
		{"it has none", []sources.Incident{incident("P1")}, "", "", Unjoined, true, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			groups := Join([]sources.Snapshot{manager(grouped), pagerDuty(test.incidents...)}, Options{}, testNow)
			p1 := groupByID(t, groups, "P1")
			if p1.Unread() != test.unread || p1.AlertsUnread != (test.unread != "") {
				t.Errorf("P1: %q, unread %v; want %q", p1.Unread(), p1.AlertsUnread, test.unread)
			}
			for _, g := range groups {
				if g.NoLongerFiring() {
					t.Errorf("%s is said to fire no longer", g.ID)
				}
				if len(g.Alerts) == 0 {
					continue
				}
				takes := ""
				if g.Incident != nil {
					takes = g.ID
				} else if g.Unpaged != test.unpaged || g.NotifiedUnknown.Because() != test.because || g.Unpaged == (test.because != "") {
					t.Errorf("unpaged %v, unknown because %q", g.Unpaged, g.NotifiedUnknown.Because())
				}
				if takes != test.takes || takes != "" && g.Alerts[0].JoinedBy != test.rule {
					t.Errorf("%q takes it by %q", takes, g.Alerts[0].JoinedBy)
				}
			}
		})
	}
}

func TestNotifiedUnknown(t *testing.T) {
	failing, reading, capped := pagerDuty(), pagerDuty(), pagerDuty()
	failing.Err = errDown
	reading.Partial = true
	capped.Data.Extents.Incidents = sources.Extent{Read: true, Missing: "PagerDuty lists only 10,000"}
	whole := pagerDuty()
	whole.Data.Extents.Incidents = sources.Whole
	second := snapshot(sources.PagerDuty, "pd-2", sources.Data{})
	never := sources.Snapshot{Source: sources.Source{Kind: sources.PagerDuty, Name: "pd-3"}}
	for _, test := range []struct {
		name    string
		pd      []sources.Snapshot
		cause   UnknownCause
		because string
	}{
		{"there is none", nil, NoPagerDuty, "no PagerDuty account is configured"},
		{"all is read", []sources.Snapshot{whole}, "", ""},
		{"two are read", []sources.Snapshot{whole, second}, "", ""},
		{"it fails", []sources.Snapshot{failing}, PagerDutyFails, "pd does not answer"},
		{"one of two fails", []sources.Snapshot{second, failing}, PagerDutyFails, "pd does not answer"},
		{"it is being read", []sources.Snapshot{reading}, IncidentsReading, "pd is still being read"},
		{"it was never read", []sources.Snapshot{whole, never}, IncidentsReading, "pd-3 is still being read"},
		{"its list was cut off", []sources.Snapshot{capped}, IncidentsMissing, "incidents of pd may be missing: PagerDuty lists only 10,000"},
		{"alerts are not read", []sources.Snapshot{pagerDuty(unread(incident("P1"), 0))}, AlertsUnread, "the alerts of incident P1 are not read yet"},
	} {
		t.Run(test.name, func(t *testing.T) {
			groups := Join(append(test.pd, manager(sources.Data{Alerts: []*sources.Alert{routedAlert("alertname=X")}})), Options{}, testNow)
			for _, g := range groups {
				if g.Incident != nil {
					continue
				}
				if g.NotifiedUnknown.Cause != test.cause || g.NotifiedUnknown.Because() != test.because || g.Unpaged != (test.cause == "") {
					t.Errorf("%+v %q, unpaged %v", g.NotifiedUnknown, g.NotifiedUnknown.Because(), g.Unpaged)
				}
			}
		})
	}
}

// What is said while alerts are not read is true once they are: no alert is
// given to an incident by resemblance, called nobody's, or said to fire no
// longer, that then is otherwise.
func TestUnreadClaimsNothingFalse(t *testing.T) {
	resembled, unpaged, over := 0, 0, 0
	check := func(t *rapid.T) {
		whole := drawSnapshots(t)
		part := slices.Clone(whole)
		for i := range whole {
			if whole[i].Source.Kind != sources.PagerDuty {
				continue
			}
			all := slices.Clone(whole[i].Data.Incidents)
			some := slices.Clone(all)
			for k := range all {
				all[k].AlertsRead, all[k].AlertCount = true, len(all[k].Alerts)
				some[k] = all[k]
				if len(all[k].Alerts) == 0 {
					continue
				}
				switch rapid.IntRange(0, 5).Draw(t, "unread") {
				case 0:
					some[k] = unread(all[k], rapid.SampledFrom([]int{0, len(all[k].Alerts)}).Draw(t, "count"))
				case 1:
					some[k] = firstOnly(all[k], 0)
				}
			}
			whole[i].Data.Incidents, part[i].Data.Incidents = all, some
		}
		of := map[string]Group{} // by an alert's labels and clusters
		ids := map[string]Group{}
		for _, g := range Join(whole, Options{}, testNow) {
			ids[g.ID] = g
			for _, a := range g.Alerts {
				of[labelset.Canonical(a.Labels)+strings.Join(a.Clusters, ",")] = g
			}
		}
		for _, g := range Join(part, Options{}, testNow) {
			for _, a := range g.Alerts {
				then := of[labelset.Canonical(a.Labels)+strings.Join(a.Clusters, ",")]
				switch {
				case g.Incident != nil && weak(a.JoinedBy):
					if resembled++; then.ID != g.ID {
						t.Fatalf("%v is given to %s by resemblance, and is of %s", a.Labels, g.ID, then.ID)
					}
				case g.Unpaged:
					if unpaged++; then.Incident != nil {
						t.Fatalf("%v is said to be nobody's, and is of %s", a.Labels, then.ID)
					}
				}
			}
			if g.NoLongerFiring() {
				if over++; !ids[g.ID].NoLongerFiring() {
					t.Fatalf("%s is said to fire no longer", g.ID)
				}
			}
		}
	}
	for range 10 {
		rapid.Check(t, check)
	}
	if !testing.Short() && (resembled == 0 || unpaged == 0 || over == 0) {
		t.Errorf("nothing was tried: %d resembled, %d unpaged, %d over", resembled, unpaged, over)
	}
}

// What was given by resemblance while all was read stays where it is while a
// new incident's alerts are read.
func TestResemblanceStays(t *testing.T) {
	prom := metrics(sources.Data{Alerts: []*sources.Alert{metricAlert("alertname=X service=s pod=a")}})
	old := incident("P1", sent("k", textOf("alertname=X service=s pod=gone")))
	proven := incident("P2", sent("l", textOf("alertname=X service=s pod=a")))
	var j Joiner
	for i, step := range []struct {
		incidents []sources.Incident
		takes     string
	}{
		{[]sources.Incident{unread(proven, 1), old}, ""},
		{[]sources.Incident{old}, "P1"},
		{[]sources.Incident{old, unread(proven, 1)}, "P1"},
		{[]sources.Incident{old, unread(proven, 1)}, "P1"},
		{[]sources.Incident{old, proven}, "P2"},
		{[]sources.Incident{old, unread(proven, 1)}, ""},
	} {
		takes := ""
		for _, g := range j.Join([]sources.Snapshot{prom, pagerDuty(step.incidents...)}, Options{}, testNow) {
			if g.Incident != nil && len(g.Alerts) > 0 {
				takes = g.ID
			}
		}
		if takes != step.takes {
			t.Errorf("step %d: %q takes it, want %q", i, takes, step.takes)
		}
	}
}

// A severity that is not read yet is shown as such, sorts with warning, and
// comes only from alerts.
func TestSeverityNotReadYet(t *testing.T) {
	high := func(id string, severity string) sources.Incident {
		a := sent("k"+id, nil)
		a.Severity = severity
		return incident(id, a)
	}
	groups := Join([]sources.Snapshot{pagerDuty(
		high("P1", "info"), high("P2", "critical"), unread(high("P3", "critical"), 1), high("P4", ""),
		high("P5", "warning"), firstOnly(high("P6", "error"), 3), firstOnly(high("P7", ""), 3),
	)}, Options{}, testNow)
	var got []string
	for _, g := range groups {
		got = append(got, fmt.Sprintf("%s %s %v", g.ID, g.Severity, g.SeverityUnread()))
	}
	want := []string{"P2 critical false", "P6 error false", "P3  true", "P4  false", "P5 warning false", "P7  true", "P1 info false"}
	if !slices.Equal(got, want) {
		t.Errorf("order\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	Sort(groups, BySeverity)
	var headings []string
	for _, g := range groups {
		headings = append(headings, BySeverity.Heading(g))
	}
	if want := []string{"critical", "error", "warning", "severity not read yet", "severity not read yet", "no severity", "info"}; !slices.Equal(headings, want) {
		t.Errorf("headings %q, want %q", headings, want)
	}
}
