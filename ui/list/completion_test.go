package list_test

import (
	"slices"
	"strings"
	"testing"

	"firstline/internal/triage/filter"
	"firstline/sources"
	"firstline/ui/keymap"
	"firstline/ui/list"
)

func TestWordAt(t *testing.T) {
	for _, c := range []struct {
		text string
		want list.Word
	}{
		{"", list.Word{}},
		{"ser", list.Word{Typed: "ser"}},
		{"mine ser", list.Word{From: 5, Typed: "ser"}},
		{"mine !sil", list.Word{From: 6, Typed: "sil"}},
		{"service=", list.Word{From: 8, Name: "service", Operator: "="}},
		{"mine service!=che", list.Word{From: 14, Name: "service", Operator: "!=", Typed: "che"}},
		{"pod=~api", list.Word{From: 5, Name: "pod", Operator: "=~", Typed: "api"}},
		{`service="Shop f`, list.Word{From: 8, Name: "service", Operator: "=", Typed: "Shop f"}},
		{`service="a \" b" sta`, list.Word{From: 17, Typed: "sta"}},
		{"age>1", list.Word{From: 4, Name: "age", Operator: ">", Typed: "1"}},
		{"@ni", list.Word{Typed: "@ni"}},
		{"=x", list.Word{Typed: "=x"}},
		{`"free te`, list.Word{Typed: `"free te`}},
		{"!", list.Word{From: 1}},
	} {
		if got := list.WordAt(c.text, len(c.text)); got != c.want {
			t.Errorf("%q: %+v, want %+v", c.text, got, c.want)
		}
	}
}

func FuzzWordAt(f *testing.F) {
	f.Add(`service="a \" b" !mine age>1`, 9)
	f.Fuzz(func(t *testing.T, text string, end int) {
		end = min(max(end, 0), len(text))
		if w := list.WordAt(text, end); w.From < 0 || w.From > end {
			t.Fatalf("%q at %d: %+v", text, end, w)
		}
	})
}

func TestTabCompletesNamesAndValues(t *testing.T) {
	h := withStory(t, 120, 30, func(o *list.Options) {
		o.Filters = []list.SavedFilter{{Name: "night", Expression: "severity=critical"}, {Name: "shop", Expression: "service=checkout"}}
	})
	value := func() string { return h.list.Prompt.Input.Value() }
	h.press("/")
	h.sees("tab  @night  @shop")
	h.write("serv")
	h.sees("tab  service=")
	h.press("tab")
	if value() != "service=" {
		t.Fatalf("tab makes %q", value())
	}
	h.sees("batch  checkout  gateway  mail  payments  search")
	h.write("ch")
	h.sees("tab  checkout  batch  search")
	h.press("tab")
	if value() != "service=checkout" || len(h.list.Visible) != 1 {
		t.Fatalf("tab makes %q with %d groups", value(), len(h.list.Visible))
	}
	h.press("tab")
	if value() != "service=batch" || len(h.list.Visible) != 1 {
		t.Fatalf("tab again makes %q with %d groups", value(), len(h.list.Visible))
	}
	h.press("shift+tab")
	if value() != "service=checkout" {
		t.Fatalf("shift-tab makes %q", value())
	}
	// The next word begins again, and a single offer is final.
	h.write(" unow")
	h.press("tab")
	if value() != "service=checkout unowned " {
		t.Fatalf("a flag became %q", value())
	}
	h.press("ctrl+u")
	h.write("@ni")
	h.press("tab")
	if value() != "@night " {
		t.Fatalf("a saved filter became %q", value())
	}
	h.write("age>")
	h.press("tab", "enter")
	h.sees("/ @night age>10m")
	if h.mode() != keymap.InNormal {
		t.Error("enter does not keep a completed filter")
	}
}

// What is completed is read back as what it was made of, whatever it holds.
func TestCompletedValuesMatch(t *testing.T) {
	odd := []string{"plain", "with space", `quo"te`, `back\slash`, "pipe|dot.", "münze", "a=b"}
	var alerts []*sources.Alert
	for _, v := range odd {
		a := firing("Odd", v, "warning", "p", noon)
		a.Labels["pod"] = v
		alerts = append(alerts, a)
	}
	for _, operator := range []string{"=", "=~"} {
		h := newHarness(t, 200, 50, onePrometheus)
		h.send(alertsSnapshot(alerts...))
		h.press("/")
		h.write("pod" + operator)
		seen := map[string]bool{}
		for range odd {
			h.press("tab")
			f, err := filter.Parse(h.list.Prompt.Input.Value(), nil)
			if err != nil {
				t.Fatalf("%q: %v", h.list.Prompt.Input.Value(), err)
			}
			for _, g := range h.list.Sources.Groups {
				if f.Match(g, noon) {
					seen[g.Alerts[0].Labels["pod"]] = true
				}
			}
			if n := len(h.list.Visible); n != 1 {
				t.Fatalf("%q matches %d groups", h.list.Prompt.Input.Value(), n)
			}
		}
		for _, v := range odd {
			if !seen[v] {
				t.Errorf("with %s %q is never offered", operator, v)
			}
		}
	}
}

func TestTheCaretPointsAtTheFault(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {120, 30}} {
		for _, c := range []struct{ text, at string }{
			{"service=checkout age>x", "x"},
			{"münze=1 age>ä", "ä"},
			{`severity=critical service=~"(`, `"(`},
			{strings.Repeat("word ", 20) + "age>x", "x"},
		} {
			h := withStory(t, size[0], size[1], nil)
			h.press("/")
			h.write(c.text)
			lines := strings.Split(h.screen(), "\n")
			title, below := lines[h.Layout.List.Y], lines[h.Layout.List.Y+1]
			at := slices.Index([]rune(below), '▲')
			if at < 0 {
				t.Fatalf("%q has no caret:\n%s", c.text, h.screen())
			}
			if got := string([]rune(title)[at : at+len([]rune(c.at))]); got != c.at {
				t.Errorf("%q: the caret points at %q, not at %q:\n%s", c.text, got, c.at, h.screen())
			}
			h.sees("filter, column ")
		}
	}
	// At the end, for what is missing.
	h := withStory(t, 120, 30, nil)
	h.press("/")
	h.write("service=")
	h.sees("▲", "a value is missing")
	h.write("x")
	h.seesNot("▲")
}
