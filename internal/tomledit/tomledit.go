// Package tomledit sets values in a TOML document and leaves the rest as it is:
// comments, order, and what it does not know. It knows no configuration.
package tomledit

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"firstline/internal/lazyregexp"
)

// Setting is one value to set.
type Setting struct {
	// Table is the name of a table, or of a list of tables.
	Table string
	// List: it is a list of tables, [[Table]]. Element is the index of the one that is
	// meant; as many as there are mean a new one.
	List    bool
	Element int
	Key     string
	// Value is a string, a number, a bool, a list of such values, or a map of such values
	// and maps, which is written as an inline table. Nil comments the key out.
	Value any
	// Insert: it is a line of its own, and one in a comment stays.
	Insert bool
}

// ErrForm is returned for a document in which a value can't be set, because it is
// written in a form that is not understood here, such as an inline table.
var ErrForm = errors.New("it is written in a form that can't be changed by itself")

// Apply returns the document with the settings. It changes nothing else, and returns
// an error where it can't.
func Apply(document string, settings ...Setting) (string, error) {
	wanted, err := values(document)
	if err != nil {
		return "", err
	}
	for _, s := range settings {
		if !s.apply(wanted) {
			return "", fmt.Errorf("%s in [%s]: %w", s.Key, s.Table, ErrForm)
		}
		if is(document, wanted) {
			continue // it has the value
		}
		changed, ok := s.edit(document, wanted)
		if !ok {
			return "", fmt.Errorf("%s in [%s]: %w", s.Key, s.Table, ErrForm)
		}
		document = changed
	}
	return document, nil
}

// values decodes a document into maps.
func values(document string) (map[string]any, error) {
	var v map[string]any
	if err := toml.Unmarshal([]byte(document), &v); err != nil {
		return nil, fmt.Errorf("this is not valid TOML: %w", err)
	}
	if v == nil {
		v = map[string]any{}
	}
	return v, nil
}

// is reports whether a document has exactly these values.
func is(document string, wanted map[string]any) bool {
	got, err := values(document)
	return err == nil && reflect.DeepEqual(got, wanted)
}

// apply sets the value in decoded values, and reports whether there can be such a
// value.
func (s Setting) apply(v map[string]any) bool {
	if s.Value == nil && v[s.Table] == nil {
		return true
	}
	table, ok := s.table(v)
	if !ok {
		return false
	}
	if s.Value == nil {
		delete(table, s.Key)
		return true
	}
	value := s.Value
	if list, is := value.([]string); is {
		all := make([]any, len(list))
		for i, text := range list {
			all[i] = text
		}
		value = all
	}
	table[s.Key] = value
	return true
}

// table finds or makes the table of the setting.
func (s Setting) table(v map[string]any) (map[string]any, bool) {
	old, present := v[s.Table]
	if !s.List {
		table, is := old.(map[string]any)
		if !present {
			table = map[string]any{}
			v[s.Table] = table
		}
		return table, is || !present
	}
	list, is := old.([]any)
	switch {
	case present && !is, s.Element < 0, s.Element > len(list):
		return nil, false
	case s.Element == len(list):
		table := map[string]any{}
		v[s.Table] = append(list, table)
		return table, true
	}
	table, is := list[s.Element].(map[string]any)
	return table, is
}

// edit returns the document with the setting, if it then has exactly the wanted values.
func (s Setting) edit(document string, wanted map[string]any) (string, bool) {
	for _, try := range []func(*text) bool{s.changeItems, s.replace, s.commentTables, s.uncomment, s.insert, s.addAtEnd} {
		t, err := parse(document)
		if err != nil {
			return "", false
		}
		if try(t) {
			if changed := t.String(); is(changed, wanted) {
				return changed, true
			}
		}
	}
	return "", false
}

// Count returns how many tables a list of tables has.
func Count(document, table string) int {
	v, err := values(document)
	if err != nil {
		return 0
	}
	list, _ := v[table].([]any)
	return len(list)
}

// List returns the strings of a list in a table; nil: there are none.
func List(document, table, key string) []string {
	v, err := values(document)
	if err != nil {
		return nil
	}
	in, _ := v[table].(map[string]any)
	list, _ := in[key].([]any)
	var all []string
	for _, item := range list {
		text, is := item.(string)
		if !is {
			return nil
		}
		all = append(all, text)
	}
	return all
}

// Quote writes a string as a TOML value: between double quotes, or between single ones
// where that is easier to read.
func Quote(text string) string {
	control := strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f })
	if strings.ContainsAny(text, `"\`) && !strings.Contains(text, "'") && !control {
		return "'" + text + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// bareKey matches keys that are written without quotes.
var bareKey = lazyregexp.New(`^[A-Za-z0-9_-]+$`)

// written is a value as TOML.
func written(value any) string {
	switch v := value.(type) {
	case string:
		return Quote(v)
	case []string:
		all := make([]any, len(v))
		for i, text := range v {
			all[i] = text
		}
		return written(all)
	case []any:
		all := make([]string, len(v))
		for i, item := range v {
			all[i] = written(item)
		}
		return "[" + strings.Join(all, ", ") + "]"
	case bool, int64:
		return fmt.Sprint(v)
	case float64:
		text := strconv.FormatFloat(v, 'f', -1, 64)
		if !strings.Contains(text, ".") {
			text += ".0"
		}
		return text
	case map[string]any:
		var all []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			name := key
			if !bareKey.MatchString(key) {
				name = Quote(key)
			}
			all = append(all, name+" = "+written(v[key]))
		}
		return "{ " + strings.Join(all, ", ") + " }"
	}
	panic(fmt.Sprintf("a value of type %T can't be written", value))
}
