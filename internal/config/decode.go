package config

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"firstline/internal/clean"
)

var fileType = reflect.TypeFor[file]()

// decode reads a document strictly. Only the key and the place of a fault get
// into its sentence, never a value: it may be a secret.
func decode(path string, document []byte) (file, []*Error) {
	var f file
	err := toml.NewDecoder(bytes.NewReader(document)).DisallowUnknownFields().Decode(&f)
	var missing *toml.StrictMissingError
	var fault *toml.DecodeError
	switch {
	case err == nil:
		return f, nil
	case errors.As(err, &missing):
		var all []*Error
		for i := range missing.Errors {
			all = append(all, unknownKey(path, &missing.Errors[i]))
		}
		return f, all
	case errors.As(err, &fault):
		line, column := fault.Position()
		return f, []*Error{{File: path, Line: line, Column: column, Sentence: faultSentence(fault)}}
	}
	return f, []*Error{{File: path, Sentence: "this is not TOML"}}
}

func unknownKey(path string, e *toml.DecodeError) *Error {
	line, column := e.Position()
	key := e.Key()
	table, name := deepestKnown(key)
	known := knownNames(typeOf(fileType, "toml", table), "toml")
	sentence := fmt.Sprintf("%s is not known%s: %s", quoteKey(name), inTable(table), suggestion(name, known))
	if slices.Equal(table, []string{"pagerduty"}) && strings.EqualFold(name, "token") {
		sentence = "the token itself does not belong in this file: set PAGERDUTY_TOKEN, or name a token_file or token_command"
	}
	return &Error{File: path, Line: line, Column: column, Sentence: sentence}
}

// deepestKnown splits a key into the tables that are known and the first name
// that is not.
func deepestKnown(key []string) (table []string, name string) {
	for i := range key {
		if typeOf(fileType, "toml", key[:i+1]) == nil {
			return key[:i], key[i]
		}
	}
	return key[:len(key)-1], key[len(key)-1]
}

func faultSentence(e *toml.DecodeError) string {
	message := strings.TrimPrefix(e.Error(), "toml: ")
	key := e.Key()
	if len(key) > 0 && (strings.HasPrefix(message, "cannot decode") || strings.HasPrefix(message, "cannot store")) {
		if t := typeOf(fileType, "toml", key); t != nil {
			name := key[len(key)-1]
			return fmt.Sprintf("%s%s must be %s", quoteKey(name), inTable(key[:len(key)-1]), shape(t, name))
		}
	}
	return "this is not valid TOML: " + clean.Line(message)
}

// shape says how a value of this type is written.
func shape(t reflect.Type, name string) string {
	switch {
	case t.Kind() == reflect.Slice && element(t).Kind() == reflect.Struct:
		return fmt.Sprintf("a list of tables: write [[%s]]", name)
	case t.Kind() == reflect.Slice:
		return fmt.Sprintf("a list of texts, such as %s = [\"a\", \"b\"]", name)
	case element(t).Kind() == reflect.Struct:
		return fmt.Sprintf("a table: write [%s]", name)
	case t.Kind() == reflect.Map:
		return fmt.Sprintf("a table, such as %s = { … }", name)
	case t.Kind() == reflect.Bool:
		return "true or false"
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
