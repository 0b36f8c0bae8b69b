package promapi

import (
	"bytes"
	"encoding/json"
	"hash/maphash"
	"sync"
)

// Texts are labels or annotations in an answer: a flat object of strings. They
// are most of an answer. Nearly all of them have no escapes and repeat with
// each alert and each read. So they are parsed in one pass where possible, and
// equal short ones share memory.
type Texts map[string]string

// longestShared is the length in bytes up to which equal texts share memory.
// Longer ones are mostly descriptions that contain a value.
const longestShared = 256

// UnmarshalJSON decodes what encoding/json would decode into a map of strings.
// encoding/json calls it only with valid JSON.
func (t *Texts) UnmarshalJSON(b []byte) error {
	if read, ok := readTexts(b); ok {
		*t = read
		return nil
	}
	var whole map[string]string
	if err := json.Unmarshal(b, &whole); err != nil {
		return err
	}
	*t = whole
	return nil
}

// Shared are Texts that are one object for all elements, reads and sources with the
// same JSON: the labels of an alert are in the answers of a Prometheus and of its
// Alertmanager, and its annotations are those of other alerts. Nobody may change
// them.
type Shared struct{ *shared }

type shared struct {
	texts Texts
	hash  uint64
	users int
}

// Texts returns the texts. It is nil for null.
func (s Shared) Texts() map[string]string {
	if s.shared == nil {
		return nil
	}
	return s.texts
}

// shelf has all Shared that are in use, by the hash of their JSON.
var shelf = struct {
	sync.Mutex
	shared map[uint64]*shared
}{shared: map[uint64]*shared{}}

// UnmarshalJSON decodes as Texts does.
func (s *Shared) UnmarshalJSON(b []byte) error {
	s.Release()
	hash := maphash.Bytes(seeds[0], b)
	shelf.Lock()
	defer shelf.Unlock()
	one := shelf.shared[hash]
	if one == nil {
		one = &shared{hash: hash}
		if err := one.texts.UnmarshalJSON(b); err != nil {
			return err
		}
		if one.texts == nil {
			return nil
		}
		shelf.shared[hash] = one
	}
	one.users++
	s.shared = one
	return nil
}

// Release says that the texts are in use no longer by the one who decoded them.
// They stay as they are, but an equal object is not the same any longer.
func (s *Shared) Release() {
	if s.shared == nil {
		return
	}
	shelf.Lock()
	defer shelf.Unlock()
	if s.users--; s.users == 0 {
		delete(shelf.shared, s.hash)
	}
	s.shared = nil
}

// Share returns an equal text that others have, if there is one lately.
func Share(text string) string {
	lately.mu.Lock()
	defer lately.mu.Unlock()
	return lately.share([]byte(text))
}

// readTexts reads a flat object of strings without escapes, in ASCII or valid
// UTF-8. It returns false for anything else.
func readTexts(b []byte) (Texts, bool) {
	b = bytes.TrimSpace(b)
	if len(b) < 2 || b[0] != '{' {
		return nil, false
	}
	lately.mu.Lock()
	defer lately.mu.Unlock()
	texts := make(Texts, bytes.Count(b, []byte(`":`)))
	b = skipSpace(b[1:])
	if len(b) > 0 && b[0] == '}' {
		return texts, len(b) == 1
	}
	for {
		name, rest, ok := readText(b)
		if !ok {
			return nil, false
		}
		if rest = skipSpace(rest); len(rest) == 0 || rest[0] != ':' {
			return nil, false
		}
		value, rest, ok := readText(skipSpace(rest[1:]))
		if !ok {
			return nil, false
		}
		texts[lately.share(name)] = lately.share(value)
		rest = skipSpace(rest)
		switch {
		case len(rest) == 1 && rest[0] == '}':
			return texts, true
		case len(rest) == 0 || rest[0] != ',':
			return nil, false
		}
		b = skipSpace(rest[1:])
	}
}

// readText reads a string that needs no decoding, and returns the rest after
// it.
func readText(b []byte) (text, rest []byte, ok bool) {
	if len(b) == 0 || b[0] != '"' {
		return nil, nil, false
	}
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return b[1:i], b[i+1:], true
		case c == '\\' || c < ' ' || c >= 0x80:
			return nil, nil, false
		}
	}
	return nil, nil, false
}

func skipSpace(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\n' || b[0] == '\t' || b[0] == '\r') {
		b = b[1:]
	}
	return b
}

// memory holds recent texts, each in the slot of its hash. A text replaces
// another one in its slot, so the memory stays small whatever servers send.
type memory struct {
	mu    sync.Mutex
	seed  maphash.Seed
	texts [1 << 13]string
}

var lately = memory{seed: maphash.MakeSeed()}

// share returns text as a string, the remembered one if there is one. The
// caller holds mu.
func (m *memory) share(text []byte) string {
	if len(text) > longestShared {
		return string(text)
	}
	slot := &m.texts[maphash.Bytes(m.seed, text)%uint64(len(m.texts))]
	if *slot != string(text) {
		*slot = string(text)
	}
	return *slot
}
