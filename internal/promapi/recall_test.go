package promapi

import (
	"encoding/json"
	"strings"
	"testing"
)

// reader recalls elements with labels.
type reader struct {
	t       *testing.T
	recall  Recall[recalledLabels]
	dropped []string
}

type recalledLabels struct{ labels Shared }

func newReader(t *testing.T) *reader {
	r := &reader{t: t}
	r.recall = Recall[recalledLabels]{
		Moving: []string{"value", "at"},
		Make: func(e Element, moved []byte) (recalledLabels, bool) {
			var a struct {
				Labels Shared
				Value  string
			}
			if err := json.Unmarshal(e.Raw, &a); err != nil {
				t.Error(err)
			}
			return recalledLabels{a.Labels}, moved == nil || a.Value == string(moved) || e.Member("at") != nil
		},
		Drop: func(l *recalledLabels) {
			r.dropped = append(r.dropped, l.labels.Texts()["a"])
			l.labels.Release()
		},
	}
	return r
}

// read reads a list. It returns what was made of each element, and its value.
func (r *reader) read(elements ...string) (made []*recalledLabels, values string) {
	r.t.Helper()
	r.recall.Begin()
	s := NewStream(strings.NewReader("[" + strings.Join(elements, ",") + "]"))
	if err := s.List(func() error {
		e, err := s.Element()
		if err != nil {
			return err
		}
		one, moved := r.recall.Get(e)
		made, values = append(made, one), values+" "+string(moved)
		return nil
	}); err != nil {
		r.t.Fatal(err)
	}
	r.recall.End()
	return made, strings.TrimSpace(values)
}

func TestRecall(t *testing.T) {
	r := newReader(t)
	const a, b, c = `{"Labels":{"a":"1"}}`, `{"Labels":{"a":"2"}}`, `{"Labels":{"a":"3"}}`
	first, _ := r.read(a, b)
	second, _ := r.read(b, a, c)
	if second[0] != first[1] || second[1] != first[0] || second[2].labels.Texts()["a"] != "3" {
		t.Error("what was read before is read anew")
	}
	third, _ := r.read(c)
	if third[0] != second[2] || len(r.dropped) != 2 {
		t.Errorf("what was read last is read anew, or %q are dropped", r.dropped)
	}
	if fourth, _ := r.read(a, c, c); fourth[0] == first[0] || fourth[0].labels.Texts()["a"] != "1" || fourth[1] != third[0] || fourth[2] != third[0] || len(r.recall.elements) != 2 {
		t.Errorf("what was gone for a read is remembered, or %d of 2 are", len(r.recall.elements))
	}
	// A read that fails forgets nothing.
	r.recall.Begin()
	if fifth, _ := r.read(a, c); fifth[1] != third[0] {
		t.Error("after a read that failed everything is read anew")
	}
}

// Elements that differ in moving members only are the same; all else makes another.
func TestRecallIgnoresWhatMoves(t *testing.T) {
	const base = `{"Labels":{"a":"1"},"Value":"x"}`
	for _, c := range []struct {
		name, first, second string
		same                bool
		value               string // of the second one
	}{
		{"the same", `{"Labels":{"a":"1"},"value":"1"}`, `{"Labels":{"a":"1"},"value":"1"}`, true, "1"},
		{"another value", `{"Labels":{"a":"1"},"value":"1"}`, `{"Labels":{"a":"1"},"value":"1e+10"}`, true, "1e+10"},
		{"in the middle", `{"value":"1","Labels":{"a":"1"}}`, `{"value":"2","Labels":{"a":"1"}}`, true, "2"},
		{"two", `{"at":"x","Labels":{"a":"1"},"value":"1"}`, `{"at":"yy","Labels":{"a":"1"},"value":"2"}`, true, "2"},
		{"other labels", `{"Labels":{"a":"1"},"value":"1"}`, `{"Labels":{"a":"2"},"value":"1"}`, false, "1"},
		{"a label of that name", `{"Labels":{"value":"1"}}`, `{"Labels":{"value":"2"}}`, false, ""},
		{"another member", `{"Labels":{"a":"1"},"value":"1"}`, `{"Labels":{"a":"1"},"value":"1","x":1}`, false, "1"},
		{"one without", `{"Labels":{"a":"1"},"value":"1"}`, `{"Labels":{"a":"1"}}`, false, ""},
		{"moved to another place", `{"Labels":{"a":"1"},"value":"1"}`, `{"value":"1","Labels":{"a":"1"}}`, false, "1"},
		{"a number", `{"Labels":{"a":"1"},"at":1}`, `{"Labels":{"a":"1"},"at":2}`, false, ""},
		{"escapes", `{"Labels":{"a":"1"},"at":"\n"}`, `{"Labels":{"a":"1"},"at":"\t"}`, false, ""},
		{"null", `{"Labels":{"a":"1"},"value":null}`, `{"Labels":{"a":"1"},"value":"1"}`, false, "1"},
		{"a value that encoding/json takes from elsewhere", `{"Labels":{"a":"1"},"value":"1","Value":"5"}`, `{"Labels":{"a":"1"},"value":"2","Value":"5"}`, false, ""},
	} {
		r := newReader(t)
		first, _ := r.read(base, c.first)
		second, values := r.read(base, c.second)
		if (first[1] == second[1]) != c.same || values != c.value || first[0] != second[0] {
			t.Errorf("%s: the same %v, with the value %q, want %v, %q", c.name, first[1] == second[1], values, c.same, c.value)
		}
	}
}

func TestSharedTexts(t *testing.T) {
	decode := func(text string) Shared {
		var s Shared
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			t.Error(err)
		}
		return s
	}
	before := len(shelf.shared)
	a, b, c := decode(`{"a":"1","b":"2"}`), decode(`{"a":"1","b":"2"}`), decode(`{"b":"2"}`)
	if a.shared != b.shared || a.shared == c.shared || len(a.Texts()) != 2 || len(shelf.shared) != before+2 {
		t.Error("equal texts are not one object, or others are")
	}
	if n := decode(`null`); n.Texts() != nil {
		t.Error("null is something")
	}
	a.Release()
	a.Release() // the same one again does nothing
	if d := decode(`{"a":"1","b":"2"}`); d.shared != b.shared {
		t.Error("what is in use was forgotten")
	} else {
		d.Release()
	}
	b.Release()
	c.Release()
	if len(shelf.shared) != before {
		t.Errorf("%d are left", len(shelf.shared)-before)
	}
	var s Shared
	if err := json.Unmarshal([]byte(`{"a":1}`), &s); err == nil || s.Texts() != nil || len(shelf.shared) != before {
		t.Error("what is no text is shared")
	}
	// A member that is there twice leaves nothing behind.
	var twice struct{ Labels Shared }
	if err := json.Unmarshal([]byte(`{"Labels":{"a":"1"},"Labels":{"a":"2"}}`), &twice); err != nil || twice.Labels.Texts()["a"] != "2" {
		t.Error(twice, err)
	}
	twice.Labels.Release()
	if len(shelf.shared) != before {
		t.Errorf("%d are left", len(shelf.shared)-before)
	}
}
