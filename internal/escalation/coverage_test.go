package escalation_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"firstline/internal/escalation"
	"firstline/internal/wallclock"
	"firstline/sources"
)

// gapsOf are gaps in hours from a time: "3-5 9-".
func gapsOf(c escalation.Coverage, from time.Time) string {
	var all []string
	for _, g := range c.Gaps {
		to := ""
		if !g.To.IsZero() {
			to = fmt.Sprint(g.To.Sub(from).Hours())
		}
		all = append(all, fmt.Sprintf("%v-%s", g.From.Sub(from).Hours(), to))
	}
	return strings.Join(all, " ")
}

func TestCoverage(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	at := func(hours int) time.Time { return now.Add(time.Duration(hours) * time.Hour) }
	turn := func(schedule string, from, until int) sources.OnCall {
		return sources.OnCall{User: sources.Reference{ID: "U"}, Level: 1, Schedule: sources.Reference{ID: schedule}, Start: at(from), End: at(until)}
	}
	direct := sources.OnCall{User: sources.Reference{ID: "ann"}, Level: 1}
	user := sources.Reference{ID: "ann", Name: "Ann", Type: "user_reference"}
	users := []sources.Level{{Targets: []sources.Reference{user}}}
	deleted := []sources.Level{{Targets: []sources.Reference{{ID: "ann", Type: "user_reference", Deleted: true}}}}
	schedule := []sources.Level{{Targets: []sources.Reference{{ID: "S", Type: "schedule_reference"}, {ID: "T", Type: "schedule_reference"}}}}
	partial := sources.Extent{Read: true, Missing: "PagerDuty left some out"}
	const none = -1
	for name, c := range map[string]struct {
		levels  []sources.Level
		list    []sources.OnCall
		extent  sources.Extent
		read    int // hours up to which it was read; 0: now alone
		gaps    string
		unknown int
		because string
	}{
		"no gap":                            {schedule, []sources.OnCall{turn("S", -3, 5), turn("S", 5, 30)}, sources.Whole, 24, "", none, ""},
		"a gap":                             {schedule, []sources.OnCall{turn("S", -3, 5), turn("S", 7, 30)}, sources.Whole, 24, "5-7", none, ""},
		"now, and at the end":               {schedule, []sources.OnCall{turn("S", 2, 5)}, sources.Whole, 24, "0-2 5-", none, ""},
		"nobody at all":                     {schedule, nil, sources.Whole, 24, "0-", none, ""},
		"targets cover each other":          {schedule, []sources.OnCall{turn("S", -3, 5), turn("T", 4, 9), turn("S", 9, 24)}, sources.Whole, 24, "", none, ""},
		"one within another":                {schedule, []sources.OnCall{turn("S", -3, 20), turn("T", 4, 9), turn("T", 20, 24)}, sources.Whole, 24, "", none, ""},
		"none of them covers it":            {schedule, []sources.OnCall{turn("S", -3, 5), turn("T", 6, 24)}, sources.Whole, 24, "5-6", none, ""},
		"always":                            {users, []sources.OnCall{direct}, sources.Whole, 24, "", none, ""},
		"always, and the list is partial":   {users, nil, partial, 24, "", none, ""},
		"always, and nothing was read":      {users, nil, sources.Extent{}, 0, "", none, ""},
		"a deleted user":                    {deleted, nil, sources.Whole, 24, "0-", none, ""},
		"a user who is not listed":          {users, nil, sources.Whole, 24, "", 0, "Ann is a target of level 1, and PagerDuty lists no on-call entry"},
		"partial":                           {schedule, []sources.OnCall{turn("S", -3, 5), turn("S", 7, 30)}, partial, 24, "", 5, "PagerDuty left some out"},
		"partial, and nobody":               {schedule, nil, partial, 24, "", 0, "PagerDuty left some out"},
		"partial, and what is there is all": {schedule, []sources.OnCall{turn("S", -3, 30)}, partial, 24, "", none, ""},
		"not read":                          {schedule, nil, sources.Extent{}, 0, "", 0, "has not been read"},
		"read for now alone":                {schedule, []sources.OnCall{turn("S", -3, 5)}, sources.Whole, 0, "", 5, "only who is on call now has been read"},
		"nobody now, and no more was read":  {schedule, nil, sources.Whole, 0, "0-", 0, "only who is on call now has been read"},
		"its turn has ended since":          {schedule, []sources.OnCall{turn("S", -3, -1)}, sources.Whole, 0, "", 0, "has ended since it was read"},
		"read for less":                     {schedule, []sources.OnCall{turn("S", -3, 12)}, sources.Whole, 12, "", 12, "who is on call after Wed 11 Mar 00:00 has not been read"},
		"read for less, with a gap":         {schedule, []sources.OnCall{turn("S", -3, 9)}, sources.Whole, 12, "9-", 12, "has not been read"},
		"read for less, and covered":        {schedule, []sources.OnCall{turn("S", -3, 30)}, sources.Whole, 12, "", none, ""},
		"a turn without a length":           {schedule, []sources.OnCall{turn("S", 3, 3), turn("S", 9, 4)}, sources.Whole, 24, "0-", none, ""},
		"the levels are not read":           {nil, []sources.OnCall{turn("S", -3, 5)}, sources.Whole, 24, "5-", none, ""},
	} {
		p := escalation.Policy{ID: "P", Name: "payments", Read: c.levels != nil, Levels: c.levels, OnCalls: c.list, OnCallsRead: c.extent}
		if c.read > 0 {
			p.Until = at(c.read)
		}
		got := p.Coverage(1, now, at(24))
		if gaps := gapsOf(got, now); gaps != c.gaps {
			t.Errorf("%s: the gaps are %q, want %q", name, gaps, c.gaps)
		}
		switch {
		case c.unknown == none && (got.Because != "" || !got.Unknown.IsZero()):
			t.Errorf("%s: unknown from %v because %s", name, got.Unknown, got.Because)
		case c.unknown != none && (!got.Unknown.Equal(at(c.unknown)) || !strings.Contains(got.Because, c.because)):
			t.Errorf("%s: unknown from %v because %q", name, got.Unknown, got.Because)
		}
	}
}

// Turns that change at the same time of day follow each other without a gap when the
// clocks change, and a restriction to hours leaves one that is an hour longer or shorter.
func TestCoverageWhenTheClocksChange(t *testing.T) {
	berlin := wallclock.Zone("Europe/Berlin")
	for _, c := range []struct {
		now  time.Time
		gaps string
	}{
		{time.Date(2026, 3, 27, 9, 0, 0, 0, berlin), "8-24 32-47 55-"},  // the night of the 28th is an hour shorter
		{time.Date(2026, 10, 23, 9, 0, 0, 0, berlin), "8-24 32-49 57-"}, // that of the 24th of October is longer
	} {
		day := func(n, hour int) time.Time {
			y, m, d := c.now.Date()
			return time.Date(y, m, d+n, hour, 0, 0, 0, berlin)
		}
		p := escalation.Policy{Read: true, OnCallsRead: sources.Whole, Until: day(3, 9)}
		for n := range 3 {
			p.OnCalls = append(p.OnCalls,
				sources.OnCall{Level: 1, Start: day(n, 9).UTC(), End: day(n, 17).UTC()},
				sources.OnCall{Level: 2, Start: day(n, 9).UTC(), End: day(n+1, 9)})
		}
		if gaps := gapsOf(p.Coverage(1, c.now, p.Until), c.now); gaps != c.gaps {
			t.Errorf("from %v the gaps are %q, want %q", c.now, gaps, c.gaps)
		}
		if gaps := gapsOf(p.Coverage(2, c.now, p.Until), c.now); gaps != "" {
			t.Errorf("from %v whole days have the gaps %q", c.now, gaps)
		}
	}
}

// A gap is exactly what no entry covers, minute by minute, as far as it was read.
func TestCoverageIsExact(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	random := rand.New(rand.NewPCG(1, 2))
	minute := func(n int) time.Time { return now.Add(time.Duration(n) * time.Minute) }
	for range 500 {
		p := escalation.Policy{Read: true, OnCallsRead: sources.Whole, Until: minute(20 + random.IntN(60))}
		if random.IntN(4) == 0 {
			p.OnCallsRead.Missing = "some are missing"
		}
		for range random.IntN(6) {
			from := random.IntN(70) - 10
			o := sources.OnCall{User: sources.Reference{ID: "U"}, Level: 1 + random.IntN(2), Start: minute(from), End: minute(from + random.IntN(30))}
			if random.IntN(12) == 0 {
				o.End = time.Time{}
			}
			p.OnCalls = append(p.OnCalls, o)
		}
		until := minute(60)
		c := p.Coverage(1, now, until)
		for n := range 60 {
			at := minute(n)
			covered := false
			for _, o := range p.OnCalls {
				covered = covered || o.Level == 1 && escalation.Covers(o, at)
			}
			inGap := false
			for _, g := range c.Gaps {
				inGap = inGap || !at.Before(g.From) && (at.Before(g.To) || g.To.IsZero())
			}
			unknown := c.Because != "" && !at.Before(c.Unknown)
			if unknown {
				inGap = false
			}
			switch {
			case covered && inGap, !covered && !inGap && !unknown:
				t.Fatalf("minute %d: covered %v, in a gap %v, unknown %v: %+v of %+v", n, covered, inGap, unknown, c, p)
			case !covered && !unknown && (!p.OnCallsRead.Whole() || !at.Before(p.Until)):
				t.Fatalf("minute %d: a gap that is not proven: %+v of %+v", n, c, p)
			}
		}
	}
}

func TestTurns(t *testing.T) {
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	at := func(hours int) time.Time { return now.Add(time.Duration(hours) * time.Hour) }
	turn := func(level int, user string, from, until int) sources.OnCall {
		return sources.OnCall{User: sources.Reference{ID: user}, Level: level, Start: at(from), End: at(until)}
	}
	p := escalation.Policy{OnCalls: []sources.OnCall{
		turn(1, "ben", 5, 9), turn(1, "ann", -3, 2), turn(1, "ann", 2, 5), turn(1, "ann", 4, 5), turn(1, "cy", -9, -1), turn(1, "ann", 9, 12),
		turn(2, "ann", 0, 3),
		{User: sources.Reference{ID: "dora"}, Level: 2},
		turn(2, "dora", 1, 2), turn(1, "late", 30, 40),
	}}
	var got []string
	for _, turn := range p.Turns(now, at(24)) {
		from, to := "", ""
		if !turn.From.IsZero() {
			from = fmt.Sprint(turn.From.Sub(now).Hours())
		}
		if !turn.To.IsZero() {
			to = fmt.Sprint(turn.To.Sub(now).Hours())
		}
		got = append(got, fmt.Sprintf("%d %s %s..%s", turn.Level, turn.User.ID, from, to))
	}
	if want := "2 dora ..; 1 ann -3..5; 2 ann 0..3; 1 ben 5..9; 1 ann 9..12"; strings.Join(got, "; ") != want {
		t.Errorf("the turns are %s\nwant %s", strings.Join(got, "; "), want)
	}
}
