package runbooks

import (
	"fmt"
	"slices"
	"strings"

	"firstline/internal/lazyregexp"
)

// commonLabels are the labels that exporters and service discovery put on
// nearly every series.
var commonLabels = strings.Fields("alertname severity cluster namespace job instance service pod container node endpoint app team deployment statefulset daemonset replicaset horizontalpodautoscaler job_name cronjob persistentvolumeclaim persistentvolume device mountpoint fstype ingress host method code status path handler queue topic region zone environment env")

// Labels in a rule: "by (a, b)", {a="b"}, $labels.a.
var (
	groupedLabels  = lazyregexp.New(`(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)`)
	matchedLabel   = lazyregexp.New(`([A-Za-z_]\w*)\s*(?:=~|!~|!=|=)\s*"`)
	annotatedLabel = lazyregexp.New(`(?:\$labels|\.Labels)\.([A-Za-z_]\w*)`)
)

// code checks the commands of a runbook.
func (l *linter) code(rb *Runbook) {
	var commands []Code
	for _, c := range rb.CodeIn(nil) {
		if c.Command() {
			commands = append(commands, c)
		}
	}
	if len(commands) == 0 {
		return
	}
	l.values(rb, commands)
	l.shells(rb, commands)
	lines := strings.Split(rb.Body, "\n")
	for _, c := range commands {
		if before := c.Line - 2; !c.Inline && c.Language == "" && before >= 0 && isFence(lines[before]) {
			l.addIn(UnlabelledCommand, rb, c.Line, "", firstLine(c.Script()))
		}
	}
}

func isFence(line string) bool {
	line = strings.TrimLeft(line, " \t>-*+0123456789.)")
	return strings.HasPrefix(line, "```") || strings.HasPrefix(line, "~~~")
}

func firstLine(text string) string {
	first, _, _ := strings.Cut(text, "\n")
	return first
}

// values finds names and placeholders in commands that no label will fill.
func (l *linter) values(rb *Runbook, commands []Code) {
	filled := map[string]string{}
	learn := func(name string) {
		if name = strings.TrimSpace(name); name != "" {
			filled[name] = "x"
		}
	}
	for _, name := range slices.Concat(commonLabels, l.options.Variables) {
		learn(name)
	}
	for _, r := range l.alerts[rb] {
		for name := range r.Labels {
			learn(name)
		}
		for _, m := range groupedLabels.FindAllStringSubmatch(r.Expression, -1) {
			for name := range strings.SplitSeq(m[1], ",") {
				learn(name)
			}
		}
		for _, m := range matchedLabel.FindAllStringSubmatch(r.Expression, -1) {
			learn(m[1])
		}
		for _, a := range r.Annotations {
			for _, m := range annotatedLabel.FindAllStringSubmatch(a, -1) {
				learn(m[1])
			}
		}
	}
	all := []Values{{FromLabel, filled}}
	_, whole := rb.FilledWith(all...)
	set := map[string]bool{}
	for _, c := range commands {
		_, f := c.Fill(all...)
		scan := scanShell(c.Script())
		for _, name := range f.Unknown {
			// What the runbook sets somewhere before needs no label.
			if isLabel(name) && !set[name] && !scan.unread && slices.Contains(whole.Unknown, name) {
				l.addIn(UnknownVariable, rb, c.Line, "", "$"+name)
			}
		}
		for name := range scan.assigned {
			set[name] = true
		}
		for _, p := range f.Missing {
			l.addIn(UnfilledPlaceholder, rb, c.Line+p.Line-1, "", p.Text)
		}
	}
}

// entersShell matches a command that opens a shell elsewhere, which the commands
// behind it are typed into.
var entersShell = lazyregexp.New(`^\s*(?:sudo\s+)?(?:(?:kubectl|oc|docker|podman|crictl|nerdctl)\b.*\s(?:exec|run)\s(?:.*\s)?(?:-\w*t\w*|--tty)\b.*\s(?:/bin/)?(?:ba|z|da)?sh|(?:oc|kubectl)\s+(?:rsh|debug)\s(?:[^-]|-[^-]|--\w)*(?:\s--\s+(?:chroot\s+\S+\s+)?(?:/bin/)?(?:ba)?sh)?|chroot\s+\S+(?:\s+(?:/bin/)?(?:ba)?sh)?|su\s+-.*|ssh\s+(?:-\S+\s+)*\S+)\s*$`)

// shells finds variables that are set in one shell and used in another: in one of
// another language, or in one that a command before opened elsewhere.
func (l *linter) shells(rb *Runbook, commands []Code) {
	type setAt struct {
		line          int
		shell, within string
	}
	set := map[string]setAt{}
	within, section := "", -1
	for _, c := range commands {
		if now := rb.headingAbove(c.Line); now != section {
			section, within = now, ""
		}
		shell := namedShell(c.Language)
		scan := scanShell(c.Script())
		for _, v := range scan.variables {
			before, ok := set[v.name]
			switch {
			case v.placeholder, v.template, !ok, scan.assigned[v.name]:
			case before.within != within && within != "":
				l.addIn(OtherShell, rb, c.Line, "", fmt.Sprintf("$%s, set on line %d and used in the shell of %q", v.name, rb.FileLine(before.line), within))
			case before.shell != "" && shell != "" && before.shell != shell:
				l.addIn(OtherShell, rb, c.Line, "", fmt.Sprintf("$%s, set in %s on line %d and used in %s", v.name, before.shell, rb.FileLine(before.line), shell))
			}
		}
		for name := range scan.assigned {
			set[name] = setAt{c.Line, shell, within}
		}
		if lines := strings.Split(strings.TrimSpace(c.Script()), "\n"); !c.Inline && entersShell.MatchString(lines[len(lines)-1]) {
			within = strings.TrimSpace(lines[len(lines)-1])
		}
	}
}

// namedShell is the shell that a language names for certain: sh and shell are any.
func namedShell(language string) string {
	switch name := strings.ToLower(language); name {
	case "bash", "zsh", "ksh", "fish", "dash":
		return name
	}
	return ""
}

// headingAbove returns the index of the heading above a line, or -1.
func (rb *Runbook) headingAbove(line int) int {
	at := -1
	for i, h := range rb.Headings {
		if h.Line > line {
			break
		}
		at = i
	}
	return at
}
