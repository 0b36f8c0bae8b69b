package runbooks

import (
	"errors"
	"html"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"firstline/internal/clean"
)

func mustParse(t testing.TB, name, text string) *Runbook {
	t.Helper()
	rb, err := Parse(name, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return rb
}

func TestFrontMatter(t *testing.T) {
	for _, c := range []struct {
		name, in, title, body string
		firstLine             int
	}{
		{"none", "# A\n", "A", "# A\n", 1},
		{"yaml", "---\ntitle: Kube Pod\nweight: 20\n---\n\n# A\n", "Kube Pod", "\n# A\n", 5},
		{"yaml ended by dots", "---\ntitle: B\n...\ntext\n", "B", "text\n", 4},
		{"yaml with a mistake", "---\ntitle: a: b\nx: [\n---\ntext\n", "a: b", "text\n", 5},
		{"toml", "+++\ntitle = \"T\"\n+++\ntext", "T", "text", 4},
		{"empty", "---\n---\ntext", "page", "text", 3},
		{"windows", "---\r\ntitle: W\r\n---\r\n# A\r\n", "W", "# A\n", 4},
		{"byte order mark", "\ufeff---\ntitle: W\n---\n# A\n", "W", "# A\n", 4},
		{"rulers are none", "---\nSome text.\n---\nmore", "page", "---\nSome text.\n---\nmore", 1},
		{"never closed", "---\ntitle: x\n# A\n", "A", "---\ntitle: x\n# A\n", 1},
		{"hostile title", "---\ntitle: \"a\\e[31mb\\nc\"\n---\n", "ab c", "", 4},
		{"title is a number", "---\ntitle: 5\n---\n# A", "5", "# A", 4},
		{"title is a list", "---\ntitle: [a]\n---\n# A", "A", "# A", 4},
		{"aliases of aliases", "---\na: &a [x]\n" + strings.Repeat("b: &a [*a, *a]\n", 3000) + "---\n# A", "A", "# A", 3004},
		{"comments alone", "---\n# why\n---\n# A", "A", "# A", 4},
	} {
		rb := mustParse(t, "dir/page.md", c.in)
		if rb.Title != c.title || rb.Body != c.body || rb.FirstLine != c.firstLine {
			t.Errorf("%s: title %q, body %q, first line %d; want %q, %q, %d", c.name, rb.Title, rb.Body, rb.FirstLine, c.title, c.body, c.firstLine)
		}
	}
}

func TestShortcodes(t *testing.T) {
	for in, want := range map[string]string{
		`[a]({{< ref "./B.md" >}}) c`:                  `[a](./B.md) c`,
		`[a]({{% relref "B.md#x" %}})`:                 `[a](B.md#x)`,
		`[a]({{< ref path="B c.md" lang="en" >}})`:     `[a](B%20c.md)`,
		"{{< hint info >}}\nx\n{{< /hint >}}":          "> [!INFO]\n> x\n",
		"{{< highlight sh >}}\nls\n{{< /highlight >}}": "```sh\nls\n```",
		"{{< figure\n src=\"x\" >}}y":                  "\ny",
		"`{{ $labels.pod }}` {{range .items}}":         "`{{ $labels.pod }}` {{range .items}}",
		"{{< never closed":                             "{{< never closed",
	} {
		if got := mustParse(t, "a.md", in).Body; got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestHeadings(t *testing.T) {
	rb := mustParse(t, "a.md", strings.Join([]string{
		"---", "title: x", "---",
		"Top", "===", "",
		"## Steps", "## Steps", "### `Code` & *more* &amp; [link](x)", "",
		"```", "# not one", "```", "", "    # nor this", "",
		"Two", "---", "", "## Steps 1", "> ## Quoted", "", "##", "## Größe: 漢字!", "#no", "## Alert Name: \"X_y\" #", "## Steps",
	}, "\n"))
	want := []Heading{
		{1, "Top", "top", 1},
		{2, "Steps", "steps", 4},
		{2, "Steps", "steps-1", 5},
		{3, "Code & more & link", "code--more--link", 6},
		{2, "Two", "two", 14},
		{2, "Steps 1", "steps-1-1", 17},
		{2, "Quoted", "quoted", 18},
		{2, "Größe: 漢字!", "größe-漢字", 21},
		{2, "Alert Name: \"X_y\"", "alert-name-x_y", 23},
		{2, "Steps", "steps-2", 24},
	}
	if !slices.Equal(rb.Headings, want) {
		t.Errorf("got  %+v\nwant %+v", rb.Headings, want)
	}
	if got := rb.FileLine(rb.Headings[0].Line); got != 4 {
		t.Errorf("the first heading is on line %d of the file, want 4", got)
	}
}

func TestParseCleans(t *testing.T) {
	rb := mustParse(t, "a.md", "a\x1b[31mb\u009b1mc &#27;[2J&#x1b;]52;c;eA==&#7; &ZeroWidthSpace;&#2&#27;7;[m &lt;ok&gt; &#9;x \x1b]0;never ended\nnext\u202e line")
	if want := "abc1mc [2J]52;c;eA== [m &lt;ok&gt;  x 0;never ended\nnext line"; rb.Body != strings.Replace(want, "abc1mc", "ab1mc", 1) {
		t.Errorf("got %q", rb.Body)
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     error
	}{
		{"too big", strings.Repeat("a", MaxSize+1), ErrTooBig},
		{"binary", "\x7fELF\x00\x01", ErrBinary},
		{"not UTF-8", "caf\xe9", ErrNotUTF8},
		{"UTF-16", "\xff\xfea\x00", ErrBinary},
		{"quotes in quotes", strings.Repeat("> ", 1000) + "x", ErrTooDeep},
		{"quotes in quotes, tight", strings.Repeat(">", 100000), ErrTooDeep},
		{"lists in lists", strings.Repeat("- ", 1000) + "x", ErrTooDeep},
		{"numbers in numbers", strings.Repeat("1. ", 1000) + "x", ErrTooDeep},
		{"emphasis in emphasis", strings.Repeat("*a **b ", 300) + strings.Repeat("c** d* ", 300), ErrTooDeep},
		{"a link in a link", strings.Repeat("[a](", 60000), ErrTooMuch},
		{"definitions", strings.Repeat("[a]: b\n", 60000), ErrTooMuch},
	} {
		if _, err := Parse("a.md", []byte(c.in)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	mustParse(t, "a.md", strings.Repeat("- ", 60)+"\n"+strings.Repeat("* ", 60)+"\n"+strings.Repeat("-", 500))
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"# A\n\n## B\n", "---\ntitle: x\n---\n# A", "+++\na=1\n+++\n", "{{< ref \"x\" >}}", "&#27;[31m", "a\x1b]0;b", "A\n===\n", "```\n# x\n```", "- [ ] a\n  1. b\n     ```sh\n     c\n     ```\n", "> [!NOTE]\n> x", "<details><summary>x</summary>\n\ny\n</details>", "\ufeff# A\r\n", "&&#27;#27;", "!!! note \"x\"\n    a\n", ":::tip\na\n:::\n", "=== \"a\"\n\n    b", "{{% notice info %}}\na\n{{% /notice %}}\n", "## A {#x}\n<a name=y></a>\n## B [#](#z)", "|Name|Runbook|\n|---|---|\n|DiskFull|x|\n", "## Fix\nRun:\n```\nls -l\n```\n- a\n\n```\n$ b\n```",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if after := resolveAdmonitions(s); strings.Count(after, "\n") != strings.Count(s, "\n") {
			t.Fatalf("%q has other lines than %q", after, s)
		}
		rb, err := Parse("a.md", []byte(s))
		if err != nil {
			return
		}
		if !utf8.ValidString(rb.Body) || cleanBody(rb.Body) != rb.Body {
			t.Fatalf("%q is not clean: %q", s, rb.Body)
		}
		if decoded := html.UnescapeString(rb.Body); strings.ContainsAny(decoded, "\x1b\a\b\u009b\u202e") {
			t.Fatalf("an escape stays in %q", rb.Body)
		}
		lines := strings.Count(rb.Body, "\n") + 1
		anchors := map[string]bool{}
		last := 0
		for _, h := range rb.Headings {
			if h.Line <= last || h.Line > lines || h.Text != clean.Line(h.Text) || h.Level < 1 || h.Level > RowLevel || h.Level < RowLevel && anchors[h.Anchor] {
				t.Fatalf("a bad heading %+v in %q", h, rb.Body)
			}
			last, anchors[h.Anchor] = h.Line, true
		}
		for _, step := range rb.Steps(nil) {
			if step.Line < 1 || step.EndLine < step.Line || step.EndLine > lines || step.ID == "" {
				t.Fatalf("a bad step %+v in %q", step, rb.Body)
			}
		}
		for i := range rb.Headings {
			h := &rb.Headings[i]
			if e := rb.Entry(h, nil); e != nil && len(rb.Beside(e)) != len(rb.Headings) {
				t.Fatalf("%+v is beside others in %q", e, rb.Body)
			}
		}
		rb.Links()
		lint(newIndex([]*Runbook{rb}, nil), asked([]AlertRule{{Name: "a"}}), LintOptions{})
	})
}
