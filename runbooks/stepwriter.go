package runbooks

import (
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
)

// stepWriter finds the steps of a runbook.
type stepWriter struct {
	rb     *Runbook
	source []byte
	lines  lineIndex
	// count distinguishes equal steps.
	count    map[string]int
	purposes purposes
	steps    []Step
	// lead is the paragraph before the block that is read, if there is nothing between.
	lead ast.Node
	// open is the index of the step to which code belongs that comes next, or -1.
	open int
}

// blocks reads the blocks in n. top: they are not in a list or a quote.
func (w *stepWriter) blocks(n ast.Node, depth int, top bool) {
	w.open = -1
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Heading:
			w.lead, w.open = nil, -1
			if c.Lines().Len() > 0 {
				w.purposes.enter(c.Level, plainText(c, w.source))
			}
		case *ast.Paragraph:
			w.lead, w.open = c, -1
			if top {
				w.paragraph(c)
			}
		case *ast.List:
			w.list(c, depth, top)
			w.lead, w.purposes.list = nil, unclear
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			w.purposes.list = unclear
			if top {
				w.code(c)
			}
			w.lead = nil
		default:
			if c.Type() != ast.TypeInline {
				lead := w.lead
				w.blocks(c, depth, false)
				w.lead, w.open = lead, -1
				if _, isHTML := c.(*ast.HTMLBlock); !isHTML {
					w.lead = nil
				}
			}
		}
	}
}

// paragraph reads a paragraph. An instruction is a step, unless
// it introduces a list.
func (w *stepWriter) paragraph(n *ast.Paragraph) {
	text := plainText(n, w.source)
	w.purposes.paragraph(n, text)
	if _, leads := n.NextSibling().(*ast.List); leads || w.purposes.now() != forDoing {
		return
	}
	step, ok := instruction(text)
	start, end := extent(n)
	if !ok || start < 0 {
		return
	}
	w.open = len(w.steps)
	w.add(Step{Line: w.lines.line(start), EndLine: w.lines.line(max(start, end-1)), Text: step, Code: codeBelow(n, w.source, w.lines)})
}

// list reads a list. Code directly behind it belongs to its last item.
func (w *stepWriter) list(list *ast.List, depth int, top bool) {
	bullets := top && w.purposes.now() == forDoing
	last := -1
	number := list.Start
	for item := list.FirstChild(); item != nil; item = item.NextSibling() {
		last = -1
		inner := depth
		task, checked := isTask(item)
		step := Step{Task: task, Checked: checked, Depth: depth}
		if list.IsOrdered() {
			step.Number = number
			number++
		}
		if start, end := extent(item); start >= 0 && (task || list.IsOrdered() || bullets) {
			step.Line, step.EndLine = w.lines.line(start), w.lines.line(max(start, end-1))
			if first := item.FirstChild(); first.Kind() != ast.KindList {
				step.Text = plainText(first, w.source)
			}
			for c := item.FirstChild(); c != nil; c = c.NextSibling() {
				step.Code = append(step.Code, codeOf(c, w.source, w.lines)...)
			}
			last = len(w.steps)
			w.add(step)
			inner++
		}
		w.blocks(item, inner, false)
	}
	w.open = last
}

// code reads a block of code between paragraphs.
func (w *stepWriter) code(n ast.Node) {
	all := codeBelow(n, w.source, w.lines)
	if len(all) == 0 {
		return
	}
	c := all[0]
	if w.open >= 0 {
		s := &w.steps[w.open]
		s.Code = append(s.Code, c)
		s.EndLine = c.EndLine
		return
	}
	if w.purposes.now() != forDoing || !c.Command() {
		return
	}
	step := Step{Line: c.Line, EndLine: c.EndLine, Code: []Code{c}}
	step.Text, _, _ = strings.Cut(strings.TrimSpace(c.Script()), "\n")
	if w.lead != nil {
		start, _ := extent(w.lead)
		step.Line = w.lines.line(start)
		step.Text = lastSentence(plainText(w.lead, w.source))
	}
	w.open = len(w.steps)
	w.add(step)
}

func (w *stepWriter) add(s Step) {
	s.ID = w.rb.stepID(s, w.count)
	w.steps = append(w.steps, s)
}

// longestLead bounds what a step takes of the paragraph before it, in characters.
const longestLead = 120

// lastSentence returns a text, or its last sentence if it is long.
func lastSentence(text string) string {
	if utf8.RuneCountInString(text) <= longestLead {
		return text
	}
	if at := strings.LastIndex(strings.TrimRight(text, ".:!? "), ". "); at >= 0 {
		return text[at+2:]
	}
	return text
}

// StepsOf returns the steps of a runbook with the text and the code of a filled copy of it.
// What is filled in makes no step and ends none.
func (rb *Runbook) StepsOf(filled *Runbook) []Step {
	steps := rb.Steps(nil)
	if filled == rb {
		return steps
	}
	type position struct{ line, depth int }
	texts := map[position]string{}
	for _, s := range filled.Steps(nil) {
		texts[position{s.Line, s.Depth}] = s.Text
	}
	written, codes := rb.CodeIn(nil), filled.CodeIn(nil)
	byCode := map[Code]Code{}
	for i, c := range written[:min(len(written), len(codes))] {
		byCode[c] = codes[i]
	}
	for i := range steps {
		s := &steps[i]
		if text, ok := texts[position{s.Line, s.Depth}]; ok {
			s.Text = text
		}
		for j, c := range s.Code {
			if c, ok := byCode[c]; ok && c.Line == s.Code[j].Line {
				s.Code[j] = c
			}
		}
	}
	return steps
}
