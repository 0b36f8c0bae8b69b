package demo

import "time"

// Token is the demo's API token, and Email whose it is. Neither exists
// anywhere else.
const (
	Token = "demo-token-of-dana"
	Email = "dana@example.com"
)

// The names that the demo's configuration needs.
const (
	// FirstLinePolicy is the id of first line's escalation policy.
	FirstLinePolicy = "PFIRST1"
	// FirstLineName is what first line is called.
	FirstLineName = "Operations first line"
)

// shifts are a rota of two who take turns: now it is the user's, since and until
// about the given spans. It reaches from two weeks ago, for the story's past, to
// a month ahead, so that a demo that is left open does not run out of people.
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
	for n := 28; n > 0; n-- {
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

// company is who works there, and who is on call now.
func company(now time.Time) Directory {
	h := time.Hour
	return Directory{
		Tokens: map[string]string{Token: "PUDANA1"},
		Users: []User{
			{"PUDANA1", "Dana Okafor", Email, "Europe/Berlin", "Developer, payments"},
			{"PUANNS1", "Ann Schmidt", "ann@example.com", "Europe/Berlin", "Developer, payments"},
			{"PUJONA1", "Jonas Weber", "jonas@example.com", "America/New_York", "Team lead, payments"},
			{"PUMART1", "Marta Silva", "marta@example.com", "Europe/Lisbon", "Developer, discovery"},
			{"PULIAM1", "Liam Byrne", "liam@example.com", "America/Chicago", "Developer, discovery"},
			{"PUKOFI1", "Kofi Mensah", "kofi@example.com", "Africa/Accra", "Engineer, platform"},
			{"PUMEIT1", "Mei Tan", "mei@example.com", "Asia/Singapore", "Engineer, platform"},
			{"PUPRIY1", "Priya Nair", "priya@example.com", "Asia/Kolkata", "Operator, first line"},
			{"PUTOMH1", "Tom Hughes", "tom@example.com", "Europe/London", "Operator, first line"},
		},
		Teams: []Team{
			{"PTPAYM1", "payments", []string{"PUDANA1", "PUANNS1", "PUJONA1"}},
			{"PTDISC1", "discovery", []string{"PUMART1", "PULIAM1"}},
			{"PTPLAT1", "platform", []string{"PUKOFI1", "PUMEIT1"}},
			{"PTOPSF1", FirstLineName, []string{"PUPRIY1", "PUTOMH1"}},
		},
		Schedules: []Schedule{
			{"PSPAYM1", "Payments on call", "Europe/Berlin", shifts(now, 6*h, 5*h, "PUDANA1", "PUANNS1")},
			{"PSDISC1", "Discovery on call", "Europe/Lisbon", shifts(now, 30*h, 18*h, "PUMART1", "PULIAM1")},
			{"PSPLAT1", "Platform on call", "Africa/Accra", shifts(now, 3*h, 9*h, "PUKOFI1", "PUMEIT1")},
			{"PSOPSF1", "First line desk", "Asia/Kolkata", shifts(now, 2*h, 6*h, "PUPRIY1", "PUTOMH1")},
		},
		Policies: []Policy{
			{"PEPAYM1", "Payments", "PTPAYM1", []PolicyLevel{
				{Delay: 10 * time.Minute, ScheduleIDs: []string{"PSPAYM1"}},
				{Delay: 20 * time.Minute, UserIDs: []string{"PUJONA1"}},
			}, 2},
			{"PEDISC1", "Discovery", "PTDISC1", []PolicyLevel{
				{Delay: 30 * time.Minute, ScheduleIDs: []string{"PSDISC1"}},
				{Delay: 30 * time.Minute, UserIDs: []string{"PULIAM1"}},
			}, 1},
			{"PEPLAT1", "Platform", "PTPLAT1", []PolicyLevel{
				{Delay: 30 * time.Minute, ScheduleIDs: []string{"PSPLAT1"}},
				{Delay: 30 * time.Minute, UserIDs: []string{"PUMEIT1"}},
			}, 1},
			{FirstLinePolicy, FirstLineName, "PTOPSF1", []PolicyLevel{
				{Delay: 10 * time.Minute, ScheduleIDs: []string{"PSOPSF1"}},
				{Delay: 15 * time.Minute, UserIDs: []string{"PUTOMH1"}},
			}, 2},
		},
		Services: []Service{
			{ID: "PVCHEC1", Name: "checkout", PolicyID: "PEPAYM1", TeamIDs: []string{"PTPAYM1"}, RoutingKey: integrations[receiverPayments].routingKey, AckTimeout: 30 * time.Minute},
			{ID: "PVSEAR1", Name: "search", PolicyID: "PEDISC1", TeamIDs: []string{"PTDISC1"}, RoutingKey: integrations[receiverDiscovery].routingKey},
			{ID: "PVPLAT1", Name: "platform", PolicyID: "PEPLAT1", TeamIDs: []string{"PTPLAT1"}, RoutingKey: integrations[receiverPlatform].routingKey},
			{ID: "PVBILL1", Name: "billing", PolicyID: "PEPAYM1", TeamIDs: []string{"PTPAYM1"}},
			// What nobody else's service is known for comes to first line's own.
			{ID: "PVOPSF1", Name: "operations desk", PolicyID: FirstLinePolicy, TeamIDs: []string{"PTOPSF1"}},
		},
		Priorities: []Priority{{"PPRIO01", "P1", "a8171c"}, {"PPRIO02", "P2", "eb6016"}, {"PPRIO03", "P3", "f9b406"}},
	}
}
