package promapi

import (
	"bytes"
	"encoding/json"
	"hash/maphash"
	"sync"
)

// Texts are labels or annotations as they stand in an answer: a flat object of
// strings. They are most of what an answer holds, and nearly all of them are
// without escapes and come again with each alert and each read. So they are
// read in one pass where that is possible, and equal short ones share their
// memory.
type Texts map[string]string

// longestShared is up to which length, in bytes, equal texts share memory.
// Longer ones are mostly descriptions with a value in them.
const longestShared = 64

// UnmarshalJSON reads what encoding/json would make of a map of strings. The
// caller, encoding/json, has made sure that b is valid JSON.
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

// readTexts reads a flat object of strings without escapes and of ASCII or
// valid UTF-8; of anything else it says that it did not.
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

// readText reads a string that needs no decoding, and gives what follows it.
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

// memory holds texts that were met lately, each at the place that its hash
// gives; a text that meets another one there takes its place. So it stays small
// whatever servers send.
type memory struct {
	mu    sync.Mutex
	seed  maphash.Seed
	texts [1 << 13]string
}

var lately = memory{seed: maphash.MakeSeed()}

// share is text as a string, the same one as last time if that is remembered.
// The caller holds mu.
func (m *memory) share(text []byte) string {
	if len(text) > longestShared {
		return string(text)
	}
	place := &m.texts[maphash.Bytes(m.seed, text)%uint64(len(m.texts))]
	if *place != string(text) {
		*place = string(text)
	}
	return *place
}
