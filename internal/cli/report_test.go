package cli

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"firstline/internal/alive"
	"firstline/internal/report"
	"firstline/internal/store"
	"firstline/sources/demo"
)

func withPast(t *testing.T) *harness {
	t.Helper()
	w := newHarness(t)
	w.demo.PagerDuty.SetLimit(1_000_000)
	w.demo.PagerDuty.AddPast(demo.Past{From: noon.AddDate(0, 0, -20), Until: noon.AddDate(0, 0, -1), Incidents: 60, EntriesEach: 9})
	return w
}

func TestSyncAndReport(t *testing.T) {
	w := withPast(t)
	w.run("report").want(t, exitFailed).says(t, "no history is stored on this machine yet")
	state, err := store.Open(t.Context(), w.statePath()) // another command made it
	if err != nil {
		t.Fatal(err)
	}
	state.Close()
	for _, args := range []string{"report", "report --by person", "report --person dana", "history --incidents"} {
		if r := w.run(strings.Fields(args)...).want(t, exitFailed).says(t, "no history is stored on this machine yet: run `firstline sync`"); r.out != "" {
			t.Errorf("%s prints %s", args, r.out)
		}
	}
	w.run("sync", "--since", "20d").want(t, exitDone).says(t, "The history since", "log entries").says(t, "reading people", "reading the history")
	w.run("sync", "--since", "20d").want(t, exitDone)
	w.run("report", "--since", "10d").want(t, exitDone).says(t, "On-call load from", "interruptions", "unknown, because no [[service]] has developers_on_call")
	w.run("report", "--since", "10d", "--by", "person").want(t, exitDone).says(t, "Dana Okafor", "interrupted")
	w.run("report", "--since", "10d", "--list", "interruptions").want(t, exitDone).says(t, "interruptions: ", "#")
	w.run("report", "--since", "10d", "--by", "week", "--format", "csv").want(t, exitDone).says(t, "key,name,interruptions", "2026-11-16")
	w.run("report", "--since", "10d", "--format", "markdown").want(t, exitDone).says(t, "| interruptions |")
	w.run("report", "--since", "10d", "--table", "fairness", "--format", "csv").want(t, exitDone).says(t, ",on call,interrupted", "Dana Okafor,")
	w.run("report", "--since", "10d", "--table", "follow_ups").want(t, exitDone).says(t, "unknown, because there is no directory")
	w.run("report", "--since", "10d", "--table", "slo").want(t, exitDone).says(t, "attained", "checkout")
	w.run("report", "--since", "10d", "--table", "runbooks").want(t, exitDone).says(t, "none")
	w.run("report", "--since", "10d", "--compare", "--table", "compare").want(t, exitDone).says(t, "incidents", "Analytics")
	for status, says := range map[int]string{402: "has no Analytics", 403: "refuses the Analytics", 404: "(404)"} {
		w.demo.PagerDuty.SetAccount(demo.Account{RefuseAnalytics: status})
		w.run("report", "--since", "10d", "--table", "compare").want(t, exitPartly).says(t, "unknown, because", says)
	}
	w.demo.PagerDuty.SetAccount(demo.Account{})
	w.run("report", "--month", "2026-11", "--table", "compensation").want(t, exitPartly).says(t, "unknown, because who was on call from")
	w.run("report", "--since", "10d", "--person", "Nobody").want(t, exitFailed).says(t, `no person "Nobody"`)
	w.run("report", "--since", "10d", "--format", "html").want(t, exitDone).says(t, "<!DOCTYPE html>", "Interruptions by person", "Dana Okafor", "</html>")
	var j reportJSON
	if err := json.Unmarshal([]byte(w.run("report", "--since", "10d", "--format", "json", "--by", "service").want(t, exitDone).out), &j); err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, row := range j.Rows {
		sum += *row.Figures["interruptions"].Number
	}
	if total := *j.Total.Figures["interruptions"].Number; sum != total || total == 0 {
		t.Errorf("the services have %v interruptions, all together %v", sum, total)
	}
	w.run("history", "--incidents", "--since", "10d", "--filter", "service=checkout").want(t, exitDone).says(t, "checkout", "resolved after")
	var past historyJSON
	if err := json.Unmarshal([]byte(w.run("history", "--incidents", "--since", "10d", "--filter", "service=nothing", "--json").want(t, exitDone).out), &past); err != nil || past.Incidents == nil || len(past.Incidents) > 0 {
		t.Errorf("a filter that selects nothing gives %+v, %v", past, err)
	}
	w.run("history", "--incidents", "--since", "300d").want(t, exitPartly).says(t, "was not read: run `firstline sync`")
	w.run("history", "--filter", "x").want(t, exitUsage)
	// A time that was not read is no quiet time.
	w.run("report", "--since", "60d").want(t, exitPartly).says(t, "not read: what happened from")
	w.run("report", "--since", "60d", "--format", "csv").want(t, exitPartly).says(t, "key,name", "not read: what happened from")
	w.run("report", "--since", "60d", "--table", "compensation", "--format", "csv").want(t, exitPartly).says(t, ",on call h", "Time to be paid: unknown, because", "not read: what happened from")
	w.run("report", "--since", "60d", "--list", "sleep").want(t, exitPartly).says(t, "not read: what happened from")
	before := w.run("report", "--since", "5d", "--format", "csv").want(t, exitDone)
	w.now = w.now.Add(72 * time.Hour)
	w.run("report", "--since", "5d").want(t, exitPartly).says(t, "not read: the last 72.0 h")
	if after := w.run("report", "--since", "5d", "--format", "csv").want(t, exitPartly); after.out != before.out {
		t.Errorf("three days after the sync the report is\n%s\nand was\n%s", after.out, before.out)
	}
}

func TestReportUsage(t *testing.T) {
	w := newHarness(t)
	for _, args := range []string{"--since x", "--since 0s", "--since 500d", "--by moon", "--format pdf", "--list moon", "--list nights --by week", "--shift-limit 0", "--month moon", "--month 2026-13", "--month 2026-10 --since 3d", "--month 2090-01", "--table moon", "--table fairness --format html", "--compare --person ann", "--compare --format csv", "--table fairness --by week", "--table fairness --person ann"} {
		w.run(append([]string{"report"}, strings.Fields(args)...)...).want(t, exitUsage)
	}
	r := w.run("report", "--explain").want(t, exitDone)
	for _, f := range report.Figures() {
		r.says(t, f.ID+" ("+f.Title+")")
	}
	for _, id := range report.TableIDs() {
		r.says(t, id+" (table: ")
	}
}

func TestSyncOfOneAtATime(t *testing.T) {
	w := withPast(t)
	state, err := store.Open(t.Context(), w.statePath())
	if err != nil {
		t.Fatal(err)
	}
	defer state.Close()
	lock, err := alive.Hold(w.statePath() + ".sync")
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Release()
	w.run("sync").want(t, exitFailed).says(t, "another firstline is reading the history")
	w.run("sync", "--team", "no such team").want(t, exitFailed)
}

// A table that is wider than the terminal has sentences in place of columns.
func TestTableAsSentences(t *testing.T) {
	got := asSentences([][]string{{"", "on call", "interrupted", "why"}, {"Ann", "50 %", "3", ""}, {"Bob", "50 %", "4", "a long reason that goes on"}}, 40)
	if want := "Ann: on call 50 %, interrupted 3\nBob: on call 50 %, interrupted 4,\n    why a long reason that goes on\n"; got != want {
		t.Errorf("it is\n%s", got)
	}
}
