package cli

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A schema is made from the Go types that a command writes, with their comments as
// descriptions and the constants of a type as its values.

// schemaMaker makes a schema of one command.
type schemaMaker struct{ definitions map[string]any }

type object = map[string]any

// makeSchema returns the schema of what is written as a value.
func makeSchema(title string, value any) ([]byte, error) {
	m := &schemaMaker{object{}}
	schema, err := m.structure(reflect.TypeOf(value))
	if err != nil {
		return nil, err
	}
	maps.Copy(schema, object{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": title})
	if len(m.definitions) > 0 {
		schema["$defs"] = m.definitions
	}
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err = e.Encode(schema)
	return []byte(text.String()), err
}

// formed is implemented by types that are written in another form than their own.
type formed interface{ Form() any }

// typeOf returns the schema of a type.
func (m *schemaMaker) typeOf(t reflect.Type) (object, error) {
	switch {
	case t == reflect.TypeFor[time.Time]():
		return object{"type": "string", "format": "date-time"}, nil
	case t.Implements(reflect.TypeFor[formed]()) && t.Kind() == reflect.Struct:
		return m.typeOf(reflect.TypeOf(reflect.Zero(t).Interface().(formed).Form()))
	case t.Implements(reflect.TypeFor[json.Marshaler]()) && t.Kind() != reflect.Pointer:
		return nil, fmt.Errorf("the form of %s is not known: give it a method Form", t)
	}
	switch t.Kind() {
	case reflect.Bool:
		return object{"type": "boolean"}, nil
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}, nil
	case reflect.Float64:
		return object{"type": "number"}, nil
	case reflect.String:
		if values := valuesOf(t); len(values) > 0 {
			return object{"type": "string", "enum": values}, nil
		}
		return object{"type": "string"}, nil
	case reflect.Slice:
		items, err := m.typeOf(t.Elem())
		return object{"type": "array", "items": items}, err
	case reflect.Map:
		values, err := m.typeOf(t.Elem())
		return object{"type": "object", "additionalProperties": values}, err
	case reflect.Pointer:
		return m.typeOf(t.Elem())
	case reflect.Struct:
		name := strings.TrimSuffix(t.Name(), "JSON")
		name = strings.ToLower(name[:1]) + name[1:]
		definition, err := m.structure(t)
		if err != nil {
			return nil, err
		}
		if there := m.definitions[name]; there != nil && !reflect.DeepEqual(there, definition) {
			return nil, fmt.Errorf("there is another type with the name of %s: rename one", t)
		}
		m.definitions[name] = definition
		return object{"$ref": "#/$defs/" + name}, nil
	default:
		return nil, fmt.Errorf("%s is no type of JSON", t)
	}
}

// orNull makes a schema that also takes null.
func orNull(schema object) object {
	if schema["$ref"] != nil {
		return object{"anyOf": []object{schema, {"type": "null"}}}
	}
	schema["type"] = []any{schema["type"], "null"}
	if values, ok := schema["enum"].([]any); ok {
		schema["enum"] = append(slices.DeleteFunc(values, func(v any) bool { return v == "" }), nil)
	}
	return schema
}

// structure returns the schema of a struct: each field is there unless it says that
// it may be left out, and nothing else is.
func (m *schemaMaker) structure(t reflect.Type) (object, error) {
	properties, required := object{}, []string{}
	comments, err := commentsOf(t)
	if err != nil {
		return nil, err
	}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous || name == "-" || !f.IsExported() {
			continue
		}
		if name == "" {
			name = f.Name
		}
		key, left := t.Name()+"."+f.Name, strings.HasPrefix(options, "omit")
		written := f.Type
		if values := schemaTypes[key]; values != nil {
			written = reflect.TypeOf(values)
		}
		schema, err := m.typeOf(written)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		if f.Type.Kind() == reflect.Pointer && !left || f.Type.Kind() == reflect.Interface || slices.Contains(schemaNulls, key) {
			schema = orNull(schema)
		}
		if comment := comments.fields[f.Name]; comment != "" {
			schema["description"] = comment
		}
		properties[name] = schema
		if !left {
			required = append(required, name)
		}
	}
	schema := object{"type": "object", "properties": properties, "required": required, "additionalProperties": false}
	if comments.of != "" {
		schema["description"] = comments.of
	}
	return schema, nil
}

// sourceComments are the comments of a struct and its fields, with the names of JSON.
type sourceComments struct {
	of     string
	fields map[string]string
}

// declared is what the sources of a package say of its types.
type declared struct {
	types  map[string]*ast.StructType
	values map[string][]any
	// names are the values of constants.
	names map[string]string
}

var (
	declaredMu  sync.Mutex
	declaredOf  = map[string]*declared{}
	severalCaps = regexp.MustCompile(`^[A-Z][a-z]+[A-Z]`)
)

// declarations reads the sources of a package of firstline's.
func declarations(path string) (*declared, error) {
	declaredMu.Lock()
	defer declaredMu.Unlock()
	if d := declaredOf[path]; d != nil {
		return d, nil
	}
	d := &declared{map[string]*ast.StructType{}, map[string][]any{}, map[string]string{}}
	files, err := filepath.Glob(filepath.Join("../..", strings.TrimPrefix(path, "firstline/"), "*.go"))
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.TypeSpec:
				if s, ok := n.Type.(*ast.StructType); ok {
					d.types[n.Name.Name] = s
				}
			case *ast.ValueSpec:
				d.add(n)
			}
			return true
		})
	}
	declaredOf[path] = d
	return d, nil
}

// add adds a constant with a type.
func (d *declared) add(n *ast.ValueSpec) {
	kind, ok := n.Type.(*ast.Ident)
	if !ok || len(n.Values) != len(n.Names) {
		return
	}
	for i := range n.Names {
		if literal, ok := n.Values[i].(*ast.BasicLit); ok && literal.Kind == token.STRING {
			if value, err := strconv.Unquote(literal.Value); err == nil {
				d.values[kind.Name] = append(d.values[kind.Name], value)
				d.names[n.Names[i].Name] = value
			}
		}
	}
}

// valuesOf returns the constants of a type.
func valuesOf(t reflect.Type) []any {
	if !strings.HasPrefix(t.PkgPath(), "firstline/") {
		return nil
	}
	d, err := declarations(t.PkgPath())
	if err != nil {
		return nil
	}
	return slices.Clone(d.values[t.Name()])
}

// commentsOf returns the comments of a struct's fields. They speak of fields and
// constants by the names of Go: a schema has those of JSON.
func commentsOf(t reflect.Type) (sourceComments, error) {
	c := sourceComments{fields: map[string]string{}}
	d, err := declarations(t.PkgPath())
	if err != nil || d.types[t.Name()] == nil {
		return c, err
	}
	fields := d.types[t.Name()].Fields.List
	var pairs []string
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && name != "-" {
			pairs = append(pairs, f.Name, name)
		}
	}
	word := regexp.MustCompile(`[A-Za-z]+`)
	plain := func(text string) string {
		text = strings.Join(strings.Fields(text), " ")
		return word.ReplaceAllStringFunc(text, func(w string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == w {
					return pairs[i+1]
				}
			}
			if value, ok := d.names[w]; ok && severalCaps.MatchString(w) {
				return strconv.Quote(value)
			}
			return w
		})
	}
	for _, f := range fields {
		text := f.Doc.Text()
		if text == "" {
			text = f.Comment.Text()
		}
		for _, name := range f.Names {
			c.fields[name.Name] = plain(text)
		}
	}
	return c, nil
}
