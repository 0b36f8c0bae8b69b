package runbooks

import (
	"bytes"
	"errors"
	"html"
	"path"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"firstline/internal/clean"
)

// MaxSize is the number of bytes that a runbook may have. The longest public
// ones have a hundredth of it.
const MaxSize = 2 << 20

// Why a file is not a runbook. The text is a sentence for a person.
var (
	ErrTooBig  = errors.New("the file is larger than 2 MiB, too large for a runbook")
	ErrBinary  = errors.New("the file holds binary data, not Markdown")
	ErrNotUTF8 = errors.New("the file is not UTF-8 text; save it as UTF-8")
	ErrTooDeep = errors.New("the file nests lists or quotes too deeply to be a runbook")
	ErrTooMuch = errors.New("the file has more markup in one paragraph than a runbook has")
)

// maxDepth is how many containers (quotes, lists) may stand in each other on
// one line. Markdown readers recurse.
const maxDepth = 40

// maxTreeDepth is how deep anything may stand in a runbook, lists in lists and
// emphasis in emphasis included.
const maxTreeDepth = 150

// Parse makes a runbook of a file's content. name is the slash-separated path
// it goes by. The errors are the Err… of this package.
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
	title, body := cutFrontMatter(text)
	body = resolveShortcodes(body)
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
		Headings:  headings(doc, body),
		FirstLine: 1 + strings.Count(text, "\n") - strings.Count(body, "\n"),
	}
	if rb.Title == "" {
		rb.Title = defaultTitle(name, rb.Headings)
	}
	return rb, nil
}

// WithBody is the runbook with another body of the same shape, such as one
// with variables filled in.
func (rb *Runbook) WithBody(body string) *Runbook {
	other := *rb
	other.Body = body
	other.Headings = headings(parseMarkdown([]byte(body)), body)
	return &other
}

// FileLine is the line of the file that a line of Body stands on, both counted
// from 1.
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
// sequence without an end can't swallow the rest of the runbook, and takes out
// what would only become an escape sequence once the entities are read.
func cleanBody(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = cleanEntities(clean.Text(line))
	}
	return strings.Join(lines, "\n")
}

var entity = regexp.MustCompile(`&(#[xX][0-9a-fA-F]+|#[0-9]+|[A-Za-z][A-Za-z0-9]*);?`)

// cleanEntities takes out the entities that stand for what clean would take
// out, such as &#27; and &ZeroWidthSpace;.
func cleanEntities(line string) string {
	if !strings.Contains(line, "&") {
		return line
	}
	// Taking one out may put another together, as in "&#2&#27;7;".
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

// maxMarks is how many characters that may be markup can stand in lines without
// an empty one between. The time to read them grows with the square.
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

// containers counts the quote and list markers that line begins with.
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

// lineIndex finds the line of a byte offset.
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

// line is the line that offset stands on; the first is 1.
func (x lineIndex) line(offset int) int {
	return sort.Search(len(x), func(i int) bool { return x[i] > offset })
}
