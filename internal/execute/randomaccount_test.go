package execute_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"time"

	"pgregory.net/rapid"

	"firstline/internal/respond"
	"firstline/internal/triage"
	"firstline/sources"
	"firstline/sources/demo"
	"firstline/sources/pagerduty"
)

// randomAccount is a stand-in PagerDuty with an account made at random, and a clock.
type randomAccount struct {
	t         *rapid.T
	clock     atomic.Int64
	directory demo.Directory
	pd        *demo.PagerDuty
	client    *pagerduty.Client
	names     map[string]string
}

var propertyStart = time.Date(2026, 11, 22, 2, 30, 0, 0, time.UTC)

func (a *randomAccount) now() time.Time { return time.Unix(a.clock.Load(), 0).UTC() }

// drawAccount makes users with rules of many kinds, schedules with gaps and
// shifts that begin and end, and a policy of one to ten levels.
func drawAccount(t *rapid.T) *randomAccount {
	a := &randomAccount{t: t, names: map[string]string{}}
	a.clock.Store(propertyStart.Unix())
	rules := [][]demo.NotificationRule{
		nil, nil, nil,
		{},
		{{Urgency: "high", Contact: demo.ContactPhone}},
		{{Urgency: "low", Contact: demo.ContactEmail}},
		{{Urgency: "high", Delay: 7 * time.Minute, Contact: demo.ContactPhone}, {Urgency: "low", Delay: 3 * time.Minute, Contact: demo.ContactEmail}},
		{{Urgency: "high", Delay: 50 * time.Minute, Contact: demo.ContactPhone}, {Urgency: "high", Delay: 9 * time.Minute, Contact: demo.ContactSMS}},
	}
	var users []string
	for n := range 6 {
		u := demo.User{
			ID: fmt.Sprintf("PUSER%d", n), Name: fmt.Sprintf("User %d", n), Email: fmt.Sprintf("u%d@example.com", n), TimeZone: "Europe/Berlin",
			Rules: rapid.SampledFrom(rules).Draw(t, fmt.Sprint("rules of ", n)),
		}
		a.directory.Users = append(a.directory.Users, u)
		a.names[u.ID] = u.Name
		users = append(users, u.ID)
	}
	var schedules []string
	for n := range 4 {
		s := demo.Schedule{ID: fmt.Sprintf("PSCHED%d", n), Name: fmt.Sprintf("Rota %d", n), TimeZone: "UTC"}
		at := propertyStart.Add(-time.Duration(rapid.SampledFrom([]int{1, 5, 20, 60, 90}).Draw(t, "began before")) * time.Minute)
		for range rapid.IntRange(0, 5).Draw(t, "shifts") {
			at = at.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 0, 13, 45, 10}).Draw(t, "gap")) * time.Minute)
			end := at.Add(time.Duration(rapid.SampledFrom([]int{5, 10, 15, 20, 33, 60, 100, 200}).Draw(t, "shift")) * time.Minute)
			s.Shifts = append(s.Shifts, demo.Shift{UserID: rapid.SampledFrom(users).Draw(t, "on shift"), Start: at, End: end})
			at = end
		}
		a.directory.Schedules = append(a.directory.Schedules, s)
		schedules = append(schedules, s.ID)
	}
	policy := demo.Policy{ID: "PRANDOM", Name: "Random", Loops: rapid.IntRange(0, 3).Draw(t, "loops")}
	for range rapid.IntRange(1, 10).Draw(t, "levels") {
		policy.Levels = append(policy.Levels, demo.PolicyLevel{
			Delay:       time.Duration(rapid.SampledFrom([]int{1, 5, 10, 15, 20, 30, 37}).Draw(t, "delay")) * time.Minute,
			UserIDs:     rapid.SliceOfNDistinct(rapid.SampledFrom(users), 0, 3, rapid.ID[string]).Draw(t, "users"),
			ScheduleIDs: rapid.SliceOfNDistinct(rapid.SampledFrom(schedules), 0, 2, rapid.ID[string]).Draw(t, "schedules"),
			RoundRobin:  rapid.Bool().Draw(t, "round robin"),
		})
	}
	a.directory.Policies = []demo.Policy{policy, {ID: "PFIXED", Name: "Fixed", Levels: []demo.PolicyLevel{
		{Delay: 20 * time.Minute, UserIDs: []string{"PUSER0"}}, {Delay: 20 * time.Minute, UserIDs: []string{"PUSER5"}},
	}}}
	a.directory.Services = []demo.Service{
		{ID: "PSVCFIX", Name: "fixed", PolicyID: "PFIXED", Urgency: rapid.SampledFrom([]string{"high", "high", "low"}).Draw(t, "urgency")},
		{ID: "PSVCRND", Name: "random", PolicyID: "PRANDOM", Urgency: "high"},
	}
	a.directory.Tokens = map[string]string{"token": "PUSER0"}
	a.pd = demo.NewPagerDuty(demo.PagerDutyOptions{Directory: a.directory, Now: a.now})
	return a
}

func (a *randomAccount) serve() func() {
	server := httptest.NewServer(a.pd)
	client, err := pagerduty.New(pagerduty.Options{
		URL: server.URL, Token: "token", Email: "u0@example.com", Now: a.now, Policies: []string{"PRANDOM", "PFIXED"},
	})
	if err != nil {
		a.t.Fatal(err)
	}
	a.client = client
	return server.Close
}

// see is what a responder sees: the planData and the group of the incident.
func (a *randomAccount) see(id string) (respond.Data, triage.Group) {
	snap := sources.ReadOnce(context.Background(), a.client)
	if snap.Err != nil {
		a.t.Fatal(snap.Err)
	}
	snaps := []sources.Snapshot{snap}
	w := respond.NewData(snaps, respond.Settings{Email: "u0@example.com", FirstLinePolicy: "PRANDOM", HasPagerDuty: true}, a.now())
	for _, g := range triage.Join(snaps, triage.Options{}, a.now()) {
		if g.ID == id {
			return w, g
		}
	}
	a.t.Fatalf("%s is not among the groups", id)
	return w, triage.Group{}
}

// onCall is this test's own account of who is on call, in the order of names.
func (a *randomAccount) onCall(level int, at time.Time) []string {
	l := a.directory.Policies[0].Levels[level-1]
	ids := slices.Clone(l.UserIDs)
	for _, s := range a.directory.Schedules {
		for _, shift := range s.Shifts {
			if slices.Contains(l.ScheduleIDs, s.ID) && !at.Before(shift.Start) && at.Before(shift.End) {
				ids = append(ids, shift.UserID)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// step is what the stand-in did at one time.
type step struct {
	at   time.Time
	pass int
	ids  []string // who was assigned
	sent []demo.Notification
}

// watch lets nobody answer until the policy must have ended, and gives what the
// stand-in did since: who was assigned, and what was sent to whom.
func (a *randomAccount) watch(id string, since time.Time, sent int) []step {
	a.clock.Store(since.Add(60 * time.Hour).Unix())
	a.pd.Tick()
	entries, extent, err := a.client.LogEntries(context.Background(), id)
	if err != nil || !extent.Whole() {
		a.t.Fatal(err, extent)
	}
	slices.Reverse(entries)
	var steps []step
	pass := 0
	for _, e := range entries {
		switch {
		case e.CreatedAt.Before(since):
		case e.Type == "repeat_escalation_path":
			pass++
		case e.Type == "assign" || e.Type == "escalate":
			s := step{at: e.CreatedAt, pass: pass}
			for _, u := range e.Assignees {
				s.ids = append(s.ids, u.ID)
			}
			slices.Sort(s.ids)
			if n := len(steps); n > 0 && steps[n-1].at.Equal(s.at) {
				steps = steps[:n-1]
			}
			steps = append(steps, s)
		}
	}
	for _, n := range a.pd.Notifications()[sent:] {
		for i := range steps {
			if !n.At.Before(steps[i].at) && (i == len(steps)-1 || !n.At.After(steps[i+1].at)) && slices.Contains(steps[i].ids, n.UserID) {
				steps[i].sent = append(steps[i].sent, n)
				break
			}
		}
	}
	return steps
}

// in is how the preview writes a time to come.
func (s step) in(from time.Time) string {
	minutes := int(s.at.Sub(from).Minutes())
	switch h, m := minutes/60, minutes%60; {
	case h == 0:
		return fmt.Sprintf("in %d m", m)
	case h >= 48:
		return fmt.Sprintf("in %d d", h/24)
	case m == 0:
		return fmt.Sprintf("in %d h", h)
	default:
		return fmt.Sprintf("in %d h %d m", h, m)
	}
}
