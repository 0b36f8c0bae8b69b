package list_test

import (
	"errors"
	"strings"
	"testing"

	"firstline/internal/triage/filter"
	"firstline/ui/draw"
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

// While a word is typed the last list that matched stays, dim, with how many match;
// a word that is whole and matches nothing says so.
func TestTheListStaysWhileAWordIsTyped(t *testing.T) {
	for _, size := range [][2]int{{60, 20}, {80, 24}, {120, 30}, {200, 50}} {
		h := withStory(t, size[0], size[1], nil)
		h.Theme = draw.NewTheme(draw.Colors{Dark: true})
		grave, under := string(h.Theme.Of(draw.Critical)), string(h.Theme.OnRow(draw.Critical, true))
		is := func(text string, dim bool, matching int, count string) {
			t.Helper()
			if got := h.list.Prompt.Input.Value(); got != text {
				t.Fatalf("%q is typed, not %q", got, text)
			}
			if n := len(h.list.Visible); n != matching {
				t.Errorf("at %q %d groups are shown, want %d", text, n, matching)
			}
			h.sees(count)
			if raw := strings.Join(h.list.View(true, true), "\n"); dim == (strings.Contains(raw, grave) || strings.Contains(raw, under)) {
				t.Errorf("at %q the list is dim: %v", text, !dim)
			}
		}
		h.press("/")
		for i, text := range []string{"s", "se", "sev", "severity", "severity=", "severity=c", "severity=critica"} {
			h.write(text[len([]string{"", "s", "se", "sev", "severity", "severity=", "severity=c"}[i]):])
			is(text, true, 8, "── 8 of 8")
		}
		h.write("l")
		is("severity=critical", false, 2, "── 2 of 8")
		h.write(" nob")
		is("severity=critical nob", true, 2, "── 0 of 8")
		for range 3 {
			h.press("backspace")
		}
		h.write("service=chec")
		is("severity=critical service=chec", true, 2, "── 2 of 8")
		h.write("kout")
		is("severity=critical service=checkout", false, 1, "── 1 of 8")
		h.write(" mine x")
		is("severity=critical service=checkout mine x", true, 1, "── 0 of 8")
		// What comes in meanwhile is matched by what is typed.
		h.send(snapshotsMsg{list: story(noon)})
		is("severity=critical service=checkout mine x", true, 1, "── 0 of 8")
		h.write(" ")
		h.sees("No group matches the filter")
		h.press("backspace", "backspace", "enter")
		if h.mode() != keymap.InNormal || len(h.list.Visible) != 1 {
			t.Errorf("%d groups after enter", len(h.list.Visible))
		}
		h.press("/")
		h.write("nob")
		h.press("enter")
		h.sees("No group matches the filter", "── 0 of 8")
		h.press("/", "esc")
		h.sees("of 8")
		if n := len(h.list.Visible); n != 8 {
			t.Errorf("esc leaves %d groups", n)
		}
	}
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
