package reference

import (
	"slices"
	"strings"
	"testing"
)

func TestNamesOfReferences(t *testing.T) {
	keys := append([]string{"", "k", "\u212aey"}, usualNames...)
	for _, name := range []string{"runbook_url", "Runbook-URL", "RUNBOOK.URL", "runbookurls", "runbook_ur", "", "_", "S.O.P", "doc", "docs", "\u212a", "K", "Kéy", "r\u0000unbook", "wiki_"} {
		for _, key := range keys {
			if got, want := isKey(name, key), Key(name) == key; got != want {
				t.Errorf("isReferenceKey(%q, %q) is %v, want %v", name, key, got, want)
			}
		}
	}
}

// The rank of a name among several is that of comparing it with each.
func TestRankOfReferences(t *testing.T) {
	for _, configured := range [][]string{nil, {"Runbook-URL", "\u212aey", "_", "doc"}, {"é", "k"}, {}} {
		names := usualNames
		if configured != nil {
			names = make([]string, len(configured))
			for i, name := range configured {
				names[i] = Key(name)
			}
		}
		f := NewFinder(names, slices.Values([]string(nil)))
		for _, name := range slices.Concat(usualNames, []string{
			"runbook_url", "Runbook-URL", "__RUNBOOK.URL", "runbookurls", "runbook_ur", "", "_", "S.O.P", "\u212a", "K", "k", "\u212aey", "KEY", "É", "Kéy",
			"r\u0000unbook", "wiki_", "instance", "severity", "pod", "\u0130", "-.é",
		}) {
			if got, want := f.rank(name), slices.Index(names, Key(name)); got != want {
				t.Errorf("%q is %d of %q, want %d", name, got, names, want)
			}
		}
	}
}

// FuzzReference: whatever the text, the result is an http address or a plain
// path.
func FuzzReference(f *testing.F) {
	for _, s := range []string{"https://a.example.com/x#y?z=1", "<https://a|b>", "docs/x.md", "", "[a](b/c)", "\x1b[31m/x", "//host/x", "a/../../b", "x/#a|b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, ok := Parse(s, true)
		if !ok {
			return
		}
		if r.URL == "" && (strings.Contains(r.Text, "://") || strings.ContainsAny(r.Text, "\x1b\n<>|")) {
			t.Errorf("%q gave %+v", s, r)
		}
	})
}
