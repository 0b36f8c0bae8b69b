package cli

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"firstline/internal/config"
	"firstline/internal/faults"
	"firstline/internal/store"
	"firstline/sources"
	"firstline/sources/demo"
)

// offered are the words that a command line is completed to, with what they are.
func (w *harness) offered(t *testing.T, line ...string) []string {
	t.Helper()
	r := w.run(append([]string{"__complete"}, line...)...).want(t, exitDone)
	if said, _, _ := strings.Cut(r.err, "Completion ended"); said != "" {
		t.Errorf("%q says %q", line, said)
	}
	all := strings.Split(strings.TrimSpace(r.out), "\n")
	return all[:len(all)-1] // without the directive
}

func wordsOf(offered []string) []string {
	var words []string
	for _, one := range offered {
		word, _, _ := strings.Cut(one, "\t")
		words = append(words, word)
	}
	return words
}

func TestCompletion(t *testing.T) {
	w := newHarness(t)
	number := w.number(w.incident("HighErrorRate").ID)
	for _, c := range []struct {
		line []string
		want []string // some of the words
		none string   // and a word that is not there
	}{
		{[]string{"ack", ""}, []string{number}, "list"},
		{[]string{"ack", number[:1]}, []string{number}, ""},
		{[]string{"ack", number, ""}, nil, number},
		{[]string{"escalate", number, "--to", ""}, []string{"first-line", "owner", "next-on-call", "team:payments"}, ""},
		{[]string{"handoff", "--to", "user:"}, []string{"user:dana@example.com"}, "owner"},
		{[]string{"handoff", "--to", "policy:"}, []string{"policy:" + demo.FirstLinePolicy}, ""},
		{[]string{"list", "--filter", ""}, []string{"service=", "namespace=", "mine", "age"}, ""},
		{[]string{"list", "--filter", "mine service="}, []string{"mine service=checkout"}, "mine service=nothing"},
		{[]string{"watch", "--filter", "service=che"}, []string{"service=checkout"}, "service=search"},
		{[]string{"list", "--columns", "id,t"}, []string{"id,team", "id,title"}, "id,id"},
		{[]string{"list", "--sort", ""}, []string{"rank", "-age"}, ""},
		{[]string{"list", "--role", ""}, []string{"developer", "first-line"}, ""},
		{[]string{"merge", "--into", ""}, []string{number}, ""},
		{[]string{"oncall", ""}, []string{"payments", "checkout", "Operations first line"}, number},
		{[]string{"oncall", "payments", ""}, nil, "checkout"},
		{[]string{"priority", ""}, []string{"P1"}, number},
		{[]string{"priority", "P1", ""}, []string{number}, "P1"},
		{[]string{"report", "--by", ""}, []string{"person", "week"}, ""},
		{[]string{"report", "--person", "D"}, []string{"Dana Okafor"}, ""},
		{[]string{"report", "--service", ""}, []string{"checkout"}, ""},
		{[]string{"report", "--format", ""}, []string{"csv"}, ""},
		{[]string{"runbook", ""}, []string{number}, "lint-no"},
		{[]string{"urgency", ""}, []string{"high", "low"}, number},
		{[]string{"handover", "--post", ""}, []string{"all", number}, ""},
		{[]string{"list", "--config", w.config, "--filter", "state=trig"}, []string{"state=triggered"}, ""},
		{[]string{"list", ""}, nil, "checkout"},
	} {
		words := wordsOf(w.offered(t, c.line...))
		for _, want := range c.want {
			if !slices.Contains(words, want) {
				t.Errorf("%q: %q is not among %q", c.line, want, words)
			}
		}
		if c.none != "" && slices.Contains(words, c.none) {
			t.Errorf("%q offers %q", c.line, c.none)
		}
	}
	w.configure(w.pagerDuty(), w.prometheus(), "[filters]\nnight = \"severity=critical\"\n")
	if words := wordsOf(w.offered(t, "list", "--filter", "@")); !slices.Equal(words, []string{"@night"}) {
		t.Errorf("the saved filters are %q", words)
	}
	w.configure("nothing = ")
	if words := w.offered(t, "ack", ""); len(words) > 0 {
		t.Errorf("a configuration that can't be read gives %q", words)
	}
}

// TestCompletionOfSeveralAccounts: what is offered is taken, and its account is named.
func TestCompletionOfSeveralAccounts(t *testing.T) {
	c := newCompany(t)
	has := func(want string, offered []string) {
		t.Helper()
		if !slices.ContainsFunc(offered, func(one string) bool { return strings.HasPrefix(one, want) }) {
			t.Errorf("%q is not among %q", want, offered)
		}
	}
	both := func(line ...string) {
		t.Helper()
		offered := c.offered(t, line...)
		has(c.onUS+"\tus: ", offered)
		has(c.onEU+"\teu: ", offered)
		if words := wordsOf(offered); slices.Contains(words, "1") {
			t.Errorf("%q offers a number that both accounts have: %q", line, words)
		}
	}
	both("ack", "")
	both("merge", "--into", "")
	both("handover", "--post", "")
	both("priority", "P1", "")
	to := c.offered(t, "handoff", "--to", "")
	has("policy:PFIRST1\tFirst line (us)", to)
	has("policy:PFIRST2\tFirst line (eu)", to)
	has("team:Shops\tteam (us), team (eu)", to)
	has("user:priya@example.com\tPriya of us (us), Priya of eu (eu)", to)
	// A number of one account only is a target, and the shorter name.
	c.us.OpenByMail("PVSHOP1", demo.Mail{From: "cron@example.com", To: "shop@example.com", Subject: "Disk of us is slow", ContentType: "text/plain"})
	has("2\tus: ", c.offered(t, "ack", ""))
	// But not where the other account is not known: it may have the number too.
	c.toEU.Fail(faults.Fault{Path: "/incidents", Status: 500})
	for _, word := range wordsOf(c.offered(t, "ack", "")) {
		if r := c.run("ack", "--dry-run", word); r.status == exitUsage {
			t.Errorf("%q is offered, and refused: %s", word, r.err)
		}
	}
}

// TestFlagsAreDescribedWithoutMarks: a shell shows the description of a flag as it is.
func TestFlagsAreDescribedWithoutMarks(t *testing.T) {
	w := newHarness(t)
	for _, line := range [][]string{{"escalate", "--"}, {"list", "--"}, {"init", "--"}, {"runbook", "lint", "--"}, {"--"}, {"report", "-"}} {
		offered := w.offered(t, line...)
		if len(offered) < 3 || slices.ContainsFunc(offered, func(one string) bool { return strings.Contains(one, "`") }) {
			t.Errorf("%q offers %q", line, offered)
		}
	}
	w.run("escalate", "--help").want(t, exitDone).says(t, "--reason TEXT")
}

// What is stored is offered without asking anybody. Without an answer there is nothing to
// offer, soon, and a password manager is not asked.
func TestCompletionAsksNobody(t *testing.T) {
	w := newHarness(t)
	asked := filepath.Join(t.TempDir(), "asked")
	w.configure(strings.Replace(w.pagerDuty(), "[pagerduty]", fmt.Sprintf("[pagerduty]\ntoken_env = \"FIRSTLINE_TEST_NO_TOKEN\"\ntoken_command = \"touch '%s'\"", asked), 1))
	if words := w.offered(t, "ack", ""); len(words) > 0 {
		t.Errorf("nothing is known, and it offers %q", words)
	}
	state, err := store.Open(t.Context(), w.statePath())
	if err != nil {
		t.Fatal(err)
	}
	if err := state.SaveSnapshot(t.Context(), sources.Snapshot{Source: sources.Source{Kind: sources.PagerDuty, Name: config.PagerDutyName}, AsOf: noon, Data: sources.Data{Incidents: []sources.Incident{watchedIncident(77, nil)}}}); err != nil {
		t.Fatal(err)
	}
	stored := func() {
		t.Helper()
		if words := w.offered(t, "ack", ""); len(words) != 1 || words[0] != "77\ttriggered, checkout: Errors of checkout" {
			t.Errorf("it offers %q", words)
		}
	}
	stored() // while another firstline has it open
	if err := state.Close(); err != nil {
		t.Fatal(err)
	}
	stored()
	if _, err := os.Stat(asked); err == nil {
		t.Error("the password manager was asked")
	}
	if requests := w.toPagerDuty.Requests(); len(requests) > 0 {
		t.Errorf("PagerDuty was asked %d times", len(requests))
	}
	if err := os.WriteFile(w.statePath(), []byte(strings.Repeat("damaged", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	w.offered(t, "ack", "")
	if text, err := os.ReadFile(w.statePath()); err != nil || !strings.HasPrefix(string(text), "damaged") {
		t.Errorf("it set a damaged file aside: %v", err)
	}
}

// TestCompletionEnds: a server that does not answer holds nobody up.
func TestCompletionEnds(t *testing.T) {
	w := newHarness(t)
	w.configure(w.pagerDuty())
	w.toPagerDuty.Fail(faults.Fault{Path: "/", Hold: make(chan struct{})})
	if words := w.offered(t, "ack", ""); len(words) > 0 {
		t.Errorf("it offers %q", words)
	}
}

// What could become a command of a shell is not offered.
func TestCandidatesAreNoCommands(t *testing.T) {
	for _, word := range []string{"$(reboot)", "`x`", "a;b", "a\nb", "-rf", "", "a'b", `a"b`, `a\b`, "a\x1b[31m", "~`", "a|b", "a&b", "a>b", "a!b", "{a,b}", "a\u202eb"} {
		if got, ok := candidate(word, "x"); ok {
			t.Errorf("%q is offered as %q", word, got)
		}
	}
	for _, word := range []string{"team:Payments (EU)", "user:ann+x@example.com", "a=b", "Zürich", "1042", "#1", "a b"} {
		if got, ok := candidate(word, "x\ty\n\x1b[31mz"); !ok || got != word+"\tx y z" {
			t.Errorf("%q is offered as %q, %t", word, got, ok)
		}
	}
}

// TestCompletionInShells completes in the shells that are installed.
func TestCompletionInShells(t *testing.T) {
	w := newProgramHarness(t)
	number := w.number(w.incident("HighErrorRate").ID)
	bin := t.TempDir()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	wrapper := fmt.Sprintf("#!/bin/sh\n%s=1 XDG_STATE_HOME='%s' exec '%s' --config '%s' \"$@\"\n", runAsProgram, w.state, program, w.config)
	if err := os.WriteFile(filepath.Join(bin, "firstline"), []byte(wrapper), 0o755); err != nil {
		t.Fatal(err)
	}
	for shell, script := range map[string]string{
		"bash": `
source /usr/share/bash-completion/bash_completion || exit 77
source <(firstline completion bash)
complete_line() {
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMP_LINE="$*" COMP_POINT=${#COMP_LINE} COMP_TYPE=63
	COMPREPLY=()
	__start_firstline firstline "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
	printf '%s\n' "${COMPREPLY[@]}"
}
complete_line firstline ack NUMBER
complete_line firstline handoff NUMBER --to next
complete_line firstline list --filter state=trig
complete_line firstline oncall Operations
`,
		"zsh": `
compdef() { }
source <(firstline completion zsh)
_describe() { printf '%s\n' "${completions[@]}" }
complete_line() { words=("$@") CURRENT=$#; _firstline }
complete_line firstline ack NUMBER
complete_line firstline handoff NUMBER --to next
complete_line firstline list --filter state=trig
complete_line firstline oncall Operations
`,
		"fish": `
firstline completion fish | source
complete -C 'firstline ack NUMBER'
complete -C 'firstline handoff NUMBER --to next'
complete -C 'firstline list --filter state=trig'
complete -C 'firstline oncall Operations'
`,
	} {
		t.Run(shell, func(t *testing.T) {
			path, err := exec.LookPath(shell)
			if err != nil {
				t.Skip(shell + " is not installed")
			}
			cmd := exec.CommandContext(t.Context(), path, "-c", strings.ReplaceAll(script, "NUMBER", number))
			cmd.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+t.TempDir(), "TERM=xterm")
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState.ExitCode() == 77 {
				t.Skip("the package bash-completion is not installed")
			}
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			for _, want := range []string{number, "next-on-call", "triggered", "Operations"} {
				if !strings.Contains(string(out), want) {
					t.Errorf("%q is not in\n%s", want, out)
				}
			}
			if strings.Contains(string(out), "Completion ended") {
				t.Errorf("it says what is for nobody:\n%s", out)
			}
		})
	}
}

// TestEachFlagCompletes: each flag that takes a value completes to something, to nothing,
// or is known to take a file.
func TestEachFlagCompletes(t *testing.T) {
	files := []string{"config", "log-file", "output", "rules", "sections", "token-file"}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		for _, below := range cmd.Commands() {
			walk(below)
		}
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			_, registered := cmd.GetFlagCompletionFunc(f.Name)
			if f.Value.Type() != "bool" && !registered && !slices.Contains(files, f.Name) {
				t.Errorf("%s --%s: what completes it is not said in flagCompletions", cmd.CommandPath(), f.Name)
			}
		})
	}
	a := newApp(nil, nil, nil, "test")
	root := a.rootCommand()
	a.addCompletions(root)
	walk(root)
}
