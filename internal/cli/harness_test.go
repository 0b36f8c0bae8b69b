package cli

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"firstline/internal/config"
	"firstline/internal/faults"
	"firstline/sources/demo"
)

// TestMain gives the tests a state directory of their own: nobody's drafts and
// journal are touched. In the environment of the whole-program tests the test
// binary is firstline itself.
func TestMain(m *testing.M) {
	if os.Getenv(runAsProgram) != "" {
		a := newApp(os.Stdin, os.Stdout, os.Stderr, "test")
		a.example, _ = os.ReadFile("../../config.example.toml") // where it is needed, a test fails without it
		if fault := endings[os.Getenv(endByFault)]; fault != nil {
			now := a.now
			a.now = func() time.Time {
				if _, err := os.Stat(os.Getenv(endWhen)); err == nil {
					fault()
				}
				return now()
			}
		}
		os.Exit(a.main(os.Args[1:]))
	}
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == strconv.Itoa(runtime.GOMAXPROCS(0)) {
		// The whole-program tests mostly wait for a person's next key.
		if err := parallel.Value.Set(strconv.Itoa(2 * runtime.GOMAXPROCS(0))); err != nil {
			panic(err)
		}
	}
	dir, err := os.MkdirTemp("", "firstline-test-")
	if err != nil {
		panic(err)
	}
	for name, value := range ownEnvironment(dir) {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

// Environment variables that end the whole program by a fault, once a file
// exists.
const (
	endByFault = "FIRSTLINE_TEST_END_BY_FAULT"
	endWhen    = "FIRSTLINE_TEST_END_WHEN"
)

const canary = "c4n4ry-s3cr3t"

var endings = map[string]func(){
	"panic": func() { panic("asking with " + canary) },
	"fatal": func() { new(sync.Mutex).Unlock() }, // which Go can't recover from
}

// noon is when the tests' story begins.
var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// harness is the demo's company with a configuration file that names its
// servers, as a person of that company would have it.
type harness struct {
	t    *testing.T
	demo *demo.Demo
	// toPagerDuty and toAlertmanager are the requests to the demo.
	toPagerDuty, toAlertmanager *faults.Injector
	config                      string // path
	// state is the directory for what outlives a command.
	state string

	mu  sync.Mutex
	now time.Time
}

// ownEnvironment are the variables that hide the developer's own configuration and
// token, with directories below one.
func ownEnvironment(home string) map[string]string {
	variables := map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": filepath.Join(home, "config"), "XDG_CONFIG_DIRS": filepath.Join(home, "none"),
		"XDG_STATE_HOME": filepath.Join(home, "state"), config.TokenVariable: demo.Token, "NO_COLOR": "",
	}
	for _, pair := range os.Environ() {
		name, _, _ := strings.Cut(pair, "=")
		ofTests := slices.ContainsFunc(testVariables, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
		if strings.HasPrefix(name, "FIRSTLINE_") && !ofTests {
			variables[name] = ""
		}
	}
	return variables
}

// testVariables are the beginnings of the variables that tests read.
var testVariables = []string{"FIRSTLINE_REQUIRE_SERVERS", "FIRSTLINE_ALERTMANAGER_", "FIRSTLINE_PAGERDUTY_OPENAPI", "FIRSTLINE_ROUNDS", "FIRSTLINE_TEST_"}

// alone gives a test an environment without a token and with its own directories.
// Such a test can't be parallel.
func alone(t *testing.T) {
	t.Helper()
	for name, value := range ownEnvironment(t.TempDir()) {
		t.Setenv(name, value)
	}
	t.Setenv(config.TokenVariable, "")
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	return newHarnessAt(t, noon)
}

// newHarnessAt is a harness whose story begins at a time, for commands in the process
// of the test.
func newHarnessAt(t *testing.T, begin time.Time) *harness {
	t.Helper()
	return harnessAt(t, begin)
}

// newProgramHarness is a harness for the whole program in a terminal, whose only clock
// is the machine's. Several tests may have one at a time: it leaves the test's own
// environment alone.
func newProgramHarness(t *testing.T) *harness {
	t.Helper()
	return harnessAt(t, time.Now())
}

func harnessAt(t *testing.T, begin time.Time) *harness {
	t.Helper()
	w := &harness{t: t, now: begin, state: t.TempDir()}
	d, err := demo.Start(demo.Options{Now: w.clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	w.demo, w.toPagerDuty, w.toAlertmanager = d, faults.Into(d.PagerDuty), faults.Into(d.Alertmanager)
	options := filepath.Join(t.TempDir(), "books")
	if err := os.CopyFS(options, demo.Runbooks()); err != nil {
		t.Fatal(err)
	}
	w.configure(w.pagerDuty(), w.prometheus(), w.alertmanager(), fmt.Sprintf("[runbooks]\ndirectories = [%q]\n", options))
	return w
}

func (w *harness) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *harness) pagerDuty() string {
	return fmt.Sprintf("[me]\nemail = %q\n[pagerduty]\nurl = %q\n[first_line]\nname = %q\nescalation_policy = %q\n",
		demo.Email, w.demo.PagerDuty.URL(), demo.FirstLineName, demo.FirstLinePolicy)
}

func (w *harness) prometheus() string {
	return fmt.Sprintf("[[prometheus]]\nname = \"prom\"\nurl = %q\n", w.demo.Prometheus.URL())
}

func (w *harness) alertmanager() string {
	return fmt.Sprintf("[[alertmanager]]\nname = \"am\"\nurl = %q\n", w.demo.Alertmanager.URL())
}

// statePath is the file of what outlives a command.
func (w *harness) statePath() string { return filepath.Join(w.state, "firstline", "state.sqlite") }

// configure writes the configuration file.
func (w *harness) configure(parts ...string) {
	w.t.Helper()
	if w.config == "" {
		w.config = filepath.Join(w.t.TempDir(), "config.toml")
	}
	if err := os.WriteFile(w.config, []byte(strings.Join(parts, "\n")), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// result is what a run of the program left behind.
type result struct {
	status   int
	out, err string
	// invalid is why the JSON is not what its schema says.
	invalid error
}

// run runs a command with the harness's configuration, away from any terminal.
func (w *harness) run(args ...string) result {
	w.t.Helper()
	return w.runWith("", false, args...)
}

// typed runs a command at a terminal, and types.
func (w *harness) typed(keys string, args ...string) result {
	w.t.Helper()
	return w.runWith(keys, true, args...)
}

func (w *harness) runWith(in string, terminal bool, args ...string) result {
	w.t.Helper()
	return runApp(w.t.Context(), in, func(a *app) {
		a.now, a.stateHome = w.clock, w.state
		if terminal {
			// Only the input: what is printed stays without colours.
			a.isTerminal = func(v any) bool { _, ok := v.(io.Reader); return ok && v == any(a.in) }
		}
	}, append([]string{"--config", w.config}, args...)...)
}

func runApp(ctx context.Context, in string, prepare func(*app), args ...string) result {
	var out, errOut bytes.Buffer
	a := newApp(strings.NewReader(in), &out, &errOut, "test")
	if prepare != nil {
		prepare(a)
	}
	status := a.run(ctx, args)
	return result{status: status, out: out.String(), err: errOut.String(), invalid: checkJSON(args, out.Bytes())}
}

// want checks the exit status.
func (r result) want(t *testing.T, status int) result {
	t.Helper()
	if r.invalid != nil {
		t.Error(r.invalid)
	}
	if r.status != status {
		t.Fatalf("the exit status is %d, want %d\n%s%s", r.status, status, r.out, r.err)
	}
	return r
}

// says checks that each text is in the output.
func (r result) says(t *testing.T, texts ...string) result {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(r.out+r.err, text) {
			t.Errorf("%q is not in\n%s%s", text, r.out, r.err)
		}
	}
	return r
}

// writes are the requests that PagerDuty got which change something.
func (w *harness) writes() []string {
	var writes []string
	for _, r := range w.toPagerDuty.Requests() {
		if r.Method != http.MethodGet {
			writes = append(writes, r.Method+" "+r.Path)
		}
	}
	return writes
}

func (w *harness) wantNoWrites() {
	w.t.Helper()
	if writes := w.writes(); len(writes) > 0 {
		w.t.Errorf("PagerDuty got %q, want nothing", writes)
	}
}

// incident finds the story's incident by a part of its title.
func (w *harness) incident(title string) demo.IncidentState {
	w.t.Helper()
	all := w.demo.PagerDuty.Incidents()
	i := slices.IndexFunc(all, func(i demo.IncidentState) bool { return strings.Contains(i.Title, title) })
	if i < 0 {
		w.t.Fatalf("there is no incident %q", title)
	}
	return all[i]
}

// groupID finds the id of a group without an incident by its alert.
func (w *harness) groupID(alert string) string {
	w.t.Helper()
	for _, g := range w.list().Groups {
		if g.Incident == nil && len(g.Alerts) > 0 && g.Alerts[0].Labels["alertname"] == alert {
			return g.ID
		}
	}
	w.t.Fatalf("there is no group of %s", alert)
	return ""
}

// notes are the notes of an incident, as one text.
func (w *harness) notes(title string) string { return strings.Join(w.incident(title).Notes, "\n---\n") }
