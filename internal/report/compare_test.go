package report

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"firstline/internal/history/past"
	"firstline/sources"
)

// analyzedByHand is what Analytics would say of two incidents of testdata/hand.txt.
func analyzedByHand() []sources.AnalyzedIncident {
	a1 := map[string]float64{
		"total_interruptions": 1, "business_hour_interruptions": 1, "off_hour_interruptions": 0, "sleep_hour_interruptions": 0,
		"seconds_to_first_ack": 240, "seconds_to_resolve": 2040, "engaged_seconds": 1800, "engaged_user_count": 1,
		"manual_escalation_count": 0, "timeout_escalation_count": 0,
	}
	n1 := maps.Clone(a1)
	n1["seconds_to_first_ack"], n1["seconds_to_resolve"], n1["engaged_seconds"], n1["engaged_user_count"] = 361, 960, 1200, 2
	n1["manual_escalation_count"] = 1
	delete(n1, "seconds_to_resolve")
	return []sources.AnalyzedIncident{{ID: "a1", Metrics: a1}, {ID: "n1", Metrics: n1}, {ID: "QGONE", Metrics: a1}}
}

func TestCompareByHand(t *testing.T) {
	h, o := readHand(t), handOptions(t)
	o.Service = ""
	h.Incidents = slices.DeleteFunc(h.Incidents, func(i past.Incident) bool { return i.ID != "a1" && i.ID != "n1" && i.ID != "p2" && i.ID != "f1" })
	got := Compare(h, o, analyzedByHand(), sources.Extent{Read: true})
	sameRows(t, got, expectedRows(t, CompareTable))
	if got.Doubt != "" {
		t.Errorf("the doubt is %q", got.Doubt)
	}
	if got := Compare(h, o, nil, sources.Extent{Read: true, Missing: "only the oldest 3 were read"}); !strings.Contains(got.Doubt, "only the oldest 3") {
		t.Errorf("the doubt is %q", got.Doubt)
	}
	h.Log = nil
	if got := Compare(h, o, analyzedByHand(), sources.Extent{Read: true}); got.Unknown == "" {
		t.Errorf("without a history it is %+v", got)
	}
}
