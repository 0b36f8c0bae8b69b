package matcher

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/prometheus/alertmanager/matcher/compat"
	"github.com/prometheus/alertmanager/pkg/labels"
	"github.com/prometheus/common/promslog"

	"firstline/internal/clean"
	"firstline/sources"
)

// readBack reads a printed matcher as Alertmanager and amtool do.
func readBack(t *testing.T, parse compat.ParseMatchers, text string) sources.Matcher {
	t.Helper()
	all, err := parse(text, "test")
	if err != nil || len(all) != 1 {
		t.Fatalf("%s: %d matchers, %v", text, len(all), err)
	}
	return Matchers{all}.Silence()[0]
}

var oddMatchers = []sources.Matcher{
	{Name: "alertname", Value: "DiskFull", Equal: true},
	{Name: "service", Value: "a|b", Regex: true, Equal: true},
	{Name: "team", Value: ""},
	{Name: "path", Value: `C:\data "main", {old}`, Equal: true},
	{Name: "path", Value: `ends with \`, Equal: true},
	{Name: "note", Value: "first\nsecond", Equal: true},
	{Name: "note", Value: "tab\there\r", Equal: true},
	{Name: "note", Value: "\x1b[31mred\x07 \u202eback", Equal: true},
	{Name: "note", Value: "nbsp\u00a0zero\u200bwidth", Equal: true},
	{Name: "braces", Value: "}{", Equal: true},
	{Name: "value", Value: "日本語, 🔥 = heiß", Regex: true},
	{Name: "größe", Value: "1", Equal: true},
	{Name: "dienst name", Value: "küche", Equal: true},
	{Name: `quo"te`, Value: `\n`, Equal: true},
	{Name: "a.b{c}", Value: "=~", Regex: true, Equal: true},
	{Name: "path", Value: `/a\.b\|c\(`, Regex: true, Equal: true},
}

// A matcher is printed in a form that gives the same matcher when it is pasted
// into amtool or Alertmanager's page, and that no terminal obeys.
func TestMatchersArePrintedAsTheyAreRead(t *testing.T) {
	for _, m := range oddMatchers {
		checkPrinted(t, m)
	}
	var texts []string
	for _, m := range oddMatchers {
		texts = append(texts, m.String())
	}
	all, err := Parse(strings.Join(texts, ", "))
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range all.Silence() {
		if m != oddMatchers[i] {
			t.Errorf("%s became %+v", texts[i], m)
		}
	}
}

func checkPrinted(t *testing.T, m sources.Matcher) {
	t.Helper()
	text := m.String()
	// A long one is cut where it is shown, which changes nothing before that.
	shown, cut := strings.CutSuffix(clean.Line(text), "… (cut)")
	if cut && utf8.RuneCountInString(text) <= utf8.RuneCountInString(shown) || !cut && shown != text || !strings.HasPrefix(text, shown) {
		t.Errorf("%q is not safe to show", text)
	}
	log := promslog.NewNopLogger()
	for name, parse := range map[string]compat.ParseMatchers{
		"fallback": compat.FallbackMatchersParser(log), "strict": compat.UTF8MatchersParser(log),
	} {
		if got := readBack(t, parse, text); got != m {
			t.Errorf("%s, %s: became %+v, was %+v", name, text, got, m)
		}
	}
	parsed, err := Parse(text)
	if err != nil || parsed.Silence()[0] != m {
		t.Errorf("%s: read here as %+v, %v", text, parsed, err)
	}
	// What has a plain name and printable values is for old versions too; the
	// rest they refuse, which is better than to take it for something else.
	if old, err := labels.ParseMatchers(text); err == nil && (Matchers{old}).Silence()[0] != m {
		t.Errorf("%s: an old Alertmanager reads %v", text, old)
	}
}

func FuzzPrintedMatcher(f *testing.F) {
	for _, m := range oddMatchers {
		f.Add(m.Name, m.Value, m.Equal)
	}
	f.Fuzz(func(t *testing.T, name, value string, equal bool) {
		if name == "" || !utf8.ValidString(name) || !utf8.ValidString(value) {
			t.Skip()
		}
		checkPrinted(t, sources.Matcher{Name: name, Value: value, Equal: equal})
	})
}
