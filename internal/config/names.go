package config

import (
	"reflect"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// knownNames are the keys that a table of this type may have, by the tags of
// its fields; nil when it may have any.
func knownNames(t reflect.Type, tag string) []string {
	t = element(t)
	if t.Kind() != reflect.Struct {
		return nil
	}
	var names []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get(tag), ",")
		if options == "inline" {
			if element(f.Type).Kind() == reflect.Map {
				return nil
			}
			names = append(names, knownNames(f.Type, tag)...)
			continue
		}
		if name != "" && f.IsExported() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// element takes pointers and slices off a type.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t
}

// typeOf follows a key's path from a table's type; nil where nothing is known
// by that name.
func typeOf(t reflect.Type, tag string, path []string) reflect.Type {
	for _, part := range path {
		t = element(t)
		switch t.Kind() {
		case reflect.Interface: // anything may stand here
			return t
		case reflect.Map:
			t = t.Elem()
		case reflect.Struct:
			next := fieldType(t, tag, part)
			if next == nil {
				return nil
			}
			t = next
		default:
			return nil
		}
	}
	return t
}

func fieldType(t reflect.Type, tag, name string) reflect.Type {
	for i := range t.NumField() {
		f := t.Field(i)
		known, options, _ := strings.Cut(f.Tag.Get(tag), ",")
		switch {
		case options == "inline" && element(f.Type).Kind() == reflect.Struct:
			if found := fieldType(element(f.Type), tag, name); found != nil {
				return found
			}
		case options == "inline":
			return element(f.Type).Elem()
		case known != "" && strings.EqualFold(known, name):
			return f.Type
		}
	}
	return nil
}

// nearest is the known name that was most likely meant, or "" when none is
// like it.
func nearest(name string, known []string) string {
	name = strings.ToLower(name)
	best, least := "", 0
	for _, k := range known {
		d := levenshtein.ComputeDistance(name, k)
		if len(name) >= 3 && strings.HasPrefix(k, name) {
			d = 1 // the rest was left out
		}
		if best == "" || d < least {
			best, least = k, d
		}
	}
	if least > max(2, len(name)/2) {
		return ""
	}
	return best
}

// suggestion is the end of a sentence about an unknown name.
func suggestion(name string, known []string) string {
	if n := nearest(name, known); n != "" {
		return "the nearest known name is " + n
	}
	return "known here are " + strings.Join(known, ", ")
}
