package sources

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"firstline/internal/wording"
)

// Missing returns sentences on what was not read of a source that answered, and
// why. It is empty if the source was read whole, and for a source that failed
// or was not read yet: then nothing of it is known. The sentences contain text
// of the source.
func (s Snapshot) Missing() []string {
	if !s.OK() {
		return nil
	}
	if s.Source.Kind == PagerDuty {
		return s.Data.missingIncidents()
	}
	return s.Data.missingAlerts()
}

// missingAlerts is Missing for a Prometheus or an Alertmanager.
func (d Data) missingAlerts() []string {
	var missing []string
	e := d.Extents
	if !e.Alerts.Whole() {
		missing = append(missing, "not all active alerts are known, because "+e.Alerts.Why())
	}
	if e.Rules.Missing != "" {
		missing = append(missing, "not all alerting rules are known, because "+e.Rules.Missing)
	}
	if e.Silences.Missing != "" {
		missing = append(missing, "not all silences are known, because "+e.Silences.Missing)
	}
	return missing
}

// missingIncidents is Missing for a PagerDuty account.
func (d Data) missingIncidents() []string {
	var missing []string
	add := func(format string, a ...any) { missing = append(missing, fmt.Sprintf(format, a...)) }
	e := d.Extents
	if !e.Incidents.Whole() {
		add("not all open incidents are known, because %s", e.Incidents.Why())
	}
	if n := d.UnreadAlerts(); n > 0 {
		add("not all alerts of %d of %s are read, because %s", n, wording.Count(len(d.Incidents), "incident"), e.Alerts.Why())
	}
	if !e.Services.Read && e.Services.Missing != "" {
		add("which team owns what is not all known, because %s", e.Services.Missing)
	}
	unread, why := 0, ""
	for _, id := range slices.Sorted(maps.Keys(e.OnCalls)) {
		if extent := e.OnCalls[id]; !extent.Whole() {
			unread, why = unread+1, cmp.Or(why, extent.Why())
		}
	}
	if unread > 0 {
		add("who is on call at %s is not known, because %s", wording.Count(unread, "escalation policy"), why)
	}
	return missing
}

// Whole reports whether the source answered and nothing is missing from what
// was read.
func (s Snapshot) Whole() bool { return s.OK() && !s.Partial && len(s.Missing()) == 0 }
