package list_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"firstline/sources"
	"firstline/ui/list"
	"firstline/ui/room"
)

// firstOf is what a list stores for a later screen.
func firstOf(t *testing.T, h *harness) list.First {
	t.Helper()
	first, ok := h.list.First()
	if !ok {
		t.Fatal("there is nothing to store")
	}
	return first()
}

// wholeFirst has every field of a row in some row.
func wholeFirst(t *testing.T) list.First {
	t.Helper()
	live := story(noon)
	live[0].Data.Incidents[0].Priority = &sources.Priority{Name: "P1"}
	live[1].Err = nil
	h := newHarness(t, 200, 50, nil)
	h.send(snapshotsMsg{list: live})
	first := firstOf(t, h)
	seen := map[string]bool{}
	for i := range first.Rows {
		row := reflect.ValueOf(first.Rows[i])
		for f := range row.NumField() {
			seen[row.Type().Field(f).Name] = seen[row.Type().Field(f).Name] || !row.Field(f).IsZero()
		}
	}
	for name, is := range seen {
		if !is && name != "Gone" && name != "unread" {
			t.Errorf("no row has the field %s", name)
		}
	}
	return first
}

func TestFirstIsRestored(t *testing.T) {
	first := wholeFirst(t)
	first.Rows[0].Gone = true
	text, err := first.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := list.DecodeFirst(text)
	if err != nil || !reflect.DeepEqual(got, first) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, got, first)
	}
}

// begins is a list that begins with rows of an earlier screen.
func begins(t testing.TB, first list.First, width, height int) *harness {
	h := newHarness(t, width, height, func(o *list.Options) { o.First = first })
	h.send(tea.WindowSizeMsg{Width: width, Height: height})
	return h
}

// What is stored may be damaged, or made by anybody: it is refused, or drawn without
// anything that steers the terminal.
func TestFirstThatIsDamaged(t *testing.T) {
	first := wholeFirst(t)
	whole, err := first.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"nothing": "", "zeros": strings.Repeat("\x00", 4096), "a part": string(whole[:len(whole)/2]), "a list": "[]", "another form": `{"Form":0}`,
		"more rows than groups": string(bytes.Replace(whole, []byte(`"Groups":8`), []byte(`"Groups":3`), 1)),
		"other counts":          string(bytes.Replace(whole, []byte(`"Groups":8`), []byte(`"Groups":9`), 1)),
		"no width":              string(bytes.Replace(whole, []byte(`"Wants":[`), []byte(`"Wants":[-`), 1)),
		"too many counts":       string(bytes.Replace(whole, []byte(`"Counts":[2`), []byte(`"Counts":[-2`), 1)),
	} {
		if got, err := list.DecodeFirst([]byte(text)); err == nil {
			t.Errorf("%s is read as %+v", name, got)
		}
	}
	// Every text of it becomes an attack, every number one that is no role.
	var anything any
	if err := json.Unmarshal(whole, &anything); err != nil {
		t.Fatal(err)
	}
	object, _ := anything.(map[string]any)
	for _, key := range []string{"Rows", "Sources"} {
		object[key] = attack(object[key])
	}
	text, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	hostile, err := list.DecodeFirst(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range [][2]int{{60, 15}, {80, 24}, {200, 50}} {
		h := begins(t, hostile, size[0], size[1])
		for _, line := range h.list.View(true, false) {
			if strings.Contains(line, "\x1b]0;") || strings.ContainsAny(h.Bare(line), "\x1b\a\n\r\u202e") || h.WidthOf(h.Bare(line)) != h.Layout.List.Width {
				t.Errorf("%v: a line is %q", size, line)
			}
		}
	}
}

// attack puts what steers a terminal into all texts of a value that are no times.
func attack(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			v[key] = attack(value)
			if strings.HasSuffix(key, "Role") {
				v[key] = 99
			}
		}
	case []any:
		for i := range v {
			v[i] = attack(v[i])
		}
	case string:
		if _, err := time.Parse(time.RFC3339, v); err != nil {
			return v + "\x1b]0;x\a\x1b[31m\n\u202e\r"
		}
	}
	return v
}

func FuzzDecodeFirst(f *testing.F) {
	f.Add([]byte(`{"Form":1,"Rows":[{"Title":"a"}],"Groups":1,"Counts":[1,0,0,0,0,0,0],"Wants":[1,2,3,4,1]}`), 80, 24)
	f.Fuzz(func(t *testing.T, text []byte, width, height int) {
		first, err := list.DecodeFirst(text)
		if err != nil {
			return
		}
		width, height = room.LeastWidth+max(width, 0)%200, room.LeastHeight+max(height, 0)%100
		h := begins(t, first, width, height)
		for _, line := range h.list.View(true, false) {
			if h.WidthOf(h.Bare(line)) != h.Layout.List.Width {
				t.Errorf("a line has %d cells of %d: %q", h.WidthOf(h.Bare(line)), h.Layout.List.Width, line)
			}
		}
	})
}

// The rows of an earlier screen are those with which this one begins once the same is
// read, on the same lines, whatever both sizes are; only the cursor comes.
func TestFirstRowsAreThoseOfTheList(t *testing.T) {
	fleets := map[string][]sources.Snapshot{"the story": story(noon)}
	for _, n := range []int{1, 9, 10, 33, 300} {
		fleets[fmt.Sprint(n)] = alertsSnapshot(numbered("alert", 0, n)...).list
	}
	for name, answers := range fleets {
		only := func(o *list.Options) {
			o.Initial = nil
			for _, s := range answers {
				o.Initial = append(o.Initial, s.Source)
			}
		}
		wide := newHarness(t, 200, 50, only)
		wide.send(snapshotsMsg{list: answers})
		first := firstOf(t, wide)
		for width := room.LeastWidth; width <= 220; width += 20 {
			for height := room.LeastHeight; height <= 70; height += 5 {
				h := newHarness(t, width, height, func(o *list.Options) { only(o); o.First = first })
				h.send(tea.WindowSizeMsg{Width: width, Height: height})
				before := h.list.View(true, false)
				earlier := make([]sources.Snapshot, len(answers))
				for i, s := range answers {
					s.Earlier = true
					earlier[i] = s
				}
				h.send(snapshotsMsg{list: earlier})
				after := h.list.View(true, false)
				if !strings.Contains(h.Bare(before[0]), "read ") || !strings.Contains(h.Bare(before[0]), " ago") {
					t.Fatalf("%s, %dx%d: it does not say when it was read: %q", name, width, height, h.Bare(before[0]))
				}
				for i := range after {
					was, is := h.Bare(before[i]), strings.ReplaceAll(h.Bare(after[i]), "▌", " ")
					if was != is {
						t.Fatalf("%s, %dx%d: line %d is\n%q\nand becomes\n%q", name, width, height, i, was, is)
					}
				}
			}
		}
	}
}

// The rows stay until all that was stored is read, so that the list does not become
// shorter and longer again; the first answer of a source ends that at once.
func TestFirstRowsStayUntilTheListIsThere(t *testing.T) {
	first := wholeFirst(t)
	earlier := story(noon)
	for i := range earlier {
		earlier[i].Earlier, earlier[i].Err = true, nil
	}
	none := sources.Snapshot{Source: earlier[2].Source, Earlier: true}
	live := story(noon)[:1]
	failed := sources.Snapshot{Source: earlier[2].Source, Err: fmt.Errorf("x")}
	for name, c := range map[string]struct {
		come  []sources.Snapshot
		stays bool
	}{
		"nothing":                              {nil, true},
		"a part of what was stored":            {earlier[:2], true},
		"all that was stored":                  {earlier, false},
		"nothing was stored of one":            {append(earlier[:2:2], none), false},
		"one fails":                            {append(earlier[:2:2], failed), false},
		"a source answers":                     {live, false},
		"a source answers, and what it stored": {append(live[:1:1], earlier[0]), false},
	} {
		h := begins(t, first, 120, 30)
		for _, s := range c.come {
			h.send(snapshotsMsg{list: []sources.Snapshot{s}})
		}
		if stays := h.list.Current() == nil; stays != c.stays {
			t.Errorf("%s: the rows stay: %v", name, stays)
		}
		if why := h.list.WhyNoGroup(); (why != "") != c.stays || c.stays && !strings.Contains(why, "being read") {
			t.Errorf("%s: it says %q", name, why)
		}
	}
}

// Nothing is stored of what is not wholly read.
func TestFirstIsOfWhatWasRead(t *testing.T) {
	for name, change := range map[string]func(l []sources.Snapshot) []sources.Snapshot{
		"one has not answered": func(l []sources.Snapshot) []sources.Snapshot { return l[:2] },
		"one is read in part":  func(l []sources.Snapshot) []sources.Snapshot { l[0].Partial = true; return l },
		"one is stored":        func(l []sources.Snapshot) []sources.Snapshot { l[0].Earlier = true; return l },
	} {
		h := newHarness(t, 120, 30, nil)
		h.send(snapshotsMsg{list: change(story(noon))})
		if _, ok := h.list.First(); ok {
			t.Errorf("%s: it is stored", name)
		}
	}
}

// However the list is sorted and filtered, a later screen begins with its own order
// and all groups.
func TestFirstIsInTheOrderOfAScreen(t *testing.T) {
	h := withStory(t, 200, 50, nil)
	want := firstOf(t, h)
	h.list.SortBy("service")
	h.list.StartWith("service=checkout")
	h.follow()
	if len(h.list.Visible) >= len(want.Rows) {
		t.Fatalf("%d lines are shown", len(h.list.Visible))
	}
	if got := firstOf(t, h); !reflect.DeepEqual(got.Rows, want.Rows) || got.Groups != want.Groups {
		t.Errorf("got  %+v\nwant %+v", got.Rows, want.Rows)
	}
}
