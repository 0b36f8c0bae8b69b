package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sessionRunbook has steps that share a session.
const sessionRunbook = "# HighErrorRate\n\n## Diagnosis\n\n" +
	"1. Set\n\n   ```bash\n   export WHERE=$SERVICE-eu\n   plain='two words'; twice() { echo \"$1$1\"; }\n   cd /usr\n   ```\n\n" +
	"2. Use\n\n   ```bash\n   echo \"$(printenv WHERE)|$plain|$(twice x)|$(pwd)\"\n   ```\n\n" +
	"3. Clean up\n\n   ```bash\n   unset WHERE plain; cd /; exit 3\n   ```\n\n" +
	"4. Wait: `echo begun; sleep 600`\n" +
	"5. Ask\n\n   ```bash\n   read -r -p 'na''me? ' NAME; echo \"hello $NAME\"\n   ```\n\n" +
	"6. Fill: `echo pod <pod-name> of $NAME`\n"

// A page of steps is worked through in one session: steps that set, use and clean up,
// one in the background while another group is acknowledged, one that asks, and one
// whose value a form asks for.
func TestStepsAreWorkedThrough(t *testing.T) {
	t.Parallel()
	w := newProgramHarness(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "HighErrorRate.md"), []byte(sessionRunbook), 0o600); err != nil {
		t.Fatal(err)
	}
	w.configure(w.pagerDuty(), w.prometheus(), w.alertmanager(), fmt.Sprintf("[runbooks]\ndirectories = [%q]\nfetch = false\n", dir))
	private := t.TempDir()
	x := startTerminalWith(t, t.TempDir(), "XDG_RUNTIME_DIR="+private, 120, 40, "--config "+w.config)
	// reads is what the question says of keys that it does not take yet.
	reads := regexp.MustCompile(asksAgain.String() + `|enter: read on`)
	press := func(key, text string) {
		t.Helper()
		x.press(key, reads, text, func(screen string) bool { return strings.Contains(screen, text) })
	}
	next := func(parts ...string) {
		t.Helper()
		x.keys("J", "x")
		x.sees(parts...)
	}
	leave := func(text string) {
		t.Helper()
		x.keys("Escape")
		x.seesNot("esc closes")
		x.sees(text)
	}
	x.sees("HighErrorRate", "export WHERE=checkout-eu", "on call until")
	x.keys("Enter")
	next("Run this step?", "as you, in bash", "export WHERE=checkout-eu")
	x.confirm("exit 0 after")
	leave("› ran, exit 0")
	next("plain=two words from step 1", "From step 1: WHERE=checkout-eu", "1 function: twice", "In /usr, where step 1 went")
	x.confirm("exit 0 after")
	x.sees("checkout-eu|two words|xx|/usr")
	leave("› ran, exit 0")
	next("unset WHERE plain")
	x.confirm("exit 3 after")
	leave("› ran, exit 3")

	next("Run this step?", "sleep 600", "In /, where step 3 went")
	press("b", "1 in the background (b)")
	x.keys("Escape")
	x.sees("a ack")
	x.keys("j", "a")
	x.sees("Acknowledge", "1 in the background (b)")
	x.carryOut("✓ Acknowledged")
	x.keys("b")
	x.sees("begun", "running", "ctrl-c stops it")
	x.keys("C-c")
	x.sees("stopped after")
	x.keys("Escape")
	x.seesNot("(b)")

	x.keys("k", "Enter")
	x.sees("› ran, stopped")
	next("Run this step?", "read -r -p")
	press("i", "name?")
	x.write("Ann")
	x.keys("Enter")
	x.sees("exit 0 after", "name? Ann", "hello Ann") // also recorded
	leave("5. Ask")

	next("Values", "<pod-name>")
	x.write("api 0")
	x.enter("Run this step?", "echo pod 'api 0' of $NAME", "NAME=Ann from step 5", "pod-name=api 0 (typed)")
	x.confirm("exit 0 after")
	x.sees("pod api 0 of Ann")
	x.keys("Escape")
	x.seesNot("exit 0 after")
	if left, err := os.ReadDir(private); err != nil || len(left) > 0 {
		t.Errorf("files of a session are left: %v, %v", left, err)
	}
	x.keys("q")
	x.sees("it ended with 0")
}
