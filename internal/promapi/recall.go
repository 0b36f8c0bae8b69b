package promapi

import (
	"encoding/json"
	"hash/maphash"
)

// Recall decodes the elements of a list that is read repeatedly. Elements that
// have not changed, which most have not, cost neither time nor memory.
type Recall[T any] struct {
	// last are the elements of the previous read, now those of this one, by
	// their fingerprint.
	last, now map[uint64]T
}

// Begin begins a read.
func (r *Recall[T]) Begin() { r.now = make(map[uint64]T, len(r.last)) }

// Decode decodes an element. The result must not be modified.
func (r *Recall[T]) Decode(raw []byte) (T, error) {
	hash := maphash.Bytes(seeds[0], raw)
	value, found := r.last[hash]
	if !found {
		if err := json.Unmarshal(raw, &value); err != nil {
			return value, err
		}
	}
	r.now[hash] = value
	return value, nil
}

// End ends a read and forgets the elements that were not in it.
func (r *Recall[T]) End() { r.last, r.now = r.now, nil }
