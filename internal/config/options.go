package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"firstline/internal/lazyregexp"
)

// section is a table of the file as config.example.toml describes it.
type section struct {
	// path is empty for the file itself.
	path        []string
	repeated    bool
	description string
	options     []option
}

// option is one key of a table.
type option struct {
	name        string
	description string
	// value is what the example sets it to, in TOML.
	value string
	// shown: the example sets it, and not only in a comment.
	shown bool
	field reflect.StructField
}

// isDefault reports whether the example shows the default.
func (o option) isDefault() bool { return o.field.Tag.Get("option") == "default" }

func (o option) isRequired() bool { return o.field.Tag.Get("option") == "required" }

func (s section) header() string {
	if s.repeated {
		return "[[" + strings.Join(s.path, ".") + "]]"
	}
	return "[" + strings.Join(s.path, ".") + "]"
}

var (
	exampleHeader = lazyregexp.New(`^(\[+)([\w.]+)\]+$`)
	exampleOption = lazyregexp.New(`^(# )?([A-Za-z_][\w-]*) = (.+)$`)
)

// readSections reads the descriptions and values in config.example.toml, in its order:
// the comment right above a header or an option describes it. What is wrong with the
// example is an error.
func readSections(example []byte) ([]section, error) {
	var (
		all     []section
		comment []string
	)
	describe := func() string {
		text := strings.TrimSpace(strings.Join(comment, "\n"))
		comment = nil
		return text
	}
	for line := range strings.Lines(string(example)) {
		line = strings.TrimRight(line, "\r\n")
		if m := exampleHeader.FindStringSubmatch(line); m != nil {
			s := section{path: strings.Split(m[2], "."), repeated: m[1] == "[[", description: describe()}
			if t := typeOf(fileType, "toml", s.path); t == nil || element(t).Kind() != reflect.Struct && t.Kind() != reflect.Map {
				return nil, fmt.Errorf("config.example.toml: %s is not a table of the configuration", s.header())
			}
			all = append(all, s)
			continue
		}
		if m := exampleOption.FindStringSubmatch(line); m != nil && len(all) > 0 {
			s := &all[len(all)-1]
			if field, any := fieldOf(typeOf(fileType, "toml", s.path), m[2]); any || field.Name != "" {
				s.options = append(s.options, option{name: m[2], description: describe(), value: m[3], shown: m[1] == "", field: field})
				continue
			}
		}
		switch text, isComment := strings.CutPrefix(line, "#"); {
		case isComment:
			comment = append(comment, strings.TrimPrefix(text, " "))
		case len(all) == 0 && len(comment) > 0:
			all = append(all, section{description: describe()}) // of the file itself
		default:
			comment = nil
		}
	}
	return all, checkSections(all)
}

// fieldOf returns the field of a table's type for an option. any: the options of the
// table have any names.
func fieldOf(t reflect.Type, name string) (field reflect.StructField, any bool) {
	if t = element(t); t.Kind() == reflect.Map {
		return field, true
	}
	for f := range fields(t) {
		if f.Tag.Get("toml") == name {
			return f, false
		}
	}
	return field, false
}

// fields are those of a struct.
func fields(t reflect.Type) func(func(reflect.StructField) bool) {
	return func(yield func(reflect.StructField) bool) {
		for i := range t.NumField() {
			if !yield(t.Field(i)) {
				return
			}
		}
	}
}

// checkSections returns an error for what the example does not describe.
func checkSections(all []section) error {
	described := map[string]bool{}
	for _, s := range all {
		described[strings.Join(s.path, ".")] = true
		if s.description == "" {
			return fmt.Errorf("config.example.toml: write above %s what it is for", s.header())
		}
		for _, o := range s.options {
			described[strings.Join(append(slices.Clone(s.path), o.name), ".")] = true
			if o.description == "" && o.field.Name != "" {
				return fmt.Errorf("config.example.toml: write above %s in %s what it is for", o.name, s.header())
			}
			var value map[string]any
			if err := toml.Unmarshal([]byte("v = "+o.value), &value); err != nil {
				return fmt.Errorf("config.example.toml: %s in %s: %w", o.name, s.header(), err)
			}
		}
	}
	for _, s := range append([]section{{}}, all...) {
		t := element(typeOf(fileType, "toml", s.path))
		if t.Kind() != reflect.Struct {
			continue
		}
		for f := range fields(t) {
			if path := strings.Join(append(slices.Clone(s.path), f.Tag.Get("toml")), "."); !described[path] {
				return fmt.Errorf("config.example.toml does not show %s", path)
			}
		}
	}
	return nil
}
