package escalation_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"firstline/internal/escalation"
	"firstline/sources"
)

// namesOf are the names of people, sorted.
func namesOf(people []escalation.Person) string {
	var names []string
	for _, p := range people {
		names = append(names, p.User.ID)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestDuties(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	at := func(hours int) time.Time { return now.Add(time.Duration(hours) * time.Hour) }
	turn := func(user string, from, until int) sources.OnCall {
		return sources.OnCall{User: sources.Reference{ID: user}, Level: 1, Schedule: sources.Reference{ID: "S"}, Start: at(from), End: at(until)}
	}
	direct := sources.OnCall{User: sources.Reference{ID: "ann"}, Level: 1}
	users := []sources.Level{{Targets: []sources.Reference{{ID: "ann", Type: "user_reference"}}}}
	schedule := []sources.Level{{Targets: []sources.Reference{{ID: "S", Type: "schedule_reference"}}}}
	partial := sources.Extent{Read: true, Missing: "PagerDuty left some out"}
	for name, c := range map[string]struct {
		levels              []sources.Level
		list                []sources.OnCall
		extent              sources.Extent
		until               int
		nowAre, nextAre     string
		nowMissing, missing string
		at                  int
		always              bool
	}{
		"a turn and the next":           {schedule, []sources.OnCall{turn("ann", -3, 5), turn("ben", 5, 9)}, sources.Whole, 24, "ann", "ben", "", "", 5, false},
		"the same person goes on":       {schedule, []sources.OnCall{turn("ann", -3, 5), turn("ann", 5, 9), turn("ben", 9, 12)}, sources.Whole, 24, "ann", "ben", "", "", 9, false},
		"nobody after that":             {schedule, []sources.OnCall{turn("ann", -3, 5)}, sources.Whole, 24, "ann", "", "", "", 5, false},
		"nobody now":                    {schedule, []sources.OnCall{turn("ann", 2, 5)}, sources.Whole, 24, "", "ann", "", "", 2, false},
		"nobody at all":                 {schedule, nil, sources.Whole, 24, "", "", "", "", 0, false},
		"a second one joins":            {schedule, []sources.OnCall{turn("ann", -3, 30), turn("ben", 2, 4)}, sources.Whole, 24, "ann", "ann ben", "", "", 2, false},
		"longer than was read":          {schedule, []sources.OnCall{turn("ann", -3, 48)}, sources.Whole, 24, "ann", "", "", "", 0, false},
		"ends where the reading does":   {schedule, []sources.OnCall{turn("ann", -3, 24)}, sources.Whole, 24, "ann", "", "", "", 0, false},
		"always":                        {users, []sources.OnCall{direct}, sources.Whole, 24, "ann", "", "", "", 0, true},
		"always, and a schedule":        {append(slices.Clone(users), schedule...), []sources.OnCall{direct, turn("ben", -1, 3)}, sources.Whole, 24, "ann ben", "ann", "", "", 3, false},
		"always as far as is known":     {nil, []sources.OnCall{direct}, sources.Whole, 24, "ann", "", "", "", 0, false},
		"a schedule of nobody is there": {schedule, []sources.OnCall{direct}, sources.Whole, 24, "ann", "", "", "", 0, false},
		"only now was read":             {schedule, []sources.OnCall{turn("ann", -3, 5)}, sources.Whole, 0, "ann", "", "", "has not been read", 5, false},
		"partial":                       {schedule, []sources.OnCall{turn("ann", -3, 5)}, partial, 24, "ann", "", "left some out", "left some out", 5, false},
		"not read":                      {schedule, nil, sources.Extent{}, 0, "", "", "has not been read", "", 0, false},
	} {
		p := escalation.Policy{ID: "P", Name: "Ops", Read: true, Levels: c.levels, OnCalls: c.list, OnCallsRead: c.extent}
		if c.until > 0 {
			p.Until = at(c.until)
		}
		list, missing := p.Duties(now)
		if len(list) == 0 && c.levels == nil && c.list == nil {
			continue
		}
		if missing != "" || len(list) == 0 {
			t.Errorf("%s: %d levels, %q", name, len(list), missing)
			continue
		}
		d := list[0]
		want := time.Time{}
		if c.at != 0 {
			want = at(c.at)
		}
		if namesOf(d.Now) != c.nowAre || namesOf(d.Next) != c.nextAre || !d.At.Equal(want) || d.Always != c.always {
			t.Errorf("%s: now %q, next %q at %v, always %v", name, namesOf(d.Now), namesOf(d.Next), d.At, d.Always)
		}
		if !strings.Contains(d.Missing, c.nowMissing) || !strings.Contains(d.NextMissing, c.missing) || (c.nowMissing == "") != (d.Missing == "") || (c.missing == "") != (d.NextMissing == "") {
			t.Errorf("%s: missing now %q, then %q", name, d.Missing, d.NextMissing)
		}
	}
	for name, p := range map[string]escalation.Policy{"gone": {Name: "Ops", Gone: true}, "not read": {Name: "Ops"}} {
		if list, missing := p.Duties(now); len(list) > 0 || missing == "" {
			t.Errorf("%s: %v, %q", name, list, missing)
		}
	}
}

// Whatever the turns: until the change that is named the same people are on call,
// and from it on others.
func TestDutiesNameTheFirstChange(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 9))
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	for range 3000 {
		p := escalation.Policy{ID: "P", Read: true, OnCallsRead: sources.Whole, Until: now.Add(24 * time.Hour), Levels: []sources.Level{{}}}
		for range random.IntN(7) {
			from := random.IntN(40) - 10
			p.OnCalls = append(p.OnCalls, sources.OnCall{
				User: sources.Reference{ID: fmt.Sprint("u", random.IntN(3))}, Level: 1, Schedule: sources.Reference{ID: fmt.Sprint("s", random.IntN(2))},
				Start: now.Add(time.Duration(from) * time.Hour), End: now.Add(time.Duration(from+1+random.IntN(20)) * time.Hour),
			})
		}
		list, _ := p.Duties(now)
		d := list[0]
		for m := 0; m < 24*60; m += 30 {
			at := now.Add(time.Duration(m) * time.Minute)
			people, _ := p.OnCall(1, at, now)
			switch changed := namesOf(people) != namesOf(d.Now); {
			case changed && (d.At.IsZero() || at.Before(d.At)):
				t.Fatalf("%v: others are on call at %v, and the change is at %v", p.OnCalls, at, d.At)
			case at.Equal(d.At) && (!changed || namesOf(people) != namesOf(d.Next)):
				t.Fatalf("%v: at %v are %q, and next is %q", p.OnCalls, at, namesOf(people), namesOf(d.Next))
			}
		}
	}
}
