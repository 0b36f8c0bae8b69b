package promapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

// readAll reads a whole text: the members of objects and the elements of lists one
// by one, to a depth, and other values by encoding/json.
func readAll(s *Stream, depth int) (any, error) {
	var value any
	var err error
	switch c := s.Peek(); {
	case depth > 0 && c == '{':
		object := map[string]any{}
		err = s.Object(func(name string) error {
			member, err := readAll(s, depth-1)
			object[name] = member
			return err
		})
		value = object
	case depth > 0 && c == '[':
		list := []any{}
		err = s.List(func() error {
			element, err := readAll(s, depth-1)
			list = append(list, element)
			return err
		})
		value = list
	default:
		err = s.Decode(&value)
	}
	return value, err
}

// checkStream compares what a Stream reads of a text with encoding/json.
func checkStream(t *testing.T, text []byte) {
	t.Helper()
	var want any
	wantErr := json.Unmarshal(text, &want)
	for _, forgets := range []bool{false, true} {
		for depth := range 3 {
			s := NewStream(iotest.OneByteReader(bytes.NewReader(text)))
			s.buf = make([]byte, 2) // so that it grows and moves often
			if forgets {
				s.Forget()
			}
			got, err := readAll(s, depth)
			if err == nil {
				err = s.End()
			}
			if (err == nil) != (wantErr == nil) || err == nil && !reflect.DeepEqual(got, want) {
				t.Errorf("%q to depth %d: %v, %v, want %v, %v", text, depth, got, err, want, wantErr)
			}
			if all, ok := s.All(); ok == forgets || ok && !bytes.Equal(all, text) {
				t.Errorf("%q: all of it is %q, %v", text, all, ok)
			}
		}
	}
	// The members of an element are those that encoding/json finds.
	var object map[string]json.RawMessage
	if json.Unmarshal(text, &object) != nil || object == nil {
		return
	}
	e, err := NewStream(bytes.NewReader(text)).Element()
	got := map[string]json.RawMessage{}
	for _, m := range e.Members {
		var name string
		if err := json.Unmarshal(fmt.Appendf(nil, `"%s"`, m.Name), &name); err != nil {
			t.Errorf("%q: a member is named %q: %v", text, m.Name, err)
		}
		got[name] = json.RawMessage(m.Value)
		if !bytes.HasPrefix(e.Raw[m.at:], m.Value) {
			t.Errorf("%q: the value of %s is not at %d", text, m.Name, m.at)
		}
	}
	if err != nil || !maps.EqualFunc(got, object, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
		t.Errorf("%q: members %q, want %q, %v", text, got, object, err)
	}
}

var streamTexts = []string{
	``, ` `, `1`, ` -1.5e+3 `, `"a"`, `"\\"`, `"\\\""`, `"a\"b\\"`, `""`, `null`, `true`, `nul`, `01`, `1 2`, `"a" "b"`, `"a`, `"a\`, `"a\"`,
	`{}`, ` { } `, `{"a":1}`, `{ "a" : 1 , "b" : [1,2,{"c":"}]\""}] }`, `{"a":{"a":{"a":1}}}`, `{"a\"b":1}`, `{"\u0061":1}`, `{"a":1,"a":2}`,
	`{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{"a" 1}`, `{"a":1 "b":2}`, `{1:2}`, `{"a":}`, `{"a":1}}`, `{"a":1}x`, `{"a":{]}`, `{"a":[}`,
	`[]`, `[ ]`, `[1]`, `[1,2]`, `[[],{},[[1]]]`, `[`, `[1`, `[1,`, `[1,]`, `[,]`, `[1 2]`, `[1]]`, `]`, `}`, `,`, `:`, `[{"value":"1"},{"x":{"value":"2"}}]`,
	"[\"\x00\"]", "[\"\xff\"]", "\xef\xbb\xbf[]", `["` + strings.Repeat("x", 100) + `"]`, strings.Repeat(`[`, 50) + strings.Repeat(`]`, 50),
}

func TestStream(t *testing.T) {
	for _, text := range streamTexts {
		checkStream(t, []byte(text))
	}
}

func FuzzStream(f *testing.F) {
	for _, text := range streamTexts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) { checkStream(t, text) })
}

// The buffer of a Stream that forgets stays as small as its longest value.
func TestStreamForgets(t *testing.T) {
	one := `{"a":"` + strings.Repeat("x", 500) + `"}`
	text := "[" + strings.Join(slices.Repeat([]string{one}, 5_000), ",") + "]"
	s := NewStream(strings.NewReader(text))
	s.Forget()
	n := 0
	if err := s.List(func() error {
		e, err := s.Element()
		if string(e.Raw) == one {
			n++
		}
		return err
	}); err != nil || n != 5_000 || len(s.buf) != streamBuffer {
		t.Errorf("%d elements, a buffer of %d bytes, %v", n, len(s.buf), err)
	}
}

// A value beyond the limit is refused, and a text that ends within one is damaged.
func TestStreamBounds(t *testing.T) {
	s := NewStream(io.MultiReader(strings.NewReader(`["`), iotest.TimeoutReader(endless{})))
	s.Forget()
	if err := s.List(s.Skip); !errors.Is(err, iotest.ErrTimeout) {
		t.Error(err)
	}
	s = NewStream(io.MultiReader(strings.NewReader(`["`), endless{}))
	s.Forget()
	if err := s.List(s.Skip); !errors.Is(err, errTooLong) {
		t.Error(err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
