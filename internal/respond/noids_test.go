package respond

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"firstline/internal/race"
	"firstline/internal/triage"
	"firstline/sources"
)

// bare are groups whose incidents refer to everything by id alone, as an answer
// without a summary does.
func bare(groups []triage.Group) []triage.Group {
	groups = slices.Clone(groups)
	for i := range groups {
		if groups[i].Incident == nil {
			continue
		}
		incident := *groups[i].Incident
		for _, r := range []*sources.Reference{&incident.Policy, &incident.Service, &incident.ChangedBy} {
			r.Name = ""
		}
		for _, list := range []*[]sources.Assignment{&incident.Assignments, &incident.Acknowledgers} {
			*list = slices.Clone(*list)
			for k := range *list {
				(*list)[k].User.Name = ""
			}
		}
		groups[i].Incident = &incident
	}
	return groups
}

// No text about an action has an id of PagerDuty's, also where its answers have
// no names: neither where lists have them, nor where these lack them as well.
func TestNoTextHasAnID(t *testing.T) {
	race.Skip(t)
	withoutNames := func(w Data) Data {
		w.Users, w.Policies, w.Services, w.OnCalls = slices.Clone(w.Users), slices.Clone(w.Policies), slices.Clone(w.Services), slices.Clone(w.OnCalls)
		for i := range w.Users {
			w.Users[i].Name = ""
		}
		for i := range w.Policies {
			w.Policies[i].Name = ""
		}
		for i := range w.Services {
			w.Services[i].Name = ""
		}
		for i := range w.OnCalls {
			w.OnCalls[i].User.Name, w.OnCalls[i].Policy.Name, w.OnCalls[i].Schedule.Name = "", "", ""
		}
		return w
	}
	full := previewData(t)
	ids := []string{"I1", "I2"}
	for _, u := range full.Users {
		ids = append(ids, u.ID)
	}
	for _, p := range full.Policies {
		ids = append(ids, p.ID)
	}
	for _, s := range full.Services {
		ids = append(ids, s.ID)
	}
	for _, o := range full.OnCalls {
		if o.Schedule.ID != "" {
			ids = append(ids, o.Schedule.ID)
		}
	}
	id := regexp.MustCompile(`\b(?:` + strings.Join(ids, "|") + `)\b`)
	checked := 0
	for kind, w := range map[string]Data{"names in lists": full, "no names": withoutNames(full)} {
		for name, r := range everyRequest() {
			for which, groups := range refusalGroups() {
				r.Groups, r.Confirmed = bare(groups), true
				p := NewPlan(r, w)
				var texts []string
				for _, s := range p.Preview().Sections {
					for _, l := range s.Lines {
						if l.Role != PreviewNote || !strings.Contains(l.Text, "http") { // an address has it
							texts = append(texts, l.Text)
						}
					}
				}
				b := p.Brief()
				texts = append(texts, p.headline(), b.Now, b.Follows, WhyNever(r, w))
				var results []Result
				for _, i := range p.Items {
					results = append(results, Result{Outcome: Done, Incident: i.Group.Incident, NotePosted: true, SilenceIDs: []string{"s1"}})
				}
				undo, stays := UndoOf(p, results, w, Facts{})
				texts = append(append(texts, undo.Lines()...), stays...)
				for _, target := range w.allTargets() {
					texts = append(texts, NameOf(target), WhyNotTo(r, target, w))
				}
				for _, text := range texts {
					checked++
					if found := id.FindString(text); found != "" && !strings.Contains(text, "firstline urgency") {
						t.Errorf("%s/%s/%s: %q has the id %s", kind, name, which, text, found)
					}
				}
			}
		}
	}
	if checked < 1000 {
		t.Errorf("only %d were checked", checked)
	}
}
