package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"firstline/internal/clean"
	"firstline/internal/history/past"
	"firstline/internal/slo"
	"firstline/internal/wording"
)

// ServiceSLOs are the SLOs of a service, read at the end of the span.
type ServiceSLOs struct {
	// Service has no id where only the configuration has the service.
	Service past.Name
	// Team is that of the configuration, or empty.
	Team     string
	Readings []slo.Reading
	// Missing says why there may be others.
	Missing []string
}

// ServicesOf returns the services of the incidents that a report is about, by name.
func ServicesOf(h *past.History, o Options) []past.Name {
	c := &computation{h: h, o: o, span: o.Span}
	var all []past.Name
	for n := range h.Incidents {
		if i := &h.Incidents[n]; i.Read() && i.Service.ID != "" && c.wants(i) && c.touches(i) {
			all = append(all, i.Service)
		}
	}
	slices.SortFunc(all, func(a, b past.Name) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return slices.CompactFunc(all, func(a, b past.Name) bool { return a.ID == b.ID })
}

// serviceLoad is what a service cost.
type serviceLoad struct {
	teams                         []string
	interruptions, sleep, engaged float64
	noZone                        int
}

// loads returns what each service cost, by its id.
func (c *computation) loads() map[string]*serviceLoad {
	all := map[string]*serviceLoad{}
	of := func(f *Fact) *serviceLoad {
		i := f.Incident
		l := all[i.Service.ID]
		if l == nil {
			l = &serviceLoad{}
			all[i.Service.ID] = l
		}
		return l
	}
	seen := map[*past.Incident]bool{}
	for _, f := range c.facts[touched] {
		if seen[f.Incident] {
			continue
		}
		seen[f.Incident] = true
		l := of(f)
		for _, t := range named(f.Incident.Teams, "team") {
			if !slices.Contains(l.teams, t.Name) {
				l.teams = append(l.teams, t.Name)
			}
		}
	}
	for _, f := range c.facts[interruption] {
		l := of(f)
		l.interruptions++
		switch local, ok := c.local(f.Person, f.At); {
		case !ok:
			l.noZone++
		case periodOf(local) == sleep:
			l.sleep++
		}
	}
	for _, f := range c.facts[engaged] {
		of(f).engaged += f.Number
	}
	return all
}

// slos sets the SLOs of services beside what the services cost.
func (c *computation) slos() Table {
	t := NewTable(SLOTable)
	if t.Unknown = cmp.Or(c.unread, c.o.SLOsUnread); t.Unknown != "" {
		return t
	}
	if c.o.SLOs == nil {
		t.Unknown = "the SLOs were not read"
		return t
	}
	loads := c.loads()
	var missing, teamless []string
	var rows [][]cell
	for _, s := range c.o.SLOs {
		load := loads[s.Service.ID]
		noTeam := "-"
		if load == nil || s.Service.ID == "" { // no incident says which teams it has
			load, noTeam = &serviceLoad{}, cmp.Or(clean.Line(s.Team), "?")
			if s.Team == "" {
				teamless = append(teamless, clean.Line(s.Service.Name))
			}
		}
		slices.Sort(load.teams)
		sleep := fmt.Sprint(load.sleep)
		if load.interruptions > 0 && float64(load.noZone) == load.interruptions {
			sleep = "?"
		}
		row := append(same(clean.Line(s.Service.Name), cmp.Or(strings.Join(load.teams, ", "), noTeam), fmt.Sprint(load.interruptions), sleep), lengthCell(load.engaged))
		for _, why := range s.Missing {
			missing = append(missing, clean.Line(s.Service.Name)+": "+clean.Line(why))
		}
		for _, r := range s.Readings {
			rows = append(rows, append(slices.Clone(row), sloCells(&r)...))
			if !r.Left.Read() {
				missing = append(missing, clean.Line(r.Name)+": "+clean.Line(r.Left.Why))
			}
		}
		if len(s.Readings) == 0 {
			nothing := cell{"none", ""}
			if len(s.Missing) > 0 {
				nothing.text = "?"
			}
			rows = append(rows, append(append(row, nothing), same("-", "-", "-", "-")...))
		}
	}
	slices.SortStableFunc(rows, func(a, b []cell) int {
		return cmp.Or(cmp.Compare(a[1].text, b[1].text), cmp.Compare(a[0].text, b[0].text))
	})
	for _, row := range rows {
		t.add(row...)
	}
	const most = 3
	if len(missing) > most {
		missing = append(missing[:most], "and "+wording.Count(len(missing)-most, "more reason"))
	}
	if len(missing) > 0 {
		t.Doubt = "not read: " + strings.Join(missing, "; ")
	}
	if len(teamless) > 0 {
		slices.Sort(teamless)
		t.Doubt = strings.TrimPrefix(t.Doubt+"; neither an incident, PagerDuty nor a [[service]] names the team of "+strings.Join(teamless, ", "), "; ")
	}
	return t
}

// sloCells are the cells about an SLO.
func sloCells(r *slo.Reading) []cell {
	cells := append(same(clean.Line(r.Name)), same("?", "?", "?", "?")...)
	if r.Target > 0 && r.Target < 1 && r.Window > 0 {
		cells[1] = cell{slo.Percent(r.Target), decimal(r.Target)}
		cells[2] = cell{slo.Range(r.Window), decimal(r.Window.Seconds())}
	}
	if r.Left.Read() {
		attained := math.Floor(r.Attained()*1e5+1e-6) / 1e5
		cells[3] = cell{slo.Percent(attained), decimal(attained)}
		cells[4] = cell{fmt.Sprintf("%.0f %%", 100*r.Left.Number), decimal(r.Left.Number)}
	}
	return cells
}
