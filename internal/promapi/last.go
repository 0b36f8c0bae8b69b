package promapi

import (
	"hash/maphash"
	"sync"
)

// Last caches the decoded form of the last answer, so that the same answer
// again costs neither time nor memory: ten thousand alerts take a tenth of a
// second to decode, and most polls of a quiet night bring nothing new. It is
// safe for concurrent use.
type Last[T any] struct {
	mu    sync.Mutex
	sum   fingerprint
	value T
	valid bool
}

// fingerprint compares bodies of megabytes without storing them. Each run has a
// new random seed, so that nobody can make two bodies with the same
// fingerprint.
type fingerprint struct {
	a, b   uint64
	length int
}

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func fingerprintOf(body []byte) fingerprint {
	return fingerprint{maphash.Bytes(seeds[0], body), maphash.Bytes(seeds[1], body), len(body)}
}

// Read returns decode's result for body. When body is that of the last call, it
// returns that call's value, which must not be modified. It does not cache a
// failure.
func (l *Last[T]) Read(body []byte, decode func([]byte) (T, error)) (T, error) {
	sum := fingerprintOf(body)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.valid && sum == l.sum {
		return l.value, nil
	}
	value, err := decode(body)
	if err == nil {
		l.sum, l.value, l.valid = sum, value, true
	}
	return value, err
}
