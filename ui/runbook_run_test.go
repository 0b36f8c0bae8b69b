package ui

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	tea "charm.land/bubbletea/v2"

	"firstline/internal/history"
	"firstline/internal/record"
	"firstline/internal/triage"
	"firstline/runbooks"
	"firstline/sources"
	"firstline/ui/keymap"
	"firstline/ui/pane"
	"firstline/ui/steprun"
)

// withSteps has a runbook whose steps can be run by the test.
func withSteps(store pane.Memory) func(*Options) {
	return func(o *Options) {
		text := "# HighErrorRate\n\n## Meaning\n\nIt fails.\n\n## Diagnosis\n\n" +
			"1. Say hello: `echo hello $NAMESPACE`\n2. Fail: `exit 3 || true`\n3. Wait: `sleep 600 | cat`\n4. No code\n5. `word`\n6. Logs: `kubectl logs <pod-name>`\n"
		o.Library = runbooks.Open(runbooks.Options{FS: map[string]fs.FS{"runbooks": fstest.MapFS{"HighErrorRate.md": {Data: []byte(text)}}}})
		o.MayRun, o.Memory = true, store
	}
}

func TestAStepIsRunOnceItWasSeen(t *testing.T) {
	store := newMemory()
	h := readRunbook(t, withSteps(store))
	h.press("J", "x")
	h.dialog("Run this step?", "$ echo hello prod")
	h.checkFrame("ask")
	h.send(keyPress("esc"))
	if h.m.mode() != keymap.InNormal || len(store.runs) != 0 {
		t.Fatal("esc ran it")
	}
	h.send(keyPress("x"))
	h.send(keyPress("enter")) // in the same moment: nobody can have read it
	if len(store.runs) != 0 {
		t.Fatal("a key typed ahead ran it")
	}
	h.press("enter")
	h.dialog("Output", "hello prod", "exit 0")
	h.checkFrame("ran")
	if len(store.runs) != 1 || store.runs[0].Command != "echo hello prod" || store.runs[0].ExitCode != 0 || store.runs[0].By != "Dana Diaz" {
		t.Fatalf("kept %+v", store.runs)
	}
	h.press("y")
	if h.clipboard != "hello prod\n" {
		t.Errorf("copied %q", h.clipboard)
	}
	h.press("enter")
	h.reads("› ran, exit 0 at 12:00 by Dana Diaz")
}

func TestWhatCanNotBeRunSaysWhy(t *testing.T) {
	h := readRunbook(t, withSteps(nil))
	h.press("J", "J", "J", "J", "x")
	h.status("no command here to run")
	h.press("J", "x")
	h.status("no command for a shell")
	for _, c := range []struct {
		why    string
		change func(*Options)
	}{
		{"read-only", func(o *Options) { o.Respond.ReadOnly = true }},
		{`run = "never"`, func(o *Options) { o.MayRun = false }},
		{"the demo runs nothing", func(o *Options) { o.Demo = true }},
		{"from the web are never run", func(o *Options) {
			o.Library = runbooks.Open(runbooks.Options{Fetcher: &web{document: runbooks.Fetched{
				URL: "https://runbooks.example.com/checkout", Markdown: "# Web\n\n## Meaning\n\n1. Do `reboot now`\n", At: noon,
			}}})
		}},
	} {
		h := readRunbook(t, withSteps(nil), c.change)
		h.press("J", "x")
		h.status(c.why)
		if h.m.mode() != keymap.InNormal {
			t.Errorf("%s: something opened", c.why)
		}
	}
}

// What a step sets is there in the next one, and no label takes its place.
func TestAStepUsesWhatTheOneBeforeSet(t *testing.T) {
	store := newMemory()
	h := readRunbook(t, func(o *Options) {
		withSteps(store)(o)
		text := "# HighErrorRate\n\n## Meaning\n\n1. Set: `. /dev/null; eval NAME''SPACE=found`\n2. Use: `echo in $NAMESPACE`\n3. Ask: `echo of <namespace>`\n"
		o.Library = runbooks.Open(runbooks.Options{FS: map[string]fs.FS{"runbooks": fstest.MapFS{"HighErrorRate.md": {Data: []byte(text)}}}})
	})
	h.reads("echo in prod", "echo of prod")
	h.press("J", "x", "enter", "enter")
	h.reads("set by steps: NAMESPACE", "echo in $NAMESPACE", "echo of <namespace>")
	h.press("J", "x")
	h.dialog("$ echo in $NAMESPACE", "In the session: NAMESPACE=found from step 1")
	h.press("enter")
	h.dialog("in found", "exit 0")
	h.press("enter", "y")
	if h.clipboard != "echo in found" {
		t.Errorf("copied %q", h.clipboard)
	}
	h.press("J", "x")
	h.dialog("Values", "found")
	h.press("esc", "K", "x", "r")
	h.status("is reset")
	h.reads("echo in prod")
}

// The value of a placeholder is asked for before a command is run or copied.
func TestAPlaceholderIsAskedFor(t *testing.T) {
	store := newMemory()
	h := readRunbook(t, func(o *Options) {
		withSteps(store)(o)
		text := "# HighErrorRate\n\n## Meaning\n\n1. Logs: `kubectl logs <pod-name> -n <namespace>`\n"
		o.Library = runbooks.Open(runbooks.Options{FS: map[string]fs.FS{"runbooks": fstest.MapFS{"HighErrorRate.md": {Data: []byte(text)}}}})
	})
	h.sees("1 placeholder to fill in", "-n prod")
	h.press("J", "x")
	h.dialog("Values", "$ kubectl logs <pod-name> -n prod", "▌ <pod-name>", "esc does not run it")
	h.press("enter")
	h.dialog("<pod-name> needs a value.")
	h.press("esc")
	if h.m.mode() == keymap.InForm || len(store.runs) > 0 {
		t.Error("esc does not close it")
	}
	h.press("y")
	h.write("-x")
	h.press("enter")
	h.dialog(`begins with "-"`)
	h.press("backspace", "backspace")
	h.write("api 0; ls")
	h.press("enter")
	if h.clipboard != "kubectl logs 'api 0; ls' -n prod" {
		t.Errorf("copied %q", h.clipboard)
	}
	h.sees("logs 'api 0; ls' -n prod") // remembered for the group
	h.press("x")
	h.dialog("Run this step?", "$ kubectl logs 'api 0; ls' -n prod", "namespace=prod (label)", "pod-name=api 0; ls (typed)")
}

func TestAnInteractiveStepTakesTheTerminal(t *testing.T) {
	store := newMemory()
	h := readRunbook(t, withSteps(store))
	took := false
	exec := h.m.terminal.Start
	h.m.terminal.Start = func(c tea.ExecCommand, done tea.ExecCallback) tea.Cmd {
		took = true
		c.SetStdout(io.Discard)
		return exec(c, done)
	}
	h.press("J", "J", "x", "i")
	h.dialog("exit 3")
	if !took || len(store.runs) != 1 || store.runs[0].ExitCode != 3 {
		t.Errorf("took the terminal: %v, kept %+v", took, store.runs)
	}
}

func TestTheOutputGoesIntoANote(t *testing.T) {
	account := newAccount()
	h := readRunbook(t, account.with, withSteps(newMemory()))
	h.press("J", "x", "enter", "n")
	h.dialog("Note", "Ran: echo hello prod (exit 0", "hello prod")
}

// What was ticked and run goes along, once, and is read back by the receiver.
func TestWhatWasTriedTravels(t *testing.T) {
	account, store := newAccount(), newMemory()
	h := readRunbook(t, account.with, withSteps(store))
	h.press("J", "t", "x", "enter", "enter", "esc", "e")
	h.press("tab")
	h.press("pgdown", "pgdown", "pgdown")
	h.dialog("Tried:", "- Say hello: echo hello prod (Dana Diaz, ", "- echo hello prod [exit 0] (Dana Diaz, ")
	h.press("enter")
	acts := strings.Join(account.acts(), "\n")
	if !strings.Contains(acts, "Tried:") || strings.Count(acts, "Say hello") != 1 {
		t.Fatalf("sent:\n%s", acts)
	}
	_, content, _ := strings.Cut(acts, "note Q1CHECKOUT: ")
	notes := []sources.Note{{Content: content, User: userReference(dana), CreatedAt: noon}}
	receiver := readRunbook(t, withSteps(newMemory()), func(o *Options) {
		o.History = func(context.Context, triage.Group, []sources.User) (history.History, error) {
			return history.History{Tried: record.TriedIn(notes)}, nil
		}
	})
	receiver.press("enter")
	receiver.reads("• tried 12:00 by Dana Diaz, says a note", "Tried besides", "echo hello prod [exit 0], 12:00 by Dana Diaz")
}

// scribe is an Editor that writes what the test says.
type scribe struct {
	path  string
	line  int
	write func(path string) error
}

func (s *scribe) Text(context.Context, string, io.Reader, io.Writer, io.Writer) (string, error) {
	return "", nil
}

func (s *scribe) File(_ context.Context, path string, line int, _ io.Reader, _, _ io.Writer) error {
	s.path, s.line = path, line
	return s.write(path)
}

func TestARunbookIsMendedWhereItIsRead(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "HighErrorRate.md")
	if err := os.WriteFile(file, []byte("---\ntitle: T\n---\n"+longRunbook), 0o600); err != nil {
		t.Fatal(err)
	}
	editor := &scribe{write: func(path string) error {
		text, err := os.ReadFile(path) //nolint:gosec // the test's own
		if err != nil {
			return err
		}
		return os.WriteFile(path, []byte(strings.Replace(string(text), "Customers can't pay", "Nobody can pay", 1)), 0o600)
	}}
	h := readRunbook(t, func(o *Options) {
		o.Library = runbooks.Open(runbooks.Options{Directories: []string{dir}})
		o.RunbookDirectories, o.Editor = []string{dir}, editor
	})
	h.send(windowSize(120, 15))
	h.press("I", "w")
	h.reads("Nobody can pay")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(string(text), "\n"); editor.path != file || !strings.Contains(lines[editor.line-1], "Impact") {
		t.Errorf("the editor was opened on %s line %d", editor.path, editor.line)
	}
}

func TestARunbookIsWrittenFromATemplate(t *testing.T) {
	dir := t.TempDir()
	editor := &scribe{write: func(path string) error { return os.WriteFile(path, []byte("# New\n\nWritten at last.\n"), 0o600) }}
	h := withStory(t, 120, 30, func(o *Options) {
		o.Library = runbooks.Open(runbooks.Options{Directories: []string{dir}})
		o.RunbookDirectories, o.Editor = []string{dir}, editor
	})
	h.put("LatencyP99")
	h.reads("No runbook yet")
	h.press("w")
	h.reads("Written at last")
	h.status("Wrote")
	if !strings.HasPrefix(editor.path, dir) || editor.line < 2 {
		t.Errorf("the editor was opened on %s line %d", editor.path, editor.line)
	}
}

func TestATemplateThatWasLeftAsItIsGoes(t *testing.T) {
	dir := t.TempDir()
	editor := &scribe{write: func(string) error { return nil }}
	h := withStory(t, 120, 30, func(o *Options) {
		o.Library = runbooks.Open(runbooks.Options{Directories: []string{dir}})
		o.RunbookDirectories, o.Editor = []string{dir}, editor
	})
	h.put("LatencyP99")
	h.press("w")
	h.status("Nothing was written")
	h.reads("No runbook yet")
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

func TestWhatCanNotBeMendedSaysWhy(t *testing.T) {
	editor := func(o *Options) { o.Editor = &scribe{} }
	for _, c := range []struct {
		why    string
		change []func(*Options)
	}{
		{"part of firstline and no file", []func(*Options){editor}},
		{"no editor can be started", nil},
		{"read-only", []func(*Options){editor, func(o *Options) { o.Respond.ReadOnly = true }}},
	} {
		h := readRunbook(t, c.change...)
		h.press("w")
		h.status(c.why)
	}
}

func TestAVariableThatNothingFillsIsReported(t *testing.T) {
	h := readRunbook(t, func(o *Options) { o.MayRun = true })
	h.press("J", "J", "x")
	h.dialog("Run this step?", "Nothing fills POD")
	h.press("esc", "V", "2", "x")
	h.dialog("logs checkout-1")
	h.seesNot("Nothing fills")
}

// The group whose links are listed may go while they are.
func TestAChoiceEndsWithItsGroup(t *testing.T) {
	h := readRunbook(t)
	h.press("f")
	h.reads("Follow a link")
	h.send(snapshotsMsg{list: fleet(noon, 3)})
	gone := story(noon)
	for i := range gone {
		gone[i].Data = sources.Data{}
		gone[i].Err = nil
	}
	h.send(snapshotsMsg{list: gone})
	h.press("1", "enter", "esc", "esc")
	if h.m.mode() != keymap.InNormal {
		t.Errorf("the mode is %v", h.m.mode())
	}
}

// The program's end stops a command, and that it was run is recorded all the same.
func TestARunThatTheEndCutsOffIsSaved(t *testing.T) {
	store := newMemory()
	h := readRunbook(t, withSteps(store))
	ctx, end := context.WithCancel(t.Context())
	h.m.Context = ctx
	h.press("J", "J", "J", "x")
	r := h.m.overlay.(*steprun.Room)
	commands, _ := r.Key(keyPress("enter"))().(tea.BatchMsg)
	h.m.steps.RecordCutOff() // it has not ended yet
	if len(commands) == 0 || len(store.runs) != 0 {
		t.Fatalf("%d commands, kept %+v", len(commands), store.runs)
	}
	end()
	commands[0]() // its message comes too late for the loop
	h.m.steps.RecordCutOff()
	h.m.pane.Flush(ctx)
	if len(store.runs) != 1 || !store.runs[0].Stopped || !strings.Contains(store.runs[0].Command, "sleep 600") {
		t.Errorf("kept %+v", store.runs)
	}
}

// Before one leaves, it is said that steps in the background would be stopped.
func TestLeavingSaysThatStepsRun(t *testing.T) {
	h := readRunbook(t, withSteps(newMemory()))
	ctx, end := context.WithCancel(t.Context())
	h.m.Context = ctx
	h.press("J", "J", "J", "x")
	commands, _ := h.m.overlay.(*steprun.Room).Key(keyPress("b"))().(tea.BatchMsg)
	h.sees("▸ 1 in the background (b)")
	h.press("q")
	h.status("1 step in the background would be stopped")
	if h.quit {
		t.Fatal("it left")
	}
	h.press("q")
	end()
	commands[0]()
	if !h.quit {
		t.Error("q does not leave")
	}
}
