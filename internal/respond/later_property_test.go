package respond

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"firstline/internal/labelset"
	"firstline/internal/respond/fixture"
	"firstline/internal/silencing"
	"firstline/internal/triage"
	"firstline/sources"
)

// says reports whether the preview says that an alert is silenced which differs
// in this label from those that it lists.
func says(later, label string, added bool) bool {
	if strings.Contains(later, "whatever its other labels") {
		return true
	}
	if added && (strings.Contains(later, "further labels") || strings.Contains(later, "others besides")) {
		return true
	}
	return regexp.MustCompile(`\b` + label + `\b`).MatchString(later)
}

// An alert that fires later and differs in one label from those silenced is
// silenced only where the preview said so; and where the alerts have nothing in
// common that identifies a target, no other value is silenced at all.
func TestLaterAlertsAreSilencedOnlyAsPreviewed(t *testing.T) {
	universe := []string{"service", "namespace", "instance", "pod", "severity", "cluster", "replica", "job", "color"}
	targets := []string{"service", "namespace", "instance", "pod"}
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.Custom(func(t *rapid.T) map[string]string {
			set := map[string]string{"alertname": rapid.SampledFrom([]string{"X", "X", "Y", ""}).Draw(t, "name")}
			for _, name := range universe {
				if value := rapid.SampledFrom([]string{"", "a", "b", "a|b", "."}).Draw(t, name); value != "" {
					set[name] = value
				}
			}
			set["job"] = rapid.SampledFrom([]string{"node-exporter", "kube-state-metrics"}).Draw(t, "job")
			maps.DeleteFunc(set, func(_, value string) bool { return value == "" })
			return set
		})
		alerts := fixture.AlertsWith(rapid.SliceOfNDistinct(draw, 1, 10, func(m map[string]string) string { return fmt.Sprint(m) }).Draw(t, "alerts"))
		size := rapid.IntRange(1, len(alerts)).Draw(t, "size")
		g := triage.Group{ID: "g", Alerts: fixture.TriageAlerts(alerts[:size])}
		w := Data{Now: fixture.Sunday, Alertmanagers: []silencing.Alertmanager{{Name: "am", Alerts: alerts}}}
		p := NewPlan(Request{Action: Silence, Groups: []triage.Group{g}, Until: fixture.Sunday.Add(silencing.AckSilence)}, w)
		if p.Refused != "" {
			t.Fatalf("refused: %s", p.Refused)
		}
		preview := strings.Join(p.Lines(), "\n")
		for _, s := range p.Items[0].Steps {
			if !strings.Contains(preview, s.Later) || s.Later == "" {
				t.Fatalf("%q is not in the preview:\n%s", s.Later, preview)
			}
		}
		for _, a := range alerts[:size] {
			for _, name := range append(universe, "alertname", "unheard_of") {
				later := maps.Clone(a.Labels)
				later[name] = "zz-9"
				for _, s := range p.Items[0].Steps {
					if !silencing.AnyMatch(s.Silence.Matchers, []map[string]string{later}) {
						continue
					}
					if name == "alertname" || !says(s.Later, name, a.Labels[name] == "") {
						t.Fatalf("%s silences %v, which differs in %s, and says only %q", silencing.MatcherText(s.Silence.Matchers), later, name, s.Later)
					}
					of := slices.DeleteFunc(slices.Clone(alerts[:size]), func(b *sources.Alert) bool { return b.Name() != a.Name() })
					common := labelset.Common(of, func(a **sources.Alert) map[string]string { return (*a).Labels })
					identified := slices.ContainsFunc(targets, func(name string) bool { return common[name] != "" })
					if a.Labels[name] != "" && name != "replica" && !identified {
						t.Fatalf("%s silences %v, though %v identifies nothing", silencing.MatcherText(s.Silence.Matchers), later, common)
					}
				}
			}
		}
	})
}
