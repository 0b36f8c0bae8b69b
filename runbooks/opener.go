package runbooks

import (
	"path"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// shellPrograms open a shell or a prompt of their own when they get no command.
var shellPrograms = wordSet("ssh chroot su nsenter mosh telnet mysql mariadb psql mongo mongosh redis-cli sqlite3 cqlsh sh bash zsh python python3 irb gdb toolbox")

// OpensShell returns the first command of a script that opens a shell or a prompt of its
// own, if others come after it: these are typed there by who works by hand, but run in the
// reader's own shell, once that one has ended. It returns "" without one.
func (c Code) OpensShell() string {
	script := c.Script()
	marks := marksIn(script)
	file, err := parseShell(mask(script, marks), syntax.LangBash)
	if err != nil {
		return ""
	}
	for i, stmt := range file.Stmts {
		call, ok := stmt.Cmd.(*syntax.CallExpr)
		if !ok || len(call.Args) == 0 || i == len(file.Stmts)-1 || len(stmt.Redirs) > 0 || stmt.Background {
			continue
		}
		words := make([]string, len(call.Args))
		for j, arg := range call.Args {
			words[j] = script[offset(arg.Pos()):offset(arg.End())]
		}
		if opensShell(words) {
			return strings.TrimSpace(script[offset(stmt.Pos()):offset(stmt.End())])
		}
	}
	return ""
}

// opensShell reports whether a command with these words waits for what is typed.
func opensShell(words []string) bool {
	if len(words) > 1 && (words[0] == "sudo" || words[0] == "doas") {
		if slices.Contains(words[1:], "-i") || slices.Contains(words[1:], "-s") {
			return true
		}
		return opensShell(words[1:])
	}
	name, args := path.Base(words[0]), words[1:]
	var plain []string // without options
	for _, a := range args {
		if !strings.HasPrefix(a, "-") {
			plain = append(plain, a)
		}
	}
	last := ""
	if len(plain) > 0 {
		last = path.Base(plain[len(plain)-1])
	}
	switch name {
	case "kubectl", "oc", "docker", "podman", "nerdctl", "crictl", "virtctl":
		switch {
		case slices.Contains(plain, "debug"), slices.Contains(plain, "rsh"):
			return !slices.Contains(args, "--")
		case slices.Contains(plain, "console"), slices.Contains(plain, "ssh"):
			return name == "virtctl"
		case slices.Contains(plain, "exec"), slices.Contains(plain, "run"), slices.Contains(plain, "attach"):
			return shells[last] || shellPrograms[last]
		}
		return false
	case "su", "toolbox":
		return !slices.Contains(args, "-c")
	case "ssh", "chroot", "mosh", "telnet":
		return len(plain) < 2 || name == "ssh" && len(plain) == 2 && takesValue(args, plain[0]) || name == "telnet"
	case "nsenter":
		return len(plain) < 2
	}
	return shellPrograms[name] && len(args) == 0
}

// takesValue reports whether a word follows an option that takes a value, such as -i.
func takesValue(args []string, word string) bool {
	at := slices.Index(args, word)
	return at > 0 && slices.Contains([]string{"-i", "-p", "-l", "-J", "-F", "-o", "-L"}, args[at-1])
}
