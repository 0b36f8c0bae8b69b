// Package promapitest helps to test what reads answers of the Prometheus family.
package promapitest

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Ambiguous reports whether an object in the JSON has two members with one name, in
// any case. What such an answer means depends on who reads it.
func Ambiguous(body []byte) bool {
	d := json.NewDecoder(bytes.NewReader(body))
	var names []map[string]bool // of the objects around, nil for a list
	isName := false
	for {
		token, err := d.Token()
		if err != nil {
			return false
		}
		switch token {
		case json.Delim('{'):
			names, isName = append(names, map[string]bool{}), true
			continue
		case json.Delim('['):
			names, isName = append(names, nil), false
			continue
		case json.Delim('}'), json.Delim(']'):
			names = names[:len(names)-1]
			isName = len(names) > 0 && names[len(names)-1] != nil
			continue
		}
		if !isName {
			isName = len(names) > 0 && names[len(names)-1] != nil
			continue
		}
		name, _ := token.(string)
		name = strings.ToLower(strings.ToUpper(name)) // as strings.EqualFold, nearly
		if names[len(names)-1][name] {
			return true
		}
		names[len(names)-1][name], isName = true, false
	}
}
