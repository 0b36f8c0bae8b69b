package cli

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
)

func TestRunbook(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	id := w.incident(notifiedAlert).ID
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
	w := newHarness(t)
	w.run("runbook", "certificateexpiressoon").want(t, exitDone).says(t, "matched by runbook_url", "certificate")
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

// A name that several teams use is no runbook of a third one: it is said whose they are.
func TestRunbooksOfOthers(t *testing.T) {
	w := newHarness(t)
	dir := t.TempDir()
	for _, team := range []string{"mail", "invoices"} {
		if err := os.MkdirAll(filepath.Join(dir, team), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, team, "NewsletterQueueStuck.md"), []byte("# Of "+team+"\n\n`drain $SERVICE`\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w.configure(w.prometheus(), "[runbooks]\ndirectories = [\""+dir+"\"]\n")
	mail := filepath.Join(dir, "mail", "NewsletterQueueStuck.md")
	id := w.groupID("NewsletterQueueStuck")
	for _, target := range []string{id, "newsletterqueuestuck"} {
		w.run("runbook", target).want(t, exitFailed).says(t, "there is no runbook yet for", mail+" (of mail)", "(of invoices)")
	}
	w.run("runbook", mail).want(t, exitDone).says(t, "Of mail", "matched by runbook_url")
	var list listJSON
	if err := json.Unmarshal([]byte(w.run("list", "--json").out), &list); err != nil {
		t.Fatal(err)
	}
	for _, g := range list.Groups {
		if g.ID == id && (g.Runbook != nil || len(g.Suggestions) != 2 || g.Suggestions[1].Owner != "mail") {
			t.Errorf("%+v", g)
		}
	}
	// The name of an alert that fires is filled with its labels.
	if err := os.Remove(mail); err != nil {
		t.Fatal(err)
	}
	w.run("runbook", "NewsletterQueueStuck").want(t, exitDone).says(t, "drain newsletter")
}

func TestRunbookIsFilled(t *testing.T) {
	w := newHarness(t)
	dir := t.TempDir()
	text := "# NewsletterQueueStuck\n\n## Meaning\n\nText $SERVICE.\n\n## Mitigation\n\n```sh\nkubectl get $SERVICE -n $POOL --pod $POD\n```\n\n## Escalation\n"
	if err := os.WriteFile(filepath.Join(dir, "NewsletterQueueStuck.md"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	w.configure(w.prometheus(), "[runbooks]\nfill = { pool = \"blue\" }\ndirectories = [\""+dir+"\"]\n")
	id := w.groupID("NewsletterQueueStuck")
	r := w.run("runbook", id, "--section", "mitig", "--set", "pod=api 0").want(t, exitDone)
	if !strings.Contains(r.out, "kubectl get newsletter -n blue --pod 'api 0'") || strings.Contains(r.out, "Meaning") || strings.Contains(r.out, "Escalation") {
		t.Errorf("the section is\n%s", r.out)
	}
	w.run("runbook", id).want(t, exitDone).says(t, "Text $SERVICE.", "--pod $POD")
	w.run("runbook", "--raw", id).want(t, exitDone).says(t, "kubectl get $SERVICE -n $POOL")
	w.run("runbook", id, "--section", "none").want(t, exitUsage).says(t, `has no section "none"`, "Meaning, Mitigation, Escalation")
}

func TestRunbookFromTheWeb(t *testing.T) {
	w := newHarness(t)
	up, text := true, "# From the web\n\n## Meaning\n\nText \x1b]0;owned\x07&#27;[31m.\n\nCustomers can't pay.\n"
	var mu sync.Mutex
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case !up:
			rw.WriteHeader(http.StatusBadGateway)
		case r.Header.Get("Authorization") != "Bearer secret":
			rw.WriteHeader(http.StatusForbidden)
		default:
			_, _ = rw.Write([]byte(text))
		}
	}))
	defer server.Close()
	address := server.URL + "/page.md"
	w.configure(w.prometheus())
	w.run("runbook", address).want(t, exitFailed).says(t, `add "127.0.0.1" to hosts under [runbooks]`)
	w.configure(w.prometheus(), "[runbooks]\nhosts = [\"127.0.0.1\"]\n")
	w.run("runbook", address).want(t, exitFailed).says(t, "[runbooks.tokens]")
	t.Setenv("WIKI_TOKEN", "secret")
	tokens := "[runbooks.tokens]\n\"127.0.0.1\" = { token_env = \"WIKI_TOKEN\" }\n"
	w.configure(w.prometheus(), tokens)
	r := w.run("runbook", address).want(t, exitDone).says(t, "From the web", "fetched "+noon.Local().Format("2006-01-02 15:04"))
	if strings.ContainsAny(r.out, "\x1b\x07") || strings.Contains(r.out, "owned") {
		t.Errorf("the page steers the terminal: %q", r.out)
	}
	// Another page is there: the stored copy stays until somebody takes the new one.
	later := func(d time.Duration) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.now = noon.Add(d)
	}
	mu.Lock()
	text = "# Portal\n\n## News\n\nText.\n\nMore text.\n"
	mu.Unlock()
	later(10 * time.Minute)
	w.run("runbook", address).want(t, exitDone).says(t, "From the web", "nothing in common with the stored copy", "--now prints")
	w.run("runbook", "--now", address).want(t, exitDone).says(t, "Portal")
	w.run("runbook", address).want(t, exitDone).says(t, "From the web")
	w.run("runbook", "--trust", address).want(t, exitDone).says(t, "Portal", "is the runbook from now on")
	w.run("runbook", "--now", address).want(t, exitDone).says(t, "Portal", "no other page")
	// Offline, later, in another run of the program.
	mu.Lock()
	up = false
	mu.Unlock()
	later(time.Hour)
	w.run("runbook", address).want(t, exitDone).says(t, "Portal", "This is an older copy: 127.0.0.1 failed (502)")
	w.run("runbook", server.URL+"/other").want(t, exitFailed).says(t, "failed (502)")
	w.configure(w.prometheus(), "[runbooks]\nfetch = false\n")
	w.run("runbook", address).want(t, exitFailed).says(t, "fetch = false")
}

func TestRunbookPull(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	w := newHarness(t)
	origin, here, plain := filepath.Join(t.TempDir(), "origin"), filepath.Join(t.TempDir(), "here"), t.TempDir()
	git := func(dir string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", append([]string{
			"-C", dir, "-c", "user.name=Ann", "-c", "user.email=ann@example.com", "-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false",
		}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	commit := func(name string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(origin, "docs", name), []byte("# "+name+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		git(origin, "add", ".")
		git(origin, "commit", "-qm", name)
	}
	if err := os.MkdirAll(filepath.Join(origin, "docs"), 0o700); err != nil {
		t.Fatal(err)
	}
	git(origin, "init", "-q")
	commit("A.md")
	git(filepath.Dir(here), "clone", "-q", origin, here)
	commit("B.md")
	w.configure(fmt.Sprintf("[runbooks]\ndirectories = [%q, %q, %q]\n", here, filepath.Join(here, "docs"), plain))
	r := w.run("runbook", "--pull").want(t, exitDone).says(t, " went from ", plain+" is no git checkout")
	if strings.Count(r.out, "\n") != 1 {
		t.Errorf("one checkout is pulled once: %q", r.out)
	}
	w.run("runbook", "B").want(t, exitDone)
	w.run("runbook", "--pull").want(t, exitDone).says(t, "is up to date")
	w.run("check").says(t, "✓ runbooks: "+here+" is on main at ")
	git(here, "commit", "-q", "--allow-empty", "-m", "mine")
	commit("C.md")
	w.run("runbook", "--pull").want(t, exitFailed).says(t, "has commits that its upstream has not")
	w.run("runbook", "--pull", "A").want(t, exitUsage)
}
