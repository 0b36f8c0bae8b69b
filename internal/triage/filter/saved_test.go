package filter

import (
	"errors"
	"strings"
	"testing"
)

func TestSavedFilters(t *testing.T) {
	saved := map[string]string{"night": "severity=critical !silenced", "shop": `service="Shop front"`, "bad": "age>x", "nested": "@shop"}
	for _, c := range []struct {
		text string
		want bool
	}{
		{"@shop", true},
		{"@night", false},
		{"@shop severity=critical", true},
		{"severity=critical  @shop ", true},
		{"@shop severity=info", false},
		{`"@shop"`, false},
		{"@nested", false}, // the name within is free text
	} {
		f, err := Parse(c.text, saved)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got := f.Match(group(), testNow); got != c.want {
			t.Errorf("%q matches: %v, want %v", c.text, got, c.want)
		}
		if f.String() != c.text {
			t.Errorf("%q became %q", c.text, f.String())
		}
	}
	for _, c := range []struct {
		text string
		pos  int
		says string
	}{
		{"mine @nigth", 5, `"nigth"`},
		{"mine @", 5, "@bad, @nested, @night, @shop"},
		{"mine @bad", 5, "@bad can't be read"},
		{"@shop age>x", 10, "duration"},
	} {
		_, err := Parse(c.text, saved)
		var fault *Error
		if !errors.As(err, &fault) || fault.Pos != c.pos || !strings.Contains(fault.Sentence, c.says) {
			t.Errorf("%q: %v, want a fault at %d that says %q", c.text, err, c.pos, c.says)
		}
	}
	if _, err := Parse("@x", map[string]string{}); err == nil || !strings.Contains(err.Error(), "no filter is saved") {
		t.Errorf("without saved filters: %v", err)
	}
	if f, err := Parse("@example.com", nil); err != nil || f.Empty() {
		t.Errorf("free text with an @: %v", err)
	}
}
