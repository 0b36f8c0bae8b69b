package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"firstline/internal/config"
	"firstline/internal/faults"
	"firstline/internal/record"
	"firstline/internal/store"
	"firstline/sources"
)

func TestHandover(t *testing.T) {
	w := newHarness(t)
	w.run("note", "--reason", "rolling back", "--yes", w.incident(notifiedAlert).ID).want(t, exitDone)
	r := w.run("handover").want(t, exitDone).says(t,
		"# Shift handover, ", "By Dana Okafor.", "as the schedule Payments on call says", "## Open (",
		"last note: “rolling back” (Dana Okafor, ", "## Done in this shift", "## Silences that end soon", "## Services")
	if n := strings.Count(r.out, "note by Dana Okafor: “rolling back”"); n != 1 {
		t.Errorf("the note, its log entry and its journal entry are told %d times\n%s", n, r.out)
	}
	w.run("handover", "--since", "1m").want(t, exitDone).says(t, "(as asked for)", "note by Dana")
}

func TestHandoverSaysWhatWasTried(t *testing.T) {
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
	state, err := store.Open(t.Context(), w.statePath())
	if err != nil {
		t.Fatal(err)
	}
	for _, tick := range []record.Tick{
		{GroupID: id, Step: "1", Text: "Check the deploy", Done: true, At: noon.Add(-20 * 24 * time.Hour)}, // open still
		{GroupID: id, Step: "2", Text: "Taken back", At: noon},
		{GroupID: "QGONE", Step: "1", Text: "Clear the queue", Done: true, At: noon.Add(-time.Minute)},
		{GroupID: "QGONE", Step: "2", Text: "In another shift", Done: true, At: noon.Add(-48 * time.Hour)},
	} {
		tick.Runbook, tick.By = "r.md", "Dana"
		if err := state.SetTick(t.Context(), tick); err != nil {
			t.Fatal(err)
		}
	}
	if err := state.Close(); err != nil {
		t.Fatal(err)
	}
	r := w.run("handover").want(t, exitDone).says(t, "- tried: Check the deploy (Dana, ", "- **QGONE** (closed)", "- tried: Clear the queue (Dana, ")
	for _, not := range []string{"Taken back", "In another shift"} {
		if strings.Contains(r.out, not) {
			t.Errorf("%q is told:\n%s", not, r.out)
		}
	}
}

func TestHandoverJSON(t *testing.T) {
	w := newHarness(t)
	r := w.run("handover", "--json").want(t, exitDone)
	var got handoverJSON
	if err := json.Unmarshal([]byte(r.out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Text == "" || len(got.Open) == 0 || !got.Since.Before(got.Until) || len(got.Missing) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestHandoverToAFile(t *testing.T) {
	w := newHarness(t)
	path := filepath.Join(t.TempDir(), "night.md")
	if r := w.run("handover", "--output", path).want(t, exitDone); r.out != "" {
		t.Errorf("it is printed too:\n%s", r.out)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), "# Shift handover") {
		t.Fatalf("the file has %q, %v", text, err)
	}
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.run("handover", "--output", path).want(t, exitFailed).says(t, "is there already: choose another name")
	if text, err := os.ReadFile(path); string(text) != "mine" {
		t.Errorf("the file has %q, %v", text, err)
	}
}

func TestHandoverEdited(t *testing.T) {
	w := newHarness(t)
	script := filepath.Join(t.TempDir(), "edit")
	if err := os.WriteFile(script, []byte("#!/bin/sh\nprintf 'Watch checkout.\\n' >>\"$1\"\n"), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	t.Setenv("VISUAL", "")
	t.Setenv("EDITOR", script)
	w.typed("", "handover", "--edit").want(t, exitDone).says(t, "# Shift handover", "\nWatch checkout.\n")
	t.Setenv("EDITOR", "false")
	w.typed("", "handover", "--edit").want(t, exitFailed).says(t, "editing the text")
}

func TestHandoverPosted(t *testing.T) {
	const note = "# Shift handover, "
	t.Run("previewed", func(t *testing.T) {
		w := newHarness(t)
		w.run("handover", "--post", w.incident(notifiedAlert).ID, "--dry-run").want(t, exitDone).says(t, "Nobody is notified.", note)
		w.typed("n\n", "handover", "--post", w.incident(notifiedAlert).ID).want(t, exitFailed).says(t, "nothing was sent")
		w.wantNoWrites()
	})
	t.Run("on one", func(t *testing.T) {
		w := newHarness(t)
		w.typed("y\n", "handover", "--post", w.incident(notifiedAlert).ID).want(t, exitDone)
		if got := w.notes(notifiedAlert); strings.Count(got, note) != 1 {
			t.Errorf("the notes are %q", got)
		}
		if writes := w.writes(); len(writes) != 1 {
			t.Errorf("PagerDuty got %q", writes)
		}
	})
	t.Run("on all", func(t *testing.T) {
		w := newHarness(t)
		w.run("handover", "--post", "all", "--yes").want(t, exitDone)
		open := 0
		for _, i := range w.demo.PagerDuty.Incidents() {
			if i.Status == "resolved" {
				continue
			}
			open++
			if got := strings.Join(i.Notes, "\n"); strings.Count(got, note) != 1 {
				t.Errorf("the notes of %s are %q", i.Title, got)
			}
		}
		if writes := w.writes(); open == 0 || len(writes) != open {
			t.Errorf("PagerDuty got %q for %d incidents", writes, open)
		}
	})
	t.Run("read-only", func(t *testing.T) {
		w := newHarness(t)
		w.run("--read-only", "handover", "--post", "all", "--yes").want(t, exitUsage).says(t, "--read-only refuses every write")
		w.run("--read-only", "handover").want(t, exitDone).says(t, note)
		w.wantNoWrites()
	})
	t.Run("without PagerDuty", func(t *testing.T) {
		w := newHarness(t)
		t.Setenv(config.TokenVariable, "")
		w.configure(w.prometheus())
		w.run("handover", "--post", "all", "--yes").want(t, exitFailed).says(t, "no incident is open")
		w.run("handover").want(t, exitDone).says(t, note, "the last 8 hours: whether a schedule has you on call is not known, because no PagerDuty is configured", "Nothing that is known.")
	})
}

func TestHandoverSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	w.toPagerDuty.Fail(faults.Fault{Path: "/log_entries", Status: 500})
	text := w.run("handover", "--since", "8h").want(t, exitPartly).says(t, "**Not known:** what others did and who was notified", "Nothing that is known.")
	if strings.Contains(text.out, "quiet:") || strings.Contains(text.out, "Nothing by anybody") {
		t.Errorf("what was not read is told:\n%s", text.out)
	}
}

func TestHandoverUsage(t *testing.T) {
	w := newHarness(t)
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"--since", "0s"}, "such as 8h"},
		{[]string{"--since", "-1h"}, "such as 8h"},
		{[]string{"--since", "721h"}, "30 days at most"},
		{[]string{"--json", "--post", "all"}, "--json prints the text"},
		{[]string{"--yes"}, "are about --post"},
		{[]string{"--post", "all", "--yes", "--dry-run"}, "give one of them"},
		{[]string{"--edit"}, "--edit needs a terminal"},
		{[]string{"1042"}, "takes no argument"},
	} {
		w.run(append([]string{"handover"}, c.args...)...).want(t, exitUsage).says(t, c.says)
	}
	w.run("handover", "--post", "nothing-like-it").want(t, exitFailed).says(t, "no open group is called")
}

func TestBeginOf(t *testing.T) {
	since, how := beginOf(nil, sources.Whole, []string{"me"}, 0, noon)
	if !since.Equal(noon.Add(-usualShift)) || !strings.Contains(how, "no schedule") {
		t.Errorf("nobody: %v %q", since, how)
	}
	since, how = beginOf(nil, sources.Extent{Missing: "it was refused"}, []string{"me"}, 0, noon)
	if !since.Equal(noon.Add(-usualShift)) || !strings.Contains(how, "is not known, because it was refused") {
		t.Errorf("not read: %v %q", since, how)
	}
	if since, _ := beginOf(nil, sources.Extent{}, []string{"me"}, time.Hour, noon); !since.Equal(noon.Add(-time.Hour)) {
		t.Errorf("asked for: %v", since)
	}
}

func TestHandoverOnTheScreenOfTheWholeProgram(t *testing.T) {
	t.Parallel()
	w := newProgramHarness(t)
	editor := filepath.Join(t.TempDir(), "editor")
	if err := os.WriteFile(editor, []byte("#!/bin/sh\nprintf 'Written in the editor.\\n' >>\"$1\"\n"), 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	state := t.TempDir()
	x := startTerminalWith(t, state, "EDITOR="+editor, 120, 30, "--config "+w.config)
	x.sees("HighErrorRate", "Meaning", "on call until")
	x.keys("H")
	x.sees("# Shift handover, ", "as the schedule Payments", "## Open (")
	x.keys("e")
	x.sees("esc done;")
	x.write("Dear Ann, ")
	x.sees("Dear Ann, # Shift handover")
	x.keys("Escape")
	x.sees("as you left it", "p post")
	x.keys("C-e")
	x.until("what the editor wrote", func() { x.keys("G") }, func(screen string) bool {
		return strings.Contains(screen, "Written in the editor.")
	})
	path := filepath.Join(t.TempDir(), "night.md")
	x.keys("w")
	x.sees("Write it to the file")
	x.keys("C-u")
	x.write(path)
	x.enter("Written to") // an enter right behind the typed path may be too fast
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), "Dear Ann, # Shift handover") || !strings.Contains(string(text), "\nWritten in the editor.") {
		t.Fatalf("the file has %q, %v", text, err)
	}
	x.stored(string(text))
	x.kill()
	x.sees("it ended with 137")

	x = startTerminalIn(t, state, 120, 30, "--config "+w.config)
	x.sees("HighErrorRate", "Meaning", "on call until")
	x.keys("H")
	x.sees("Dear Ann, # Shift handover")
	w.wantNoWrites()
	x.keys("p")
	x.sees("Add a note · 7 groups")
	x.confirm("7 done")
	x.seesNot("Sending …") // it counts up to the same
	if got := w.notes(notifiedAlert); !strings.Contains(got, "Dear Ann, # Shift handover") {
		t.Errorf("the notes are %q", got)
	}
	// Again, for the dialog may still be closing.
	x.until("the text made anew", func() { x.keys("H") }, func(screen string) bool { return strings.Contains(screen, "# Shift handover") })
	x.seesNot("Dear Ann")
}
