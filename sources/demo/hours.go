package demo

import (
	"slices"
	"time"
)

// SupportHours are the hours in which a service's incidents have another
// urgency than outside of them.
type SupportHours struct {
	TimeZone   string        // IANA name
	Start, End time.Duration // times of day, from midnight
	Days       []time.Weekday
	// During and Outside are urgencies: high, low or severity_based.
	During, Outside string
	// Raise raises low-urgency incidents from outside the hours to high urgency
	// when the next hours begin.
	Raise bool
}

// on returns a time of day on the day of t.
func (h *SupportHours) on(t time.Time, of time.Duration) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, int(of.Minutes()), 0, 0, t.Location())
}

func (h *SupportHours) local(t time.Time) time.Time {
	zone, err := time.LoadLocation(h.TimeZone)
	if err != nil {
		panic(err) // a mistake in the test
	}
	return t.In(zone)
}

// within reports whether a time is in the hours.
func (h *SupportHours) within(t time.Time) bool {
	t = h.local(t)
	return slices.Contains(h.Days, t.Weekday()) && !t.Before(h.on(t, h.Start)) && t.Before(h.on(t, h.End))
}

// next returns when the hours next begin after a time.
func (h *SupportHours) next(t time.Time) time.Time {
	t = h.local(t)
	for day := range 8 {
		start := h.on(t.AddDate(0, 0, day), h.Start)
		if start.After(t) && slices.Contains(h.Days, start.Weekday()) {
			return start.UTC()
		}
	}
	return time.Time{}
}

// urgencyOf returns the urgency of an incident with a severity that begins at a
// time.
func (s Service) urgencyOf(severity string, at time.Time) string {
	urgency := s.Urgency
	if s.Hours != nil {
		urgency = s.Hours.Outside
		if s.Hours.within(at) {
			urgency = s.Hours.During
		}
	}
	switch {
	case urgency == "high", urgency == "low":
		return urgency
	case severity == "critical", severity == "error", severity == "":
		return "high"
	}
	return "low"
}

// urgencyJSON adds a service's urgency rule to its JSON.
func (s Service) urgencyJSON(o obj) {
	constant := func(urgency string) obj {
		if urgency != "high" && urgency != "low" {
			urgency = "severity_based"
		}
		return obj{"type": "constant", "urgency": urgency}
	}
	o["incident_urgency_rule"], o["scheduled_actions"] = constant(s.Urgency), []obj{}
	h := s.Hours
	if h == nil {
		return
	}
	clock := func(of time.Duration) string { return time.Time{}.Add(of).Format(time.TimeOnly) }
	days := []int{}
	for _, d := range h.Days {
		days = append(days, (int(d)+6)%7+1) // Monday is 1
	}
	o["incident_urgency_rule"] = obj{
		"type": "use_support_hours", "during_support_hours": constant(h.During), "outside_support_hours": constant(h.Outside),
	}
	o["support_hours"] = obj{
		"type": "fixed_time_per_day", "time_zone": h.TimeZone, "start_time": clock(h.Start), "end_time": clock(h.End), "days_of_week": days,
	}
	if h.Raise {
		o["scheduled_actions"] = []obj{{"type": "urgency_change", "at": obj{"type": "named_time", "name": "support_hours_start"}, "to_urgency": "high"}}
	}
}
