package demo

import (
	"fmt"
	"time"
)

// Size is the size of an account. Its on-calls have an entry for each level of
// each policy and each user and schedule there.
type Size struct {
	Users, Services, Policies, Teams int
	// Levels is the number of levels of each policy, and Schedules the number
	// of schedules of each level.
	Levels, Schedules int
}

// Large returns an account of a size. Its users are PULARGE1 and so on, the
// policies PELARGE1, the services PVLARGE1, the schedules PSLARGE1, and the
// teams PTLARGE1. Somebody is on call for every schedule from a day before now
// to two weeks after. PULARGE1 has the token Token and the email Email.
func Large(s Size, now time.Time) Directory {
	d := Directory{Tokens: map[string]string{Token: id("PU", 1)}}
	for n := 1; n <= s.Users; n++ {
		u := User{ID: id("PU", n), Name: fmt.Sprintf("User %d", n), Email: fmt.Sprintf("user%d@example.com", n), TimeZone: "Europe/Berlin"}
		if n == 1 {
			u.Email = Email
		}
		d.Users = append(d.Users, u)
	}
	user := func(n int) string { return id("PU", n%s.Users+1) }
	for n := 1; n <= s.Teams; n++ {
		d.Teams = append(d.Teams, Team{ID: id("PT", n), Name: fmt.Sprintf("Team %d", n), Members: []string{user(n), user(n + 1)}})
	}
	began := now.Add(-24 * time.Hour).Truncate(time.Hour)
	schedule := func() string {
		n := len(d.Schedules) + 1
		d.Schedules = append(d.Schedules, Schedule{
			ID: id("PS", n), Name: fmt.Sprintf("Schedule %d", n), TimeZone: "Europe/Berlin",
			Shifts: []Shift{{user(n), began, began.AddDate(0, 0, 7)}, {user(n + 1), began.AddDate(0, 0, 7), began.AddDate(0, 0, 15)}},
		})
		return id("PS", n)
	}
	for n := 1; n <= s.Policies; n++ {
		p := Policy{ID: id("PE", n), Name: fmt.Sprintf("Policy %d", n), Loops: 1}
		if s.Teams > 0 {
			p.TeamID = id("PT", n%s.Teams+1)
		}
		for range s.Levels {
			l := PolicyLevel{Delay: 15 * time.Minute}
			for range s.Schedules {
				l.ScheduleIDs = append(l.ScheduleIDs, schedule())
			}
			p.Levels = append(p.Levels, l)
		}
		d.Policies = append(d.Policies, p)
	}
	for n := 1; n <= s.Services; n++ {
		d.Services = append(d.Services, Service{
			ID: id("PV", n), Name: fmt.Sprintf("Service %d", n), PolicyID: id("PE", n%s.Policies+1), RoutingKey: fmt.Sprintf("%032x", n),
		})
	}
	return d
}

func id(prefix string, n int) string { return fmt.Sprintf("%sLARGE%d", prefix, n) }
