package cli

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"firstline/internal/config"
	"firstline/internal/triage"
	"firstline/ui/list"
)

// dressed is a whole configuration: the demo takes what is of the screen.
const dressed = `
[me]
email = "dana@example.com"
role = "first-line"
[pagerduty]
url = "http://127.0.0.1:1"
token_command = "touch asked"
[[prometheus]]
url = "http://127.0.0.1:1"
[[alertmanager]]
url = "http://127.0.0.1:1"
[[grafana]]
url = "http://127.0.0.1:1"
[first_line]
name = "Others"
[runbooks]
run = "ask"
fill = { region = "eu" }
directories = ["books"]
[postmortems]
directory = "a"
[report]
week_hours = 38
[compensation]
currency = "EUR"
on_call_hour = 2.5
[readiness]
people = 3
[labels]
service = ["app"]
[[service]]
name = "checkout"
[[change]]
title = "a"
query = "up"
[list]
sparkline = false
columns = ["title", "age"]
[screen]
mouse = true
split = 30
[theme]
name = "high-contrast"
ascii = true
[attention]
filter = "@till"
title = false
quiet = "daily 22:00-07:00 Europe/Berlin"
[keys]
preset = "emacs"
[filters]
till = "service=till"
`

// TestDemoTakesTheScreenOfAConfiguration: colours, keys and columns can be tried in the demo,
// which asks no server of the file, and says what it does not use.
func TestDemoTakesTheScreenOfAConfiguration(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(path, []byte(dressed), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("FIRSTLINE_ME_EMAIL", "nobody")                   // which no file takes
	t.Setenv("FIRSTLINE_PROMETHEUS_URL", "http://127.0.0.1:1") // nor does the demo
	usual := runScreenOnce(t, "--demo")
	got := runScreenOnce(t, "--demo", "--config", path)
	o, before := got.firstOptions(list.First{}, false), usual.firstOptions(list.First{}, false)
	if !o.Mouse || o.Split != 30 || !o.ASCII || o.Theme.Name != "high-contrast" || !slices.Equal(o.Columns, []triage.Column{"title", "age"}) || got.config.Sparklines || o.Attention.Title || o.Attention.Quiet.IsZero() {
		t.Errorf("the screen is %+v", o)
	}
	if down := o.Keys.Of("list", "down"); !slices.Contains(down, "ctrl+n") || slices.Contains(before.Keys.Of("list", "down"), "ctrl+n") {
		t.Errorf("the keys are %v", down)
	}
	if saved := got.config.SavedFilters(); saved["till"] == "" || saved["night"] == "" {
		t.Errorf("the filters are %v", saved)
	}
	if !slices.Equal(o.Initial, before.Initial) || got.config.Me != usual.config.Me || got.config.FirstLine != usual.config.FirstLine || got.config.Runbooks.MayRun || got.config.Runbooks.Fill["region"] != "eu" {
		t.Errorf("the demo is of %v and %+v", o.Initial, got.config.Me)
	}
	if _, err := os.Stat(filepath.Join(dir, "asked")); err == nil {
		t.Error("the token is asked for")
	}
	c, err := config.LoadFile(path)
	if err != nil || len(got.warnings) != 1 || len(usual.warnings) != 0 {
		t.Fatalf("%v, it says %q", err, got.warnings)
	}
	for _, table := range c.Tables() {
		if said := strings.Contains(got.warnings[0], table); said == slices.Contains(ofTheScreen, table) {
			t.Errorf("of %s it says %q", table, got.warnings[0])
		}
	}
	if len(c.Tables()) != 20 {
		t.Errorf("write each table into the file of this test: it has %d", len(c.Tables()))
	}
	if err := os.WriteFile(path, []byte("[theme]\nname = \"none\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if w := runScreenOnce(t, "--demo", "--config", path).warnings; len(w) != 0 {
		t.Errorf("it says %q", w)
	}
	if err := os.WriteFile(path, []byte("[theme]\nnam = \"none\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	runApp(t.Context(), "", nil, "--demo", "--config", path, "list").want(t, exitFailed).says(t, path+":2:1", "name")
}

// runScreenOnce returns what the screen would be made of.
func runScreenOnce(t *testing.T, args ...string) *setup {
	t.Helper()
	var got *setup
	runApp(t.Context(), "", func(a *app) {
		a.stateHome, a.isTerminal = t.TempDir(), func(any) bool { return true }
		a.screen = func(_ context.Context, s *setup) error {
			got = s
			return nil
		}
	}, args...).want(t, exitDone)
	return got
}
