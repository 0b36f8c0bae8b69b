package clean

import (
	"html"
	"slices"
	"strings"

	markup "golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"firstline/internal/lazyregexp"
)

// HTML returns the text of s without markup, safe to show as by Text.
// Annotations and the bodies of e-mails are often written for a web page or a
// mail program.
//
// Text that only resembles HTML stays as it is, such as "a < b", "<no value>"
// and "kubectl delete pod <pod>": a tag counts when HTML defines it, and an
// entity such as "&gt;" when it ends with a semicolon. The address of a link
// follows its text, because it is often all that matters.
//
// HTML cuts the text at a length that a person may still read.
func HTML(s string) string {
	if len(s) > maxHTML {
		s = head(s, maxHTML) + cutMark
	}
	if !strings.ContainsAny(s, "<&") {
		return Text(s)
	}
	if !tagLike.MatchString(s) {
		return Text(decodeEntities(s))
	}
	var w htmlWriter
	tokens := markup.NewTokenizer(strings.NewReader(s))
	for {
		kind := tokens.Next()
		if kind == markup.ErrorToken { // the end: reading from a string has no other error
			break
		}
		raw := string(tokens.Raw()) // before Token, which changes it
		w.token(kind, tokens.Token(), raw)
	}
	return strings.TrimSpace(tooManyBreaks.ReplaceAllString(Text(w.String()), "\n\n"))
}

const maxHTML = 64 << 10

var (
	entity        = lazyregexp.New(`&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});`)
	tooManyBreaks = lazyregexp.New(`\n[ \n]*\n`)
	// tagLike matches the beginning of a tag that is markup in a text for
	// people.
	tagLike = lazyregexp.New(`(?i)<!(?:doctype|--)|</?(?:` + strings.Join(tagNames(), "|") + `)(?:\s[^<>]*)?/?>`)
)

func decodeEntities(s string) string { return entity.ReplaceAllStringFunc(s, html.UnescapeString) }

// The effects of a tag on the text around it.
const (
	inline   = iota // none
	breaks          // a line break before and after it
	spaced          // the same, with an empty line
	cell            // a gap before it
	unshown         // its content is not shown
	softTags        // not defined by HTML: stays as it is written
)

var tags = map[atom.Atom]int{
	atom.A: inline, atom.Abbr: inline, atom.B: inline, atom.Big: inline, atom.Code: inline, atom.Em: inline, atom.Font: inline,
	atom.I: inline, atom.Img: inline, atom.Kbd: inline, atom.Mark: inline, atom.S: inline, atom.Small: inline, atom.Span: inline,
	atom.Strike: inline, atom.Strong: inline, atom.Sub: inline, atom.Sup: inline, atom.Tt: inline, atom.U: inline,
	atom.Html: breaks, atom.Body: breaks, atom.Br: breaks, atom.Hr: breaks, atom.Li: breaks, atom.Tr: breaks, atom.Center: breaks,
	atom.Div: breaks, atom.Section: breaks, atom.Dl: breaks, atom.Dt: breaks, atom.Dd: breaks, atom.Thead: breaks, atom.Tbody: breaks, atom.Details: breaks, atom.Summary: breaks,
	atom.P: spaced, atom.H1: spaced, atom.H2: spaced, atom.H3: spaced, atom.H4: spaced, atom.H5: spaced, atom.H6: spaced,
	atom.Ul: spaced, atom.Ol: spaced, atom.Table: spaced, atom.Pre: spaced, atom.Blockquote: spaced,
	atom.Td: cell, atom.Th: cell,
	atom.Head: unshown, atom.Script: unshown, atom.Style: unshown, atom.Title: unshown,
	atom.Meta: inline, atom.Link: inline,
}

func tagNames() []string {
	var names []string
	for a := range tags {
		names = append(names, a.String())
	}
	slices.Sort(names)
	return names
}

// htmlWriter collects the text of tokens.
type htmlWriter struct {
	strings.Builder
	// hidden counts the enclosing elements that are not shown, preformatted
	// those in which white space counts.
	hidden, preformatted int
	// href is the address of the enclosing link, linkFrom where its text
	// begins.
	href     string
	linkFrom int
}

func (w *htmlWriter) token(kind markup.TokenType, t markup.Token, raw string) {
	switch kind {
	case markup.TextToken:
		w.text(t.Data)
	case markup.StartTagToken, markup.SelfClosingTagToken, markup.EndTagToken:
		w.tag(kind, t, raw)
	default: // comments and the document type
	}
}

func (w *htmlWriter) text(s string) {
	if w.hidden > 0 {
		return
	}
	if w.preformatted > 0 {
		w.WriteString(s)
		return
	}
	words := strings.Fields(s)
	if len(words) == 0 {
		w.gap(s)
		return
	}
	w.gap(s[:len(s)-len(strings.TrimLeft(s, " \t\r\n"))])
	w.WriteString(strings.Join(words, " "))
	if strings.TrimRight(s, " \t\r\n") != s {
		w.WriteByte(' ')
	}
}

// gap writes one blank for white space, unless a blank or the start of a line
// precedes it.
func (w *htmlWriter) gap(space string) {
	if text := w.String(); space != "" && text != "" && !strings.HasSuffix(text, " ") && !strings.HasSuffix(text, "\n") {
		w.WriteByte(' ')
	}
}

func (w *htmlWriter) tag(kind markup.TokenType, t markup.Token, raw string) {
	effect, isHTML := tags[t.DataAtom]
	if !isHTML {
		effect = softTags
	}
	opens := kind == markup.StartTagToken
	switch effect {
	case softTags:
		w.text(decodeEntities(raw))
	case unshown:
		w.hidden = max(w.hidden+step(kind), 0)
	case breaks, spaced:
		w.endLine(effect == spaced)
		switch t.DataAtom {
		case atom.Pre:
			w.preformatted = max(w.preformatted+step(kind), 0)
		case atom.Li:
			if opens && w.hidden == 0 {
				w.WriteString("- ")
			}
		}
	case cell:
		if opens && w.hidden == 0 {
			if text := w.String(); text != "" && !strings.HasSuffix(text, "\n") {
				w.WriteString("  ")
			}
		}
	default:
		w.inline(kind, t)
	}
}

func step(kind markup.TokenType) int {
	switch kind {
	case markup.StartTagToken:
		return 1
	case markup.EndTagToken:
		return -1
	}
	return 0
}

func (w *htmlWriter) inline(kind markup.TokenType, t markup.Token) {
	switch {
	case t.DataAtom == atom.Img:
		w.text(attribute(t, "alt"))
	case t.DataAtom != atom.A:
	case kind == markup.StartTagToken:
		w.href, w.linkFrom = URL(attribute(t, "href")), w.Len()
	case kind == markup.EndTagToken:
		if w.href != "" && w.hidden == 0 {
			switch text := strings.TrimSpace(w.String()[w.linkFrom:]); {
			case text == "":
				w.WriteString(w.href)
			case !strings.Contains(text, w.href):
				w.gap(" ")
				w.WriteString("(" + w.href + ")")
			}
		}
		w.href = ""
	}
}

func attribute(t markup.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// endLine ends the line, if there is one. blank adds an empty line.
func (w *htmlWriter) endLine(blank bool) {
	text := w.String()
	if w.hidden > 0 || text == "" {
		return
	}
	switch {
	case blank && !strings.HasSuffix(text, "\n\n"):
		if !strings.HasSuffix(text, "\n") {
			w.WriteByte('\n')
		}
		w.WriteByte('\n')
	case !strings.HasSuffix(text, "\n"):
		w.WriteByte('\n')
	}
}
