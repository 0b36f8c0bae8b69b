package promapi

import (
	"hash/maphash"
	"sync"
)

// Last keeps what the last answer to a request was read as, so that the same
// answer again costs neither time nor memory: ten thousand alerts take a tenth
// of a second to decode, and most polls of a quiet night bring nothing new. It
// is safe for use by several goroutines.
type Last[T any] struct {
	mu    sync.Mutex
	sum   fingerprint
	value T
	known bool
}

// fingerprint tells bodies of megabytes apart without keeping them. It is seeded
// anew in each run, so nobody can make two bodies that have the same one.
type fingerprint struct {
	a, b   uint64
	length int
}

var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

func fingerprintOf(body []byte) fingerprint {
	return fingerprint{maphash.Bytes(seeds[0], body), maphash.Bytes(seeds[1], body), len(body)}
}

// Read gives what decode makes of body; when body is that of the last call, it
// gives that call's value, which nobody may have changed. A failure is not
// kept.
func (l *Last[T]) Read(body []byte, decode func([]byte) (T, error)) (T, error) {
	sum := fingerprintOf(body)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.known && sum == l.sum {
		return l.value, nil
	}
	value, err := decode(body)
	if err == nil {
		l.sum, l.value, l.known = sum, value, true
	}
	return value, err
}
