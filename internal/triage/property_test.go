package triage

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"firstline/internal/labelset"
	"firstline/internal/routing"
	"firstline/sources"
)

// drawing draws sources with few labels and values, so that much of it collides:
// the same alerts in several sources, shared keys, resemblance.
type drawing struct {
	*rapid.T
	snapshots []sources.Snapshot
	seen      []map[string]string // labels
	keys      []string
}

// drawSnapshots draws Alertmanagers, Prometheuses and a PagerDuty.
func drawSnapshots(t *rapid.T) []sources.Snapshot {
	d := &drawing{T: t}
	for i := range rapid.IntRange(0, 2).Draw(t, "alertmanagers") {
		d.manager(fmt.Sprintf("am-%d", i))
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "prometheuses") {
		d.prometheus(fmt.Sprintf("prom-%d", i))
	}
	if rapid.Bool().Draw(t, "pagerduty") {
		d.pagerDuty()
	}
	return d.snapshots
}

func (d *drawing) pick(label string, from ...string) string {
	return rapid.SampledFrom(from).Draw(d.T, label)
}

// labels draws labels, often those of another alert.
func (d *drawing) labels() map[string]string {
	if len(d.seen) > 0 && rapid.Bool().Draw(d.T, "again") {
		return rapid.SampledFrom(d.seen).Draw(d.T, "labels")
	}
	l := map[string]string{"alertname": d.pick("name", "X", "Y", "Disk full")}
	for _, name := range []string{"service", "pod", "cluster", "severity", "replica", "note"} {
		if v := d.pick(name, "", "", "a", "b", "critical", "x\n - y = z"); v != "" {
			l[name] = v
		}
	}
	d.seen = append(d.seen, l)
	return l
}

func (d *drawing) since() time.Time {
	return testNow.Add(-time.Duration(rapid.IntRange(0, 3).Draw(d.T, "since")) * time.Minute)
}

func (d *drawing) add(s sources.Snapshot) {
	if rapid.IntRange(0, 4).Draw(d.T, "fails") == 0 {
		s.Err = errDown
	}
	d.snapshots = append(d.snapshots, s)
}

func (d *drawing) manager(name string) {
	data := sources.Data{Silences: []sources.Silence{{ID: "s1", Comment: "x"}, {ID: "s2"}}}
	// Some are one cluster, some do not report it.
	data.Peers = rapid.SampledFrom([][]string{nil, {"1"}, {"1", "2"}}).Draw(d.T, "peers")
	data.Routing = d.pick("routing", "", simpleRouting, recordedRouting, "route: {receiver: pd, group_by: ['...'], routes: [{matchers: ['pod=~\".+\"'], receiver: other, continue: true}, {matchers: [alertname!=\"X\"], group_by: [service]}]}")
	groups := map[string]*sources.NotificationGroup{}
	for range rapid.IntRange(0, 6).Draw(d.T, "alerts") {
		a := &sources.Alert{Source: name, Labels: d.labels(), ActiveSince: d.since(), Receivers: []string{"pd"}}
		a.Fingerprint = labelset.Fingerprint(a.Labels)
		switch rapid.IntRange(0, 3).Draw(d.T, "state") {
		case 0:
			a.State, a.SilencedBy = sources.AlertSilenced, []string{"s1", "s2"}
		case 1:
			a.State, a.InhibitedBy = sources.AlertInhibited, []string{a.Fingerprint}
		default:
			a.State = sources.AlertFiring
		}
		data.Alerts = append(data.Alerts, a)
		tree, err := routing.Read(data.Routing)
		if err != nil || rapid.IntRange(0, 3).Draw(d.T, "grouped") == 0 {
			continue
		}
		for _, r := range tree.Reach(a.Labels) {
			group := r.GroupLabels(a.Labels)
			id := r.Receiver + labelset.Canonical(group)
			if groups[id] == nil {
				groups[id] = &sources.NotificationGroup{Source: name, Receiver: r.Receiver, Labels: group}
			}
			groups[id].Fingerprints = append(groups[id].Fingerprints, a.Fingerprint)
			d.keys = append(d.keys, routing.DedupKey(r.GroupKeys(group, labelset.Canonical(group))[0]))
		}
	}
	for _, id := range slices.Sorted(mapKeys(groups)) {
		data.Groups = append(data.Groups, *groups[id])
	}
	d.add(snapshot(sources.Alertmanager, name, data))
}

func (d *drawing) prometheus(name string) {
	data := sources.Data{ExternalLabels: map[string]string{}, Rules: evaluated("X", "Y", "Disk full")}
	if rapid.Bool().Draw(d.T, "external") {
		data.ExternalLabels["cluster"] = d.pick("cluster", "a", "b")
		data.ExternalLabels["replica"] = name
	}
	for range rapid.IntRange(0, 6).Draw(d.T, "alerts") {
		l := sources.MergeLabels(d.labels(), nil)
		if rapid.Bool().Draw(d.T, "cut") {
			delete(l, "cluster")
		}
		state := sources.AlertState(d.pick("state", string(sources.AlertFiring), string(sources.AlertPending)))
		data.Alerts = append(data.Alerts, &sources.Alert{Source: name, Labels: l, State: state, ActiveSince: d.since(), Value: sources.NewValue(d.pick("value", "1", "2"))})
	}
	d.add(snapshot(sources.Prometheus, name, data))
}

func (d *drawing) pagerDuty() {
	data := sources.Data{Me: &sources.User{ID: "U1"}}
	for i := range rapid.IntRange(0, 5).Draw(d.T, "incidents") {
		var sent []sources.IncidentAlert
		for k := range rapid.IntRange(0, 2).Draw(d.T, "events") {
			key := "no key"
			if len(d.keys) > 0 && rapid.Bool().Draw(d.T, "keyed") {
				key = rapid.SampledFrom(d.keys).Draw(d.T, "key")
			}
			status := sources.IncidentStatus(d.pick("status", string(sources.Triggered), string(sources.Resolved)))
			sent = append(sent, sources.IncidentAlert{ID: fmt.Sprint(k), Key: key, Status: status, Details: drawDetails(d.T, d.labels), Summary: d.pick("summary", "", "[FIRING:1] X a", "Disk full on b")})
		}
		in := incident(fmt.Sprintf("P%d", i), sent...)
		in.CreatedAt = d.since()
		in.Service.Name = d.pick("service", "", "a", "Everything")
		in.AlertsRead = rapid.Bool().Draw(d.T, "read")
		data.Incidents = append(data.Incidents, in)
	}
	d.add(snapshot(sources.PagerDuty, "pd", data))
}

func drawDetails(t *rapid.T, labels func() map[string]string) any {
	l := labels()
	switch rapid.IntRange(0, 4).Draw(t, "details") {
	case 0:
		return nil
	case 1:
		text := "Labels:\n"
		for _, name := range slices.Sorted(mapKeys(l)) {
			text += " - " + name + " = " + l[name] + "\n"
		}
		return map[string]any{"firing": text + "Annotations:\nSource: \n"}
	case 2:
		object := map[string]any{}
		for name, value := range l {
			object[name] = value
		}
		return map[string]any{"firing": []any{map[string]any{"labels": object, "fingerprint": labelset.Fingerprint(l)}}}
	case 3:
		return map[string]any{"alertname": l["alertname"], "service": l["service"]}
	}
	return map[string]any{"fingerprint": labelset.Fingerprint(l)}
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func shuffled[T any](r *rand.Rand, list []T) []T {
	list = slices.Clone(list)
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

func TestJoinProperties(t *testing.T) {
	o := Options{Services: []ServiceRule{{Name: "mapped", PagerDuty: "a", Match: mustMatchers(t, `service="a"`)}}}
	rapid.Check(t, func(t *rapid.T) {
		snapshots := drawSnapshots(t)
		groups := Join(snapshots, o, testNow)

		if again := Join(snapshots, o, testNow); !reflect.DeepEqual(groups, again) {
			t.Fatalf("joining twice differs\n%+v\n%+v", groups, again)
		}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "shuffle"), 1))
		other := shuffled(r, snapshots)
		for i := range other {
			d := &other[i].Data
			d.Alerts, d.Groups, d.Incidents, d.Silences = shuffled(r, d.Alerts), shuffled(r, d.Groups), shuffled(r, d.Incidents), shuffled(r, d.Silences)
			for g := range d.Groups {
				d.Groups[g].Fingerprints = shuffled(r, d.Groups[g].Fingerprints)
			}
		}
		if again := Join(other, o, testNow); !reflect.DeepEqual(groups, again) {
			t.Fatalf("another order gives other groups\n%+v\n%+v", groups, again)
		}
		checkNothingIsLost(t, snapshots, groups)
		if !slices.IsSortedFunc(groups, func(a, b Group) int {
			x, y := keyOf(&a, ByRank), keyOf(&b, ByRank)
			return compareKeys(&x, &y)
		}) {
			t.Fatal("not in the order of rank")
		}
	})
}

// checkNothingIsLost wants every incident and every alert once.
func checkNothingIsLost(t *rapid.T, snapshots []sources.Snapshot, groups []Group) {
	c := labelset.Comparer{Ignored: Options{}.WithDefaults().IgnoreLabels}
	ids, shown := map[string]bool{}, map[string][]string{}
	for _, g := range groups {
		if ids[g.ID] {
			t.Fatalf("two groups %s", g.ID)
		}
		ids[g.ID] = true
		if g.Incident == nil && len(g.Alerts) == 0 {
			t.Fatalf("group %s is of nothing", g.ID)
		}
		for _, a := range g.Alerts {
			own := c.Complete(map[string]string{}, a.Labels) // without what is ignored
			where := labelset.Canonical(own) + strings.Join(a.Clusters, ",")
			others := shown[where]
			for _, other := range others {
				if !slices.Contains(g.Shares, other) {
					t.Fatalf("alert %v is in two groups that do not say so, or twice in one", own)
				}
			}
			shown[where] = append(others, g.ID)
			if len(a.Sources) == 0 || !slices.IsSorted(a.Sources) || a.JoinedBy == Unjoined {
				t.Fatalf("alert %+v tells no source or rule", a)
			}
		}
	}
	for _, s := range snapshots {
		for _, in := range s.Data.Incidents {
			if !ids[in.ID] {
				t.Fatalf("incident %s is lost", in.ID)
			}
		}
		for _, a := range s.Data.Alerts {
			found := slices.ContainsFunc(groups, func(g Group) bool {
				return slices.ContainsFunc(g.Alerts, func(x Alert) bool {
					return slices.Contains(x.Sources, s.Source.Name) && c.Within(a.Labels, x.Labels)
				})
			})
			if !found {
				t.Fatalf("alert %v of %s is lost", a.Labels, s.Source.Name)
			}
		}
	}
	slices.SortFunc(groups, func(a, b Group) int { return cmp.Compare(a.ID, b.ID) })
	Sort(groups, ByRank)
}

// A Joiner gives what a join without memory gives, whichever of its lists came
// before, were changed, or are to be compared by other labels; but for what it
// is to remember.
func TestMemoryChangesNothing(t *testing.T) {
	rules := [][]ServiceRule{
		nil,
		{{Name: "b", Match: mustMatchers(t, `service="a"`)}},
		{{Name: "mapped", PagerDuty: "a", Match: mustMatchers(t, `pod="p"`)}},
	}
	rapid.Check(t, func(t *rapid.T) {
		worlds := [][]sources.Snapshot{drawSnapshots(t), drawSnapshots(t)}
		for _, snapshots := range worlds {
			for i := range snapshots { // data that is retained while alerts are read is past data too
				for k := range snapshots[i].Data.Incidents {
					snapshots[i].Data.Incidents[k].AlertsRead = true
				}
			}
		}
		var j Joiner
		for range rapid.IntRange(1, 5).Draw(t, "joins") {
			snapshots := slices.Clone(rapid.SampledFrom(worlds).Draw(t, "world"))
			for i := range snapshots {
				switch rapid.IntRange(0, 3).Draw(t, "news") {
				case 0:
					snapshots[i].Data.Alerts = slices.Clone(snapshots[i].Data.Alerts)
				case 1:
					snapshots[i].Data.ExternalLabels = map[string]string{"cluster": rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "cluster")}
				}
			}
			o := Options{
				IgnoreLabels: rapid.SampledFrom([][]string{nil, {"pod"}}).Draw(t, "ignored"),
				Services:     rapid.SampledFrom(rules).Draw(t, "services"),
			}
			want, got := Join(snapshots, o, testNow), j.Join(snapshots, o, testNow)
			for i := range got { // these are of the past
				got[i].NotFiringSince, got[i].Flaps = time.Time{}, 0
			}
			for i := range want {
				want[i].Flaps = 0
			}
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("with memory:\n%+v\nwithout:\n%+v", got, want)
			}
		}
	})
}
