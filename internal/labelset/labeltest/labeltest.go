// Package labeltest writes labels for tests.
package labeltest

import "strings"

// Set parses "a=1 b=2". A value may be in single quotes.
func Set(s string) map[string]string {
	m := map[string]string{}
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		name, rest, _ := strings.Cut(s, "=")
		var value string
		if after, quoted := strings.CutPrefix(rest, "'"); quoted {
			value, rest, _ = strings.Cut(after, "'")
		} else {
			value, rest, _ = strings.Cut(rest, " ")
		}
		m[name], s = value, rest
	}
	return m
}
