package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"firstline/internal/triage/filter"
	"firstline/runbooks"
	"firstline/sources"
)

// watched is a watch of an account and a Prometheus, whose clock is at noon.
type watched struct {
	*watcher
	out, errOut bytes.Buffer
}

func newWatched(t *testing.T, text string, asJSON bool) *watched {
	t.Helper()
	f, err := filter.Parse(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := &watched{}
	a := newApp(strings.NewReader(""), &w.out, &w.errOut, "test")
	s := &setup{now: func() time.Time { return noon }, library: runbooks.Open(runbooks.Options{})}
	w.watcher = &watcher{a: a, s: s, filter: f, json: asJSON, snapshots: []sources.Snapshot{{Source: watchedAccount().Source}, {Source: watchedMetrics().Source}}}
	return w
}

// gives has the sources say something, and returns what is printed then.
func (w *watched) gives(t *testing.T, list ...sources.Snapshot) string {
	t.Helper()
	w.out.Reset()
	for i := range list {
		list[i].Revision = uint64(i) + 1 + w.snapshots[0].Revision + w.snapshots[1].Revision
	}
	if err := w.take(list); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(w.out.String(), "\n")
}

func watchedAccount(incidents ...sources.Incident) sources.Snapshot {
	return sources.Snapshot{
		Source: sources.Source{Kind: sources.PagerDuty, Name: "pagerduty"}, AsOf: noon,
		Data: sources.Data{Incidents: incidents, Me: &sources.User{ID: "UDANA", Name: "Dana"}, Extents: sources.Extents{Incidents: sources.Whole, Alerts: sources.Whole, Services: sources.Whole}},
	}
}

func watchedMetrics(alerts ...*sources.Alert) sources.Snapshot {
	return sources.Snapshot{
		Source: sources.Source{Kind: sources.Prometheus, Name: "prom"}, AsOf: noon,
		Data: sources.Data{Alerts: alerts, Extents: sources.Extents{Alerts: sources.Whole}},
	}
}

func fails(snap sources.Snapshot) sources.Snapshot {
	snap.Err, snap.FailingSince = &sources.Error{Source: snap.Source, Reason: sources.Unreachable, Sentence: "it can't be reached"}, noon
	return snap
}

func watchedIncident(number int, change func(*sources.Incident)) sources.Incident {
	in := sources.Incident{
		Source: "pagerduty", ID: fmt.Sprint("P", number), Number: number, Title: "Errors\x1b]0;x\x07 of checkout", Status: sources.Triggered, Urgency: "high",
		CreatedAt: noon.Add(-time.Hour), Service: sources.Reference{ID: "S1", Name: "checkout"}, AlertsRead: true,
		Assignments: []sources.Assignment{{User: sources.Reference{ID: "UDANA", Name: "Dana"}, At: noon.Add(-time.Hour)}},
	}
	if change != nil {
		change(&in)
	}
	return in
}

func ofAnn(in *sources.Incident) {
	in.Assignments = []sources.Assignment{{User: sources.Reference{ID: "UANN", Name: "Ann"}, At: noon.Add(-time.Minute)}}
}

func TestWatchPrintsChanges(t *testing.T) {
	t.Parallel()
	w := newWatched(t, "", false)
	want := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	partial := watchedAccount(watchedIncident(1, nil))
	partial.Partial = true
	want(w.gives(t, partial, watchedMetrics()), "")
	want(w.errOut.String(), "")
	want(w.gives(t, watchedAccount(watchedIncident(1, nil))), "")
	want(w.errOut.String(), "firstline: watching pagerduty, prom: 1 group now, each change has a line\n")
	want(w.gives(t, watchedAccount(watchedIncident(1, nil), watchedIncident(2, nil))), "12:00:00  New: #2 Errors of checkout (checkout)")
	want(w.gives(t, fails(watchedAccount(watchedIncident(1, nil), watchedIncident(2, nil)))), "12:00:00  pagerduty: it can't be reached; its groups are as of 12:00:00")
	want(w.gives(t, fails(watchedAccount(watchedIncident(1, nil), watchedIncident(2, nil)))), "")
	capped := watchedAccount(watchedIncident(1, ofAnn))
	capped.Data.Extents.Incidents.Missing = "there are more than 10,000"
	want(w.gives(t, capped), "12:00:00  pagerduty: not all open incidents are known, because there are more than 10,000\n12:00:00  Went to Ann: #1 Errors of checkout (checkout)")
	want(w.gives(t, watchedAccount(watchedIncident(1, ofAnn))), "12:00:00  pagerduty answers, and is read whole\n12:00:00  Ended: #2 Errors of checkout (checkout)")
	want(w.gives(t), "") // time has passed
	want(w.gives(t, fails(watchedMetrics())), "12:00:00  prom: it can't be reached; its groups are as of 12:00:00")
}

// A filter takes groups that match before or after a change: one that leaves has a
// line too.
func TestWatchFilters(t *testing.T) {
	t.Parallel()
	w := newWatched(t, "mine", false)
	w.gives(t, watchedMetrics(), watchedAccount(watchedIncident(1, nil), watchedIncident(2, ofAnn)))
	acked := func(in *sources.Incident) {
		ofAnn(in)
		in.Status, in.Acknowledgers = sources.Acknowledged, in.Assignments
	}
	got := w.gives(t, watchedAccount(watchedIncident(1, acked), watchedIncident(2, acked)))
	if want := "12:00:00  Went to Ann: #1 Errors of checkout (checkout)\n12:00:00  Acknowledged by Ann: #1 Errors of checkout (checkout)"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := w.gives(t, watchedAccount(watchedIncident(2, acked))); got != "" {
		t.Errorf("what is no longer mine ended: %s", got)
	}
}

// watchOutput is what watch prints with --json of a source that fails and of an
// incident that ended.
func watchOutput(t *testing.T) string {
	t.Helper()
	w := newWatched(t, "", true)
	w.gives(t, watchedMetrics(), watchedAccount(watchedIncident(1, nil)))
	return w.gives(t, fails(watchedMetrics()), watchedAccount())
}

func TestWatchJSON(t *testing.T) {
	t.Parallel()
	var lines []watchJSON
	for text := range strings.Lines(watchOutput(t)) {
		var line watchJSON
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		lines = append(lines, line)
	}
	if len(lines) != 2 || lines[0].Change != "source_failed" || lines[0].Source == nil || lines[0].Source.OK || lines[0].Group != nil || lines[0].ID != nil {
		t.Fatalf("%+v", lines)
	}
	ended := lines[1]
	if ended.Change != "ended" || ended.ID == nil || *ended.ID != "P1" || ended.Mine == nil || !*ended.Mine || ended.Group == nil || ended.Group.Incident.Number != 1 || ended.Source != nil {
		t.Errorf("%+v", ended)
	}
	w := newWatched(t, "", false)
	var given []string
	w.exec = func(name string, line watchJSON) { given = append(given, line.Change+" "+name) }
	w.gives(t, watchedMetrics(), watchedAccount(watchedIncident(1, nil)))
	w.gives(t, fails(watchedMetrics()), watchedAccount())
	if len(given) != 1 || given[0] != "ended #1 Errors of checkout" {
		t.Errorf("the command gets %q", given)
	}
}

// reports sends what is written to it.
type reports chan string

func (r reports) Write(p []byte) (int, error) {
	r <- string(p)
	return len(p), nil
}

// Commands run one after the other, and none outlives the watch.
func TestWatchExecutes(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("the commands are those of a POSIX shell")
	}
	file := filepath.Join(t.TempDir(), "log")
	said, printed := make(reports, 8), make(reports, 8)
	run := func(command string, limit time.Duration, names ...string) *executor {
		e := &executor{command: command, out: printed, limit: limit, say: func(s string) { said <- s }, wake: make(chan struct{}, 1)}
		var ctx context.Context
		ctx, e.cancel = context.WithCancel(t.Context())
		for _, name := range names {
			e.run(name, watchJSON{Change: name})
		}
		e.group.Go(func() { e.work(ctx) })
		return e
	}
	e := run(`echo begin >> `+file+`; cat >> `+file+`; echo end >> `+file+`; exit 3`, time.Minute, "one", "two")
	for _, name := range []string{"one", "two"} {
		if got := <-said; got != "--exec for "+name+": the command ended with status 3" {
			t.Error(got)
		}
	}
	e.stop()
	text, err := os.ReadFile(file)
	if lines := strings.Split(string(text), "\n"); err != nil || len(lines) != 7 || lines[0] != "begin" || !strings.Contains(lines[1], `"change":"one"`) || lines[2] != "end" || !strings.Contains(lines[4], `"change":"two"`) {
		t.Errorf("%v: %s", err, text)
	}
	e = run("sleep 600", 10*time.Millisecond, "long")
	if got := <-said; got != "--exec for long: the command was ended, because it ran for more than 10ms" {
		t.Error(got)
	}
	e.stop()
	e = run("echo begun; exec sleep 600", time.Hour, "first", "second", "third")
	if got := <-printed; got != "begun\n" {
		t.Error(got)
	}
	e.stop()
	if got := <-said; got != "--exec: the command did not run for the last 2 changes" {
		t.Error(got)
	}
}

// More changes than a command can take are counted, and said.
func TestWatchDropsWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	var said []string
	e := &executor{say: func(s string) { said = append(said, s) }, wake: make(chan struct{}, 1), cancel: func() {}}
	for range mostWaiting + 2 {
		e.run("one", watchJSON{})
	}
	e.stop()
	if len(said) != 1 || said[0] != "--exec: the command did not run for the last 1002 changes" {
		t.Error(said)
	}
}
