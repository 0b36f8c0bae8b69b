package triage

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"firstline/sources"
)

// TestMembersAreInTheOrderOfTheirAlerts: the shortcut by the first label that
// differs gives the order that comparing all labels gives.
func TestMembersAreInTheOrderOfTheirAlerts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		alert := rapid.Custom(func(t *rapid.T) known {
			var k known
			k.State = rapid.SampledFrom([]sources.AlertState{sources.AlertFiring, sources.AlertPending, sources.AlertSilenced}).Draw(t, "state")
			k.Labels = rapid.MapOf(rapid.SampledFrom([]string{"a", "b", "c", "severity"}), rapid.SampledFrom([]string{"", "1", "2", "critical"})).Draw(t, "labels")
			k.Severity = SeverityOf(k.Labels["severity"])
			k.ActiveSince = testNow.Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "age")) * time.Minute)
			k.Fingerprint = rapid.SampledFrom([]string{"", "", "", "f1", "f2"}).Draw(t, "fingerprint")
			return k
		})
		b := &builder{claimer: &claimer{placer: &placer{merger: &merger{alerts: rapid.SliceOfN(alert, 0, 9).Draw(t, "alerts")}}}}
		members := make([]int32, len(b.alerts))
		for i := range members {
			members[i] = int32(i)
		}
		want := slices.Clone(members)
		slices.SortStableFunc(want, func(i, j int32) int {
			x, y := &b.alerts[i], &b.alerts[j]
			return cmp.Or(
				cmp.Compare(urgency(x.State), urgency(y.State)), cmp.Compare(gravity(x.Severity, x.Labels["severity"]), gravity(y.Severity, y.Labels["severity"])),
				x.ActiveSince.Compare(y.ActiveSince), cmp.Compare(x.Fingerprint, y.Fingerprint), compareLabels(x.Labels, y.Labels),
			)
		})
		b.sortMembers(members)
		for i := range want {
			if got, w := fmt.Sprint(b.alerts[members[i]].Alert), fmt.Sprint(b.alerts[want[i]].Alert); got != w {
				t.Fatalf("alert %d is %s, want %s", i, got, w)
			}
		}
	})
}

func TestNamesOfReferences(t *testing.T) {
	keys := append([]string{"", "k", "\u212aey"}, referenceNames...)
	for _, name := range []string{"runbook_url", "Runbook-URL", "RUNBOOK.URL", "runbookurls", "runbook_ur", "", "_", "S.O.P", "doc", "docs", "\u212a", "K", "Kéy", "r\u0000unbook", "wiki_"} {
		for _, key := range keys {
			if got, want := isReferenceKey(name, key), referenceKey(name) == key; got != want {
				t.Errorf("isReferenceKey(%q, %q) is %v, want %v", name, key, got, want)
			}
		}
	}
}
