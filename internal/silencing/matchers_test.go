package silencing_test

import (
	"slices"
	"strings"
	"testing"

	"firstline/internal/clean"
	"firstline/internal/silencing"
	"firstline/sources"
)

// The dialog of a silence shows exactly what is silenced, whatever a label
// contains, without escape sequences or invisible characters.
func TestMatcherTextIsExactAndHarmless(t *testing.T) {
	for _, value := range []string{
		"", "checkout", `a "b" \c`, "a\nb", "\u202eabc", "a\u200bb", "a\u00adb", "a\u034fb", "\u115f", "\u1160", "\u3164", "a\u180eb", "a\u2060b", "a\u2069b",
		"a\ufe0fb", "\U000e0041", "a" + strings.Repeat("\u0301", 50), "\u0301a", "\x1b]0;x\x07", "\x1b]0;unfinished", "\u009b31m", "a\tb", "a\u2028b", "\u2800",
		"👩\u200d🚒", "می\u200cخواهم", "漢字", "a\xffb", strings.Repeat("x", 3000),
	} {
		for _, name := range []string{"service", "näme", "a\u202eb", "a\u200b"} {
			m := sources.Matcher{Name: name, Value: value, Equal: true}
			text := silencing.MatcherText([]sources.Matcher{m})
			if clean.Text(text) != text || strings.ContainsAny(text, "\n\t") {
				t.Errorf("the text of %+q is %+q, which is not harmless", value, text)
			}
			if value == "a\xffb" {
				continue // no label is such
			}
			parsed, err := silencing.ParseMatchers(text)
			if err != nil || !slices.Equal(parsed, []sources.Matcher{m}) {
				t.Errorf("%+q is read as %+q, %v", text, parsed, err)
			}
		}
	}
}
