package promapi

import (
	"encoding/json"
	"hash/maphash"
	"maps"
)

// Recall decodes the elements of a list that is read again and again, in which
// most elements are as they were: those cost neither time nor memory.
type Recall[T any] struct {
	// elements are those of the last read and of this one, by the hash of their
	// JSON.
	elements map[uint64]*recalled[T]
	read     int // the number of the read
}

type recalled[T any] struct {
	value T
	read  int // the last one that had it
}

// Begin begins another read.
func (r *Recall[T]) Begin() {
	r.read++
	if r.elements == nil {
		r.elements = map[uint64]*recalled[T]{}
	}
}

// Decode decodes an element. Nobody may change what it returns.
func (r *Recall[T]) Decode(raw []byte) (T, error) {
	hash := maphash.Bytes(seeds[0], raw)
	element, found := r.elements[hash]
	if !found {
		element = new(recalled[T])
		if err := json.Unmarshal(raw, &element.value); err != nil {
			return element.value, err
		}
		r.elements[hash] = element
	}
	element.read = r.read
	return element.value, nil
}

// End ends a read and forgets what was not in it.
func (r *Recall[T]) End() {
	before := len(r.elements)
	maps.DeleteFunc(r.elements, func(_ uint64, element *recalled[T]) bool { return element.read != r.read })
	if len(r.elements) < before/2 { // a map does not give memory back
		smaller := make(map[uint64]*recalled[T], len(r.elements))
		maps.Copy(smaller, r.elements)
		r.elements = smaller
	}
}
