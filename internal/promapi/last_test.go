package promapi

import (
	"errors"
	"testing"
)

func TestLastDecodesAnAnswerOnce(t *testing.T) {
	var last Last[string]
	decoded := 0
	read := func(body string, err error) (string, error) {
		return last.Read([]byte(body), func(b []byte) (string, error) {
			decoded++
			return string(b), err
		})
	}
	broken := errors.New("broken")
	for _, step := range []struct {
		body  string
		err   error
		count int
	}{
		{"a", broken, 1},
		{"a", nil, 2}, // a failure is not cached
		{"a", nil, 2},
		{"b", nil, 3},
		{"b", broken, 3}, // not decoded
		{"c", broken, 4},
		{"b", nil, 4}, // the last good one is still cached
		{"a", nil, 5},
	} {
		value, err := read(step.body, step.err)
		if decoded != step.count {
			t.Fatalf("%q: decoded %d times, want %d", step.body, decoded, step.count)
		}
		if err == nil && value != step.body {
			t.Errorf("%q was read as %q", step.body, value)
		}
	}
}
