package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"firstline/internal/config"
	"firstline/sources/demo"
)

// withExample gives an app the example of the configuration.
func withExample(t *testing.T) func(*app) {
	t.Helper()
	example, err := os.ReadFile("../../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	return func(a *app) { a.example = example }
}

func TestInitWithFlags(t *testing.T) {
	alone(t)
	w := newHarness(t)
	path := filepath.Join(t.TempDir(), "new", "config.toml")
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(demo.Token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) result {
		t.Helper()
		return runApp(t.Context(), "", withExample(t), append([]string{"--config", path, "init"}, args...)...)
	}
	runApp(t.Context(), "", nil, "init").want(t, exitUsage).says(t, "asks in a terminal", "--prometheus URL", "--yes")
	run("--token-file", token, "--token-env", "X").want(t, exitUsage).says(t, "only one of --token-env")
	run("--email", "nobody", "--yes").want(t, exitUsage).says(t, "not an email address")
	run("--prometheus", "prom", "--yes").want(t, exitUsage).says(t, "--prometheus: an address begins with http")
	run("--prometheus", "http://127.0.0.1:1", "--yes").want(t, exitWanting).says(t, "nothing was written: correct what is wrong")
	r := run("--prometheus", w.demo.Prometheus.URL(), "--alertmanager", w.demo.Alertmanager.URL(), "--email", demo.Email)
	r.want(t, exitUsage).says(t, "prometheus answers: ", " 9 alerting rules.", "alertmanager answers: ", "add --yes to write it")
	run("--prometheus", w.demo.Prometheus.URL(), "--dry-run").want(t, exitDone).says(t, "is new", "[[prometheus]]")
	if _, err := os.Stat(path); err == nil {
		t.Fatal("it was written")
	}
	run("--prometheus", w.demo.Prometheus.URL(), "--role", "first-line", "--yes").want(t, exitDone).says(t, "was written")
	run("--prometheus", w.demo.Prometheus.URL()+"/", "--yes").want(t, exitDone).says(t, "says all that already")
}

// TestInitBlamesTheFlag: an error names the flag that it is about.
func TestInitBlamesTheFlag(t *testing.T) {
	alone(t)
	path := filepath.Join(t.TempDir(), "config.toml")
	run := func(args ...string) result {
		t.Helper()
		return runApp(t.Context(), "", withExample(t), append([]string{"--config", path, "init", "--untried", "--yes"}, args...)...)
	}
	for _, name := range answerFlags {
		run("--"+name, "").want(t, exitUsage).says(t, "--"+name+" is empty")
		run("--"+name, " \t").want(t, exitUsage).says(t, "is empty")
	}
	for name, value := range map[string]string{
		"region": "mars", "email": "foo", "token-env": "A B", "prometheus": "not a url", "alertmanager": "ftp://x", "role": "boss",
	} {
		r := run("--first-line", "P1", "--runbooks", t.TempDir(), "--"+name, value)
		r.want(t, exitUsage).says(t, "--"+name+": ")
		if strings.Contains(r.err, "config.toml:") {
			t.Errorf("it names a line of a file that is not there: %s", r.err)
		}
	}
	if err := os.WriteFile(path, []byte("me = { email = \"dana@example.com\" }\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run("--email", "ann@example.com", "--prometheus", "http://127.0.0.1:1").want(t, exitUsage).says(t, "--email: ", "write it by hand")
	run("--prometheus", "http://127.0.0.1:1").want(t, exitDone)
}

// TestInitChangesAFile: what is there survives, the rest is tried with it.
func TestInitChangesAFile(t *testing.T) {
	w := newHarness(t)
	before, err := os.ReadFile(w.config)
	if err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) result {
		t.Helper()
		return runApp(t.Context(), "", withExample(t), append([]string{"--config", w.config, "init"}, args...)...)
	}
	run("--first-line", "Nobody", "--yes").want(t, exitWanting).says(t, `PagerDuty has no escalation policy "Nobody"`)
	run("--first-line", "Discovery", "--region", "eu", "--yes").want(t, exitDone).says(t, "you are Dana Okafor", "The first line is the escalation policy Discovery", `calls the first line "Discovery" from then on`, "-escalation_policy", "+escalation_policy = \"Discovery\"")
	after, err := os.ReadFile(w.config)
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(string(before), fmt.Sprintf("escalation_policy = %q", demo.FirstLinePolicy), `escalation_policy = "Discovery"`, 1)
	want = strings.Replace(want, fmt.Sprintf("name = %q", demo.FirstLineName), `name = "Discovery"`, 1)
	if without := strings.Replace(string(after), "region = \"eu\"\n", "", 1); without != want {
		t.Errorf("it became\n%s\nwant\n%s", after, want)
	}
	run("--region", "eu", "--yes").want(t, exitDone).says(t, "says all that already")
	run("--first-line", demo.FirstLinePolicy, "--untried", "--yes").want(t, exitDone)
	if err := os.WriteFile(w.config, []byte("[first_line]\nname = \"The night shift\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run("--first-line", "Discovery", "--untried", "--yes").want(t, exitDone).says(t, `still calls the first line "The night shift"`)
	if err := os.WriteFile(w.config, []byte("[[pagerduty]]\ntoken_command = \"false\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run("--region", "eu", "--yes").want(t, exitUsage).says(t, "--region: ", "it has [[pagerduty]]", "by hand")
	run("--token-file", "x", "--yes").want(t, exitUsage).says(t, "--token-file: ", "it has [[pagerduty]]")
	if err := os.WriteFile(w.config, []byte("[me\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run("--region", "eu", "--yes").want(t, exitFailed).says(t, w.config+":1:", "correct the file first")
}

// TestInitInATerminal answers the questions by keys, against the stand-ins.
func TestInitInATerminal(t *testing.T) {
	t.Parallel()
	w := newProgramHarness(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "config.toml")
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "runbooks"), 0o700), os.WriteFile(filepath.Join(dir, "runbooks", "HighErrorRate.md"), []byte("# HighErrorRate\n"), 0o600)); err != nil {
		t.Fatal(err)
	}
	x := startTerminalWith(t, t.TempDir(), fmt.Sprintf("FIRSTLINE_CONFIG=%s FIRSTLINE_PAGERDUTY_URL=%s PAGERDUTY_TOKEN= DBUS_SESSION_BUS_ADDRESS= XDG_RUNTIME_DIR=/nowhere", path, w.demo.PagerDuty.URL()), 100, 40, "init")
	x.sees("Where is the PagerDuty token to be?", "There is no keyring here")
	x.keys("Enter")
	x.sees("Which file?", "pagerduty-token")
	x.keys("Enter")
	x.sees("The token", "not shown", "Empty or esc: back")
	x.keys("Enter")
	x.sees("The token: -", "Where is the PagerDuty token to be?")
	x.keys("Enter")
	x.sees("Which file?", "Empty or esc: back")
	x.keys("Escape")
	x.sees("Which file: -", "Where is the PagerDuty token to be?")
	x.keys("Enter")
	x.sees("Which file?", "pagerduty-token")
	x.keys("Enter")
	x.sees("The token", "not shown")
	x.send("-l", "wr0ng-t0ken")
	x.keys("Enter")
	x.sees("does not accept", "What now?")
	x.keys("Enter")
	x.sees("Where is the PagerDuty token to be?")
	x.keys("Enter")
	x.sees("Which file?")
	x.keys("Enter")
	x.sees("The token", "not shown")
	x.send("-l", demo.Token)
	x.keys("Enter")
	x.sees("you are Dana Okafor", "As in PagerDuty")
	x.keys("Enter")
	x.sees("whom an escalation reaches")
	x.keys("Enter")
	x.sees("The address of a Prometheus", "Empty or esc: skip")
	x.write(w.demo.Prometheus.URL())
	x.keys("Enter")
	x.sees("9 alerting rules", "Another Prometheus", "Empty or esc: no more")
	x.keys("Enter")
	x.sees("The address of an Alertmanager", "Empty or esc: skip")
	x.write(w.demo.Alertmanager.URL())
	x.keys("Enter")
	x.sees("1 silence", "Another Alertmanager", "Empty or esc: no more")
	x.keys("Enter")
	x.sees("Developers escalate to it.", "Skip: no first line")
	x.keys("Down", "Enter")
	x.sees("Where are the runbooks?", "[x] "+filepath.Join(dir, "runbooks"))
	x.keys("Enter")
	x.sees("Another directory with runbooks", "Empty or esc: no more")
	x.keys("Enter")
	x.sees("1 runbook found", "Is this right?", "Go on")
	x.keys("Enter")
	x.sees("Write it?", "these are set")
	if _, err := os.Stat(path); err == nil {
		t.Error("it is written before the yes")
	}
	x.keys("Enter")
	x.sees("was written", "it ended with 0")
	c, err := config.Parse(path, read(t, path), nil)
	if err != nil {
		t.Fatal(err)
	}
	stored := filepath.Join(dir, "pagerduty-token")
	if c.Account().TokenFile != stored || c.Me.Email != demo.Email || len(c.Prometheus) != 1 || len(c.Alertmanager) != 1 || c.FirstLine.EscalationPolicy == "" {
		t.Errorf("it says %+v", c)
	}
	if got := string(read(t, stored)); got != demo.Token+"\n" {
		t.Errorf("the token is %q", got)
	}
	if screen := x.screen(); strings.Contains(screen, demo.Token) {
		t.Errorf("the token is on the screen:\n%s", screen)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
