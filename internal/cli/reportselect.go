package cli

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"firstline/internal/history/past"
	"firstline/internal/naming"
	"firstline/internal/report"
	"firstline/sources"
)

// selectable is a team, service or person that a report can be limited to.
type selectable struct {
	past.Name
	// others are further names of it.
	others []string
}

// findSelection replaces the names of a team, service and person by their ids. It
// refuses those that neither what is stored nor the configuration has: a typing error must
// not look like a quiet month.
func (s *setup) findSelection(h past.History, o *report.Options) error {
	teams, services, people := s.selectables(h)
	for _, one := range []struct {
		typed *string
		noun  string
		all   []selectable
	}{{&o.Team, "team", teams}, {&o.Service, "service", services}, {&o.Person, "person", people}} {
		if *one.typed == "" {
			continue
		}
		found, err := naming.Find(one.noun, *one.typed, one.all, sources.Extent{Read: true, Missing: "only what is stored and the configuration were searched"},
			func(n selectable) []string { return append([]string{n.ID, n.Name.Name}, n.others...) }, func(n selectable) string { return n.Name.Name })
		if err != nil {
			return err
		}
		*one.typed = cmp.Or(found.ID, found.Name.Name)
	}
	return nil
}

// selectables are what a report can be limited to.
func (s *setup) selectables(h past.History) (teams, services, people []selectable) {
	type key struct {
		all *[]selectable
		id  string
	}
	seen := map[key]bool{}
	add := func(all *[]selectable, n past.Name, others ...string) {
		if k := (key{all, n.ID}); !seen[k] {
			seen[k] = true
			*all = append(*all, selectable{n, others})
		}
	}
	for n := range h.Incidents {
		i := &h.Incidents[n]
		if i.Read() {
			add(&services, i.Service, s.namesOf(i.Service)[1:]...)
		}
		for _, t := range i.Teams {
			add(&teams, t)
		}
	}
	for id, p := range h.People {
		add(&people, past.Name{ID: id, Name: p.Name})
	}
	for _, rule := range s.triage.Services {
		services = withName(services, rule.Name, rule.PagerDuty)
		teams = withName(teams, rule.Team, "")
	}
	for _, objective := range s.config.SLOs {
		services = withName(services, objective.Service, "")
	}
	for _, service := range s.directory.Services {
		services = withName(services, service.Name, service.ID)
	}
	for _, team := range s.directory.Teams {
		teams = withName(teams, team.Name, team.ID)
	}
	return teams, services, people
}

// readDirectory takes the services and teams from what PagerDuty said last. The demo has
// stored nothing yet, and asks its own. No screen may run.
func (s *setup) readDirectory(ctx context.Context) {
	s.directory = sources.Data{}
	for _, r := range s.readers {
		if r.Source().Kind != sources.PagerDuty {
			continue
		}
		data := s.lastStored(ctx, r.Source()).Data
		if s.demo {
			var err error
			if data, err = r.Read(ctx, func(sources.Data) {}); err != nil {
				s.log.Warn("the demo's services were not read", "why", err)
			}
		}
		s.directory.Services = append(s.directory.Services, data.Services...)
		s.directory.Teams = append(s.directory.Teams, data.Teams...)
	}
}

// withName adds what the history does not have. reference is an id or a further name of
// it, or empty.
func withName(all []selectable, name, reference string) []selectable {
	has := slices.ContainsFunc(all, func(one selectable) bool {
		return slices.ContainsFunc(append([]string{one.ID, one.Name.Name}, one.others...), func(n string) bool {
			return strings.EqualFold(n, name) || reference != "" && strings.EqualFold(n, reference)
		})
	})
	if name == "" || has {
		return all
	}
	return append(all, selectable{past.Name{Name: name}, []string{reference}})
}
