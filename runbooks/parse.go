package runbooks

import (
	"bytes"
	"errors"
	"html"
	"path"
	"sort"
	"strings"
	"unicode/utf8"

	"firstline/internal/clean"
	"firstline/internal/lazyregexp"
)

// MaxSize bounds a runbook, in bytes. The longest public ones have a hundredth
// of it.
const MaxSize = 2 << 20

// The reasons why a file is not a runbook. Each text is a sentence for a
// person.
var (
	ErrTooBig  = errors.New("the file is larger than 2 MiB, too large for a runbook")
	ErrBinary  = errors.New("the file holds binary data, not Markdown")
	ErrNotUTF8 = errors.New("the file is not UTF-8 text; save it as UTF-8")
	ErrTooDeep = errors.New("the file nests lists or quotes too deeply to be a runbook")
	ErrTooMuch = errors.New("the file has more markup in one paragraph than a runbook has")
)

// maxDepth bounds the containers (quotes, lists) that one line opens, because
// Markdown parsers recurse.
const maxDepth = 40

// maxTreeDepth bounds the nesting in a runbook, including lists in lists and
// emphasis in emphasis.
const maxTreeDepth = 150

// Parse parses the content of a runbook's file. name is its slash-separated
// path. The errors are the Err… of this package.
func Parse(name string, data []byte) (*Runbook, error) {
	switch {
	case len(data) > MaxSize:
		return nil, ErrTooBig
	case bytes.IndexByte(data, 0) >= 0:
		return nil, ErrBinary
	case !utf8.Valid(data):
		return nil, ErrNotUTF8
	}
	text := cleanBody(strings.TrimPrefix(string(data), "\ufeff"))
	format, _ := formatOf(name)
	var title, body, written string
	if format == Markdown {
		title, body = cutFrontMatter(text)
		body = resolveShortcodes(resolveAdmonitions(body))
	} else {
		body, written = asMarkdown(format, text), text
	}
	if tooDeep(body) {
		return nil, ErrTooDeep
	}
	if tooMuch(body) {
		return nil, ErrTooMuch
	}
	doc := parseMarkdown([]byte(body))
	if deeper(doc, maxTreeDepth) {
		return nil, ErrTooDeep
	}
	rb := &Runbook{
		Path:      name,
		Name:      name,
		Title:     title,
		Body:      body,
		Format:    format,
		written:   written,
		Headings:  headings(doc, body),
		FirstLine: 1 + strings.Count(text, "\n") - strings.Count(body, "\n"),
	}
	rb.anchors = anchorsIn(doc, body, rb.Headings)
	if rb.Title == "" {
		rb.Title = defaultTitle(name, rb.Headings)
	}
	return rb, nil
}

// Written returns the text as its author wrote it: Markdown without front matter, or
// the text of another format.
func (rb *Runbook) Written() string {
	if rb.Format != Markdown {
		return rb.written
	}
	return rb.Body
}

// WithBody returns the runbook with another body of the same shape, for example
// with variables filled in.
func (rb *Runbook) WithBody(body string) *Runbook {
	other := *rb
	other.Body, other.written = body, body
	doc := parseMarkdown([]byte(body))
	other.Headings = headings(doc, body)
	other.anchors = anchorsIn(doc, body, other.Headings)
	return &other
}

// FileLine converts a line of Body to a line of the file. Both count from 1.
func (rb *Runbook) FileLine(line int) int { return line + max(rb.FirstLine, 1) - 1 }

func defaultTitle(name string, hs []Heading) string {
	for _, h := range hs {
		if h.Level == 1 {
			return h.Text
		}
	}
	base := path.Base(name)
	return clean.Line(strings.TrimSuffix(base, path.Ext(base)))
}

// cleanBody passes text through clean.Text line by line, so that an escape
// sequence without an end cannot swallow the rest of the runbook. It also
// removes entities that would decode to an escape sequence.
func cleanBody(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = cleanEntities(clean.Text(line))
	}
	return strings.Join(lines, "\n")
}

var entity = lazyregexp.New(`&(#[xX][0-9a-fA-F]+|#[0-9]+|[A-Za-z][A-Za-z0-9]*);?`)

// cleanEntities removes the entities for characters that clean removes, such as
// &#27; and &ZeroWidthSpace;.
func cleanEntities(line string) string {
	if !strings.Contains(line, "&") {
		return line
	}
	// A removal may form another entity, as in "&#2&#27;7;".
	for {
		once := entity.ReplaceAllStringFunc(line, func(e string) string {
			decoded := html.UnescapeString(e)
			switch {
			case decoded == e:
				return e
			case decoded == "\t" || decoded == "\n" || decoded == "\r":
				return " "
			case clean.Text(decoded) != decoded:
				return ""
			}
			return e
		})
		if once == line {
			return line
		}
		line = once
	}
}

// tooDeep reports whether a line opens more containers than any person would.
func tooDeep(body string) bool {
	for line := range strings.Lines(body) {
		// "- - - -" is a ruler.
		if strings.Trim(line, "- \n") == "" || strings.Trim(line, "* \n") == "" {
			continue
		}
		if containers(line) > maxDepth {
			return true
		}
	}
	return false
}

// maxMarks bounds the characters that may be markup in lines without an empty
// one between. The parse time grows with the square of their number.
const maxMarks = 5000

func tooMuch(body string) bool {
	marks := 0
	for line := range strings.Lines(body) {
		if strings.TrimSpace(line) == "" {
			marks = 0
			continue
		}
		for i := 0; i < len(line); i++ {
			switch line[i] {
			case '[', '*', '_', '~', '`', '<', '!':
				marks++
			}
		}
		if marks > maxMarks {
			return true
		}
	}
	return false
}

// containers counts the quote and list markers at the start of line.
func containers(line string) int {
	depth := 0
	for rest := line; ; depth++ {
		rest = strings.TrimLeft(rest, " ")
		switch {
		case strings.HasPrefix(rest, ">"):
			rest = rest[1:]
			continue
		case len(rest) > 1 && strings.ContainsRune("-*+", rune(rest[0])) && rest[1] == ' ':
			rest = rest[2:]
			continue
		}
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		if digits == 0 || len(rest) < digits+2 || !strings.ContainsRune(".)", rune(rest[digits])) || rest[digits+1] != ' ' {
			return depth
		}
		rest = rest[digits+2:]
	}
}

// lineIndex maps byte offsets to lines.
type lineIndex []int

func newLineIndex(s string) lineIndex {
	starts := lineIndex{0}
	for i := 0; i < len(s); i++ {
		if s[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// line returns the line of offset. The first is 1.
func (x lineIndex) line(offset int) int {
	return sort.Search(len(x), func(i int) bool { return x[i] > offset })
}
