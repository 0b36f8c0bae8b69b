package changes

import (
	"strings"
	"testing"
	"time"

	"firstline/internal/triage"
	"firstline/sources"
)

// What a series of reads brings, each compared with what was read before.
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
