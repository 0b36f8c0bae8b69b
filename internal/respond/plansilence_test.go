package respond

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/respond/fixture"
	"firstline/internal/silencing"
	"firstline/internal/triage"
	"firstline/sources"
)

func TestPlanSilence(t *testing.T) {
	until := fixture.Sunday.Add(2 * time.Hour)
	matchers := func(s string) []sources.Matcher {
		m, err := silencing.ParseMatchers(s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, tt := range []struct {
		name    string
		r       Request
		want    string // begins with
		matches int
		confirm string
		warns   string
	}{
		{"exactly the group", Request{Until: until}, `silence {alertname="HighErrorRate", cluster="eu", service="checkout"}`, 2, "", ""},
		{"chosen", Request{Until: until, Matchers: matchers(`service=~"check.*"`)}, `silence {service=~"check.*"}`, 2, "", ""},
		{"chosen, more than the group", Request{Until: until, Matchers: matchers(`alertname="HighErrorRate"`)}, `silence {alertname="HighErrorRate"}`, 3, "", "It also matches 1 alert outside of what is chosen."},
		{"nothing fires", Request{Until: until, Matchers: matchers(`service="later"`)}, `silence {service="later"}`, 0, "", "No active alert matches"},
		{"all that fires", Request{Until: until, Matchers: matchers(`cluster="eu"`)}, `silence {cluster="eu"}`, 4, "It silences all 4 alerts that am-eu reports.", ""},
		{"anything", Request{Until: until, Matchers: matchers(`pod=~".+"`)}, `silence {pod=~".+"}`, 3, "match every alert that has these labels", ""},
		{"anything but", Request{Until: until, Matchers: matchers(`pod=~".+",service!="checkout"`)}, `silence {pod=~".+", service!="checkout"}`, 1, "match every alert", ""},
		{"without labels", Request{Until: until, Matchers: matchers(`service!="x"`)}, "refused: These matchers match alerts without any label", 0, "", ""},
		{"a bad expression", Request{Until: until, Matchers: []sources.Matcher{{Name: "a", Value: "(", Regex: true, Equal: true}}}, "refused: The regular expression", 0, "", ""},
		{"no end", Request{}, "refused: Until when is not said", 0, "", ""},
		{"for long", Request{Until: fixture.Sunday.Add(30 * 24 * time.Hour)}, "silence ", 2, "", "It silences for 30 d: who will remember?"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.r.Action, tt.r.Groups = Silence, []triage.Group{fixture.AlertsGroup()}
			p := NewPlan(tt.r, testData(Developer))
			if got := brief(p, p.Items[0]); !strings.HasPrefix(got, tt.want) {
				t.Fatalf("plan = %q, want %q", got, tt.want)
			}
			if confirm := strings.Join(p.Confirm, "\n"); !strings.Contains(confirm, tt.confirm) || tt.confirm == "" && confirm != "" {
				t.Errorf("confirm = %q, want %q", confirm, tt.confirm)
			}
			if warns := strings.Join(p.Warnings, "\n"); !strings.Contains(warns, tt.warns) {
				t.Errorf("warnings = %q, want %q", warns, tt.warns)
			}
			if p.Refused == "" && len(p.Items[0].Steps[0].Matches) != tt.matches {
				t.Errorf("matches %q, want %d", p.Items[0].Steps[0].Matches, tt.matches)
			}
		})
	}
}

func TestPlanChangeOfSilences(t *testing.T) {
	w, g := quietData(testData(Developer))
	again := g
	again.ID = "another"
	p := NewPlan(Request{Action: ExpireSilence, Groups: []triage.Group{g, again, fixture.AlertsGroup()}}, w)
	for i, want := range []string{"expire-silence s0", "already: The same silence is changed with another group.", "item refused: No silence mutes it."} {
		if got := brief(p, p.Items[i]); got != want {
			t.Errorf("plan %d = %q, want %q", i, got, want)
		}
	}
	if !strings.Contains(strings.Join(p.Warnings, "\n"), "1 alert under it still fires: Alertmanager will notify again") {
		t.Errorf("warnings = %q", p.Warnings)
	}
	lines := strings.Join(p.Lines(), "\n")
	if !strings.Contains(lines, `{alertname="DiskFull"} in am-eu by ann@example.com`) || !strings.Contains(lines, "DiskFull firing") {
		t.Errorf("the preview does not show the silence and its alert:\n%s", lines)
	}
	p = NewPlan(Request{Action: ExtendSilence, Until: fixture.Sunday.Add(30 * time.Minute), Groups: []triage.Group{g}}, w)
	if got := brief(p, p.Items[0]); !strings.HasPrefix(got, "already: It lasts until Sun 22 Nov 03:30 UTC already.") {
		t.Errorf("plan = %q", got)
	}
}

func TestMatcherTextIsReadBack(t *testing.T) {
	for _, s := range []string{`a="b"`, `a=~"b|c", d!="e", f!~"g"`} {
		m, err := silencing.ParseMatchers(s)
		if err != nil || silencing.MatcherText(m) != s {
			t.Errorf("%s became %s, %v", s, silencing.MatcherText(m), err)
		}
	}
	if _, err := silencing.ParseMatchers(`a="b", c`); err == nil || !strings.Contains(err.Error(), "at 8") {
		t.Errorf("the place is not told: %v", err)
	}
}
