package demo

import (
	"slices"
	"time"
)

// Token is the demo's API token, and Email its user. Neither exists elsewhere.
const (
	Token = "demo-token-of-dana"
	Email = "dana@example.com"
	// OperatorToken and OperatorEmail are those of who is at first line's desk.
	OperatorToken = "demo-token-of-priya"
	OperatorEmail = "priya@example.com"
)

// The names that the demo's configuration needs.
const (
	// FirstLinePolicy is the id of first line's escalation policy.
	FirstLinePolicy = "PFIRST1"
	// FirstLineName is the name of first line.
	FirstLineName = "Operations first line"
)

// shifts is a rota of two people who take turns: the current turn is the
// user's, from and to about the given times. It begins before the
// story's past, and ends in a month, so that a demo that stays open does not
// run out of people.
func shifts(now time.Time, began, ends time.Duration, user, next string) []Shift {
	const turn = 12 * time.Hour
	start, end := now.Add(-began).Truncate(time.Hour), now.Add(ends).Truncate(time.Hour)
	who := func(n int) string {
		if n%2 == 0 {
			return user
		}
		return next
	}
	var all []Shift
	for n := 2 * (daysBefore + 10); n > 0; n-- {
		before := start.Add(-time.Duration(n) * turn)
		all = append(all, Shift{who(n), before, before.Add(turn)})
	}
	all = append(all, Shift{user, start, end})
	for n := 1; n <= 60; n++ {
		after := end.Add(time.Duration(n-1) * turn)
		all = append(all, Shift{who(n), after, after.Add(turn)})
	}
	return all
}

// without leaves out the shift at a time: nobody took it.
func without(at time.Time, all []Shift) []Shift {
	return slices.DeleteFunc(all, func(s Shift) bool { return !s.Start.After(at) && s.End.After(at) })
}

// company returns the demo's people and who is on call now.
func company(now time.Time) Directory {
	h := time.Hour
	return Directory{
		Tokens: map[string]string{Token: "PUDANA1", OperatorToken: "PUPRIY1"},
		Users: []User{
			{ID: "PUDANA1", Name: "Dana Okafor", Email: Email, TimeZone: "Europe/Berlin", JobTitle: "Developer, payments"},
			{ID: "PUANNS1", Name: "Ann Schmidt", Email: "ann@example.com", TimeZone: "Europe/Berlin", JobTitle: "Developer, payments"},
			{ID: "PUJONA1", Name: "Jonas Weber", Email: "jonas@example.com", TimeZone: "America/New_York", JobTitle: "Team lead, payments"},
			{ID: "PUMART1", Name: "Marta Silva", Email: "marta@example.com", TimeZone: "Europe/Lisbon", JobTitle: "Developer, discovery"},
			{ID: "PULIAM1", Name: "Liam Byrne", Email: "liam@example.com", TimeZone: "America/Chicago", JobTitle: "Developer, discovery"},
			{ID: "PUKOFI1", Name: "Kofi Mensah", Email: "kofi@example.com", TimeZone: "Africa/Accra", JobTitle: "Engineer, platform"},
			{ID: "PUMEIT1", Name: "Mei Tan", Email: "mei@example.com", TimeZone: "Asia/Singapore", JobTitle: "Engineer, platform"},
			{ID: "PUPRIY1", Name: "Priya Nair", Email: "priya@example.com", TimeZone: "Asia/Kolkata", JobTitle: "Operator, first line"},
			{ID: "PUTOMH1", Name: "Tom Hughes", Email: "tom@example.com", TimeZone: "Europe/London", JobTitle: "Operator, first line"},
		},
		Teams: []Team{
			{"PTPAYM1", "payments", []string{"PUDANA1", "PUANNS1", "PUJONA1"}},
			{"PTDISC1", "discovery", []string{"PUMART1", "PULIAM1"}},
			{"PTPLAT1", "platform", []string{"PUKOFI1", "PUMEIT1"}},
			{"PTOPSF1", FirstLineName, []string{"PUPRIY1", "PUTOMH1"}},
		},
		Schedules: []Schedule{
			{ID: "PSPAYM1", Name: "Payments on call", TimeZone: "Europe/Berlin", Shifts: shifts(now, 6*h, 5*h, "PUDANA1", "PUANNS1"), Overrides: []Shift{
				{"PUJONA1", now.Add(29 * h).Truncate(h), now.Add(35 * h).Truncate(h)},
			}},
			{ID: "PSDISC1", Name: "Discovery on call", TimeZone: "Europe/Lisbon", Shifts: without(now.Add(7*24*h), shifts(now, 30*h, 18*h, "PUMART1", "PULIAM1"))},
			{ID: "PSPLAT1", Name: "Platform on call", TimeZone: "Africa/Accra", Shifts: shifts(now, 3*h, 9*h, "PUKOFI1", "PUMEIT1")},
			{ID: "PSOPSF1", Name: "First line desk", TimeZone: "Asia/Kolkata", Shifts: shifts(now, 2*h, 6*h, "PUPRIY1", "PUTOMH1")},
		},
		Policies: []Policy{
			{ID: "PEPAYM1", Name: "Payments", TeamID: "PTPAYM1", Levels: []PolicyLevel{
				{Delay: 10 * time.Minute, ScheduleIDs: []string{"PSPAYM1"}},
				{Delay: 20 * time.Minute, UserIDs: []string{"PUJONA1"}},
			}, Loops: 2},
			{ID: "PEDISC1", Name: "Discovery", TeamID: "PTDISC1", Levels: []PolicyLevel{
				{Delay: 30 * time.Minute, ScheduleIDs: []string{"PSDISC1"}},
				{Delay: 30 * time.Minute, UserIDs: []string{"PULIAM1"}},
			}, Loops: 1},
			{ID: "PEPLAT1", Name: "Platform", TeamID: "PTPLAT1", Levels: []PolicyLevel{
				{Delay: 30 * time.Minute, ScheduleIDs: []string{"PSPLAT1"}},
				{Delay: 30 * time.Minute, UserIDs: []string{"PUMEIT1"}},
			}, Loops: 1},
			{ID: FirstLinePolicy, Name: FirstLineName, TeamID: "PTOPSF1", Levels: []PolicyLevel{
				{Delay: 10 * time.Minute, ScheduleIDs: []string{"PSOPSF1"}},
				{Delay: 15 * time.Minute, UserIDs: []string{"PUTOMH1"}},
			}, Loops: 2},
		},
		Services: []Service{
			{ID: "PVCHEC1", Name: "checkout", PolicyID: "PEPAYM1", TeamIDs: []string{"PTPAYM1"}, RoutingKey: integrations[receiverPayments].routingKey, AckTimeout: 30 * time.Minute},
			{ID: "PVSEAR1", Name: "search", PolicyID: "PEDISC1", TeamIDs: []string{"PTDISC1"}, RoutingKey: integrations[receiverDiscovery].routingKey},
			{ID: "PVPLAT1", Name: "platform", PolicyID: "PEPLAT1", TeamIDs: []string{"PTPLAT1"}, RoutingKey: integrations[receiverPlatform].routingKey},
			{ID: "PVBILL1", Name: "billing", PolicyID: "PEPAYM1", TeamIDs: []string{"PTPAYM1"}},
			// Alerts that belong to no other service go to first line's own.
			{ID: "PVOPSF1", Name: "operations desk", PolicyID: FirstLinePolicy, TeamIDs: []string{"PTOPSF1"}},
		},
		Priorities: []Priority{{"PPRIO01", "P1", "a8171c"}, {"PPRIO02", "P2", "eb6016"}, {"PPRIO03", "P3", "f9b406"}},
	}
}
