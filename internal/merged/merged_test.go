package merged

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"firstline/internal/labelset"
	"firstline/sources"
)

func TestClusters(t *testing.T) {
	am := func(name string, peers ...string) sources.Snapshot {
		return sources.Snapshot{Source: sources.Source{Kind: sources.Alertmanager, Name: name}, Data: sources.Data{Peers: peers}}
	}
	for _, tt := range []struct {
		name      string
		snapshots []sources.Snapshot
		want      string
	}{
		{"none", nil, ""},
		{"one", []sources.Snapshot{am("a")}, "a"},
		{"two that report nothing", []sources.Snapshot{am("a"), am("b")}, "a|b"},
		{"two members", []sources.Snapshot{am("b", "1", "2"), am("a", "1", "2")}, "a,b"},
		{"one has started again", []sources.Snapshot{am("a", "1", "2"), am("b", "1", "3")}, "a,b"},
		{"one has lost the other", []sources.Snapshot{am("a", "1"), am("b", "1", "2")}, "a,b"},
		{"the network is cut", []sources.Snapshot{am("a", "1"), am("b", "2")}, "a|b"},
		{"three, reported by the middle one", []sources.Snapshot{am("c", "3"), am("a", "1"), am("b", "1", "2", "3")}, "a,b,c"},
		{"two clusters of two", []sources.Snapshot{am("a", "1", "2"), am("c", "3", "4"), am("b", "2", "1"), am("d", "4")}, "a,b|c,d"},
		{"one behind two addresses", []sources.Snapshot{am("a", "1"), am("b", "1")}, "a,b"},
		{"a Prometheus is none", []sources.Snapshot{{Source: sources.Source{Kind: sources.Prometheus, Name: "prom"}, Data: sources.Data{Peers: []string{"1"}}}, am("a", "1")}, "a"},
	} {
		var got []string
		for _, c := range Clusters(tt.snapshots) {
			got = append(got, strings.Join(c.Members, ","))
		}
		if joined := strings.Join(got, "|"); joined != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, joined, tt.want)
		}
	}
}

// What was worked out of alerts is remembered as long as they are there.
func TestMemoryForgets(t *testing.T) {
	prom := sources.Snapshot{
		Source: sources.Source{Kind: sources.Prometheus, Name: "prom"},
		Data: sources.Data{
			ExternalLabels: map[string]string{"cluster": "eu"},
			Alerts:         []*sources.Alert{{Source: "prom", Labels: map[string]string{"alertname": "X"}, State: sources.AlertFiring}},
		},
	}
	var m Memory
	for range 2 {
		all := Merge([]sources.Snapshot{prom}, labelset.Comparer{}, nil, &m)
		if got := labelset.Canonical(all.Alerts[0].Labels); got != `{alertname="X", cluster="eu"}` {
			t.Errorf("labels %s", got)
		}
	}
	if len(m.bySource) != 1 || len(m.completed) != 1 {
		t.Error("nothing is remembered")
	}
	for range 2 {
		Merge(nil, labelset.Comparer{}, nil, &m)
	}
	if len(m.bySource)+len(m.completed)+len(m.last) != 0 {
		t.Error("what is gone is still remembered")
	}
}

// What is known of a list's alerts is that of the same alerts in the next one,
// wherever they are there.
func TestHashesOfAChangedList(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	alert := func(n int) *sources.Alert {
		return &sources.Alert{Source: "prom", Labels: map[string]string{"alertname": "X", "n": strconv.Itoa(n), "text": strings.Repeat("\n", n%2)}}
	}
	var c labelset.Comparer
	var list, old hashedList
	for n := range 500 {
		alerts := slices.Clone(old.alerts)
		alerts = slices.DeleteFunc(alerts, func(*sources.Alert) bool { return random.IntN(8) == 0 })
		for range random.IntN(4) {
			alerts = slices.Insert(alerts, random.IntN(len(alerts)+1), alert(n))
		}
		if random.IntN(4) == 0 {
			random.Shuffle(len(alerts), func(i, j int) { alerts[i], alerts[j] = alerts[j], alerts[i] })
		}
		list = hashedList{alerts: alerts}
		list.hash(c, &old)
		fresh := hashedList{alerts: alerts}
		fresh.hash(c, &hashedList{})
		if !slices.Equal(list.hashes, fresh.hashes) || list.breaks != fresh.breaks {
			t.Fatalf("change %d: the hashes are others than those of the list alone", n)
		}
		old = list
	}
}

func BenchmarkHashesOfANewList(b *testing.B) {
	lists := make([]hashedList, 2)
	for i := range lists {
		for n := range 50_000 {
			lists[i].alerts = append(lists[i].alerts, &sources.Alert{Labels: map[string]string{"n": strconv.Itoa(n)}})
		}
	}
	lists[0].hash(labelset.Comparer{}, &hashedList{})
	for b.Loop() {
		lists[1].hash(labelset.Comparer{}, &lists[0])
	}
}
