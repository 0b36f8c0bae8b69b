package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"firstline/internal/clean"
	"firstline/internal/credentials"
)

// writeJSON writes v indented. Text from outside stays exact, for scripts, and
// yet steers no terminal: what is not printable is written as \u escapes.
func writeJSON(w io.Writer, v any) error {
	lines := bufio.NewWriter(w)
	e := json.NewEncoder(jsonLines{lines})
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := errors.Join(e.Encode(v), lines.Flush()); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}

// writeJSONLine is writeJSON on one line.
func writeJSONLine(w io.Writer, v any) error {
	var line bytes.Buffer
	e := json.NewEncoder(jsonLines{&line})
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	if _, err := w.Write(line.Bytes()); err != nil { // at once, for who reads line by line
		return fmt.Errorf("writing JSON: %w", err)
	}
	return nil
}

// jsonLines makes JSON safe line by line, so that a long one is not copied as a whole.
// An Encoder writes all of a value at once.
type jsonLines struct{ to io.Writer }

func (l jsonLines) Write(text []byte) (int, error) {
	for line := range bytes.Lines(text) {
		if _, err := io.WriteString(l.to, credentials.HideInData(string(escapeUnprintable(line)))); err != nil {
			return 0, err
		}
	}
	return len(text), nil
}

// escapeUnprintable escapes what encoding/json leaves as it is: DEL, the C1
// control characters, characters that nobody sees or that change the direction of
// text, and marks beyond those that any language sets upon a letter. Outside of
// strings JSON has none of them.
func escapeUnprintable(b []byte) []byte {
	out := make([]byte, 0, len(b))
	marks := 0
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		if marks++; !clean.IsMark(r) {
			marks = 0
		}
		if r == '\n' || unicode.IsPrint(r) && !clean.Hidden(r) && marks <= clean.MaxMarks {
			out = append(out, b[i:i+size]...)
		} else if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		} else {
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += size
	}
	return out
}
