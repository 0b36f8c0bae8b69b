package clean

import (
	"strings"
	"testing"
	"unicode"
)

func TestHTML(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"plain", "Disk is full on db-1", "Disk is full on db-1"},
		{"lines stay", "first\nsecond", "first\nsecond"},
		{"comparisons stay", "a < b && c > d", "a < b && c > d"},
		{"no value stays", "instance <no value> is down", "instance <no value> is down"},
		{"placeholders stay", "kubectl delete pod <pod> -n <namespace>", "kubectl delete pod <pod> -n <namespace>"},
		{"a failed template stays", "<error expanding template: x>", "<error expanding template: x>"},
		{"generics stay", "Map<String, List<Int>>", "Map<String, List<Int>>"},
		{"entities", "CPU &gt; 90% &amp; rising &#39;fast&#39;", "CPU > 90% & rising 'fast'"},
		{"no entity without its end", "a=1&lt=2&copy=3", "a=1&lt=2&copy=3"},
		{"bold", "<b>Disk</b> is <i>full</i>", "Disk is full"},
		{"breaks", "Disk is full<br>on db-1<br/>since noon", "Disk is full\non db-1\nsince noon"},
		{"paragraphs", "<p>One</p>\n<p>Two</p>", "One\n\nTwo"},
		{"a link", `See <a href="https://wiki.example.com/disk">the runbook</a>.`, "See the runbook (https://wiki.example.com/disk)."},
		{"a link to itself", `<a href="https://a.example.com/">https://a.example.com/</a>`, "https://a.example.com/"},
		{"a link to code", `<a href="javascript:alert(1)">press</a>`, "press"},
		{"a list", "<ul><li>one</li><li>two</li></ul>", "- one\n- two"},
		{"a table", "<table><tr><th>host</th><th>disk</th></tr><tr><td>db-1</td><td>93%</td></tr></table>", "host  disk\ndb-1  93%"},
		{"preformatted", "<pre>a\n  b</pre>", "a\n  b"},
		{"scripts and styles", "<html><head><title>x</title><style>b{}</style></head><body><script>alert(1)</script>Down</body></html>", "Down"},
		{"comments", "<!-- hidden -->Down", "Down"},
		{"upper case", "<BR>Down<BR>now", "Down\nnow"},
		{"never closed", "<b>Down", "Down"},
		{"an unknown tag among known ones", "<b>pod <pod> is down</b>", "pod <pod> is down"},
		{"escape sequences behind entities", "<b>a&#27;[31mb</b>", "ab"},
		{"escape sequences in text", "CPU &gt; 1 &#27;]0;x&#7;", "CPU > 1 "},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := HTML(c.in); got != c.want {
				t.Errorf("HTML(%q)\n got %q\nwant %q", c.in, got, c.want)
			}
		})
	}
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"", "a<b", "<b>x</b>", "<a href=x>", "<pre>", "</li>", "&#27;", "<script>", "<p>\x1b[31m", "<td><td>", "\xff<br>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range HTML(s) {
			if r != '\n' && unicode.IsControl(r) {
				t.Fatalf("HTML(%q) holds %U", s, r)
			}
		}
		if !strings.ContainsAny(s, "<&") && HTML(s) != Text(s) {
			t.Fatalf("HTML(%q) changes what is no HTML", s)
		}
	})
}
