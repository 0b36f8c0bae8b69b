package cli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"firstline/internal/faults"
	"firstline/internal/respond"
	"firstline/internal/store"
	"firstline/sources/demo"
)

// killed is the whole program on one incident, killed as by kill -9 at a write:
// the first is the note, the second its action.
type killed struct {
	t         *testing.T
	pagerDuty *demo.PagerDuty
	// toPagerDuty are the requests to it.
	toPagerDuty *faults.Injector
	k           *killer
	url         string
	dir         string
	args        []string
	path        string // of the write after the note
}

// passing are the actions that write a note before the action.
var passing = map[string]struct {
	args []string
	path string
}{
	"escalate":    {[]string{"escalate"}, "/incidents"},
	"hand off":    {[]string{"handoff", "--to", "user:PU3"}, "/incidents"},
	"ask to join": {[]string{"handoff", "--to", "user:PU3", "--join"}, "/responder_requests"},
	"next level":  {[]string{"next-level"}, "/incidents"},
}

func newKilled(t *testing.T, action string) *killed {
	t.Helper()
	directory := fleetDirectory()
	for n, name := range []string{"Bo Larsen", "Cy Park"} {
		directory.Users = append(directory.Users, demo.User{ID: fmt.Sprint("PU", n+2), Name: name, Email: fmt.Sprintf("u%d@example.com", n), TimeZone: "UTC"})
	}
	directory.Policies = append(directory.Policies, demo.Policy{ID: "PP2", Name: "Owner", Levels: []demo.PolicyLevel{
		{Delay: 24 * time.Hour, UserIDs: []string{"PU2"}}, {Delay: 24 * time.Hour, UserIDs: []string{"PU3"}},
	}})
	directory.Services[0].PolicyID = "PP2"
	x := &killed{t: t, pagerDuty: demo.NewPagerDuty(demo.PagerDutyOptions{Directory: directory}), dir: t.TempDir(), path: passing[action].path}
	x.toPagerDuty = faults.Into(x.pagerDuty)
	openIncident(t, x.pagerDuty, "key", "Storm", "")
	x.k = &killer{under: x.pagerDuty}
	server := httptest.NewServer(x.k)
	t.Cleanup(server.Close)
	x.url = server.URL
	x.configure(server.URL)
	x.args = append(append([]string{}, passing[action].args...), "--yes", "--reason", "the storm is theirs", x.pagerDuty.Incidents()[0].ID)
	return x
}

// configure lets the program ask PagerDuty at a URL.
func (x *killed) configure(url string) {
	x.t.Helper()
	text := fmt.Sprintf("[me]\nemail = %q\n[pagerduty]\nurl = %q\n[first_line]\nescalation_policy = \"PP1\"\n", demo.Email, url)
	if err := os.WriteFile(filepath.Join(x.dir, "config.toml"), []byte(text), 0o600); err != nil {
		x.t.Fatal(err)
	}
}

func (x *killed) program(args ...string) *exec.Cmd {
	c := exec.CommandContext(x.t.Context(), os.Args[0], append([]string{"--config", filepath.Join(x.dir, "config.toml")}, args...)...)
	c.Env = append(os.Environ(), runAsProgram+"=1", "XDG_STATE_HOME="+x.dir, "PAGERDUTY_TOKEN="+demo.Token)
	return c
}

// kill runs the action and kills it at a write.
func (x *killed) kill(at int, after bool) {
	x.t.Helper()
	c := x.program(x.args...)
	if err := c.Start(); err != nil {
		x.t.Fatal(err)
	}
	x.k.aim(c.Process, at, after)
	_ = c.Wait()
	x.k.mu.Lock()
	defer x.k.mu.Unlock()
	if x.k.victim != nil {
		x.t.Fatal("it was never killed")
	}
}

// moves returns how often PagerDuty got the action.
func (x *killed) moves() int {
	n := 0
	for _, q := range x.toPagerDuty.Requests() {
		if q.Method == http.MethodPut && q.Path == x.path || q.Method == http.MethodPost && strings.HasSuffix(q.Path, x.path) && x.path != "/incidents" {
			n++
		}
	}
	return n
}

// came claims that something came about.
var came = regexp.MustCompile(`(?i)\b(handed off|escalated|asked .* to join|assigned to|given)\b`)

// checkNotes: no note claims what may not have come about.
func (x *killed) checkNotes(when string, most int) {
	x.t.Helper()
	notes := x.pagerDuty.Incidents()[0].Notes
	if len(notes) > most {
		x.t.Errorf("%s: %d notes: %q", when, len(notes), notes)
	}
	for _, n := range notes {
		if came.MatchString(n) || !strings.Contains(n, " asks ") {
			x.t.Errorf("%s: the note says %q", when, n)
		}
	}
}

// checkHandover: the handover lists as done what was done, and nothing else.
func (x *killed) checkHandover(when string, done bool) {
	x.t.Helper()
	out, _ := x.program("handover", "--since", "1h").Output()
	_, part, found := strings.Cut(string(out), "## Done")
	if part, _, _ = strings.Cut(part, "\n## "); !strings.Contains(string(out), "Storm") {
		x.t.Fatalf("%s: the handover is\n%s", when, out)
	}
	reported := found && regexp.MustCompile(`(?i)set its escalation policy|assign it to|escalate it to level|ask .* to join|escalated|handed off|assigned|asked`).MatchString(part)
	if reported != done {
		x.t.Errorf("%s: done %v, and the handover says\n%s", when, done, out)
	}
}

// TestKilledBetweenNoteAndMove kills the program before, between and after the
// note and its action. The next start settles it only by reading. Everything
// that it then says is true, and a repetition does the rest, once.
func TestKilledBetweenNoteAndMove(t *testing.T) {
	for action := range passing {
		for _, at := range []int{1, 2} {
			for _, after := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s, write %d, after=%v", action, at, after), func(t *testing.T) {
					t.Parallel()
					x := newKilled(t, action)
					x.kill(at, after)
					moved := at == 2 && after
					x.checkNotes("killed", 1)

					state, err := store.Open(t.Context(), filepath.Join(x.dir, "firstline", "state.sqlite"))
					if err != nil {
						t.Fatal(err)
					}
					writes := x.k.writes
					settleAll(t, state, x.url)
					if x.k.writes != writes {
						t.Errorf("settling wrote %d times", x.k.writes-writes)
					}
					entries, err := state.Journal(t.Context(), time.Time{})
					if err != nil {
						t.Fatal(err)
					}
					_ = state.Close()
					for n, e := range entries {
						is := n == 0 && (at == 2 || after) || n == 1 && moved
						if said := e.Outcome == string(respond.Done); said != is {
							t.Errorf("of write %d the journal says %s (%s), and that it came about is %v", n+1, e.Outcome, e.Sentence, is)
						}
					}
					x.checkNotes("settled", 1)
					x.checkHandover("settled", moved)

					out, err := x.program(x.args...).CombinedOutput()
					if err != nil {
						t.Fatalf("again: %v\n%s", err, out)
					}
					// After the last level there is no next one: the first try is why.
					if action == "next level" && moved && !strings.Contains(string(out), "already: The try of") {
						t.Errorf("again:\n%s", out)
					}
					// What is known to have come about, or not, is another attempt with
					// a note of its own; what was done is not done twice.
					x.checkNotes("again", 2)
					if n := len(x.pagerDuty.Incidents()[0].Notes); n != 1 {
						t.Errorf("again: %d notes", n)
					}
					if n := x.moves(); n != 1 {
						t.Errorf("again: %d times", n)
					}
					x.checkHandover("again", true)
				})
			}
		}
	}
}

// TestAnywayAfterItWasKilled: if reading cannot show whether it was carried
// out, nothing is sent until a person asks for it; then it is sent once,
// without a second note.
func TestAnywayAfterItWasKilled(t *testing.T) {
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("after=%v", after), func(t *testing.T) {
			t.Parallel()
			x := newKilled(t, "ask to join")
			id := x.pagerDuty.Incidents()[0].ID
			// An account that does not report requests to join.
			x.pagerDuty.Override(id, map[string]any{"responder_requests": nil, "incidents_responders": nil})
			x.kill(2, after)
			before := x.moves()
			if want := map[bool]int{false: 0, true: 1}[after]; before != want {
				t.Fatalf("asked %d times", before)
			}

			out, err := x.program(x.args...).CombinedOutput()
			if err == nil || !strings.Contains(string(out), "It is unknown whether the try of ") || !strings.Contains(string(out), "--anyway --confirm sends it all the same") {
				t.Errorf("again: %v\n%s", err, out)
			}
			if x.moves() != before {
				t.Error("it was sent, although nobody knows whether it came about")
			}
			x.checkNotes("again", 1)

			anyway := append([]string{x.args[0], "--anyway", "--confirm"}, x.args[1:]...)
			if out, err = x.program(anyway...).CombinedOutput(); err != nil || !strings.Contains(string(out), "may do it, and notify people, a second time. Its note is not posted again.") {
				t.Errorf("anyway: %v\n%s", err, out)
			}
			if n := x.moves(); n != before+1 {
				t.Errorf("anyway: asked %d times, %d before", n, before)
			}
			x.checkNotes("anyway", 1)
			x.checkHandover("anyway", true)
		})
	}
}
