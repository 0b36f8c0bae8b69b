package promapi

import (
	"encoding/json"
	"hash/maphash"
)

// Recall decodes the elements of a list that is read again and again, in which
// most elements are as they were: those cost neither time nor memory.
type Recall[T any] struct {
	// last are the elements of the read before, now those of this one, by what
	// they look like.
	last, now map[uint64]T
}

// Begin begins another read.
func (r *Recall[T]) Begin() { r.now = make(map[uint64]T, len(r.last)) }

// Decode decodes an element. Nobody may change what it gives.
func (r *Recall[T]) Decode(raw []byte) (T, error) {
	hash := maphash.Bytes(seeds[0], raw)
	value, known := r.last[hash]
	if !known {
		if err := json.Unmarshal(raw, &value); err != nil {
			return value, err
		}
	}
	r.now[hash] = value
	return value, nil
}

// End ends a read: what was not in it is forgotten.
func (r *Recall[T]) End() { r.last, r.now = r.now, nil }
