package runbooks

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"firstline/internal/race"
)

var labels = map[string]string{
	"namespace": "prod", "pod": "checkout-7f9", "Node": "node-1", "mountpoint": "/var/lib",
	"evil": "$(reboot)", "quote": "'; rm -rf /", "space": "two words", "dash": "--all", "line": "a\nb",
	"tick": "a`b", "bar": "a|b", "path": "/api", "number": "2", "empty": "",
}

func byLabel(of map[string]string) Values { return Values{FromLabel, of} }

func TestFillCommand(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "kubectl -n $NAMESPACE get pod $POD", "kubectl -n prod get pod checkout-7f9"},
		{"braces", "kubectl logs ${pod}-x", "kubectl logs checkout-7f9-x"},
		{"template", "kubectl logs {{ $labels.pod }} {{.Labels.namespace}}", "kubectl logs checkout-7f9 prod"},
		{"node name", "oc debug node/$NODE_NAME", "oc debug node/node-1"},
		{"underscore", `df -h "/host/$MOUNT_POINT"`, `df -h "/host//var/lib"`},
		{"unknown stays", "echo $OTHER ${NAMESPACE:-x} $1 $$POD", "echo $OTHER ${NAMESPACE:-x} $1 $$POD"},
		{"escaped stays", `echo \$POD "\$POD"`, `echo \$POD "\$POD"`},
		{"own names stay", "echo $PATH", "echo $PATH"},
		{"empty label is none", "echo $EMPTY", "echo $EMPTY"},
		{"assigned stays", "POD=$(kubectl get pod)\nkubectl logs $POD", "POD=$(kubectl get pod)\nkubectl logs $POD"},
		{"placeholder names the label", "$ NODE='<value of pod label from alert>'\n$ oc debug node/$NODE", "$ NODE='checkout-7f9'\n$ oc debug node/checkout-7f9"},
		{"placeholder", "export POD=<name>\necho $POD", "export POD=checkout-7f9\necho checkout-7f9"},
		{"placeholder of an unknown label", "POD='<value of other label>'\necho $POD", "POD='<value of other label>'\necho $POD"},
		{"exported stays", "export POD=x; echo $POD", "export POD=x; echo $POD"},
		{"read stays", "read -r POD; echo $POD", "read -r POD; echo $POD"},
		{"loop stays", "for pod in a b; do echo $pod; done", "for pod in a b; do echo $pod; done"},
		{"option is no assignment", "kubectl -l pod=$POD get", "kubectl -l pod=checkout-7f9 get"},
		{"prompt", "$ kubectl get $POD", "$ kubectl get checkout-7f9"},

		{"hostile", "kubectl get pod $EVIL", "kubectl get pod '$(reboot)'"},
		{"hostile in double", `kubectl get pod "$EVIL"`, `kubectl get pod ""'$(reboot)'""`},
		{"hostile in single", `kubectl get pod '$EVIL'`, `kubectl get pod '''$(reboot)'''`},
		{"quote", "echo $QUOTE", `echo ''\''; rm -rf /'`},
		{"path in double", `cat "/logs/$SPACE.txt"`, `cat "/logs/"'two words'".txt"`},
		{"substitution", `echo "$(get "$SPACE")"`, `echo "$(get ""'two words'"")"`},
		{"option", "kubectl delete pod $DASH", "kubectl delete pod $DASH"},
		{"option joined", "kubectl delete --pod=$DASH", "kubectl delete --pod=--all"},
		{"line break", "echo $LINE", "echo $LINE"},
		{"as a command", "$POD --version", "$POD --version"},
		{"as a command behind sudo", "sudo -n $POD", "sudo -n $POD"},
		{"as a command behind an assignment", "A=1 $POD", "A=1 $POD"},
		{"as a command in sh -c", "sh -c $POD", "sh -c $POD"},
		{"container option is no sh -c", "kubectl logs $POD -c $NODE", "kubectl logs checkout-7f9 -c node-1"},
		{"read twice", `ssh $NODE "systemctl status $EVIL"`, `ssh node-1 "systemctl status $EVIL"`},
		{"read twice, harmless", `sh -c "ls $POD"`, `sh -c "ls checkout-7f9"`},
		{"other language", `psql -c "select * from p where n = '$QUOTE'"`, `psql -c "select * from p where n = '$QUOTE'"`},
		{"comment", "ls # $POD $EVIL", "ls # checkout-7f9 $EVIL"},
		{"here-document", "cat <<EOF\n$POD $EVIL\nEOF\necho $EVIL", "cat <<EOF\ncheckout-7f9 $EVIL\nEOF\necho '$(reboot)'"},
		{"here-document with a joined line", "cat <<E\n|\\\nE\necho $EVIL", "cat <<E\n|\\\nE\necho $EVIL"},
		{"quote over lines", "echo 'a\n$EVIL\n'\necho $EVIL", "echo 'a\n$EVIL\n'\necho '$(reboot)'"},
		{"quote never closed", "it's output\necho $EVIL $POD", "it's output\necho $EVIL $POD"},
		{"no shell's", "ls $POD $EVIL )", "ls $POD $EVIL )"},
		{"other shells read it otherwise", "echo $'a\\'$EVIL'", "echo $'a\\'$EVIL'"},
		{"output of a transcript", "$ get $POD $EVIL\nit's $POD $EVIL\n$ echo \\\n> $EVIL", "$ get checkout-7f9 '$(reboot)'\nit's checkout-7f9 $EVIL\n$ echo \\\n> '$(reboot)'"},
		{"here-document that is quoted", "cat <<'EOF'\n$POD $EVIL\nEOF\n", "cat <<'EOF'\ncheckout-7f9 $EVIL\nEOF\n"},
		{"other templates", "get -o go-template='{{range $pod := .items}}{{ $pod }}{{end}}' {{ $pod }}", "get -o go-template='{{range $pod := .items}}{{ $pod }}{{end}}' {{ $pod }}"},
		{"template of a variable's name", "echo ${{{ $labels.pod }}}", "echo ${{{ $labels.pod }}}"},
		{"template behind a variable", "echo $x{{ $labels.pod }} $x{{ $labels.evil }}y", "echo $x'checkout-7f9' $x'$(reboot)'y"},
		{"continued line", "kubectl \\\n  get $EVIL \\\n  -n $POD", "kubectl \\\n  get '$(reboot)' \\\n  -n checkout-7f9"},
		{"backquotes", "echo `get $EVIL $POD`", "echo `get $EVIL checkout-7f9`"},
		{"number before redirection", "echo $NUMBER>f", "echo '2'>f"},
		{"behind an unknown one", "echo $OTHER$POD", "echo $OTHER'checkout-7f9'"},
		{"in GitHub's braces", "echo ${{ $labels.pod }}", "echo ${{ $labels.pod }}"},
	} {
		got := FillCommand(c.in, byLabel(labels))
		if got.Text != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.name, got.Text, c.want)
		}
		if c.in == c.want && strings.Contains(c.in, "EVIL") && len(got.Refused) == 0 {
			t.Errorf("%s: nothing says why it was not filled", c.name)
		}
	}
}

func TestFillChangesOnlyCode(t *testing.T) {
	in := strings.Join([]string{
		"# Pods of $NAMESPACE", "",
		"The pod $POD, see `kubectl get $POD` and `$POD` and `` $TICK ``.", "",
		"```", "kubectl get \"$POD\" $SPACE", "```", "",
		"```yaml", "name: $POD", "other: $SPACE", "```", "",
		"1. Step", "   ```sh", "   echo ${pod}", "   ```", "", "Text:", "",
		"    indented $POD", "",
		"| `get $BAR` | $POD |", "|---|---|", "| `get $POD $BAR` | x |",
	}, "\n")
	want := strings.Join([]string{
		"# Pods of $NAMESPACE", "",
		"The pod $POD, see `kubectl get checkout-7f9` and `checkout-7f9` and `` $TICK ``.", "",
		"```", "kubectl get \"checkout-7f9\" 'two words'", "```", "",
		"```yaml", "name: checkout-7f9", "other: $SPACE", "```", "",
		"1. Step", "   ```sh", "   echo checkout-7f9", "   ```", "", "Text:", "",
		"    indented checkout-7f9", "",
		"| `get $BAR` | $POD |", "|---|---|", "| `get checkout-7f9 $BAR` | x |",
	}, "\n")
	got := Fill(in, byLabel(labels))
	if got.Text != want {
		t.Errorf("got:\n%s\nwant:\n%s", got.Text, want)
	}
	if len(got.Replaced) != 8 || len(got.Refused) != 4 {
		t.Errorf("%d replaced, %d refused: %+v", len(got.Replaced), len(got.Refused), got)
	}
}

// What a runbook sets before, in the section or in one above it, is never replaced
// by a label.
func TestALabelNeverReplacesWhatTheRunbookSets(t *testing.T) {
	fence := func(code string) string { return "```sh\n" + code + "\n```\n" }
	use := fence("kubectl logs $POD")
	filled, stays := "logs checkout-7f9", "logs $POD"
	for _, set := range []string{
		"POD=a", "export POD=a", "POD=$(kubectl get pod -o name | head -1)", "POD=`hostname`", "declare -x POD=a", "local POD=a", "typeset POD=a", "readonly POD=a",
		"read POD", "read -r POD", "read -p 'Which? ' -r POD", "IFS=: read -r A POD <<EOF\na:b\nEOF", "kubectl get pods | while read -r POD; do echo; done",
		"for POD in a b; do echo; done", "for POD in $(kubectl get pods); do\n  echo\ndone", "select POD in a b; do echo; done", "mapfile -t POD", "read -a POD",
		"f() {\n  local POD=a\n}", "f() { POD=a; }", "function f { POD=a; }", "function f() {\n  POD=a\n}", ": ${POD:=a}", "echo \"${POD=a}\"", "printf -v POD '%s' a", "POD+=a", "POD[0]=a", "true && POD=a", "if true; then POD=a; fi",
		"$ POD=a", "export A=1 POD=a", "getopts ab POD", "export POD", "while getopts ab POD; do echo; done", "until POD=a; do echo; done", "case a in a) POD=a ;; esac", "! POD=a",
		"sudo env POD=a ls", "((POD = 1))", "let POD=1", ": $((POD += 1))", ": $((POD++))", "exec {POD}>f", "coproc POD { ls; }", "unset POD",
		"bash <<'EOF'\nPOD=a\nEOF", "ssh node <<EOF\nexport POD=\\$(hostname)\nEOF", "cat <<-EOF >env\n\tPOD=a\n\tEOF", "sh -c 'for POD in a b; do echo; done'", "ssh node \"read POD; ls\"", "read -r -d '' POD <<EOF\na\nEOF",
		"it's no shell\nPOD=a", "it's no shell\nfor POD in a b", "it's no shell; read -r POD",
	} {
		for _, c := range []struct {
			name, body string
			want       string
		}{
			{"in the block before", "# A\n\n" + fence(set) + use, stays},
			{"in the same block", "# A\n\n" + fence(set+"\nkubectl logs $POD"), stays},
			{"inline before", "# A\n\n1. Run ``" + strings.ReplaceAll(set, "\n", "; ") + "`` first.\n\n" + use, stays},
			{"in the section above", "# A\n\n" + fence(set) + "## B\n\n" + use, stays},
			{"two sections above", "# A\n\n" + fence(set) + "## B\n\n### C\n\n" + use, stays},
			{"in a step before", "# A\n\n1. One\n   ```bash\n   " + strings.ReplaceAll(set, "\n", "\n   ") + "\n   ```\n2. Two\n   ```\n   kubectl logs $POD\n   ```\n", stays},
			{"in the section beside", "# A\n\n## B\n\n" + fence(set) + "## C\n\n" + use, filled},
			{"in a section below the one before", "# A\n\n## B\n\n### C\n\n" + fence(set) + "## D\n\n" + use, filled},
			{"after it", "# A\n\n" + use + fence(set), filled},
			{"in another language", "# A\n\n```yaml\n" + set + "\n```\n" + use, filled},
		} {
			if c.name == "inline before" && (strings.Contains(set, "EOF") || strings.Contains(set, "`")) {
				continue // it is no line
			}
			if got := Fill(c.body, byLabel(labels)).Text; !strings.Contains(got, c.want) {
				t.Errorf("%q %s: no %q in\n%s", set, c.name, c.want, got)
			}
		}
	}
}

// A placeholder asks for a value: the label fills the name, in later blocks too.
func TestAPlaceholderAsksForAValue(t *testing.T) {
	for _, value := range []string{
		"<pod>", "'<value of pod label from alert>'", "\"<pod-name>\"", "TODO", "\"TODO\"", "todo", "CHANGEME", "CHANGE_ME", "change-me", "'REPLACE ME'", "FIXME", "xxx", "XXXX", "...", "…", "set-me", "FILL_IN",
	} {
		body := "# A\n\n```sh\nexport POD=" + value + "\n```\n\nThen:\n\n```sh\nkubectl logs $POD\n```\n"
		if got := Fill(body, byLabel(labels)).Text; !strings.Contains(got, "logs checkout-7f9") {
			t.Errorf("%s: not filled\n%s", value, got)
		}
	}
	body := "# A\n\n```sh\nTHE_ONE='<value of pod label>'\n```\n## B\n\n```sh\nkubectl logs $THE_ONE\n```\n"
	if got := Fill(body, byLabel(labels)).Text; !strings.Contains(got, "logs checkout-7f9") {
		t.Errorf("the named label is not used in\n%s", got)
	}
	for _, value := range []string{"todo-list", "a", "''", "\"$(get)\"", "x", "my-todo", "replacement"} {
		body := "# A\n\n```sh\nPOD=" + value + "\n```\n```sh\nkubectl logs $POD\n```\n"
		if got := Fill(body, byLabel(labels)).Text; !strings.Contains(got, "logs $POD") {
			t.Errorf("%s: filled\n%s", value, got)
		}
	}
}

// Names that are not the runbook's are never filled. Those that no shell sets are
// said to have no value.
func TestNamesThatAreNotTheRunbooks(t *testing.T) {
	all := map[string]string{}
	for name, unknown := range map[string]int{
		"k": 2, "i": 2, "__rate_interval": 2, "__range": 2, "HOSTNAME": 0, "BASH_SOURCE": 0, "PATH": 0, "HOME": 0, "SHLVL": 0,
	} {
		all[strings.ToLower(name)] = "wrong"
		got := FillCommand("echo $"+name+" ${"+name+"}", byLabel(all), Values{FromConfiguration, all})
		if got.Text != "echo $"+name+" ${"+name+"}" || len(got.Unknown) != unknown || len(got.Replaced)+len(got.Refused) > 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestFillOrder(t *testing.T) {
	got := FillCommand("echo $pod $cluster $both", byLabel(map[string]string{"pod": "a", "Both": "x", "both": "y"}), Values{FromConfiguration, map[string]string{"pod": "b", "cluster": "c"}})
	if got.Text != "echo a c $both" {
		t.Errorf("got %q: labels come before extras, and a name that two labels share means neither", got.Text)
	}
}

// words runs a command in a real shell that can find no program, and returns its
// output.
func words(t *testing.T, shell, dir, command string) (string, bool) {
	t.Helper()
	cmd := exec.Command(shell, "-c", command)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + dir}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	return out.String(), err == nil && errs.Len() == 0
}

// realShells are the shells of this machine that run filled commands in tests.
func realShells() []string {
	shells := []string{"/bin/sh"}
	for _, name := range []string{"bash", "zsh"} {
		if path, err := exec.LookPath(name); err == nil {
			shells = append(shells, path)
		}
	}
	return shells
}

// FuzzFill runs filled commands in a real shell: the value must arrive as
// exactly one word, and nothing else may run.
func FuzzFill(f *testing.F) {
	for _, value := range []string{
		"prod", "a b", "$(: > canary)", "'; : > canary; '", "\"; : > canary; \"", "`: > canary`", "a\\", "\\", "*", "~", "-n", "a'b\"c", "é", "#x", "=", "!", "a=b", "{a,b}", "$VAR", "${VAR}", "%s", "\\n", "|", "&", "1.",
	} {
		f.Add(value)
	}
	templates := []struct{ command, before, after string }{
		{"printf '%s\\n' $VAR", "", ""},
		{"printf '%s\\n' ${VAR}", "", ""},
		{"printf '%s\\n' {{ $labels.var }}", "", ""},
		{"printf '%s\\n' \"$VAR\"", "", ""},
		{"printf '%s\\n' \"${var}\"", "", ""},
		{"printf '%s\\n' '$VAR'", "", ""},
		{"printf '%s\\n' '{{ .Labels.var }}'", "", ""},
		{"printf '%s\\n' pod/$VAR.log", "pod/", ".log"},
		{"printf '%s\\n' \"/host/$VAR\"/x", "/host/", "/x"},
		{"printf '%s\\n' '/host/$VAR'", "/host/", ""},
		{"printf '%s\\n' \"$(printf '%s\\n' \"$VAR\")\"", "", ""},
		{"true; printf '%s\\n' $VAR; true", "", ""},
		{"printf '%s\\n' <var>", "", ""},
		{"printf '%s\\n' [var-name]", "", ""},
		{"printf '%s\\n' \"<the var>\"", "", ""},
		{"printf '%s\\n' 'x/<var>'", "x/", ""},
		{"printf '%s\\n' x/{var}", "x/", ""},
		{"printf '%s\\n' $VAR 2>&1", "", ""},
		{"if true; then\n  printf '%s\\n' $VAR\nfi", "", ""},
	}
	shells := realShells()
	f.Fuzz(func(t *testing.T, value string) {
		dir := t.TempDir()
		for _, c := range templates {
			got := FillCommand(c.command, byLabel(map[string]string{"var": value}))
			if len(got.Refused) > 0 || len(got.Replaced) == 0 {
				if got.Text != c.command {
					t.Fatalf("%q: refused and changed: %q", value, got.Text)
				}
				continue
			}
			for _, shell := range shells {
				out, ok := words(t, shell, dir, got.Text)
				if want := c.before + value + c.after + "\n"; !ok || out != want {
					t.Fatalf("value %q in %q: %s got %q from %q", value, c.command, shell, out, got.Text)
				}
			}
		}
		noCanary(t, dir, value)
	})
}

func noCanary(t *testing.T, dir, what string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "canary")); err == nil {
		t.Fatalf("something was run by %q", what)
	}
}

// TestHarmlessValuesAreFilled limits the refusals: real label values are filled
// wherever people write variables.
func TestHarmlessValuesAreFilled(t *testing.T) {
	for _, value := range []string{"prod", "checkout-7f9c", "10.0.0.1:9100", "/var/lib/docker", "v1.2", "2"} {
		for _, command := range []string{
			"kubectl get $VAR", `kubectl get "$VAR"`, "kubectl get '$VAR'", "sh -c 'ls $VAR'", `ssh host "ls $VAR"`,
			"curl 'http://x/?query=up{pod=\"$VAR\"}'", "echo `ls $VAR`", "cat <<EOF\n$VAR\nEOF", "ls # $VAR",
		} {
			if got := FillCommand(command, byLabel(map[string]string{"var": value})); len(got.Replaced) != 1 || !strings.Contains(got.Text, value) {
				t.Errorf("%q in %q: %+v", value, command, got)
			}
		}
	}
}

// Code that a shell's parser would take long to read, or with a deep stack, is no trouble.
func TestHostileCodeIsRead(t *testing.T) {
	race.Skip(t)
	for _, open := range []string{"$(", "((", "(", "{ ", "`", "\"$(", "${x:-", "$((", "if ", "<<E\n", "'\\", "case x in x) ", "! ", "a | ", "\\`", "x=(", "[[ ( ", "@(", "f() ", "<pod", "{{"} {
		for _, n := range []int{maxNesting / 2, 1 << 14} {
			code := strings.Repeat(open, n) + " $POD"
			if got := FillCommand(code, byLabel(labels)); len(got.Text) < len(code) {
				t.Errorf("%q: %d bytes became %d", open, len(code), len(got.Text))
			}
		}
	}
}

// FuzzFillTemplates builds commands from various pieces around a value that
// would create a file if the shell ever ran it as a command. It runs them in
// real shells, as a whole and line by line.
func FuzzFillTemplates(f *testing.F) {
	pieces := []string{
		"printf %s ", "$VAR", "\"", "'", " ", "\n", "\\", "$(", ")", "`", "#", "<<E\n", "E\n", ";", "{", "}", "${VAR}", "{{ $labels.var }}",
		"${x:-", "$((", "))", "eval ", "sh -c ", "$'", "$x", "a", "=", "~", "&&", "|", "<<'E'\n", "$", "{{", "$\"", "(", "case a in a)", ";; esac", "<<-E\n", "\t",
		"<var>", "{var}", " [var-name] ", "VAR=", "TODO", "\\\n", "$ ", "> ", "[[ ", " ]]", "<<<", "&>", "# ", "((", "<(", "{a,", "if ", "then ", "fi ", "f() {", "~",
	}
	hostile := []string{"$(: > canary)", "`: > canary`", "'; : > canary; '", "\"; : > canary; \"", "'$(: > canary)'", "\\'; : > canary #", ")); : > canary; ((", "}; : > canary; {", "\\$(: > canary)"}
	f.Add([]byte{0, 1}, uint8(0))
	f.Add([]byte{0, 2, 1, 2}, uint8(1))
	f.Add([]byte{0, 3, 1, 3, 5, 0, 1}, uint8(2))
	f.Add([]byte{0, 11, 1, 5, 12, 0, 1}, uint8(0))
	f.Add([]byte{22, 2, 0, 1, 2}, uint8(0))
	f.Add([]byte{0, 23, 6, 3, 3, 1}, uint8(0))
	shells := realShells()
	f.Fuzz(func(t *testing.T, plan []byte, which uint8) {
		if len(plan) > 24 {
			return
		}
		var template strings.Builder
		for _, p := range plan {
			template.WriteString(pieces[int(p)%len(pieces)])
		}
		value := hostile[int(which)%len(hostile)]
		got := FillCommand(template.String(), byLabel(map[string]string{"var": value}))
		if len(got.Replaced) == 0 {
			return
		}
		dir := t.TempDir()
		for _, shell := range shells {
			words(t, shell, dir, got.Text)
			noCanary(t, dir, got.Text)
			for line := range strings.SplitSeq(got.Text, "\n") {
				words(t, shell, dir, line)
				noCanary(t, dir, line)
			}
		}
	})
}

// FuzzFillMarkdown checks that filling changes only code.
func FuzzFillMarkdown(f *testing.F) {
	f.Add("# $POD\n\n`a $POD`\n\n```\nb $POD\n```\n", "prod")
	f.Add("> `a\n> $POD b` c\n", "1.")
	f.Add("| a |\n|---|\n| `$POD` |\n", "x|y")
	f.Add("- `` a ` $POD ``\n\n      $POD\n", "```")
	f.Fuzz(func(t *testing.T, body, value string) {
		if len(body) > 4096 || !utf8.ValidString(body) {
			return
		}
		before, err := Parse("a.md", []byte(body))
		if err != nil {
			return
		}
		after, _ := before.FilledWith(byLabel(map[string]string{"pod": value}))
		if len(after.Headings) != len(before.Headings) || strings.Count(after.Body, "\n") != strings.Count(before.Body, "\n") {
			t.Fatalf("%q with %q changes the shape: %q", before.Body, value, after.Body)
		}
		a, b := outsideCode(before.Body), outsideCode(after.Body)
		if a != b {
			t.Fatalf("%q with %q changes text: %q, %q", before.Body, value, a, b)
		}
	})
}

// outsideCode returns body without its code.
func outsideCode(body string) string {
	source := []byte(body)
	var b strings.Builder
	at := 0
	for _, p := range pieces(parseMarkdown(source), source) {
		for _, s := range p.segments {
			if s.Start < at {
				continue
			}
			b.Write(source[at:s.Start])
			b.WriteByte(0)
			at = s.Stop
		}
	}
	b.Write(source[at:])
	return b.String()
}
