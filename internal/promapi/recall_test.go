package promapi

import "testing"

func TestRecall(t *testing.T) {
	type element struct{ Labels Texts }
	var r Recall[*element]
	read := func(raws ...string) []*element {
		t.Helper()
		r.Begin()
		defer r.End()
		var all []*element
		for _, raw := range raws {
			e, err := r.Decode([]byte(raw))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, e)
		}
		return all
	}
	const a, b, c = `{"Labels":{"a":"1"}}`, `{"Labels":{"b":"2"}}`, `{"Labels":{"c":"3"}}`
	first := read(a, b)
	second := read(b, a, c)
	if second[0] != first[1] || second[1] != first[0] || second[2].Labels["c"] != "3" {
		t.Error("what was read before is read anew")
	}
	if third := read(c); third[0] != second[2] {
		t.Error("what was read last is read anew")
	}
	if fourth := read(a, c); fourth[0] == first[0] || fourth[0].Labels["a"] != "1" || len(r.elements) != 2 {
		t.Errorf("what was gone for a read is remembered, or %d of 2 are", len(r.elements))
	}
	r.Begin()
	if _, err := r.Decode([]byte(`{"Labels":7}`)); err == nil || len(r.elements) != 2 {
		t.Error("what can't be read is remembered")
	}
	r.End()
}
