package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"firstline/internal/triage/filter"
	"firstline/runbooks"
	"firstline/sources"
)

// watchedList is list --watch of an account and a Prometheus, whose clock is at noon.
func watchedList(t *testing.T, f listFlags) (says func(list ...sources.Snapshot) string, aside *bytes.Buffer) {
	t.Helper()
	f.columns, f.sort, f.watch = "id,state", "rank", true
	output, err := f.output(func(flag string) bool { return flag == "format" && f.format != "" })
	if err != nil {
		t.Fatal(err)
	}
	shown, err := filter.Parse(f.filter, nil)
	if err != nil {
		t.Fatal(err)
	}
	var out, errOut bytes.Buffer
	s := &setup{now: func() time.Time { return noon }, library: runbooks.Open(runbooks.Options{})}
	w := newListWatcher(newApp(strings.NewReader(""), &out, &errOut, "test"), s, shown, f, output)
	w.snapshots = []sources.Snapshot{{Source: watchedAccount().Source}, {Source: watchedMetrics().Source}}
	revision := uint64(0)
	return func(list ...sources.Snapshot) string {
		out.Reset()
		for i := range list {
			revision++
			list[i].Revision = revision
		}
		if err := w.take(list); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}, &errOut
}

func TestListWatchPrintsWhatChanged(t *testing.T) {
	t.Parallel()
	alert := func(value string) *sources.Alert {
		a := &sources.Alert{Source: "prom", State: sources.AlertFiring, ActiveSince: noon.Add(-time.Hour), Labels: map[string]string{"alertname": "A", "service": "checkout"}}
		a.Value = sources.NewValue(value)
		return a
	}
	acked := func(in *sources.Incident) { in.Status, in.Acknowledgers = sources.Acknowledged, in.Assignments }
	says, aside := watchedList(t, listFlags{filter: "state!=firing"})
	want := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
	partial := watchedAccount(watchedIncident(1, nil))
	partial.Partial = true
	want(says(partial, watchedMetrics(alert("1"))), "")
	want(says(watchedAccount(watchedIncident(1, nil))), "12:00:00  1 group\nID     STATE\nP1 #1  triggered\n")
	want(says(watchedAccount(watchedIncident(1, nil))), "") // read again
	want(says(), "")                                        // time has passed
	want(says(watchedMetrics(alert("2"))), "")
	want(says(watchedAccount(watchedIncident(1, acked))), "\n12:00:00  1 group\nID     STATE\nP1 #1  acknowledged\n")
	want(says(fails(watchedAccount(watchedIncident(1, acked)))), "\n12:00:00  1 group\nID     STATE\nP1 #1  acknowledged\n")
	want(aside.String(), "firstline: pagerduty: it can't be reached\n")
	aside.Reset()
	want(says(fails(watchedAccount(watchedIncident(1, acked)))), "")
	want(says(watchedAccount()), "\n12:00:00  0 groups\n")
	want(aside.String(), "firstline: pagerduty answers, and is read whole\nfirstline: 12:00:00: none of 1 group matches the filter\n")

	says, _ = watchedList(t, listFlags{format: "{{.id}}"})
	want(says(watchedAccount(watchedIncident(1, nil)), watchedMetrics()), "P1\n")
	want(says(watchedAccount(watchedIncident(1, nil), watchedIncident(2, nil))), "\nP1\nP2\n")

	says, _ = watchedList(t, listFlags{asJSON: true})
	for _, list := range [][]sources.Snapshot{{watchedAccount(watchedIncident(1, nil)), watchedMetrics()}, {watchedAccount()}} {
		line := says(list...)
		if strings.Count(line, "\n") != 1 {
			t.Errorf("no line of its own: %s", line)
		}
		if err := checkJSON([]string{"list", "--watch", "--json"}, []byte(line)); err != nil {
			t.Error(err)
		}
	}
	if got := says(watchedAccount()); got != "" {
		t.Errorf("nothing changed, and it prints %s", got)
	}
}
