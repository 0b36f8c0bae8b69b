package report

import (
	"cmp"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/history/past"
)

// selectionOf names what a report is limited to, or is empty.
func selectionOf(h *past.History, o *Options) string {
	team, service := o.Team, o.Service
	for n := range h.Incidents {
		i := &h.Incidents[n]
		for _, t := range i.Teams {
			if o.Team != "" && fits(o.Team, t) {
				team = t.Name
			}
		}
		if o.Service != "" && fits(o.Service, i.Service) {
			service = i.Service.Name
		}
	}
	person := o.Person
	for id, p := range h.People {
		if person != "" && fits(o.Person, past.Name{ID: id, Name: p.Name}) {
			person = NameOf(h.People, id)
		}
	}
	var parts []string
	for _, part := range []struct{ noun, name, typed string }{{"team", team, o.Team}, {"service", service, o.Service}, {"", person, o.Person}} {
		if part.typed != "" {
			parts = append(parts, strings.TrimSpace(part.noun+" "+cmp.Or(clean.Line(part.name), clean.Line(part.typed))))
		}
	}
	return strings.Join(parts, ", ")
}
