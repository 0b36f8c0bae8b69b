package ui

import (
	"fmt"
	"hash/maphash"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"charm.land/bubbles/v2/textarea"
	"charm.land/bubbles/v2/textinput"

	"firstline/internal/race"
	"firstline/ui/draw"
	"firstline/ui/keymap"
	"firstline/ui/list"
)

// state writes all that a value reaches, down to functions and channels. Two
// things are left out: memories of drawn text, without which the same is drawn,
// and what the text fields of bubbles draw with.
type state struct {
	strings.Builder
	path string
	seen map[reflect.Value]bool
}

func stateOf(m *Model) string {
	s := &state{seen: map[reflect.Value]bool{}}
	s.write(reflect.ValueOf(m))
	return s.String()
}

var notState = []reflect.Type{reflect.TypeFor[draw.Memo[list.RowKey]](), reflect.TypeFor[textarea.Styles](), reflect.TypeFor[textinput.Styles]()}

func (s *state) at(name string, v reflect.Value) {
	before := s.path
	s.path += name
	s.write(v)
	s.path = before
}

func (s *state) line(text string) {
	s.WriteString(s.path)
	s.WriteString(": ")
	s.WriteString(text)
	s.WriteByte('\n')
}

func (s *state) write(v reflect.Value) {
	if !v.IsValid() {
		s.line("nothing")
		return
	}
	if slices.Contains(notState, v.Type()) {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		switch {
		case v.IsNil():
			s.line("nil")
		case s.seen[v]:
		default:
			s.seen[v] = true
			s.write(v.Elem())
		}
	case reflect.Interface:
		if v.IsNil() {
			s.line("nil")
			return
		}
		s.line(v.Elem().Type().String())
		s.write(v.Elem())
	case reflect.Struct:
		if strings.HasPrefix(v.Type().PkgPath(), "firstline/runbooks") {
			return // read and rendered off the loop, under locks
		}
		for i := range v.NumField() {
			f := v.Type().Field(i)
			if v.Type() == reflect.TypeFor[textarea.Model]() && (f.Name == "viewport" || f.Name == "cache") {
				continue
			}
			s.at("."+f.Name, v.Field(i))
		}
	case reflect.Map:
		// Keys in any order: what each holds is written below its own.
		var lines []string
		for k, e := range v.Seq2() {
			key, inner := &state{seen: s.seen}, &state{seen: s.seen, path: s.path}
			key.write(k)
			inner.at("["+strings.ReplaceAll(key.String(), "\n", " ")+"]", e)
			lines = append(lines, inner.String())
		}
		slices.Sort(lines)
		s.line(strconv.Itoa(len(lines)) + " keys")
		s.WriteString(strings.Join(lines, ""))
	case reflect.Slice, reflect.Array:
		s.line(strconv.Itoa(v.Len()) + " long")
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			s.line(strconv.FormatUint(maphash.Bytes(seed, v.Bytes()), 16))
			return
		}
		for i := range v.Len() {
			s.at("["+strconv.Itoa(i)+"]", v.Index(i))
		}
	case reflect.Func, reflect.Chan, reflect.UnsafePointer:
		s.line(strconv.FormatBool(v.IsNil()))
	case reflect.String:
		s.line(strings.ReplaceAll(v.String(), "\n", "\\n"))
	case reflect.Bool:
		s.line(strconv.FormatBool(v.Bool()))
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		s.line(strconv.FormatInt(v.Int(), 10))
	default:
		s.line(fmt.Sprint(v))
	}
}

var seed = maphash.MakeSeed()

// pure checks that View changes nothing, also of a copy, and draws the same again.
func (h *harness) pure(name string) {
	h.t.Helper()
	before := stateOf(h.m)
	first, cursor := h.m.frame()
	again, cursorAgain := h.m.frame()
	if first != again || !reflect.DeepEqual(cursor, cursorAgain) {
		h.t.Errorf("%s at %dx%d: View draws something else the second time", name, h.m.Width, h.m.Height)
	}
	copied := *h.m
	if other, _ := copied.frame(); other != first {
		h.t.Errorf("%s at %dx%d: View of a copy draws something else", name, h.m.Width, h.m.Height)
	}
	after := stateOf(h.m)
	if before == after {
		return
	}
	old, now := strings.Split(before, "\n"), strings.Split(after, "\n")
	for i := range min(len(old), len(now)) {
		if old[i] != now[i] {
			h.t.Errorf("%s at %dx%d: View changes %.300s\nto %.300s", name, h.m.Width, h.m.Height, old[i], now[i])
			return
		}
	}
	h.t.Errorf("%s at %dx%d: View changes %d lines of state to %d", name, h.m.Width, h.m.Height, len(old), len(now))
}

// The keys to each room and to each part of it.
var waysToRooms = []struct {
	at   keymap.Mode
	keys []string
}{
	{keymap.InNormal, nil},
	{keymap.InNormal, []string{"v", "C", "j"}},
	{keymap.InNormal, []string{"enter"}},
	{keymap.InNormal, []string{"enter", "J", "t"}},
	{keymap.InNormal, []string{"2"}},
	{keymap.InNormal, []string{"3"}},
	{keymap.InNormal, []string{"4", "enter", "<"}},
	{keymap.InNormal, []string{"5", "enter", "j"}},
	{keymap.InNormal, []string{"5", "enter", "enter", "j"}},
	{keymap.InFilter, []string{"/", "s", "e"}},
	{keymap.InFilter, []string{"/", "a", "g", "e", ">"}},
	{keymap.InSearch, []string{"enter", "/", "e"}},
	{keymap.InChoice, []string{"enter", "O"}},
	{keymap.InChoice, []string{"o"}},
	{keymap.InPicker, []string{"F"}},
	{keymap.InPicker, []string{"S"}},
	{keymap.InDialog, []string{"a"}},
	{keymap.InDialog, []string{"e", "x"}},
	{keymap.InDialog, []string{"e", "x", "enter"}},
	{keymap.InDialog, []string{"e", "x", "enter", "n"}},
	{keymap.InDialog, []string{"h", "b"}},
	{keymap.InDialog, []string{"h", "enter", "x", "enter"}},
	{keymap.InDialog, []string{"n", "x"}},
	{keymap.InDialog, []string{"z"}},
	{keymap.InDialog, []string{"s"}},
	{keymap.InDialog, []string{"s", "enter"}},
	{keymap.InCommands, []string{":", "m", "e"}},
	{keymap.InReader, []string{"?", "j"}},
	{keymap.InHelpSearch, []string{"?", "/", "e"}},
	{keymap.InReader, []string{"m"}},
	{keymap.InHandover, []string{"H", "j"}},
	{keymap.InHandoverText, []string{"H", "e", "x"}},
	{keymap.InHandoverName, []string{"H", "w", "x"}},
	{keymap.InRun, []string{"enter", "J", "x"}},
	{keymap.InRun, []string{"enter", "J", "x", "enter"}},
	{keymap.InSteps, []string{"enter", "J", "x", "b", "x", "b", "b"}},
	{keymap.InLoad, []string{"L", "j"}},
	{keymap.InForm, []string{"enter", "J", "J", "J", "J", "J", "J", "x", "a"}},
}

func TestViewChangesNothing(t *testing.T) {
	race.Skip(t)
	modes := map[keymap.Mode]bool{}
	for _, way := range waysToRooms {
		for _, size := range [][2]int{{120, 30}, {60, 15}} {
			name := fmt.Sprint(way.keys)
			h := withAll(t, newAccount(), size[0], size[1], func(o *Options) {
				withSteps(newMemory())(o)
				newShiftMaker().with(o)
				o.OpenURL = func(string) error { return nil }
				o.Past = (&before{}).options()
				withLoad("")(o)
			})
			h.put("Q1CHECKOUT")
			h.press(way.keys...)
			if at := h.m.mode(); at != way.at {
				t.Fatalf("%s leads to %d, not to %d:\n%s", name, at, way.at, h.screen())
			}
			modes[way.at] = true
			h.pure(name)
			h.send(windowSize(160, 40))
			h.pure(name)
		}
	}
	for _, e := range newHarness(t, 80, 24, nil).m.Keys {
		if e.Mode != keymap.InReading && e.Mode != keymap.InRunbook && e.Mode != keymap.InGraph && e.Mode != keymap.InPast && e.Mode != keymap.InPastOne && e.Mode != keymap.InBeginning && !modes[e.Mode] {
			t.Errorf("no way leads to place %d", e.Mode)
			modes[e.Mode] = true
		}
	}
}

// In each room the key that leaves it is named, also where not all keys have room.
func TestTheKeyThatLeavesIsAlwaysNamed(t *testing.T) {
	race.Skip(t)
	for _, way := range waysToRooms {
		for _, width := range []int{80, 120} {
			h := withAll(t, newAccount(), width, 24, func(o *Options) {
				withSteps(newMemory())(o)
				newShiftMaker().with(o)
				o.OpenURL = func(string) error { return nil }
				o.Editor = &typist{}
				withLoad("")(o)
			})
			h.put("Q1CHECKOUT")
			h.press(way.keys...)
			at := h.m.mode()
			if e := h.m.Keys.Of(keymap.CloseDialog, at); e.Hint != "" && at != keymap.InFilter {
				h.hints(e.Binding.Help().Key + " ")
			}
		}
	}
}
