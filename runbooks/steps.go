package runbooks

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"github.com/yuin/goldmark/ast"
)

// Step is something to do in a runbook: an item of an ordered list, or one with a
// checkbox, and in the sections that say what to do also an item of another list, and
// commands between paragraphs.
type Step struct {
	// ID identifies the step within its runbook while its text and the heading
	// of its section stay the same. Take it from the runbook as found, not from
	// a filled one.
	ID string
	// Number is the item's number in an ordered list, else 0. Depth is 0 for a
	// step outside of other steps.
	Number, Depth int
	// Text is the item's first paragraph, or the one before a command, as plain text on
	// one line.
	Text string
	// Task: it has a checkbox. Checked: the author ticked it.
	Task, Checked bool
	// Line and EndLine are its first and last line in Body.
	Line, EndLine int
	// Code is its code, without the code of nested steps. All of it can be copied.
	Code []Code
}

// Code is a piece of code in a runbook.
type Code struct {
	// Text does not end with a line break.
	Text string
	// Language is the language of the fence. It may be empty.
	Language string
	// Inline: it is inside a line of text.
	Inline bool
	// Line and EndLine are the first and last line of Body with code in them.
	Line, EndLine int
}

// Section returns the first and last line of the section that h begins, with
// all its subsections. Nil means the whole runbook.
func (rb *Runbook) Section(h *Heading) (first, last int) {
	last = strings.Count(rb.Body, "\n") + 1
	if h == nil {
		return 1, last
	}
	if h.Level == RowLevel {
		return h.Line, h.Line
	}
	for _, other := range rb.Headings {
		if other.Line > h.Line && other.Level <= h.Level {
			return h.Line, other.Line - 1
		}
	}
	return h.Line, last
}

// Steps returns the steps of the section that h begins. Nil means the whole
// runbook.
func (rb *Runbook) Steps(h *Heading) []Step {
	first, last := rb.Section(h)
	w := stepWriter{rb: rb, source: []byte(rb.Body), lines: newLineIndex(rb.Body), count: map[string]int{}}
	w.blocks(parseMarkdown(w.source), 0, true)
	return slices.DeleteFunc(w.steps, func(s Step) bool { return s.Line < first || s.Line > last })
}

// CodeIn returns the code of a section. Nil means the whole runbook.
func (rb *Runbook) CodeIn(h *Heading) []Code {
	first, last := rb.Section(h)
	source := []byte(rb.Body)
	var all []Code
	for _, c := range codeBelow(parseMarkdown(source), source, newLineIndex(rb.Body)) {
		if c.Line >= first && c.Line <= last {
			all = append(all, c)
		}
	}
	return all
}

// codeOf returns the code below n that is not in a nested step.
func codeOf(n ast.Node, source []byte, lines lineIndex) []Code {
	list, ok := n.(*ast.List)
	if !ok {
		return codeBelow(n, source, lines)
	}
	var all []Code
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		if task, _ := isTask(item); task || list.IsOrdered() {
			continue
		}
		for c := item.FirstChild(); c != nil; c = c.NextSibling() {
			all = append(all, codeOf(c, source, lines)...)
		}
	}
	return all
}

func codeBelow(n ast.Node, source []byte, lines lineIndex) []Code {
	var all []Code
	for _, p := range pieces(n, source) {
		if len(p.segments) == 0 {
			continue
		}
		lastSegment := p.segments[len(p.segments)-1]
		start := p.segments[0].Start
		all = append(all, Code{
			Text:     strings.TrimRight(p.text(source), "\n"),
			Language: p.language,
			Inline:   p.inline,
			Line:     lines.line(start),
			EndLine:  lines.line(max(start, lastSegment.Stop-1)),
		})
	}
	return all
}

// extent returns where the text of a block begins and ends in the source, or -1
// without text.
func extent(n ast.Node) (start, end int) {
	start, end = -1, -1
	walk(n, func(n ast.Node) bool {
		if n.Type() == ast.TypeInline {
			return false
		}
		lines := n.Lines()
		if lines == nil || lines.Len() == 0 {
			return true
		}
		if at := lines.At(0).Start; start < 0 || at < start {
			start = at
		}
		end = max(end, lines.At(lines.Len()-1).Stop)
		return true
	})
	return start, end
}

// stepID makes an id from a step's section and text. count distinguishes equal
// ones.
func (rb *Runbook) stepID(s Step, count map[string]int) string {
	section := ""
	for _, h := range rb.Headings {
		if h.Line > s.Line {
			break
		}
		if h.Level < RowLevel {
			section = h.Anchor
		}
	}
	var b strings.Builder
	b.WriteString(section + "\x00" + s.Text)
	for _, c := range s.Code {
		b.WriteString("\x00" + c.Text)
	}
	sum := sha256.Sum256([]byte(b.String()))
	id := hex.EncodeToString(sum[:6])
	if count[id]++; count[id] > 1 {
		id += "-" + strconv.Itoa(count[id])
	}
	return id
}
