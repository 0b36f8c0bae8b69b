package cli

import (
	"time"

	"firstline/internal/escalation"
	"firstline/internal/triage"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// onCallJSON is what oncall --json prints.
type onCallJSON struct {
	AsOf time.Time `json:"as_of"`
	// Until is up to when turns and gaps were looked for.
	Until      time.Time      `json:"until"`
	SleepHours string         `json:"sleep_hours"`
	Me         *referenceJSON `json:"me"`
	Policies   []rotaJSON     `json:"policies"`
}

type rotaJSON struct {
	ID   string   `json:"id"`
	Name string   `json:"name"`
	Of   []string `json:"of"`
	// LevelsUnknown is why there may be further levels.
	LevelsUnknown *string        `json:"levels_unknown_because"`
	Levels        []levelJSON    `json:"levels"`
	Overrides     []overrideJSON `json:"overrides"`
	Schedules     []scheduleJSON `json:"schedules"`
	// Missing are sentences on what could not be read.
	Missing []string `json:"missing"`
}

type levelJSON struct {
	Level      int              `json:"level"`
	RoundRobin bool             `json:"round_robin"`
	Now        []onCallUserJSON `json:"now"`
	NowUnknown *string          `json:"now_unknown_because"`
	ChangesAt  *time.Time       `json:"changes_at"`
	Next       []onCallUserJSON `json:"next"`
	// NextUnknown is null as well where nothing changes.
	NextUnknown *string   `json:"next_unknown_because"`
	Gaps        []gapJSON `json:"gaps"`
	// GapsUnknownFrom is from when on there may be others.
	GapsUnknownFrom    *time.Time `json:"gaps_unknown_from"`
	GapsUnknownBecause *string    `json:"gaps_unknown_because"`
	Turns              []turnJSON `json:"turns"`
}

type onCallUserJSON struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// TimeZone, LocalTime and Night are null where the zone is not known.
	TimeZone  *string `json:"time_zone"`
	LocalTime *string `json:"local_time"`
	Night     *bool   `json:"night"`
}

type gapJSON struct {
	From time.Time  `json:"from"`
	To   *time.Time `json:"to"`
}

type turnJSON struct {
	User referenceJSON `json:"user"`
	From *time.Time    `json:"from"`
	To   *time.Time    `json:"to"`
}

type overrideJSON struct {
	Schedule referenceJSON `json:"schedule"`
	User     referenceJSON `json:"user"`
	From     *time.Time    `json:"from"`
	To       *time.Time    `json:"to"`
}

type scheduleJSON struct {
	ID   string  `json:"id"`
	Name string  `json:"name"`
	URL  *string `json:"url"`
}

func (s *setup) onCallJSONOf(l reading, rotas []rota) onCallJSON {
	until := l.at.Add(escalation.Ahead)
	out := onCallJSON{AsOf: *timeOf(l.at), Until: *timeOf(until), SleepHours: wallclock.SleepHours, Policies: []rotaJSON{}}
	for _, snap := range l.snapshots {
		if me := snap.Data.Me; me != nil && out.Me == nil {
			out.Me = referenceOf(sources.Reference{ID: me.ID, Name: me.Name}, "user")
		}
	}
	for _, r := range rotas {
		ref := referenceOf(sources.Reference{ID: r.policy.ID, Name: r.policy.Name}, "escalation policy")
		one := rotaJSON{ID: ref.ID, Name: ref.Name, Of: listOrNone(r.of), Levels: []levelJSON{}, Overrides: []overrideJSON{}, Schedules: []scheduleJSON{}, Missing: listOrNone(r.missing)}
		duties, missing := r.policy.Duties(l.at)
		one.LevelsUnknown = textOf(missing)
		turns := r.policy.Turns(l.at, until)
		for _, d := range duties {
			one.Levels = append(one.Levels, levelOf(l, &r.policy, d, turns, until))
		}
		for _, o := range r.overrides {
			one.Overrides = append(one.Overrides, overrideJSON{*referenceOf(o.Schedule, "schedule"), *referenceOf(o.User, "user"), timeOf(o.Start), timeOf(o.End)})
		}
		for _, schedule := range r.policy.Schedules() {
			ref := referenceOf(schedule, "schedule")
			one.Schedules = append(one.Schedules, scheduleJSON{ref.ID, ref.Name, textOf(schedule.URL)})
		}
		out.Policies = append(out.Policies, one)
	}
	return out
}

func levelOf(l reading, p *escalation.Policy, d escalation.Duty, turns []escalation.Turn, until time.Time) levelJSON {
	c := p.Coverage(d.Level, l.at, until)
	out := levelJSON{
		Level: d.Level, Now: onCallUsersOf(l, d.Now), NowUnknown: textOf(d.Missing), ChangesAt: timeOf(d.At), Next: onCallUsersOf(l, d.Next), NextUnknown: textOf(d.NextMissing),
		Gaps: []gapJSON{}, GapsUnknownFrom: timeOf(c.Unknown), GapsUnknownBecause: textOf(c.Because), Turns: []turnJSON{},
	}
	out.RoundRobin = d.Level <= len(p.Levels) && p.Levels[d.Level-1].Strategy == sources.RoundRobin
	for _, g := range c.Gaps {
		out.Gaps = append(out.Gaps, gapJSON{*timeOf(g.From), timeOf(g.To)})
	}
	for _, t := range turns {
		if t.Level == d.Level {
			out.Turns = append(out.Turns, turnJSON{*referenceOf(t.User, "user"), timeOf(t.From), timeOf(t.To)})
		}
	}
	return out
}

func onCallUsersOf(l reading, people []escalation.Person) []onCallUserJSON {
	all := []onCallUserJSON{}
	for _, person := range people {
		user := triage.UserOf(l.snapshots, person.User)
		ref := referenceOf(sources.Reference{ID: user.ID, Name: user.Name}, "user")
		one := onCallUserJSON{ID: ref.ID, Name: ref.Name}
		if zone := wallclock.Zone(user.TimeZone); zone != nil {
			night := wallclock.Sleeps(l.at, zone)
			one.TimeZone, one.LocalTime, one.Night = textOf(user.TimeZone), textOf(wallclock.In(zone).Minute(l.at)), &night
		}
		all = append(all, one)
	}
	return all
}
