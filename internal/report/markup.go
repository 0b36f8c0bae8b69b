package report

import (
	"html"
	"strconv"
	"strings"

	"firstline/internal/clean"
)

// markup writes HTML. Names of elements and attributes are constants; every text and
// every value passes escapedHTML. html/template would bring its readers of HTML, CSS and
// JavaScript into the program, and a report has neither styles nor scripts of others.
type markup struct{ b strings.Builder }

// escapedHTML returns a text that HTML shows as it is, as the content of an element or
// as a quoted value.
func escapedHTML(text string) string { return html.EscapeString(clean.Line(text)) }

// start begins an element; attributes are names with values.
func (m *markup) start(name string, attributes ...string) {
	m.b.WriteString("<" + name)
	for n := 0; n+1 < len(attributes); n += 2 {
		m.b.WriteString(" " + attributes[n] + `="` + escapedHTML(attributes[n+1]) + `"`)
	}
	m.b.WriteString(">")
}

// end ends an element.
func (m *markup) end(name string) { m.b.WriteString("</" + name + ">\n") }

// text writes a text.
func (m *markup) text(text string) { m.b.WriteString(escapedHTML(text)) }

// element writes an element with a text, or nothing where both are empty.
func (m *markup) element(name, text string, attributes ...string) {
	m.start(name, attributes...)
	m.text(text)
	m.end(name)
}

// note writes a paragraph in a class, if there is a text.
func (m *markup) note(class, text string) {
	if text != "" {
		m.element("div", text, "class", class)
	}
}

// link writes a link to a figure of the page.
func (m *markup) link(id, text string) {
	m.start("a", "href", "#figure-"+id)
	m.text(text)
	m.b.WriteString("</a>")
}

// box draws a rectangle.
func (m *markup) box(x, y, width, height int, class, says string) {
	m.start("rect", "class", class, "x", strconv.Itoa(x), "y", strconv.Itoa(y), "width", strconv.Itoa(width), "height", strconv.Itoa(height))
	if says != "" {
		m.b.WriteString("<title>" + escapedHTML(says) + "</title>")
	}
	m.end("rect")
}

// label draws a text.
func (m *markup) label(x, y int, class, text string) {
	m.element("text", text, "class", class, "x", strconv.Itoa(x), "y", strconv.Itoa(y))
}

// line draws a line.
func (m *markup) line(class string, x1, y1, x2, y2 int) {
	m.start("line", "class", class, "x1", strconv.Itoa(x1), "y1", strconv.Itoa(y1), "x2", strconv.Itoa(x2), "y2", strconv.Itoa(y2))
	m.end("line")
}

// drawing begins a drawing of the width of the page.
func (m *markup) drawing(height int, title string) {
	m.start("svg", "viewBox", "0 0 760 "+strconv.Itoa(height), "role", "img", "aria-label", title)
}
