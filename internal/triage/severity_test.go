package triage

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"firstline/sources"
)

func TestSeverityWords(t *testing.T) {
	for want, words := range map[Severity]string{
		Critical: "critical CRITICAL crit fatal emergency emerg panic disaster page alert blocker P0 P1 p1 SEV1 sev-1 SEV_1 sev.1 S1 s1 Sev01 severity-1 prio1",
		Error:    "error Err major high HIGH severe P2 SEV-2 SEV_2 s2 sev2",
		Warning:  "warning warn Minor medium average moderate ticket P3 SEV3 S3",
		Info:     "info information informational notice none low debug P4 P5 SEV4 S4 s5 sev_5",
		Unknown:  "gold 1 5 p sev p10 sev42 p1x critical! not-critical sp1 P-",
	} {
		for _, word := range strings.Fields(words) {
			if got := SeverityOf(word); got != want {
				t.Errorf("SeverityOf(%q) = %q, want %q", word, got, want)
			}
		}
	}
	for _, word := range []string{" Critical ", "Sev 1", "\tP1\n"} {
		if SeverityOf(word) != Critical {
			t.Errorf("SeverityOf(%q) = %q", word, SeverityOf(word))
		}
	}
}

func TestSeverityOfGroups(t *testing.T) {
	alert := func(severity, name string) *sources.Alert {
		return metricAlert("alertname=" + name + " service=" + name + " severity=" + severity)
	}
	o := Options{Severities: map[string]Severity{"gold": Critical, "page": Info}}
	for _, c := range []struct {
		severity string
		o        Options
		want     Severity
		text     string
		gravity  int
	}{
		{"P1", Options{}, Critical, "P1", 0},
		{"SEV_2", Options{}, Error, "SEV_2", 1},
		{"ticket", Options{}, Warning, "ticket", 2},
		{"none", Options{}, Info, "none", 3},
		{"Gold", Options{}, Unknown, "Gold", 2},
		{"Gold", o, Critical, "Gold", 0},
		{"page", o, Info, "page", 3},
		{"critical", o, Critical, "critical", 0},
		{"''", Options{}, Unknown, "", 4},
	} {
		groups := Join([]sources.Snapshot{metrics(sources.Data{Alerts: []*sources.Alert{alert(c.severity, "X")}})}, c.o, testNow)
		if g := groups[0]; g.Severity != c.want || g.SeverityText != c.text || g.Gravity() != c.gravity || g.Alerts[0].Severity != c.want {
			t.Errorf("%s: %q %q %d", c.severity, g.Severity, g.SeverityText, g.Gravity())
		}
	}
}

// An unknown word is never below no severity, and sorts with warning.
func TestUnknownSeverityBesideWarning(t *testing.T) {
	var alerts []*sources.Alert
	for _, s := range []string{"none", "warning", "gold", "error", "info"} {
		alerts = append(alerts, metricAlert("alertname=X service="+s+" severity="+s))
	}
	groups := Join([]sources.Snapshot{metrics(sources.Data{Alerts: alerts})}, Options{}, testNow)
	Sort(groups, BySeverity)
	var order []string
	for _, g := range groups {
		order = append(order, BySeverity.Heading(g))
	}
	if want := []string{"error", "warning", "gold", "info", "info"}; !slices.Equal(order, want) {
		t.Errorf("by severity %v, want %v", order, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[a-zA-Z0-9_. -]{0,8}[a-zA-Z0-9]`).Draw(t, "word")
		g, none := Group{Severity: SeverityOf(word), SeverityText: word}, Group{Severity: SeverityOf("none"), SeverityText: "none"}
		if g.Gravity() > none.Gravity() {
			t.Fatalf("%q is below none", word)
		}
		if SeverityOf(word) != SeverityOf(strings.ToUpper(word)) {
			t.Fatalf("%q depends on its case", word)
		}
	})
}
