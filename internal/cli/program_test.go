package cli

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"firstline/internal/config"
	"firstline/sources/demo"
)

// runAsProgram makes the test binary be firstline: the whole-program tests
// start it in a real terminal.
const runAsProgram = "FIRSTLINE_TEST_RUN_AS_PROGRAM"

// terminal is firstline in a terminal of tmux's, driven by keys.
type terminal struct {
	t      *testing.T
	socket string
	// state is its state directory, pid the file that its process's id is
	// written to.
	state, pid string
	// sent is when keys were sent last.
	sent time.Time
}

// person is the least time between what a person types in one go and the next:
// firstline takes what comes faster for a paste.
const person = 100 * time.Millisecond

func startTerminal(t *testing.T, columns, rows int, args string) *terminal {
	t.Helper()
	return startTerminalIn(t, t.TempDir(), columns, rows, args)
}

// startTerminalIn is startTerminal with the state that an earlier run left.
func startTerminalIn(t *testing.T, state string, columns, rows int, args string) *terminal {
	t.Helper()
	return startTerminalWith(t, state, "", columns, rows, args)
}

// startTerminalWith is startTerminalIn with variables of the environment.
func startTerminalWith(t *testing.T, state, variables string, columns, rows int, args string) *terminal {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		if os.Getenv("FIRSTLINE_REQUIRE_SERVERS") == "1" {
			t.Fatal("tmux is not installed")
		}
		t.Skip("tmux is not installed: the program is not driven in a real terminal")
	}
	dir := t.TempDir()
	x := &terminal{t: t, socket: dir + "/tmux", state: state, pid: dir + "/pid"}
	t.Cleanup(x.putAway)
	program := fmt.Sprintf("sh -c 'echo $$ > %s; exec env %s %s=1 XDG_STATE_HOME=%s TERM=tmux-256color %s %s %s'; ended=$?; printf '\\r\\n'; echo 'it ended with' $ended; cat",
		x.pid, environment(t), runAsProgram, state, variables, os.Args[0], args)
	x.tmux("-f", os.DevNull, "new-session", "-d", "-x", fmt.Sprint(columns), "-y", fmt.Sprint(rows), program)
	return x
}

// putAway ends the terminal, and waits for the end of the program, which writes its
// state until then.
func (x *terminal) putAway() {
	_, _ = x.command("kill-server").CombinedOutput()
	text, err := os.ReadFile(x.pid)
	if err != nil {
		return // it was never started
	}
	program := x.process()
	stat := "/proc/" + strings.TrimSpace(string(text)) + "/stat"
	for begun := time.Now(); program.Signal(syscall.Signal(0)) == nil; time.Sleep(10 * time.Millisecond) {
		if state, err := os.ReadFile(stat); err == nil && strings.Contains(string(state), ") Z ") {
			return // it ended, and nobody has asked how yet
		}
		if time.Since(begun) > 20*time.Second {
			x.t.Error("the program goes on 20 s after its terminal was closed")
			_ = program.Kill()
			return
		}
	}
}

// environment is the arguments of env that hide the developer's own configuration,
// and give the demo's token.
func environment(t *testing.T) string {
	t.Helper()
	var arguments []string
	for _, pair := range os.Environ() {
		if name, _, _ := strings.Cut(pair, "="); strings.HasPrefix(name, "FIRSTLINE_") {
			arguments = append(arguments, "-u", name)
		}
	}
	home := t.TempDir()
	for _, pair := range [][2]string{
		{"HOME", home},
		{"XDG_CONFIG_HOME", home + "/config"},
		{"XDG_CONFIG_DIRS", home + "/none"},
		{"NO_COLOR", ""},
		{"VISUAL", ""},
		{"EDITOR", ""},
		{config.TokenVariable, demo.Token},
	} {
		arguments = append(arguments, pair[0]+"="+pair[1])
	}
	return strings.Join(arguments, " ")
}

func (x *terminal) command(args ...string) *exec.Cmd {
	// Not the test's context: the terminal is put away after it has ended.
	return exec.Command("tmux", append([]string{"-S", x.socket}, args...)...)
}

func (x *terminal) tmux(args ...string) string {
	x.t.Helper()
	out, err := x.command(args...).CombinedOutput()
	if err != nil {
		x.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// kill ends the program as the system does when it has no memory left.
func (x *terminal) kill() {
	x.t.Helper()
	if err := x.process().Kill(); err != nil {
		x.t.Fatal(err)
	}
}

func (x *terminal) process() *os.Process {
	x.t.Helper()
	text, err := os.ReadFile(x.pid)
	if err != nil {
		x.t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		x.t.Fatal(err)
	}
	program, err := os.FindProcess(pid)
	if err != nil {
		x.t.Fatal(err)
	}
	return program
}

func (x *terminal) screen() string { return x.tmux("capture-pane", "-p") }

// keys presses keys by tmux's names.
func (x *terminal) keys(keys ...string) {
	x.t.Helper()
	x.send(keys...)
}

// write types a text and waits until its end is shown, so that what the screen
// does next is an answer to what is pressed next.
func (x *terminal) write(text string) {
	x.t.Helper()
	x.send("-l", text)
	words := strings.Fields(text)
	x.sees(words[len(words)-1])
}

// send sends keys at the pace of a person.
func (x *terminal) send(keys ...string) {
	x.t.Helper()
	time.Sleep(person - time.Since(x.sent))
	x.tmux(append([]string{"send-keys"}, keys...)...)
	x.sent = time.Now()
}

// until waits for a screen that is as wanted. Every so often it does again
// what may be needed several times, such as a key that a dialog does not take
// while it makes its preview.
func (x *terminal) until(what string, again func(), wanted func(string) bool) {
	x.t.Helper()
	const patience = 60 * time.Second
	begun, did := time.Now(), time.Now()
	for {
		screen := x.screen()
		if wanted(screen) {
			return
		}
		if time.Since(begun) > patience {
			x.t.Fatalf("the screen never shows %s:\n%s", what, screen)
		}
		if again != nil && time.Since(did) > 500*time.Millisecond {
			again()
			did = time.Now()
		}
		time.Sleep(50 * time.Millisecond) // each look at the screen starts a process
	}
}

func (x *terminal) sees(parts ...string) {
	x.t.Helper()
	x.until(fmt.Sprintf("%q", parts), nil, func(screen string) bool {
		for _, part := range parts {
			if !strings.Contains(screen, part) {
				return false
			}
		}
		return true
	})
}

func (x *terminal) seesNot(part string) {
	x.t.Helper()
	x.until("no more "+part, nil, func(screen string) bool { return !strings.Contains(screen, part) })
}

var (
	// asksAgain is what the screen says of a key that it did not take.
	asksAgain = regexp.MustCompile(`press \S+ again`)
	// waits is that, or what a dialog says while it waits for enter.
	waits = regexp.MustCompile(asksAgain.String() + `|enter(: read on| (sends|says yes|takes it|goes on|runs it))`)
)

// numbers are what changes on a screen where nothing happens, such as ages.
var numbers = regexp.MustCompile(`[0-9]+`)

// press presses a key, and again only while the screen asks for it: one key too
// many would do something else. What the screen shows may be older than the key. So
// a screen that is the same as before the last key asks again after some seconds
// only, and another one when it has not changed for a while.
func (x *terminal) press(key string, asks *regexp.Regexp, what string, wanted func(string) bool) {
	x.t.Helper()
	const late, settled = 5 * time.Second, time.Second
	before := numbers.ReplaceAllString(x.screen(), "")
	shown, since := before, time.Now()
	again := func() {
		screen := numbers.ReplaceAllString(x.screen(), "")
		if screen != shown {
			shown, since = screen, time.Now()
		}
		wait := settled
		if shown == before {
			wait = late
		}
		if asks.MatchString(shown) && time.Since(since) > wait && time.Since(x.sent) > wait {
			before = shown
			x.keys(key)
		}
	}
	x.keys(key)
	x.until(what, again, wanted)
}

// enter presses enter where it opens or takes something.
func (x *terminal) enter(parts ...string) {
	x.t.Helper()
	x.press("Enter", asksAgain, fmt.Sprintf("%q", parts), func(screen string) bool {
		return !slices.ContainsFunc(parts, func(part string) bool { return !strings.Contains(screen, part) })
	})
}

// confirm presses enter as long as a dialog waits for it, until the screen shows a
// text.
func (x *terminal) confirm(text string) {
	x.t.Helper()
	x.press("Enter", waits, text, func(screen string) bool { return strings.Contains(screen, text) })
}

// readsOn turns the pages of a preview until a text is there: how long it is
// depends on who is on call at the time of the test.
func (x *terminal) readsOn(text string) {
	x.t.Helper()
	x.until(text, func() { x.keys("PageDown") }, func(screen string) bool { return strings.Contains(screen, text) })
}

// carryOut confirms until the status line shows what was done. The dialog shows it
// before, and takes keys until it closes.
func (x *terminal) carryOut(result string) {
	x.t.Helper()
	x.press("Enter", waits, result, func(screen string) bool {
		line := rowWith(screen, result)
		return line != "" && !strings.Contains(line, "│")
	})
}

// rowWith is the line of the screen that holds text.
func rowWith(screen, text string) string {
	for line := range strings.Lines(screen) {
		if strings.Contains(line, text) {
			return line
		}
	}
	return ""
}

// cursorOn reports whether the cursor of the list is on the row with a text.
func cursorOn(screen, text string) bool {
	row, _, _ := strings.Cut(rowWith(screen, "│▌"), "││") // beside it is the pane
	return strings.Contains(row, text)
}

func TestWholeProgramInATerminal(t *testing.T) {
	t.Parallel()
	t.Run("read, help, filter, resize, quit", func(t *testing.T) {
		t.Parallel()
		x := startTerminal(t, 120, 30, "--demo")
		x.sees("HighErrorRate", "matched by runbook_url", "Meaning", "unpaged", "pagerduty", "alertmanager")
		x.keys("?")
		x.sees("Keys", "half a screen down")
		x.keys("Escape")
		x.seesNot("half a screen down")
		x.keys("/")
		x.write("service=search")
		x.sees("SearchLatencyP99", "1–1 of 1")
		x.keys("Enter", "Escape")
		x.sees("CertificateExp") // the row under the cursor stays where it is
		x.keys("g")
		x.sees("HighErrorRate", "VolumeFillingUp")
		x.tmux("resize-window", "-x", "50", "-y", "20")
		x.sees("narrow")
		x.tmux("resize-window", "-x", "200", "-y", "50")
		x.sees("HighErrorRate", "Meaning", "triggered")
		x.tmux("resize-window", "-x", "80", "-y", "24")
		x.sees("HighErrorRate", "Meaning", "triggered")
		x.keys("q")
		x.sees("it ended with 0")
	})
	t.Run("acknowledge", func(t *testing.T) {
		t.Parallel()
		x := startTerminal(t, 120, 30, "--demo")
		x.sees("Meaning", "on call until")
		x.keys("a")
		x.sees("Acknowledge")
		x.carryOut("✓ Acknowledged #")
		x.until("the row as acknowledged", nil, func(screen string) bool {
			_, row, _ := strings.Cut(screen, "HighErrorRate") // its state is on its second line
			first, rest, _ := strings.Cut(row, "\n")
			second, _, _ := strings.Cut(rest, "\n")
			return strings.Contains(first+second, "acked")
		})
	})
	t.Run("escalate with a reason", func(t *testing.T) {
		t.Parallel()
		x := startTerminal(t, 120, 30, "--demo")
		x.sees("Meaning", "on call until")
		x.keys("e")
		x.sees("Notified now", "Priya Nair", "Asia/Kolkata")
		x.write("The roll-back did not help.")
		x.enter("What changes")
		x.readsOn("Why: The roll-back did not help.")
		x.carryOut("✓ Escalated to Operations first line: now assigned to Priya Nair.")
	})
	t.Run("hand off to a person", func(t *testing.T) {
		t.Parallel()
		x := startTerminal(t, 120, 30, "--demo")
		x.sees("Meaning", "on call until") // people and policies are read
		x.keys("h")
		x.sees("enter takes it")
		x.write("ann schm")
		x.sees("Ann Schmidt")
		x.enter("Hand off to Ann Schmidt") // enter takes her once she is found
		x.write("My shift ends.")
		x.carryOut("✓ Handed off: now assigned to Ann Schmidt.")
	})
	t.Run("hand off to a team", func(t *testing.T) {
		t.Parallel()
		x := startTerminal(t, 120, 30, "--demo")
		x.sees("Meaning", "on call until") // people and policies are read
		x.keys("h")
		x.sees("enter takes it")
		x.write("discovery")
		x.sees("team, Discovery")
		x.enter("Hand off to discovery") // enter takes it once it is found
		x.sees("Marta Silva")
		x.write("It is the search.")
		x.carryOut("now assigned to Marta Silva.")
	})
	t.Run("read-only", func(t *testing.T) {
		t.Parallel()
		x := startTerminal(t, 80, 24, "--demo --read-only")
		x.sees("Meaning")
		x.keys("a")
		x.sees("read-only")
	})
}
