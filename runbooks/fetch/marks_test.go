package fetch

import (
	"net/url"
	"os"
	"strings"
	"testing"

	"firstline/runbooks"
)

// The HTML style of testdata/styles: anchors by id, admonitions, tables with line breaks.
func TestHTMLStyle(t *testing.T) {
	data, err := os.ReadFile("../testdata/styles/html/latency.html")
	if err != nil {
		t.Fatal(err)
	}
	page, err := url.Parse("https://runbooks.example.com/latency")
	if err != nil {
		t.Fatal(err)
	}
	text, _, err := fromHTML(data, page)
	if err != nil {
		t.Fatal(err)
	}
	rb, err := runbooks.Parse("latency.md", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var headings []string
	for _, h := range rb.Headings {
		headings = append(headings, h.Text)
	}
	if got := strings.Join(headings, ", "); got != "Latency, CheckoutLatencyHigh, Diagnosis, CheckoutErrors" {
		t.Errorf("headings: %s", got)
	}
	for fragment, want := range map[string]string{"high-latency-alert": "CheckoutLatencyHigh", "d1": "Diagnosis", "other": "CheckoutErrors", "checkouterrors": "CheckoutErrors"} {
		if h := rb.At(fragment); h == nil || h.Text != want {
			t.Errorf("#%s leads to %+v, want %s", fragment, h, want)
		}
	}
	var steps []string
	for _, s := range rb.Steps(nil) {
		steps = append(steps, s.Text)
	}
	if got := strings.Join(steps, ", "); got != "Look at the queue, See the pods:" {
		t.Errorf("steps: %s", got)
	}
	r, err := runbooks.Render(rb, runbooks.Style{Width: 60, NoColor: true})
	if err != nil {
		t.Fatal(err)
	}
	drawn := strings.Join(r.Lines, "\n")
	for _, want := range []string{"│ WARNING\n", "│ Never restart the database.", "502  │ No pod", "     │ or too few"} {
		if !strings.Contains(drawn, want) {
			t.Errorf("it has no %q:\n%s", want, drawn)
		}
	}
	for _, not := range []string{"¶", "{#", "[]", "[!"} {
		if strings.Contains(drawn, not) {
			t.Errorf("it has %q:\n%s", not, drawn)
		}
	}
}

func TestIdsAndBoxesOfHTML(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`<section id="s"><h2>A<a class="headerlink" href="#s">¶</a></h2></section>`, "## A {#s}"},
		{`<h2 id="a">A<a class="hash-link" href="#a" aria-label="Direct link to A">&#8203;</a></h2>`, "## A {#a}"},
		{`<h2><a href="#a">A</a></h2>`, "## [A](#a)"},
		{`<h2 id="a b">A</h2>`, "## A"},
		{`<div class="markdown-alert markdown-alert-tip"><p class="markdown-alert-title"><svg></svg>Tip</p><p>x</p></div>`, "> [!TIP] Tip\n> \n> x"},
		{`<div class="theme-admonition theme-admonition-danger alert alert--danger"><div class="admonitionHeading_x">danger</div><p>x</p></div>`, "> [!DANGER] danger\n> \n> x"},
	} {
		page, err := url.Parse("https://example.com/")
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := fromHTML([]byte(c.in), page)
		if err != nil || strings.TrimSpace(got) != c.want {
			t.Errorf("%s:\n got %q, %v\nwant %q", c.in, got, err, c.want)
		}
	}
}
