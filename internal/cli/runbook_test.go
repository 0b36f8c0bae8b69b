package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func TestRunbook(t *testing.T) {
	w := newWorld(t)
	id := w.incident(paged).ID
	r := w.run("runbook", id).want(t, exitDone).says(t, "Diagnosis", "Mitigation")
	if !strings.Contains(r.err, "checkout/HighErrorRate.md") || !strings.Contains(r.err, "matched by runbook_url") {
		t.Errorf("standard error is %q", r.err)
	}
	if strings.Contains(r.out, "\x1b") {
		t.Error("there are escapes away from a terminal")
	}
	narrow := w.run("runbook", id, "--width", "40").want(t, exitDone)
	if strings.Count(narrow.out, "\n") <= strings.Count(r.out, "\n") {
		t.Error("--width 40 has no more lines than 80")
	}
	for line := range strings.Lines(r.out) {
		if ansi.StringWidth(strings.TrimRight(line, "\n")) > 200 {
			t.Errorf("a line is far too long: %q", line)
		}
	}

	raw := w.run("runbook", "--raw", id).want(t, exitDone)
	if !strings.Contains(raw.out, "\n## Diagnosis\n") || strings.HasPrefix(raw.out, "---") {
		t.Errorf("--raw prints %.100q", raw.out)
	}
	var out runbookOutputJSON
	if err := json.Unmarshal([]byte(w.run("runbook", "--json", id).want(t, exitDone).out), &out); err != nil {
		t.Fatal(err)
	}
	if out.MatchedBy != "runbook_url" || out.Body+"\n" != raw.out && out.Body != raw.out {
		t.Errorf("the JSON is %+v", out)
	}
}

func TestRunbookByName(t *testing.T) {
	w := newWorld(t)
	w.run("runbook", "certificateexpiressoon").want(t, exitDone).says(t, "matched by alert name", "certificate")
	w.run("runbook", w.groupID("NewsletterQueueStuck")).want(t, exitFailed).says(t, "there is no runbook yet for")
	w.run("runbook", "nothing-at-all").want(t, exitFailed).says(t, "no open group is called")

	// Without any source the runbooks can still be read.
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "DiskFull.md"), []byte("# DiskFull\n\nDelete \x1b]0;owned\x07something.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w.configure("[runbooks]\ndirectories = [\"" + dir + "\", \"none\"]\n")
	t.Setenv("PAGERDUTY_TOKEN", "")
	r := w.run("runbook", "DiskFull").want(t, exitDone).says(t, "Delete something.", "none is not there")
	if strings.Contains(r.out, "\x1b") || strings.Contains(r.out, "owned") {
		t.Errorf("the runbook steers the terminal: %q", r.out)
	}
	w.run("runbook", "Other").want(t, exitUsage).says(t, "no source is configured")
}
