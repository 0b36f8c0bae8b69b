package fetch

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"firstline/internal/lazyregexp"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// escapedCallout is the first line of a callout as the converter writes it.
var escapedCallout = lazyregexp.New(`(?m)^((?:> ?)+)\\\[!([A-Z]+)\\?\]`)

// plainID is an id that Markdown can have behind a heading.
var plainID = lazyregexp.New(`^[\w.:-]+$`)

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

func hasClass(n *html.Node, wanted func(class string) bool) bool {
	return slices.ContainsFunc(strings.Fields(strings.ToLower(attribute(n, "class"))), wanted)
}

// markHeadings writes the ids of headings behind their text, "Title {#id}", and removes
// the links to themselves.
func markHeadings(root *html.Node) {
	for n := range root.Descendants() {
		switch n.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		default:
			continue
		}
		id := attribute(n, "id")
		var removed []*html.Node
		for c := range n.Descendants() {
			if c.DataAtom != atom.A {
				continue
			}
			id = cmp.Or(id, attribute(c, "id"), attribute(c, "name"))
			switch href := attribute(c, "href"); {
			case strings.HasPrefix(href, "#") && isPermalink(c):
				id = cmp.Or(id, href[1:])
				removed = append(removed, c)
			case href == "" && textOf(c) == "":
				removed = append(removed, c)
			}
		}
		for _, c := range removed {
			c.Parent.RemoveChild(c)
		}
		if p := n.Parent; id == "" && p != nil && (p.DataAtom == atom.Section || p.DataAtom == atom.Div) && isFirst(n) {
			id = attribute(p, "id")
		}
		if plainID.MatchString(id) {
			n.AppendChild(&html.Node{Type: html.TextNode, Data: " {#" + id + "}"})
		}
	}
}

// isPermalink reports whether a link in a heading has no text of it.
func isPermalink(link *html.Node) bool {
	text := strings.TrimSpace(textOf(link))
	return !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) || hasClass(link, func(class string) bool {
		return class == "headerlink" || class == "anchor" || class == "hash-link" || class == "permalink" || class == "anchorlink"
	}) && len(text) < 2
}

func isFirst(n *html.Node) bool {
	for s := n.PrevSibling; s != nil; s = s.PrevSibling {
		if s.Type == html.ElementNode && (s.DataAtom != atom.A && s.DataAtom != atom.Span || textOf(s) != "") {
			return false
		}
	}
	return true
}

// kindsOfAdmonition are the classes that say what an admonition is.
var kindsOfAdmonition = []string{"note", "tip", "hint", "info", "important", "warning", "caution", "danger", "attention", "error", "success", "example", "seealso", "secondary"}

// markAdmonitions turns the boxes of MkDocs, Sphinx, Docusaurus and GitHub into quotes that
// begin with their kind: [!WARNING].
func markAdmonitions(root *html.Node) {
	for n := range root.Descendants() {
		if n.DataAtom != atom.Div && n.DataAtom != atom.Aside {
			continue
		}
		box := hasClass(n, func(class string) bool {
			return class == "admonition" || class == "theme-admonition" || class == "markdown-alert" || class == "alert"
		})
		if !box {
			continue
		}
		kind := "NOTE"
		for _, k := range kindsOfAdmonition {
			if hasClass(n, func(class string) bool { return class == k || strings.HasSuffix(class, "-"+k) }) {
				kind = strings.ToUpper(k)
				break
			}
		}
		title := ""
		for c := range n.Descendants() {
			if c.Type == html.ElementNode && hasClass(c, func(class string) bool {
				return strings.Contains(class, "admonition-title") || strings.Contains(class, "admonitionheading") || class == "markdown-alert-title"
			}) {
				title = strings.Join(strings.Fields(textOf(c)), " ")
				c.Parent.RemoveChild(c)
				break
			}
		}
		head := &html.Node{Type: html.ElementNode, Data: "p", DataAtom: atom.P}
		head.AppendChild(&html.Node{Type: html.TextNode, Data: strings.TrimSpace("[!" + kind + "] " + title)})
		n.InsertBefore(head, n.FirstChild)
		n.Data, n.DataAtom, n.Attr = "blockquote", atom.Blockquote, nil
	}
}
