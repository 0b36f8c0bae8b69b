package cli

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// TestPowerShellScript checks the script for PowerShell by its structure, and runs it
// where PowerShell is installed.
func TestPowerShellScript(t *testing.T) {
	t.Parallel()
	script := runApp(t.Context(), "", nil, "completion", "powershell").want(t, exitDone).out
	for _, want := range []string{
		"Register-ArgumentCompleter -CommandName 'firstline' -ScriptBlock ${__firstlineCompleterBlock}",
		"$WordToComplete", "$CommandAst", "$CursorPosition", "__complete ", "[System.Management.Automation.CompletionResult]",
	} {
		if !strings.Contains(script, want) {
			t.Errorf("there is no %s", want)
		}
	}
	// Outside of strings and comments each bracket is closed in its order.
	bare := regexp.MustCompile("(?m)#.*$|`.|'[^'\n]*'|\"(?:`.|[^\"`])*\"").ReplaceAllString(script, "")
	var open []rune
	for _, r := range bare {
		switch r {
		case '(', '{', '[':
			open = append(open, r)
		case ')', '}', ']':
			if len(open) == 0 || map[rune]rune{')': '(', '}': '{', ']': '['}[r] != open[len(open)-1] {
				t.Fatalf("a %c closes nothing", r)
			}
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		t.Errorf("%q are not closed", string(open))
	}
	pwsh, err := exec.LookPath("pwsh")
	if err != nil {
		return // no registry that this is built with has it
	}
	parse := exec.CommandContext(t.Context(), pwsh, "-NoProfile", "-NonInteractive", "-Command", "$e = $null; [void][System.Management.Automation.Language.Parser]::ParseInput([Console]::In.ReadToEnd(), [ref]$null, [ref]$e); $e; exit $e.Count")
	parse.Stdin = strings.NewReader(script)
	if out, err := parse.CombinedOutput(); err != nil {
		t.Errorf("PowerShell does not take it: %v\n%s", err, out)
	}
}
