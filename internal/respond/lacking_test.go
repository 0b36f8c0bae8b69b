package respond

import (
	"errors"
	"strings"
	"testing"
	"time"

	"firstline/internal/respond/fixture"
	"firstline/internal/silencing"
	"firstline/internal/triage"
	"firstline/sources"
)

// The alerts of an Alertmanager that does not answer, answers in part, or has
// not answered yet are never taken for all: a plan that counts them, or says
// that there are none, mentions it.
func TestUnknownAlertsAreNotCounted(t *testing.T) {
	until := fixture.Sunday.Add(2 * time.Hour)
	matchers := func(s string) []sources.Matcher {
		m, err := silencing.ParseMatchers(s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	down := errors.New("connection refused")
	states := []struct {
		name   string
		change func(*sources.Snapshot)
		why    string // "": it is known
		silent bool   // silences may be missing too
	}{
		{"whole", func(*sources.Snapshot) {}, "", false},
		{"never answered", func(s *sources.Snapshot) { s.Data, s.AsOf, s.Err = sources.Data{}, time.Time{}, down }, "am-eu does not answer", true},
		{"not read yet", func(s *sources.Snapshot) { s.Data, s.AsOf = sources.Data{}, time.Time{} }, "am-eu is not read yet", true},
		{"answers no more", func(s *sources.Snapshot) { s.Err, s.FailingSince = down, fixture.Sunday.Add(-10*time.Minute) }, "am-eu does not answer since 02:20", true},
		{"stale", func(s *sources.Snapshot) { s.AsOf = fixture.Sunday.Add(-20 * time.Minute) }, "am-eu was last read at 02:10", true},
		{"being read", func(s *sources.Snapshot) { s.Partial = true }, "am-eu is being read", true},
		{"alerts not read", func(s *sources.Snapshot) { s.Data.Extents.Alerts = sources.Extent{} }, "the alerts of am-eu are not read", false},
		{"capped", func(s *sources.Snapshot) { s.Data.Extents.Alerts.Missing = "7 alerts are not kept" }, "am-eu may lack alerts: 7 alerts are not kept", false},
		{"it warns", func(s *sources.Snapshot) { s.Data.Warnings = []string{"partial response"} }, "am-eu says: partial response", false},
	}
	actions := []struct {
		name string
		r    Request
		// known is what is said of a whole list.
		facts  string
		change bool // of a silence, by its id
	}{
		{"chosen, nothing fires", Request{Action: Silence, Until: until, Matchers: matchers(`severity="critical"`)}, "No active alert matches: it silences only what fires later.", false},
		{"chosen", Request{Action: Silence, Until: until, Matchers: matchers(`service="checkout"`)}, "silence 2 alerts in am-eu for", false},
		{"chosen, no group", Request{Action: Silence, Until: until, Matchers: matchers(`service="later"`), Groups: []triage.Group{}}, "silence 0 alerts in am-eu for", false},
		{"exactly the group", Request{Action: Silence, Until: until}, "silence 2 alerts in am-eu for", false},
		{"acknowledge", Request{Action: Acknowledge, Instead: BySilence}, "and no other that fires now", false},
		{"extend", Request{Action: ExtendSilence, Until: until, SilenceID: "s0"}, "", true},
		{"end", Request{Action: ExpireSilence, SilenceID: "s0"}, "1 alert under it still fires", true},
		{"end of another", Request{Action: ExpireSilence, SilenceID: "s9"}, "No Alertmanager shows the silence s9", true},
		{"end, of the group", Request{Action: ExpireSilence}, "No silence mutes it.", true},
	}
	for _, state := range states {
		for _, tt := range actions {
			t.Run(state.name+", "+tt.name, func(t *testing.T) {
				data := fixture.AlertsData()
				data.Silences = []sources.Silence{{Source: "am-eu", ID: "s0", State: "active", CreatedBy: "ann@example.com", Matchers: matchers(`alertname="DiskFull"`), EndsAt: fixture.Sunday.Add(time.Hour)}}
				data.Alerts[3].SilencedBy, data.Alerts[3].State = []string{"s0"}, sources.AlertSilenced
				snap := sources.Snapshot{Source: sources.Source{Kind: sources.Alertmanager, Name: "am-eu"}, Data: data, AsOf: fixture.Sunday}
				state.change(&snap)
				pd := sources.Snapshot{Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, Data: fixture.PagerDutyData(), AsOf: fixture.Sunday}
				w := NewData([]sources.Snapshot{pd, snap}, settings(Developer), fixture.Sunday)
				r := tt.r
				if r.Groups == nil {
					r.Groups = []triage.Group{fixture.AlertsGroup()}
				}
				p := NewPlan(r, w)
				text := strings.Join(p.Lines(), "\n")
				for _, i := range p.Items {
					for _, s := range i.Steps {
						text += "\n" + s.MatchesWords()
					}
				}
				if state.why == "" {
					if !strings.Contains(text, tt.facts) || strings.Contains(text, "not known:") {
						t.Errorf("of a whole list, want %q in\n%s", tt.facts, text)
					}
					return
				}
				if refusal := tt.change && p.Refused != "" && !state.silent; refusal {
					return // silences are known
				}
				if tt.facts != "" && strings.Contains(text, tt.facts) || !strings.Contains(text, "not known") || !strings.Contains(text, state.why) {
					t.Errorf("want that it is not known, because %s:\n%s", state.why, text)
				}
				for _, bad := range []string{"silence 0 alerts", "Matches 0 alerts", "only what fires later", " now\n", "There is no", "there is nothing"} {
					if strings.Contains(text+"\n", bad) {
						t.Errorf("%q is said in\n%s", bad, text)
					}
				}
			})
		}
	}
}

// A member of a cluster with a complete answer has the alerts of the others
// too. If another Alertmanager has the matching alerts, one that does not
// answer is named.
func TestUnknownAlertsOfSeveral(t *testing.T) {
	m, err := silencing.ParseMatchers(`service="checkout"`)
	if err != nil {
		t.Fatal(err)
	}
	am := func(name string, peers []string, answers bool) sources.Snapshot {
		s := sources.Snapshot{Source: sources.Source{Kind: sources.Alertmanager, Name: name}, Data: sources.Data{Peers: peers}}
		if answers {
			s.Data = fixture.AlertsData()
			s.Data.Peers, s.AsOf = peers, fixture.Sunday
		} else {
			s.Data.Peers, s.Err = peers, errors.New("down")
		}
		return s
	}
	for _, tt := range []struct {
		name  string
		am    []sources.Snapshot
		facts bool
		says  string
	}{
		{"a cluster of which one answers", []sources.Snapshot{am("a", []string{"1"}, false), am("b", []string{"1"}, true)}, true, "silence 2 alerts in b"},
		{"a cluster of which none answers", []sources.Snapshot{am("a", []string{"1"}, false), am("b", []string{"1"}, false)}, false, "Which alerts it silences now is not known: a does not answer."},
		{"two of which one answers", []sources.Snapshot{am("a", []string{"1"}, false), am("b", []string{"2"}, true)}, false, "Whether it would silence alerts in a is not known, and no silence is made there: a does not answer."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := settings(Developer)
			s.Silencers = []string{"a", "b"}
			p := NewPlan(Request{Action: Silence, Until: fixture.Sunday.Add(time.Hour), Matchers: m}, NewData(tt.am, s, fixture.Sunday))
			text := strings.Join(p.Lines(), "\n")
			if !strings.Contains(text, tt.says) || strings.Contains(text, "not known") == tt.facts {
				t.Errorf("want %q in\n%s", tt.says, text)
			}
		})
	}
}
