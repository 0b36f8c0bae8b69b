package respond

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/race"
	"firstline/internal/respond/fixture"
	"firstline/internal/triage"
	"firstline/sources"
)

// refusalGroups are those of the previews, one that is assigned directly, and
// alerts without a known service.
func refusalGroups() map[string][]triage.Group {
	groups := previewGroups()
	direct := fixture.Incident("I1")
	direct.AssignedVia, direct.Assignments = sources.AssignedDirectly, []sources.Assignment{{User: fixture.Ref("UBO", "Bo"), At: fixture.Sunday}}
	asked := fixture.Incident("I1")
	asked.Responders = []sources.Responder{{User: fixture.Ref("UBO", "Bo"), State: "pending", At: fixture.Sunday}}
	resolved := fixture.ResolvedIncident("I2", fixture.Ann, fixture.Sunday.Add(-time.Minute))
	groups["direct"] = []triage.Group{fixture.GroupOf(direct)}
	groups["asked"] = []triage.Group{fixture.GroupOf(asked)}
	groups["stray"] = []triage.Group{fixture.StrayGroup()}
	groups["nothing left"] = []triage.Group{groups["resolved"][0], fixture.GroupOf(resolved)}
	return groups
}

// What is refused before anything is chosen sends nothing, whatever is chosen
// then; where a choice is possible, nothing is refused before.
func TestWhatIsRefusedBeforeIsNeverSent(t *testing.T) {
	race.Skip(t)
	refusals, refusedTargets := map[Action]int{}, 0
	nothing := dataWithoutPagerDuty()
	nothing.Settings.Silencers, nothing.Alertmanagers = nil, nil
	for kind, groups := range refusalGroups() {
		for _, w := range []Data{previewData(t), dataWithoutPagerDuty(), nothing} {
			sends := map[Action]bool{}
			for name, r := range everyRequest() {
				r.Groups, r.Confirmed = groups, true
				p := NewPlan(r, w)
				sends[r.Action] = sends[r.Action] || p.Ready() && p.Items[0].So == ""
				if why := WhyNever(r, w); why != "" && p.Ready() && p.Items[0].So == "" {
					t.Errorf("%s/%s: %q, and it sends %v", name, kind, why, p.Lines())
				}
				if r.Action != HandOff {
					continue
				}
				for _, target := range w.allTargets() {
					why := WhyNotTo(r, target, w)
					r.Target = target
					if p := NewPlan(r, w); why != "" && p.Ready() && p.Items[0].So == "" {
						t.Errorf("%s/%s to %+v: %q, and it sends %v", name, kind, target, why, p.Lines())
					}
					if why != "" {
						refusedTargets++
					}
				}
			}
			for action, any := range sends {
				unanswered := Request{Action: action, Groups: groups}
				why := WhyNever(unanswered, w)
				if any && why != "" {
					t.Errorf("%s/%s is refused before: %q", action, kind, why)
				}
				if why == "" {
					continue
				}
				refusals[action]++
				p := Refusing(unanswered, w, why)
				if p.Ready() || p.Refused != why || strings.Join(p.Lines()[1:2], "") != "Not possible: "+why {
					t.Errorf("%s/%s: the refusal is %v", action, kind, p.Lines())
				}
			}
		}
	}
	for _, action := range []Action{HandOff, NextLevel, AddNote, Resolve, Snooze, Merge, SetUrgency, SetPriority, Silence, ExtendSilence, ExpireSilence} {
		if refusals[action] == 0 {
			t.Errorf("%s was refused nowhere", action)
		}
	}
	if refusedTargets == 0 {
		t.Error("no target was refused")
	}
}

// A plan in two lines names people that the preview names so, and "nobody" only
// where it says that nobody is notified.
func TestTheBriefSaysNothingThatThePreviewDoesNot(t *testing.T) {
	race.Skip(t)
	named, followed := 0, 0
	for name, r := range everyRequest() {
		for kind, groups := range previewGroups() {
			r.Groups, r.Confirmed = groups, true
			p := NewPlan(r, previewData(t))
			b, v := p.Brief(), p.Preview()
			where := fmt.Sprintf("%s/%s: %+v", name, kind, b)
			if !p.Ready() {
				if b != (Brief{}) {
					t.Errorf("%s, though nothing is sent", where)
				}
				continue
			}
			var people []string
			for _, l := range v.Of(PreviewNotified) {
				people = append(people, l.Name)
			}
			for i, person := range people {
				if i < mostBrief && !strings.Contains(b.Now, strings.TrimSuffix(person, " (you)")) {
					t.Errorf("%s: %s is notified", where, person)
				}
			}
			if nobody := strings.HasPrefix(b.Now, "nobody"); nobody != (len(people) == 0) || nobody && len(v.Of(PreviewNobody)) == 0 {
				t.Errorf("%s: the preview names %q", where, people)
			}
			if night := slices.ContainsFunc(v.Of(PreviewNotified), func(l PreviewLine) bool { return l.Night }); night != b.Night || night != strings.Contains(b.Now, "NIGHT") {
				t.Errorf("%s: at night is %v", where, night)
			}
			follows := v.Of(PreviewFollows, PreviewEnd)
			if (b.Follows == "") != (len(follows) == 0) {
				t.Errorf("%s: the preview has %v", where, follows)
			}
			if len(people) > 0 {
				named++
			}
			if b.Follows != "" {
				followed++
			}
		}
	}
	if named < 10 || followed < 10 {
		t.Errorf("only %d named somebody, %d said who follows", named, followed)
	}
}
