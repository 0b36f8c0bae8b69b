package fetch

import (
	"bytes"
	"cmp"
	"fmt"
	"net/url"
	"strings"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"firstline/internal/clean"
)

// fromHTML converts a web page to Markdown: its main part, if it marks one,
// without navigation and scripts.
func fromHTML(body []byte, page *url.URL) (markdown, title string, err error) {
	// The parser refuses pages that are nested so deeply that recursion over
	// them would overflow the stack.
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return "", "", sentence("the page can't be read as HTML; open it in a browser.")
	}
	if asksToSignIn(root) {
		return "", "", signInPage(page)
	}
	title = titleOf(root) // the conversion takes it away
	main, article := survey(root)
	node := cmp.Or(article, main, root)
	c := converter.NewConverter(converter.WithPlugins(base.NewBasePlugin(), commonmark.NewCommonmarkPlugin(), table.NewTablePlugin(table.WithNewlineBehavior(table.NewlineBehaviorPreserve), table.WithHeaderPromotion(true))))
	for _, tag := range []string{"nav", "header", "footer", "aside", "form", "button", "svg"} {
		c.Register.TagType(tag, converter.TagTypeRemove, converter.PriorityEarly)
	}
	markHeadings(node)
	markAdmonitions(node)
	absolute(node, page)
	converted, err := c.ConvertNode(node)
	if err != nil {
		return "", "", sentence("the page can't be turned into Markdown; open it in a browser.")
	}
	text := escapedCallout.ReplaceAllString(strings.TrimSpace(string(converted)), "$1[!$2]")
	if text == "" {
		return "", "", sentence("the page shows nothing without a browser's scripts; open it in a browser.")
	}
	return text + "\n", title, nil
}

// signInPage says that an address is answered with a sign-in page.
func signInPage(page *url.URL) error {
	return sentence(fmt.Sprintf("%s answered with a sign-in page; set a token for that host under [runbooks.tokens] or open it in a browser.", clean.Line(page.Hostname())))
}

// absolute resolves the links and images below node against the page's address,
// except those within the page.
func absolute(node *html.Node, page *url.URL) {
	for n := range node.Descendants() {
		for i, a := range n.Attr {
			link := n.DataAtom == atom.A && a.Key == "href" || n.DataAtom == atom.Img && a.Key == "src"
			if !link || strings.HasPrefix(strings.TrimSpace(a.Val), "#") {
				continue
			}
			if target, err := page.Parse(strings.TrimSpace(a.Val)); err == nil {
				n.Attr[i].Val = target.String()
			}
		}
	}
}

// survey finds the page's main and article elements.
func survey(root *html.Node) (main, article *html.Node) {
	for n := range root.Descendants() {
		switch n.DataAtom {
		case atom.Main:
			main = cmp.Or(main, n)
		case atom.Article:
			article = cmp.Or(article, n)
		}
	}
	return main, article
}
