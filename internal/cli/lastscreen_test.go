package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"firstline/internal/alive"
	"firstline/internal/triage"
	"firstline/ui/list"
)

// firstRows are the rows of a screen, which all have one title.
func firstRows(n int, title string) list.First {
	var counts triage.Counts
	counts[0] = n
	return list.First{Rows: slices.Repeat([]list.Row{{ID: "1", Title: title}}, n), Groups: n, Counts: counts}
}

// sameTitle reports whether the rows are those of one firstRows.
func sameTitle(first list.First) bool {
	return len(first.Rows) == len(first.Rows[0].Title) && !slices.ContainsFunc(first.Rows, func(r list.Row) bool { return r.Title != first.Rows[0].Title })
}

// A screen begins only with rows of the same configuration, person, token and version.
func TestLastScreenIsOfTheSamePerson(t *testing.T) {
	w := newHarness(t)
	original, err := os.ReadFile(w.config)
	if err != nil {
		t.Fatal(err)
	}
	email := regexp.MustCompile(`(?m)^email = .*$`)
	if !email.Match(original) {
		t.Fatalf("nobody is in\n%s", original)
	}
	mine := func(line string) string { return email.ReplaceAllString(string(original), line) }
	begin := func(version string, args ...string) (rows int) {
		w.atScreen(func(_ context.Context, s *setup) error {
			s.identity = s.identify(version)
			rows = len(s.lastScreen().Rows)
			return nil
		}, args...).want(t, exitDone)
		return rows
	}
	store := func() {
		w.configure(string(original))
		w.atScreen(func(_ context.Context, s *setup) error {
			s.identity = s.identify("1.0")
			s.storeLastScreen(firstRows(1, "x"))
			return nil
		}).want(t, exitDone)
	}
	if err := os.MkdirAll(filepath.Dir(w.statePath()), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		config, version, variable, value string
		begins                           bool
	}{
		"the same":                 {config: string(original), begins: true},
		"another version":          {config: string(original), version: "1.1"},
		"another person":           {config: mine("email = \"ann@example.com\"")},
		"another role":             {config: mine("$0\nrole = \"first-line\"")},
		"another zone":             {config: mine("$0\ntime_zone = \"Asia/Tokyo\"")},
		"a source less":            {config: w.pagerDuty()},
		"a source more":            {config: string(original) + "[[prometheus]]\nname = \"other\"\nurl = \"http://127.0.0.1:1\"\n"},
		"another address":          {config: w.pagerDuty() + "[[prometheus]]\nname = \"prom\"\nurl = \"http://127.0.0.1:1\"\n" + w.alertmanager()},
		"other labels":             {config: string(original) + "[labels]\nservice = [\"app\"]\n"},
		"a service":                {config: string(original) + "[[service]]\nname = \"checkout\"\nteam = \"a\"\n"},
		"a comment":                {config: "# a comment\n" + string(original), begins: true},
		"what only the screen has": {config: string(original) + "[theme]\nname = \"high-contrast\"\n[screen]\nmouse = true\n[list]\nsparkline = false\n[keys]\nquit = \"Q\"\n[filters]\na = \"mine\"\n[postmortems]\ndirectory = \"a\"\n", begins: true},
		"what is asked besides":    {config: string(original) + "[[change]]\ntitle = \"a\"\nquery = \"b\"\n[attention]\nbell = false\n[report]\nweek_hours = 38\n", begins: true},
		"how often it is read":     {config: strings.Replace(string(original), "[[prometheus]]\n", "[[prometheus]]\ninterval = \"20s\"\n", 1), begins: true},
		"another tenant":           {config: strings.Replace(string(original), "[[prometheus]]\n", "[[prometheus]]\nhttp.http_headers.X-Scope-OrgID.values = [\"b\"]\n", 1)},
		"another match":            {config: string(original) + "[[service]]\nname = \"checkout\"\nmatch = 'app=\"a\"'\n"},
		"another first line":       {config: strings.Replace(string(original), "[first_line]\n", "[first_line]\nservice = \"Others\"\n", 1)},
		"other severities":         {config: string(original) + "[labels.severity]\npanic = \"critical\"\n"},
		"another token":            {config: string(original), variable: "PAGERDUTY_TOKEN", value: "another-token-0123456"},
		"no token":                 {config: string(original), variable: "PAGERDUTY_TOKEN", value: ""},
		"an email of a variable":   {config: string(original), variable: "FIRSTLINE_ME_EMAIL", value: "ann@example.com"},
		"a server of a variable":   {config: string(original), variable: "FIRSTLINE_PROMETHEUS_URL", value: "http://127.0.0.1:2"},
		"an account of a variable": {config: string(original), variable: "FIRSTLINE_PAGERDUTY_URL", value: "http://127.0.0.1:3"},
	} {
		t.Run(name, func(t *testing.T) {
			store()
			if c.variable != "" {
				t.Setenv(c.variable, c.value)
			}
			w.configure(c.config)
			version := c.version
			if version == "" {
				version = "1.0"
			}
			if rows := begin(version); (rows > 0) != c.begins {
				t.Errorf("it begins with %d rows", rows)
			}
		})
	}
	store()
	if rows := begin("1.0", "--read-only"); rows != 1 {
		t.Errorf("read-only it begins with %d rows", rows)
	}
	info, err := os.Stat(filepath.Join(filepath.Dir(w.statePath()), "last-screen.json"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	if text, err := os.ReadFile(filepath.Join(filepath.Dir(w.statePath()), "last-screen.json")); err != nil || strings.Contains(string(text), os.Getenv("PAGERDUTY_TOKEN")) {
		t.Errorf("the token is stored: %v", err)
	}
}

// The demo neither begins with rows nor stores any.
func TestDemoHasNoLastScreen(t *testing.T) {
	state := t.TempDir()
	runApp(t.Context(), "", func(a *app) {
		a.stateHome, a.isTerminal = state, func(any) bool { return true }
		a.screen = func(_ context.Context, s *setup) error {
			s.identity = s.identify("1.0")
			if rows := s.lastScreen().Rows; len(rows) > 0 || s.screenOptions(&feed{}, s.firstOptions(list.First{}, true)).StoreFirst != nil {
				t.Errorf("it begins with %v", rows)
			}
			return nil
		}
	}, "--demo").want(t, exitDone)
}

// Two firstlines that store at once, and a reader: it always finds the rows of one of
// them.
func TestLastScreenOfTwo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "last-screen.json")
	store := func(n int) error {
		rows, err := firstRows(n, strings.Repeat("a", n)).Encode()
		if err == nil {
			err = replaceFile(path, slices.Concat([]byte("me\n"), rows))
		}
		return err
	}
	var writing sync.WaitGroup
	for _, n := range []int{1, 100} {
		if err := store(n); err != nil {
			t.Fatal(err)
		}
		writing.Go(func() {
			for range 200 {
				if err := store(n); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { writing.Wait(); close(done) }()
	for reads := 0; ; reads++ {
		first, err := readLastScreen(path, "me")
		if err != nil || !sameTitle(first) {
			t.Fatalf("read %d: %v", reads, err)
		}
		select {
		case <-done:
			left, err := filepath.Glob(path + ".*")
			if err != nil || len(left) > 0 {
				t.Errorf("%q are left, %v", left, err)
			}
			return
		default:
		}
	}
}

const storesLastScreen = "FIRSTLINE_TEST_LAST_SCREEN"

// A firstline that is killed while it stores leaves the rows of before or those of
// now, and never a part. The test binary runs itself for that.
func TestLastScreenAfterAKill(t *testing.T) {
	if path := os.Getenv(storesLastScreen); path != "" {
		for n := 0; ; n++ {
			rows, err := firstRows(1+n%100, strings.Repeat("x", 1+n%100)).Encode()
			if err == nil {
				err = replaceFile(path, slices.Concat([]byte("me\n"), rows))
			}
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				fmt.Println("it is stored")
			}
		}
	}
	path := filepath.Join(t.TempDir(), "last-screen.json")
	for range 15 {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLastScreenAfterAKill$", "-test.v")
		cmd.Env = append(os.Environ(), storesLastScreen+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(out); lines.Scan() && lines.Text() != "it is stored"; {
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if first, err := readLastScreen(path, "me"); err != nil || !sameTitle(first) {
			t.Fatalf("after a kill: %v", err)
		}
	}
}

// What is no file of rows begins no screen, however it came about.
func TestLastScreenThatIsNone(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"empty": "", "zeros": strings.Repeat("\x00", 10_000), "no rows": "me\n", "other text": "me\nhello", "of another": "you\n{}", "no line": "me",
		"too large": "me\n" + strings.Repeat(" ", mostLastScreen) + "{}",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if first, err := readLastScreen(path, "me"); err == nil {
			t.Errorf("%s: it is read as %+v", name, first)
		}
	}
	if _, err := readLastScreen(filepath.Join(dir, "missing"), "me"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// The screen shows the rows of the last one while the state can't be opened, refuses
// to act on them, and takes what was typed once it is open.
func TestScreenBeginsBeforeTheStateIsOpen(t *testing.T) {
	t.Parallel()
	w := newProgramHarness(t)
	state := t.TempDir()
	x := startTerminalIn(t, state, 120, 30, "--config "+w.config)
	x.sees("HighErrorRate", "Meaning", "on call until")
	path := filepath.Join(state, "firstline", "last-screen.json")
	x.until("that the rows are stored", nil, func(string) bool { _, err := os.Stat(path); return err == nil })
	x.keys("q")
	x.sees("it ended with 0")

	lock, err := alive.Wait(t.Context(), filepath.Join(state, "firstline", "state.sqlite.lock"))
	if err != nil {
		t.Fatal(err)
	}
	x = startTerminalIn(t, state, 120, 30, "--config "+w.config)
	x.sees("HighErrorRate", "ago", "triggered")
	x.keys("?")
	if err := lock.Release(); err != nil {
		t.Fatal(err)
	}
	x.sees("half a screen down")
	x.keys("Escape")
	x.sees("HighErrorRate", "Meaning", "on call until")
	x.keys("q")
	x.sees("it ended with 0")
}
