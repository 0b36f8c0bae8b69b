package promapi

import (
	"hash/maphash"
	"maps"
	"slices"
)

// Recall has what was made of the elements of a list that is read again and again,
// in which most elements are as they were: those cost no memory, and only the time
// to find them.
type Recall[T any] struct {
	// Moving are the names of members that change with each read and mean no other
	// element: those of texts, without escapes.
	Moving []string
	// Make makes something of an element. moved is the text of the last of its moving
	// members; Make returns false if encoding/json says another.
	Make func(e Element, moved []byte) (T, bool)
	// Drop is called with what is forgotten; nil: nothing is done.
	Drop func(*T)

	// elements are those of the last read and of this one, by the hash of their
	// JSON without the moving members.
	elements map[uint64]*recalled[T]
	read     int // the number of the read
	met      int // the elements of this read, each once
	// before is the element before the one that comes next: what follows it was
	// mostly following it the last time.
	before *recalled[T]
}

type recalled[T any] struct {
	value T
	hash  uint64
	read  int // the last one that had it
	after *recalled[T]
}

// Begin begins another read.
func (r *Recall[T]) Begin() {
	r.read++
	r.met, r.before = 0, nil
	if r.elements == nil {
		r.elements = map[uint64]*recalled[T]{}
	}
}

// Get returns what was made of an element, the same for each that differs in its
// moving members only, and the text of the last of these in this element.
func (r *Recall[T]) Get(e Element) (value *T, moved []byte) {
	hash, moved := r.hash(e)
	if value := r.find(hash); value != nil {
		return value, moved
	}
	whole := maphash.Bytes(seeds[1], e.Raw)
	if value := r.find(whole); value != nil {
		return value, nil
	}
	made, moves := r.Make(e, moved)
	if !moves {
		hash, moved = whole, nil
	}
	element := &recalled[T]{value: made, hash: hash}
	r.elements[hash] = element
	r.meet(element)
	return &element.value, moved
}

// hash is the hash of an element without its moving members.
func (r *Recall[T]) hash(e Element) (hash uint64, moved []byte) {
	from := 0
	for i := range e.Members {
		m := &e.Members[i]
		if !slices.Contains(r.Moving, string(m.Name)) {
			continue
		}
		if text, _, ok := readText(m.Value); ok && len(text)+2 == len(m.Value) {
			hash = (hash ^ maphash.Bytes(seeds[0], e.Raw[from:m.at])) * 0x9e3779b97f4a7c15
			from, moved = m.at+len(m.Value), text
		}
	}
	return hash ^ maphash.Bytes(seeds[0], e.Raw[from:]), moved
}

func (r *Recall[T]) find(hash uint64) *T {
	var element *recalled[T]
	if r.before != nil && r.before.after != nil && r.before.after.hash == hash {
		element = r.before.after
	} else if element = r.elements[hash]; element == nil {
		return nil
	}
	r.meet(element)
	return &element.value
}

// meet notes that an element is in this read.
func (r *Recall[T]) meet(element *recalled[T]) {
	if element.read != r.read {
		element.read = r.read
		r.met++
	}
	if r.before != nil {
		r.before.after = element
	}
	r.before = element
}

// End ends a read of the whole list and forgets what was not in it.
func (r *Recall[T]) End() {
	if r.before != nil {
		r.before.after = nil
	}
	before := len(r.elements)
	if r.met == before {
		return
	}
	maps.DeleteFunc(r.elements, func(_ uint64, element *recalled[T]) bool {
		gone := element.read != r.read
		if gone && r.Drop != nil {
			r.Drop(&element.value)
		}
		return gone
	})
	if len(r.elements) < before/2 { // a map does not give memory back
		smaller := make(map[uint64]*recalled[T], len(r.elements))
		maps.Copy(smaller, r.elements)
		r.elements = smaller
	}
}
