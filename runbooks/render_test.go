package runbooks

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"firstline/internal/clean"
)

// checkRendered checks the properties of all rendered runbooks.
func checkRendered(t *testing.T, rb *Runbook, s Style, r Rendered) {
	t.Helper()
	if len(r.HeadingLines) != len(rb.Headings) {
		t.Fatalf("%s: %d heading lines for %d headings", rb.Name, len(r.HeadingLines), len(rb.Headings))
	}
	for i, at := range r.HeadingLines {
		if at < 0 || at >= len(r.Lines) {
			t.Errorf("%s: heading %q on line %d of %d", rb.Name, rb.Headings[i].Text, at, len(r.Lines))
			continue
		}
		// A long heading is broken. Its first word must be on its line.
		words := strings.Fields(rb.Headings[i].Text)
		if line := ansi.Strip(r.Lines[at]); len(words) > 0 && len(words[0]) < s.Width/2 && !strings.Contains(strings.ReplaceAll(line, "`", ""), words[0]) {
			t.Errorf("%s: heading %q is not on line %q", rb.Name, rb.Headings[i].Text, line)
		}
	}
	for _, line := range r.Lines {
		if w := ansi.StringWidth(line); w > max(s.Width, minWidth) {
			t.Errorf("%s: a line of %d columns at width %d: %q", rb.Name, w, s.Width, ansi.Strip(line))
		}
		onlyTextAndColour(t, line, s.NoColor)
	}
}

// onlyTextAndColour checks with its own scanner that line contains only text,
// SGR and OSC 8 to http and https, and that it leaves nothing open.
func onlyTextAndColour(t *testing.T, line string, plain bool) {
	t.Helper()
	rest, open, linked := line, false, false
	for {
		i := strings.IndexByte(rest, '\x1b')
		text := rest
		if i >= 0 {
			text = rest[:i]
		}
		if strings.Contains(text, "\n") || clean.Text(text) != text {
			t.Fatalf("not plain text: %q in %q", text, line)
		}
		if i < 0 {
			break
		}
		rest = rest[i:]
		if plain {
			t.Fatalf("an escape sequence where none should be: %q", line)
		}
		if link, ok := strings.CutPrefix(rest, "\x1b]8;;"); ok {
			url, after, ended := strings.Cut(link, "\x1b\\")
			if !ended || (url != "" && clean.URL(url) != url) {
				t.Fatalf("a bad link: %q", line)
			}
			linked, rest = url != "", after
			continue
		}
		colour, ok := strings.CutPrefix(rest, "\x1b[")
		end := strings.IndexByte(colour, 'm')
		if !ok || end < 0 || strings.Trim(colour[:end], "0123456789;:") != "" {
			t.Fatalf("not a colour: %q", line)
		}
		open, rest = colour[:end] != "" && colour[:end] != "0", colour[end+1:]
	}
	if open || linked {
		t.Fatalf("the line leaves a colour or link open: %q", line)
	}
}

var styles = []Style{{Width: 72, Dark: true}, {Width: 40}, {Width: 100, NoColor: true}, {Width: 1, Dark: true}}

func render(t testing.TB, rb *Runbook, s Style) Rendered {
	t.Helper()
	r, err := Render(rb, s)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRenderCollections(t *testing.T) {
	for _, rb := range collections().Runbooks() {
		for _, s := range styles {
			checkRendered(t, rb, s, render(t, rb, s))
		}
	}
}

func TestRenderText(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"paragraph", "one\ntwo  \nthree<br>four", []string{"one two", "three", "four"}},
		{"title and section", "# A\ntext\n## B\ntext", []string{"# A", "", "text", "", "## B", "text"}},
		{"hanging list", "1. a long item that is broken\n2. b\n   - c", []string{"1. a long item that", "   is broken", "2. b", "   • c"}},
		{"numbers of different width", "9. a\n10. b", []string{" 9. a", "10. b"}},
		{"tasks", "- [ ] a\n- [x] b", []string{"[ ] a", "[x] b"}},
		{"item with code", "1. a\n\n   ```sh\n   b \\\n     c\n   ```\n\n   d", []string{"1. a", "   ▏ b \\", "   ▏   c", "", "   d"}},
		{"code is kept", "    grep 'a\\.b' &lt; \\[x]", []string{"▏ grep 'a\\.b' &lt;", "▏ ↪ \\[x]"}},
		{"code in a line is kept", "`a\\.b &lt; *c*`", []string{"`a\\.b &lt; *c*`"}},
		{"long code", "```\nkubectl get pods --output=json\n```", []string{"▏ kubectl get pods", "▏ ↪ --output=json"}},
		{"code without a blank", "```\n" + strings.Repeat("x", 34) + "\n```", []string{"▏ " + strings.Repeat("x", 16), "▏ ↪ " + strings.Repeat("x", 16), "▏ ↪ xx"}},
		{"quote", "> a\n>\n> b", []string{"│ a", "│", "│ b"}},
		{"callout", "> [!WARNING]\n> Do not.", []string{"│ WARNING", "│ Do not."}},
		{"details", "<details><summary>More <b>x</b></summary>\n\nInner\n\n</details>", []string{"**▸ More x**", "", "Inner"}},
		{"HTML", "<div>a &amp; b<script>alert(1)</script></div>\n\n<!-- gone -->", []string{"a & b"}},
		{"relative link", "see [the other](./other.md).", []string{"see the other."}},
		{"link", "[a](https://xyz.example)", []string{"a", "https://xyz.example"}},
		{"script link", "[a](javascript:alert(1))", []string{"a"}},
		{"entities", "a &amp;#27; &lt;b&gt;", []string{"a &#27; <b>"}},
		{"a link that is its address", "[https://x.example](https://x.example) <https://y.example>", []string{"https://x.example", "https://y.example"}},
		{"image", "![a graph](graph.png)", []string{"Image: a graph"}},
		{"image of the web", "![a](https://x.example)", []string{"Image: a →", "https://x.example"}},
		{"words with dashes", "see kube-state-metrics now", []string{"see", "kube-state-metrics", "now"}},
		{"marks without colour", "*a* **b** ~~c~~ ***d***", []string{"*a* **b** ~~c~~", "***d***"}},
		{"one mark around a break", "**a\nb**", []string{"**a b**"}},
		{"escapes and entities, each once", "\\*a\\* \\&lt; &amp;lt; R&D &unknown; &", []string{"*a* &lt; &lt; R&D", "&unknown; &"}},
		{"definitions", "term\n: what it is, at length\n: or this", []string{"term", "  what it is, at", "  length", "  or this"}},
		{"a table", "| a | bb |\n|---|---:|\n| `c` | 1 |\n| d | |", []string{"a   │ bb", "────┼───", "`c` │  1", "d   │"}},
		{"a table with wide cells", "| a | b |\n|---|---|\n| x | one two three four |\n| y | z |", []string{"a │ b", "──┼──────────────", "x │ one two three", "  │ four", "  │", "y │ z"}},
		{"a table that does not fit", "| name | what to do |\n|---|---|\n| PodRestarts | look at the log |\n| DiskFull | delete some |", []string{"**PodRestarts**", "what to do: look", "  at the log", "", "**DiskFull**", "what to do: delete", "  some"}},
		{"a table of one column", "| a |\n|---|\n| b |", []string{"a", "─", "b"}},
		{"a table without rows", "| a | b |\n|---|---|", []string{"a │ b", "──┼──"}},
		{"a break in a cell", "| a |\n|---|\n| b<br>c |", []string{"a", "─", "b", "c"}},
		{"a tag that is none", "<pod-name> is wrong", []string{"<pod-name> is wrong"}},
		{"nothing", "", nil},
		{"empty heading", "##\n\na", []string{"a"}},
	} {
		r := render(t, mustParse(t, "a.md", c.in), Style{Width: 20, NoColor: true, Addresses: true})
		if !slices.Equal(r.Lines, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", c.name, r.Lines, c.want)
		}
	}
}

// Where a key or a click follows links, they are without their addresses, unless
// their text pretends to be another address.
func TestRenderLinks(t *testing.T) {
	const web = "\x1b]8;;https://x.example/a\x1b\\"
	for _, c := range []struct{ name, in, want, plain string }{
		{"to the web", "[a b](https://x.example/a) c", "a b c", "[a b] c"},
		{"with code", "[`a`](https://x.example/a)", "a", "[`a`]"},
		{"its address", "[https://x.example/a](https://x.example/a)", "https://x.example/a", "https://x.example/a"},
		{"another address", "[https://y.example](https://x.example/a)", "https://y.example https://x.example/a", "https://y.example https://x.example/a"},
		{"bare", "<https://x.example/a>", "https://x.example/a", "https://x.example/a"},
		{"an image", "![a](https://x.example/a)", "Image: a", "Image: a"},
		{"in an item", "- [a](https://x.example/a)", "• a", "• [a]"},
	} {
		rb := mustParse(t, "a.md", c.in)
		coloured := strings.Join(render(t, rb, Style{Width: 60}).Lines, "\n")
		if got := ansi.Strip(coloured); got != c.want || !strings.Contains(coloured, web) {
			t.Errorf("%s: %q, want %q, linked", c.name, coloured, c.want)
		}
		if got := strings.Join(render(t, rb, Style{Width: 60, NoColor: true}).Lines, "\n"); got != c.plain {
			t.Errorf("%s, without colours: %q, want %q", c.name, got, c.plain)
		}
	}
}

// Code that is too wide goes on at its own indentation, as long as that leaves room.
func TestRenderIndentedCode(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"a line of a block", "if a\n    echo one two three\nfi", []string{"▏ if a", "▏     echo one two", "▏     ↪ three", "▏ fi"}},
		{"a word that is too long", "    " + strings.Repeat("x", 30), []string{"▏     " + strings.Repeat("x", 14), "▏     ↪ " + strings.Repeat("x", 14), "▏     ↪ xx"}},
		{"half of the width", "          a b c d e f", []string{"▏           a b c d", "▏           ↪ e f"}},
		{"more than half", "            a b c d e f", []string{"▏             a b c", "▏ ↪ d e f"}},
	} {
		for _, language := range []string{"", "sh"} {
			rb := mustParse(t, "a.md", "```"+language+"\n"+c.in+"\n```")
			for _, style := range []Style{{Width: 22, NoColor: true}, {Width: 22, Dark: true}} {
				lines := render(t, rb, style).Lines
				for i := range lines {
					lines[i] = ansi.Strip(lines[i])
				}
				if !slices.Equal(lines, c.want) {
					t.Errorf("%s, %q, %+v:\n got %q\nwant %q", c.name, language, style, lines, c.want)
				}
			}
		}
	}
}

// Each lexer can be read, and each name of a language that people write has one.
func TestLexers(t *testing.T) {
	paths, err := fs.Glob(lexerFiles, "lexers/*.xml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	if n := len(lexers().Names(false)); n != len(paths) {
		t.Errorf("%d of %d lexers can be read", n, len(paths))
	}
	for _, name := range []string{
		"sh", "bash", "shell", "zsh", "ksh", "console", "shell-session", "terminal", "Bash", "promql", "yaml", "yml", "json", "toml", "ini", "sql",
		"python", "py", "hcl", "terraform", "diff", "xml", "dockerfile", "powershell",
	} {
		l := lexer(name)
		if l == nil {
			t.Errorf("%q has no lexer", name)
			continue
		}
		if _, err := l.Tokenise(nil, "kubectl get pods -n \"$NAMESPACE\" # why\n"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, name := range []string{"", "brainfuck", "text", "../bash", "none"} {
		if lexer(name) != nil {
			t.Errorf("%q has a lexer", name)
		}
	}
}

func TestRenderHeadingLines(t *testing.T) {
	rb := mustParse(t, "a.md", strings.Join([]string{
		"# Steps", "Steps", "", "## Steps", "> ## Steps", "> quoted", "", "- item", "  ### Steps", "", "Steps", "---", "", "```", "## Steps", "```", "",
		"## A heading that is much too long for the pane and goes over several lines", "## Steps",
	}, "\n"))
	for _, s := range styles {
		r := render(t, rb, s)
		checkRendered(t, rb, s, r)
		if !slices.IsSorted(r.HeadingLines) || len(slices.Compact(slices.Clone(r.HeadingLines))) != len(rb.Headings) {
			t.Errorf("width %d: heading lines %v", s.Width, r.HeadingLines)
		}
	}
}

func TestRenderColour(t *testing.T) {
	rb := mustParse(t, "a.md", "## Section\n\n[link](https://example.com/a) and [bad](ftp://example.com)\n\n```sh\necho \"$POD\" # why\n```\n")
	dark, light := render(t, rb, Style{Width: 60, Dark: true}), render(t, rb, Style{Width: 60})
	if slices.Equal(dark.Lines, light.Lines) {
		t.Error("dark and light are the same")
	}
	all := strings.Join(dark.Lines, "\n")
	palette := paletteOf(Style{Dark: true})
	for _, want := range []string{"\x1b]8;;https://example.com/a\x1b\\", palette.sgr(palette.comment) + "# why", palette.sgr(palette.bar)} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not in %q", want, all)
		}
	}
	if strings.Contains(all, "ftp:") {
		t.Errorf("a link to elsewhere: %q", all)
	}
	again := render(t, rb, Style{Width: 60, Dark: true})
	if !slices.Equal(dark.Lines, again.Lines) {
		t.Error("the light rendering between changed the dark one")
	}
}

func TestRenderLargeIsPlain(t *testing.T) {
	rb := mustParse(t, "a.md", "# A\n"+strings.Repeat("a line of text &amp; more \n", 20000)+"## B\n")
	s := Style{Width: 60}
	r := render(t, rb, s)
	checkRendered(t, rb, s, r)
	if len(r.Lines) != 20002 || r.Lines[1] != "a line of text &amp; more" {
		t.Errorf("%d lines, the second %q", len(r.Lines), r.Lines[1])
	}
}

func TestFilterLines(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"text", "a\nb", []string{"a", "b"}},
		{"colour goes on", "\x1b[1;31ma\nb\x1b[0mc", []string{"\x1b[1;31ma\x1b[m", "\x1b[1;31mb\x1b[mc"}},
		{"true colour without blue", "\x1b[38;2;230;159;0ma\x1b[mb\x1b[38;5;0mc", []string{"\x1b[38;2;230;159;0ma\x1b[mb\x1b[38;5;0mc\x1b[m"}},
		{"link goes on", "\x1b]8;id=1;https://x.example\aa\nb\x1b]8;;\x1b\\", []string{"\x1b]8;;https://x.example\x1b\\a\x1b]8;;\x1b\\", "\x1b]8;;https://x.example\x1b\\b\x1b]8;;\x1b\\"}},
		{"bad link", "\x1b]8;;javascript:x\x1b\\a\x1b]8;;\x1b\\", []string{"a"}},
		{"clipboard", "a\x1b]52;c;eA==\ab", []string{"ab"}},
		{"title", "a\x1b]0;x\x1b\\b", []string{"ab"}},
		{"cursor and screen", "a\x1b[2J\x1b[1;1H\x1b[?1049hb", []string{"ab"}},
		{"reset of the terminal", "a\x1bcb", []string{"ab"}},
		{"device control", "a\x1bP+q\x1b\\b", []string{"ab"}},
		{"keyboard mode looks like a colour", "a\x1b[>4;2mb", []string{"ab"}},
		{"controls", "a\a\b\r\x00\x7fb\u009b31m\u202ec", []string{"ab31mc"}},
		{"never ended", "a\x1b]8;;https://x", []string{"a"}},
		{"trailing blanks", "a   \n\x1b[31m   \x1b[0m", []string{"a", ""}},
	} {
		if got := filterLines(c.in, false); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		for _, line := range filterLines(c.in, true) {
			onlyTextAndColour(t, line, true)
		}
	}
}

func FuzzFilterLines(f *testing.F) {
	for _, s := range []string{"a\x1b[31mb", "\x1b]8;;https://x\x1b\\a", "\x1b]52;c;eA==\a", "\u009b31m\xff", "\x1b[38:5:1;4ma\n\x1b[", "\x1b\x1b[[mm", "\x1b[1m\x1b]8;;http://a\a\n\x1bPx\x1b\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, plain := range []bool{false, true} {
			for _, line := range filterLines(s, plain) {
				onlyTextAndColour(t, line, plain)
			}
		}
	})
}

// FuzzRender checks that the renderer emits only text, SGR and OSC 8 to http
// and https, whatever a runbook contains.
func FuzzRender(f *testing.F) {
	for _, s := range []string{
		"# A\n\n`b` **c** [d](https://x.example) <https://y.example>\n", "| a | b |\n|---|:-:|\n| [c](d) | `e` |\n", "1. a\n   - [ ] b\n     > c\n", "```sh\necho $X\n```\n", "&#27;[31m &#x9b;m", "<details><summary>&#27;]0;x</summary>", "![i](https://x/\u001b[31m)", "[a](https://x.example/&#27;[2J)", "~~a~~ a^b\n\nterm\n: definition\n", "> [!NOTE]\n> x\n", "a\x1b]52;c;eA==\a", "# \n## a\n\n- # b\n", "    \x00\x1b[2J",
	} {
		f.Add(s, uint8(60), true)
	}
	f.Fuzz(func(t *testing.T, s string, width uint8, dark bool) {
		if len(s) > 8192 {
			return
		}
		// Parsed from a file, and without cleaning.
		runbooks := []*Runbook{(&Runbook{Path: "raw.md"}).WithBody(strings.ToValidUTF8(s, "?"))}
		if tooDeep(s) || deeper(parseMarkdown([]byte(s)), maxTreeDepth) {
			return
		}
		if rb, err := Parse("a.md", []byte(s)); err == nil {
			runbooks = append(runbooks, rb)
		}
		for _, rb := range runbooks {
			for _, style := range []Style{{Width: int(width), Dark: dark}, {Width: int(width), NoColor: true}} {
				r, err := Render(rb, style)
				if err != nil {
					t.Fatal(err)
				}
				if len(r.HeadingLines) != len(rb.Headings) {
					t.Fatalf("%d heading lines for %d headings", len(r.HeadingLines), len(rb.Headings))
				}
				for i, at := range r.HeadingLines {
					if at < 0 || at >= len(r.Lines) {
						t.Fatalf("heading %+v on line %d of %d", rb.Headings[i], at, len(r.Lines))
					}
				}
				for _, line := range r.Lines {
					onlyTextAndColour(t, line, style.NoColor)
				}
			}
		}
	})
}

func TestCache(t *testing.T) {
	c := NewCache(2)
	a, b := mustParse(t, "a.md", "# A"), mustParse(t, "b.md", "# B")
	s := Style{Width: 60}
	if _, ok := c.Get(a, s); ok {
		t.Error("something was there before")
	}
	first, err := c.Render(a, s)
	if err != nil {
		t.Fatal(err)
	}
	if hit, ok := c.Get(a, s); !ok || &hit.Lines[0] != &first.Lines[0] {
		t.Error("it was not kept")
	}
	for _, other := range []struct {
		rb *Runbook
		s  Style
	}{{a, Style{Width: 61}}, {a, Style{Width: 60, Dark: true}}, {a.WithBody("# C"), s}, {b, s}} {
		if _, ok := c.Get(other.rb, other.s); ok {
			t.Errorf("%s in %+v was taken for another", other.rb.Body, other.s)
		}
	}
	for _, rb := range []*Runbook{b, a, a.WithBody("# C")} {
		if _, err := c.Render(rb, s); err != nil {
			t.Fatal(err)
		}
	}
	if _, ok := c.Get(a, s); !ok {
		t.Error("the one used last went")
	}
	if _, ok := c.Get(b, s); ok {
		t.Error("the cache grew beyond its size")
	}
}

func TestRenderIsSafeForConcurrentUse(t *testing.T) {
	c := NewCache(4)
	runbooks := collections().Runbooks()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for j := range 2 * len(runbooks) {
				if _, err := c.Render(runbooks[(i+j)%len(runbooks)], styles[j%2]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

// longRunbook returns a runbook of 380 lines, as long as the longest real ones.
func longRunbook(t testing.TB) *Runbook {
	var b strings.Builder
	b.WriteString("# LongPage\n")
	for i := 0; strings.Count(b.String(), "\n") < 380; i++ {
		b.WriteString("\n## Section " + strconv.Itoa(i) + "\n\nThe checkout service answers **more** than `5 %` of its requests with errors,\nsee [the dashboard](https://grafana.example.com/d/x) and wait.\n\n" +
			"1. Look at the deploy:\n   ```bash\n   kubectl -n \"$NAMESPACE\" rollout history deploy/checkout | grep -v old # why\n   for i in 1 2 3; do echo \"$i\"; done\n   ```\n2. Undo it.\n   - or wait\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
	}
	return mustParse(t, "long.md", b.String())
}

func BenchmarkRender(b *testing.B) {
	rb := longRunbook(b)
	for b.Loop() {
		render(b, rb, Style{Width: 80, Dark: true})
	}
}

func BenchmarkRenderCached(b *testing.B) {
	rb, c, s := longRunbook(b), NewCache(8), Style{Width: 80, Dark: true}
	if _, err := c.Render(rb, s); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, ok := c.Get(rb, s); !ok {
			b.Fatal("not cached")
		}
	}
}

func BenchmarkFill(b *testing.B) {
	rb := longRunbook(b)
	for b.Loop() {
		Fill(rb.Body, byLabel(labels))
	}
}

func BenchmarkParse(b *testing.B) {
	data := []byte(longRunbook(b).Body)
	for b.Loop() {
		if _, err := Parse("a.md", data); err != nil {
			b.Fatal(err)
		}
	}
}
