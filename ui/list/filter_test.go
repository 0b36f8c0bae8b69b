package list_test

import (
	"errors"
	"testing"

	"firstline/internal/triage/filter"
	"firstline/ui/keymap"
	"firstline/ui/list"
)

func TestFilterNarrowsWhileTyping(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	all := len(h.list.Visible)
	h.press("/")
	h.write("service=checkout")
	if n := len(h.list.Visible); n != 1 {
		t.Fatalf("%d groups match service=checkout:\n%s", n, h.screen())
	}
	h.press("enter")
	h.sees("Alert groups ── / service=checkout", "1–1 of 1")
	// Typing again begins with it.
	h.press("/", "backspace")
	h.press("esc")
	if n := len(h.list.Visible); n != all {
		t.Errorf("esc leaves %d of %d groups", n, all)
	}
	h.seesNot("service=")
}

func TestAWrongFilterSaysWhereAndTheListStays(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	h.press("/")
	wrong := 0
	for _, r := range `severity=critical service=~"(` {
		before := len(h.list.Visible)
		h.write(string(r))
		if h.list.Prompt.Wrong == "" {
			continue
		}
		wrong++
		if after := len(h.list.Visible); after != before {
			t.Errorf("at %q the list went from %d to %d groups", h.list.Prompt.Input.Value(), before, after)
		}
		h.sees("filter, column ")
	}
	if wrong == 0 {
		t.Fatal("nothing was wrong")
	}
	h.press("enter")
	if h.mode() != keymap.InFilter {
		t.Error("a wrong filter can be kept")
	}
	h.press("esc")
	h.sees("1–8 of 8")
}

func TestNothingMatchesIsSaid(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	h.press("/")
	h.write("service=nowhere")
	h.press("enter")
	h.sees("No group matches the filter", "8 groups left out by service=nowhere")
	h.press("esc")
	h.sees("1–8 of 8")
}

func TestTheCursorStaysOnItsGroupWhenTheFilterAllows(t *testing.T) {
	h := withStory(t, 120, 30, nil)
	h.put("LatencyP99")
	h.press("/")
	h.write("service=search")
	if g := h.list.Current(); g == nil || g.Service != "search" || g.AlertNames()[0] != "LatencyP99" {
		t.Errorf("the cursor stands on %+v", g)
	}
}

func TestFilterFaultCountsColumnsByCharacters(t *testing.T) {
	for _, c := range []struct {
		text string
		err  error
		want string
	}{
		{"a", nil, ""},
		{"münze=", &filter.Error{Pos: 7, Sentence: "a value is missing"}, "filter, column 7: a value is missing"},
		{"x", &filter.Error{Pos: 99, Sentence: "s"}, "filter, column 2: s"},
		{"x", errors.New("odd\x1b[31m"), "odd"},
	} {
		if got := list.FilterFault(c.text, c.err); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}
