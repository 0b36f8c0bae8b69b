package runbooks

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"firstline/internal/lazyregexp"
)

// Format is the markup of a runbook's file.
type Format string

// The formats. Only Markdown is parsed: of the others, headings are known and the
// rest is plain text, without steps and code.
const (
	Markdown         Format = ""
	ASCIIDoc         Format = "AsciiDoc"
	ReStructuredText Format = "reStructuredText"
)

// formatOf returns the format of a file by its name. ok is false for files that are
// no runbooks.
func formatOf(name string) (f Format, ok bool) {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".markdown":
		return Markdown, true
	case ".adoc", ".asciidoc":
		return ASCIIDoc, true
	case ".rst":
		return ReStructuredText, true
	}
	return Markdown, false
}

// endings are those that names of runbooks have or that addresses have instead.
var endings = []string{".md", ".markdown", ".adoc", ".asciidoc", ".rst", ".html", ".htm"}

// asMarkdown returns Markdown, line by line, that shows a text of a format as it is
// written, with its headings.
func asMarkdown(f Format, text string) string {
	if f == Markdown {
		return text
	}
	lines := strings.Split(text, "\n")
	levels := make([]int, len(lines)) // of headings; below 0: a line that is left out
	if f == ASCIIDoc {
		findASCIIDoc(lines, levels)
	} else {
		findReStructured(lines, levels)
	}
	out := make([]string, len(lines))
	for i, line := range lines {
		plain := i+1 < len(lines) && levels[i] == 0 && levels[i+1] == 0 && strings.TrimSpace(lines[i+1]) != ""
		switch {
		case levels[i] < 0:
		case levels[i] > 0:
			out[i] = strings.Repeat("#", levels[i]) + " " + escapePlain(strings.TrimSpace(strings.Trim(line, "=")))
		case strings.TrimSpace(line) == "":
		case plain:
			out[i] = escapePlain(line) + `\` // the next line is one of its own
		default:
			out[i] = escapePlain(line)
		}
	}
	return strings.Join(out, "\n")
}

var asciiDocHeading = lazyregexp.New(`^(={1,6}) +\S`)

// delimiter begins and ends a block of AsciiDoc in which nothing is a heading.
var delimiter = lazyregexp.New(`^(?:-{4,}|\.{4,}|\+{4,}|/{4,}|={4,}|\*{4,}|_{4,}|--|\|={3,}|` + "```" + `.*)\s*$`)

func findASCIIDoc(lines []string, levels []int) {
	within := ""
	for i, line := range lines {
		line = strings.TrimRight(line, " ")
		switch m := asciiDocHeading.FindStringSubmatch(line); {
		case within != "":
			if line == within {
				within = ""
			}
		case delimiter.MatchString(line):
			within = line
			if strings.HasPrefix(line, "```") {
				within = "```"
			}
		case m != nil:
			levels[i] = len(m[1])
		}
	}
}

// findReStructured finds titles that are underlined, and also overlined. Their
// levels are in the order in which their lines occur.
func findReStructured(lines []string, levels []int) {
	type style struct {
		mark rune
		over bool
	}
	var styles []style
	for i := 1; i < len(lines); i++ {
		title, mark := strings.TrimRight(lines[i-1], " "), underline(lines[i])
		if mark == 0 || strings.TrimSpace(title) == "" || underline(title) != 0 || levels[i-1] != 0 ||
			utf8.RuneCountInString(strings.TrimRight(lines[i], " ")) < min(utf8.RuneCountInString(strings.TrimSpace(title)), 4) {
			continue
		}
		over := i >= 2 && underline(lines[i-2]) == mark && levels[i-2] == 0
		if strings.HasPrefix(title, " ") && !over {
			continue // a line above a table or a transition
		}
		s := style{mark, over}
		level := slices.Index(styles, s)
		if level < 0 {
			level = len(styles)
			styles = append(styles, s)
		}
		levels[i-1], levels[i] = min(level+1, 6), -1
		if over {
			levels[i-2] = -1
		}
	}
}

// underline returns the punctuation that a whole line consists of, at least three
// of it, or 0.
func underline(line string) rune {
	line = strings.TrimRight(line, " ")
	if len(line) < 3 {
		return 0
	}
	first := rune(line[0])
	if !strings.ContainsRune("=-`:.'\"~^_*+#<>", first) || strings.Trim(line, string(first)) != "" {
		return 0
	}
	return first
}

var plainURL = lazyregexp.New(`https?://[^\s\[\]<>"'` + "`" + `]+`)

// escapePlain returns a line so that Markdown shows it as it is. Addresses become
// links.
func escapePlain(line string) string {
	var b strings.Builder
	text := strings.TrimLeft(line, " ")
	b.WriteString(strings.Repeat("\u00a0", len(line)-len(text)))
	at := 0
	for _, m := range plainURL.FindAllStringIndex(text, -1) {
		escapeInto(&b, text[at:m[0]])
		b.WriteString("<" + text[m[0]:m[1]] + ">")
		at = m[1]
	}
	escapeInto(&b, text[at:])
	return b.String()
}

func escapeInto(b *strings.Builder, text string) {
	for _, r := range text {
		if r < utf8.RuneSelf && (unicode.IsPunct(r) || unicode.IsSymbol(r)) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
}
