package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	commonconfig "github.com/prometheus/common/config"

	"github.com/pelletier/go-toml/v2"

	"firstline/internal/keys"
)

// forms are the forms of text that the tag form names: the words for the reference, and
// a pattern that all valid texts match.
var forms = map[string]struct{ words, pattern string }{
	"address":  {"an address", `^\s*[Hh][Tt][Tt][Pp][Ss]?://`},
	"duration": {`a time such as "15s"`, `^\s*([0-9.]+(h|m|s|ms|us|µs|ns))+\s*$`},
	"span":     {`a time such as "1h" or "30d"`, `^\s*([0-9]+(y|w|d|h|m|s|ms))+\s*$`},
	"color":    {"a colour", `^\s*(#[0-9A-Fa-f]{6}|[0-9]+|[A-Za-z]+(-[A-Za-z]+)?)\s*$`},
	"email":    {"an email address", `.@.`},
	"variable": {"the name of a variable", `^[^= \t\n]*$`},
}

// object is a JSON object.
type object = map[string]any

// Schema returns a JSON schema (draft 7, which editors read) of the configuration file,
// made of the types that Load decodes and of the example's comments and values.
func Schema(example []byte) ([]byte, error) {
	sections, err := readSections(example)
	if err != nil {
		return nil, err
	}
	described := map[string]section{}
	for _, s := range sections {
		described[strings.Join(s.path, ".")] = s
	}
	schema := tableSchema(fileType, nil, described)
	first, _, _ := strings.Cut(described[""].description, "\n\n")
	schema["description"] = paragraph(first)
	schema["$schema"] = "http://json-schema.org/draft-07/schema#"
	schema["title"] = "The configuration of firstline"
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(schema); err != nil {
		return nil, fmt.Errorf("writing the schema: %w", err)
	}
	return text.Bytes(), nil
}

// tableSchema is the schema of a table with the path.
func tableSchema(t reflect.Type, path []string, described map[string]section) object {
	s := described[strings.Join(path, ".")]
	options := map[string]option{}
	for _, o := range s.options {
		options[o.name] = o
	}
	properties, required := object{}, []string{}
	for f := range fields(t) {
		name := f.Tag.Get("toml")
		below := append(slices.Clone(path), name)
		if f.Tag.Get("option") == "required" {
			required = append(required, name)
		}
		properties[name] = fieldSchema(f, below, described)
		if o, ok := options[name]; ok {
			addValues(properties[name].(object), o)
		}
	}
	schema := object{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	if s.description != "" {
		schema["description"] = paragraph(s.description)
	}
	return schema
}

// addValues adds what the example says of an option.
func addValues(schema object, o option) {
	schema["description"] = paragraph(o.description)
	var value map[string]any
	if err := toml.Unmarshal([]byte("v = "+o.value), &value); err != nil {
		return // readSections has parsed it
	}
	if o.isDefault() {
		schema["default"] = value["v"]
	} else {
		schema["examples"] = []any{value["v"]}
	}
}

// paragraph is a description on one line.
func paragraph(text string) string { return strings.Join(strings.Fields(text), " ") }

// fieldSchema is the schema of one field.
func fieldSchema(f reflect.StructField, path []string, described map[string]section) object {
	if f.Tag.Get("toml") == "http" {
		return httpSchema(httpType)
	}
	t := deref(f.Type)
	switch {
	case t.Kind() == reflect.Struct:
		return tableSchema(t, path, described)
	case t.Kind() == reflect.Slice && element(t).Kind() == reflect.Struct:
		table := tableSchema(element(t), path, described)
		list := object{"type": "array", "items": table}
		if f.Tag.Get("also") != "" {
			return object{"anyOf": []any{table, list}}
		}
		return list
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": valueSchema(t.Elem(), f.Tag)}
	case t.Kind() == reflect.Map:
		var inner object
		if element(t.Elem()).Kind() == reflect.Struct {
			inner = tableSchema(element(t.Elem()), path, described)
		} else {
			inner = valueSchema(t.Elem(), f.Tag)
		}
		schema := object{"type": "object", "additionalProperties": inner}
		if names := f.Tag.Get("keys"); names == "commands" {
			schema["propertyNames"] = object{"enum": append([]string{"preset"}, keys.Commands()...)}
			schema["properties"] = object{"preset": object{"type": "string", "enum": keys.Presets()}}
		} else if names != "" {
			schema["propertyNames"] = object{"pattern": names}
		}
		if s := described[strings.Join(path, ".")]; s.description != "" {
			schema["description"] = paragraph(s.description)
		}
		return schema
	}
	return valueSchema(t, f.Tag)
}

// valueSchema is the schema of a value that is no table.
func valueSchema(t reflect.Type, tag reflect.StructTag) object {
	schema := object{}
	switch t.Kind() {
	case reflect.String:
		schema["type"] = "string"
	case reflect.Bool:
		schema["type"] = "boolean"
	case reflect.Int:
		schema["type"] = "integer"
	case reflect.Float64:
		schema["type"] = "number"
	case reflect.Interface: // a text or a list of texts
		schema["type"] = []string{"string", "array"}
		schema["minLength"] = 1
		schema["items"] = object{"type": "string", "minLength": 1}
	default:
		panic("config: the schema knows no " + t.String())
	}
	if values := strings.Fields(tag.Get("values")); len(values) > 0 {
		schema["enum"] = values
	}
	if form, ok := forms[tag.Get("form")]; ok {
		schema["pattern"] = form.pattern
	}
	if tag.Get("option") == "required" && t.Kind() == reflect.String && tag.Get("form") == "" {
		schema["pattern"] = `\S`
	}
	least, most, open := limits(tag)
	if least != nil {
		schema[map[bool]string{false: "minimum", true: "exclusiveMinimum"}[open]] = *least
	}
	if most != nil {
		schema[map[bool]string{false: "maximum", true: "exclusiveMaximum"}[open]] = *most
	}
	return schema
}

// limits reads the tag range. open: the limits themselves are not valid.
func limits(tag reflect.StructTag) (least, most *float64, open bool) {
	text := tag.Get("range")
	inner := strings.Trim(text, "()")
	from, to, _ := strings.Cut(inner, "..")
	number := func(text string) *float64 {
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return nil
		}
		return &v
	}
	return number(from), number(to), inner != text
}

// httpSchema is the schema of Prometheus's own http client options.
func httpSchema(t reflect.Type) object {
	t = deref(t)
	switch {
	case t == reflect.TypeFor[commonconfig.URL](), t == reflect.TypeFor[commonconfig.TLSVersion]():
		return object{"type": "string"}
	case t.Kind() == reflect.Slice:
		return object{"type": "array", "items": httpSchema(t.Elem())}
	case t.Kind() == reflect.Map:
		return object{"type": "object", "additionalProperties": httpSchema(t.Elem())}
	case t.Kind() == reflect.Interface:
		return object{}
	case t.Kind() != reflect.Struct:
		return valueSchema(t, "")
	}
	properties := object{}
	schema := object{"type": "object", "additionalProperties": false, "properties": properties}
	for f := range fields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case options == "inline" && deref(f.Type).Kind() == reflect.Map:
			schema["additionalProperties"] = httpSchema(deref(f.Type).Elem())
		case options == "inline":
			for inner, s := range httpSchema(f.Type)["properties"].(object) {
				properties[inner] = s
			}
		case name != "" && name != "-" && f.IsExported():
			properties[name] = httpSchema(f.Type)
		}
	}
	return schema
}

func deref(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}
