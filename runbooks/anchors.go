package runbooks

import (
	"strings"

	"firstline/internal/lazyregexp"

	"github.com/yuin/goldmark/ast"
)

var (
	// headingID is an id behind a heading: "## Title {#id}", "{: #id }".
	headingID = lazyregexp.New(`[ \t]*\{:?[ \t]*#([\w.:-]+)[^{}]*\}[ \t]*#*[ \t]*$`)
	// namedAnchor is <a name="id"> or <a id="id">, as people write it before headings.
	namedAnchor = lazyregexp.New(`(?i)<a\s[^<>]*?\b(?:name|id)\s*=\s*["']?([^"'\s<>]+)`)
	onlyAnchors = lazyregexp.New(`(?i)^\s*(?:<a\s[^<>]*>\s*(?:</a>)?\s*)+$`)
)

// permalinkSigns are the texts of the links that web pages have behind a heading, to it.
var permalinkSigns = map[string]bool{"": true, "¶": true, "#": true, "§": true, "🔗": true, "∞": true, "\u200b": true}

// tidyHeadings takes what is no text off the headings of a document: ids, which become
// their attributes, and links to themselves.
func tidyHeadings(doc ast.Node, source []byte) {
	for _, h := range headingNodes(doc) {
		for c := h.LastChild(); c != nil; {
			before := c.PreviousSibling()
			if link, ok := c.(*ast.Link); ok && strings.HasPrefix(string(link.Destination), "#") && permalinkSigns[strings.TrimSpace(plainText(link, source))] {
				h.SetAttributeString("id", string(link.Destination[1:]))
				h.RemoveChild(h, c)
			}
			c = before
		}
		line := h.Lines().At(h.Lines().Len() - 1)
		m := headingID.FindSubmatchIndex(line.Value(source))
		if m == nil || m[0] == 0 {
			continue
		}
		h.SetAttributeString("id", string(line.Value(source)[m[2]:m[3]]))
		cutText(h, line.Start+m[0])
	}
}

// cutText removes the text of a heading from an offset on.
func cutText(h *ast.Heading, from int) {
	for c := h.LastChild(); c != nil; {
		before := c.PreviousSibling()
		t, ok := c.(*ast.Text)
		switch {
		case !ok:
			return
		case t.Segment.Start >= from:
			h.RemoveChild(h, c)
		default:
			if t.Segment.Stop > from {
				t.Segment = t.Segment.WithStop(from)
			}
			return
		}
		c = before
	}
}

// anchorsIn returns the line of the heading for each id besides GitHub's anchors: those
// of the headings, and those of <a name="id"> before or in them. Other such anchors are in
// the section of a heading.
func anchorsIn(doc ast.Node, body string, all []Heading) map[string]int {
	ids := map[string]int{}
	var headings []Heading
	add := func(id string, i int) {
		if id = strings.ToLower(id); id != "" && i >= 0 {
			if _, taken := ids[id]; !taken {
				ids[id] = headings[i].Line
			}
		}
	}
	anchors := map[string]bool{}
	for _, h := range all {
		if h.Level < RowLevel {
			headings = append(headings, h)
			anchors[h.Anchor] = true
		}
	}
	for _, h := range all {
		for _, id := range []string{strings.ToLower(h.Text), "alert-name-" + strings.ToLower(h.Text)} {
			if h.Level == RowLevel && !anchors[id] {
				ids[id] = h.Line
			}
		}
	}
	for i, h := range headingNodes(doc) {
		if id, ok := h.AttributeString("id"); ok {
			if text, ok := id.(string); ok {
				add(text, i)
			}
		}
	}
	if !strings.Contains(body, "<a ") && !strings.Contains(body, "<A ") {
		return ids
	}
	var waiting []string // for the heading that follows
	at, n := -1, 0
	for line := range strings.Lines(body) {
		n++
		if at+1 < len(headings) && headings[at+1].Line <= n {
			at++
			for _, id := range waiting {
				add(id, at)
			}
			waiting = nil
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		if !onlyAnchors.MatchString(line) || at >= 0 && headings[at].Line == n {
			for _, id := range waiting {
				add(id, at)
			}
			waiting = nil
			for _, m := range namedAnchor.FindAllStringSubmatch(line, -1) {
				add(m[1], at)
			}
			continue
		}
		for _, m := range namedAnchor.FindAllStringSubmatch(line, -1) {
			waiting = append(waiting, m[1])
		}
	}
	return ids
}
