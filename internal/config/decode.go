package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"firstline/internal/clean"
)

var fileType = reflect.TypeFor[file]()

// decode decodes a document strictly. A sentence has only the key and the
// position of a fault, never a value, which may be a secret.
func decode(path string, document []byte, positions *positions) (file, []*Error) {
	var f file
	err := toml.NewDecoder(bytes.NewReader(document)).DisallowUnknownFields().Decode(&f)
	if err == nil {
		return f, nil
	}
	var faults []*Error
	add := func(line, column int, sentence string) {
		faults = append(faults, &Error{File: path, Line: line, Column: column, Sentence: sentence})
	}
	var fault *toml.DecodeError
	var missing *toml.StrictMissingError
	isFault := !errors.As(err, &missing) && errors.As(err, &fault)
	if isFault && !isMismatch(fault) {
		line, column := fault.Position()
		add(line, column, "this is not valid TOML: "+clean.Line(message(fault)))
		return f, faults
	}
	// The decoder stops at the first wrong type, and in inline tables it does
	// not report the whole path of a key. The positions have all unknown keys.
	for _, u := range positions.unknown {
		add(u.at.line, u.at.column, u.sentence())
	}
	if isFault {
		if sentence := mismatchSentence(fault, positions); sentence != "" || len(faults) == 0 {
			line, column := fault.Position()
			add(line, column, cmp.Or(sentence, "a value of this type does not fit here"))
		}
	}
	if len(faults) == 0 && missing != nil {
		line, column := missing.Errors[0].Position()
		add(line, column, "this key is not known")
	}
	if len(faults) == 0 {
		add(0, 0, "this is not a configuration that can be read")
	}
	return f, faults
}

func (u unknownKey) sentence() string {
	t := typeOf(fileType, "toml", u.table)
	names := keysOf(t, "toml")
	switch {
	case slices.Equal(u.table, []string{"pagerduty"}) && strings.EqualFold(u.name, "token"):
		return "the token itself does not belong in this file: set PAGERDUTY_TOKEN, or name a token_keyring, token_file or token_command"
	case len(names) == 0 && len(u.table) > 0:
		last := len(u.table) - 1
		return fmt.Sprintf("%s%s must be %s", quoteKey(u.table[last]), inTable(u.table[:last]), shape(t, u.table[last]))
	}
	return fmt.Sprintf("%s is not known%s: %s", quoteKey(u.name), inTable(u.table), suggestion(u.name, names))
}

func message(e *toml.DecodeError) string { return strings.TrimPrefix(e.Error(), "toml: ") }

// isMismatch reports whether a value has the wrong type for its key.
func isMismatch(e *toml.DecodeError) bool {
	m := message(e)
	return strings.HasPrefix(m, "cannot decode") || strings.HasPrefix(m, "cannot store")
}

func mismatchSentence(e *toml.DecodeError, positions *positions) string {
	key := []string(e.Key())
	line, column := e.Position()
	// In inline tables the decoder reports the key of the table only.
	if t := typeOf(fileType, "toml", key); t != nil && element(t).Kind() == reflect.Struct {
		if inner := positions.before(position{line, column}); len(inner) > len(key) {
			key = inner
		}
	}
	if len(key) == 0 {
		return ""
	}
	t := typeOf(fileType, "toml", key)
	if t == nil {
		return ""
	}
	last := len(key) - 1
	return fmt.Sprintf("%s%s must be %s", quoteKey(key[last]), inTable(key[:last]), shape(t, key[last]))
}

// shape says how a value of this type is written.
func shape(t reflect.Type, name string) string {
	switch {
	case t == reflect.TypeFor[[]filePagerDuty]():
		return fmt.Sprintf("a table: write [%s], or [[%s]] for each of several accounts", name, name)
	case t.Kind() == reflect.Slice && element(t).Kind() == reflect.Struct:
		return fmt.Sprintf("a list of tables: write [[%s]]", name)
	case t.Kind() == reflect.Slice:
		return fmt.Sprintf("a list of texts, such as %s = [\"a\", \"b\"]", name)
	case element(t).Kind() == reflect.Struct:
		return fmt.Sprintf("a table: write [%s]", name)
	case t.Kind() == reflect.Map && t.Elem().Kind() == reflect.String:
		return fmt.Sprintf("a table of texts in quotes, such as %s = { a = \"b\" }", name)
	case t.Kind() == reflect.Map:
		return fmt.Sprintf("a table, such as %s = { … }", name)
	case element(t).Kind() == reflect.Bool:
		return "true or false"
	case element(t).Kind() == reflect.Int:
		return "a whole number without quotes"
	case element(t).Kind() == reflect.Float64:
		return "a number without quotes"
	}
	return "text in quotes"
}

func quoteKey(name string) string { return fmt.Sprintf("%q", clean.Line(name)) }

func inTable(path []string) string {
	if len(path) == 0 {
		return ""
	}
	return " in [" + clean.Line(strings.Join(path, ".")) + "]"
}
