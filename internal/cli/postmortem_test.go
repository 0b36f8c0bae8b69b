package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestPostmortem(t *testing.T) {
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	// Without a directory it is not known whether a follow-up is open.
	none := w.run("postmortem", "--open").want(t, exitPartly).says(t, "there is no directory")
	if none.out != "" {
		t.Errorf("printed %q", none.out)
	}
	w.run("postmortem", "--open", "--json").want(t, exitPartly).says(t, `"unread": [`, "there is no directory")
	w.run("postmortem", id).want(t, exitDone).says(t, "## Timeline", "Triggered", "## Follow-ups", "| Ended | not yet |")
	w.wantNoWrites()

	r := w.run("postmortem", id, "--write").want(t, exitDone)
	path := strings.TrimSpace(r.out)
	if text, err := os.ReadFile(path); err != nil || !strings.HasPrefix(string(text), "# ") || filepath.Base(filepath.Dir(path)) != "postmortems" {
		t.Fatalf("%s: %q, %v", path, text, err)
	}
	w.run("postmortem", id, "--write").want(t, exitFailed).says(t, "is there already")
	w.run("postmortem", "--open").want(t, exitDone).says(t, "No follow-up is open.")

	tasks := "# Old\n\n## Follow-ups\n\n- [ ] Alert on the pool (Dana, 2020-01-01)\n- [x] Roll back (Ann, 2020-01-01)\n- [ ] Nobody's\n"
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "old.md"), []byte(tasks), 0o600); err != nil {
		t.Fatal(err)
	}
	w.run("postmortem", "--open").want(t, exitWanting).says(t,
		"old.md:5: Alert on the pool (overdue since 2020-01-01, Dana)", "old.md:7: Nobody's (nobody is named)")
	var got followUpsJSON
	if err := json.Unmarshal([]byte(w.run("postmortem", "--open", "--json").want(t, exitWanting).out), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.FollowUps) != 2 || !got.FollowUps[0].Overdue || *got.FollowUps[0].Owner != "Dana" || got.FollowUps[1].Due != nil {
		t.Errorf("%+v", got)
	}
}

// TestPostmortemDraws: what the alerts measured is drawn, and a Prometheus that does not
// answer is named.
func TestPostmortemDraws(t *testing.T) {
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	w.run("postmortem", id).want(t, exitDone).says(t, "## Graphs", "```text", "It fires above", "I incident ")
	w.configure(w.pagerDuty(), w.alertmanager(), "[[prometheus]]\nname = \"prom\"\nurl = \"http://127.0.0.1:1\"\n")
	w.run("postmortem", id).want(t, exitPartly).says(t, "## Graphs", "Not read, because ")
	w.configure(w.pagerDuty(), w.alertmanager())
	w.run("postmortem", id).want(t, exitDone).says(t, "No Prometheus is configured, so there is no graph.")
}

// TestPostmortemOfTheDemo is written where one is, and nowhere beside a file.
func TestPostmortemOfTheDemo(t *testing.T) {
	alone(t)
	var l listJSON
	if err := json.Unmarshal([]byte(runApp(t.Context(), "", nil, "--demo", "list", "--json").want(t, exitDone).out), &l); err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(l.Groups, func(g groupJSON) bool { return g.Incident != nil })
	here := t.TempDir()
	t.Chdir(here)
	path := strings.TrimSpace(runApp(t.Context(), "", nil, "--demo", "postmortem", strconv.Itoa(l.Groups[i].Incident.Number), "--write").want(t, exitDone).out)
	if _, err := os.Stat(filepath.Join(here, path)); err != nil || filepath.Dir(path) != "postmortems" {
		t.Errorf("it is in %s: %v", path, err)
	}
}

func TestPostmortemUsage(t *testing.T) {
	w := newHarness(t)
	for _, args := range [][]string{
		{"postmortem"},
		{"postmortem", "--open", "1042"},
		{"postmortem", "--open", "--write"},
		{"postmortem", "--json", "1042"},
		{"postmortem", "1042", "1043"},
		{"postmortem", "??"},
	} {
		w.run(args...).want(t, exitUsage)
	}
	w.run("postmortem", "99999999").want(t, exitFailed)
}
