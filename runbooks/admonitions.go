package runbooks

import (
	"strings"

	"firstline/internal/lazyregexp"
)

// Admonitions of MkDocs (!!! note "Title", with its text indented), Docusaurus (:::note
// Title … :::) and Hugo ({{< hint info >}} … {{< /hint >}}).
var (
	mkdocsAdmonition = lazyregexp.New(`^([ \t]*)(?:!!!|\?\?\?\+?)[ \t]+([A-Za-z][\w-]*)(?:[ \t]+[A-Za-z][\w-]*)*(?:[ \t]+"([^"]*)")?[ \t]*$`)
	mkdocsTab        = lazyregexp.New(`^([ \t]*)===[!+]?[ \t]+"([^"]+)"[ \t]*$`)
	colonAdmonition  = lazyregexp.New(`^([ \t]*):{3,}[ \t]*(?:\{)?(note|tip|info|warning|danger|caution|important|success|error|abstract|question|example|details)(?:\})?(?:[ \t]*\[([^\]]*)\]|[ \t]+([^{\n]*?))?[ \t]*(?:\{[^}]*\})?[ \t]*$`)
	colonEnd         = lazyregexp.New(`^[ \t]*:{3,}[ \t]*$`)
	hugoAdmonition   = lazyregexp.New(`^([ \t]*)\{\{[<%]\s*(?:hint|notice|alert|admonition|callout)\b\s*([^{}]*?)\s*[>%]\}\}[ \t]*$`)
	hugoEnd          = lazyregexp.New(`^[ \t]*\{\{[<%]\s*/\s*(?:hint|notice|alert|admonition|callout)\s*[>%]\}\}[ \t]*$`)
	fenceLine        = lazyregexp.New("^[ \t]*(?:[-*+>][ \t]+|\\d+[.)][ \t]+)*(```+|~~~+)")
)

// admonition is one that is open.
type admonition struct {
	indent string
	// inner is the least indentation of its text, in columns; 0 means that it ends with a
	// line of its own, which ends matches.
	inner int
	ends  *lazyregexp.Regexp
	// tab: it is a tab, whose text is no note.
	tab bool
}

// resolveAdmonitions turns admonitions into quotes as GitHub writes them, "> [!NOTE]", and
// the tabs of MkDocs into bold captions. The number of lines does not change.
func resolveAdmonitions(body string) string {
	if !strings.Contains(body, "!!!") && !strings.Contains(body, "???") && !strings.Contains(body, ":::") && !strings.Contains(body, "===") && !strings.Contains(body, "{{<") && !strings.Contains(body, "{{%") {
		return body
	}
	lines := strings.Split(body, "\n")
	ends := map[*lazyregexp.Regexp]int{colonEnd: -1, hugoEnd: -1} // the last line of each
	for i, line := range lines {
		for end := range ends {
			if end.MatchString(line) {
				ends[end] = i
			}
		}
	}
	var open []admonition
	fence := ""
	for i, line := range lines {
		var prefix string
		line, open, prefix = inAdmonitions(line, open, fence != "")
		if mark := fenceLine.FindStringSubmatch(line); mark != nil {
			switch {
			case fence == "":
				fence = mark[1]
			case strings.HasPrefix(mark[1], fence):
				fence = ""
			}
		} else if fence == "" {
			line, open = admonitionLine(line, open, func(end *lazyregexp.Regexp) bool { return ends[end] > i })
		}
		lines[i] = strings.TrimRight(prefix+line, " \t")
		if prefix == "" {
			lines[i] = prefix + line
		}
	}
	return strings.Join(lines, "\n")
}

// inAdmonitions takes the indentation of the open admonitions off a line and returns what
// quotes have in its place. Admonitions that the line is not in are closed.
func inAdmonitions(line string, open []admonition, fenced bool) (rest string, still []admonition, prefix string) {
	for i, a := range open {
		blank := strings.TrimSpace(line) == ""
		switch {
		case a.inner == 0 && !fenced && a.ends.MatchString(line):
			return "", open[:i], prefix
		case a.inner == 0:
			line = strings.TrimPrefix(line, a.indent)
			prefix += a.indent + "> "
		case blank && a.tab:
		case blank:
			prefix += a.indent + "> "
		case columns(line) < a.inner && !fenced:
			return line, open[:i], prefix
		default:
			line = dedent(line, a.inner)
			prefix += a.indent
			if !a.tab {
				prefix += "> "
			}
		}
	}
	return line, open, prefix
}

// admonitionLine opens an admonition, if the line does and if one of its kind ends.
func admonitionLine(line string, open []admonition, ends func(*lazyregexp.Regexp) bool) (string, []admonition) {
	if len(open) > 8 {
		return line, open
	}
	if m := mkdocsAdmonition.FindStringSubmatch(line); m != nil {
		return m[1] + quoteHead(m[2], m[3]), append(open, admonition{indent: m[1], inner: columns(line) + 4})
	}
	if m := mkdocsTab.FindStringSubmatch(line); m != nil {
		return m[1] + "**" + m[2] + "**", append(open, admonition{indent: m[1], inner: columns(line) + 4, tab: true})
	}
	if m := colonAdmonition.FindStringSubmatch(line); m != nil && ends(colonEnd) {
		return m[1] + quoteHead(m[2], m[3]+m[4]), append(open, admonition{indent: m[1], ends: colonEnd})
	}
	if m := hugoAdmonition.FindStringSubmatch(line); m != nil && ends(hugoEnd) {
		kind, title := hugoHead(m[2])
		return m[1] + quoteHead(kind, title), append(open, admonition{indent: m[1], ends: hugoEnd})
	}
	return line, open
}

func quoteHead(kind, title string) string {
	return strings.TrimRight("> [!"+strings.ToUpper(kind)+"] "+title, " ")
}

var (
	hugoKind  = lazyregexp.New(`^(?:(?:type|style|color|icon)=)?["']?([A-Za-z]+)["']?`)
	hugoTitle = lazyregexp.New(`(?:^|\s)(?:title|heading)=["']([^"']*)["']`)
)

// hugoHead returns the kind and the title in the arguments of a shortcode.
func hugoHead(arguments string) (kind, title string) {
	kind = "note"
	if m := hugoTitle.FindStringSubmatch(arguments); m != nil {
		title = m[1]
	}
	if m := hugoKind.FindStringSubmatch(arguments); m != nil && !strings.HasPrefix(arguments[len(m[0]):], "=") {
		kind = m[1]
	}
	return kind, title
}

// columns counts the columns of a line's indentation.
func columns(line string) int {
	n := 0
	for _, r := range line {
		switch r {
		case ' ':
			n++
		case '\t':
			n += 4 - n%4
		default:
			return n
		}
	}
	return n
}

// dedent takes columns of indentation off a line.
func dedent(line string, by int) string {
	for by > 0 && line != "" {
		switch line[0] {
		case ' ':
			by--
		case '\t':
			by -= 4
		default:
			return line
		}
		line = line[1:]
	}
	return line
}
