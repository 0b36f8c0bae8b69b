package config

import (
	"reflect"
	"slices"
	"strings"

	"firstline/internal/naming"
)

// keysOf returns the keys that a table of this type may have, from the tags of
// its fields. It returns nil when any key is valid.
func keysOf(t reflect.Type, tag string) []string {
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
			names = append(names, keysOf(f.Type, tag)...)
			continue
		}
		if name != "" && f.IsExported() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// element removes pointers and slices from a type.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	return t
}

// typeOf follows the path of a key from a table's type. It returns nil for a
// path that does not exist.
func typeOf(t reflect.Type, tag string, path []string) reflect.Type {
	for _, part := range path {
		t = element(t)
		switch t.Kind() {
		case reflect.Interface: // any key is valid here
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
		key, options, _ := strings.Cut(f.Tag.Get(tag), ",")
		switch {
		case options == "inline" && element(f.Type).Kind() == reflect.Struct:
			if found := fieldType(element(f.Type), tag, name); found != nil {
				return found
			}
		case options == "inline":
			return element(f.Type).Elem()
		case key != "" && strings.EqualFold(key, name):
			return f.Type
		}
	}
	return nil
}

// suggestion returns the end of a sentence about an unknown name.
func suggestion(name string, valid []string) string {
	if n := naming.Nearest(name, valid); n != "" {
		return "the nearest known name is " + n
	}
	return "known here are " + strings.Join(valid, ", ")
}
