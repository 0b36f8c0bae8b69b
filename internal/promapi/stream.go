package promapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Stream reads a JSON text of any length through a buffer of one value. It finds
// where values begin and end; encoding/json decodes them.
type Stream struct {
	from io.Reader
	// buf[at:end] was received and not read yet. Until Forget, nothing before at is
	// dropped either.
	buf     []byte
	at, end int
	forgets bool
	// ended means that there is nothing more to receive, fault is why, if it is not
	// the end of the answer.
	ended bool
	fault error
	// members and spans are reused by Element.
	members []Member
	spans   []span
}

const (
	// streamBuffer is the first size of the buffer. It grows to hold one value.
	streamBuffer = 32 << 10
	// longestValue bounds one value.
	longestValue = maxBody
)

// ErrDamaged is the error of a text that is not JSON.
var ErrDamaged = errors.New("it is not JSON")

// NewStream returns a Stream of a text.
func NewStream(from io.Reader) *Stream { return &Stream{from: from, buf: make([]byte, streamBuffer)} }

// Forget allows to drop what was read. Until then All returns the whole text.
func (s *Stream) Forget() { s.forgets = true }

// All returns the whole text, and false when a part of it was dropped or receiving
// it fails.
func (s *Stream) All() ([]byte, bool) {
	if s.forgets {
		return nil, false
	}
	for s.fill() {
	}
	return s.buf[:s.end], s.fault == nil
}

// fill receives more, and reports whether it did.
func (s *Stream) fill() bool {
	if s.ended {
		return false
	}
	if s.forgets && s.at > 0 {
		copy(s.buf, s.buf[s.at:s.end])
		s.at, s.end = 0, s.end-s.at
	}
	if s.end == len(s.buf) {
		if len(s.buf) >= longestValue {
			s.ended, s.fault = true, errTooLong
			return false
		}
		s.buf = append(s.buf, make([]byte, len(s.buf))...)
	}
	for range 100 { // as bufio.Reader does
		n, err := s.from.Read(s.buf[s.end:])
		s.end += n
		if err != nil {
			s.ended = true
			if !errors.Is(err, io.EOF) {
				s.fault = err
			}
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	s.ended, s.fault = true, io.ErrNoProgress
	return false
}

// damaged returns why there is no further value.
func (s *Stream) damaged() error {
	if s.fault != nil {
		return s.fault
	}
	return ErrDamaged
}

// Peek returns the first byte of the next value, or of what follows the last one,
// and 0 at the end.
func (s *Stream) Peek() byte {
	for {
		for ; s.at < s.end; s.at++ {
			switch c := s.buf[s.at]; c {
			case ' ', '\t', '\n', '\r':
			default:
				return c
			}
		}
		if !s.fill() {
			return 0
		}
	}
}

// End returns an error unless nothing more follows.
func (s *Stream) End() error {
	if s.Peek() != 0 || s.at < s.end || s.fault != nil {
		return s.damaged()
	}
	return nil
}

// Object reads an object. member reads the value of the member with that name.
func (s *Stream) Object(member func(name string) error) error {
	return s.each('{', '}', func() error {
		raw, err := s.Value()
		if err != nil {
			return err
		}
		var name string
		if err := json.Unmarshal(raw, &name); err != nil {
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		if s.Peek() != ':' {
			return s.damaged()
		}
		s.at++
		return member(name)
	})
}

// List reads a list. element reads one of its elements.
func (s *Stream) List(element func() error) error { return s.each('[', ']', element) }

func (s *Stream) each(begin, end byte, one func() error) error {
	if s.Peek() != begin {
		return s.damaged()
	}
	s.at++
	if s.Peek() == end {
		s.at++
		return nil
	}
	for {
		if err := one(); err != nil {
			return err
		}
		switch s.Peek() {
		case end:
			s.at++
			return nil
		case ',':
			s.at++
		default:
			return s.damaged()
		}
	}
}

// Decode decodes the next value into target.
func (s *Stream) Decode(target any) error {
	raw, err := s.Value()
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, target)
}

// Skip reads the next value and drops it.
func (s *Stream) Skip() error {
	raw, err := s.Value()
	if err == nil && !json.Valid(raw) {
		err = ErrDamaged
	}
	return err
}

// Value returns the JSON of the next value, until the next call. Whether that is
// valid is up to the caller.
func (s *Stream) Value() ([]byte, error) {
	e, err := s.Element()
	return e.Raw, err
}

// Element is the JSON of a value, valid until the next call of its Stream. Members
// are those of an object.
type Element struct {
	Raw     []byte
	Members []Member
}

// Member is a member of an object: its name, as it is written, and its value in
// JSON.
type Member struct {
	Name, Value []byte
	at          int // where the value begins in the element
}

// Member returns the value of the member with that name, as it is written, or nil.
func (e *Element) Member(name string) []byte {
	for i := range e.Members {
		if string(e.Members[i].Name) == name {
			return e.Members[i].Value
		}
	}
	return nil
}

// Element reads the next value.
func (s *Stream) Element() (Element, error) {
	first := s.Peek()
	if first == 0 {
		return Element{}, s.damaged()
	}
	if first != '{' {
		n, err := s.value(0)
		if err != nil {
			return Element{}, err
		}
		raw := s.buf[s.at : s.at+n]
		s.at += n
		return Element{Raw: raw}, nil
	}
	s.spans = s.spans[:0]
	n, err := s.object()
	if err != nil {
		return Element{}, err
	}
	e := Element{Raw: s.buf[s.at : s.at+n], Members: s.members[:0]}
	s.at += n
	for _, m := range s.spans {
		e.Members = append(e.Members, Member{e.Raw[m.name+1 : m.nameEnd-1], e.Raw[m.value:m.end], m.value})
	}
	s.members = e.Members
	return e, nil
}

// span is where a member is, counted from where its object begins.
type span struct{ name, nameEnd, value, end int }

// object notes the members of the object at the beginning, and returns its end.
func (s *Stream) object() (int, error) {
	i, c := s.next(1)
	if c == '}' {
		return i + 1, nil
	}
	for {
		var m span
		var err error
		if c != '"' {
			return 0, s.damaged()
		}
		m.name = i
		if m.nameEnd, err = s.text(i); err != nil {
			return 0, err
		}
		if i, c = s.next(m.nameEnd); c != ':' {
			return 0, s.damaged()
		}
		m.value, _ = s.next(i + 1)
		if m.end, err = s.value(m.value); err != nil {
			return 0, err
		}
		s.spans = append(s.spans, m)
		switch i, c = s.next(m.end); c {
		case '}':
			return i + 1, nil
		case ',':
			i, c = s.next(i + 1)
		default:
			return 0, s.damaged()
		}
	}
}

// has reports whether the byte at i, counted from the beginning of what is not read
// yet, was received. It receives more if need be.
func (s *Stream) has(i int) bool { return s.at+i < s.end || s.fill() }

// next returns the first byte from i on that is no space, and where it is; 0 at the
// end.
func (s *Stream) next(i int) (int, byte) {
	for ; s.has(i); i++ {
		switch c := s.buf[s.at+i]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return i, c
		}
	}
	return i, 0
}

// value returns where the value that begins at i ends.
func (s *Stream) value(i int) (int, error) {
	if !s.has(i) {
		return 0, s.damaged()
	}
	depth := 0
	switch s.buf[s.at+i] {
	case '"':
		return s.text(i)
	case '{', '[':
	default:
		return s.word(i)
	}
	for s.has(i) {
		switch s.buf[s.at+i] {
		case '"':
			var err error
			if i, err = s.text(i); err != nil {
				return 0, err
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1, nil
			}
		}
		i++
	}
	return 0, s.damaged()
}

// word returns where a number or a word that begins at i ends.
func (s *Stream) word(i int) (int, error) {
	begin := i
	for ; s.has(i); i++ {
		switch s.buf[s.at+i] {
		case ' ', '\t', '\n', '\r', ',', ':', '"', '{', '[', '}', ']':
			if i == begin {
				return 0, s.damaged()
			}
			return i, nil
		}
	}
	if s.fault != nil {
		return 0, s.fault
	}
	return i, nil
}

// text returns where the text that begins at i ends.
func (s *Stream) text(i int) (int, error) {
	for from := i + 1; ; {
		n := bytes.IndexByte(s.buf[s.at+from:s.end], '"')
		if n < 0 {
			from = s.end - s.at
			if !s.fill() {
				return 0, s.damaged()
			}
			continue
		}
		from += n
		backslashes := 0
		for s.buf[s.at+from-1-backslashes] == '\\' {
			backslashes++
		}
		if from++; backslashes%2 == 0 {
			return from, nil
		}
	}
}
