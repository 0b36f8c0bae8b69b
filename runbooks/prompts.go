package runbooks

import (
	"strings"

	"firstline/internal/lazyregexp"

	"mvdan.cc/sh/v3/syntax"
)

// promptKind says whose prompt a line of a session begins with.
type promptKind int

const (
	noPrompt promptKind = iota
	userPrompt
	// rootPrompt is that of a shell of root's.
	rootPrompt
	// containerPrompt is that of a shell on another machine, programPrompt that of a
	// program such as mysql.
	containerPrompt
	programPrompt
)

var (
	// A blank is often missing before a well-known program.
	userPrompts = lazyregexp.New(`^(?:[$❯➜]|\[[\w.-]+@[^\]]*\]\$|[\w.-]+@[\w.-]+:[~/][^\s$#]*\$)[ \t]`)
	gluedPrompt = lazyregexp.New(`^\$(?:kubectl|oc|helm|docker|podman|aws|gcloud|az|curl|ssh|sudo|systemctl|journalctl|cat|grep|ls|cd|git|etcdctl|ceph|psql|mysql|terraform)[ \t]`)
	// A "#" alone begins a comment as well.
	rootPrompts      = lazyregexp.New(`^(?:\[root@[^\]]*\]#|root@[\w.-]+:[~/][^\s$#]*#)[ \t]`)
	containerPrompts = lazyregexp.New(`^(?:(?:ba|da|z|k|a)?sh-\d[\d.]*[$#]|(?:~|/[\w./-]*) [$#])[ \t]`)
	programPrompts   = lazyregexp.New(`^(?:[A-Za-z][\w.-]*(?: ?[\[(][^>\n]{0,60}[\])])?>|[A-Za-z]\w*[=-][#>]|\d+\.\d+\.\d+\.\d+:\d+(?:\[\d+\])?>|rs\d+:[A-Z]+>|>>>|\(gdb\)|irb\([^)]*\)[\d:]*>|In \[\d+\]:|PS [A-Z]:[^>\n]*>|[A-Z]:\\[^>\n]*>)[ \t]+`)
)

// promptOn returns the kind of the prompt that a line begins with, and the prompt with
// the blanks around it.
func promptOn(line string) (kind promptKind, prompt string) {
	bare := strings.TrimLeft(line, " \t")
	if gluedPrompt.MatchString(bare) {
		return userPrompt, line[:len(line)-len(bare)+1]
	}
	for _, p := range []struct {
		kind    promptKind
		pattern *lazyregexp.Regexp
	}{{userPrompt, userPrompts}, {rootPrompt, rootPrompts}, {containerPrompt, containerPrompts}, {programPrompt, programPrompts}} {
		if found := p.pattern.FindString(bare); found != "" {
			return p.kind, line[:len(line)-len(bare)+len(found)]
		}
	}
	return noPrompt, ""
}

// typedLine is what was typed in one line of a session.
type typedLine struct {
	// start and end are its bytes in the text, without the prompt and the line
	// break.
	start, end int
}

// textLines returns the lines of a text, without their line breaks.
func textLines(text string) []typedLine {
	var all []typedLine
	at := 0
	for line := range strings.Lines(text) {
		all = append(all, typedLine{at, at + len(strings.TrimSuffix(line, "\n"))})
		at += len(line)
	}
	return all
}

// typedLines returns what was typed in a session, "$ ls" and its continued lines, and
// whose prompts it has. Other lines are output. A text that does not begin with a
// prompt, but for comments, is no session.
func typedLines(text string) (typed []typedLine, kind promptKind) {
	if len(text) > maxParsed {
		return nil, noPrompt
	}
	lines := textLines(text)
	if kind = sessionKind(text, lines); kind == noPrompt {
		return nil, noPrompt
	}
	code := mask(text, marksIn(text))
	for i := 0; i < len(lines); i++ {
		l := lines[i]
		start, ok := afterPrompt(text[l.start:l.end], kind)
		if !ok {
			continue
		}
		typed = append(typed, typedLine{l.start + start, l.end})
		for more := continued(code, typed[len(typed)-1].start, lines[i+1:], kind); more > 0; more-- {
			i++
			next := lines[i]
			next.start += len(text[next.start:next.end]) - len(strings.TrimPrefix(text[next.start:next.end], "> "))
			typed = append(typed, next)
		}
	}
	return typed, kind
}

// afterPrompt returns where what was typed begins in a line of a session.
func afterPrompt(line string, kind promptKind) (start int, ok bool) {
	if found, prompt := promptOn(line); found == kind {
		return len(prompt), true
	}
	if bare := strings.TrimLeft(line, " \t"); kind == rootPrompt && strings.HasPrefix(bare, "# ") {
		return len(line) - len(bare) + len("# "), true
	}
	return 0, false
}

// sessionKind returns whose prompts a text has.
func sessionKind(text string, lines []typedLine) promptKind {
	for _, l := range lines {
		line := strings.TrimSpace(text[l.start:l.end])
		kind, _ := promptOn(text[l.start:l.end])
		switch {
		case kind != noPrompt:
			return kind
		case line != "" && !strings.HasPrefix(line, "#"):
			return hashSession(text, lines)
		}
	}
	return hashSession(text, lines)
}

// hashSession distinguishes a session of root's, "# reboot", from code with comments: it has
// nothing but commands behind the signs, and no command without one.
func hashSession(text string, lines []typedLine) promptKind {
	if len(lines) > mostJudged {
		return noPrompt
	}
	begun := false
	for _, l := range lines {
		line := strings.TrimSpace(text[l.start:l.end])
		command, hash := strings.CutPrefix(line, "# ")
		switch {
		case line == "":
		case hash && judgeLine(command) < certain:
			if !begun {
				return noPrompt
			}
		case hash:
			begun = true
		case !begun || judgeLine(line) >= likely:
			return noPrompt
		}
	}
	if begun {
		return rootPrompt
	}
	return noPrompt
}

// mostJudged bounds the lines of a text that are judged each.
const mostJudged = 300

// mostContinued and longestContinued bound what is tried as one command over several
// lines, because each line means parsing again.
const (
	mostContinued    = 60
	longestContinued = 4 << 10
)

// continued returns how many of the lines after a typed one belong to its command: those
// after a backslash, or in an open quote, bracket or here-document.
func continued(code string, start int, after []typedLine, kind promptKind) int {
	end := len(code)
	if at := strings.IndexByte(code[start:], '\n'); at >= 0 {
		end = start + at
	}
	backslashes := 0
	text := code[start:end]
	for n := 0; len(text) <= longestContinued && n <= mostContinued; n++ {
		slashed := strings.HasSuffix(text, `\`)
		if !slashed && !openEnded(text) {
			return n
		}
		if n == len(after) {
			break
		}
		line := code[after[n].start:after[n].end]
		if _, prompted := afterPrompt(line, kind); prompted && kind != rootPrompt {
			break
		}
		if slashed && backslashes == n {
			backslashes = n + 1
		}
		text += "\n" + strings.TrimPrefix(line, "> ")
	}
	return backslashes
}

// openEnded reports whether a shell would wait for more of a command.
func openEnded(text string) bool {
	_, err := parseShell(text, syntax.LangBash)
	return syntax.IsIncomplete(err) || err != nil && strings.Contains(err.Error(), "unclosed here-document")
}

// onlyTyped returns text with blanks in the place of the prompts and the output. Comments
// before the first prompt stay.
func onlyTyped(text string) string {
	typed, kind := typedLines(text)
	if kind == noPrompt {
		return text
	}
	code := []byte(text)
	at := 0
	blank := func(end int) {
		for ; at < end; at++ {
			if code[at] != '\n' {
				code[at] = ' '
			}
		}
	}
	for _, l := range textLines(text) {
		if kind == rootPrompt || !strings.HasPrefix(strings.TrimSpace(text[l.start:l.end]), "#") && l.start < l.end {
			break
		}
		at = l.end
	}
	for _, l := range typed {
		blank(l.start)
		at = max(at, l.end)
	}
	blank(len(code))
	return string(code)
}
