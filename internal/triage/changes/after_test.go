package changes

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

// What a series of reads brings, each compared with what was read before.
// What another source, or another rule, makes of the same is no change, and what happens
// to the groups of the sources that stay is one.
func TestContinuing(t *testing.T) {
	type groups = []triage.Group
	failing := account()
	failing.Err = &sources.Error{Reason: sources.Unreachable}
	nothing := sources.Snapshot{Source: metrics().Source}
	silent := sources.Snapshot{Source: account().Source}
	with := func(change func(*triage.Group)) triage.Group {
		return incident(1, func(g *triage.Group) {
			g.Alerts = alerts("A", nil).Alerts
			if change != nil {
				change(g)
			}
		})
	}
	two := func(a, b sources.Snapshot) []sources.Snapshot { return []sources.Snapshot{a, b} }
	for name, c := range map[string]struct {
		// before was of an account and a Prometheus, which is another one since where
		// other is set. first is what is made of the same at once, then what is read later.
		before, first, then        groups
		beforeOf, firstOf, thenOf  []sources.Snapshot
		otherMetrics, otherAccount bool
		want                       string
	}{
		"nothing": {before: groups{incident(1, nil)}, first: groups{incident(1, nil)}, then: groups{incident(1, nil)}},
		"an incident opens while the other source is asked": {
			before: groups{incident(1, nil)}, first: groups{incident(1, nil)}, firstOf: two(account(), nothing), otherMetrics: true,
			then: groups{incident(1, nil), incident(2, nil)}, thenOf: two(account(), nothing), want: "New: #2 Title",
		},
		"alerts of the other source": {
			before: groups{incident(1, nil), alerts("A", nil)}, first: groups{incident(1, nil)}, firstOf: two(account(), nothing), otherMetrics: true,
			then: groups{incident(1, nil), alerts("A", nil), alerts("B", nil)},
		},
		"the other source makes it graver, and over, and silenced": {
			before: groups{incident(1, nil)}, first: groups{incident(1, nil)}, firstOf: two(account(), nothing), otherMetrics: true,
			then: groups{with(func(g *triage.Group) {
				g.Severity, g.Over.State, g.Silences = triage.Critical, triage.IsOver, []sources.Silence{{Source: "prom"}}
			})},
		},
		"acknowledged meanwhile": {
			before: groups{incident(1, nil)}, first: groups{incident(1, nil)}, firstOf: two(account(), nothing), otherMetrics: true,
			then: groups{incident(1, acknowledged("UANN", "Ann", noon))}, want: "Acknowledged by Ann: #1 Title",
		},
		"other rules name the alerts otherwise": {
			before: groups{alerts("A", nil)}, first: groups{alerts("A", func(g *triage.Group) { g.ID, g.Title = "A/till", "A of till" })},
			then: groups{alerts("A", func(g *triage.Group) { g.ID, g.Title = "A/till", "A of till" })},
		},
		"it fails at that moment": {
			before: groups{incident(1, nil)}, first: nil, firstOf: two(failing, metrics()),
			then: groups{incident(1, nil), incident(2, nil)}, want: "New: #2 Title",
		},
		"another account": {
			before: groups{incident(1, nil)}, first: nil, firstOf: two(silent, metrics()), otherAccount: true,
			then: groups{incident(3, nil), incident(4, func(g *triage.Group) { g.Since = noon.Add(2 * time.Minute) })}, want: "New: #4 Title",
		},
	} {
		t.Run(name, func(t *testing.T) {
			before := list(noon, c.before, c.beforeOf...)
			first := list(noon.Add(time.Minute), c.first, c.firstOf...).Continuing(before, func(name string) bool {
				return name == "prom" && !c.otherMetrics || name == "pagerduty" && !c.otherAccount
			})
			var got []string
			for _, change := range Between(first, list(noon.Add(3*time.Minute), c.then, c.thenOf...), "UDANA") {
				got = append(got, change.Sentence())
			}
			if got := strings.Join(got, "; "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestAfter(t *testing.T) {
	type groups = []triage.Group
	failing, capped := account(), account()
	failing.Err = &sources.Error{Reason: sources.Unreachable}
	capped.Data.Extents.Incidents.Missing = "there are more"
	down := metrics()
	down.Err = &sources.Error{Reason: sources.Unreachable}
	opened := func(number int, at time.Duration) triage.Group {
		return incident(number, func(g *triage.Group) { g.Since = noon.Add(at) })
	}
	type read struct {
		groups groups
		// from are the snapshots; nil: all read whole.
		from []sources.Snapshot
	}
	without := func(s sources.Snapshot) []sources.Snapshot { return []sources.Snapshot{s, metrics()} }
	for name, c := range map[string]struct {
		reads []read
		want  string // of all reads but the first, those without a change too
	}{
		"nothing is new at first": {[]read{{groups{incident(1, nil)}, nil}, {groups{incident(1, nil)}, nil}}, ""},
		"opened while it failed": {
			[]read{{groups{incident(1, nil)}, nil}, {groups{incident(1, nil)}, without(failing)}, {groups{incident(1, nil), incident(2, nil)}, nil}},
			"; New: #2 Title",
		},
		"failing at first": {[]read{{nil, without(failing)}, {groups{incident(1, nil)}, nil}, {groups{incident(1, nil), incident(2, nil)}, nil}}, "; New: #2 Title"},
		"failing at first, and opened since": {
			[]read{{nil, without(failing)}, {nil, without(failing)}, {groups{incident(1, nil), opened(2, 20*time.Second)}, nil}},
			"; New: #2 Title",
		},
		"missing for a while": {
			[]read{{groups{incident(1, nil)}, nil}, {nil, without(capped)}, {groups{incident(1, nil)}, nil}},
			"Not listed any longer, and its source was not read whole: #1 Title; ",
		},
		"missing, then changed": {
			[]read{{groups{incident(1, nil)}, nil}, {nil, without(capped)}, {groups{incident(1, acknowledged("UANN", "Ann", noon))}, nil}},
			"Not listed any longer, and its source was not read whole: #1 Title; Acknowledged by Ann: #1 Title",
		},
		"missing, then ended": {
			[]read{{groups{incident(1, nil)}, nil}, {nil, without(capped)}, {nil, nil}},
			"Not listed any longer, and its source was not read whole: #1 Title; Ended: #1 Title",
		},
		"never whole": {
			[]read{{groups{incident(1, nil)}, without(capped)}, {groups{incident(2, nil)}, without(capped)}, {groups{incident(1, nil), opened(3, 90*time.Second)}, without(capped)}},
			"Not listed any longer, and its source was not read whole: #1 Title; New: #3 Title, Not listed any longer, and its source was not read whole: #2 Title",
		},
		"alerts whose Prometheus fails": {
			[]read{{groups{alerts("A", nil)}, nil}, {nil, []sources.Snapshot{account(), down}}, {groups{alerts("A", nil)}, nil}},
			"Not listed any longer, and its source was not read whole: A; ",
		},
		"alerts that got an incident while their Prometheus fails": {
			[]read{
				{groups{alerts("A", nil)}, nil},
				{groups{incident(1, func(g *triage.Group) { g.Alerts = alerts("A", nil).Alerts })}, []sources.Snapshot{account(), down}},
				{groups{incident(1, func(g *triage.Group) { g.Alerts = alerts("A", nil).Alerts })}, nil},
			},
			"An incident was opened: #1 A: Title; ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var before *List
			var got []string
			for i, r := range c.reads {
				l := list(noon.Add(time.Duration(i)*time.Minute), r.groups, r.from...)
				if before != nil {
					var said []string
					for _, change := range Between(before, l, "UDANA") {
						said = append(said, change.Sentence())
					}
					got = append(got, strings.Join(said, ", "))
				}
				before = l.After(before)
			}
			if got := strings.Join(got, "; "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
