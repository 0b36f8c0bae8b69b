package demo

import "slices"

// maintained reports whether a service is in a maintenance window now.
func (p *PagerDuty) maintained(id string) bool {
	now := p.now()
	return slices.ContainsFunc(p.directory.Maintenance, func(m Maintenance) bool {
		return slices.Contains(m.ServiceIDs, id) && !now.Before(m.Start) && now.Before(m.End)
	})
}

// closed reports whether a service opens no incidents now.
func (p *PagerDuty) closed(s Service) bool { return s.Disabled || p.maintained(s.ID) }

func (p *PagerDuty) serviceStatus(s Service) string {
	switch {
	case s.Disabled:
		return "disabled"
	case p.maintained(s.ID):
		return "maintenance"
	}
	status := "active"
	for _, i := range p.incidents {
		if i.serviceID != s.ID || !i.open() {
			continue
		}
		if i.status == "triggered" {
			return "critical"
		}
		status = "warning"
	}
	return status
}

func (p *PagerDuty) listMaintenance(c *call) (answer, error) {
	q := c.URL.Query()
	now := p.now()
	var all []Maintenance
	for _, m := range p.directory.Maintenance {
		ongoing, future := !now.Before(m.Start) && now.Before(m.End), now.Before(m.Start)
		is := true
		switch q.Get("filter") {
		case "past":
			is = !ongoing && !future
		case "future":
			is = future
		case "ongoing":
			is = ongoing
		case "open":
			is = ongoing || future
		}
		if is && chosen(q, "service_ids[]", m.ServiceIDs...) && matches(q.Get("query"), m.Description) {
			all = append(all, m)
		}
	}
	return page(c, "maintenance_windows", all, p.maintenanceJSON)
}

func (p *PagerDuty) maintenanceJSON(m Maintenance) obj {
	o := reference(m.ID, "maintenance_window", "maintenance_windows", m.Description)
	services := []obj{}
	for _, id := range m.ServiceIDs {
		services = append(services, p.directory.serviceRef(id))
	}
	o["start_time"], o["end_time"], o["description"] = stamp(m.Start), stamp(m.End), m.Description
	o["services"], o["teams"], o["created_by"] = services, []obj{}, p.directory.userRef(m.ByID)
	return o
}
