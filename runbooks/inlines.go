package runbooks

import (
	"html"
	"strings"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"

	"firstline/internal/clean"
)

// inlines draws the text in a node, with its styles. A line break with a meaning
// is "\n"; a break in the source is a blank.
func (w *writer) inlines(n ast.Node, p pen) string {
	var b strings.Builder
	w.addInlines(&b, n, p)
	return b.String()
}

func (w *writer) addInlines(b *strings.Builder, n ast.Node, p pen) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		w.addInline(b, c, p)
	}
}

func (w *writer) addInline(b *strings.Builder, n ast.Node, p pen) {
	switch n := n.(type) {
	case *ast.Text:
		w.write(b, textOf(n, w.source), p)
		switch {
		case n.HardLineBreak():
			b.WriteByte('\n')
		case n.SoftLineBreak():
			w.write(b, " ", p)
		}
	case *ast.String:
		w.write(b, string(n.Value), p)
	case *ast.CodeSpan:
		w.write(b, w.marked("`", spanText(n, w.source)), p.with(pen{colour: w.palette.code}))
	case *ast.Emphasis:
		mark, style := "*", pen{italic: true}
		if n.Level > 1 {
			mark, style = "**", pen{bold: true}
		}
		w.addMarked(b, n, mark, p.with(style))
	case *extast.Strikethrough:
		w.addMarked(b, n, "~~", p.with(pen{struck: true}))
	case *ast.Link:
		w.addLink(b, n, p)
	case *ast.AutoLink:
		label := string(n.Label(w.source))
		w.write(b, label, p.with(pen{colour: w.palette.link, underlined: true, link: clean.URL(string(n.URL(w.source)))}))
	case *ast.Image:
		faint := p.with(pen{colour: w.palette.faint})
		w.write(b, "Image: "+plainText(n, w.source), faint.with(pen{link: clean.URL(string(n.Destination))}))
		if address := clean.URL(string(n.Destination)); address != "" && w.style.Addresses {
			w.write(b, " →", faint)
			w.addAddress(b, address, faint)
		}
	case *ast.RawHTML:
		raw := n.Segments.Value(w.source)
		if newLine.Match(raw) {
			b.WriteByte('\n')
			return
		}
		w.write(b, clean.HTML(string(raw)), p) // empty, unless it is no tag of HTML
	case *extast.TaskCheckBox: // the list draws it
	default:
		w.addInlines(b, n, p)
	}
}

// addMarked draws the children of n, between two marks where there are no colours
// and attributes.
func (w *writer) addMarked(b *strings.Builder, n ast.Node, mark string, p pen) {
	b.WriteString(w.marked(mark, w.inlines(n, p)))
}

func (w *writer) marked(mark, s string) string {
	if !w.style.NoColor {
		return s
	}
	return mark + s + mark
}

// addLink draws the text of a link. Its address to the web follows where that is
// wanted, or where the text is another address. A path is useful to the pane, which
// follows it, but not to the reader. Without colours brackets show what is a link.
func (w *writer) addLink(b *strings.Builder, n *ast.Link, p pen) {
	address, text := clean.URL(string(n.Destination)), plainText(n, w.source)
	whole := text != address && (w.style.Addresses || clean.URL(text) != "")
	bracketed := w.style.NoColor && !whole && address != "" && text != address
	if bracketed {
		b.WriteByte('[')
	}
	w.addInlines(b, n, p.with(pen{colour: w.palette.link, underlined: true, link: address}))
	if bracketed {
		b.WriteByte(']')
	}
	if whole {
		w.addAddress(b, address, p.with(pen{colour: w.palette.faint, underlined: true}))
	}
}

func (w *writer) addAddress(b *strings.Builder, address string, p pen) {
	if address != "" {
		w.write(b, " ", pen{})
		w.write(b, address, p.with(pen{link: address}))
	}
}

// write writes text in a style.
func (w *writer) write(b *strings.Builder, s string, p pen) {
	s = strings.ReplaceAll(clean.Text(s), "\n", " ")
	if w.style.NoColor || s == "" {
		b.WriteString(s)
		return
	}
	if p.link != "" {
		b.WriteString("\x1b]8;;" + p.link + "\x1b\\")
	}
	sgr := p.sgr()
	b.WriteString(sgr + s)
	if sgr != "" {
		b.WriteString("\x1b[m")
	}
	if p.link != "" {
		b.WriteString("\x1b]8;;\x1b\\")
	}
}

// textOf returns the text of a node as it is read: escapes and entities are
// resolved, each once.
func textOf(n *ast.Text, source []byte) string {
	value := n.Segment.Value(source)
	if n.IsRaw() {
		return string(value)
	}
	var b strings.Builder
	for len(value) > 0 {
		switch {
		case value[0] == '\\' && len(value) > 1 && util.IsPunct(value[1]):
			b.WriteByte(value[1])
			value = value[2:]
		case value[0] == '&':
			end := 1
			for end < len(value) && value[end] != ';' && value[end] != '&' {
				end++
			}
			end = min(end+1, len(value))
			if value[end-1] == '&' && end > 1 {
				end--
			}
			b.WriteString(html.UnescapeString(string(value[:end])))
			value = value[end:]
		default:
			b.WriteByte(value[0])
			value = value[1:]
		}
	}
	return b.String()
}

// spanText returns the code in a span, on one line.
func spanText(n *ast.CodeSpan, source []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(source))
		}
	}
	return strings.ReplaceAll(b.String(), "\n", " ")
}
