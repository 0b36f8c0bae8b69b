package matcher

import (
	"errors"
	"testing"

	"firstline/internal/labelset/labeltest"
)

func TestMatchers(t *testing.T) {
	tests := []struct {
		matchers, labels string
		want             bool
	}{
		{`service="checkout"`, "service=checkout", true},
		{`service=checkout`, "service=checkout", true},
		{`{service=~"check.*", severity!="info"}`, "service=checkout severity=critical", true},
		{`service=~"check.*", severity!="info"`, "service=checkout severity=info", false},
		{`service=~"check"`, "service=checkout", false},
		{`gone=""`, "service=checkout", true},
		{`gone!~".+"`, "service=checkout", true},
		{`"größe"="a, b"`, "größe='a, b'", true},
		{``, "service=checkout", false},
		{`{}`, "service=checkout", false},
	}
	for _, test := range tests {
		m, err := Parse(test.matchers)
		if err != nil {
			t.Errorf("%s: %v", test.matchers, err)
			continue
		}
		if got := m.Match(labeltest.Set(test.labels)); got != test.want {
			t.Errorf("%s on %s: %v", test.matchers, test.labels, got)
		}
		again, err := Parse(m.String())
		if err != nil || again.String() != m.String() {
			t.Errorf("%s is written as %s, which is read as %v, %v", test.matchers, m, again, err)
		}
	}
}

func TestMatcherErrors(t *testing.T) {
	tests := []struct {
		matchers string
		pos      int
		matcher  string
	}{
		{`nonsense`, 0, "nonsense"},
		{`a="b", nonsense`, 7, "nonsense"},
		{`{a="b,c", d=~"("}`, 10, `d=~"("`},
		{`a=~"x(", b="c"`, 0, `a=~"x("`},
		{`a="b\",c", =x`, 11, "=x"},
		{`a="b`, 0, `a="b`},
	}
	for _, test := range tests {
		_, err := Parse(test.matchers)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", test.matchers, err)
			continue
		}
		if e.Pos != test.pos || e.Matcher != test.matcher || e.Sentence == "" {
			t.Errorf("%s: at %d %q (%s)", test.matchers, e.Pos, e.Matcher, e.Sentence)
		}
	}
}

func FuzzMatchers(f *testing.F) {
	f.Add(`{a="b", c=~"d|e", f!="g\"h"}`)
	f.Add(`"x y"!~"", a=b,`)
	f.Fuzz(func(t *testing.T, s string) {
		m, err := Parse(s)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Pos < 0 || e.Pos > len(s) {
				t.Fatalf("%q: %v", s, err)
			}
			return
		}
		m.Match(map[string]string{"a": "b"})
	})
}
