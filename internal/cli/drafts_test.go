package cli

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"firstline/internal/store"
)

// stored waits until a text is in the store of a terminal's program.
func (x *terminal) stored(text string) {
	x.t.Helper()
	state, err := store.Open(x.t.Context(), filepath.Join(x.state, "firstline", "state.sqlite"))
	if err != nil {
		x.t.Fatal(err)
	}
	defer state.Close()
	var texts []string
	defer func() {
		if x.t.Failed() {
			x.t.Logf("stored is %q", texts)
		}
	}()
	x.until("that "+text+" is stored", nil, func(string) bool {
		drafts, err := state.Drafts(x.t.Context())
		if err != nil {
			x.t.Fatal(err)
		}
		texts = nil
		for _, d := range drafts {
			texts = append(texts, d.Text)
		}
		return slices.Contains(texts, text)
	})
}

func TestWhatIsTypedOutlivesTheProgram(t *testing.T) {
	t.Parallel()
	w := newProgramHarness(t)
	state := t.TempDir()
	x := startTerminalIn(t, state, 80, 24, "--config "+w.config)
	x.sees("HighErrorRate", "Meaning", "triggered")
	x.keys("e")
	x.sees("Notified now")
	x.write("The roll-back")
	x.stored("The roll-back")
	x.kill()
	x.sees("it ended with 137")

	x = startTerminalIn(t, state, 80, 24, "--config "+w.config)
	x.sees("HighErrorRate", "Meaning", "triggered")
	x.keys("e")
	x.sees("The roll-back")
	x.write(" failed")
	x.keys("C-c") // at once, before it is stored
	x.sees("it ended with 130")

	x = startTerminalIn(t, state, 80, 24, "--config "+w.config)
	x.sees("HighErrorRate", "Meaning", "triggered")
	x.keys("e")
	x.sees("The roll-back failed")
	w.wantNoWrites()
}

func TestTheReasonIsWrittenInTheEditor(t *testing.T) {
	t.Parallel()
	editor := filepath.Join(t.TempDir(), "editor")
	// It leaves only on request, and ignores interrupts.
	script := "#!/bin/sh\ntrap '' INT\necho 'this is the editor'\nread answer\nprintf 'at leisure: %s\\n' \"$answer\" >> \"$1\"\n"
	if err := os.WriteFile(editor, []byte(script), 0o700); err != nil { //nolint:gosec // it must be run
		t.Fatal(err)
	}
	x := startTerminalWith(t, t.TempDir(), "EDITOR="+editor, 120, 30, "--demo")
	x.sees("Meaning", "on call until")
	x.keys("e")
	x.sees("Notified now")
	x.write("Begun, ")
	x.keys("C-e")
	x.sees("this is the editor")
	x.keys("C-c") // is the editor's, not the end of firstline
	x.write("mended")
	x.keys("Enter")
	x.sees("Begun, at leisure: mended", "Escalate to")
}
