package sources

import "sync"

// Value is what an alert's expression yields, as text. It moves with nearly each
// read while everything else stays, so it is not part of what makes an alert
// another one: all who have the alert have its newest value. A nil Value has no text.
type Value struct {
	mu   sync.Mutex
	text string
}

// NewValue returns a value.
func NewValue(text string) *Value { return &Value{text: text} }

// String returns the newest value.
func (v *Value) String() string {
	if v == nil {
		return ""
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.text
}

// Move sets a newer value, and reports whether it is another one. Only who reads
// the source calls it.
func (v *Value) Move(text []byte) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.text == string(text) {
		return false
	}
	v.text = string(text)
	return true
}

// GobEncode encodes the value for the next start.
func (v *Value) GobEncode() ([]byte, error) { return []byte(v.String()), nil }

// GobDecode decodes what GobEncode encoded.
func (v *Value) GobDecode(b []byte) error {
	v.text = string(b)
	return nil
}
